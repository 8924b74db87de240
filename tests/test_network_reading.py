"""What summarize reads of each kind of operation, held against gradients; and what it refuses."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F
from network_problems import Functional, gradient_box
from torch import nn

from cnnlib.network import receptive_field_box, summarize

SIZE = (1, 3, 12, 14)


def conv(c_in=3, c_out=3, kernel=3, **options):
    return nn.Conv2d(c_in, c_out, kernel, **options)


class Attention(nn.Module):
    """Attention over all positions, by hand or by torch."""

    def __init__(self, function):
        super().__init__()
        self.project = nn.Linear(4, 12)
        self.function = function

    def forward(self, input):
        tokens = self.project(input.flatten(2).transpose(1, 2))
        output = self.function(*tokens.chunk(3, -1))
        return output.transpose(1, 2).unflatten(2, input.shape[2:])


class Heads(nn.Module):
    """Attention by torch's own layer."""

    def __init__(self):
        super().__init__()
        self.attend = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, input):
        tokens = input.flatten(2).transpose(1, 2)
        output, _ = self.attend(tokens, tokens, tokens, need_weights=False)
        return output.transpose(1, 2).unflatten(2, input.shape[2:])


class Excited(nn.Module):
    """Squeeze and excitation: all channels scaled by what is seen of everything."""

    def __init__(self):
        super().__init__()
        self.line = nn.Linear(3, 3)

    def forward(self, input):
        return input * self.line(input.mean((2, 3))).sigmoid()[:, :, None, None]


class LikeConvNext(nn.Module):
    """Channels last between two permutations, and a skip."""

    def __init__(self):
        super().__init__()
        self.depth = conv(kernel=5, padding=2, groups=3)
        self.norm, self.wide, self.narrow = nn.LayerNorm(3), nn.Linear(3, 8), nn.Linear(8, 3)

    def forward(self, input):
        hidden = self.norm(self.depth(input).permute(0, 2, 3, 1))
        return input + self.narrow(F.gelu(self.wide(hidden))).permute(0, 3, 1, 2)


def spread(map):
    return torch.cat([map, F.interpolate(map.mean((2, 3), keepdim=True), map.shape[2:])], 1)


def grid_of_four(map):
    rows = [map[..., i::2, :] for i in (0, 1)]
    return torch.cat([row[..., j::2] for row in rows for j in (0, 1)], 1)


def added_in_place(map):
    output = F.conv2d(map, torch.ones(3, 3, 3, 3, dtype=map.dtype), padding=1)
    output += map
    return output.relu_()


READ = {
    "same": (conv(padding="same", dilation=2), 5, 1, -2),
    "asymmetric": (nn.Sequential(nn.ZeroPad2d((0, 1, 2, 0)), conv()), 3, 1, (-2, 0)),
    "reflect": (nn.Sequential(nn.ReflectionPad2d(3), conv()), 3, 1, -3),
    "reflect mode": (conv(padding=1, padding_mode="reflect"), 3, 1, -1),
    "circular": (conv(padding=1, padding_mode="circular"), 3, 1, -1),
    "F.pad, circular": (
        nn.Sequential(Functional(lambda x: F.pad(x, (1, 2, 0, 3), "circular")), conv(kernel=2)),
        2,
        1,
        (0, -1),
    ),
    "F.pad": (Functional(lambda x: F.pad(x, (1, 0, 0, 0), mode="replicate")), 1, 1, (0, -1)),
    "cut by F.pad": (nn.Sequential(Functional(lambda x: F.pad(x, (-2, 0))), conv()), 3, 1, (0, 2)),
    "transposed": (nn.ConvTranspose2d(3, 3, 2, 2), 1, Fraction(1, 2), None),
    "output padding": (nn.ConvTranspose2d(3, 2, 3, 2, 1, 1), 2, Fraction(1, 2), None),
    "power pooling": (nn.Sequential(nn.LPPool2d(2, 2), conv()), 6, 2, 0),
    "rounded up": (nn.AvgPool2d(3, 2, ceil_mode=True), 3, 2, 0),
    "adaptive": (nn.AdaptiveAvgPool2d((3, 7)), (4, 2), (4, 2), 0),
    "adaptive maximum": (nn.AdaptiveMaxPool2d((3, 7)), (4, 2), (4, 2), 0),
    "nearest": (nn.Sequential(nn.Upsample(scale_factor=2), conv()), 2, Fraction(1, 2), None),
    "shuffled": (nn.Sequential(conv(3, 4), nn.PixelShuffle(2)), 3, Fraction(1, 2), None),
    "unshuffled": (nn.Sequential(nn.PixelUnshuffle(2), conv(12)), 6, 2, 0),
    "channels": (nn.Sequential(conv(3, 4), nn.ChannelShuffle(2), conv(4)), 5, 1, 0),
    "response norm": (nn.Sequential(conv(3, 8), nn.LocalResponseNorm(3)), 3, 1, 0),
    "softmax over channels": (nn.Sequential(conv(), nn.Softmax(1)), 3, 1, 0),
    "channels last": (nn.Sequential(LikeConvNext(), LikeConvNext()), 9, 1, -4),
    "part of the channels": (nn.Sequential(conv(), Functional(lambda x: x[:, 1:])), 3, 1, 0),
    "one channel": (nn.Sequential(conv(), Functional(lambda x: x[:, 1])), 3, 1, 0),
    "cut": (Functional(lambda x: x[:, :, 2:-1, 1:]), 1, 1, (2, 1)),
    "every other": (nn.Sequential(Functional(lambda x: x[..., ::2, 1::2]), conv()), 5, 2, (0, 1)),
    "four grids": (Functional(grid_of_four), 2, 2, 0),
    "in place": (Functional(added_in_place), 3, 1, -1),
    "einsum": (Functional(lambda x: torch.einsum("nchw,dc->ndhw", x, x.new_ones(4, 3))), 1, 1, 0),
    "turned": (nn.Sequential(conv(3, 3, (3, 1)), Functional(lambda x: x.mT)), (3, 1), 1, 0),
    "all rows": (
        nn.Sequential(conv(padding=1), Functional(lambda x: x.softmax(2))),
        (14, 3),
        (0, 1),
        -1,
    ),
    "repeated": (nn.Sequential(conv(), Functional(lambda x: x.repeat(1, 2, 1, 1))), 3, 1, 0),
    "into a buffer": (Functional(lambda x: into_a_buffer(x)), 1, 1, 0),
    "copied over": (Functional(lambda x: x[..., 1:].clone().copy_(x[..., :-1])), 1, 1, 0),
}

