"""shapes counts what is really there: positions of a window, sizes of torch's outputs, weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from cnnlib.shapes import (
    conv_output_size,
    conv_transpose_output_size,
    linear_parameters,
    pool_output_size,
    same_padding,
)

sizes = st.integers(1, 12)
small = st.integers(1, 4)
pads = st.integers(0, 3)
calmly = settings(deadline=None)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((7, 3), 5),
        ((4, 3, 2, 1), 2),
        ((28, 5, 1, 2), 28),
        ((227, 11, 4), 55),
        ((224, 7, 2, 3), 112),
        ((7, 3, 1, 0, 2), 3),
        ((5, 5), 1),
        ((6, 4, 1, "same"), 6),
        ((6, 4, 1, "valid"), 3),
        (((28, 32), 5), (24, 28)),
        ((28, (5, 3)), (24, 26)),
        (([9, 9], 3, (1, 2)), (7, 4)),
        ((9, 3, 1, (1, 0)), (9, 7)),
    ],
)
def test_conv_output_size(arguments, expected):
    result = conv_output_size(*arguments)
    assert result == expected
    assert type(result) is type(expected)


@calmly
@given(sizes, small, small, pads, small)
def test_conv_output_size_counts_the_windows(n, kernel, stride, padding, dilation):
    span = dilation * (kernel - 1) + 1
    starts = [s for s in range(0, n + 2 * padding, stride) if s + span <= n + 2 * padding]
    assume(starts)
    assert conv_output_size(n, kernel, stride, padding, dilation) == len(starts)


@calmly
@given(sizes, small, small, pads, small, st.data())
def test_conv_transpose_output_size_is_torchs(n, kernel, stride, padding, dilation, data):
    extra = data.draw(st.integers(0, max(stride, dilation) - 1))
    assume((n - 1) * stride + dilation * (kernel - 1) + extra + 1 > 2 * padding)
    weight = torch.ones(1, 1, kernel)
    output = nn.functional.conv_transpose1d(
        torch.ones(1, 1, n), weight, None, stride, padding, extra, 1, dilation
    )
    size = conv_transpose_output_size(n, kernel, stride, padding, extra, dilation)
    assert size == output.shape[-1]


@calmly
@given(sizes, small, small, pads, small)
def test_a_transposed_convolution_restores_the_size(n, kernel, stride, padding, dilation):
    assume(n + 2 * padding >= dilation * (kernel - 1) + 1)
    small_size = conv_output_size(n, kernel, stride, padding, dilation)
    lost = (n + 2 * padding - dilation * (kernel - 1) - 1) % stride
    assert conv_transpose_output_size(small_size, kernel, stride, padding, lost, dilation) == n


def test_conv_transpose_output_size_of_pairs():
    assert conv_transpose_output_size((2, 3), 3, 2, 1, (1, 0)) == (4, 5)
    assert conv_transpose_output_size(2, (3, 1)) == (4, 2)


@settings(max_examples=400, deadline=None)
@given(sizes, small, small | st.none(), pads, small, st.booleans())
def test_pool_output_size_is_torchs(n, kernel, stride, padding, dilation, ceil_mode):
    assume(2 * padding <= kernel)
    over = (stride or kernel) - 1 if ceil_mode else 0
    assume(n + 2 * padding + over >= dilation * (kernel - 1) + 1)
    output = nn.functional.max_pool1d(
        torch.ones(1, 1, n), kernel, stride, padding, dilation, ceil_mode
    )
    assert pool_output_size(n, kernel, stride, padding, dilation, ceil_mode) == output.shape[-1]


def test_pool_output_size_of_pairs():
    assert pool_output_size((5, 4), 2) == (2, 2)
    assert pool_output_size(5, (2, 3), (2, 3), ceil_mode=True) == (3, 2)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((1,), (0, 0)),
        ((3,), (1, 1)),
        ((4,), (1, 2)),
        ((2,), (0, 1)),
        ((3, 2), (2, 2)),
        ((4, 3), (4, 5)),
        (((3, 5),), ((1, 1), (2, 2))),
        ((3, (1, 2)), ((1, 1), (2, 2))),
    ],
)
def test_same_padding(arguments, expected):
    assert same_padding(*arguments) == expected


@calmly
@given(sizes, small, small)
def test_same_padding_keeps_the_size(n, kernel, dilation):
    before, after = same_padding(kernel, dilation)
    assert conv_output_size(n + before + after, kernel, dilation=dilation) == n
    assert conv_output_size(n, kernel, padding="same", dilation=dilation) == n


def test_numpy_integers_are_integers():
    size = conv_output_size(np.int64(7), np.uint8(3))
    assert size == 5
    assert type(size) is int
    assert linear_parameters(np.int32(2), np.int32(3)) == 9
