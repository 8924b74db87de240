/** How much an output changes when the input moves: `cnnlib/invariance.py` in JavaScript. */
import { equivariance_error, output_shift, shift } from "./equivariance.js";

/** @typedef {import("./ops.js").Tensor} Tensor */

/** The cosine of the angle between two outputs; 1 if both are zero, 0 if one is. */
export function invariance_score(moved, still) {
  const largest = ({ data }) => data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const [most, base] = [largest(moved), largest(still)];
  if (most === 0 || base === 0) return most === base ? 1 : 0;
  let [product, first, second] = [0, 0, 0];
  for (let k = 0; k < moved.data.length; k += 1) {
    const [a, b] = [moved.data[k] / most, still.data[k] / base];
    product += a * b;
    first += a * a;
    second += b * b;
  }
  return Math.max(-1, Math.min(1, product / Math.sqrt(first * second)));
}

/**
 * Errors and scores of a map of pictures, shift by shift.
 * @param {(input: Tensor) => Tensor} f @param {Tensor} input @param {number} stride
 * @param {"zero" | "circular"} padding @param {[number, number][]} shifts  down and right
 * @returns {{dy: number, dx: number, error: number, score: number}[]}
 */
export function shift_curve(f, input, stride, padding, shifts) {
  const still = f(input);
  return shifts.map(([dy, dx]) => {
    const first = f(shift(input, dy, dx, padding));
    const second = shift(still, output_shift(dy, stride), output_shift(dx, stride), padding);
    return { dy, dx, error: equivariance_error(first, second).relative, score: invariance_score(first, still) };
  });
}

/**
 * The shifts by 0 to 8 pixels on the way of a present one: along the axis it moves more on,
 * in its direction, the other axis held.
 * @returns {{axis: "down" | "right", sign: 1 | -1, present: number, shifts: [number, number][]}}
 */
export function shift_path(dy, dx) {
  const axis = Math.abs(dy) > Math.abs(dx) ? "down" : "right";
  const along = axis === "down" ? dy : dx;
  const sign = along < 0 ? -1 : 1;
  const shifts = Array.from({ length: 9 }, (_, p) => (axis === "down" ? [sign * p, dx] : [dy, sign * p]));
  return { axis, sign, present: Math.abs(along), shifts };
}
