/**
 * The operations around a convolution, under Python's names: pure functions on the tensors of
 * `ops.js`, each held to `cnnlib.reference` by golden vectors that run in a real browser.
 *
 * @typedef {import("./ops.js").Tensor} Tensor
 * @typedef {import("./ops.js").Size} Size
 */

const pair = (size) => (Array.isArray(size) ? size : [size, size]);

/** max(0, x) of each value; NaN stays. @param {Tensor} input @returns {Tensor} */
export function relu({ data, shape }) {
  return { data: data.map((x) => (x < 0 ? 0 : x)), shape };
}

/** 1 / (1 + exp(-x)) of each value. @param {Tensor} input @returns {Tensor} */
export function sigmoid({ data, shape }) {
  return { data: data.map((x) => 1 / (1 + Math.exp(-x))), shape };
}

/**
 * Apply `change` to the values along one axis, for every place on the others.
 * @param {Tensor} input @param {number} dim  counted from the end if negative
 * @param {(values: Float64Array) => Float64Array} change @returns {Tensor}
 */
function along({ data, shape }, dim, change) {
  const axis = dim < 0 ? dim + shape.length : dim;
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new Error(`dim is ${dim}; legal are ${-shape.length} to ${shape.length - 1}`);
  }
  const length = shape[axis];
  const step = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const out = new Float64Array(data.length);
  for (let row = 0; row < data.length / (length || 1); row += 1) {
    const start = Math.floor(row / step) * step * length + (row % step);
    const values = Float64Array.from({ length }, (_, k) => data[start + k * step]);
    change(values).forEach((value, k) => {
      out[start + k * step] = value;
    });
  }
  return { data: out, shape };
}

/** The largest value; NaN if one is. */
const largest = (values) => values.reduce((most, x) => Math.max(most, x), -Infinity);

/**
 * exp(x) over its sum along an axis: positive values that sum to 1. All -Infinity gives NaN.
 * @param {Tensor} input @param {number} dim @returns {Tensor}
 */
export function softmax(input, dim) {
  return along(input, dim, (values) => {
    const most = largest(values);
    const powers = values.map((x) => Math.exp(x - most));
    const total = powers.reduce((sum, x) => sum + x, 0);
    return powers.map((x) => x / total);
  });
}

/** The logarithm of `softmax`, finite where that is 0. @param {Tensor} input @param {number} dim */
export function log_softmax(input, dim) {
  return along(input, dim, (values) => {
    const most = largest(values);
    const total = values.reduce((sum, x) => sum + Math.exp(x - most), 0);
    return values.map((x) => x - most - Math.log(total));
  });
}

/**
 * The mean over a batch of -log softmax(input)[target].
 * @param {Tensor} input  (N, C), logits @param {number[]} target  (N), classes from 0
 * @param {number} [label_smoothing]  the part of each target that all classes share
 * @returns {number}
 */
export function cross_entropy(input, target, label_smoothing = 0) {
  const [n, c] = input.shape;
  if (target.length !== n || target.some((k) => !Number.isInteger(k) || k < 0 || k >= c)) {
    throw new Error(`target must be ${n} classes from 0 to ${c - 1}, got ${target.join(", ")}`);
  }
  const logs = log_softmax(input, 1).data;
  let total = 0;
  target.forEach((wanted, row) => {
    const own = logs[row * c + wanted];
    if (label_smoothing === 0) {
      total -= own;
    } else {
      const all = logs.subarray(row * c, (row + 1) * c).reduce((sum, x) => sum + x, 0);
      total -= (1 - label_smoothing) * own + (label_smoothing / c) * all;
    }
  });
  return total / n;
}

/**
 * A fully connected layer: each row of input times each row of weight, and the bias.
 * @param {Tensor} input  (..., in) @param {Tensor} weight  (out, in) @param {Tensor | null} [bias]  (out)
 * @returns {Tensor} (..., out)
 */
export function linear(input, weight, bias = null) {
  const [n_out, n_in] = weight.shape;
  const batch = input.shape.slice(0, -1);
  if (input.shape[batch.length] !== n_in) {
    throw new Error(`weight takes ${n_in} features; input has ${input.shape[batch.length]}`);
  }
  const rows = batch.reduce((product, size) => product * size, 1);
  const data = Float64Array.from({ length: rows * n_out }, (_, place) => {
    const [row, unit] = [Math.floor(place / n_out), place % n_out];
    let total = bias ? bias.data[unit] : 0;
    for (let k = 0; k < n_in; k += 1) {
      total += input.data[row * n_in + k] * weight.data[unit * n_in + k];
    }
    return total;
  });
  return { data, shape: [...batch, n_out] };
}

