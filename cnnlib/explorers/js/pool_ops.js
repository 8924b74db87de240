/**
 * Pooling, under Python's names: pure functions on the tensors of `ops.js`, each held to
 * `cnnlib.reference` by golden vectors that run in a real browser. Pictures are the last two axes.
 *
 * @typedef {import("./ops.js").Tensor} Tensor
 * @typedef {import("./ops.js").Size} Size
 * @typedef {{start: number, places: number[], length: number}} Span  a window along one axis: where
 *   it starts, the places of the input that it reads, and how many it has with the padding's
 */

const pair = (size) => (Array.isArray(size) ? size : [size, size]);

/** Both numbers of a size. @returns {[number, number]} */
function checked(name, size, least) {
  const both = pair(size);
  if (both.length !== 2 || both.some((n) => !Number.isInteger(n) || n < least)) {
    throw new Error(`${name} is ${both.join(", ")}; legal are whole numbers from ${least}, one or a pair`);
  }
  return both;
}

function positive(name, value) {
  if (!(value > 0 && value < Infinity)) throw new Error(`${name} is ${value}; legal are numbers above 0`);
}

/** How many outputs pooling gives along one axis, or both; it throws where the window does not fit. */
export function pool_output_size(n, kernel_size, stride = null, padding = 0, dilation = 1, ceil_mode = false) {
  const given = [n, kernel_size, stride ?? kernel_size, padding, dilation];
  const [sizes, kernel, steps, pads, spaces] =
    ["n", "kernel_size", "stride", "padding", "dilation"].map((name, k) => checked(name, given[k], name === "padding" ? 0 : 1));
  if (pads.some((p, at) => 2 * p > kernel[at])) {
    throw new Error(`padding is ${pads.join(", ")}; legal is at most half the kernel size, ${kernel.join(" by ")}`);
  }
  const spans = kernel.map((k, at) => spaces[at] * (k - 1) + 1);
  const rooms = sizes.map((size, at) => size + 2 * pads[at] - spans[at]);
  if (rooms.some((room, at) => room < 0 && !(ceil_mode && room + steps[at] > 0))) {
    throw new Error(`a window spanning ${spans.join(" by ")} does not fit the padded input, ` +
      `${sizes.map((size, at) => size + 2 * pads[at]).join(" by ")}: pad more, or take a smaller window or dilation`);
  }
  const counts = rooms.map((room, at) => {
    if (!ceil_mode) return Math.floor(room / steps[at]) + 1;
    const count = Math.ceil(room / steps[at]) + 1;
    // A last window that would start beyond the input, in the padding after it, is left out.
    return (count - 1) * steps[at] >= sizes[at] + pads[at] ? count - 1 : count;
  });
  return given.some(Array.isArray) ? counts : counts[0];
}

/**
 * The windows of pooling along both axes.
 * @param {number[]} sizes  of the input
 * @returns {[Span[], Span[]]}
 */
export function pool_windows(sizes, kernel_size, stride = null, padding = 0, dilation = 1, ceil_mode = false) {
  const counts = pool_output_size(sizes, kernel_size, stride, padding, dilation, ceil_mode);
  const [kernel, steps, pads, spaces] = [kernel_size, stride ?? kernel_size, padding, dilation].map(pair);
  return sizes.map((size, at) => Array.from({ length: counts[at] }, (_, k) => {
    const start = k * steps[at] - pads[at];
    const taps = Array.from({ length: kernel[at] }, (_unused, tap) => start + tap * spaces[at]);
    return {
      start,
      places: taps.filter((place) => place >= 0 && place < size),
      length: taps.filter((place) => place < size + pads[at]).length,
    };
  }));
}

/**
 * Reduce the values of each window, in row order, to one number.
 * @param {Tensor} input  (..., H, W) @param {[Span[], Span[]]} windows
 * @param {(values: Float64Array, length: number) => number} reduce  is given the values within the
 *   input, and how many there are with the padding's
 * @returns {Tensor}
 */
function pooled({ data, shape }, [rows, cols], reduce) {
  const [h, w] = shape.slice(-2);
  const planes = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const out = new Float64Array(planes * rows.length * cols.length);
  const most = (spans) => spans.reduce((size, { places }) => Math.max(size, places.length), 0);
  const buffer = new Float64Array(most(rows) * most(cols));
  let place = 0;
  for (let plane = 0; plane < planes; plane += 1) {
    for (const row of rows) {
      for (const col of cols) {
        let count = 0;
        for (const y of row.places) {
          const start = (plane * h + y) * w;
          for (const x of col.places) {
            buffer[count] = data[start + x];
            count += 1;
          }
        }
        out[place] = reduce(buffer.subarray(0, count), row.length * col.length);
        place += 1;
      }
    }
  }
  return { data: out, shape: [...shape.slice(0, -2), rows.length, cols.length] };
}

/** The largest value, padding being -Infinity; NaN if one is. */
function largest(values) {
  let most = -Infinity;
  for (const value of values) {
    if (value > most || Number.isNaN(value)) most = value;
  }
  return most;
}

function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

const mean = (values) => sum(values) / values.length;

