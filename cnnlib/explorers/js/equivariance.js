/**
 * Shifting and convolving in both orders: `cnnlib/equivariance.py` in JavaScript, under the
 * same names. Pictures are tensors of shape (rows, columns).
 */
import { conv2d, reshape } from "./ops.js";

/** @typedef {import("./ops.js").Tensor} Tensor @typedef {"zero" | "circular"} Padding */

/** A picture whose cell (row, col) is `input` at (row + dy, col + dx), wrapped round or zero. */
function window({ data, shape: [h, w] }, dy, dx, rows, cols, padding) {
  const out = new Float64Array(rows * cols);
  for (let row = 0; row < rows; row += 1) {
    const y = row + dy;
    const from = (((y % h) + h) % h) * w;
    if (padding === "zero" && (y < 0 || y >= h)) continue;
    for (let col = 0; col < cols; col += 1) {
      const x = col + dx;
      if (x >= 0 && x < w) out[row * cols + col] = data[from + x];
      else if (padding === "circular") out[row * cols + col] = data[from + (((x % w) + w) % w)];
    }
  }
  return { data: out, shape: [rows, cols] };
}

/**
 * Move a picture down by `dy` and right by `dx` pixels; zeros move in, or what left.
 * @param {Tensor} input @param {number} dy @param {number} dx @param {Padding} [padding]
 * @returns {Tensor}
 */
export function shift(input, dy, dx, padding = "zero") {
  return window(input, -dy, -dx, ...input.shape, padding);
}

/**
 * Convolve a picture, padded so that at stride 1 the output has its size.
 * @param {Tensor} input @param {Tensor} weight of odd height and width
 * @param {number} [stride] @param {Padding} [padding]
 * @returns {Tensor} (ceil(rows / stride), ceil(columns / stride))
 */
export function conv2d_same(input, weight, stride = 1, padding = "zero") {
  const [h, w] = input.shape;
  const [kh, kw] = weight.shape;
  if (kh % 2 === 0 || kw % 2 === 0) {
    throw new Error(`The kernel is ${kh} by ${kw}: give it odd numbers of rows and columns, so ` +
      "that the same padding fits on every side.");
  }
  const [ph, pw] = [(kh - 1) / 2, (kw - 1) / 2];
  if (padding === "circular" && (ph > h || pw > w)) {
    throw new Error(`A ${h} by ${w} picture is too small to be wrapped round by ${ph} rows and ` +
      `${pw} columns: take a larger picture, a smaller kernel, or zero padding.`);
  }
  const padded = window(input, -ph, -pw, h + 2 * ph, w + 2 * pw, padding);
  const output = conv2d(
    reshape(padded, [1, 1, ...padded.shape]), reshape(weight, [1, 1, kh, kw]), null, stride);
  return reshape(output, output.shape.slice(2));
}

/** The whole number of output cells nearest to a shift of the input; at half, the smaller. */
export function output_shift(pixels, stride) {
  const cells = Math.floor((2 * Math.abs(pixels) + stride - 1) / (2 * stride));
  return pixels > 0 || cells === 0 ? cells : -cells;
}

/**
 * f(shift(input)) and shift(f(input)), and what came before each.
 * @param {(input: Tensor) => Tensor} f @param {Tensor} input @param {number} dy @param {number} dx
 * @param {number} [stride]  pixels of the input for one cell of what f gives @param {Padding} [padding]
 * @returns {{moved: Tensor, first: Tensor, still: Tensor, second: Tensor}}
 */
export function orders(f, input, dy, dx, stride = 1, padding = "zero") {
  const moved = shift(input, dy, dx, padding);
  const first = f(moved);
  const still = f(input);
  const second = shift(still, output_shift(dy, stride), output_shift(dx, stride), padding);
  return { moved, first, still, second };
}

/**
 * @param {Tensor} first @param {Tensor} second
 * @returns {{difference: Tensor, largest: number, relative: number}} first - second, its
 *   largest size, and its norm over that of `second` (0 where both are 0)
 */
export function equivariance_error(first, second) {
  const data = first.data.map((value, k) => value - second.data[k]);
  const norm = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  const [above, below] = [norm(data), norm(second.data)];
  return {
    difference: { data, shape: first.shape },
    largest: data.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
    relative: above === 0 ? 0 : above / below,
  };
}
