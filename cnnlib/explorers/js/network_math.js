/** DigitNet in JavaScript: the stored weights, every layer's maps, and what a unit is made of. */
import { add_noise, affine, matrix } from "./augment_ops.js";
import { batch_norm, linear, relu, softmax } from "./layers_ops.js";
import { conv2d } from "./ops.js";
import { max_pool2d } from "./pool_ops.js";
import { default_rng } from "./random.js";

/** @typedef {import("./ops.js").Tensor} Tensor */

export const EPS = 1e-5; // batch norm's
export const INK = 16;

/**
 * The layers in order, as the network's are named; `n` is the side of each of `c` maps.
 * @typedef {{name: string, kind: string, from: string, c: number, n: number, k?: number,
 *   stride?: number, pad?: number}} Layer
 * @type {Layer[]}
 */
export const LAYERS = [
  { name: "input", kind: "input", from: "", c: 1, n: 8 },
  { name: "conv1", kind: "conv", from: "input", c: 16, n: 8, k: 3, stride: 1, pad: 1 },
  { name: "bn1", kind: "bn", from: "conv1", c: 16, n: 8 },
  { name: "relu1", kind: "relu", from: "bn1", c: 16, n: 8 },
  { name: "conv2", kind: "conv", from: "relu1", c: 32, n: 8, k: 3, stride: 1, pad: 1 },
  { name: "bn2", kind: "bn", from: "conv2", c: 32, n: 8 },
  { name: "relu2", kind: "relu", from: "bn2", c: 32, n: 8 },
  { name: "pool1", kind: "pool", from: "relu2", c: 32, n: 4, k: 2, stride: 2, pad: 0 },
  { name: "conv3", kind: "conv", from: "pool1", c: 32, n: 4, k: 3, stride: 1, pad: 1 },
  { name: "bn3", kind: "bn", from: "conv3", c: 32, n: 4 },
  { name: "relu3", kind: "relu", from: "bn3", c: 32, n: 4 },
  { name: "pool2", kind: "pool", from: "relu3", c: 32, n: 2, k: 2, stride: 2, pad: 0 },
  { name: "flatten", kind: "flatten", from: "pool2", c: 128, n: 1 },
  { name: "linear", kind: "linear", from: "pool2", c: 10, n: 1, k: 2, stride: 1, pad: 0 },
  { name: "softmax", kind: "softmax", from: "linear", c: 10, n: 1 },
];

export const NAMES = LAYERS.slice(1).map(({ name }) => name);
const BY_NAME = new Map(LAYERS.map((layer) => [layer.name, layer]));

/** @param {string} name @returns {Layer} */
export const layerOf = (name) => BY_NAME.get(name);

function bytesOf(text) {
  const bytes = atob(text);
  return Uint8Array.from({ length: bytes.length }, (_, k) => bytes.charCodeAt(k));
}

/** Stored parameters, float32 in base64, as tensors by name. @returns {Record<string, Tensor>} */
export function unpacked(layers) {
  return Object.fromEntries(Object.entries(layers).map(([name, { shape, data }]) => {
    const view = new DataView(bytesOf(data).buffer);
    return [name, { data: Float64Array.from({ length: view.byteLength / 4 }, (_, k) => view.getFloat32(4 * k, true)), shape }];
  }));
}

/** The stored digits: 8 rows of 8 numbers each, and their labels. */
export function digitsOf({ images, labels }) {
  const ink = bytesOf(images);
  return labels.map((label, k) => ({
    label,
    image: Array.from({ length: 8 }, (_, row) => Array.from(ink.subarray(64 * k + 8 * row, 64 * k + 8 * row + 8))),
  }));
}

/**
 * What the network is given: a drawing, turned about the middle, moved, and with noise.
 * @param {{drawing: number[][], down: number, right: number, rotate: number, noise: number, seed: number}} state
 * @returns {Tensor} (1, 1, 8, 8), ink 1 and paper 0
 */
export function seen({ drawing, down, right, rotate, noise, seed }) {
  const image = { data: Float64Array.from(drawing.flat(), (value) => value / INK), shape: [1, 1, 8, 8] };
  const moved = down || right || rotate ? affine(image, matrix({ shift: [down, right], rotate })) : image;
  return noise ? add_noise(moved, noise, default_rng(seed)) : moved;
}

/**
 * Every layer's output for one input. @param {Record<string, Tensor>} weights @param {Tensor} input
 * @returns {Record<string, Tensor>} by the names of `LAYERS`
 */
export function forward(weights, input) {
  const maps = { input };
  for (const { name, kind, from, k, stride, pad } of LAYERS.slice(1)) {
    const x = maps[from];
    const part = (which) => weights[`${name}.${which}`];
    if (kind === "conv") maps[name] = conv2d(x, part("weight"), part("bias") ?? null, stride, pad);
    if (kind === "bn") {
      [maps[name]] = batch_norm(x, part("running_mean"), part("running_var"), part("weight"), part("bias"));
    }
    if (kind === "relu") maps[name] = relu(x);
    if (kind === "pool") maps[name] = max_pool2d(x, k, stride);
    if (kind === "flatten") maps[name] = { data: x.data, shape: [x.shape[0], x.data.length / x.shape[0]] };
    if (kind === "linear") maps[name] = linear(maps.flatten, part("weight"), part("bias"));
    if (kind === "softmax") maps[name] = softmax(x, 1);
  }
  return maps;
}

/** The places of the classes, most probable first; ties in order. @param {ArrayLike<number>} shares */
export function ranked(shares) {
  return Array.from(shares, (_, k) => k).sort((a, b) => shares[b] - shares[a] || a - b);
}

/** A unit within its layer, whatever is asked for. */
export function unitOf({ layer, channel, row, col }) {
  const { c, n } = layerOf(layer);
  return { layer, channel: Math.min(channel, c - 1), row: Math.min(row, n - 1), col: Math.min(col, n - 1) };
}

/** The layers that windows slide over on the way from the input to `name`, that one last. */
function windowsTo(name) {
  const path = [];
  for (let layer = layerOf(name); layer.from; layer = layerOf(layer.from)) {
    if (layer.k) path.unshift(layer);
    if (layer.kind === "flatten") path.unshift({ k: 1, stride: 1, pad: 0 });
  }
  return path;
}

/**
 * What a layer's units see of the input: the side of it, the step from one unit to the next, and
 * where the first starts; a recurrence, as in the chapter on receptive fields.
 * @param {string} name @returns {{side: number, jump: number, start: number}}
 */
export function fieldOf(name) {
  let [side, jump, start] = [1, 1, 0];
  for (const { k, stride, pad } of windowsTo(name)) {
    start -= pad * jump;
    side += (k - 1) * jump;
    jump *= stride;
  }
  return { side, jump, start };
}

/** The pixels that a unit sees, as [top, left, height, width]; it may reach beyond the input. */
export function seenBy({ layer, row, col, channel }) {
  const { side, jump, start } = fieldOf(layer);
  const [y, x] = layer === "flatten" ? [Math.floor((channel % 4) / 2), channel % 2] : [row, col];
  return [start + y * jump, start + x * jump, side, side];
}
