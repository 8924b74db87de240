"""The gradients of relu, linear, batch_norm and cross_entropy, on tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlib import _gradient_arguments, _layer_arguments
from cnnlib._tensors import as_classes, as_given, as_tensors

__all__ = [
    *("batch_norm_input", "batch_norm_weight", "cross_entropy_input"),
    *("linear_input", "linear_weight", "relu_input"),
]


def relu_input(input: Tensor, grad_output: Tensor) -> Tensor:
    """Return the gradient with respect to the input of `relu`, as `reference.relu_input` does.

    Examples
    --------
    >>> relu_input(torch.tensor([-1.0, 2.0]), torch.tensor([10.0, 20.0]))
    tensor([ 0., 20.])
    """
    input, grad_output = as_tensors(input=input, grad_output=grad_output)
    _gradient_arguments.relu_input(input.shape, grad_output.shape)
    return torch.where(input <= 0, 0, grad_output)


def linear_input(weight: Tensor, grad_output: Tensor) -> Tensor:
    """Return the gradient with respect to the input (..., in_features) of `linear`.

    As `reference.linear_input`.

    Examples
    --------
    >>> linear_input(torch.tensor([[3.0, 4.0], [5.0, 6.0]]), torch.tensor([1.0, 10.0]))
    tensor([53., 64.])
    """
    weight, grad_output = as_tensors(weight=weight, grad_output=grad_output)
    _gradient_arguments.linear_input(weight.shape, grad_output.shape)
    return grad_output @ weight


def linear_weight(input: Tensor, grad_output: Tensor) -> Tensor:
    """Return the gradient with respect to the weight (out_features, in_features) of `linear`.

    As `reference.linear_weight`.

    Examples
    --------
    >>> linear_weight(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0]))
    tensor([[ 1.,  2.],
            [10., 20.]])
    """
    input, grad_output = as_tensors(input=input, grad_output=grad_output)
    _gradient_arguments.linear_weight(input.shape, grad_output.shape)
    *_, in_features = input.shape
    out_features, rows = grad_output.shape[-1], input.numel() // in_features
    return grad_output.reshape(rows, out_features).T @ input.reshape(rows, in_features)


def batch_norm_input(
    input: Tensor, weight: Tensor | None, grad_output: Tensor, eps: float = 1e-5
) -> Tensor:
    """Return the gradient with respect to the input (n, c, ...) of `batch_norm` in training.

    As `reference.batch_norm_input`.

    Examples
    --------
    >>> grads = torch.tensor([[4.0], [0.0]])
    >>> batch_norm_input(torch.tensor([[1.0], [3.0]]), None, grads, eps=3)
    tensor([[ 0.7500],
            [-0.7500]])
    """
    given = as_given({"weight": weight}, input=input, grad_output=grad_output)
    input, grad_output = given["input"], given["grad_output"]
    shape = given["weight"].shape if "weight" in given else None
    call = _gradient_arguments.batch_norm_input(input.shape, shape, grad_output.shape, eps)
    if not call.values:
        return torch.zeros_like(input)
    others = 0, *range(2, input.ndim)
    normal, deviation = _normalized(input, call.eps)
    along = normal * (grad_output * normal).mean(others, keepdim=True)
    grad_input = (grad_output - grad_output.mean(others, keepdim=True) - along) / deviation
    if "weight" in given:
        grad_input = grad_input * given["weight"].reshape(deviation.shape)
    return grad_input


def batch_norm_weight(input: Tensor, grad_output: Tensor, eps: float = 1e-5) -> Tensor:
    """Return the gradient with respect to the weight (c,) of `batch_norm` in training.

    As `reference.batch_norm_weight`.

    Examples
    --------
    >>> batch_norm_weight(torch.tensor([[1.0], [3.0]]), torch.tensor([[4.0], [0.0]]), eps=3)
    tensor([-2.])
    """
    input, grad_output = as_tensors(input=input, grad_output=grad_output)
    call = _gradient_arguments.batch_norm_weight(input.shape, grad_output.shape, eps)
    if not call.values:
        return input.new_zeros(input.shape[1])
    normal, _ = _normalized(input, call.eps)
    return (grad_output * normal).sum((0, *range(2, input.ndim)))


def cross_entropy_input(input: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Return the gradient of `cross_entropy` with respect to the logits (n, c).

    As `reference.cross_entropy_input`. The classes are looked at first, so a CPU that runs ahead
    of its GPU waits here.

    Examples
    --------
    >>> cross_entropy_input(torch.tensor([[0.0, 2000.0]]), torch.tensor([0]))
    tensor([[-1.,  1.]])
    """
    (input,) = as_tensors(input=input)
    target = as_classes("target", target, input.device)
    smoothing = _layer_arguments.cross_entropy(input.shape, target.shape, label_smoothing)
    n, c = input.shape
    if n and not target.is_meta:
        lowest, highest = torch.stack(torch.aminmax(target)).tolist()
        _layer_arguments.classes(lowest, highest, c)
    labels = (target[:, None] == torch.arange(c, device=target.device)).to(input.dtype)
    return (F.softmax(input, 1) - (1 - smoothing) * labels - smoothing / c) / n


def _normalized(input: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Return each channel with mean 0 and variance 1, and what it was divided by."""
    others = 0, *range(2, input.ndim)
    centred = input - input.mean(others, keepdim=True)
    deviation = (centred.square().mean(others, keepdim=True) + eps).sqrt()
    return centred / deviation, deviation
