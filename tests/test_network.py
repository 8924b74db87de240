"""summarize counts what is there, says what it cannot count, and leaves a module as it was."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from cnnlib import reference
from cnnlib.network import Row, summarize


def only(module, size, **options):
    """Return the one row of a layer by itself."""
    (row,) = summarize(module, size, **options).rows
    return row


@settings(max_examples=50, deadline=None)
@given(
    rank=st.integers(1, 3),
    groups=st.integers(1, 3),
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    bias=st.booleans(),
    transposed=st.booleans(),
    n=st.integers(2, 6),
)
def test_convolutions_of_every_kind(
    rank, groups, channels, kernel, stride, padding, dilation, bias, transposed, n
):
    full = (n - 1) * stride + dilation * (kernel - 1) + 1
    assume(full > 2 * padding if transposed else n + 2 * padding > dilation * (kernel - 1))
    kind = getattr(nn, f"Conv{'Transpose' if transposed else ''}{rank}d")
    c_in, c_out = (groups * count for count in channels)
    options = {"stride": stride, "dilation": dilation, "groups": groups}
    layer = kind(c_in, c_out, kernel, padding=padding, bias=bias, **options)
    row = only(layer, (2, c_in, *[n] * rank))

    # Of ones alone, the padding's too, each product adds one to the sum of the output.
    size = n if transposed else n + 2 * padding
    ones = kind(c_in, c_out, kernel, bias=False, **options).requires_grad_(False)
    nn.init.ones_(ones.weight)
    assert row.macs == ones(torch.ones(2, c_in, *[size] * rank)).sum().item()
    assert row.parameters == sum(p.numel() for p in layer.parameters())
    assert row.output_shape == layer(torch.zeros(2, c_in, *[n] * rank)).shape


class Counted:
    """A number that counts the products it is a factor of, and their sums."""

    products = 0

    def __mul__(self, other):
        Counted.products += 1
        return Counted()

    def __add__(self, other):
        return self

    __radd__ = __add__


def counted(shape):
    return np.array([Counted() for _ in range(np.prod(shape))], dtype=object).reshape(shape)


@pytest.mark.parametrize(
    ("operation", "layer"),
    [
        ("conv2d", nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), groups=2)),
        ("conv2d", nn.Conv2d(3, 3, 3, dilation=2, groups=3)),
        ("conv_transpose2d", nn.ConvTranspose2d(4, 2, 3, 2, padding=1, output_padding=1, groups=2)),
    ],
)
def test_macs_are_the_products_that_reference_makes(operation, layer, monkeypatch):
    function = getattr(reference, operation)
    size = (2, layer.in_channels, 5, 6)
    arrays = [counted(size), counted(tuple(layer.weight.shape)), None]
    monkeypatch.setitem(function.__globals__, "with_bias", lambda *_: arrays)
    monkeypatch.setattr(np, "pad", lambda input, sides: pad_counted(input, sides))
    monkeypatch.setattr(Counted, "products", 0)
    names = ["stride", "padding", "dilation", "groups", "output_padding"]
    options = {name: getattr(layer, name) for name in names[: 4 + ("trans" in operation)]}
    assert function(None, None, **options).shape == tuple(only(layer, size).output_shape)
    assert only(layer, size).macs == Counted.products > 0


def pad_counted(input, sides):
    """Pad with zeros that count their products, as all others do."""
    padded = counted(tuple(n + sum(side) for n, side in zip(input.shape, sides, strict=True)))
    inner = tuple(slice(a, a + n) for n, (a, _) in zip(input.shape, sides, strict=True))
    padded[inner] = input
    return padded


def test_macs_of_matrix_products_are_their_products(monkeypatch):
    monkeypatch.setattr(Counted, "products", 0)
    counted((7, 5)) @ counted((5, 4))
    assert only(nn.Linear(5, 4), (7, 5)).macs == Counted.products == 140
    assert only(nn.Linear(5, 4, bias=False), (7, 1, 5)).macs == 140
    monkeypatch.setattr(Counted, "products", 0)
    for form in counted((2, 3, 4)):
        counted((3,)) @ (form @ counted((4,)))
    assert only(nn.Bilinear(3, 4, 2), [(1, 3), (1, 4)]).macs == Counted.products == 30
    assert only(nn.Bilinear(3, 4, 2), [(5, 3), (5, 4)]).macs == 150


@pytest.mark.parametrize(
    "layer",
    [
        *(nn.ReLU(), nn.Sigmoid(), nn.GELU(), nn.SiLU(), nn.PReLU(4), nn.Softmax(1)),
        *(nn.MaxPool2d(2), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.LPPool2d(2, 2)),
        *(nn.BatchNorm2d(4), nn.GroupNorm(2, 4), nn.LayerNorm(6), nn.LocalResponseNorm(2)),
        *(nn.Dropout(), nn.Flatten(), nn.Identity(), nn.PixelShuffle(2), nn.ZeroPad2d(1)),
        *(nn.Unfold(2), nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1), nn.Sequential()),
    ],
    ids=lambda layer: type(layer).__name__,
)
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_layers_without_macs(layer, device):
    row = only(layer.to(device), (2, 4, 6, 6))
    assert row.macs == 0
    assert row.kind == type(layer).__name__
    assert row.parameters == sum(p.numel() for p in layer.parameters())


class ByHand(nn.Module):
    """A layer with a weight of its own that does what it is told."""

    def __init__(self, function, *shape):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape))
        self.function = function

    def forward(self, input):
        return self.function(input, self.weight)


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize(
    ("layer", "size"),
    [
        (nn.LSTM(3, 2), (4, 1, 3)),
        (nn.GRU(3, 2), (4, 1, 3)),
        (nn.Upsample(scale_factor=2, mode="bilinear"), (1, 1, 2, 2)),
        (ByHand(lambda x, w: (x[:, :, None] * w).sum(1), 3, 2), (4, 3)),
        (ByHand(lambda x, w: torch.addcmul(x, x, w), 3), (4, 3)),
        (ByHand(lambda x, w: torch.cdist(x, w), 2, 3), (4, 3)),
    ],
)
def test_what_cannot_be_counted_is_named(layer, size, device):
    summary = summarize(nn.Sequential(nn.Identity(), layer).to(device), size)
    assert summary.rows[1].macs is None
    assert summary.not_counted == ("1",)
    assert summary.macs == 0
    table, html = str(summary), summary._repr_html_()
    assert re.search(r"^1  .*  not counted(  |$)", table, re.MULTILINE)
    assert re.search(r"^total .* 0 \+ not counted(  |$)", table, re.MULTILINE)
    note = "not counted: its MACs are not known here, and the total is without them."
    assert note in table.splitlines()
    assert f"<p>{note}</p>" in html


@pytest.mark.parametrize(
    ("function", "shape", "macs"),
    [
        (lambda x, w: x @ w, (3, 2), 24),
        (lambda x, w: F.linear(x, w), (2, 3), 24),
        (lambda x, w: F.linear(x, w, w[:, 0]), (2, 3), 24),
        (lambda x, w: torch.einsum("ni,io->no", x, w), (3, 2), 24),
        (lambda x, w: torch.baddbmm(x[None], x[None], w), (1, 3, 3), 36),
        (lambda x, w: torch.mv(x, w), (3,), 12),
        (lambda x, w: torch.addmv(x[:, 0], x, w), (3,), 12),
        (lambda x, w: torch.dot(x[0], w), (3,), 3),
        (lambda x, w: F.conv1d(x[:, None], w), (2, 1, 2), 32),
        (lambda x, w: x + w, (3,), 0),
        (lambda x, w: 2 * x, (3,), 0),
    ],
)
def test_functional_calls_count_for_the_module_that_makes_them(function, shape, macs):
    net = nn.Sequential(ByHand(function, *shape), nn.ReLU())
    own, relu = summarize(net, (4, 3)).rows
    assert (own.name, own.kind, own.parameters) == ("0", "ByHand", int(np.prod(shape)))
    assert (own.macs, relu.macs) == (macs, 0)


class Block(nn.Module):
    """One convolution used twice, parameters of its own, and a shortcut."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.shortcut = nn.Parameter(torch.zeros(4, 4, 1, 1))

    def forward(self, input):
        return self.conv(self.conv(input)) + F.conv2d(input, self.shortcut)


