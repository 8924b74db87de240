"""Gradients of layers: by hand, by finite differences, by autograd; three backends in step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from gradient_problems import AUTOGRAD, BUILDERS, STRATEGIES, answer
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Problem, as_tensor, one_torch_thread, seeded  # noqa: F401
from torch.nn import functional as F

from cnnlib import numpy_ops, reference, torch_ops

BACKENDS = (reference, numpy_ops, torch_ops)
EACH = pytest.mark.parametrize("backend", BACKENDS)
INF, NAN = np.inf, np.nan


def call(backend: Any, name: str, *arrays: Any, **settings: Any) -> np.ndarray:
    """Return what a backend makes of nested lists, as an array; None stays None."""
    given = [None if a is None else np.array(a) for a in arrays]
    if backend is torch_ops:
        given = [None if a is None else as_tensor(a) for a in given]
    return np.asarray(getattr(backend, name)(*given, **settings))


@pytest.mark.parametrize("name", BUILDERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_backends_agree_with_autograd_and_keep_what_they_are_given(name, data):
    problem = data.draw(STRATEGIES[name])
    before = {key: array.copy() for key, array in problem.arrays.items()}
    tensors = problem.tensors()
    expected = AUTOGRAD[name](**tensors, **problem.settings).numpy()
    found = [answer(backend, name, problem) for backend in (reference, numpy_ops)]
    found.append(getattr(torch_ops, name)(**tensors, **problem.settings).numpy())
    for result in found:
        assert result.shape == expected.shape
        assert result.dtype == expected.dtype == np.float64
        assert result.flags.writeable
        np.testing.assert_allclose(result, expected, rtol=1e-10, atol=1e-10)
        for key, array in problem.arrays.items():
            np.testing.assert_array_equal(array, before[key])
            np.testing.assert_array_equal(tensors[key].numpy(), before[key])
            assert not np.shares_memory(array, result)
            assert not np.shares_memory(tensors[key].numpy(), result)


@pytest.mark.parametrize("name", BUILDERS)
def test_five_hundred_problems_against_autograd(name):
    integer = seeded(np.random.default_rng([500, list(BUILDERS).index(name)]))
    over = []
    for number in range(500):
        problem = BUILDERS[name](integer)
        expected = AUTOGRAD[name](**problem.tensors(), **problem.settings).numpy()
        for backend in BACKENDS:
            difference = np.abs(answer(backend, name, problem) - expected).max(initial=0)
            if not difference <= 1e-10:
                over.append((number, backend.__name__, difference, problem))
    assert over == []


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("seed", range(5))
def test_float32_is_kept(name, seed):
    problem = BUILDERS[name](seeded(np.random.default_rng([32, seed])))
    arrays = {key: a if key == "target" else a.astype("f4") for key, a in problem.arrays.items()}
    single = Problem(arrays, problem.settings)
    expected = answer(reference, name, problem)
    for backend in BACKENDS:
        found = answer(backend, name, single)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def slopes(loss: Any, array: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Return d loss / d array by central differences."""
    result = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        change = np.zeros(array.shape)
        change[index] = step
        result[index] = (loss(array + change) - loss(array - change)) / (2 * step)
    return result


@pytest.mark.parametrize("backend", [reference, numpy_ops])
@pytest.mark.parametrize("seed", range(6))
def test_finite_differences(backend, seed):
    rng = np.random.default_rng([7, seed])
    x, grads, weight = rng.normal(size=(5, 3, 2)), rng.normal(size=(5, 3, 2)), rng.normal(size=3)
    x += np.sign(x) * 0.01  # away from the corner of relu

    def norm(x: np.ndarray, weight: np.ndarray) -> float:
        output = backend.batch_norm(x, np.zeros(3), np.ones(3), weight, training=True, eps=0.1)[0]
        return float((output * grads).sum())

    matrix, rows = rng.normal(size=(4, 2)), rng.normal(size=(5, 3, 4))
    target = rng.integers(0, 3, 5)
    found = [
        backend.relu_input(x, grads),
        backend.linear_input(matrix, rows),
        backend.linear_weight(x, rows),
        backend.batch_norm_input(x, weight, grads, eps=0.1),
        backend.batch_norm_weight(x, grads, eps=0.1),
        backend.cross_entropy_input(x[..., 0], target, 0.2),
    ]
    expected = [
        slopes(lambda x: (backend.relu(x) * grads).sum(), x),
        slopes(lambda x: (backend.linear(x, matrix) * rows).sum(), x),
        slopes(lambda w: (backend.linear(x, w) * rows).sum(), matrix),
        slopes(lambda x: norm(x, weight), x),
        slopes(lambda w: norm(x, w), weight),
        slopes(lambda x: backend.cross_entropy(x, target, 0.2), x[..., 0]),
    ]
    for result, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(result, wanted, atol=1e-8)


@EACH
def test_relu_by_hand(backend):
    values = [-INF, -1.0, -0.0, 0.0, 1e-300, 2.0, INF, NAN]
    found = call(backend, "relu_input", values, [7.0] * 8)
    assert found.tolist() == [0, 0, 0, 0, 7, 7, 7, 7]
    leaf = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    F.relu(leaf).backward(torch.full((8,), 7.0, dtype=torch.float64))
    assert leaf.grad.tolist() == found.tolist()
    assert call(backend, "relu_input", [-1.0, 1.0], [NAN, NAN])[0] == 0  # kept from what was 0


