"""Bad input to im2col and col2im is refused alike by the three backends."""

from __future__ import annotations

import re

import pytest
from bad_calls import GOOD_LAYERS, ONES, refused_alike

_, assert_refused = refused_alike(GOOD_LAYERS)
WINDOWS = ["im2col", "col2im"]


@pytest.mark.parametrize("shape", [(5, 6), (3, 5, 6), (2, 0, 5, 6), (2, 3, 0, 6)])
def test_images(shape):
    match = f"^input must be an array .* got shape {re.escape(str(shape))}$"
    assert_refused("im2col", {"input": ONES(shape)}, ValueError, match)


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ((27, 12), r"three axes \(n, c kh kw, positions\) with no empty axis but n"),
        ((2, 0, 12), "with no empty axis but n"),
        ((2, 27, 0), "with no empty axis but n"),
        ((2, 26, 12), "c times the 9 taps of the kernel on its second axis"),
        ((2, 27, 11), "with 3 x 4 = 12 positions of the kernel"),
    ],
)
def test_columns(shape, match):
    match = f"^columns must be .*{match}, got shape {re.escape(str(shape))}$"
    assert_refused("col2im", {"columns": ONES(shape)}, ValueError, match)


SIZES = [
    (0, ValueError),
    (-1, ValueError),
    ((1, 0), ValueError),
    ((1, 1, 1), ValueError),
    (1.0, TypeError),
    (True, TypeError),
    ("same", TypeError),
    (None, TypeError),
]


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        *((name, argument) for name in WINDOWS for argument in ("kernel_size", "stride")),
        *((name, "dilation") for name in WINDOWS),
        ("col2im", "output_size"),
    ],
)
@pytest.mark.parametrize(("value", "error"), SIZES)
def test_sizes(name, argument, value, error):
    match = f"^{argument} must be a positive int or a pair of them, got {re.escape(repr(value))}$"
    assert_refused(name, {argument: value}, error, match)


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize(
    ("value", "error"), [(-1, ValueError), (0.5, TypeError), ("same", TypeError), (None, TypeError)]
)
def test_padding(name, value, error):
    match = f"^padding must be a non-negative int or a pair of them, got {re.escape(repr(value))}$"
    assert_refused(name, {"padding": value}, error, match)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_kernel_that_does_not_fit(name):
    match = r"^kernel_size must be no larger than the padded input, \(5, 6\), .* \(3, 3\), which"
    assert_refused(name, {"dilation": 3}, ValueError, match)
