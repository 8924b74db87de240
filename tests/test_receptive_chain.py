"""Receptive fields of chains: published ones, worked ones, and backwards as forwards."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from strategies import Integer, one_torch_thread, seeded  # noqa: F401

from cnnlib.receptive_field import Layer, Node, Row, box, fields, input_region, receptive_field


def vgg(*blocks: int) -> list[Layer]:
    """Return blocks of so many 3x3 convolutions, a 2x2 pooling after each."""
    layers = []
    for i, convolutions in enumerate(blocks, start=1):
        layers += [Layer(f"conv{i}_{j + 1}", 3, padding=1) for j in range(convolutions)]
        layers.append(Layer(f"pool{i}", 2, stride=2))
    return layers


VGG16 = vgg(2, 2, 3, 3, 3)
ALEXNET = [
    Layer("conv1", 11, stride=4, padding=2),
    Layer("pool1", 3, stride=2),
    Layer("conv2", 5, padding=2),
    Layer("pool2", 3, stride=2),
    Layer("conv3", 3, padding=1),
    Layer("conv4", 3, padding=1),
    Layer("conv5", 3, padding=1),
    Layer("pool5", 3, stride=2),
]


def test_vgg16_on_32_pixels_row_by_row():
    rows = receptive_field(VGG16, 32)
    assert [(row.output_size, row.jump, row.receptive_field) for row in rows] == [
        (32, 1, 1),
        (32, 1, 3),
        (32, 1, 5),
        (16, 2, 6),
        (16, 2, 10),
        (16, 2, 14),
        (8, 4, 16),
        (8, 4, 24),
        (8, 4, 32),
        (8, 4, 40),
        (4, 8, 44),
        (4, 8, 60),
        (4, 8, 76),
        (4, 8, 92),
        (2, 16, 100),
        (2, 16, 132),
        (2, 16, 164),
        (2, 16, 196),
        (1, 32, 212),
    ]
    assert rows[0] == Row("input", 32, 1, 1, 0)
    assert [row.name for row in rows[1:]] == [layer.name for layer in VGG16]


@pytest.mark.parametrize(
    ("layers", "field"),
    [(ALEXNET, 195), (vgg(1, 1, 2, 2, 2), 150), (VGG16, 212), (vgg(2, 2, 4, 4, 4), 268)],
    ids=["AlexNet", "VGG11", "VGG16", "VGG19"],
)
def test_published_fields(layers, field):
    assert receptive_field(layers)[-1].receptive_field == field
    first, last = input_region(layers, 3, 3)
    assert last - first + 1 == field


@pytest.mark.parametrize(
    ("layers", "expected"),
    [(vgg(1, 1, 2, 2, 2), [4, 10, 30, 70, 150]), (VGG16, [6, 16, 44, 100, 212])],
    ids=["VGG11", "VGG16"],
)
def test_published_fields_pool_by_pool(layers, expected):
    rows = receptive_field(layers)
    assert [row.receptive_field for row in rows if row.name.startswith("pool")] == expected


def test_the_first_fully_connected_layer_of_vgg16_sees_404_pixels():
    layers = [*VGG16, Layer("fc6", 7), Layer("fc7", 1)]
    fc6, fc7 = receptive_field(layers, 224)[-2:]
    assert (fc6.output_size, fc6.receptive_field, fc6.start) == (1, 404, -90)
    assert fc7.receptive_field == 404
    assert input_region(layers, 0, 0) == (-90, 313)
    assert input_region(layers, 0, 0, 224) == (0, 223)


def test_start_and_centre():
    layers = [Layer("a", 4, stride=2, padding=1), Layer("b", 3, dilation=2, padding=2)]
    rows = receptive_field(layers)
    assert rows[1:] == (Row("a", None, 2, 4, -1), Row("b", None, 2, 12, -5))
    assert [row.centre for row in rows] == [0.0, 0.5, 0.5]


def test_rows_and_columns():
    layers = [Layer("a", (3, 1), padding=(1, 0)), Layer("b", (1, 5), (1, 2), dilation=(1, 2))]
    rows = receptive_field(layers, (7, 9))
    assert rows == (
        Row("input", (7, 9), (1, 1), (1, 1), (0, 0)),
        Row("a", (7, 9), (1, 1), (3, 1), (-1, 0)),
        Row("b", (7, 1), (1, 2), (3, 9), (-1, 0)),
    )
    assert [row.centre for row in rows] == [(0.0, 0.0), (0.0, 0.0), (0.0, 4.0)]
    assert input_region(layers, (0, 0), (6, 0)) == ((-1, 0), (7, 8))
    assert input_region(layers, (0, 0), (6, 0), (7, 9)) == ((0, 0), (6, 8))


def test_one_pair_makes_all_pairs():
    assert receptive_field([Layer("a", 3)], (5, 5))[0].jump == (1, 1)
    assert receptive_field([Layer("a", [3, 3])])[1] == Row("a", None, (1, 1), (3, 3), (0, 0))
    assert input_region([Layer("a", 3)], 0, (0, 1)) == ((0, 0), (2, 3))


def test_padding_same_puts_the_odd_zero_after():
    row = receptive_field([Layer("a", 4, padding="same")], 9)[1]
    assert (row.output_size, row.start, row.centre) == (9, -1, 0.5)


def test_ceil_mode_adds_a_unit_that_reads_past_the_end():
    layers = [Layer("pool", 2, 2, ceil_mode=True)]
    assert receptive_field(layers, 5)[1].output_size == 3
    assert input_region(layers, 2, 2) == (4, 5)
    assert input_region(layers, 2, 2, 5) == (4, 4)


def test_no_layers():
    assert receptive_field([]) == (Row("input", None, 1, 1, 0),)
    assert input_region([], 2, 4) == (2, 4)


def test_units_that_see_padding_alone():
    layers = [Layer("a", 1, padding=1), Layer("b", 2, dilation=4)]
    assert input_region(layers, 0, 0, 3) is None  # reads the units -1 and 3 of the input
    assert input_region(layers, 0, 0) == (-1, 3)


def chain_problem(integer: Integer) -> list[Layer]:
    """Build one to six layers, none of which makes a map of 9 pixels vanish."""
    layers = []
    for i in range(integer(1, 6)):
        kernel, stride, dilation = ((integer(1, 3), integer(1, 3)) for _ in range(3))
        reach = tuple(d * (k - 1) for k, d in zip(kernel, dilation, strict=True))
        padding = tuple(integer((r + 1) // 2, (r + 1) // 2 + 1) for r in reach)
        layers.append(Layer(f"layer{i}", kernel, stride, padding, dilation))
    return layers


def test_backwards_is_as_forwards_and_both_are_the_graphs():
    for seed in range(100):
        integer = seeded(np.random.default_rng([6, seed]))
        layers = chain_problem(integer)
        graph = [Node("input", "input", size=9)]
        for layer in layers:
            kernel, stride, dilation = layer.pairs
            source = (graph[-1].name,)
            node = Node(layer.name, "window", source, kernel, stride, layer.sides, dilation)
            graph.append(node)
        rows = receptive_field(layers, (9, 9))
        for row, field in zip(rows, fields(graph), strict=True):
            for name in ("name", "output_size", "jump", "receptive_field", "start", "centre"):
                assert getattr(row, name) == getattr(field, name)
        row = rows[-1]
        unit = tuple(integer(0, n - 1) for n in row.output_size)
        first = tuple(s + u * j for s, u, j in zip(row.start, unit, row.jump, strict=True))
        last = tuple(a + r - 1 for a, r in zip(first, row.receptive_field, strict=True))
        assert input_region(layers, unit, unit) == (first, last)
        assert box(graph, row.name, unit, clipped=False) == (first, last)
        assert input_region(layers, unit, unit, 9) == box(graph, row.name, unit)


def test_regions_of_several_units_are_those_of_the_gradient():
    for seed in range(40):
        integer = seeded(np.random.default_rng([7, seed]))
        layers = chain_problem(integer)
        input = torch.ones(1, 1, 9, 9, dtype=torch.float64, requires_grad=True)
        output = input
        for layer in layers:
            kernel, stride, dilation = layer.pairs
            (top, _), (left, _) = layer.sides
            ones = torch.ones(1, 1, *kernel, dtype=torch.float64)
            output = F.conv2d(output, ones, None, stride, (top, left), dilation)
        h, w = output.shape[2:]
        first = integer(0, h - 1), integer(0, w - 1)
        last = integer(first[0], h - 1), integer(first[1], w - 1)
        seen = output[0, 0, first[0] : last[0] + 1, first[1] : last[1] + 1].sum()
        where = torch.autograd.grad(seen, input)[0][0, 0].nonzero()
        expected = None
        if len(where):
            expected = tuple(where.amin(0).tolist()), tuple(where.amax(0).tolist())
        assert input_region(layers, first, last, 9) == expected, seed
