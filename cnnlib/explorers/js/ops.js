/**
 * The operations in JavaScript, under Python's names: pure functions on tensors, each held to
 * `cnnlib.reference` by golden vectors that run in a real browser.
 *
 * @typedef {{data: Float64Array, shape: number[]}} Tensor  row-major values and their shape
 * @typedef {number | [number, number]} Size  one whole number for both axes, or (rows, columns)
 */

/** @param {any} values numbers nested in lists @returns {Tensor} */
export function tensor(values) {
  const shape = [];
  for (let level = values; Array.isArray(level); level = level[0]) shape.push(level.length);
  return { data: new Float64Array(values.flat(Infinity)), shape };
}

/** @param {Tensor} input @returns {any} its values nested in lists */
export function nested({ data, shape }) {
  const build = (axis, start, length) => {
    if (axis === shape.length) return data[start];
    const part = length / shape[axis];
    return Array.from({ length: shape[axis] }, (_, k) => build(axis + 1, start + k * part, part));
  };
  return build(0, 0, data.length);
}

/** A tensor of the same values in another shape. */
export function reshape({ data }, shape) {
  return { data, shape };
}

const pair = (size) => (Array.isArray(size) ? size : [size, size]);

/** How many outputs a convolution gives along one axis, or both; below 1, the kernel does not fit. */
export function conv_output_size(n, kernel_size, stride = 1, padding = 0, dilation = 1) {
  const axis = (at) => {
    const [size, k, s, d] = [n, kernel_size, stride, dilation].map((value) => pair(value)[at]);
    const [before, after] = sides(padding, at, k, d);
    return Math.floor((size + before + after - d * (k - 1) - 1) / s) + 1;
  };
  return [n, kernel_size, stride, padding, dilation].some(Array.isArray) ? [axis(0), axis(1)] : axis(0);
}

/** Padding before and after along an axis; "same" keeps the size, an odd one more after. */
function sides(padding, axis, k, dilation) {
  if (padding === "valid") return [0, 0];
  if (padding !== "same") return [pair(padding)[axis], pair(padding)[axis]];
  const before = Math.floor((dilation * (k - 1)) / 2);
  return [before, dilation * (k - 1) - before];
}

let room = new Float64Array(0); // kept from call to call: new memory would cost more than the sums

/** The planes of a tensor within zeros, `tall` by `wide`, as plain numbers that last for one call. */
function padded({ data, shape }, top, left, tall, wide) {
  const [h, w] = shape.slice(2);
  if (tall === h && wide === w) return data;
  const size = shape[0] * shape[1] * tall * wide;
  if (room.length < size) room = new Float64Array(size);
  const out = room.fill(0, 0, size);
  for (let row = 0; row < shape[0] * shape[1] * h; row += 1) {
    const to = (Math.floor(row / h) * tall + top + (row % h)) * wide + left;
    out.set(data.subarray(row * w, (row + 1) * w), to);
  }
  return out;
}

/** Add all taps' products to one row of outputs: four taps in each sweep, to load and store less. */
function addTaps(out, start, count, source, from, step, offsets, weights) {
  const end = start + count;
  let tap = 0;
  for (; tap + 4 <= offsets.length; tap += 4) {
    const a = weights[tap]; // eight plain names: arrays of them would cost more than short rows
    const b = weights[tap + 1];
    const c = weights[tap + 2];
    const d = weights[tap + 3];
    let i = from + offsets[tap];
    let j = from + offsets[tap + 1];
    let k = from + offsets[tap + 2];
    let l = from + offsets[tap + 3];
    for (let x = start; x < end; x += 1) {
      out[x] = out[x] + a * source[i] + b * source[j] + c * source[k] + d * source[l];
      i += step;
      j += step;
      k += step;
      l += step;
    }
  }
  for (; tap < offsets.length; tap += 1) {
    let i = from + offsets[tap];
    for (let x = start; x < end; x += 1) {
      out[x] += weights[tap] * source[i];
      i += step;
    }
  }
}

/**
 * Cross-correlation of images with a layer's weight, as `torch.nn.functional.conv2d`.
 * @param {Tensor} input  (N, C_in, H, W)
 * @param {Tensor} weight  (C_out, C_in / groups, kH, kW)
 * @param {Tensor | null} [bias]  (C_out)
 * @param {Size} [stride] @param {Size | "same" | "valid"} [padding] @param {Size} [dilation]
 * @param {number} [groups]
 * @returns {Tensor} (N, C_out, H_out, W_out)
 */