WHOLE = {
    "global mean": (nn.AdaptiveAvgPool2d(1), (12, 14)),
    "global maximum": (Functional(lambda x: x.amax((2, 3))), (12, 14)),
    "fully connected": (nn.Sequential(conv(), nn.Flatten(), nn.Linear(360, 2)), (12, 14)),
    "reshaped": (Functional(lambda x: x.reshape(len(x), -1) @ x.new_ones(504, 2)), (12, 14)),
    "layer norm": (nn.Sequential(conv(), nn.LayerNorm([3, 10, 12]), conv()), (12, 14)),
    "group norm": (nn.Sequential(conv(), nn.GroupNorm(1, 3)), (12, 14)),
    "instance norm": (nn.InstanceNorm2d(3), (12, 14)),
    "batch statistics": (nn.BatchNorm2d(3, track_running_stats=False), (12, 14)),
    "softmax over all": (Functional(lambda x: x.flatten(2).softmax(-1).view_as(x)), (12, 14)),
    "by hand": (
        nn.Sequential(conv(3, 4), Attention(lambda q, k, v: (q @ k.mT).softmax(-1) @ v), conv(4)),
        (12, 14),
    ),
    "linear attention": (
        nn.Sequential(conv(3, 4), Attention(lambda q, k, v: q @ (k.mT @ v))),
        None,
    ),
    "torch's attention": (
        nn.Sequential(conv(3, 4), Attention(F.scaled_dot_product_attention)),
        (12, 14),
    ),
    "torch's layer": (nn.Sequential(conv(3, 4), Heads()), (12, 14)),
    "squeeze and excitation": (nn.Sequential(conv(), Excited(), conv()), None),
    "a mean beside": (nn.Sequential(conv(), Functional(spread), conv(6)), None),
    "generated anew": (
        nn.Sequential(
            nn.Flatten(),
            nn.Linear(504, 16),
            nn.Unflatten(1, (1, 4, 4)),
            nn.ConvTranspose2d(1, 3, 4),
        ),
        (12, 14),
    ),
    "standardized": (
        Functional(lambda x: (x - x.mean((2, 3), keepdim=True)) / x.std((2, 3), keepdim=True)),
        None,
    ),
}


def last_row(module, size=SIZE):
    """Return the row of what comes after a module, and the summary."""
    summary = summarize(nn.Sequential(module, nn.Identity()), size)
    (row,) = [row for row in summary.rows if row.name == "1"]
    return row, summary


def gradient(module, unit, size=SIZE):
    """Return what the gradient of one unit, with random weights, reaches."""
    module = nn.Sequential(module).double().eval()
    generator = torch.Generator().manual_seed(1)
    input = torch.rand(size, generator=generator, dtype=torch.float64, requires_grad=True)
    output = module(input)
    values = output[(..., *unit)] if unit else output
    (found,) = torch.autograd.grad(
        (values * torch.rand(values.shape, generator=generator)).sum(), input
    )
    module.float()
    return gradient_box(found)


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name):
    module, field, jump, start = READ[name]
    row, summary = last_row(module)
    one = [row.receptive_field, row.jump, row.start]
    assert one == [_as(value, one) for value in (field, jump, start)]
    assert (row.whole, summary.not_read) == (False, ())
    rng = random.Random(name)
    with torch.no_grad():
        sizes = module.float()(torch.ones(SIZE)).shape[-2:]
    if name in ("turned", "adaptive maximum", "into a buffer"):
        return  # its units are named by the input's rows; no gradient, or the maximum's alone
    for _ in range(4):
        unit = tuple(rng.randrange(n) for n in sizes)
        assert receptive_field_box(module, SIZE, "", unit) == gradient(module, unit), unit


