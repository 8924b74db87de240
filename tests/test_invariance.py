"""Scores of invariance, curves over the shift, and ways to halve, against cases done by hand."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from cnnlib import numpy_ops, reference, torch_ops
from cnnlib.downsampling import KINDS, downsample, stage
from cnnlib.equivariance import both_orders, conv2d_same, orders
from cnnlib.invariance import RIGHT, Response, consistency, invariance_score, shift_curve

SEEDS = st.integers(0, 999)
SEQUENCE = [0.0, 0, 1, 1, 0, 0, 1, 1]


def rows(values: list[float]) -> Any:
    """Return a picture of four rows that are all `values`, which each operation keeps equal."""
    return np.tile(values, (1, 1, 4, 1))


@given(SEEDS, st.floats(0.1, 1e6))
def test_the_score_is_the_cosine(seed: int, scale: float) -> None:
    a, b = np.random.default_rng(seed).normal(size=(2, 3, 4))
    expected = (a * b).sum() / math.sqrt((a * a).sum() * (b * b).sum())
    assert invariance_score(a, b) == pytest.approx(expected)
    assert invariance_score(a, scale * a) == pytest.approx(1)
    assert invariance_score(a, -a) == pytest.approx(-1)
    assert invariance_score(torch.tensor(a), torch.tensor(b)) == pytest.approx(expected)
    assert 0 <= invariance_score(abs(a), abs(b)) <= 1


def test_the_score_of_zeros_and_of_numbers_of_any_size() -> None:
    assert invariance_score([0, 0], [0, 0]) == 1
    assert invariance_score([0, 0], [0, 2]) == invariance_score([1, 0], [0, 0]) == 0
    assert invariance_score([1e-200, 0], [1e200, 0]) == 1
    assert invariance_score(np.uint8([200, 200]), np.uint8([200, 200])) == 1


def test_a_curve_by_hand() -> None:
    """A dot that every second value is taken of: there, gone, there one cell on."""
    dot = np.array([[1.0, 0, 0, 0]])
    curve = shift_curve(lambda x: x[..., ::2], dot, stride=2)
    assert [(each.dy, each.dx) for each in curve] == list(RIGHT)
    assert curve[:3] == [Response(0, 0, 0, 1), Response(0, 1, 1, 0), Response(0, 2, 0, 0)]
    assert curve[4] == Response(0, 4, 0, 0)  # all has left, in both orders
    circular = shift_curve(lambda x: x[..., ::2], dot, 2, "circular", [(0, 4), (0, -4), (3, 0)])
    assert circular == [Response(0, 4, 0, 1), Response(0, -4, 0, 1), Response(3, 0, 0, 1)]


@given(SEEDS, st.integers(-3, 3), st.integers(-3, 3), st.sampled_from(["zero", "circular"]))
def test_both_orders_is_orders_of_a_convolution(seed: int, dy: int, dx: int, padding: str) -> None:
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(1, 2, 5, 6)), rng.normal(size=(2, 2, 3, 3))
    pair = orders(lambda x: conv2d_same(x, weight, 2, padding), x, dy, dx, 2, padding)
    for one, other in zip(pair, both_orders(x, weight, dy, dx, 2, padding), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("kind", "still", "moved"),
    [
        ("max", [0, 1, 0, 1], [1, 1, 1, 1]),
        ("average", [0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]),
        ("strided", [0, 1, 0, 1], [1, 0, 1, 0]),
        ("blur", [0.25, 0.75, 0.25, 0.75], [0.75, 0.25, 0.75, 0.25]),
        ("max-blur", [0.5, 1, 0.5, 1], [0.75, 0.75, 0.75, 0.75]),
        ("none", SEQUENCE, [1, 0, 0, 1, 1, 0, 0, 1]),
    ],
)
def test_the_sequence_of_zhang(kind: str, still: list[float], moved: list[float]) -> None:
    """By hand; of "max" and "max-blur", Zhang (2019) shows the same numbers."""
    for values, expected in ((SEQUENCE, still), (list(np.roll(SEQUENCE, 1)), moved)):
        halved = downsample(rows(values), kind, "circular")
        np.testing.assert_array_equal(halved[0, 0], np.tile(expected, (len(halved[0, 0]), 1)))


@pytest.mark.parametrize("ops", [reference, numpy_ops, torch_ops])
@pytest.mark.parametrize("padding", ["zero", "circular"])
@pytest.mark.parametrize("kind", KINDS)
def test_halving_is_what_torch_gives(kind: str, padding: str, ops: ModuleType) -> None:
    binomial = torch.tensor([1.0, 2, 1], dtype=torch.float64)
    weight = (torch.outer(binomial, binomial) / 16).expand(2, 1, 3, 3)
    mode = "circular" if padding == "circular" else "reflect"
    for size in ((6, 8), (5, 7)):
        x = torch.tensor(np.random.default_rng(1).normal(size=(1, 2, *size)))
        dense = F.pad(x, (0, 1, 0, 1), mode="circular") if padding == "circular" else x
        expected = {
            "max": lambda x=x: F.max_pool2d(x, 2),
            "average": lambda x=x: F.avg_pool2d(x, 2),
            "strided": lambda x=x: x[..., ::2, ::2],
            "blur": lambda x=x: F.conv2d(F.pad(x, (1, 1, 1, 1), mode), weight, None, 2, groups=2),
            "max-blur": lambda dense=dense: F.conv2d(
                F.pad(F.max_pool2d(dense, 2, 1), (1, 1, 1, 1), mode), weight, None, 2, groups=2
            ),
        }[kind]()
        halved = downsample(x if ops is torch_ops else x.numpy(), kind, padding, ops=ops)
        np.testing.assert_allclose(halved, expected, atol=1e-12)


@given(
    SEEDS, st.sampled_from(KINDS), st.integers(-2, 2), st.integers(-2, 2), st.sampled_from([1, 2])
)
def test_without_a_border_a_stage_moves_along_in_whole_cells(
    seed: int, kind: str, down: int, right: int, stride: int
) -> None:
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(1, 1, 8, 16)), rng.normal(size=(2, 1, 3, 3))
    cell = 2 * stride
    moves = [(down * cell, right * cell)]
    curve = shift_curve(
        lambda x: stage(x, weight, kind, True, stride, "circular"), x, cell, "circular", moves
    )
    assert curve[0].error < 1e-12


def test_a_stage_convolves_cuts_off_and_halves() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 6, 8))
    weight = np.random.default_rng(1).normal(size=(4, 3, 3, 3))
    expected = F.conv2d(torch.tensor(x), torch.tensor(weight), padding=1)
    np.testing.assert_allclose(stage(x, weight, relu=False), expected, atol=1e-12)
    np.testing.assert_allclose(
        stage(x, weight, "max"), F.max_pool2d(F.relu(expected), 2), atol=1e-12
    )
    np.testing.assert_allclose(
        stage(x, weight, "strided"), stage(x, weight, stride=2), atol=1e-12
    )  # a strided convolution


def test_consistency_counts_pairs() -> None:
    assert consistency([[1], [1]]) == 1
    assert consistency([[1, 5], [2, 5], [3, 5]]) == 0.5
    assert consistency(np.array([[1], [1], [2], [2]])) == 2 / 6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: invariance_score([1], [1, 2]), r"moved must be not empty and of the shape of s"),
        (lambda: invariance_score([], []), r"moved must be not empty .*, got \(0,\)"),
        (lambda: consistency([1, 2]), r"answers must be of at least 2 shifts by 1 picture, got"),
        (lambda: consistency([[1, 2]]), r"answers must be .*, got \(1, 2\)"),
        (lambda: consistency(np.zeros((3, 0))), r"answers must be .*, got \(3, 0\)"),
        (
            lambda: downsample(rows(SEQUENCE), "mean"),
            "kind must be 'max', .* or 'none', got 'mean'",
        ),
        (lambda: downsample(rows(SEQUENCE), "max", "same"), "padding must be 'zero' or 'circular'"),
        (
            lambda: downsample(np.ones((1, 1, 2, 9)), "max-blur"),
            r"input must be at least 3 by 3 pixels, to be halved by 'max-blur', got \(2, 9\)",
        ),
        (lambda: downsample(np.ones((1, 1, 1, 9))), "input must be at least 2 by 2 pixels"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