@EACH
def test_batch_norm_by_hand(backend):
    x = [[-1.0, 5], [0, 5], [1, 5]]  # variance 2/3 and 0; with eps 1 and 1/3
    grads = [[3.0, 1], [0, 0], [0, 2]]
    found = call(backend, "batch_norm_input", x, [2.0, 1], grads, eps=1 / 3)
    root = np.sqrt(3)
    expected = [[2, 0], [-2, -root], [0, root]]
    np.testing.assert_allclose(found, expected, atol=1e-14)
    found = call(backend, "batch_norm_weight", x, grads, eps=1 / 3)
    np.testing.assert_allclose(found, [-3, 0], atol=1e-14)


@EACH
def test_what_batch_norm_sends_back_has_no_mean_and_nothing_along_its_input(backend):
    rng = np.random.default_rng(4)
    x, grads = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 3))
    found = call(backend, "batch_norm_input", x, None, grads, eps=1e-12)
    np.testing.assert_allclose(found.sum((0, 2)), 0, atol=1e-12)
    np.testing.assert_allclose((found * x).sum((0, 2)), 0, atol=1e-10)


@EACH
def test_nan_reaches_its_own_channel_alone(backend):
    x = np.arange(12.0).reshape(2, 3, 2)
    x[0, 1, 0] = NAN
    found = call(backend, "batch_norm_input", x, None, np.ones((2, 3, 2)))
    assert np.isnan(found).all(axis=(0, 2)).tolist() == [False, True, False]
    assert not np.isnan(found[:, [0, 2]]).any()


@EACH
def test_cross_entropy_by_hand(backend):
    logits = np.log([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    found = call(backend, "cross_entropy_input", logits, [0, 1])
    np.testing.assert_allclose(2 * found, [[-0.3, 0.2, 0.1], [0.1, -0.9, 0.8]], atol=1e-15)
    found = call(backend, "cross_entropy_input", logits, [0, 1], label_smoothing=0.3)
    np.testing.assert_allclose(2 * found, [[-0.1, 0.1, 0], [0, -0.7, 0.7]], atol=1e-15)


@EACH
@pytest.mark.parametrize(
    ("logits", "expected"),
    [([1e4, -1e4, 0], [0, 0, 0]), ([-1e4, 1e4, 0], [-1, 1, 0]), ([0, -INF, 0], [-0.5, 0, 0.5]),
     ([-INF, 0, -INF], [-1, 1, 0]), ([INF, 0, 0], [NAN] * 3), ([0, NAN, 0], [NAN] * 3)],
)  # fmt: skip
def test_cross_entropy_of_huge_and_infinite_logits(backend, logits, expected):
    found = call(backend, "cross_entropy_input", [[float(x) for x in logits]], [0])
    np.testing.assert_array_equal(found, [expected])


@EACH
def test_empty_batches(backend):
    assert call(backend, "relu_input", np.ones((0, 2)), np.ones((0, 2))).shape == (0, 2)
    assert call(backend, "linear_input", np.ones((4, 3)), np.ones((0, 4))).shape == (0, 3)
    found = call(backend, "linear_weight", np.ones((0, 3)), np.ones((0, 4)))
    assert found.tolist() == [[0] * 3] * 4
    for shape in ((0, 2), (3, 2, 0)):
        found = call(backend, "batch_norm_input", np.ones(shape), None, np.ones(shape))
        assert found.shape == shape
        found = call(backend, "batch_norm_weight", np.ones(shape), np.ones(shape))
        assert found.tolist() == [0, 0]
    found = call(backend, "cross_entropy_input", np.ones((0, 3)), np.ones(0, int))
    assert found.shape == (0, 3)


def leaf(*shape: int) -> torch.Tensor:
    """Return a tensor of normal values that collects gradients."""
    rng = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=rng, dtype=torch.float64, requires_grad=True)


X, CLASSES = leaf(4, 3, 2), torch.tensor([0, 2, 1, 2])
SECOND = {
    "relu_input": (lambda g: torch_ops.relu_input(X.detach(), g), (leaf(4, 3, 2),)),
    "linear_input": (torch_ops.linear_input, (leaf(5, 3), leaf(2, 5))),
    "linear_weight": (torch_ops.linear_weight, (leaf(2, 3), leaf(2, 5))),
    "batch_norm_input": (torch_ops.batch_norm_input, (X, leaf(3), leaf(2, 4, 3).reshape(4, 3, 2))),
    "batch_norm_weight": (torch_ops.batch_norm_weight, (X, leaf(2, 4, 3).reshape(4, 3, 2))),
    "cross_entropy_input": (lambda x: torch_ops.cross_entropy_input(x, CLASSES), (leaf(4, 3),)),
}


@pytest.mark.parametrize("name", BUILDERS)
def test_gradients_of_gradients_flow(name):
    gradient, tensors = SECOND[name]
    assert torch.autograd.gradcheck(gradient, tensors)
    assert torch.autograd.gradgradcheck(gradient, tensors)


@pytest.mark.parametrize("name", BUILDERS)
def test_results_live_where_their_arguments_do(name):
    problem = BUILDERS[name](seeded(np.random.default_rng(12)))
    on_cpu = answer(torch_ops, name, problem)
    tensors = {key: tensor.to("meta") for key, tensor in problem.tensors().items()}
    found = getattr(torch_ops, name)(**tensors, **problem.settings)
    assert (found.device.type, tuple(found.shape)) == ("meta", on_cpu.shape)
    assert found.dtype == torch.float64


@pytest.mark.gpu
@pytest.mark.parametrize("name", BUILDERS)
def test_cuda_gives_what_reference_gives(name):
    for seed in range(25):
        problem = BUILDERS[name](seeded(np.random.default_rng([25, seed])))
        tensors = {key: tensor.cuda() for key, tensor in problem.tensors().items()}
        found = getattr(torch_ops, name)(**tensors, **problem.settings)
        assert found.device.type == "cuda"
        expected = answer(reference, name, problem)
        np.testing.assert_allclose(found.cpu().numpy(), expected, rtol=0, atol=1e-10)
