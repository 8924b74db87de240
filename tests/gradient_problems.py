"""Random problems for the gradients of layers, and autograd's answers to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from layer_problems import (
    batch_norm_problem,
    cross_entropy_problem,
    elementwise_problem,
    spread,
)
from strategies import Integer, Problem, arrays_of, as_tensor, strategy_of
from torch.nn import functional as F

Tensor = torch.Tensor


def relu_input_problem(integer: Integer) -> Problem:
    """Build a call of relu_input; about a quarter of the inputs are 0."""
    input = elementwise_problem(integer).arrays["input"]
    rng = np.random.default_rng(integer(0, 2**32 - 1))
    input = np.where(rng.random(input.shape) < 0.25, 0.0, input)
    return Problem({"input": input, "grad_output": spread(integer, *input.shape)})


def linear_input_problem(integer: Integer) -> Problem:
    """Build a call of linear_input."""
    batch, n_in, n_out = _linear(integer)
    values = arrays_of(integer)
    return Problem({"weight": values(n_out, n_in), "grad_output": values(*batch, n_out)})


def linear_weight_problem(integer: Integer) -> Problem:
    """Build a call of linear_weight."""
    batch, n_in, n_out = _linear(integer)
    values = arrays_of(integer)
    return Problem({"input": values(*batch, n_in), "grad_output": values(*batch, n_out)})


def batch_norm_input_problem(integer: Integer) -> Problem:
    """Build a call of batch_norm_input; its weight may be None."""
    input, settings = _batch(integer)
    arrays = {"input": input, "grad_output": arrays_of(integer)(*input.shape)}
    if integer(0, 2):
        arrays["weight"] = arrays_of(integer)(input.shape[1])
    else:
        settings["weight"] = None
    return Problem(arrays, settings)


def batch_norm_weight_problem(integer: Integer) -> Problem:
    """Build a call of batch_norm_weight."""
    input, settings = _batch(integer)
    return Problem({"input": input, "grad_output": arrays_of(integer)(*input.shape)}, settings)


def _linear(integer: Integer) -> tuple[list[int], int, int]:
    """Return the axes before the last, the features and the outputs of a call of linear."""
    return [integer(0, 3) for _ in range(integer(0, 3))], integer(1, 6), integer(1, 5)


def _batch(integer: Integer) -> tuple[np.ndarray, dict[str, Any]]:
    """Return the input of a batch normalization in training, and eps."""
    input = batch_norm_problem(integer).arrays["input"]
    if input.size == input.shape[1]:
        input = np.concatenate([input, input + 1])
    return input, {"eps": (1e-5, 1e-3, 1)[integer(0, 2)]} if integer(0, 1) else {}


def slope(loss: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    """Return the gradient of a loss at a tensor, as autograd has it."""
    leaf = at.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(leaf), leaf)
    return found


def _batch_norm_input(
    input: Tensor, grad_output: Tensor, weight: Tensor | None, eps: float = 1e-5
) -> Tensor:
    input, grad_output = input.contiguous(), grad_output.contiguous()
    return slope(lambda x: (_batch_norm(x, weight, eps) * grad_output).sum(), input)


def _batch_norm_weight(input: Tensor, grad_output: Tensor, eps: float = 1e-5) -> Tensor:
    input, grad_output = input.contiguous(), grad_output.contiguous()
    one = torch.ones(input.shape[1], dtype=input.dtype)
    return slope(lambda w: (_batch_norm(input, w, eps) * grad_output).sum(), one)


def _batch_norm(input: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    """Return torch's own, of contiguous tensors.

    Where axes of size 1 have such strides that channels may as well be the last in memory, the
    backward pass of torch 2.13 on a CPU mixes up the two layouts, and its gradient is wrong.
    """
    return F.batch_norm(input, None, None, weight, None, True, 0.1, eps)


def _cross_entropy_input(input: Tensor, target: Tensor, label_smoothing: float) -> Tensor:
    classes = target.long()
    return slope(lambda x: F.cross_entropy(x, classes, label_smoothing=label_smoothing), input)


def _linear_input(weight: Tensor, grad_output: Tensor) -> Tensor:
    start = torch.zeros(*grad_output.shape[:-1], weight.shape[1], dtype=weight.dtype)
    return slope(lambda x: (F.linear(x, weight) * grad_output).sum(), start)


def _linear_weight(input: Tensor, grad_output: Tensor) -> Tensor:
    start = torch.zeros(grad_output.shape[-1], input.shape[-1], dtype=input.dtype)
    return slope(lambda w: (F.linear(input, w) * grad_output).sum(), start)


AUTOGRAD: dict[str, Callable[..., Tensor]] = {
    "relu_input": lambda input, grad_output: slope(
        lambda x: (F.relu(x) * grad_output).sum(), input
    ),
    "linear_input": _linear_input,
    "linear_weight": _linear_weight,
    "batch_norm_input": _batch_norm_input,
    "batch_norm_weight": _batch_norm_weight,
    "cross_entropy_input": _cross_entropy_input,
}
BUILDERS = {
    "relu_input": relu_input_problem,
    "linear_input": linear_input_problem,
    "linear_weight": linear_weight_problem,
    "batch_norm_input": batch_norm_input_problem,
    "batch_norm_weight": batch_norm_weight_problem,
    "cross_entropy_input": cross_entropy_problem,
}
STRATEGIES = {name: strategy_of(build) for name, build in BUILDERS.items()}


def answer(backend: Any, name: str, problem: Problem) -> np.ndarray:
    """Return what a backend gives, as an array."""
    arrays: dict[str, Any] = problem.arrays
    if backend.__name__.endswith("torch_ops"):
        arrays = {key: as_tensor(array) for key, array in arrays.items()}
    return np.asarray(getattr(backend, name)(**arrays, **problem.settings))
