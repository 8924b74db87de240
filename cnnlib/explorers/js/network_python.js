/** The Python that computes the same answer: with cnnlib, and with torch alone. */
import { pythonList } from "./format.js";

/** @param {object} state @returns {string} */
export function python({ drawing, network, down, right, rotate, noise, seed, layer, channel, row, col }) {
  const moved = down || right || rotate;
  const change = [down || right ? `shift=(${down}, ${right})` : "", rotate ? `rotate=${rotate}` : ""].filter(Boolean).join(", ");
  const names = [moved ? "affine" : "", noise ? "add_noise" : "", moved ? "matrix" : ""].filter(Boolean).sort();
  return `import numpy as np
import torch
${names.length ? `from cnnlib.augmentation import ${names.join(", ")}\n` : ""}from cnnlib import digit_net, numpy_ops
from cnnlib.models import digit_net as build

drawing = np.array(${pythonList(drawing)})
x = drawing[None, None] / 16  # ink 1, paper 0
${moved ? `x = affine(x, matrix(${change}))\n` : ""}${noise ? `x = add_noise(x, ${noise}, rng=np.random.default_rng(${seed}))\n` : ""}
parameters = digit_net.stored("${network}")
logits = digit_net.forward({name: p.astype(float) for name, p in parameters.items()}, x)
print(logits.round(3), numpy_ops.softmax(logits, 1).round(4), logits.argmax())

# The same with torch, layer by layer.
network = build()
network.load_state_dict({name: torch.tensor(p) for name, p in parameters.items()}, strict=False)
network = network.double().eval()
maps = {}
same = torch.tensor(x)
with torch.no_grad():
    for name, module in network.named_children():
        same = maps[name] = module(same)
print(same)
print(${unitIn({ layer, channel, row, col })})
`;
}

/** The chosen unit in torch's maps. */
function unitIn({ layer, channel, row, col }) {
  if (layer === "softmax") return `same.softmax(1)[0, ${channel}]`;
  return layer === "flatten" || layer === "linear" ? `maps["${layer}"][0, ${channel}]` : `maps["${layer}"][0, ${channel}, ${row}, ${col}]`;
}