export function conv2d(input, weight, bias = null, stride = 1, padding = 0, dilation = 1, groups = 1) {
  const [n, c_in, h, w] = input.shape;
  const [c_out, c_group, kh, kw] = weight.shape;
  const [sh, sw] = pair(stride);
  const [dh, dw] = pair(dilation);
  const [top, bottom] = sides(padding, 0, kh, dh);
  const [left, right] = sides(padding, 1, kw, dw);
  const [h_out, w_out] = conv_output_size([h, w], [kh, kw], stride, padding, dilation);
  if (c_in !== c_group * groups || c_out % groups) {
    throw new Error(`weight has ${c_group} channels in ${groups} groups; input has ${c_in}`);
  }
  if (h_out < 1 || w_out < 1) {
    throw new Error(`a kernel spanning ${dh * (kh - 1) + 1} by ${dw * (kw - 1) + 1} does not fit ` +
      `the padded input, ${h + top + bottom} by ${w + left + right}: pad more, or take a smaller kernel or dilation`);
  }
  const [tall, wide] = [h + top + bottom, w + left + right];
  const source = padded(input, top, left, tall, wide);
  const out = new Float64Array(n * c_out * h_out * w_out);
  const perGroup = c_out / groups;
  const taps = c_group * kh * kw;
  const offsets = Int32Array.from({ length: taps }, (_, tap) =>
    (Math.floor(tap / (kh * kw)) * tall + (Math.floor(tap / kw) % kh) * dh) * wide + (tap % kw) * dw);
  for (let plane = 0; plane < n * c_out; plane += 1) {
    const o = plane % c_out;
    const image = Math.floor(plane / c_out) * c_in + Math.floor(o / perGroup) * c_group;
    const weights = weight.data.subarray(o * taps, (o + 1) * taps);
    const start = plane * h_out * w_out;
    if (bias) out.fill(bias.data[o], start, start + h_out * w_out);
    for (let y = 0; y < h_out; y += 1) {
      const from = (image * tall + y * sh) * wide;
      addTaps(out, start + y * w_out, w_out, source, from, sw, offsets, weights);
    }
  }
  return { data: out, shape: [n, c_out, h_out, w_out] };
}

/** The least and the largest value, and the largest size of any. @param {Tensor} input */
export function range({ data }) {
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < data.length; k += 1) {
    if (data[k] < low) low = data[k];
    if (data[k] > high) high = data[k];
  }
  return { low, high, limit: Math.max(Math.abs(low), Math.abs(high)) || 1 };
}

/** The values of a tensor in reverse order along every axis. @param {Tensor} input */
export function flip({ data, shape }) {
  return { data: data.slice().reverse(), shape };
}

/** A signal counts as a picture of one row. */
const asPicture = ({ data, shape }) => ({ data, shape: shape.length === 1 ? [1, ...shape] : shape });

/**
 * The first index and the count that `mode` keeps of the full output along one axis.
 * @param {string} mode @param {number} n @param {number} k @returns {[number, number]}
 */
export function kept(mode, n, k) {
  if (mode === "full") return [0, n + k - 1];
  if (mode === "same") return [Math.floor((k - 1) / 2), n];
  if (mode === "valid") return [Math.min(n, k) - 1, Math.abs(n - k) + 1];
  throw new Error(`mode is "${mode}"; legal are "full", "same" and "valid"`);
}

/**
 * Cross-correlate two real signals, 1-D or 2-D: output at lag n = sum over m of
 * input[m + n] kernel[m]; lags rise along each axis.
 * @param {Tensor} input @param {Tensor} kernel @param {"full" | "same" | "valid"} [mode]
 * @returns {Tensor}
 */
export function correlate(input, kernel, mode = "full") {
  const [h, w] = asPicture(input).shape;
  const [kh, kw] = asPicture(kernel).shape;
  if (mode === "valid" && (h - kh) * (w - kw) < 0) {
    throw new Error("in mode valid, one signal must be at least as long along every axis");
  }
  const full = conv2d(
    reshape(input, [1, 1, h, w]), reshape(kernel, [1, 1, kh, kw]), null, 1, [kh - 1, kw - 1]);
  const width = full.shape[3];
  const [top, rows] = kept(mode, h, kh);
  const [left, cols] = kept(mode, w, kw);
  const data = Float64Array.from({ length: rows * cols }, (_, place) =>
    full.data[(top + Math.floor(place / cols)) * width + left + (place % cols)]);
  return { data, shape: input.shape.length === 1 ? [cols] : [rows, cols] };
}

/**
 * Convolve two real signals, 1-D or 2-D: output[n] = sum over m of input[m] kernel[n - m].
 * @param {Tensor} input @param {Tensor} kernel @param {"full" | "same" | "valid"} [mode]
 * @returns {Tensor}
 */
export function convolve(input, kernel, mode = "full") {
  return correlate(input, flip(kernel), mode);
}

/** Correlate a real signal with itself. @param {Tensor} input @param {string} [mode] */
export function autocorrelate(input, mode = "full") {
  return correlate(input, input, mode);
}
