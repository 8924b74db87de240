/** CollapseExplorer in words: the verdict, the arithmetic of a cell, and the state as Python. */
import { h } from "./dom.js";
import { plain, pythonList, short, size } from "./format.js";

const number = (value, hue) => h("span", { class: `cnn-${hue}`, text: plain(value) });

/** Sums of products: those with a zero weight are left out. */
function sum(terms, hues) {
  const kept = terms.filter(([, weight]) => weight !== 0);
  if (!kept.length) return ["0"];
  return kept.flatMap(([value, weight], k) =>
    [k ? " + " : "", number(value, hues[0]), "×", number(weight, hues[1])]);
}

/** The products of `picture` and `kernel` for the output cell (row, col). */
function terms(picture, kernel, pad, row, col) {
  const [rows, cols] = picture.shape;
  const across = kernel.shape[1];
  return Array.from(kernel.data, (weight, k) => {
    const [y, x] = [row - pad + Math.floor(k / across), col - pad + (k % across)];
    const inside = y >= 0 && y < rows && x >= 0 && x < cols;
    return [inside ? picture.data[y * cols + x] : 0, weight];
  });
}

/** The lines that say how A, B and their difference come about in one cell. */
export function cellLines({ image, second, around, answer }, row, col) {
  const place = row * answer.two.shape[1] + col;
  const line = (name, products, value) => h("div", {},
    h("span", { class: "cnn-o", text: `${name}[${row}, ${col}]` }), " = ",
    ...sum(products, ["i", "k"]), " = ", h("strong", { class: "cnn-o", text: plain(value) }));
  return [
    line("A", terms(answer.between, second, around, row, col), answer.two.data[place]),
    line("B", terms(image, answer.combined, 2 * around, row, col), answer.one.data[place]),
    h("div", {}, `A \u2212 B = ${plain(answer.tidy.data[place])}`),
  ];
}

/** The pairs of cells, of the first kernel and of the second, that meet in one combined weight. */
export function meeting(row, col) {
  const pairs = [];
  for (let i = 0; i < 3; i += 1) {
    for (let j = 0; j < 3; j += 1) {
      const [y, x] = [row - i, col - j];
      if (y >= 0 && y < 3 && x >= 0 && x < 3) pairs.push([[y, x], [i, j]]);
    }
  }
  return pairs;
}

/** How one weight of the combined kernel comes about. */
export function weightLine({ first, second, answer }, row, col) {
  const products = meeting(row, col).map(([[y, x], [i, j]]) =>
    [first.data[3 * y + x], second.data[3 * i + j]]);
  return h("div", {}, h("span", { class: "cnn-k", text: `combined[${row}, ${col}]` }), " = ",
    ...products.flatMap(([a, b], k) => [k ? " + " : "", number(a, "k"), "×", number(b, "k")]),
    " = ", h("strong", { class: "cnn-k", text: plain(answer.combined.data[5 * row + col]) }));
}

/** One sentence on whether both ways agree, and one or two on why. @returns {[string, string]} */
export function verdict({ padding, relu }, answer, count) {
  const differing = count.border + count.inside;
  const total = count.borderOf + count.insideOf;
  const of = (n, most) => `${n} of ${most} ${most === 1 ? "cell" : "cells"}`;
  const head = differing
    ? `Two layers and one differ in ${of(differing, total)}.`
    : `Two layers and one agree in ${total === 1 ? "the one cell" : `all ${total} cells`}.`;
  const rounded = answer.exact ? "" : " What little the additions' other order rounds off is shown as 0.";
  if (relu && !answer.cleared && padding === "valid") {
    return [head, "ReLU found no negative value between the layers, so it changed nothing. " +
      `Give it one: change a weight or a pixel.${rounded}`];
  }
  if (relu && answer.cleared) {
    const cleared = `ReLU set ${of(answer.cleared, answer.before.data.length)} between the layers to 0. `;
    return [head, differing
      ? `${cleared}Which cells depends on the picture, so no one kernel, 5 by 5 or larger, does this for every picture.`
      : `${cleared}Here none of them reaches an output that it could change.${rounded}`];
  }
  if (padding === "valid") {
    return [head, "Weighted sums of weighted sums are weighted sums: the second layer adds nothing that " +
      `one layer could not do. Its 18 weights make the 25 of the one.${rounded}`];
  }
  const inside = count.insideOf ? `; the ${count.insideOf} inside it agree` : "";
  const border = count.border
    ? `Only the border differs, in ${of(count.border, count.borderOf)}${inside}. `
    : "For these values, even the border agrees. ";
  return [head, `${border}The second layer reads zeros beyond the border, where the 5 by 5 kernel still ` +
    `sees what the first layer would have computed there.${rounded}`];
}

export function summarize({ padding, relu }, image, answer, count) {
  const differing = count.border + count.inside;
  const largest = answer.tidy.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return `Two 3 by 3 convolutions ${relu ? "with ReLU" : "with nothing"} between them, and one 5 by 5 made of both, ` +
    `on an input of ${size(...image.shape)} with ${padding === "zero" ? "zero" : "no"} padding. ` +
    `Outputs ${size(...answer.two.shape)}: ${differing
      ? `they differ in ${differing} of ${answer.two.data.length} cells, by up to ${short(largest)}.`
      : "they are the same."}`;
}

/** @param {Record<string, any>} state @returns {string} */
export function python({ image, first, second, padding, relu }) {
  const around = padding === "zero" ? 1 : 0;
  const pad = (width) => (around ? `, padding=${width}` : "");
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib import numpy_ops

image = np.array(${pythonList(image)})
first = np.array(${pythonList(first)})
second = np.array(${pythonList(second)})

between = numpy_ops.conv2d(image[None, None], first[None, None]${pad(1)})
${relu ? "between = numpy_ops.relu(between)\n" : ""}two = numpy_ops.conv2d(between, second[None, None]${pad(1)})[0, 0]

# Layers cross-correlate, and yet their kernels combine by a full convolution.
combined = numpy_ops.convolve(first, second, mode="full")
one = numpy_ops.conv2d(image[None, None], combined[None, None]${pad(2)})[0, 0]
difference = two - one
print(difference)

# The same with torch alone: conv2d correlates, so the second kernel is turned.
x, k1, k2 = (torch.tensor(values)[None, None] for values in (image, first, second))
same_two = F.conv2d(${relu ? "F.relu(" : ""}F.conv2d(x, k1${pad(1)})${relu ? ")" : ""}, k2${pad(1)})[0, 0]
same_combined = F.conv2d(k1, k2.flip(2, 3), padding=2)
same_one = F.conv2d(x, same_combined${pad(2)})[0, 0]
print(same_two - same_one)
`;
}
