/** Two convolutions in a row and the one that they make. */
import { conv2d, convolve, reshape } from "./ops.js";

/** @typedef {import("./ops.js").Tensor} Tensor */

const SAME = 1e-12; // differences up to this, relative to the largest output, are rounding

function layer(input, kernel, padding) {
  const plane = (picture) => reshape(picture, [1, 1, ...picture.shape]);
  const answer = conv2d(plane(input), plane(kernel), null, 1, padding);
  return reshape(answer, answer.shape.slice(2));
}

/**
 * @param {Tensor} image @param {Tensor} first @param {Tensor} second  kernels, 3 by 3
 * @param {"valid" | "zero"} padding @param {boolean} relu  between the two layers
 * @returns {{before: Tensor, between: Tensor, two: Tensor, combined: Tensor, one: Tensor,
 *   difference: Tensor, tidy: Tensor, exact: boolean, cleared: number}} `tidy` is the difference
 *   with rounding as zero, `cleared` how many values the ReLU set to zero
 */
export function collapse(image, first, second, padding, relu) {
  const [h, w] = image.shape;
  if (padding === "valid" && Math.min(h, w) < 5) {
    throw new Error(`a picture of ${h} by ${w} is too small: without padding, two 3 by 3 kernels ` +
      "need at least 5 rows and 5 columns. Take a larger picture, or zero padding");
  }
  const around = padding === "zero" ? 1 : 0;
  const before = layer(image, first, around);
  const between = relu ? { data: before.data.map((v) => Math.max(0, v)), shape: before.shape } : before;
  const two = layer(between, second, around);
  const combined = convolve(first, second, "full");
  const one = layer(image, combined, 2 * around);
  const data = two.data.map((value, k) => value - one.data[k]);
  const size = [two, one].reduce(
    (most, { data: values }) => values.reduce((m, v) => Math.max(m, Math.abs(v)), most), 1);
  const tidied = data.map((value) => (Math.abs(value) <= SAME * size ? 0 : value));
  return {
    before, between, two, combined, one,
    difference: { data, shape: two.shape },
    tidy: { data: tidied, shape: two.shape },
    exact: data.every((value, k) => value === tidied[k]),
    cleared: relu ? before.data.filter((value) => value < 0).length : 0,
  };
}

/** How many values are not zero, and of how many: in the outermost ring of a picture, and inside. */
export function rings({ data, shape: [rows, cols] }) {
  const count = { border: 0, borderOf: 0, inside: 0, insideOf: 0 };
  data.forEach((value, k) => {
    const [y, x] = [Math.floor(k / cols), k % cols];
    const where = y === 0 || x === 0 || y === rows - 1 || x === cols - 1 ? "border" : "inside";
    count[`${where}Of`] += 1;
    if (value !== 0) count[where] += 1;
  });
  return count;
}
