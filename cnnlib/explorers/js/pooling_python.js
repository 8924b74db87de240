/** PoolingExplorer's state as Python: with cnnlib, and the same with torch. */
import { pythonList } from "./format.js";
import { isGlobal } from "./pooling_math.js";

const truth = (value) => (value ? "True" : "False");

/** The settings that a kind has, as arguments; those at their default are left out. */
function argumentsOf({ kind, kernel_size: k, stride, padding, dilation, ceil_mode: ceil, count_include_pad: count, sigma }) {
  const step = stride === null ? "" : `, stride=${stride}`;
  const pad = padding ? `, padding=${padding}` : "";
  const up = ceil ? ", ceil_mode=True" : "";
  if (kind === "max") return `${k}${step}${pad}${dilation > 1 ? `, dilation=${dilation}` : ""}${up}`;
  if (kind === "average") return `${k}${step}${pad}${up}${count ? "" : `, count_include_pad=${truth(count)}`}`;
  if (kind === "l2") return `2, ${k}${step}${up}`;
  return `${k}, ${sigma}${step}`;
}

/** Torch has no Gaussian pooling: it is a convolution with fixed weights. */
function gaussian({ kernel_size: k, stride, sigma }) {
  return `# torch has no Gaussian pooling; it is a convolution whose weights nothing learns
place = torch.arange(${k}, dtype=torch.float64) - ${(k - 1) / 2}
weight = torch.exp(-(place[:, None] ** 2 + place**2) / (2 * ${sigma}**2))
same = F.conv2d(x, (weight / weight.sum())[None, None], stride=${stride ?? k})[0, 0]
`;
}

/** @param {Record<string, any>} state @returns {string} */
export function python(state) {
  const { kind, relu } = state;
  const name = {
    max: "max_pool2d", average: "avg_pool2d", l2: "lp_pool2d", gaussian: "gaussian_pool2d",
    global_max: "global_max_pool2d", global_average: "global_avg_pool2d",
  }[kind];
  const settings = isGlobal(kind) ? "" : `, ${argumentsOf(state)}`;
  const theirs = isGlobal(kind) ? `adaptive_${kind === "global_max" ? "max" : "avg"}_pool2d(x, 1)` : `${name}(x${settings})`;
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib import numpy_ops

image = np.array(${pythonList(state.image)})

feature_map = ${relu ? "numpy_ops.relu(image)" : "image"}
output = numpy_ops.${name}(feature_map[None, None]${settings})[0, 0]
print(output)

x = ${relu ? "F.relu(torch.tensor(image))" : "torch.tensor(image)"}[None, None]
${kind === "gaussian" ? gaussian(state) : `same = F.${theirs}[0, 0]\n`}print(same)
`;
}
