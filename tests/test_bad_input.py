"""Bad input is refused, and refused alike: one table of calls, three backends, one message."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from bad_calls import ONES, refused_alike

from cnnlib import numpy_ops, reference, torch_ops

NOTHING = object()

GOOD: dict[str, dict[str, Any]] = {
    "convolve": {"input": ONES(5), "kernel": ONES(3)},
    "correlate": {"input": ONES((4, 5)), "kernel": ONES((2, 2))},
    "autocorrelate": {"input": ONES(5)},
    "conv2d": {"input": ONES((2, 4, 5, 6)), "weight": ONES((6, 2, 3, 3)), "groups": 2},
    "conv_transpose2d": {"input": ONES((2, 4, 5, 6)), "weight": ONES((4, 3, 3, 3)), "groups": 2},
    "conv2d_input": {
        "input_size": (2, 4, 5, 6),
        "weight": ONES((6, 2, 3, 3)),
        "grad_output": ONES((2, 6, 3, 4)),
        "groups": 2,
    },
    "conv2d_weight": {
        "input": ONES((2, 4, 5, 6)),
        "weight_size": (6, 2, 3, 3),
        "grad_output": ONES((2, 6, 3, 4)),
        "groups": 2,
    },
}
SIGNALS = ["convolve", "correlate", "autocorrelate"]
LAYERS = ["conv2d", "conv_transpose2d"]
GRADIENTS = ["conv2d_input", "conv2d_weight"]
outcome, assert_refused = refused_alike(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_the_good_calls_are_good(name):
    for backend in (reference, numpy_ops, torch_ops):
        assert not isinstance(outcome(backend, name, {}), Exception)


# Arrays that are none, or hold no numbers.


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    ("value", "got"),
    [
        ("abc", "str: 'abc'"),
        (None, "NoneType: None"),
        (3.5, "float: 3.5"),
        (True, "bool: True"),
        ({"a": 1}, r"dict: \{'a': 1\}"),
        (NOTHING, "object: <object object at "),
    ],
)
def test_no_array(name, value, got):
    for argument, good in GOOD[name].items():
        if isinstance(good, np.ndarray):
            match = f"^{argument} must be an array of numbers .*, got {got}"
            assert_refused(name, {argument: value}, TypeError, match)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("dtype", ["bool", "float16"])
def test_types_not_computed_with(name, dtype):
    for argument, good in GOOD[name].items():
        if isinstance(good, np.ndarray):
            legal = "float32, float64, complex64, complex128" if name in SIGNALS else "float32, f"
            match = f"^{argument} must hold numbers of type {legal}.*integers, got type {dtype}$"
            assert_refused(name, {argument: good.astype(dtype)}, TypeError, match)


@pytest.mark.parametrize("name", LAYERS + GRADIENTS)
def test_complex_layers(name):
    match = "weight must hold numbers of type float32, float64 or integers, got type complex128"
    if name == "conv2d_weight":
        match = match.replace("weight", "input")
    changes = {match.split()[0]: GOOD[name][match.split()[0]] * 1j}
    assert_refused(name, changes, TypeError, match)


@pytest.mark.parametrize("backend", [reference, numpy_ops])
@pytest.mark.parametrize(
    ("value", "got"),
    [
        (np.array(["a", "b"]), "str32"),
        ([1, "b"], "str"),
        (np.array([1, None]), "object"),
        ([NOTHING], "object"),
        ([2**70], "object"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "datetime64"),
        ([True, False], "bool"),
    ],
)
def test_arrays_that_hold_no_numbers(backend, value, got):
    with pytest.raises(TypeError, match=f"input must hold numbers .* got type {got}"):
        backend.convolve(value, [1.0])


@pytest.mark.parametrize("backend", [reference, numpy_ops])
def test_arrays_of_other_kinds(backend):
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="input must be an array of numbers .* got MaskedArray"):
        backend.convolve(masked, [1.0])
    with pytest.raises(TypeError, match="kernel must be an array of numbers .* got Tensor"):
        backend.convolve([1.0], torch.ones(2))
    with pytest.raises(ValueError, match=r"input must be an array, or nested lists .* \[\[1, 2\]"):
        backend.convolve([[1, 2], [3]], [[1]])


def test_torch_takes_tensors_alone():
    for value in (np.ones(2), [1.0, 2.0]):
        with pytest.raises(TypeError, match=r"kernel must be .* torch.Tensor, .* got (nd|li)"):
            torch_ops.convolve(torch.ones(2), value)


def test_torch_refuses_sparse_tensors_and_mixed_devices():
    with pytest.raises(ValueError, match="input must be a dense tensor, got torch.sparse_coo"):
        torch_ops.convolve(torch.ones(2).to_sparse(), torch.ones(2))
    match = "weight must be on the device of input, cpu, got one on meta"
    with pytest.raises(ValueError, match=match):
        torch_ops.conv2d(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2, device="meta"))


# Shapes.


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"input": ONES(())}, r"input must be a 1-D or 2-D signal, got shape \(\)"),
        ({"input": ONES((2, 2, 2))}, r"input must be a 1-D or 2-D signal, got shape \(2, 2, 2\)"),
        ({"kernel": ONES((1, 2, 2))}, "kernel must be a 1-D or 2-D signal, got shape"),
        ({"input": ONES(0)}, r"input must be a signal of at least one value, got shape \(0,\)"),
        ({"kernel": ONES((3, 0))}, r"kernel must be a signal of at least one value, .* \(3, 0\)"),
        (
            {"input": ONES(3), "kernel": ONES((1, 3))},
            r"kernel must be 1-D as input is, .* \(1, 3\)",
        ),
        ({"input": ONES((1, 3)), "kernel": ONES(3)}, r"kernel must be 2-D as input is, .* \(3,\)"),
        (
            {"input": ONES((2, 5)), "kernel": ONES((3, 4)), "mode": "valid"},
            r"kernel must be no larger, or no smaller, than input \(2, 5\) .* shape \(3, 4\)",
        ),
    ],
)
def test_shapes_of_signals(name, changes, match):
    assert_refused(name, changes, ValueError, match)


@pytest.mark.parametrize("name", SIGNALS)
def test_mode(name):
    legal = "mode must be 'full', 'same' or 'valid', got "
    assert_refused(name, {"mode": "fulll"}, ValueError, legal + "'fulll'")
    assert_refused(name, {"mode": 1}, TypeError, legal + "1")
    assert_refused(name, {"mode": None}, TypeError, legal + "None")


@pytest.mark.parametrize("name", ["conv2d", "conv_transpose2d", "conv2d_weight"])
@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ((5, 6), r"four axes \(n, c_in, h, w\); an image alone .* got shape \(5, 6\)"),
        ((4, 5, 6), r"four axes .* array\[None\], got shape \(4, 5, 6\)"),
        ((1, 2, 4, 5, 6), "four axes"),
        ((2, 0, 5, 6), r"no empty axis but n, got shape \(2, 0, 5, 6\)"),
        ((2, 4, 0, 6), r"no empty axis but n, got shape \(2, 4, 0, 6\)"),
        ((2, 4, 5, 0), "no empty axis but n"),
    ],
)
def test_shape_of_input(name, shape, match):
    assert_refused(name, {"input": ONES(shape)}, ValueError, f"^input must be an array .*{match}")


@pytest.mark.parametrize("name", ["conv2d", "conv_transpose2d", "conv2d_input"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (0, 2, 3, 3), (6, 0, 3, 3), (6, 2, 0, 3)])
def test_shape_of_weight(name, shape):
    axes = r"\(c_in, c_out / groups" if name == "conv_transpose2d" else r"\(c_out, c_in / groups"
    match = f"^weight must be an array .*{axes}, kh, kw\\).*got shape {re.escape(str(shape))}"
    assert_refused(name, {"weight": ONES(shape)}, ValueError, match)


@pytest.mark.parametrize(
    ("name", "changes", "match"),
    [
        (
            "conv2d",
            {"weight": ONES((6, 4, 3, 3))},
            r"weight must be of shape .* with c_in / groups = 4 / 2 = 2, got shape \(6, 4, 3, 3\)",
        ),
        ("conv2d", {"groups": 3}, "groups must be a divisor of the 4 channels of input, got 3"),
        ("conv2d", {"groups": 4}, "groups must be a divisor of the 6 filters of weight, got 4"),
        (
            "conv_transpose2d",
            {"weight": ONES((6, 2, 3, 3))},
            r"weight must be of shape .* with c_in = 4, .* of input, got shape \(6, 2, 3, 3\)",
        ),
        ("conv_transpose2d", {"groups": 3}, "a divisor of the 4 channels of input, got 3"),
        ("conv2d_input", {"weight": ONES((6, 4, 3, 3))}, "c_in / groups = 4 / 2 = 2"),
        ("conv2d_input", {"input_size": (2, 3, 5, 6)}, "a divisor of the 3 channels of input"),
        ("conv2d_weight", {"weight_size": (6, 4, 3, 3)}, "c_in / groups = 4 / 2 = 2"),
        ("conv2d_weight", {"groups": 4}, "a divisor of the 6 filters of weight, got 4"),
    ],
)
def test_channels_and_groups(name, changes, match):
    assert_refused(name, changes, ValueError, match)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("shape", [(), (5,), (6, 1), (0,)])
def test_shape_of_bias(name, shape):
    match = f"bias must be of shape \\(c_out,\\) = \\(6,\\), got shape {re.escape(str(shape))}"
    assert_refused(name, {"bias": ONES(shape)}, ValueError, match)


@pytest.mark.parametrize("name", LAYERS)
def test_bias_is_an_array(name):
    assert_refused(name, {"bias": "b"}, TypeError, "bias must be an array of numbers")
    assert_refused(name, {"bias": ONES(6, bool)}, TypeError, "bias must hold numbers")


@pytest.mark.parametrize("name", ["conv2d", "conv2d_input", "conv2d_weight"])
@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"dilation": (2, 3)}, r"padded input, \(5, 6\), .* \(3, 3\), which spans \(5, 7\) with d"),
        ({"padding": (0, 1), "dilation": 3}, r"padded input, \(5, 8\), .* spans \(7, 7\) with d"),
    ],
)
def test_kernel_larger_than_the_padded_input(name, changes, match):
    assert_refused(name, changes, ValueError, f"^weight must be no larger than the {match}")


def test_kernel_larger_than_the_input():
    match = r"^weight must be no larger than the padded input, \(5, 6\), got a kernel of \(6, 1\)$"
    assert_refused("conv2d", {"weight": ONES((6, 2, 6, 1))}, ValueError, match)


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize("shape", [(2, 6, 4, 3), (1, 6, 3, 4), (2, 5, 3, 4), (2, 6, 3, 0)])
def test_shape_of_grad_output(name, shape):
    match = f"of the output's shape, \\(2, 6, 3, 4\\), got shape {re.escape(str(shape))}"
    if 0 in shape:
        match = "no empty axis but n"
    changes = {"grad_output": ONES(shape)}
    assert_refused(name, changes, ValueError, f"^grad_output must be .*{match}")


@pytest.mark.parametrize("name", GRADIENTS)
def test_rank_of_grad_output(name):
    match = r"^grad_output must be an array of four axes \(n, c_out, h_out, w_out\), got"
    assert_refused(name, {"grad_output": ONES((6, 3, 4))}, ValueError, match)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (5, TypeError),
        ("2456", TypeError),
        (None, TypeError),
        ((2, 4, 5), ValueError),
        ((2, 4, 5, 6, 7), ValueError),
        ((2, 4, 5.0, 6), TypeError),
        ((2, 4, True, 6), TypeError),
        ((2, 4, 0, 6), ValueError),
        ((-1, 4, 5, 6), ValueError),
    ],
)
@pytest.mark.parametrize(
    ("name", "argument"), [("conv2d_input", "input_size"), ("conv2d_weight", "weight_size")]
)
def test_sizes_of_gradients(name, argument, value, error):
    legal = f"^{argument} must be four ints .*, got {re.escape(repr(value))}$"
    assert_refused(name, {argument: value}, error, legal)


def test_a_weight_has_no_empty_axis():
    match = r"weight_size must be four ints .* got \(0, 2, 3, 3\)"
    assert_refused("conv2d_weight", {"weight_size": (0, 2, 3, 3)}, ValueError, match)


# Settings.


@pytest.mark.parametrize("name", LAYERS + GRADIENTS)
@pytest.mark.parametrize("argument", ["stride", "dilation"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        (0, ValueError),
        (-1, ValueError),
        ((1, 0), ValueError),
        ((1,), ValueError),
        ((1, 1, 1), ValueError),
        ((), ValueError),
        (1.0, TypeError),
        ((1, 1.5), TypeError),
        (True, TypeError),
        ((True, True), TypeError),
        ("1", TypeError),
        ("same", TypeError),
        (None, TypeError),
        (np.float64(1), TypeError),
        ({1}, TypeError),
    ],
)
def test_stride_and_dilation(name, argument, value, error):
    match = f"^{argument} must be a positive int or a pair of them, got {re.escape(repr(value))}$"
    assert_refused(name, {argument: value}, error, match)


@pytest.mark.parametrize("name", LAYERS + GRADIENTS)
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-2, ValueError), (1.0, TypeError), (True, TypeError), ((1, 1), TypeError)],
)
def test_groups(name, value, error):
    match = f"^groups must be a positive int, got {re.escape(repr(value))}$"
    assert_refused(name, {"groups": value}, error, match)


@pytest.mark.parametrize("name", LAYERS + GRADIENTS)
@pytest.mark.parametrize(
    ("value", "error"),
    [
        (-1, ValueError),
        ((0, -1), ValueError),
        ((1, 1, 1, 1), ValueError),
        (0.5, TypeError),
        (False, TypeError),
        (((1, 1), (1, 1)), TypeError),
        (None, TypeError),
    ],
)
def test_padding(name, value, error):
    match = f"^padding must be .*a non-negative int or a pair .*, got {re.escape(repr(value))}$"
    assert_refused(name, {"padding": value}, error, match)


def test_padding_strings():
    match = "^padding must be 'same', 'valid', a non-negative int or a pair of them, got 'full'$"
    assert_refused("conv2d", {"padding": "full"}, ValueError, match)
    match = r"^stride must be 1 where padding is 'same', got \(1, 2\)$"
    assert_refused("conv2d", {"padding": "same", "stride": (1, 2)}, ValueError, match)
    match = "^padding must be a non-negative int or a pair of them, got 'same'$"
    for name in ("conv_transpose2d", *GRADIENTS):
        assert_refused(name, {"padding": "same"}, TypeError, match)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"output_padding": 1}, ValueError, r"smaller than the stride, \(1, 1\), or the dilation"),
        (
            {"output_padding": (0, 2), "stride": 2, "dilation": (3, 1)},
            ValueError,
            r"smaller .* got \(0, 2\)",
        ),
        ({"output_padding": -1}, ValueError, "a non-negative int or a pair of them, got -1"),
        ({"output_padding": 1.0}, TypeError, "a non-negative int or a pair of them, got 1.0"),
        ({"output_padding": "same"}, TypeError, "a non-negative int or a pair of them"),
    ],
)
def test_output_padding(changes, error, match):
    assert_refused("conv_transpose2d", changes, error, f"^output_padding must be {match}")


def test_padding_that_leaves_no_output():
    match = r"^padding must be small enough .* full output, \(7, 8\), .* got \(0, 4\)$"
    assert_refused("conv_transpose2d", {"padding": (0, 4)}, ValueError, match)


def test_a_long_value_is_shortened():
    match = r"^stride must be a positive int or a pair of them, got \(1, 1, 1, .{60,75}\.\.\.$"
    assert_refused("conv2d", {"stride": (1,) * 100}, ValueError, match)
