"""Gradients of pooling: ties and NaN by hand, finite differences, the adjoint, second order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from pool_problems import BUILDERS, STRATEGIES, torch_max_gradient
from strategies import as_tensor, one_torch_thread, seeded  # noqa: F401

from cnnlib import numpy_ops, reference, torch_ops

INF, NAN = np.inf, np.nan
ARRAYS = pytest.mark.parametrize("backend", [reference, numpy_ops])


@pytest.mark.parametrize("backend", [reference, numpy_ops, torch_ops])
@pytest.mark.parametrize(
    ("window", "winner"),
    [
        ([1, 3, 3, 2], 1),
        ([3, 3, 3, 3], 0),
        ([0, 1, 1, 2], 3),
        ([-0.0, 0.0, -0.0, 0.0], 0),
        ([-INF, -INF, -INF, -INF], 0),
        ([-INF, 5, INF, INF], 2),
        ([5, NAN, 3, 2], 1),
        ([NAN, 1, NAN, 2], 2),
        ([NAN, NAN, NAN, NAN], 3),
        ([INF, NAN, INF, INF], 1),
    ],
)
def test_who_gets_the_gradient_of_a_maximum(backend, window, winner):
    image, grads = np.array(window, float).reshape(1, 1, 2, 2), np.array([[[[7.0]]]])
    given = (as_tensor(image), as_tensor(grads)) if backend is torch_ops else (image, grads)
    expected = [7.0 * (place == winner) for place in range(4)]
    assert np.asarray(backend.max_pool2d_input(*given, 2)).ravel().tolist() == expected
    theirs = torch_max_gradient(as_tensor(image), as_tensor(grads), kernel_size=2)
    assert theirs.ravel().tolist() == expected


@pytest.mark.parametrize("backend", [reference, numpy_ops, torch_ops])
def test_a_value_that_wins_twice_gets_both(backend):
    take = as_tensor if backend is torch_ops else np.asarray
    image, grads = take(np.array([[[[1.0, 9, 1]]]])), take(np.array([[[[10.0, 100]]]]))
    settings = {"kernel_size": (1, 2), "stride": 1}
    assert np.asarray(backend.max_pool2d_input(image, grads, **settings)).tolist() == [
        [[[0, 110, 0]]]
    ]
    found = backend.avg_pool2d_input((1, 1, 1, 3), grads, **settings)
    assert np.asarray(found).tolist() == [[[[5, 55, 50]]]]


@pytest.mark.parametrize("backend", [reference, numpy_ops, torch_ops])
def test_the_share_that_falls_on_padding_is_lost(backend):
    grads = np.array([[[[12.0, 60]]]])
    given = as_tensor(grads) if backend is torch_ops else grads
    settings = {"kernel_size": (1, 3), "stride": 2, "padding": (0, 1)}
    found = backend.avg_pool2d_input((1, 1, 1, 3), given, **settings)
    assert np.asarray(found).tolist() == [[[[4, 24, 20]]]]
    found = backend.avg_pool2d_input((1, 1, 1, 3), given, **settings, count_include_pad=False)
    assert np.asarray(found).tolist() == [[[[6, 36, 30]]]]


def slopes(loss, array: np.ndarray, step: float) -> np.ndarray:
    """Return d loss / d array by central differences."""
    result = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        change = np.zeros(array.shape)
        change[index] = step
        result[index] = (loss(array + change) - loss(array - change)) / (2 * step)
    return result


@ARRAYS
@pytest.mark.parametrize("seed", range(12))
def test_finite_differences(backend, seed):
    rng = np.random.default_rng([3, seed])
    problem = BUILDERS["max_pool2d_input"](seeded(rng))
    shape = 1, *problem.arrays["input"].shape[1:]
    input = rng.permutation(np.prod(shape)).reshape(shape)  # no two are within a step of each other
    grads = rng.normal(size=(1, *problem.arrays["grad_output"].shape[1:]))

    def loss(array: np.ndarray) -> float:
        return float((backend.max_pool2d(array, **problem.settings) * grads).sum())

    found = backend.max_pool2d_input(input, grads, **problem.settings)
    np.testing.assert_allclose(found, slopes(loss, input, 0.25), atol=1e-11)


@ARRAYS
@settings(max_examples=60, deadline=None)
@given(problem=STRATEGIES["avg_pool2d"])
def test_the_gradient_of_a_mean_is_its_adjoint(backend, problem):
    """<avg_pool2d(x), g> = <x, avg_pool2d_input(g)> for every x and g: the mean is linear."""
    input = problem.arrays["input"]
    output = backend.avg_pool2d(input, **problem.settings)
    grads = np.random.default_rng(output.size).normal(size=output.shape)
    back = backend.avg_pool2d_input(input.shape, grads, **problem.settings)
    np.testing.assert_allclose((back * input).sum(), (output * grads).sum(), atol=1e-11)


def leaf(*shape: int) -> torch.Tensor:
    """Return a tensor of values, no two of them equal, that collects gradients."""
    values = np.random.default_rng(shape).permutation(np.prod(shape)).reshape(shape) / 8 + 0.5
    return torch.tensor(values, requires_grad=True)


INPUT, GRADS = leaf(1, 2, 5, 4), leaf(1, 2, 3, 3)
SETTINGS = {"kernel_size": (2, 3), "stride": 2, "padding": (0, 1), "ceil_mode": True}
CALLS = {
    "max_pool2d": (lambda x: torch_ops.max_pool2d(x, **SETTINGS), (INPUT,)),
    "wide": (lambda x: torch_ops.max_pool2d(x, 2, 4, 0, 5, True), (leaf(1, 2, 3, 3),)),
    "avg_pool2d": (lambda x: torch_ops.avg_pool2d(x, **SETTINGS), (INPUT,)),
    "lp_pool2d": (lambda x: torch_ops.lp_pool2d(x, 2, 2), (INPUT,)),
    "gaussian_pool2d": (lambda x: torch_ops.gaussian_pool2d(x, 3, 1.5, 1), (INPUT,)),
    "blur_pool2d": (torch_ops.blur_pool2d, (INPUT,)),
    "adaptive_avg_pool2d": (lambda x: torch_ops.adaptive_avg_pool2d(x, 3), (INPUT,)),
    "global_avg_pool2d": (torch_ops.global_avg_pool2d, (INPUT,)),
    "global_max_pool2d": (torch_ops.global_max_pool2d, (INPUT,)),
    "max_pool2d_input": (
        lambda g: torch_ops.max_pool2d_input(INPUT.detach(), g, **SETTINGS),
        (GRADS,),
    ),
    "avg_pool2d_input": (
        lambda g: torch_ops.avg_pool2d_input((1, 2, 5, 4), g, **SETTINGS),
        (GRADS,),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_gradients_flow(name):
    call, tensors = CALLS[name]
    assert torch.autograd.gradcheck(call, tensors)
    assert torch.autograd.gradgradcheck(call, tensors)


def test_every_operation_has_its_gradient_tested():
    assert set(CALLS) == {*BUILDERS, "wide"}


def test_the_first_of_equal_values_gets_all_in_a_global_maximum():
    image = torch.tensor([[[[1.0, 4.0], [4.0, 4.0]]]], requires_grad=True)
    torch_ops.global_max_pool2d(image).sum().backward()
    assert image.grad.tolist() == [[[[0, 1], [0, 0]]]]


def test_the_gradient_of_the_input_needs_none_of_its_own():
    found = torch_ops.max_pool2d_input(INPUT.detach(), GRADS.detach(), **SETTINGS)
    assert not found.requires_grad
    found = torch_ops.max_pool2d_input(INPUT, GRADS, **SETTINGS)
    assert found.grad_fn is not None
