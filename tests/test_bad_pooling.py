"""Bad input to pooling and its gradients is refused alike by the three backends."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bad_calls import GOOD_POOLS, ONES, refused_alike

from cnnlib import numpy_ops, reference, shapes, torch_ops

outcome, assert_refused = refused_alike(GOOD_POOLS)
NAN, INF = float("nan"), float("inf")


def having(argument: str) -> list[str]:
    """Return the operations that take an argument of this name."""
    return [name for name in GOOD_POOLS if argument in getattr(reference, name).__annotations__]


def test_the_good_calls_are_good():
    for name in GOOD_POOLS:
        for backend in (reference, numpy_ops, torch_ops):
            assert not isinstance(outcome(backend, name, {}), Exception)
    assert len(having("kernel_size")) == 6


@pytest.mark.parametrize("name", GOOD_POOLS)
@pytest.mark.parametrize(
    ("value", "got"),
    [("abc", "str: 'abc'"), (3.5, "float: 3.5"), (True, "bool: True"), (None, "NoneType: None")],
)
def test_no_array(name, value, got):
    for argument, good in GOOD_POOLS[name].items():
        if isinstance(good, np.ndarray):
            match = f"^{argument} must be an array of numbers .*, got {got}$"
            assert_refused(name, {argument: value}, TypeError, match)


@pytest.mark.parametrize("name", GOOD_POOLS)
@pytest.mark.parametrize("dtype", ["bool", "float16", "complex128"])
def test_types_not_computed_with(name, dtype):
    for argument, good in GOOD_POOLS[name].items():
        if isinstance(good, np.ndarray):
            match = f"^{argument} must hold numbers of type .* or integers, got type {dtype}$"
            assert_refused(name, {argument: good.astype(dtype)}, TypeError, match)


@pytest.mark.parametrize("name", having("input"))
@pytest.mark.parametrize(
    "shape", [(), (5, 6), (3, 5, 6), (2, 3, 5, 6, 1), (2, 0, 5, 6), (2, 3, 0, 6), (2, 3, 5, 0)]
)
def test_images(name, shape):
    match = f"^input must be an array .* got shape {re.escape(str(shape))}$"
    assert_refused(name, {"input": ONES(shape)}, ValueError, match)


@pytest.mark.parametrize(
    ("value", "error"),
    [(5, TypeError), (None, TypeError), ((2, 3, 5), ValueError), ((2, 3, 5, 6, 1), ValueError),
     ((2, 3, 0, 6), ValueError), ((-1, 3, 5, 6), ValueError), ((2, 3, 5.0, 6), TypeError)],
)  # fmt: skip
def test_the_size_of_an_input(value, error):
    match = f"^input_size must be four ints .*, got {re.escape(repr(value))}$"
    assert_refused("avg_pool2d_input", {"input_size": value}, error, match)


@pytest.mark.parametrize("name", having("grad_output"))
@pytest.mark.parametrize(
    ("shape", "legal"),
    [
        ((3, 1, 2), r"an array of four axes \(n, c, h_out, w_out\)"),
        ((2, 3, 0, 2), r"an array \(n, c, h_out, w_out\) with no empty axis but n"),
        ((2, 3, 1, 3), r"of the output's shape, \(2, 3, 1, 2\)"),
        ((2, 3, 5, 6), r"of the output's shape, \(2, 3, 1, 2\)"),
        ((1, 3, 1, 2), r"of the output's shape, \(2, 3, 1, 2\)"),
    ],
)
def test_gradients_of_outputs(name, shape, legal):
    match = f"^grad_output must be {legal}, got shape {re.escape(str(shape))}$"
    assert_refused(name, {"grad_output": ONES(shape)}, ValueError, match)


SIZES = [
    (0, ValueError),
    (-1, ValueError),
    ((1, 0), ValueError),
    ((1, 1, 1), ValueError),
    (1.0, TypeError),
    (True, TypeError),
    ("same", TypeError),
    ({1, 2}, TypeError),
]


@pytest.mark.parametrize("argument", ["kernel_size", "stride", "dilation", "output_size"])
@pytest.mark.parametrize(("value", "error"), SIZES)
def test_sizes(argument, value, error):
    match = f"^{argument} must be a positive int or a pair of them, got {re.escape(repr(value))}$"
    assert having(argument)
    for name in having(argument):
        assert_refused(name, {argument: value}, error, match)


@pytest.mark.parametrize("argument", ["kernel_size", "dilation", "output_size"])
def test_sizes_that_may_not_be_none(argument):
    for name in having(argument):
        match = f"^{argument} must be a positive int or a pair of them, got None$"
        assert_refused(name, {argument: None}, TypeError, match)
    assert_refused("blur_pool2d", {"stride": None}, TypeError, "^stride must be a positive int")


@pytest.mark.parametrize("name", having("padding"))
@pytest.mark.parametrize(
    ("value", "error"),
    [(-1, ValueError), ((0, -1), ValueError), ((0, 0, 0), ValueError), (0.5, TypeError),
     ("same", TypeError), (None, TypeError), (True, TypeError)],
)  # fmt: skip
def test_padding(name, value, error):
    match = f"^padding must be a non-negative int or a pair of them, got {re.escape(repr(value))}$"
    assert_refused(name, {"padding": value}, error, match)


@pytest.mark.parametrize("name", having("padding"))
@pytest.mark.parametrize(
    ("kernel_size", "padding"), [(3, 2), (1, 1), ((4, 3), (2, 2)), ((3, 4), (2, 1)), (2, (0, 2))]
)
def test_padding_of_more_than_half_the_window(name, kernel_size, padding):
    match = r"^padding must be at most half the kernel size, \(\d, \d\), got \(\d, \d\)$"
    changes = {"kernel_size": kernel_size, "padding": padding}
    assert_refused(name, changes, ValueError, match)
    if "dilation" in getattr(reference, name).__annotations__:  # which makes no room for more
        assert_refused(name, {**changes, "dilation": 2}, ValueError, match)


FLAGS = [(name, "ceil_mode") for name in having("ceil_mode")]
FLAGS += [(name, "count_include_pad") for name in having("count_include_pad")]


@pytest.mark.parametrize(("name", "argument"), FLAGS)
@pytest.mark.parametrize("value", [0, 1, None, "yes", np.bool_(True)])
def test_flags(name, argument, value):
    match = f"^{argument} must be True or False, got {re.escape(repr(value))}$"
    assert_refused(name, {argument: value}, TypeError, match)


@pytest.mark.parametrize("name", having("kernel_size"))
@pytest.mark.parametrize("kernel_size", [6, (6, 1), (1, 7)])
def test_a_window_that_does_not_fit(name, kernel_size):
    match = r"^kernel_size must be no larger than the padded input, \(5, 6\), got a kernel of "
    assert_refused(name, {"kernel_size": kernel_size}, ValueError, match)


@pytest.mark.parametrize("name", having("ceil_mode"))
@pytest.mark.parametrize(("kernel_size", "stride"), [(7, 2), ((6, 1), 1), ((5, 9), 3)])
def test_a_window_that_hangs_over_by_a_whole_stride(name, kernel_size, stride):
    match = (
        r"^kernel_size must be such that it spans less than the padded input and one stride, "
        r"\(\d, \d\), got \(\d, \d\) with dilation \(1, 1\)$"
    )
    changes = {"kernel_size": kernel_size, "stride": stride, "ceil_mode": True}
    assert_refused(name, changes, ValueError, match)


def test_sizes_say_the_same():
    assert shapes.pool_output_size(5, 6, 2, ceil_mode=True) == 1
    with pytest.raises(ValueError, match=r"^kernel_size must be such .* \(7, 7\), got \(7, 7\) "):
        shapes.pool_output_size(5, 7, 2, ceil_mode=True)
    with pytest.raises(ValueError, match=r"^kernel_size must be no larger .* got a kernel of "):
        shapes.pool_output_size(5, 6, 2)
    match = r"^kernel_size must be such .* \(7, 7\), got \(4, 4\) with dilation \(2, 2\)$"
    with pytest.raises(ValueError, match=match):
        shapes.pool_output_size(5, 4, 2, dilation=2, ceil_mode=True)


NUMBERS = [
    (0, ValueError),
    (-1, ValueError),
    (-INF, ValueError),
    (NAN, ValueError),
    ("2", TypeError),
    (None, TypeError),
    (True, TypeError),
    (1j, TypeError),
    ((1, 2), TypeError),
]


@pytest.mark.parametrize(("value", "error"), NUMBERS)
def test_powers(value, error):
    match = f"^norm_type must be a positive number or inf, got {re.escape(repr(value))}$"
    assert_refused("lp_pool2d", {"norm_type": value}, error, match)


@pytest.mark.parametrize(("value", "error"), [*NUMBERS, (INF, ValueError)])
def test_widths(value, error):
    match = f"^sigma must be a positive number, got {re.escape(repr(value))}$"
    assert_refused("gaussian_pool2d", {"sigma": value}, error, match)


@pytest.mark.parametrize("shape", [(2, 3, 1, 6), (2, 3, 5, 1), (0, 1, 1, 1)])
def test_images_too_small_to_be_reflected(shape):
    match = (
        f"^input must be an array .* two rows and columns, .*, got shape {re.escape(str(shape))}$"
    )
    assert_refused("blur_pool2d", {"input": ONES(shape)}, ValueError, match)


def test_every_operation_is_here():
    named = {name for name in reference.__all__ if "pool" in name}
    assert set(GOOD_POOLS) == named
