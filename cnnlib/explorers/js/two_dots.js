/** Two dots, halved again and again: `cnnlib/two_dots.py` in JavaScript, under the same names. */
import { downsample } from "./downsampling.js";

/** @typedef {import("./ops.js").Tensor} Tensor */

/** A black picture with two white pixels in its middle row. @returns {Tensor} */
export function two_dots(distance, start = 8, rows = 16, cols = 40) {
  const data = new Float64Array(rows * cols);
  const middle = Math.floor(rows / 2) * cols + start;
  data[middle] = 1;
  data[middle + distance] = 1;
  return { data, shape: [rows, cols] };
}

/** A picture, and what is left of it each time it is halved. @returns {Tensor[]} */
export function halvings(picture, times, kind) {
  const stages = [picture];
  for (let k = 0; k < times; k += 1) stages.push(downsample(stages[k], kind));
  return stages;
}

/** How many dots can still be told apart along the columns. @param {Tensor} picture */
export function peaks({ data, shape: [rows, cols] }) {
  const heights = [0]; // equal neighbours once, between two zeros
  for (let col = 0; col <= cols; col += 1) {
    let most = 0;
    for (let row = 0; row < rows && col < cols; row += 1) most = Math.max(most, data[row * cols + col]);
    const height = Math.round(most * 1e9);
    if (height !== heights[heights.length - 1]) heights.push(height);
  }
  return heights.filter((height, k) => height > (heights[k - 1] ?? 0) && height > (heights[k + 1] ?? 0)).length;
}
