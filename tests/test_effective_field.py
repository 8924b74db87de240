"""Effective receptive fields: in the theoretical box, exact for stacks, the module untouched."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from strategies import one_torch_thread  # noqa: F401
from torch import nn

from cnnlib import torch_ops
from cnnlib.network import receptive_field_box
from cnnlib.receptive_field import (
    EffectiveField,
    Node,
    box,
    effective_receptive_field,
    paths,
    stacked_field,
)


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch, request):
    """Compute on the CPU, but in tests that are marked for a GPU."""
    if not request.node.get_closest_marker("gpu"):
        monkeypatch.setattr(torch_ops, "best_device", lambda: torch.device("cpu"))


def stack(depth: int, kernel_size: int, channels: int = 2) -> nn.Sequential:
    """Return linear layers of equal positive weights, in float64."""
    layers = []
    for i in range(depth):
        layer = nn.Conv2d(1 if i == 0 else channels, channels, kernel_size)
        nn.init.constant_(layer.weight, 0.1)
        layers.append(layer.double())
    return nn.Sequential(*layers)


def seeded(build: Callable[[], nn.Module], seed: int = 0) -> nn.Module:
    """Build a module with torch's own random weights, always the same."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return build()


class Branches(nn.Module):
    """A skip, dilation, strides, ReLU in place, max pooling and a fully connected end."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, (5, 3), stride=2, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.long = nn.Conv2d(4, 4, 3, padding=2, dilation=2)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.up = nn.ConvTranspose2d(4, 4, 2, 2)
        self.head = nn.Linear(4 * 10 * 10, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.norm(self.stem(x)))
        x = self.relu(self.long(x) + x)
        x = self.up(self.pool(x))
        return self.head(x.flatten(1))


BRANCHES = [
    Node("x", "input", size=(21, 20)),
    Node("stem", "window", ("x",), (5, 3), 2, 1),
    Node("long", "window", ("stem",), 3, padding=2, dilation=2),
    Node("sum", "merge", ("long", "stem")),
    Node("pool", "window", ("sum",), 3, 2, 1),
    Node("up", "transposed", ("pool",), 2, 2),
    Node("head", "whole", ("up",)),
]


@pytest.mark.parametrize(("depth", "kernel_size"), [(1, 3), (5, 3), (20, 3), (4, 5), (7, 2)])
def test_stacks_of_equal_layers_have_the_closed_form(depth, kernel_size):
    side = depth * (kernel_size - 1) + 1
    field = effective_receptive_field(stack(depth, kernel_size), (1, 1, side, side), samples=1)
    line = stacked_field(depth, kernel_size)
    np.testing.assert_allclose(field.shares, np.outer(line, line), rtol=1e-12, atol=0)
    expected = math.sqrt(depth * (kernel_size**2 - 1) / 12)
    assert field.sigma == pytest.approx((expected, expected), rel=1e-12)
    assert field.centre == pytest.approx(((side - 1) / 2,) * 2, rel=1e-12)


@pytest.mark.parametrize("kernel_size", [2, 3, 5])
def test_the_closed_form_is_the_number_of_ways(kernel_size):
    counts = [1]
    for _ in range(6):  # each pixel from the k before it, by hand
        counts = [
            sum(counts[max(0, i - kernel_size + 1) : i + 1])
            for i in range(len(counts) + kernel_size - 1)
        ]
    np.testing.assert_allclose(stacked_field(6, kernel_size), np.array(counts) / kernel_size**6)
    assert stacked_field(0, 3).tolist() == [1]


def test_the_width_grows_as_the_root_of_the_depth():
    widths = {}
    for depth in (5, 10, 20, 40, 80):
        line = stacked_field(depth, 3)
        shares = np.outer(line, line)
        widths[depth] = EffectiveField("stack", (0, 0), 1, "cpu", shares).width
    assert widths[80] / widths[20] == pytest.approx(2, rel=0.02)
    assert widths[20] / widths[5] == pytest.approx(2, rel=0.05)
    gaussian = math.sqrt(2 * math.pi * math.log(1 / (1 - 0.9545)))  # 4.41 sigma
    assert widths[80] == pytest.approx(gaussian * math.sqrt(80 * 8 / 12), rel=0.01)
    assert widths[40] / 81 < widths[20] / 41 < widths[10] / 21 < widths[5] / 11


def test_equal_weights_give_the_paths_of_the_graph():
    net = nn.Sequential(nn.Conv2d(1, 1, 3, 2, 1), nn.AvgPool2d(2, 1), nn.Conv2d(1, 1, 3, 1, 2, 2))
    for layer in (net[0], net[2]):
        nn.init.constant_(layer.weight, 0.5)
    graph = [
        Node("x", "input", size=(11, 13)),
        Node("0", "window", ("x",), 3, 2, 1),
        Node("1", "window", ("0",), 2),
        Node("2", "window", ("1",), 3, 1, 2, 2),
    ]
    for layer, unit in [("0", (0, 6)), ("1", (4, 0)), ("2", (2, 3))]:
        field = effective_receptive_field(
            net, (1, 1, 11, 13), layer=layer, unit=unit, samples=1, nodes=graph
        )
        np.testing.assert_allclose(field.shares, paths(graph, layer, unit), atol=1e-7)
        assert (field.box, field.unit, field.layer) == (box(graph, layer, unit), unit, layer)


def test_nothing_is_outside_of_the_theoretical_box():
    for seed in range(4):
        net = seeded(Branches, seed)
        for layer in ("stem", "long", "pool", "up", "head"):
            for unit in (None, 0):
                field = effective_receptive_field(
                    net, (4, 3, 21, 20), layer=layer, unit=unit, samples=8, nodes=BRANCHES
                )
                assert field.box == receptive_field_box(net, (4, 3, 21, 20), layer, field.unit)
                (top, left), (bottom, right) = field.box
                inside = np.zeros((21, 20), bool)
                inside[top : bottom + 1, left : right + 1] = True
                assert not field.shares[~inside].any(), (seed, layer, unit)
                assert field.shares.sum() == pytest.approx(1)
                assert field.share(1.0) == pytest.approx(1)
        assert field.box == ((0, 0), (20, 19))


def test_relu_and_max_pooling_pass_on_what_they_do():
    # One input alone: of each window of 4 the largest counts, and a mean over many smooths that.
    net = nn.MaxPool2d(2)
    one = effective_receptive_field(net, (1, 1, 4, 4), samples=1).shares
    assert sorted(one[2:, 2:].flat) == [0, 0, 0, 1]
    many = effective_receptive_field(net, (100, 1, 4, 4), samples=2000).shares
    np.testing.assert_allclose(many[2:, 2:], 0.25, atol=0.04)
    half = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(1, 1, (1, 2), bias=False))
    shares = effective_receptive_field(half, (1, 1, 1, 2), unit=0, samples=1).shares
    drawn = torch.randn(1, 1, 1, 2, generator=torch.Generator().manual_seed(0))
    expected = half[1].weight.detach()[0, 0].abs() * (drawn[0, 0] > 0)
    np.testing.assert_allclose(shares, expected / expected.sum())


def test_a_layer_whose_output_is_changed_in_place():
    # Of eight outputs some are negative: the ReLU after them stops their gradient, theirs alone.
    net = seeded(lambda: nn.Sequential(nn.Conv2d(1, 8, (1, 2)), nn.ReLU(inplace=True)))
    for layer, of in [("0", torch.ones(8)), ("1", None)]:
        shares = effective_receptive_field(net, (1, 1, 1, 2), layer=layer, samples=1).shares
        drawn = torch.randn(1, 1, 1, 2, generator=torch.Generator().manual_seed(0))
        active = of if of is not None else (net[0](drawn)[0, :, 0, 0] > 0).float()
        assert 3 <= active.sum()
        expected = (active @ net[0].weight.detach()[:, 0, 0]).abs()
        np.testing.assert_allclose(shares[0], expected / expected.sum(), atol=1e-6)
    assert active.sum() < 8


def test_where_no_gradient_is_found():
    dead = nn.Sequential(nn.Conv2d(1, 1, 3), nn.ReLU())
    nn.init.zeros_(dead[0].weight)
    nn.init.constant_(dead[0].bias, -1.0)
    field = effective_receptive_field(dead, (1, 1, 5, 5))
    assert not field.shares.any()
    assert all(math.isnan(s) for s in (*field.sigma, *field.centre))
    assert (field.width, field.share()) == (0, 0)

    class Constant(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.zeros(1, 1, 2, 2)

    assert not effective_receptive_field(Constant(), (1, 1, 5, 5)).shares.any()


def test_the_mean_is_over_samples_and_independent_of_how_they_are_batched():
    net = seeded(Branches)
    options = {"layer": "pool", "samples": 6}
    together = effective_receptive_field(net, (6, 3, 21, 20), **options).shares
    parts = effective_receptive_field(net, (4, 3, 21, 20), **options).shares
    np.testing.assert_allclose(together, parts, atol=1e-7)
    other = torch.Generator().manual_seed(1)
    drawn = effective_receptive_field(net, (6, 3, 21, 20), **options, generator=other).shares
    assert np.abs(drawn - parts).max() > 1e-3


def test_random_weights_spread_the_squares_as_equal_weights_do():
    # By Luo et al.: the mean over networks, of weights of mean 0. The absolute values are wider.
    def sigma(squared: bool) -> float:
        shares = np.zeros((21, 21))
        for seed in range(12):
            net = seeded(lambda: nn.Sequential(*(nn.Conv2d(8, 8, 3) for _ in range(10))), seed)
            field = effective_receptive_field(net, (1, 8, 21, 21), samples=1, squared=squared)
            shares += field.shares / 12
        return EffectiveField("mean", (0, 0), 1, "cpu", shares).sigma[0]

    expected = math.sqrt(10 * 8 / 12)
    assert sigma(squared=True) == pytest.approx(expected, rel=0.08)
    assert 1.2 < sigma(squared=False) / expected < math.sqrt(2)


@pytest.mark.parametrize("device", ["cpu", "elsewhere"])
def test_the_module_is_left_as_it_was(device, monkeypatch):
    if device == "elsewhere":  # the CPU by another name, as if the module had to be copied there
        monkeypatch.setattr(torch_ops, "best_device", lambda: torch.device("cpu", 0))
    net = seeded(Branches).train()
    net.stem = nn.utils.parametrizations.weight_norm(net.stem)
    net.head.eval()
    net.kept = net.long.weight * 2  # no leaf of the graph: torch refuses to copy it
    held = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    modes = [part.training for part in net.modules()]
    net.relu.register_forward_hook(lambda part, args, output: output * torch.rand(1))
    random = torch.get_rng_state()
    with torch.no_grad():
        effective_receptive_field(net, (2, 3, 21, 20), layer="long", samples=3)
    assert [part.training for part in net.modules()] == modes
    assert all(torch.equal(tensor, held[name]) for name, tensor in net.state_dict().items())
    assert all(p.grad is None and p.requires_grad for p in net.parameters())
    assert sum(len(part._forward_hooks) for part in net.modules()) == 1
    assert torch.equal(torch.get_rng_state(), random)


def test_the_middle_unit_and_what_is_given_for_the_module():
    net = nn.Conv2d(1, 1, 3, padding=1)
    field = effective_receptive_field(net, (1, 1, 6, 7), samples=1, nodes=[
        Node("x", "input", size=(6, 7)), Node("y", "window", ("x",), 3, padding=1)
    ])  # fmt: skip
    assert (field.unit, field.layer) == ((3, 3), "Conv2d")
    assert field.box == ((2, 2), (4, 4))


def test_how_it_prints():
    shares = np.outer([0.25, 0.5, 0.25], [0, 1, 0])
    field = EffectiveField("conv", (1, 1), 1, "cpu", shares, ((0, 0), (2, 2)))
    assert repr(field).splitlines() == [
        "Effective field of unit (1, 1) of conv, 1 random input, on cpu",
        "  sigma, of rows and of columns: 0.71 and 0.00",
        "  width, by the pixels over 4.55 % of the largest: 1.73",
        "  theoretical box: rows 0 to 2, columns 0 to 2",
        "  width over the box's: 0.577",
        "  share of the box's central half: 0.500",
    ]
    unknown = EffectiveField("conv", (1, 1), 20, "cpu", shares)
    assert unknown.ratio is None
    assert unknown.share(0.5) == 0.5
    assert len(repr(unknown).splitlines()) == 3
    assert "20 random inputs" in repr(unknown)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"module": 3}, TypeError, "^module must be a torch.nn.Module, got 3$"),
        (
            {"module": nn.LazyConv2d(1, 3)},
            ValueError,
            "^module must be a module whose parameters have shapes: call .* got 'LazyConv2d'$",
        ),
        ({"input_size": 32}, TypeError, r"^input_size must be four positive ints .* got 32$"),
        ({"input_size": (3, 32, 32)}, ValueError, r"^input_size must be .* got \(3, 32, 32\)$"),
        ({"input_size": (0, 3, 9, 9)}, ValueError, r"^input_size must be .* got \(0, 3, 9, 9\)$"),
        (
            {"input_size": (1, 1, 21, 20)},
            ValueError,
            r"^input_size must suit module, got \(1, 1, 21, 20\): .*channels",
        ),
        ({"layer": 3}, TypeError, "^layer must be the name of a part of module, or None, got 3$"),
        (
            {"layer": "stern"},
            ValueError,
            "^layer must be one of module's parts, stem, norm, .* unused, got 'stern'$",
        ),
        (
            {"layer": "unused"},
            ValueError,
            "^layer must be called when module runs, got 'unused'$",
        ),
        (
            {"module": nn.Flatten(0)},
            ValueError,
            r"^layer must be of a layer that gives maps .* got None, which gives \(1260,\)$",
        ),
        ({"unit": -1}, ValueError, "^unit must be a non-negative int or a pair .* got -1$"),
        (
            {"unit": (0, 10), "layer": "stem"},
            ValueError,
            r"^unit must be within the layer's map, of size \(10, 10\), got \(0, 10\)$",
        ),
        ({"samples": 0}, ValueError, "^samples must be a positive int, got 0$"),
        ({"squared": 1}, TypeError, "^squared must be True or False, got 1$"),
        ({"generator": 0}, TypeError, "^generator must be a torch.Generator or None, got 0$"),
        ({"device": 0}, TypeError, "^device must be a torch.device, its name or None, got 0$"),
        ({"device": "gpu"}, ValueError, "^device must be a device that is here, .* got 'gpu'$"),
        (
            {"nodes": [Node("x", "input", size=21)]},
            ValueError,
            r"^nodes must be a graph with inputs of input_size, \(21, 20\), got \(21, 21\)$",
        ),
        ({"nodes": "x"}, TypeError, "^nodes must be a sequence of Node, got 'x'$"),
        ({"nodes": BRANCHES, "layer": "norm"}, ValueError, "^name must be one of .* got 'norm'$"),
    ],
)
def test_bad_arguments(changes, error, match):
    net = Branches()
    net.unused = nn.ReLU()
    with pytest.raises(error, match=match):
        effective_receptive_field(**{"module": net, "input_size": (1, 3, 21, 20), **changes})


def test_a_bad_part():
    field = EffectiveField("conv", (0, 0), 1, "cpu", np.ones((1, 1)))
    with pytest.raises(ValueError, match=r"^part must be a number from 0 to 1, got 2$"):
        field.share(2)


@pytest.mark.gpu
def test_cuda_gives_what_the_cpu_gives():
    net = seeded(Branches)
    options = {"layer": "up", "samples": 8, "nodes": BRANCHES}
    with torch.backends.cudnn.flags(allow_tf32=False):
        fast = effective_receptive_field(net, (4, 3, 21, 20), **options)
    slow = effective_receptive_field(net, (4, 3, 21, 20), **options, device="cpu")
    assert fast.device.startswith("cuda")
    assert slow.device == "cpu"
    assert all(p.device.type == "cpu" for p in net.parameters())
    np.testing.assert_allclose(fast.shares, slow.shares, rtol=0, atol=1e-6)
    assert fast.box == slow.box
