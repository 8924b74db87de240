/** ReceptiveFieldExplorer's state as Python: with cnnlib, and as torch's gradient. */
import { flatten, upto } from "./field_text.js";

const WORDS = { s: ["stride", 1], p: ["padding", 0], d: ["dilation", 1] };

/** A size as Python; of a signal, that of its columns. */
function literal(pair, axes) {
  return axes === 1 || pair[0] === pair[1] ? String(pair[1]) : `(${pair.join(", ")})`;
}

/** `3, stride=2, padding=1` */
function settings(item, axes) {
  const rest = Object.entries(WORDS).map(([letter, [word, usual]]) => [word, literal(item[letter], axes), String(usual)]);
  return [literal(item.k, axes), ...rest.filter(([, now, usual]) => now !== usual).map(([word, now]) => `${word}=${now}`)].join(", ");
}

/** `kernel_size=(1, 3), padding=(0, 1)`: a node has two axes in any case. */
function nodeSettings(node) {
  const words = [["k", "kernel_size", 1], ["s", "stride", 1], ["p", "padding", 0], ["d", "dilation", 1]];
  return words.filter(([letter, , usual]) => node[letter].some((n) => n !== usual))
    .map(([letter, word]) => `, ${word}=${literal(node[letter], 2)}`).join("");
}

const quoted = (name) => JSON.stringify(name);

/** A stack as torch modules, a line each. */
function torchLines(items, axes, indent) {
  return items.map((item) => {
    if (!item.branches) return `${indent}window(${settings(item, axes)}),\n`;
    const branches = item.branches.map((branch) => (branch.length
      ? `${indent}    nn.Sequential(\n${torchLines(branch, axes, `${indent}        `)}${indent}    ),\n`
      : `${indent}    nn.Identity(),\n`));
    return `${indent}Branches(\n${branches.join("")}${indent}),\n`;
  }).join("");
}

/** By the recurrences over a list of layers. */
function chain({ nodes, at, unit, axes, size }) {
  const layers = nodes.slice(1).map(({ name, item }) => `    Layer(${quoted(name)}, ${settings(item, axes)}),\n`).join("");
  const n = axes === 1 ? String(size[1]) : literal(size, 2);
  const place = axes === 1 ? String(unit[1]) : `(${unit.join(", ")})`;
  const upTo = at === nodes.length - 1 ? "layers" : `layers[:${at}]`;
  return `from cnnlib.receptive_field import Layer, input_region, receptive_field

layers = [
${layers}]
rows = receptive_field(layers, input_size=${n})
for row in rows:
    print(row.name, row.output_size, row.jump, row.receptive_field, row.start)

# The first and the last pixel of the input that one unit of ${quoted(nodes[at].name)} sees.
box = input_region(${upTo}, ${place}, ${place}, input_size=${n})
print(box)
`;
}

/** By a graph: where branches meet, or where the parts of the pixels are asked for. */
function graph({ nodes, sizes, at, unit, size, effective }) {
  const lines = sizes.map((node) => {
    if (node.op === "input") return `    Node("input", "input", size=(${size.join(", ")})),\n`;
    const inputs = node.inputs.map((input) => quoted(nodes[input].name));
    const read = inputs.length === 1 ? `(${inputs[0]},)` : `(${inputs.join(", ")})`;
    return `    Node(${quoted(node.name)}, ${quoted(node.op)}, ${read}${node.op === "window" ? nodeSettings(node) : ""}),\n`;
  }).join("");
  const one = `nodes, ${quoted(nodes[at].name)}, (${unit.join(", ")})`;
  return `from cnnlib import receptive_field

Node = receptive_field.Node
nodes = [
${lines}]
rows = receptive_field.fields(nodes)
for row in rows:
    print(row.name, row.output_size, row.jump, row.receptive_field, row.start, *row.misaligned)

# The first and the last row and column of the input that one unit sees.
box = receptive_field.box(${one})
print(box)
${effective ? `shares = receptive_field.paths(${one})  # how much each pixel counts
print(shares.max())
` : ""}`;
}

/**
 * @param {object} now  what is shown
 * @returns {string}
 */
export function python(now) {
  const { stack, nodes, at, unit, axes, size, effective } = now;
  const branched = nodes.some(({ op }) => op === "merge");
  const before = upto(stack, at);
  const meets = flatten(before).some(({ op }) => op === "merge");
  const place = axes === 1 ? String(unit[1]) : unit.join(", ");
  return `${branched || effective ? graph(now) : chain(now)}
# The same from torch: with positive weights, the gradient of the unit is not zero just where it sees.
import torch
from torch import nn


def window(kernel_size, **how):
    layer = nn.Conv${axes}d(1, 1, kernel_size, bias=False, dtype=torch.float64, **how)
    nn.init.constant_(layer.weight, 1 / layer.weight.numel())
    return layer
${meets ? `

class Branches(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, input):
        return sum(branch(input) for branch in self.branches)
` : ""}

net = nn.Sequential(
${torchLines(before, axes, "    ")})
image = torch.ones(1, 1, ${axes === 1 ? size[1] : size.join(", ")}, dtype=torch.float64, requires_grad=True)
net(image)[0, 0, ${place}].backward()
gradient = image.grad[0, 0]
seen = gradient.nonzero()
same = (seen.min(0).values.tolist(), seen.max(0).values.tolist()) if len(seen) else None
print(same)
${effective ? "print((gradient / gradient.sum()).max())\n" : ""}`;
}