/**
 * Normalise each channel, then scale and shift it: in training by the batch's own mean and biased
 * variance, in evaluation by the running ones.
 * @param {Tensor} input  (N, C, ...) @param {Tensor} running_mean  (C) @param {Tensor} running_var  (C)
 * @param {Tensor | null} [weight]  (C) @param {Tensor | null} [bias]  (C)
 * @param {boolean} [training] @param {number} [momentum] @param {number} [eps]
 * @returns {[Tensor, Tensor, Tensor]} the output, and the running mean and variance from now on
 */
export function batch_norm(
  input, running_mean, running_var, weight = null, bias = null, training = false, momentum = 0.1, eps = 1e-5,
) {
  const [n, c, ...rest] = input.shape;
  const area = rest.reduce((product, size) => product * size, 1);
  const count = n * area;
  if (training && count === 1) {
    throw new Error("training needs more than 1 value a channel; input has 1");
  }
  const channel = (place) => Math.floor(place / area) % c;
  let [means, variances] = [running_mean.data, running_var.data];
  let kept = [running_mean, running_var];
  if (training && count) {
    [means, variances] = [new Float64Array(c), new Float64Array(c)];
    input.data.forEach((x, place) => { means[channel(place)] += x / count; });
    input.data.forEach((x, place) => {
      variances[channel(place)] += (x - means[channel(place)]) ** 2 / count;
    });
    const mix = (old, now) => ({ ...old, data: old.data.map((x, k) => (1 - momentum) * x + momentum * now[k]) });
    const unbiased = variances.map((x) => (x * count) / (count - 1));
    kept = [mix(running_mean, means), mix(running_var, unbiased)];
  }
  const data = input.data.map((x, place) => {
    const k = channel(place);
    const normal = (x - means[k]) / Math.sqrt(variances[k] + eps);
    return normal * (weight ? weight.data[k] : 1) + (bias ? bias.data[k] : 0);
  });
  return [{ data, shape: input.shape }, ...kept];
}

/** How many outputs a transposed convolution gives along one axis, or both. */
export function conv_transpose_output_size(
  n, kernel_size, stride = 1, padding = 0, output_padding = 0, dilation = 1,
) {
  const all = [n, kernel_size, stride, padding, output_padding, dilation];
  const axis = (at) => {
    const [size, k, s, p, extra, d] = all.map((value) => pair(value)[at]);
    return (size - 1) * s - 2 * p + d * (k - 1) + extra + 1;
  };
  return all.some(Array.isArray) ? [axis(0), axis(1)] : axis(0);
}

/**
 * Stamp each filter, scaled by each input value, into the output: `conv2d` run backwards.
 * @param {Tensor} input  (N, C_in, H, W)
 * @param {Tensor} weight  (C_in, C_out / groups, kH, kW)
 * @param {Tensor | null} [bias]  (C_out)
 * @param {Size} [stride] @param {Size} [padding] @param {Size} [output_padding]
 * @param {number} [groups] @param {Size} [dilation]
 * @returns {Tensor} (N, C_out, H_out, W_out)
 */
export function conv_transpose2d(
  input, weight, bias = null, stride = 1, padding = 0, output_padding = 0, groups = 1, dilation = 1,
) {
  const [n, c_in, h, w] = input.shape;
  const [c_weight, c_group, kh, kw] = weight.shape;
  if (c_weight !== c_in || c_in % groups) {
    throw new Error(`weight has ${c_weight} channels in ${groups} groups; input has ${c_in}`);
  }
  const [h_out, w_out] = conv_transpose_output_size(
    [h, w], [kh, kw], stride, padding, output_padding, dilation);
  if (h_out < 1 || w_out < 1) {
    throw new Error(`a padding of ${padding} leaves no output, ${h_out} by ${w_out}`);
  }
  const [[sh, sw], [ph, pw], [dh, dw]] = [pair(stride), pair(padding), pair(dilation)];
  const c_out = c_group * groups;
  const out = new Float64Array(n * c_out * h_out * w_out);
  if (bias) out.forEach((_, place) => { out[place] = bias.data[Math.floor(place / (h_out * w_out)) % c_out]; });
  for (let place = 0; place < input.data.length; place += 1) {
    const c = Math.floor(place / (h * w)) % c_in;
    const first = Math.floor(place / (c_in * h * w)) * c_out + Math.floor(c / (c_in / groups)) * c_group;
    const top = (Math.floor(place / w) % h) * sh - ph;
    const left = (place % w) * sw - pw;
    for (let tap = 0; tap < c_group * kh * kw; tap += 1) {
      const row = top + (Math.floor(tap / kw) % kh) * dh;
      const col = left + (tap % kw) * dw;
      if (row < 0 || row >= h_out || col < 0 || col >= w_out) continue;
      const plane = first + Math.floor(tap / (kh * kw));
      out[(plane * h_out + row) * w_out + col] +=
        input.data[place] * weight.data[c * c_group * kh * kw + tap];
    }
  }
  return { data: out, shape: [n, c_out, h_out, w_out] };
}
