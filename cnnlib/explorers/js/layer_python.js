/** LayerExplorer's state as Python: with cnnlib, and as a torch layer. */
import { show, writeCall } from "./layer_call.js";
import { layerOf } from "./layer_values.js";

/** @param {Record<string, any>} state @returns {string} */
export function python(state) {
  const { filter, rows, cols, each, perGroup, size } = layerOf(state);
  const { in_channels, out_channels, height, width, groups } = state;
  const kernel = Array.isArray(state.kernel_size) ? state.kernel_size : [state.kernel_size, state.kernel_size];
  const settings = ["stride", "padding", "dilation"].map((key) => `${key}=${show(state[key])}`).join(", ");
  const crop = rows < size[2] || cols < size[3] ? `, :${rows}, :${cols}` : "";
  const channel = groups === 1 ? "c = s" : `c = o // ${perGroup} * ${each} + s  # the channel that a slice meets`;
  const call = writeCall(state).replace(/\)$/, ", dtype=torch.float64)");
  return `import numpy as np
import torch
from cnnlib import numpy_ops, shapes
from torch import nn

# Numbers by a rule, the same as shown${state.batch > 1 ? `; one image of the ${state.batch}` : ""}.
c, y, x = np.indices((${in_channels}, ${height}, ${width}))
image = ((2 * c + y * y + 3 * x) % 5)[None].astype(float)
o, s, i, j = np.indices((${out_channels}, ${each}, ${kernel.join(", ")}))
${channel}
weight = ((o + 2 * c + i * j + j) % 5 - 2).astype(float)
bias = ${state.bias ? `np.arange(${out_channels}) % 3 + 1.0` : "None"}

output = numpy_ops.conv2d(image, weight, bias, ${settings}, groups=${groups})
print(output[0, ${filter}${crop}])
print(shapes.conv_parameters(${in_channels}, ${out_channels}, ${show(state.kernel_size)}, ${groups}, ${show(state.bias)}), "parameters")
macs = shapes.conv_macs((${height}, ${width}), ${in_channels}, ${out_channels}, ${show(state.kernel_size)}, ${settings}, groups=${groups})
print(${state.batch} * macs, "multiply-accumulates")

layer = ${call}
with torch.no_grad():
    layer.weight.copy_(torch.tensor(weight))
${state.bias ? "    layer.bias.copy_(torch.tensor(bias))\n" : ""}    same = layer(torch.tensor(image))
print(same[0, ${filter}${crop}])
print(sum(p.numel() for p in layer.parameters()), "parameters")
`;
}
