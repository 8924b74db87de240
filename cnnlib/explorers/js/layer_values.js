/** The numbers of LayerExplorer's layers: a rule gives every input value, weight and bias. */
import { pair } from "./layer_call.js";
import { conv_output_size } from "./ops.js";

export const SHOWN = 8; // rows and columns of the output that are computed and shown

export const inputAt = (c, y, x) => (2 * c + y * y + 3 * x) % 5;
export const weightAt = (o, c, i, j) => ((o + 2 * c + i * j + j) % 5) - 2;
export const biasAt = (o) => (o % 3) + 1;

/** Zeros above and left of the input. */
export function before({ padding, kernel_size, dilation }) {
  if (padding === "valid") return [0, 0];
  if (padding !== "same") return pair(padding);
  return pair(kernel_size).map((k, axis) => Math.floor((pair(dilation)[axis] * (k - 1)) / 2));
}

/**
 * All that follows from a legal state for one filter.
 * @param {Record<string, any>} state
 */
export function layerOf(state) {
  const [kernel, stride, dilation] = [state.kernel_size, state.stride, state.dilation].map(pair);
  const { padding } = state;
  const sized = conv_output_size([state.height, state.width], kernel, stride,
    typeof padding === "string" ? padding : pair(padding), dilation);
  const each = state.in_channels / state.groups;
  const filter = Math.min(state.filter, state.out_channels - 1);
  const perGroup = state.out_channels / state.groups;
  const first = Math.floor(filter / perGroup) * each;
  const [top, left] = before(state);
  const [rows, cols] = sized.map((n) => Math.min(SHOWN, n));

  /** Where weight (i, j) of output (row, col) falls on the input. */
  const place = (row, col, i, j) =>
    [row * stride[0] - top + i * dilation[0], col * stride[1] - left + j * dilation[1]];
  const inside = (y, x) => y >= 0 && y < state.height && x >= 0 && x < state.width;
  /** What one slice of the filter gives on its channel. */
  function channelSum(c, row, col) {
    let total = 0;
    for (let i = 0; i < kernel[0]; i += 1) {
      for (let j = 0; j < kernel[1]; j += 1) {
        const [y, x] = place(row, col, i, j);
        if (inside(y, x)) total += inputAt(c, y, x) * weightAt(filter, c, i, j);
      }
    }
    return total;
  }
  /** The rule repeats after five channels, so five sums and their counts make any number of them. */
  function allChannels(row, col, from) {
    let total = 0;
    for (let c = from; c < Math.min(each, from + 5); c += 1) {
      total += channelSum(first + c, row, col) * (Math.floor((each - c - 1) / 5) + 1);
    }
    return total;
  }
  const bias = state.bias ? biasAt(filter) : 0;
  const values = Float64Array.from({ length: rows * cols }, (_, k) =>
    allChannels(Math.floor(k / cols), k % cols, 0) + bias);
  return {
    size: [state.batch, state.out_channels, ...sized],
    kernel, stride, dilation, top, left, filter, first, each, perGroup, rows, cols, bias, values,
    place, inside, channelSum, allChannels,
    row: Math.min(state.row, rows - 1), col: Math.min(state.col, cols - 1),
  };
}
