/** Ways to halve a feature map: `cnnlib/downsampling.py` in JavaScript, under the same names. */
import { conv2d_same } from "./equivariance.js";
import { relu } from "./layers_ops.js";
import { avg_pool2d, blur_pool2d, max_pool2d } from "./pool_ops.js";

/** @typedef {import("./ops.js").Tensor} Tensor @typedef {"zero" | "circular"} Padding */

export const KINDS = ["max", "max-blur", "average", "strided", "blur"];

/** What each is called, in a choice and in a sentence. */
export const KIND_NAMES = {
  none: "no pooling", max: "max pooling", "max-blur": "blurred max pooling", average: "average pooling",
  strided: "a stride of 2", blur: "blur pooling",
};

/** Which outputs of the convolution each cell reads along an axis, counted from twice its place. */
export const READS = {
  none: [0], max: [0, 1], "max-blur": [-1, 0, 1, 2], average: [0, 1], strided: [0], blur: [-1, 0, 1],
};

const LEAST = { max: 2, "max-blur": 3, average: 2, strided: 1, blur: 2 };

/** The last two axes of `input` at the given rows and columns. */
function take({ data, shape }, rows, cols) {
  const [h, w] = shape.slice(-2);
  const planes = data.length / (h * w);
  const out = new Float64Array(planes * rows.length * cols.length);
  let place = 0;
  for (let plane = 0; plane < planes; plane += 1) {
    for (const row of rows) {
      const start = (plane * h + row) * w;
      for (const col of cols) {
        out[place] = data[start + col];
        place += 1;
      }
    }
  }
  return { data: out, shape: [...shape.slice(0, -2), rows.length, cols.length] };
}

const counted = (from, to, by = 1) => Array.from({ length: Math.ceil((to - from) / by) }, (_, k) => from + k * by);

/** Rows and columns from the other side added on both. @param {Tensor} input @returns {Tensor} */
export function wrapped(input, before, after) {
  const [rows, cols] = input.shape.slice(-2).map((n) =>
    counted(-before, n + after).map((place) => ((place % n) + n) % n));
  return take(input, rows, cols);
}

/**
 * Halve the rows and columns of feature maps, (..., rows, columns).
 * @param {Tensor} input @param {string} kind  one of KINDS, or "none" @param {Padding} [padding]
 * @returns {Tensor}
 */
export function downsample(input, kind, padding = "zero") {
  if (kind === "none") return input;
  const [h, w] = input.shape.slice(-2);
  if (Math.min(h, w) < LEAST[kind]) {
    throw new Error(`A feature map of ${h} by ${w} is too small to be halved by ${KIND_NAMES[kind]}: ` +
      `that takes at least ${LEAST[kind]} by ${LEAST[kind]}.`);
  }
  if (kind === "max") return max_pool2d(input, 2);
  if (kind === "average") return avg_pool2d(input, 2);
  if (kind === "strided") return take(input, counted(0, h, 2), counted(0, w, 2));
  const dense = kind === "max-blur"
    ? max_pool2d(padding === "circular" ? wrapped(input, 0, 1) : input, 2, 1) : input;
  if (padding === "zero") return blur_pool2d(dense);
  const seamless = blur_pool2d(wrapped(dense, 2, 2)); // cell 1 of it has cell 0 in its middle
  return take(seamless, ...[h, w].map((n) => counted(1, 1 + Math.ceil(n / 2))));
}

/**
 * Convolve a picture, cut off what is negative, and halve: one stage of a network.
 * @param {Tensor} input  (rows, columns) @param {Tensor} weight @param {string} kind
 * @param {boolean} cut @param {number} stride @param {Padding} padding @returns {Tensor}
 */
export function stage(input, weight, kind, cut, stride, padding) {
  const output = conv2d_same(input, weight, stride, padding);
  return downsample(cut ? relu(output) : output, kind, padding);
}
