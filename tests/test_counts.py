"""shapes counts what is there: torch's parameters, the reference's products, tensors' bytes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import conv2d_problem, seeded
from torch import nn

from cnnlib import numpy_ops, reference
from cnnlib.shapes import activation_bytes, conv_macs, conv_parameters, linear_parameters

sizes = st.integers(1, 12)
small = st.integers(1, 4)
pads = st.integers(0, 3)
calmly = settings(deadline=None)


@calmly
@given(small, small, small, small, small, st.booleans())
def test_conv_parameters_are_torchs(c_group, filters, groups, kh, kw, bias):
    c_in, c_out = groups * c_group, groups * filters
    layer = nn.Conv2d(c_in, c_out, (kh, kw), groups=groups, bias=bias)
    expected = sum(parameter.numel() for parameter in layer.parameters())
    assert conv_parameters(c_in, c_out, (kh, kw), groups, bias) == expected


def test_conv_parameters():
    assert conv_parameters(1, 6, 5) == 156  # the first layer of LeNet-5
    assert conv_parameters(3, 64, (11, 11), bias=False) == 23232


@calmly
@given(small, small, small, small, pads, st.integers(1, 2))
def test_conv_macs_counts_the_products(c_group, filters, groups, stride, padding, dilation):
    # With ones everywhere, padding included, each product adds one to the sum of the output.
    n = 7 + 2 * padding
    input = np.ones((1, groups * c_group, n, n))
    weight = np.ones((groups * filters, c_group, 3, 2))
    output = numpy_ops.conv2d(input, weight, stride=stride, dilation=dilation, groups=groups)
    channels = groups * c_group, groups * filters
    macs = conv_macs(7, *channels, (3, 2), stride, padding, dilation, groups)
    assert macs == output.sum()


@calmly
@given(sizes, sizes, st.booleans())
def test_linear_parameters_are_torchs(n_in, n_out, bias):
    layer = nn.Linear(n_in, n_out, bias=bias)
    expected = sum(parameter.numel() for parameter in layer.parameters())
    assert linear_parameters(n_in, n_out, bias) == expected


class Counted:
    """A number that counts the products it is a factor of, and is worth nothing else."""

    products = 0

    def __mul__(self, other: object) -> Counted:
        Counted.products += 1
        return self

    def __add__(self, other: object) -> Counted:
        return self

    __rmul__ = __mul__
    __radd__ = __add__


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    """Have the reference compute with numbers that count its products."""

    def counted(input: np.ndarray, weight: np.ndarray, bias: None) -> tuple[object, ...]:
        assert bias is None
        arrays = [np.full(array.shape, Counted(), object) for array in (input, weight)]
        return *arrays, None

    monkeypatch.setattr(reference.convolution, "with_bias", counted)
    monkeypatch.setattr(reference.layers, "with_bias", counted)
    monkeypatch.setattr(Counted, "products", 0)
    return Counted


@pytest.mark.parametrize("seed", range(60))
def test_conv_macs_are_the_products_that_the_reference_takes(counting, seed):
    problem = conv2d_problem(seeded(np.random.default_rng([60, seed])), images=(1, 2))
    input, weight = problem.arrays["input"], problem.arrays["weight"]
    reference.conv2d(input, weight, **problem.settings)
    n, c_in, *size = input.shape
    c_out, _, *kernel = weight.shape
    macs = conv_macs(tuple(size), c_in, c_out, tuple(kernel), **problem.settings)
    assert counting.products == n * macs > 0


def test_linear_takes_as_many_products_as_it_has_weights(counting):
    reference.linear(np.ones((1, 7)), np.ones((5, 7)))
    assert counting.products == linear_parameters(7, 5, bias=False) == 35


NAMES = [
    *("float64", "float32", "float16", "bfloat16", "bool"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
]


@pytest.mark.parametrize("name", NAMES)
@given(shape=st.lists(st.integers(0, 5), max_size=4))
@calmly
def test_activation_bytes_are_torchs(name, shape):
    tensor = torch.zeros(shape, dtype=getattr(torch, name))
    assert activation_bytes(tensor.shape, name) == tensor.nbytes
    assert activation_bytes(shape, name) == tensor.numel() * tensor.itemsize


def test_activation_bytes():
    assert activation_bytes((1, 64, 224, 224)) == 12_845_056  # VGG's first layer
    assert activation_bytes(()) == 4
    assert activation_bytes([np.int64(2), 3], "float64") == 48


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ((5,), TypeError, "shape must be non-negative ints, one an axis, got 5"),
        (("23",), TypeError, "shape must be non-negative ints, one an axis, got '23'"),
        (((2, -1),), ValueError, r"shape must be non-negative ints, .* got \(2, -1\)"),
        (((2, 1.0),), TypeError, r"shape must be non-negative ints, .* got \(2, 1.0\)"),
        (((2, True),), TypeError, r"shape must be non-negative ints, .* got \(2, True\)"),
        (((2,), "float31"), ValueError, "dtype must be a type's name, .* got 'float31'"),
        (((2,), 4), TypeError, "dtype must be a type's name, .* got 4"),
    ],
)
def test_what_has_no_bytes(arguments, error, match):
    with pytest.raises(error, match=f"^{match}$"):
        activation_bytes(*arguments)
