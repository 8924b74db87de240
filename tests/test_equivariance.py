"""Shifts and convolutions in both orders: where they agree exactly, and where they cannot."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnlib import numpy_ops, reference, torch_ops
from cnnlib.equivariance import (
    both_orders,
    conv2d_same,
    equivariance_error,
    output_shift,
    shift,
)

ODD = st.sampled_from([1, 3, 5])
MOVES = st.integers(-9, 9)


def problem(seed: int, size: tuple[int, int], kernel: tuple[int, int]) -> tuple[Any, Any]:
    """Return a picture (1, 2, *size) and a weight (3, 2, *kernel) of random whole numbers."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(-5, 6, (1, 2, *size)).astype(float)
    return picture, rng.integers(-3, 4, (3, 2, *kernel)).astype(float)


@given(MOVES, MOVES, st.integers(1, 7), st.integers(1, 7))
def test_circular_shift_is_roll(dy: int, dx: int, rows: int, cols: int) -> None:
    picture = np.arange(2 * rows * cols).reshape(2, rows, cols)
    rolled = np.roll(picture, (dy, dx), (1, 2))
    np.testing.assert_array_equal(shift(picture, dy, dx, "circular"), rolled)
    np.testing.assert_array_equal(shift(torch.tensor(picture), dy, dx, "circular"), rolled)


@given(MOVES, MOVES, st.integers(1, 7), st.integers(1, 7))
def test_zero_shift_moves_zeros_in_and_drops_what_leaves(
    dy: int, dx: int, rows: int, cols: int
) -> None:
    picture = 1 + np.arange(rows * cols).reshape(rows, cols)
    expected = np.zeros_like(picture)
    for row, col in np.ndindex(rows, cols):
        if 0 <= row + dy < rows and 0 <= col + dx < cols:
            expected[row + dy, col + dx] = picture[row, col]
    np.testing.assert_array_equal(shift(picture, dy, dx), expected)
    np.testing.assert_array_equal(shift(torch.tensor(picture), dy, dx), expected)


def test_shift_leaves_its_input_alone() -> None:
    picture = np.ones((2, 2))
    picture.flags.writeable = False
    assert shift(picture, 1, 0).tolist() == [[0, 0], [1, 1]]
    assert picture.tolist() == [[1, 1], [1, 1]]


@given(st.integers(0, 99), st.integers(2, 7), st.integers(2, 7), ODD, ODD, MOVES, MOVES)
def test_circular_at_stride_one_is_exact(
    seed: int, rows: int, cols: int, kh: int, kw: int, dy: int, dx: int
) -> None:
    picture, weight = problem(seed, (rows, cols), (kh, kw))
    first, second = both_orders(picture, weight, dy, dx, padding="circular")
    assert first.shape == (1, 3, rows, cols)
    assert equivariance_error(first, second) == (0.0, 0.0)


@given(st.integers(0, 99), st.sampled_from([2, 3]), st.integers(-3, 3), st.integers(-3, 3), ODD)
def test_circular_with_a_stride_is_exact_for_its_multiples(
    seed: int, stride: int, down: int, right: int, kernel: int
) -> None:
    picture, weight = problem(seed, (6, 12), (kernel, 3))
    moves = (down * stride, right * stride)
    first, second = both_orders(picture, weight, *moves, stride=stride, padding="circular")
    assert equivariance_error(first, second) == (0.0, 0.0)
    still = conv2d_same(picture, weight, stride, "circular")
    np.testing.assert_array_equal(second, np.roll(still, (down, right), (2, 3)))


@pytest.mark.parametrize(("size", "dx"), [(6, 1), (7, 2)])
def test_a_stride_errs_for_other_shifts_and_for_other_sizes(size: int, dx: int) -> None:
    picture, weight = problem(0, (size, size), (3, 3))
    pair = both_orders(picture, weight, 0, dx, stride=2, padding="circular")
    assert equivariance_error(*pair)[1] > 0.1


@given(st.integers(0, 99), ODD, st.integers(-2, 2), st.integers(-2, 2))
def test_zero_padding_errs_near_the_border_alone(seed: int, k: int, dy: int, dx: int) -> None:
    picture, weight = problem(seed, (12, 13), (k, k))
    first, second = both_orders(picture, weight, dy, dx)
    near = k // 2 + 2
    inner = (..., slice(near, -near), slice(near, -near))
    np.testing.assert_array_equal(first[inner], second[inner])


def test_zero_padding_by_hand() -> None:
    row, kernel = np.array([[[[1.0, 2, 3]]]]), np.array([[[[1.0, 1, 1]]]])
    first, second = both_orders(row, kernel, 0, 1)
    assert first.tolist() == [[[[1, 3, 3]]]]  # of 0 1 2
    assert second.tolist() == [[[[0, 3, 6]]]]  # of 3 6 5
    assert equivariance_error(first, second) == (3.0, math.sqrt(10 / 45))


@pytest.mark.parametrize("padding", ["zero", "circular"])
@pytest.mark.parametrize("ops", [reference, numpy_ops, torch_ops])
def test_same_padding_is_what_torch_pads(padding: str, ops: ModuleType) -> None:
    picture, weight = (torch.tensor(part) for part in problem(3, (5, 4), (3, 5)))
    mode = "circular" if padding == "circular" else "constant"
    padded = torch.nn.functional.pad(picture, (2, 2, 1, 1), mode=mode)
    expected = torch.nn.functional.conv2d(padded, weight, stride=2)
    given = (picture, weight) if ops is torch_ops else (picture.numpy(), weight.numpy())
    np.testing.assert_allclose(conv2d_same(*given, 2, padding, ops=ops), expected)


def test_output_shift_takes_the_nearest_and_at_half_the_smaller() -> None:
    assert [output_shift(d, 1) for d in (-2, 0, 3)] == [-2, 0, 3]
    assert [output_shift(d, 3) for d in range(-5, 6)] == [-2, -1, -1, -1, 0, 0, 0, 1, 1, 1, 2]


def test_error_of_zeros() -> None:
    assert equivariance_error([[0, 0]], [[0, 0]]) == (0.0, 0.0)
    assert equivariance_error([[0, 2]], [[0, 0]]) == (2.0, math.inf)
    assert equivariance_error(np.uint8([[1]]), np.uint8([[3]])) == (2.0, 2 / 3)


ONE = np.ones((1, 1, 4, 4))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: shift([1, 2], 0, 0), ValueError, "input must be of at least two axes"),
        (lambda: shift(ONE, 0.5, 0), TypeError, "dy must be an int, got 0.5"),
        (lambda: shift(ONE, 0, True), TypeError, "dx must be an int, got True"),
        (lambda: shift(ONE, 0, 0, "same"), ValueError, "padding must be 'zero' or 'circular'"),
        (lambda: conv2d_same(ONE, ONE), ValueError, "weight must be of odd height and width"),
        (lambda: conv2d_same(ONE, ONE[..., :3, :3], 0), ValueError, "stride must be a positive"),
        (
            lambda: conv2d_same(ONE[..., :1, :], np.ones((1, 1, 5, 5)), 1, "circular"),
            ValueError,
            r"input must be at least 2 by 2 pixels, .* got \(1, 4\)",
        ),
        (lambda: output_shift(1.0, 2), TypeError, "pixels must be an int, got 1.0"),
        (lambda: output_shift(1, 0), ValueError, "stride must be a positive int, got 0"),
        (lambda: equivariance_error([[1]], [[1, 2]]), ValueError, "first must be not empty and"),
        (lambda: equivariance_error([[]], [[]]), ValueError, "first must be not empty and"),
    ],
)
def test_bad_input_is_named(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
