"""Random networks of torch's layers, and copies of them whose gradients show what a unit sees."""

from __future__ import annotations

import copy
import random

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import shapes

CHANNELS = 2


class Functional(nn.Module):
    """Does with its input what a function does."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, input):
        return self.function(input)


class Meeting(nn.Module):
    """Branches that meet: added, multiplied or concatenated, cut or padded to the first's size."""

    def __init__(self, how, *branches):
        super().__init__()
        self.how = how
        self.branches = nn.ModuleList(branches)
        self.mix = nn.Conv2d(CHANNELS * len(branches), CHANNELS, 1)

    def forward(self, input):
        first, *rest = (branch(input) for branch in self.branches)
        h, w = first.shape[2:]
        rest = [F.pad(map, (0, w - map.shape[3], 0, h - map.shape[2])) for map in rest]
        if self.how == "cat":
            return self.mix(torch.cat([first, *rest], 1))
        for map in rest:
            if self.how == "in place":
                first += map
            else:
                first = first + map
        return first


class Mean(nn.Module):
    """What a max pooling becomes for its gradient to reach all that its windows hold."""

    def __init__(self, pool):
        super().__init__()
        self.given = pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode

    def forward(self, input):
        k, s, p, d = (pair(value) for value in self.given[:4])
        size = shapes.pool_output_size(tuple(input.shape[2:]), *self.given)
        ends = [
            (size[i] - 1) * s[i] + d[i] * (k[i] - 1) + 1 - n - p[i]
            for i, n in enumerate(input.shape[2:])
        ]
        padded = F.pad(input, (p[1], ends[1], p[0], ends[0]))
        kernel = torch.ones(input.shape[1], 1, *k, dtype=input.dtype)
        return F.conv2d(padded, kernel, stride=s, dilation=d, groups=input.shape[1])


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def positive(net):
    """Return a copy with positive weights, no biases and no maxima: no gradient cancels another."""
    net = copy.deepcopy(net).double().eval()
    for part in net.modules():
        for name, child in part.named_children():
            if isinstance(child, nn.MaxPool2d):
                setattr(part, name, Mean(child))
    for name, parameter in net.named_parameters():
        parameter.data = (
            torch.zeros_like(parameter) if "bias" in name else torch.ones_like(parameter)
        )
    return net.requires_grad_(False)


def gradient_box(values):
    """Return the smallest box that holds all places where an array of (n, c, h, w) is not 0."""
    rows, columns = (values.abs().sum((0, 1)).sum(axis).nonzero() for axis in (1, 0))
    if not len(rows):
        return None
    return (rows[0].item(), columns[0].item()), (rows[-1].item(), columns[-1].item())


def random_network(rng: random.Random, size, plain=False):
    """Return a network of 2 to 6 random layers; if `plain`, all of its units see copies of one."""
    layers = []
    while len(layers) < rng.randint(2, 6):
        layer = random_layer(rng, plain)
        with torch.no_grad():
            try:
                made = nn.Sequential(*layers, layer)(torch.ones(1, CHANNELS, *size)).shape[2:]
            except RuntimeError:
                continue  # a kernel larger than the map: not this one
        if 1 <= min(made) and max(made) <= 40:
            layers.append(layer)
    return nn.Sequential(*layers)


def random_layer(rng, plain, deep=True):
    """Return a random layer that keeps the number of channels; branches, if `deep`, too."""
    two = lambda low, high: (rng.randint(low, high), rng.randint(low, high))  # noqa: E731
    kernel, stride = two(1, 4), two(1, 3)
    half = tuple(rng.randint(0, k // 2) for k in kernel)
    ends = tuple(rng.randint(0, 2) for _ in range(4))
    options = [
        lambda: nn.Conv2d(CHANNELS, CHANNELS, kernel, stride, two(0, 2), two(1, 2)),
        lambda: nn.Conv2d(CHANNELS, CHANNELS, kernel, padding="same", dilation=2),
        lambda: nn.Conv2d(
            CHANNELS,
            CHANNELS,
            3,
            padding=1,
            groups=CHANNELS,
            padding_mode=rng.choice(["reflect", "replicate"]),
        ),
        lambda: nn.MaxPool2d(kernel, stride, half, two(1, 2), ceil_mode=rng.random() < 0.5),
        lambda: nn.AvgPool2d(kernel, stride, half, ceil_mode=rng.random() < 0.5),
        lambda: nn.LPPool2d(2, kernel, stride),
        lambda: nn.ZeroPad2d(ends),
        lambda: nn.ReflectionPad2d(ends),
        lambda: nn.Sequential(nn.BatchNorm2d(CHANNELS), nn.ReLU(inplace=True)),
        lambda: nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * CHANNELS, CHANNELS, 1)),
        lambda: Functional(lambda x: x[:, :, half[0] :, : x.shape[3] - half[1]]),
        lambda: Functional(lambda x: x[..., :: stride[0], 1 :: stride[1]]),
        lambda: Functional(lambda x: torch.cat(x.chunk(2, 1)[::-1], 1)),
        lambda: Functional(lambda x: x.transpose(2, 3).softmax(1).transpose(2, 3) + x),
    ]
    enlarging = [
        lambda: nn.AdaptiveAvgPool2d(two(2, 6)),
        lambda: nn.ConvTranspose2d(CHANNELS, CHANNELS, kernel, stride, half, dilation=two(1, 2)),
        lambda: nn.Upsample(scale_factor=rng.choice([2, 3]), mode="nearest"),
        lambda: nn.Upsample(size=two(4, 12), mode="bilinear", align_corners=rng.random() < 0.5),
        lambda: nn.Sequential(nn.Conv2d(CHANNELS, 4 * CHANNELS, 1), nn.PixelShuffle(2)),
    ]
    if deep and rng.random() < 0.35:
        count = rng.randint(2, 3)
        inner = [
            nn.Sequential(*(random_layer(rng, plain, False) for _ in range(rng.randint(0, 2))))
            for _ in range(count)
        ]
        return Meeting(rng.choice(["sum", "in place", "cat"]), nn.Conv2d(2, 2, 1), *inner)
    return rng.choice(options if plain else options + enlarging)()
