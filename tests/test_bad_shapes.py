"""shapes refuses what is no size, and says what would be one."""

from __future__ import annotations

import re

import pytest

from cnnlib import shapes

BAD_SIZES = [
    (0, ValueError),
    (-1, ValueError),
    ((3, 0), ValueError),
    ((1, 2, 3), ValueError),
    (2.0, TypeError),
    ((1, 2.5), TypeError),
    (True, TypeError),
    ("3", TypeError),
    (None, TypeError),
]
CALLS = {
    "conv_output_size": {"n": 7, "kernel_size": 3, "stride": 1, "dilation": 1},
    "conv_transpose_output_size": {"n": 7, "kernel_size": 3, "stride": 1, "dilation": 1},
    "pool_output_size": {"n": 7, "kernel_size": 3, "stride": 1, "dilation": 1},
    "same_padding": {"kernel_size": 3, "dilation": 1},
    "conv_macs": {"n": 7, "in_channels": 2, "out_channels": 4, "kernel_size": 3, "groups": 1},
    "conv_parameters": {"in_channels": 2, "out_channels": 4, "kernel_size": 3, "groups": 1},
    "linear_parameters": {"in_features": 2, "out_features": 3},
}
COUNTS = ("in_channels", "out_channels", "groups", "in_features", "out_features")


@pytest.mark.parametrize(("value", "error"), BAD_SIZES)
@pytest.mark.parametrize(
    ("name", "argument"), [(name, argument) for name in CALLS for argument in CALLS[name]]
)
def test_sizes_and_counts(name, argument, value, error):
    if name == "pool_output_size" and argument == "stride" and value is None:
        return  # None is legal there
    legal = "a positive int" if argument in COUNTS else "a positive int or a pair of them"
    if argument in COUNTS and isinstance(value, tuple):
        error = TypeError
    match = f"^{argument} must be {legal}, got {re.escape(repr(value))}$"
    with pytest.raises(error, match=match):
        getattr(shapes, name)(**{**CALLS[name], argument: value})


@pytest.mark.parametrize(
    "name", ["conv_output_size", "conv_transpose_output_size", "pool_output_size", "conv_macs"]
)
@pytest.mark.parametrize(("value", "error"), [(-1, ValueError), (0.5, TypeError)])
def test_padding(name, value, error):
    with pytest.raises(error, match=f"^padding must be .*a non-negative int or .* got {value}$"):
        getattr(shapes, name)(**CALLS[name], padding=value)


@pytest.mark.parametrize("name", ["conv_output_size", "conv_macs"])
def test_padding_strings(name):
    with pytest.raises(ValueError, match=r"^padding must be 'same', 'valid', .* got 'full'$"):
        getattr(shapes, name)(**CALLS[name], padding="full")
    with pytest.raises(
        ValueError, match=r"^stride must be 1 where padding is 'same', got \(2, 2\)$"
    ):
        getattr(shapes, name)(**{**CALLS[name], "stride": 2}, padding="same")


@pytest.mark.parametrize("name", ["conv_output_size", "pool_output_size", "conv_macs"])
def test_a_kernel_that_does_not_fit(name):
    match = (
        r"^kernel_size must be no larger than the padded input, \(7, 7\), got a kernel of \(8, 8\)$"
    )
    with pytest.raises(ValueError, match=match):
        getattr(shapes, name)(**{**CALLS[name], "kernel_size": 8})
    match = (
        r"input, \(9, 9\), got a kernel of \(4, 4\), which spans \(10, 10\) with dilation \(3, 3\)$"
    )
    with pytest.raises(ValueError, match=match):
        getattr(shapes, name)(**{**CALLS[name], "kernel_size": 4, "dilation": 3, "padding": 1})


def test_transposed():
    match = r"^output_padding must be smaller than the stride, \(2, 2\), or .* got 2$"
    with pytest.raises(ValueError, match=match):
        shapes.conv_transpose_output_size(3, 3, stride=2, output_padding=2)
    match = r"^padding must be small enough .* the full output, \(3, 3\), .* got \(2, 2\)$"
    with pytest.raises(ValueError, match=match):
        shapes.conv_transpose_output_size(1, 3, padding=2)


def test_pooling():
    with pytest.raises(
        ValueError, match=r"^padding must be at most half the kernel size, .* got \(2, 2\)$"
    ):
        shapes.pool_output_size(7, 3, padding=2)
    with pytest.raises(TypeError, match="^ceil_mode must be True or False, got 1$"):
        shapes.pool_output_size(7, 3, ceil_mode=1)


@pytest.mark.parametrize("name", ["conv_parameters", "linear_parameters"])
def test_bias(name):
    with pytest.raises(TypeError, match="^bias must be True or False, got None$"):
        getattr(shapes, name)(**CALLS[name], bias=None)


@pytest.mark.parametrize("name", ["conv_parameters", "conv_macs"])
@pytest.mark.parametrize("channels", [(3, 4), (4, 3)])
def test_groups(name, channels):
    sizes = dict(zip(("in_channels", "out_channels"), channels, strict=True))
    match = f"^groups must be a divisor of in_channels, {channels[0]}, and .* {channels[1]}, got 2$"
    with pytest.raises(ValueError, match=match):
        getattr(shapes, name)(**{**CALLS[name], **sizes, "groups": 2})