def test_shared_layers_have_a_row_a_call_and_parameters_once():
    summary = summarize(nn.Sequential(Block(), nn.Identity()), (1, 4, 5, 5))
    shape = (1, 4, 5, 5)
    assert summary.rows == (
        Row("0", "Block", shape, 16, 400, 0, 5, 1, -2),
        Row("0.conv", "Conv2d", shape, 144, 3600, 0, 3, 1, -1),
        Row("0.conv", "Conv2d", shape, 0, 3600, 144, 5, 1, -2),
        Row("1", "Identity", shape, 0, 0, 0, 5, 1, -2),
    )
    assert (summary.parameters, summary.macs) == (160, 7600)
    assert re.search(r"^0\.conv .*  144 shared  3,600  ", str(summary), re.MULTILINE)
    assert str(summary).endswith("shared: parameters that an earlier row counts.")


def test_tied_weights_count_once():
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    net[1].weight = net[0].weight
    first, second = summarize(net, (1, 3)).rows
    assert (first.parameters, first.shared_parameters) == (12, 0)
    assert (second.parameters, second.shared_parameters) == (3, 9)
    assert "3 + 9 shared" in str(summarize(net, (1, 3)))


def test_parts_that_are_never_called_keep_their_parameters():
    net = nn.Sequential(nn.ReLU())
    net[0].spare = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    summary = summarize(net, (1, 3))
    assert summary.rows == (Row("0.spare.0", "Linear", None, 8, 0),)
    assert re.search(r"^0\.spare\.0  Linear   not called  ", str(summary), re.MULTILINE)
    assert summary.parameters == 8


def test_several_inputs_outputs_and_types():
    row = only(nn.MaxPool2d(2, return_indices=True), (1, 1, 4, 4))
    assert row.output_shape == ((1, 1, 2, 2), (1, 1, 2, 2))
    assert only(nn.Embedding(5, 3), [2, 4], dtype=torch.long).output_shape == (2, 4, 3)
    summary = summarize(nn.Bilinear(3, 4, 2), ([5, 3], [5, 4]))
    assert str(summary).startswith("Bilinear on an input of (5, 3) and (5, 4)\n")


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_inputs_have_the_modules_own_type(dtype):
    seen = []
    layer = ByHand(lambda x, w: seen.append((x.dtype, x.device.type)) or x @ w, 3, 2)
    summarize(layer.to("meta", dtype), (1, 3))
    summarize(layer.to("meta", dtype), (1, 3), dtype=dtype)
    assert seen == [(dtype, "meta")] * 2


@pytest.mark.gpu
def test_a_module_stays_on_its_gpu():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 2))
    expected = summarize(net, (2, 3, 8, 8))
    assert summarize(net.cuda(), (2, 3, 8, 8)) == expected
    assert {p.device.type for p in net.parameters()} == {"cuda"}
