/** ShiftExplorer's state as Python: with cnnlib, and with torch alone. */
import { output_shift } from "./equivariance.js";
import { pythonList } from "./format.js";
import { shift_path } from "./invariance.js";
import { FIRST } from "./shift_dots.js";
import { jumpOf, mapName } from "./shift_words.js";

/** How torch halves `x`, and with circular padding what it wraps before. */
const TORCH_POOLS = {
  none: () => "",
  max: () => "    x = F.max_pool2d(x, 2)\n",
  average: () => "    x = F.avg_pool2d(x, 2)\n",
  strided: () => "    x = x[..., ::2, ::2]\n",
  blur: (mode) => `    x = blur(x, "${mode}")\n`,
  "max-blur": (mode) => (mode === "circular" ? '    x = F.pad(x, (0, 1, 0, 1), mode="circular")\n' : "") +
    `    x = blur(F.max_pool2d(x, 2, stride=1), "${mode}")\n`,
};

const BLUR = `
def blur(x, mode):
    binomial = torch.tensor([1.0, 2, 1], dtype=x.dtype) / 4
    weight = torch.outer(binomial, binomial).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode=mode), weight, stride=2, groups=x.shape[1])

`;

const blurFor = (pool) => (pool.endsWith("blur") ? BLUR : "");

/** torch pads by as much as it crops, so a shift beyond the picture is cut to its size. */
const within = (pixels, n) => Math.max(-n, Math.min(n, pixels));

/** @param {Record<string, any>} state @returns {string} */
export function python(state) {
  if (state.scene === "two dots") return dotsPython(state);
  if (state.scene === "sequence") return sequencePython(state);
  if (state.scene === "classifier") return classifierPython(state);
  return picturePython(state);
}

function picturePython(state) {
  const { image, kernel, dy, dx, stride, padding, relu, pool } = state;
  const circular = padding === "circular";
  const [rows, cols] = [image.length, image[0].length];
  const [ph, pw] = [(kernel.length - 1) / 2, (kernel[0].length - 1) / 2];
  const jump = jumpOf(state);
  const [down, right] = [output_shift(dy, jump), output_shift(dx, jump)];
  const up = { none: Math.ceil, strided: Math.ceil, blur: Math.ceil }[pool] ?? Math.floor;
  const out = (n) => (pool === "none" ? Math.ceil(n / stride) : up(Math.ceil(n / stride) / 2));
  const cut = (y, x, h, w) => (circular ? `${y}, ${x}` : `${within(y, h)}, ${within(x, w)}`);
  const before = cut(dy, dx, rows, cols);
  const after = cut(down, right, out(rows), out(cols));
  const move = circular
    ? "torch.roll(x, (dy, dx), (2, 3))"
    : "F.pad(x, (dx, -dx, dy, -dy))  # zeros in, and out with what leaves";
  const name = mapName(state);
  const conv = circular
    ? `    x = F.pad(x, (${pw}, ${pw}, ${ph}, ${ph}), mode="circular")
    x = F.conv2d(x, weight, stride=${stride})`
    : `    x = F.conv2d(x, weight, stride=${stride}, padding=(${ph}, ${pw}))`;
  const rest = `${relu ? "    x = F.relu(x)\n" : ""}${TORCH_POOLS[pool](circular ? "circular" : "reflect")}`;
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib import downsampling, equivariance, invariance

image = np.array(${pythonList(image)})[None, None]
kernel = np.array(${pythonList(kernel)})[None, None]


def f(x):
    return downsampling.stage(
        x, kernel, "${pool}", relu=${relu ? "True" : "False"}, stride=${stride}, padding="${padding}")


first, second = equivariance.orders(f, image, dy=${dy}, dx=${dx}, stride=${jump}, padding="${padding}")
print(first[0, 0])
print(second[0, 0])
print(equivariance.equivariance_error(first, second))
path = ${pairs(shift_path(dy, dx).shifts)}
curve = invariance.shift_curve(f, image, stride=${jump}, padding="${padding}", shifts=path)
for response in curve:
    print(response)

# The same with torch alone.
weight = torch.tensor(kernel)

${blurFor(pool)}
def shift(x, dy, dx):
    return ${move}


def ${name}(x):
${conv}
${rest}    return x


x = torch.tensor(image)
same_first = ${name}(shift(x, ${before}))
same_second = shift(${name}(x), ${after})
print(same_first[0, 0])
print(same_second[0, 0])
`;
}

const pairs = (shifts) => `[${shifts.map(([y, x]) => `(${y}, ${x})`).join(", ")}]`;

function dotsPython({ distance, halvings, dx, pool }) {
  return `import torch
import torch.nn.functional as F
from cnnlib.two_dots import halvings, peaks, two_dots

picture = two_dots(${distance}, start=${FIRST + dx})
stages = halvings(picture, ${halvings}, "${pool}")
for stage in stages:
    print(stage.shape, peaks(stage))

# The same with torch alone.
${blurFor(pool)}
def halve(x):
${TORCH_POOLS[pool]("reflect")}    return x


x = torch.tensor(picture)[None, None]
for _ in range(${halvings}):
    x = halve(x)
print(x[0, 0])
`;
}

function sequencePython({ sequence, dx }) {
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib.downsampling import KINDS, downsample

sequence = np.array(${pythonList(sequence)})
rows = np.tile(sequence, (1, 1, 4, 1))  # equal rows stay equal: what is done, is done to each
moved = np.roll(rows, ${dx}, axis=3)
halved = {
    kind: (downsample(rows, kind, "circular")[0, 0, 0], downsample(moved, kind, "circular")[0, 0, 0])
    for kind in KINDS
}
for kind, (still, after) in halved.items():
    print(kind, still, after)

# Two of them with torch alone.
x = torch.tensor(sequence)[None]
for each in (x, torch.roll(x, ${dx}, 1)):
    print(F.max_pool1d(each, 2), F.avg_pool1d(each, 2))
`;
}

function classifierPython({ drawing, label, dy, dx }) {
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib import numpy_ops, shift_nets

digit = np.array(${pythonList(drawing)})
path = ${pairs(shift_path(dy, dx).shifts)}
chances = {}
answers = {}
for kind, network in shift_nets.networks().items():
    pictures = np.concatenate([shift_nets.on_canvas([digit], *each) for each in path])
    shares = numpy_ops.softmax(shift_nets.logits(network, pictures), 1)
    chances[kind] = shares[:, ${label}]
    answers[kind] = shares.argmax(axis=1)
    print(kind, chances[kind].round(3), answers[kind])

# One of them with torch alone: max pooling, at the present shift.
network = shift_nets.networks()["max"]
weights, biases = ([torch.tensor(part) for part in parts] for parts in network[1:])
x = torch.tensor(shift_nets.on_canvas([digit], ${dy}, ${dx}))
for layer in range(3):
    x = F.pad(x, (1, 1, 1, 1), mode="circular")
    x = F.relu(F.conv2d(x, weights[layer], biases[layer]))
    x = F.max_pool2d(x, 2) if layer < 2 else x.mean((2, 3))
same = F.softmax(F.linear(x, weights[3], biases[3]), dim=1)[0, ${label}]
print(same)
`;
}
