/** The arithmetic of one unit, from the maps that it was computed from. */
import { EPS, layerOf } from "./network_math.js";

/** The convolution or fully connected layer whose sum is behind a unit; null for a pooling unit. */
export function summed(name) {
  let layer = layerOf(name);
  while (layer.kind === "bn" || layer.kind === "relu" || layer.kind === "softmax") layer = layerOf(layer.from);
  return layer.kind === "conv" || layer.kind === "linear" ? layer : null;
}

/**
 * The window that a unit reads of one map of the layer before; what lies beyond it is 0.
 * @returns {{data: Float64Array, k: number, top: number, left: number}}
 */
export function windowOf(maps, layer, map, row, col) {
  const { n } = layerOf(layer.from);
  const { k } = layer;
  const [top, left] = [row * layer.stride - layer.pad, col * layer.stride - layer.pad];
  const data = Float64Array.from({ length: k * k }, (_, tap) => {
    const [y, x] = [top + Math.floor(tap / k), left + (tap % k)];
    return y >= 0 && y < n && x >= 0 && x < n ? maps[layer.from].data[(map * n + y) * n + x] : 0;
  });
  return { data, k, top, left };
}

/** The weights that a unit has for one map of the layer before: a slice of its filter. */
export function sliceOf(weights, layer, channel, map) {
  const taps = layer.k * layer.k;
  const start = (channel * layerOf(layer.from).c + map) * taps;
  return weights[`${layer.name}.weight`].data.subarray(start, start + taps);
}

/** For each map of the layer before, the sum of products of its window and its slice. */
export function sumsOf(weights, maps, layer, channel, row, col) {
  return Float64Array.from({ length: layerOf(layer.from).c }, (_, map) => {
    const { data } = windowOf(maps, layer, map, row, col);
    return sliceOf(weights, layer, channel, map).reduce((sum, weight, tap) => sum + weight * data[tap], 0);
  });
}

/** Batch norm's numbers for one channel. */
export function normOf(weights, name, channel) {
  const [mean, variance, gamma, beta] = ["running_mean", "running_var", "weight", "bias"].map((part) =>
    weights[`${name}.${part}`].data[channel]);
  return { mean, variance, gamma, beta, eps: EPS };
}
