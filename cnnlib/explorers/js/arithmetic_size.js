/**
 * The arithmetic of sizes along one axis: how many outputs, which cells belong together, what is
 * left over, and which settings are legal.
 *
 * A window of k taps, d apart, steps by s over the longer end. In a convolution it moves over
 * the padded input, one step an output; transposed, over the output, one step an input.
 *
 * @typedef {{n: number, k: number, s: number, p: number, d: number, a: number,
 *   transposed: boolean}} Axis  input, kernel, stride, padding, dilation, output padding
 */
import { conv_output_size } from "./ops.js";

/** How many rows or columns of an output are drawn at most. */
export const MOST = 32;

/** Each letter: the setting that holds it, its name for readers, its least and its most. */
export const LETTERS = {
  n: ["input_size", "input", 1, 16],
  k: ["kernel_size", "kernel", 1, 7],
  s: ["stride", "stride", 1, 4],
  p: ["padding", "padding", 0, 6],
  d: ["dilation", "dilation", 1, 4],
  a: ["output_padding", "output padding", 0, 3],
};

/** The settings along axis 0 (rows) or 1 (columns), as they stand. @returns {Axis} */
export function axisOf(state, at) {
  const axis = { transposed: state.transposed };
  for (const [letter, [key]] of Object.entries(LETTERS)) axis[letter] = state[key][at];
  return axis;
}

/** Both axes; the rows of a signal are one, which nothing changes. @returns {[Axis, Axis]} */
export function axesOf(state) {
  const one = { n: 1, k: 1, s: 1, p: 0, d: 1, a: 0, transposed: state.transposed };
  return [state.axes === 1 ? one : axisOf(state, 0), axisOf(state, 1)];
}

/** @param {Axis} axis @returns {number} below 1 where nothing fits */
export function output_size({ n, k, s, p, d, a, transposed }) {
  return transposed ? (n - 1) * s - 2 * p + d * (k - 1) + a + 1 : conv_output_size(n, k, s, p, d);
}

/** What the division by the stride leaves: padded inputs that no window reaches. */
export function remainder({ n, k, s, p, d }) {
  return (n + 2 * p - d * (k - 1) - 1) % s;
}

/** Where step `index` of the window has its taps; outside of 0 … is padding, or cropped. */
export function taps({ k, s, p, d }, index) {
  return Array.from({ length: k }, (_, i) => index * s - p + i * d);
}

/** The steps of the window that have a tap at `place`, in order. */
export function steps(axis, place) {
  const { k, s, p, d, n, transposed } = axis;
  const count = transposed ? n : output_size(axis);
  const found = [];
  for (let i = k - 1; i >= 0; i -= 1) {
    const step = (place + p - i * d) / s;
    if (Number.isInteger(step) && step >= 0 && step < count) found.push(step);
  }
  return found;
}

/**
 * How many outputs use each input of an axis, and how many inputs each output has.
 * @param {Axis} axis @returns {{used: number[], reads: number[]}}
 */
export function counts(axis) {
  const [n, out] = [axis.n, output_size(axis)];
  const [long, short] = axis.transposed ? [out, n] : [n, out];
  const onLong = Array.from({ length: long }, (_, place) => steps(axis, place).length);
  const onShort = Array.from({ length: short }, (_, index) =>
    taps(axis, index).filter((place) => place >= 0 && place < long).length);
  return axis.transposed ? { used: onShort, reads: onLong } : { used: onLong, reads: onShort };
}

/** Why an axis is not legal, or "". @param {Axis} axis @param {string} noun "rows" or "columns" */
export function fault(axis, noun = "cells") {
  const { n, k, s, p, d, a, transposed } = axis;
  const size = output_size(axis);
  const span = d * (k - 1) + 1;
  if (!transposed) {
    return size >= 1 ? "" : `The kernel spans ${span} ${noun}, and the padded input has ` +
      `${n + 2 * p}: pad more, or take a smaller kernel or dilation.`;
  }
  if (a >= Math.max(s, d)) {
    return `Output padding ${a} must be less than the stride, ${s}, or than the dilation, ${d}.`;
  }
  if (size < 1) {
    return `Padding ${p} crops all ${size + 2 * p} ${noun} of the full output: take less.`;
  }
  return size <= MOST ? "" : `The output would have ${size} ${noun}; at most ${MOST} are drawn.`;
}

/** The least and the most that `letter` may be, with all else as it is. @returns {[number, number]} */
export function limits(axis, letter) {
  const [, , least, most] = LETTERS[letter];
  if (fault(axis)) return [least, most];
  const legal = (value) => !fault({ ...axis, [letter]: value });
  let [low, high] = [axis[letter], axis[letter]];
  while (low > least && legal(low - 1)) low -= 1;
  while (high < most && legal(high + 1)) high += 1;
  return [low, high];
}

/** The nearest legal axis: less output padding, input, padding or kernel. @param {Axis} axis */
function mended(axis) {
  const next = { ...axis, n: Math.min(axis.n, LETTERS.n[3]) };
  if (next.transposed) next.a = Math.min(next.a, Math.max(next.s, next.d) - 1);
  while (output_size(next) > MOST) next.n -= 1;
  while (output_size(next) < 1) next[next.transposed ? "p" : "k"] -= 1;
  return next;
}

/** Two axes as settings. */
function settings(axes) {
  const changes = {};
  for (const [letter, [key]] of Object.entries(LETTERS)) {
    changes[key] = axes.map((axis) => axis[letter]);
  }
  return changes;
}

/** The settings with what is not legal mended. */
export function mend(state) {
  return settings([0, 1].map((at) => mended(axisOf(state, at))));
}

/** The settings of the way back: from the output's size to the input's, transposed or not. */
export function turned(state) {
  const back = [0, 1].map((at) => {
    const axis = mended(axisOf(state, at));
    const a = axis.transposed ? 0 : remainder(axis);
    return mended({ ...axis, n: output_size(axis), a, transposed: !axis.transposed });
  });
  return { ...settings(back), transposed: !state.transposed };
}
