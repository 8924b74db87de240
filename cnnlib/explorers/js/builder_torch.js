/** The network as torch code: an nn.Sequential, its layers by the names of the table. */

const pair = ([rows, cols]) => (rows === cols ? String(rows) : `(${rows}, ${cols})`);
const PLAIN = { relu: "nn.ReLU()", tanh: "nn.Tanh()", sigmoid: "nn.Sigmoid()", softmax: "nn.Softmax(dim=1)", flatten: "nn.Flatten()", gap: "nn.AdaptiveAvgPool2d(1)" };

/** A layer as an expression; `given` is the shape of what it reads. */
function expression(item, given) {
  const { kind, width, k, s, p, d, g, b } = item;
  const told = (word, size, usual) => (String(size) === String(usual) ? "" : `, ${word}=${pair(size)}`);
  if (kind === "conv") {
    return `nn.Conv2d(${given[0]}, ${width}, ${pair(k)}${told("stride", s, [1, 1])}${told("padding", p, [0, 0])}` +
      `${told("dilation", d, [1, 1])}${g > 1 ? `, groups=${g}` : ""}${b ? "" : ", bias=False"})`;
  }
  if (kind === "max" || kind === "avg") return `nn.${kind === "max" ? "Max" : "Avg"}Pool2d(${pair(k)}${told("stride", s, k)}${told("padding", p, [0, 0])})`;
  if (kind === "bn" || kind === "bn1d") return `nn.BatchNorm${kind === "bn" ? 2 : 1}d(${given[0]})`;
  if (kind === "linear") return `nn.Linear(${given[0]}, ${width}${b ? "" : ", bias=False"})`;
  return kind === "drop" ? `nn.Dropout(${width / 100})` : PLAIN[kind];
}

/** A sequence as `nn.Sequential(OrderedDict(...))`, its lines indented. */
function sequence(items, { nodes, rows }, indent) {
  const lines = items.map((item) => {
    const at = nodes.findIndex((node) => node.item === item);
    const name = nodes[at].name.split(".").at(-1);
    if (!item.branches) return `${indent}    ${name}=${expression(item, rows[nodes[at].inputs[0]].shape)},\n`;
    const branches = item.branches.map((branch) => (branch.length
      ? `${indent}        ${sequence(branch, { nodes, rows }, `${indent}        `)},\n` : `${indent}        nn.Identity(),\n`));
    return `${indent}    ${name}=Block(\n${branches.join("")}${indent}    ),\n`;
  });
  return lines.length ? `nn.Sequential(OrderedDict(\n${lines.join("")}${indent}))` : "nn.Sequential()";
}

const BLOCK = `

class Block(nn.Module):
    """Branches that start at one place; their outputs are added."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, input):
        first, *others = (branch(input) for branch in self.branches)
        return sum(others, first)

`;

/** @param {object} now  what is shown */
export function torchCode(now) {
  const { stack, nodes, rows, batch } = now;
  const blocks = nodes.some(({ op }) => op === "merge");
  return `from collections import OrderedDict

from torch import nn

from cnnlib.network import summarize
${blocks ? BLOCK : ""}
net = ${sequence(stack, now, "")}
print(summarize(net, (${[batch, ...rows[0].shape].join(", ")})))
`;
}