/** @param {Tensor} input  (..., H, W) @param {Size} kernel_size @param {Size | null} [stride] */
export function max_pool2d(input, kernel_size, stride = null, padding = 0, dilation = 1, ceil_mode = false) {
  const windows = pool_windows(input.shape.slice(-2), kernel_size, stride, padding, dilation, ceil_mode);
  return pooled(input, windows, largest);
}

/** @param {Tensor} input  (..., H, W) @param {Size} kernel_size @param {Size | null} [stride] */
export function avg_pool2d(
  input, kernel_size, stride = null, padding = 0, ceil_mode = false, count_include_pad = true,
) {
  const windows = pool_windows(input.shape.slice(-2), kernel_size, stride, padding, 1, ceil_mode);
  return pooled(input, windows, (values, length) => sum(values) / (count_include_pad ? length : values.length));
}

/**
 * The p-norm of each window, as torch has it: (sum of x^p)^(1/p), without absolute values, and
 * max |x| where p is Infinity. What a partial window of `ceil_mode` lacks counts as its mean.
 * @param {Tensor} input  (..., H, W) @param {number} norm_type  p @param {Size} kernel_size
 */
export function lp_pool2d(input, norm_type, kernel_size, stride = null, ceil_mode = false) {
  if (norm_type !== Infinity) positive("norm_type", norm_type);
  const windows = pool_windows(input.shape.slice(-2), kernel_size, stride, 0, 1, ceil_mode);
  if (norm_type === Infinity) return pooled(input, windows, (values) => largest(values.map(Math.abs)));
  const area = pair(kernel_size)[0] * pair(kernel_size)[1];
  return pooled(input, windows, (values) => (mean(values.map((x) => x ** norm_type)) * area) ** (1 / norm_type));
}

/**
 * The weights of Gaussian pooling: exp(-d^2 / (2 sigma^2)), d from the window's centre, over their sum.
 * @param {Size} kernel_size @param {number} sigma @returns {Tensor} (kH, kW)
 */
export function gaussian_weights(kernel_size, sigma) {
  positive("sigma", sigma);
  const [kh, kw] = checked("kernel_size", kernel_size, 1);
  const squares = Float64Array.from({ length: kh * kw }, (_, place) =>
    (Math.floor(place / kw) - (kh - 1) / 2) ** 2 + ((place % kw) - (kw - 1) / 2) ** 2);
  const least = Math.min(...squares); // counted from it, some weight is not 0 however small sigma is
  const data = squares.map((square) => Math.exp(-(square - least) / sigma / sigma / 2));
  const total = sum(data);
  return { data: data.map((weight) => weight / total), shape: [kh, kw] };
}

const weighted = ({ data }) => (values) => {
  let total = 0;
  for (let k = 0; k < values.length; k += 1) total += data[k] * values[k];
  return total;
};

/** @param {Tensor} input  (..., H, W) @param {Size} kernel_size @param {number} sigma  in pixels */
export function gaussian_pool2d(input, kernel_size, sigma, stride = null) {
  const windows = pool_windows(input.shape.slice(-2), kernel_size, stride);
  return pooled(input, windows, weighted(gaussian_weights(kernel_size, sigma)));
}

/**
 * Blur by [1, 2, 1] / 4 along both axes, the border reflected, then keep every `stride`-th value.
 * @param {Tensor} input  (..., H, W), at least 2 by 2 @param {Size} [stride]
 */
export function blur_pool2d(input, stride = 2) {
  const steps = checked("stride", stride, 1);
  const sizes = input.shape.slice(-2);
  if (sizes.some((size) => size < 2)) {
    throw new Error(`an input of ${sizes.join(" by ")} has no value to reflect; legal is 2 by 2 and more`);
  }
  const windows = sizes.map((size, at) => Array.from({ length: Math.ceil(size / steps[at]) }, (_, k) => {
    const middle = k * steps[at];
    const after = middle + 1 < size ? middle + 1 : middle - 1;
    return { start: middle - 1, places: [Math.abs(middle - 1), middle, after], length: 3 };
  }));
  const binomial = [1, 2, 1].flatMap((a) => [1, 2, 1].map((b) => (a * b) / 16));
  return pooled(input, windows, weighted({ data: binomial }));
}

/** Means over equal parts, as nearly as they come out. @param {Tensor} input @param {Size} output_size */
export function adaptive_avg_pool2d(input, output_size) {
  const counts = checked("output_size", output_size, 1);
  const windows = input.shape.slice(-2).map((size, at) => Array.from({ length: counts[at] }, (_, k) => {
    const start = Math.floor((k * size) / counts[at]);
    const length = Math.ceil(((k + 1) * size) / counts[at]) - start;
    return { start, places: Array.from({ length }, (_unused, step) => start + step), length };
  }));
  return pooled(input, windows, mean);
}

/** The mean of each picture. @param {Tensor} input  (..., H, W) @returns {Tensor} (..., 1, 1) */
export function global_avg_pool2d(input) {
  return pooled(input, pool_windows(input.shape.slice(-2), input.shape.slice(-2)), mean);
}

/** The largest value of each picture. @param {Tensor} input  (..., H, W) @returns {Tensor} (..., 1, 1) */
export function global_max_pool2d(input) {
  return pooled(input, pool_windows(input.shape.slice(-2), input.shape.slice(-2)), largest);
}
