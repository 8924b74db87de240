"""Bad input to the layers around a convolution is refused alike by the three backends."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from bad_calls import CLASSES, GOOD_LAYERS, ONES, refused_alike

from cnnlib import numpy_ops, reference, torch_ops

outcome, assert_refused = refused_alike(GOOD_LAYERS)
SOFT = ["softmax", "log_softmax"]


@pytest.mark.parametrize("name", GOOD_LAYERS)
def test_the_good_calls_are_good(name):
    for backend in (reference, numpy_ops, torch_ops):
        assert not isinstance(outcome(backend, name, {}), Exception)


@pytest.mark.parametrize("name", GOOD_LAYERS)
@pytest.mark.parametrize(
    ("value", "got"),
    [("abc", "str: 'abc'"), (3.5, "float: 3.5"), (True, "bool: True"), ({1}, r"set: \{1\}")],
)
def test_no_array(name, value, got):
    for argument, good in GOOD_LAYERS[name].items():
        if isinstance(good, np.ndarray):
            match = f"^{argument} must be an array of numbers .*, got {got}$"
            assert_refused(name, {argument: value}, TypeError, match)


@pytest.mark.parametrize("name", GOOD_LAYERS)
@pytest.mark.parametrize("dtype", ["bool", "float16", "complex128"])
def test_types_not_computed_with(name, dtype):
    for argument, good in GOOD_LAYERS[name].items():
        if isinstance(good, np.ndarray):
            legal = "numbers of type float32, float64 or integers"
            if argument == "target":
                legal = "integers, the classes' numbers"
            match = f"^{argument} must hold {legal}, got type {dtype}$"
            assert_refused(name, {argument: good.astype(dtype)}, TypeError, match)


@pytest.mark.parametrize("name", ["linear", "batch_norm"])
def test_what_may_be_none_and_what_not(name):
    optional = {"linear": ["bias"], "batch_norm": ["weight", "bias"]}[name]
    for backend in (reference, numpy_ops, torch_ops):
        changes = dict.fromkeys(optional)
        assert not isinstance(outcome(backend, name, changes), Exception)
    if name == "linear":
        assert_refused(name, {"weight": None}, TypeError, "^weight must be an array of numbers")
    else:
        for argument in ("input", "running_mean", "running_var"):
            match = f"^{argument} must be an array of numbers .* got NoneType: None$"
            assert_refused(name, {argument: None}, TypeError, match)


# Logits.


@pytest.mark.parametrize("name", SOFT)
@pytest.mark.parametrize(
    ("dim", "error"),
    [(2, ValueError), (-3, ValueError), (1.0, TypeError), (None, TypeError), (True, TypeError),
     ((0, 1), TypeError)],
)  # fmt: skip
def test_dim(name, dim, error):
    match = f"^dim must be an int from -2 to 1, got {re.escape(repr(dim))}$"
    assert_refused(name, {"dim": dim}, error, match)


@pytest.mark.parametrize("name", SOFT)
def test_a_number_alone_has_no_axis(name):
    match = r"^input must be an array of at least one axis, got shape \(\)$"
    assert_refused(name, {"input": ONES(()), "dim": 0}, ValueError, match)


@pytest.mark.parametrize("shape", [(3,), (4, 3, 1), (4, 0), ()])
def test_logits_have_two_axes(shape):
    match = f"input must be an array of two axes .*, c not empty, got shape {re.escape(str(shape))}"
    assert_refused("cross_entropy", {"input": ONES(shape)}, ValueError, f"^{match}$")


@pytest.mark.parametrize("shape", [(), (3,), (5,), (4, 1), (4, 3)])
def test_a_class_for_each_row(shape):
    match = r"^target must be of shape \(n,\) = \(4,\), .*, got shape " + re.escape(str(shape))
    assert_refused("cross_entropy", {"target": np.zeros(shape, int)}, ValueError, match)


@pytest.mark.parametrize("value", [-1, 3, -100, 255])
@pytest.mark.parametrize("place", [0, 3])
def test_classes_that_do_not_exist(value, place):
    target = CLASSES.copy()
    target[place] = value
    match = f"^target must be the number of a class, from 0 to 2, in every row, got {value}$"
    assert_refused("cross_entropy", {"target": target}, ValueError, match)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8"])
def test_integers_of_any_width_are_classes(dtype):
    for backend in (reference, numpy_ops, torch_ops):
        loss = outcome(backend, "cross_entropy", {"target": CLASSES.astype(dtype)})
        assert float(loss) == pytest.approx(np.log(3))


def test_targets_on_other_devices_and_sparse_ones():
    logits, classes = torch.ones(2, 3), torch.zeros(2, dtype=torch.long)
    with pytest.raises(ValueError, match="^target must be on the device of input, cpu, got .*meta"):
        torch_ops.cross_entropy(logits, classes.to("meta"))
    with pytest.raises(ValueError, match="^target must be a dense tensor, got torch.sparse_coo$"):
        torch_ops.cross_entropy(logits, classes.to_sparse())


@pytest.mark.parametrize("backend", [reference, numpy_ops])
def test_a_list_of_classes_and_one_of_others(backend):
    assert backend.cross_entropy([[0, 0]], (1,)) == pytest.approx(np.log(2))
    with pytest.raises(TypeError, match="^target must hold integers, .* got type float64$"):
        backend.cross_entropy([[0, 0]], [1.0])
    with pytest.raises(TypeError, match="^target must hold integers, .* got type str32$"):
        backend.cross_entropy([[0, 0]], ["1"])


FRACTIONS = [
    (-0.1, ValueError),
    (1.5, ValueError),
    (float("nan"), ValueError),
    (float("inf"), ValueError),
    ("0.1", TypeError),
    (None, TypeError),
    (True, TypeError),
    (0.1j, TypeError),
]


@pytest.mark.parametrize(
    ("name", "argument"), [("cross_entropy", "label_smoothing"), ("batch_norm", "momentum")]
)
@pytest.mark.parametrize(("value", "error"), FRACTIONS)
def test_fractions(name, argument, value, error):
    match = f"^{argument} must be a number from 0 to 1, got {re.escape(repr(value))}$"
    assert_refused(name, {argument: value}, error, match)


@pytest.mark.parametrize("value", [0, 1, np.float32(0.5), np.int64(1)])
def test_numbers_of_any_kind_are_fractions(value):
    for backend in (reference, numpy_ops, torch_ops):
        loss = outcome(backend, "cross_entropy", {"label_smoothing": value})
        assert float(loss) == pytest.approx(np.log(3))


# Fully connected.


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"input": ONES(())}, r"input must be an array of at least one axis .*, got shape \(\)"),
        ({"input": ONES((2, 4))}, r"weight must be .* in_features = 4, the last .* shape \(5, 3\)"),
        ({"input": ONES((2, 0))}, r"weight must be .* in_features = 0, the last .* shape \(5, 3\)"),
        ({"weight": ONES(3)}, r"weight must be an array of two axes .*, got shape \(3,\)"),
        ({"weight": ONES((0, 3))}, r"weight must be .*, neither empty, got shape \(0, 3\)"),
        ({"weight": ONES((5, 0))}, r"weight must be .*, neither empty, got shape \(5, 0\)"),
        ({"weight": ONES((3, 5))}, r"weight must be .* in_features = 3, .* got shape \(3, 5\)"),
        ({"bias": ONES(3)}, r"bias must be of shape \(out_features,\) = \(5,\), got shape \(3,\)"),
        ({"bias": ONES((1, 5))}, r"bias must be of shape .* got shape \(1, 5\)"),
    ],
)
def test_shapes_of_a_fully_connected_layer(changes, match):
    assert_refused("linear", changes, ValueError, f"^{match}$")


@pytest.mark.parametrize("shape", [(), (3,)])
def test_what_is_too_flat_already(shape):
    match = f"input must be an array of at least two axes .*, got shape {re.escape(str(shape))}"
    assert_refused("flatten", {"input": ONES(shape)}, ValueError, f"^{match}$")


# Batch normalization.


@pytest.mark.parametrize("shape", [(), (3,), (4, 0), (4, 0, 2)])
def test_batches_without_channels(shape):
    match = f"input must be an array of at least two axes .*, got shape {re.escape(str(shape))}"
    assert_refused("batch_norm", {"input": ONES(shape)}, ValueError, f"^{match}$")


@pytest.mark.parametrize("argument", ["running_mean", "running_var", "weight", "bias"])
@pytest.mark.parametrize("shape", [(), (2,), (3, 1), (0,)])
def test_a_value_for_each_channel(argument, shape):
    match = f"{argument} must be of shape \\(c,\\) = \\(3,\\), .*, got shape "
    changes = {argument: ONES(shape)}
    assert_refused("batch_norm", changes, ValueError, f"^{match}{re.escape(str(shape))}$")


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1), (1, 3, 1, 1)])
def test_one_value_a_channel_is_too_few_in_training_as_torch_has_it(shape):
    tensors = torch.ones(shape), torch.ones(3), torch.ones(3)
    with pytest.raises(ValueError, match="Expected more than 1 value per channel when training"):
        torch.nn.functional.batch_norm(*tensors, training=True)
    match = f"input must be .* more than one value a channel .* shape {re.escape(str(shape))}"
    assert_refused("batch_norm", {"input": ONES(shape)}, ValueError, f"^{match}$")
    for backend in (reference, numpy_ops, torch_ops):
        changes = {"input": ONES(shape), "training": False}
        assert not isinstance(outcome(backend, "batch_norm", changes), Exception)


@pytest.mark.parametrize("value", [0, 1, None, "yes", np.bool_(True)])
def test_training_is_true_or_false(value):
    match = f"^training must be True or False, got {re.escape(repr(value))}$"
    assert_refused("batch_norm", {"training": value}, TypeError, match)


@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-1e-5, ValueError), (float("nan"), ValueError), (float("inf"), ValueError),
     ("1e-5", TypeError), (None, TypeError), (True, TypeError)],
)  # fmt: skip
def test_eps(value, error):
    match = f"^eps must be a positive number, got {re.escape(repr(value))}$"
    assert_refused("batch_norm", {"eps": value}, error, match)
