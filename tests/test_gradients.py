"""Gradients are right: against finite differences, the adjoint, and autograd to second order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from strategies import (
    Problem,
    conv2d_gradient_problems,
    conv2d_problem,
    conv_transpose2d_problem,
    one_torch_thread,  # noqa: F401
    seeded,
)

from cnnlib import numpy_ops, reference, torch_ops

BACKENDS = pytest.mark.parametrize("backend", [reference, numpy_ops])


def slopes(loss, array: np.ndarray) -> np.ndarray:
    """Return d loss / d array by central differences; exact but for rounding if loss is linear."""
    result = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        step = np.zeros(array.shape)
        step[index] = 0.5
        result[index] = loss(array + step) - loss(array - step)
    return result


@BACKENDS
@pytest.mark.parametrize("seed", range(12))
def test_finite_differences(backend, seed):
    rng = np.random.default_rng(seed)
    problem = conv2d_problem(seeded(rng), strings=False)
    input, weight = problem.arrays["input"][:1], problem.arrays["weight"]
    grad_output = rng.normal(size=backend.conv2d(input, weight, **problem.settings).shape)

    def loss(input: np.ndarray, weight: np.ndarray) -> float:
        return float((backend.conv2d(input, weight, **problem.settings) * grad_output).sum())

    np.testing.assert_allclose(
        backend.conv2d_input(input.shape, weight, grad_output, **problem.settings),
        slopes(lambda array: loss(array, weight), input),
        atol=1e-9,
    )
    np.testing.assert_allclose(
        backend.conv2d_weight(input, weight.shape, grad_output, **problem.settings),
        slopes(lambda array: loss(input, array), weight),
        atol=1e-9,
    )


@BACKENDS
@settings(max_examples=60, deadline=None)
@given(problem=conv2d_gradient_problems)
def test_each_gradient_is_the_adjoint(backend, problem):
    """<conv2d(x, w), g> = <x, conv2d_input(g)> = <w, conv2d_weight(g)>: conv2d is bilinear."""
    input, weight = problem.arrays["input"], problem.arrays["weight"]
    output = backend.conv2d(input, weight, **problem.settings)
    grad_output = np.random.default_rng(output.size).normal(size=output.shape)
    product = (output * grad_output).sum()
    to_input = backend.conv2d_input(input.shape, weight, grad_output, **problem.settings)
    to_weight = backend.conv2d_weight(input, weight.shape, grad_output, **problem.settings)
    np.testing.assert_allclose((input * to_input).sum(), product, atol=1e-9)
    np.testing.assert_allclose((weight * to_weight).sum(), product, atol=1e-9)


@BACKENDS
def test_a_transposed_convolution_is_the_gradient_of_its_convolution(backend):
    rng = np.random.default_rng(3)
    weight, grad_output = rng.normal(size=(4, 2, 3, 2)), rng.normal(size=(2, 4, 3, 4))
    shared = {"stride": (2, 1), "padding": 1, "groups": 2}
    transposed = backend.conv_transpose2d(grad_output, weight, output_padding=(1, 0), **shared)
    gradient = backend.conv2d_input(transposed.shape, weight, grad_output, **shared)
    np.testing.assert_allclose(transposed, gradient)


def leaves(problem: Problem) -> list[torch.Tensor]:
    """Return tensors of a problem's shapes, the batch not empty, that collect gradients."""
    rng = torch.Generator().manual_seed(1)
    shapes = [[max(1, size) for size in array.shape] for array in problem.arrays.values()]
    return [
        torch.randn(shape, generator=rng, dtype=torch.float64, requires_grad=True)
        for shape in shapes
    ]


@pytest.mark.parametrize("seed", range(6))
def test_autograd_through_conv2d(seed):
    problem = conv2d_problem(seeded(np.random.default_rng([1, seed])), largest=2)
    tensors = leaves(problem)

    def call(*args: torch.Tensor) -> torch.Tensor:
        return torch_ops.conv2d(*args, **problem.settings)

    assert torch.autograd.gradcheck(call, tensors)
    assert torch.autograd.gradgradcheck(call, tensors)


@pytest.mark.parametrize("seed", range(6))
def test_autograd_through_conv_transpose2d(seed):
    problem = conv_transpose2d_problem(seeded(np.random.default_rng([2, seed])), largest=2)
    tensors = leaves(problem)

    def call(*args: torch.Tensor) -> torch.Tensor:
        return torch_ops.conv_transpose2d(*args, **problem.settings)

    assert torch.autograd.gradcheck(call, tensors)
    assert torch.autograd.gradgradcheck(call, tensors)


def test_autograd_through_the_gradients():
    rng = torch.Generator().manual_seed(4)
    input = torch.randn(2, 2, 4, 5, generator=rng, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 1, 2, 3, generator=rng, dtype=torch.float64, requires_grad=True)
    shared = {"stride": (1, 2), "padding": (1, 0), "groups": 2}
    output = torch_ops.conv2d(input, weight, **shared)
    grads = torch.randn(output.shape, generator=rng, dtype=torch.float64, requires_grad=True)

    def to_input(weight: torch.Tensor, grads: torch.Tensor) -> torch.Tensor:
        return torch_ops.conv2d_input(input.shape, weight, grads, **shared)

    def to_weight(input: torch.Tensor, grads: torch.Tensor) -> torch.Tensor:
        return torch_ops.conv2d_weight(input, weight.shape, grads, **shared)

    assert torch.autograd.gradcheck(to_input, (weight, grads))
    assert torch.autograd.gradcheck(to_weight, (input, grads))
    expected = torch.autograd.grad(output, (input, weight), grads)
    torch.testing.assert_close(to_input(weight, grads), expected[0])
    torch.testing.assert_close(to_weight(input, grads), expected[1])


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("shapes", [((5,), (3,)), ((2,), (4,)), ((3, 4), (2, 2))])
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_autograd_through_signals(name, mode, shapes, dtype):
    rng = torch.Generator().manual_seed(5)
    tensors = [torch.randn(s, generator=rng, dtype=dtype, requires_grad=True) for s in shapes]

    def call(*args: torch.Tensor) -> torch.Tensor:
        return getattr(torch_ops, name)(*args, mode)

    assert torch.autograd.gradcheck(call, tensors)
    assert torch.autograd.gradgradcheck(call, tensors)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_autograd_through_autocorrelate(dtype):
    rng = torch.Generator().manual_seed(6)
    signal = torch.randn(4, generator=rng, dtype=dtype, requires_grad=True)
    assert torch.autograd.gradcheck(torch_ops.autocorrelate, (signal,))


def test_gradients_pass_through_the_widening_of_types():
    input = torch.ones(1, 1, 2, 2, requires_grad=True)
    weight = torch.ones(1, 1, 1, 1, dtype=torch.float64, requires_grad=True)
    torch_ops.conv2d(input, weight, torch.tensor([7])).sum().backward()
    assert input.grad.dtype == torch.float32
    assert input.grad.tolist() == [[[[1, 1], [1, 1]]]]
    assert weight.grad.item() == 4
