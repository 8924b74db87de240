"""Bad input to the gradients of layers is refused alike by the three backends."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bad_calls import CLASSES, GOOD_GRADIENTS, ONES, refused_alike

from cnnlib import numpy_ops, reference, torch_ops

outcome, assert_refused = refused_alike(GOOD_GRADIENTS)
NORMS = ["batch_norm_input", "batch_norm_weight"]


@pytest.mark.parametrize("name", GOOD_GRADIENTS)
def test_the_good_calls_are_good(name):
    for backend in (reference, numpy_ops, torch_ops):
        assert not isinstance(outcome(backend, name, {}), Exception)


@pytest.mark.parametrize("name", GOOD_GRADIENTS)
@pytest.mark.parametrize(
    ("value", "got"),
    [("abc", "str: 'abc'"), (3.5, "float: 3.5"), (True, "bool: True"), ({1}, r"set: \{1\}")],
)
def test_no_array(name, value, got):
    for argument in GOOD_GRADIENTS[name]:
        match = f"^{argument} must be an array of numbers .*, got {got}$"
        assert_refused(name, {argument: value}, TypeError, match)


@pytest.mark.parametrize("name", GOOD_GRADIENTS)
@pytest.mark.parametrize("dtype", ["bool", "float16", "complex128"])
def test_types_not_computed_with(name, dtype):
    for argument, good in GOOD_GRADIENTS[name].items():
        legal = "numbers of type float32, float64 or integers"
        if argument == "target":
            legal = "integers, the classes' numbers"
        match = f"^{argument} must hold {legal}, got type {dtype}$"
        assert_refused(name, {argument: good.astype(dtype)}, TypeError, match)


@pytest.mark.parametrize("name", GOOD_GRADIENTS)
def test_what_may_be_none_and_what_not(name):
    for argument in GOOD_GRADIENTS[name]:
        if (name, argument) == ("batch_norm_input", "weight"):
            for backend in (reference, numpy_ops, torch_ops):
                assert not isinstance(outcome(backend, name, {argument: None}), Exception)
        else:
            match = f"^{argument} must be an array of numbers .* got NoneType: None$"
            assert_refused(name, {argument: None}, TypeError, match)


@pytest.mark.parametrize(
    ("name", "changes", "match"),
    [
        (
            "relu_input",
            {"grad_output": ONES((3, 2))},
            r"grad_output must be of input's shape, \(2, 3\), got shape \(3, 2\)",
        ),
        ("relu_input", {"input": ONES(())}, r"grad_output must be of input's shape, \(\), got .*"),
        ("linear_input", {"weight": ONES(5)}, r"weight must be .* two axes .*, got shape \(5,\)"),
        ("linear_input", {"weight": ONES((5, 0))}, r"weight must be .*, neither empty, got .*"),
        (
            "linear_input",
            {"grad_output": ONES((2, 3))},
            r"grad_output must be .* out_features = 5, the rows of weight, got shape \(2, 3\)",
        ),
        ("linear_input", {"grad_output": ONES(())}, r"grad_output must be .*, got shape \(\)"),
        ("linear_weight", {"input": ONES(())}, r"input must be .* at least one axis .* \(\)"),
        ("linear_weight", {"input": ONES((2, 0))}, r"input must be .* the last not empty, got .*"),
        (
            "linear_weight",
            {"grad_output": ONES((3, 5))},
            r"grad_output must be of shape \(2, out_features\), .* got shape \(3, 5\)",
        ),
        ("linear_weight", {"grad_output": ONES((2, 0))}, r"grad_output .* got shape \(2, 0\)"),
        ("linear_weight", {"grad_output": ONES(2)}, r"grad_output must be .* got shape \(2,\)"),
        ("linear_weight", {"grad_output": ONES(())}, r"grad_output must be .* got shape \(\)"),
        (
            "batch_norm_input",
            {"weight": ONES((3, 1))},
            r"weight must be of shape \(c,\) = \(3,\), .* got shape \(3, 1\)",
        ),
    ],
)
def test_shapes(name, changes, match):
    assert_refused(name, changes, ValueError, f"^{match}$")


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize("shape", [(), (4,), (4, 3), (4, 3, 3), (2, 4, 3)])
def test_a_gradient_for_each_value(name, shape):
    match = r"grad_output must be of input's shape, \(4, 3, 2\), got shape "
    changes = {"grad_output": ONES(shape)}
    assert_refused(name, changes, ValueError, f"^{match}{re.escape(str(shape))}$")


@pytest.mark.parametrize("name", NORMS)
def test_batches_that_cannot_be_normalized(name):
    for shape, legal in (
        ((3,), "at least two axes"),
        ((4, 0), "c not empty"),
        ((1, 3, 1), "more than one value a channel in training"),
    ):
        changes = {"input": ONES(shape), "grad_output": ONES(shape)}
        match = f"^input must be an array .*{legal}.*, got shape {re.escape(str(shape))}$"
        assert_refused(name, changes, ValueError, match)


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-1e-5, ValueError), (float("nan"), ValueError), ("1e-5", TypeError),
     (None, TypeError), (True, TypeError)],
)  # fmt: skip
def test_eps(name, value, error):
    match = f"^eps must be a positive number, got {re.escape(repr(value))}$"
    assert_refused(name, {"eps": value}, error, match)


@pytest.mark.parametrize("value", [-1, 3, -100])
@pytest.mark.parametrize("place", [0, 3])
def test_classes_that_do_not_exist(value, place):
    target = CLASSES.copy()
    target[place] = value
    match = f"^target must be the number of a class, from 0 to 2, in every row, got {value}$"
    assert_refused("cross_entropy_input", {"target": target}, ValueError, match)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"input": ONES((4, 0))}, ValueError, r"input must be .*, c not empty, got shape \(4, 0\)"),
        ({"input": ONES(4)}, ValueError, r"input must be an array of two axes .* \(4,\)"),
        ({"target": np.zeros(3, int)}, ValueError, r"target must be of shape .* \(3,\)"),
        ({"label_smoothing": 1.5}, ValueError, r"label_smoothing must be .* to 1, got 1\.5"),
        ({"label_smoothing": "0"}, TypeError, r"label_smoothing must be .* to 1, got '0'"),
    ],
)
def test_calls_of_cross_entropy_input(changes, error, match):
    assert_refused("cross_entropy_input", changes, error, f"^{match}$")
