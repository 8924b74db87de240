/** ArithmeticExplorer's state as Python: the size by the formula, the counts, and torch's answer. */
import { LETTERS } from "./arithmetic_size.js";

const both = ([rows, cols]) => (rows === cols ? String(rows) : `(${rows}, ${cols})`);

/** @param {Record<string, any>} state @returns {string} */
export function python(state) {
  const { axes, transposed } = state;
  const letters = transposed ? ["s", "p", "a", "d"] : ["s", "p", "d"];
  const written = (value) => letters.map((letter) => {
    const [key] = LETTERS[letter];
    return `${key}=${value(state[key], key)}`;
  }).join(", ");
  const last = (pair) => String(pair[1]);
  const asPicture = (pair, key) => `(${key.includes("padding") ? 0 : 1}, ${pair[1]})`;
  const settings = written(axes === 1 ? last : both);
  const onPictures = axes === 1 ? written(asPicture) : settings;
  const withoutExtra = onPictures.replace(/output_padding=(\(.*?\)|\d+), /, "");
  const shape = (pair) => (axes === 1 ? `1, ${pair[1]}` : pair.join(", "));
  const [n, k] = [shape(state.input_size), shape(state.kernel_size)];
  const size = axes === 1 ? [state.input_size[1], state.kernel_size[1]] : [`(${n})`, `(${k})`];
  const formula = transposed ? "conv_transpose_output_size" : "conv_output_size";
  const count = transposed
    ? `reads = numpy_ops.conv_transpose2d(inputs, kernel, ${onPictures})
used = numpy_ops.conv2d(np.ones_like(reads), kernel, ${withoutExtra})
used = used[:, :, :inputs.shape[2], :inputs.shape[3]]`
    : `reads = numpy_ops.conv2d(inputs, kernel, ${onPictures})
used = numpy_ops.conv2d_input(inputs.shape, kernel, np.ones_like(reads), ${onPictures})`;
  const name = `conv${transposed ? "_transpose" : ""}${axes}d`;
  const ones = (pair) => `torch.ones(1, 1, ${axes === 1 ? pair[1] : pair.join(", ")})`;
  return `import numpy as np
import torch
from cnnlib import numpy_ops, shapes

size = shapes.${formula}(${size.join(", ")}, ${settings})
print(size)

# Ones convolved with ones count: the inputs of each output, and the outputs of each input.
inputs, kernel = np.ones((1, 1, ${n})), np.ones((1, 1, ${k}))
${count}
print(reads[0, 0])
print(used[0, 0])

same = torch.nn.functional.${name}(
    ${ones(state.input_size)}, ${ones(state.kernel_size)}, ${settings})
print(tuple(same.shape[2:]))
`;
}