def _as(value, found):
    """Return a number as a pair if others of its summary are pairs."""
    pairs = any(isinstance(number, tuple) for number in found)
    return (value, value) if pairs and not isinstance(value, (tuple, type(None))) else value


@pytest.mark.parametrize("name", WHOLE)
def test_what_sees_everything(name):
    module, field = WHOLE[name]
    row, summary = last_row(module)
    assert (row.whole, row.receptive_field, summary.not_read) == (True, field, ())
    (line,) = [line for line in str(summary).splitlines() if line.startswith("1 ")]
    assert re.search(r"  \(12, 14\) \(all\)( |$)" if field else r"  all$", line)
    assert "\nall: each unit sees a whole map; " in str(summary)
    shape = row.output_shape
    unit = (0, 0) if len(shape) == 4 else None
    everything = (0, 0), (11, 13)
    assert receptive_field_box(module, SIZE, "", unit) == everything
    assert name == "global maximum" or gradient(module, unit or ()) == everything


def into_a_buffer(map):
    buffer = map.mean((2, 3), keepdim=True).expand_as(map).clone()
    return torch.add(map, 1, out=buffer)


def write_into(map):
    output = torch.zeros(1, 3, 16, 16)
    output[:, :, 2:14, 1:15] = map
    return output


def depends(map):
    return map * 2 if map.sum() > 0 else map


NOT_READ = {
    "written": (Functional(write_into), "writes into a part of a tensor"),
    "rolled": (Functional(lambda x: x.roll(1, 2)), "computes roll along rows or columns"),
    "rolled flat": (Functional(lambda x: x.roll(1)), "computes roll along rows or columns"),
    "flipped": (Functional(lambda x: x.flip(3)), "computes flip along rows or columns"),
    "beside": (
        Functional(lambda x: torch.cat([x, x], 2)),
        "puts maps one beside the other along rows or columns",
    ),
    "windows": (Functional(lambda x: x.view(1, 3, 4, 3, 14)), "takes rows or columns apart"),
    "transposed": (
        Functional(lambda x: x[..., :12] + x[..., :12].mT),
        "brings positions together that are not those of one place",
    ),
    "sampled": (
        Functional(lambda x: F.grid_sample(x, torch.zeros(1, 4, 4, 2), align_corners=False)),
        "computes grid_sampler_2d, which is not known here",
    ),
    "three halves": (
        nn.Upsample(scale_factor=1.4),
        "interpolates by a factor that makes no whole number of values",
    ),
    "dynamic": (
        Functional(lambda x: F.conv2d(x, x[:, :, :3, :3])),
        "computes the weight of convolution from the input",
    ),
    "causal": (
        nn.Sequential(
            conv(3, 4),
            Attention(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)),
        ),
        "mask",
    ),
    "scores": (
        nn.Sequential(conv(), Functional(lambda x: x.flatten(2).mT @ x.flatten(2)), nn.Identity()),
        "gives pairs of positions",
    ),
    "values": (Functional(depends), "asks for values, on which depends what is computed"),
    "list": (Functional(lambda x: x * x.flatten().tolist()[0]), "asks for values"),
    "array": (Functional(lambda x: x + torch.from_numpy(x.numpy())), "asks for values"),
    "channels last": (
        Functional(lambda x: F.conv2d(x.permute(0, 3, 1, 2), torch.ones(1, 14, 1, 1))),
        "sums over rows or columns of the input as if they were channels",
    ),
    "line of channels last": (nn.Linear(14, 2), "may be given channels last"),
    "channels as positions": (
        Functional(lambda x: F.conv2d(x.transpose(1, 3), torch.ones(1, 14, 2, 2))),
        "sums over rows or columns of the input as if they were channels",
    ),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_not_read_is_said_where_and_why(name):
    module, why = NOT_READ[name]
    row, summary = last_row(module)
    assert (row.receptive_field, row.jump, row.start, row.whole) == (None, None, None, False)
    assert any(why in told for told in summary.not_read), summary.not_read
    assert f"not read: {summary.not_read[0]}." in str(summary).splitlines()
    assert f"not read: {summary.not_read[0]}." in summary._repr_html_()
    with pytest.raises(ValueError, match="^layer must be one whose receptive field can be read: "):
        receptive_field_box(nn.Sequential(module, nn.Identity()), SIZE, "1", (0, 0))
