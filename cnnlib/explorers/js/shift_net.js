/** The small classifiers of `cnnlib/shift_nets.py`, in JavaScript. */
import { downsample, wrapped } from "./downsampling.js";
import { linear, relu, softmax } from "./layers_ops.js";
import { conv2d } from "./ops.js";

/** @typedef {import("./ops.js").Tensor} Tensor */

export const CANVAS = 24;

/** A network as it is stored, its whole steps made numbers. @returns {{weight: Tensor, bias: Tensor}[]} */
export function unpacked(layers) {
  const scaled = (values, step) => Float64Array.from(values, (value) => value * step);
  return ["conv1", "conv2", "conv3", "linear"].map((name) => {
    const { step, shape, weight, bias } = layers[name];
    return {
      weight: { data: scaled(weight, step), shape },
      bias: { data: scaled(bias, step), shape: [bias.length] },
    };
  });
}

/** A digit, 0 to 16, on a canvas from 0 to 1, `dy` below and `dx` right of the middle. @returns {Tensor} */
export function on_canvas(digit, dy, dx) {
  const room = (CANVAS - 8) / 2;
  const data = new Float64Array(CANVAS * CANVAS);
  digit.forEach((cells, row) => cells.forEach((value, col) => {
    data[(room + row + dy) * CANVAS + room + col + dx] = value / 16;
  }));
  return { data, shape: [CANVAS, CANVAS] };
}

/**
 * What a network makes of a picture, as probabilities.
 * @param {{weight: Tensor, bias: Tensor}[]} layers @param {string} kind @param {Tensor} picture
 * @returns {Float64Array} ten of them
 */
export function probabilities(layers, kind, { data, shape }) {
  let x = { data, shape: [1, 1, ...shape] };
  layers.slice(0, 3).forEach(({ weight, bias }, k) => {
    x = relu(conv2d(wrapped(x, 1, 1), weight, bias));
    if (k < 2) x = downsample(x, kind, "circular");
  });
  const area = x.shape[2] * x.shape[3];
  const means = Float64Array.from({ length: x.shape[1] }, (_, c) =>
    x.data.subarray(c * area, (c + 1) * area).reduce((sum, value) => sum + value, 0) / area);
  const { weight, bias } = layers[3];
  return softmax(linear({ data: means, shape: [1, means.length] }, weight, bias), 1).data;
}
