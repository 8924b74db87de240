/** ShiftExplorer's state as Python: with cnnlib, and with torch alone. */
import { output_shift } from "./equivariance.js";
import { pythonList } from "./format.js";

/** torch pads by as much as it crops, so a shift beyond the picture is cut to its size. */
const within = (pixels, n) => Math.max(-n, Math.min(n, pixels));

/** @param {Record<string, any>} state @returns {string} */
export function python({ image, kernel, dy, dx, stride, padding }) {
  const circular = padding === "circular";
  const [rows, cols] = [image.length, image[0].length];
  const [ph, pw] = [(kernel.length - 1) / 2, (kernel[0].length - 1) / 2];
  const [down, right] = [output_shift(dy, stride), output_shift(dx, stride)];
  const cut = (y, x, h, w) => (circular ? `${y}, ${x}` : `${within(y, h)}, ${within(x, w)}`);
  const before = cut(dy, dx, rows, cols);
  const after = cut(down, right, Math.ceil(rows / stride), Math.ceil(cols / stride));
  const move = circular
    ? "torch.roll(x, (dy, dx), (2, 3))"
    : "F.pad(x, (dx, -dx, dy, -dy))  # zeros in, and out with what leaves";
  const conv = circular
    ? `x = F.pad(x, (${pw}, ${pw}, ${ph}, ${ph}), mode="circular")
    return F.conv2d(x, weight, stride=${stride})`
    : `return F.conv2d(x, weight, stride=${stride}, padding=(${ph}, ${pw}))`;
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib import equivariance

image = np.array(${pythonList(image)})
kernel = np.array(${pythonList(kernel)})

first, second = equivariance.both_orders(
    image[None, None], kernel[None, None],
    dy=${dy}, dx=${dx}, stride=${stride}, padding="${padding}")
print(first[0, 0])
print(second[0, 0])
print(equivariance.equivariance_error(first, second))

# The same with torch alone.
weight = torch.tensor(kernel)[None, None]


def shift(x, dy, dx):
    return ${move}


def conv(x):
    ${conv}


x = torch.tensor(image)[None, None]
same_first = conv(shift(x, ${before}))
same_second = shift(conv(x), ${after})
print(same_first[0, 0])
print(same_second[0, 0])
`;
}
