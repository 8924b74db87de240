"""The layers around a convolution: three backends against each other and against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_problems import BUILDERS, STRATEGIES
from strategies import Problem, as_tensor, one_torch_thread, seeded  # noqa: F401
from torch.nn import functional as F

from cnnlib import numpy_ops, reference, torch_ops

BAR = 1e-10


def parts(result: Any) -> list[np.ndarray]:
    """Return an operation's answer, or its three, as arrays."""
    several = result if isinstance(result, tuple) else (result,)
    return [np.asarray(part) for part in several]


@pytest.mark.parametrize("name", BUILDERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_backends_agree(name, data):
    problem = data.draw(STRATEGIES[name])
    before = {key: array.copy() for key, array in problem.arrays.items()}
    expected = parts(getattr(reference, name)(**problem.arrays, **problem.settings))
    fast = parts(getattr(numpy_ops, name)(**problem.arrays, **problem.settings))
    tensors = problem.tensors()
    found = parts(getattr(torch_ops, name)(**tensors, **problem.settings))
    for result in (fast, found):
        for part, wanted in zip(result, expected, strict=True):
            assert part.shape == wanted.shape
            assert part.dtype == wanted.dtype == np.float64
            np.testing.assert_allclose(part, wanted, rtol=1e-12, atol=BAR)
    for key, array in problem.arrays.items():
        np.testing.assert_array_equal(array, before[key])
        np.testing.assert_array_equal(tensors[key].numpy(), before[key])
        assert not any(np.shares_memory(array, part) for part in expected + fast)
        assert not any(np.shares_memory(tensors[key].numpy(), part) for part in found)


def torch_batch_norm(**call: Any) -> tuple[torch.Tensor, ...]:
    """Return what torch gives, and what it makes of copies of the running averages."""
    call["running_mean"], call["running_var"] = (
        call[name].clone() for name in ("running_mean", "running_var")
    )
    return F.batch_norm(**call), call["running_mean"], call["running_var"]


def lists_as_tuples(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of torch's that also takes a size given as a list."""
    return lambda **given: call(
        **{key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}
    )


TORCH: dict[str, Callable[..., Any]] = {
    "relu": F.relu,
    "sigmoid": F.sigmoid,
    "softmax": F.softmax,
    "log_softmax": F.log_softmax,
    "cross_entropy": lambda input, target, label_smoothing: F.cross_entropy(
        input, target.long(), label_smoothing=label_smoothing
    ),
    "linear": F.linear,
    "flatten": torch.nn.Flatten(),
    "batch_norm": torch_batch_norm,
    "im2col": lists_as_tuples(F.unfold),
    "col2im": lists_as_tuples(lambda columns, **call: F.fold(columns, **call)),
}


@pytest.mark.parametrize("name", BUILDERS)
def test_five_hundred_problems_against_torch(name):
    integer = seeded(np.random.default_rng([500, list(BUILDERS).index(name)]))
    call = TORCH[name]
    over = []
    for number in range(500):
        problem = BUILDERS[name](integer)
        expected = parts(call(**problem.tensors(), **problem.settings))
        for backend in (reference, numpy_ops, torch_ops):
            arrays = problem.tensors() if backend is torch_ops else problem.arrays
            found = parts(getattr(backend, name)(**arrays, **problem.settings))
            for part, wanted in zip(found, expected, strict=True):
                assert part.shape == wanted.shape
                assert part.dtype == np.float64
                difference = np.abs(part - wanted).max(initial=0)
                if not difference <= BAR:
                    over.append((number, backend.__name__, difference, problem))
    assert over == []


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("seed", range(5))
def test_float32_is_kept(name, seed):
    problem = BUILDERS[name](seeded(np.random.default_rng([32, seed])))
    arrays = {
        key: array if key == "target" else array.astype("float32")
        for key, array in problem.arrays.items()
    }
    problem = Problem(arrays, problem.settings)
    expected = parts(getattr(reference, name)(**problem.arrays, **problem.settings))
    fast = parts(getattr(numpy_ops, name)(**problem.arrays, **problem.settings))
    found = parts(getattr(torch_ops, name)(**problem.tensors(), **problem.settings))
    for result in (expected, fast, found):
        for part, wanted in zip(result, expected, strict=True):
            assert part.dtype == np.float32
            np.testing.assert_allclose(part, wanted, rtol=1e-4, atol=1e-4)


WIDENED = {
    "relu": ((2, 3),),
    "sigmoid": ((2, 3),),
    "flatten": ((2, 3),),
    "linear": ((2, 3), (4, 3)),
    "batch_norm": ((2, 3), (3,), (3,)),
}


@pytest.mark.parametrize("name", WIDENED)
@pytest.mark.parametrize(
    ("first", "others", "expected"),
    [("float32", "float64", "float64"), ("float64", "float32", "float64"),
     ("uint8", "float32", "float64"), ("float32", "float32", "float32")],
)  # fmt: skip
def test_the_widest_type_wins_and_integers_count_as_float64(name, first, others, expected):
    shape, *rest = WIDENED[name]
    if not rest and first != "uint8":
        expected = first
    arrays = [np.ones(shape, first), *(np.ones(other, others) for other in rest)]
    for backend in (reference, numpy_ops, torch_ops):
        given = [as_tensor(a) for a in arrays] if backend is torch_ops else arrays
        for part in parts(getattr(backend, name)(*given)):
            assert part.dtype.name == expected


def leaf(*shape: int) -> torch.Tensor:
    """Return a tensor of normal values that collects gradients."""
    rng = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=rng, dtype=torch.float64, requires_grad=True)


CLASSES = torch.tensor([0, 2, 1, 2])
MEAN, VARIANCE = torch.tensor([0.5, -1.0, 0.0]), torch.tensor([1.0, 2.0, 0.5])
GRADIENTS = {
    "relu": (torch_ops.relu, (leaf(3, 4),)),
    "sigmoid": (torch_ops.sigmoid, (leaf(3, 4),)),
    "softmax": (lambda x: torch_ops.softmax(x, 1), (leaf(3, 4),)),
    "log_softmax": (lambda x: torch_ops.log_softmax(x, 0), (leaf(3, 4),)),
    "cross_entropy": (lambda x: torch_ops.cross_entropy(x, CLASSES), (leaf(4, 3),)),
    "smoothed": (lambda x: torch_ops.cross_entropy(x, CLASSES, 0.1), (leaf(4, 3),)),
    "linear": (torch_ops.linear, (leaf(2, 3), leaf(4, 3), leaf(4))),
    "flatten": (torch_ops.flatten, (leaf(2, 2, 3),)),
    "batch_norm": (
        lambda x, w, b: torch_ops.batch_norm(x, MEAN, VARIANCE, w, b, training=True)[0],
        (leaf(4, 3, 2), leaf(3), leaf(3)),
    ),
    "evaluation": (
        lambda x, w, b: torch_ops.batch_norm(x, MEAN, VARIANCE, w, b)[0],
        (leaf(4, 3, 2), leaf(3), leaf(3)),
    ),
    "im2col": (lambda x: torch_ops.im2col(x, 2, stride=(1, 2), padding=1), (leaf(1, 2, 4, 3),)),
    "col2im": (lambda x: torch_ops.col2im(x, (3, 4), 2), (leaf(1, 4, 6),)),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_flow(name):
    call, tensors = GRADIENTS[name]
    assert torch.autograd.gradcheck(call, tensors)
    assert torch.autograd.gradgradcheck(call, tensors)


def test_every_operation_has_its_gradient_tested():
    assert set(GRADIENTS) == {*BUILDERS, "smoothed", "evaluation"}


@pytest.mark.parametrize("name", BUILDERS)
def test_results_live_where_their_arguments_do(name):
    problem = BUILDERS[name](seeded(np.random.default_rng(12)))
    on_cpu = getattr(torch_ops, name)(**problem.tensors(), **problem.settings)
    tensors = {key: tensor.to("meta") for key, tensor in problem.tensors().items()}
    result = getattr(torch_ops, name)(**tensors, **problem.settings)
    pairs = zip(result, on_cpu, strict=True) if name == "batch_norm" else [(result, on_cpu)]
    for found, expected in pairs:
        assert found.device.type == "meta"
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)


def test_batch_norm_keeps_what_it_is_given():
    mean, variance = torch.zeros(1), torch.ones(1)
    _, new_mean, new_var = torch_ops.batch_norm(torch.tensor([[1.0], [3.0]]), mean, variance)
    assert new_mean is not mean
    assert new_var is not variance
    torch_ops.batch_norm(torch.tensor([[1.0], [3.0]]), mean, variance, training=True)
    assert (mean.item(), variance.item()) == (0, 1)


@pytest.mark.gpu
@pytest.mark.parametrize("name", BUILDERS)
def test_cuda_gives_what_reference_gives(name):
    for seed in range(25):
        problem = BUILDERS[name](seeded(np.random.default_rng([25, seed])))
        expected = getattr(reference, name)(**problem.arrays, **problem.settings)
        tensors = {key: tensor.cuda() for key, tensor in problem.tensors().items()}
        found = getattr(torch_ops, name)(**tensors, **problem.settings)
        pairs = zip(found, expected, strict=True) if name == "batch_norm" else [(found, expected)]
        for result, wanted in pairs:
            assert result.device.type == "cuda"
            np.testing.assert_allclose(result.cpu().numpy(), wanted, rtol=0, atol=BAR)


@pytest.mark.gpu
def test_a_class_that_does_not_exist_leaves_cuda_alive():
    logits = torch.ones(2, 3, device="cuda")
    with pytest.raises(ValueError, match=r"^target must be the number of a class, .* got 3$"):
        torch_ops.cross_entropy(logits, torch.tensor([0, 3], device="cuda"))
    assert logits.sum().item() == 6
