"""The gradients of relu, linear, batch_norm and cross_entropy, vectorised."""

from __future__ import annotations

import numpy as np

from cnnlib import _gradient_arguments, _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, as_classes, as_given
from cnnlib.numpy_ops.logits import softmax

__all__ = [
    *("batch_norm_input", "batch_norm_weight", "cross_entropy_input"),
    *("linear_input", "linear_weight", "relu_input"),
]


def relu_input(input: ArrayLike, grad_output: ArrayLike) -> Array:
    """Return the gradient with respect to the input of `relu`, as `reference.relu_input` does.

    Examples
    --------
    >>> relu_input([[-1, 2], [3, -4]], [[10, 20], [30, 40]])
    array([[ 0., 20.],
           [30.,  0.]])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    _gradient_arguments.relu_input(input.shape, grad_output.shape)
    return np.where(input <= 0, 0, grad_output)


def linear_input(weight: ArrayLike, grad_output: ArrayLike) -> Array:
    """Return the gradient with respect to the input (..., in_features) of `linear`.

    As `reference.linear_input`.

    Examples
    --------
    >>> linear_input([[3, 4], [5, 6]], [1, 10])
    array([53., 64.])
    """
    weight, grad_output = as_arrays(weight=weight, grad_output=grad_output)
    _gradient_arguments.linear_input(weight.shape, grad_output.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(grad_output @ weight)


def linear_weight(input: ArrayLike, grad_output: ArrayLike) -> Array:
    """Return the gradient with respect to the weight (out_features, in_features) of `linear`.

    As `reference.linear_weight`.

    Examples
    --------
    >>> linear_weight([1, 2], [1, 10])
    array([[ 1.,  2.],
           [10., 20.]])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    _gradient_arguments.linear_weight(input.shape, grad_output.shape)
    *_, in_features = input.shape
    out_features, rows = grad_output.shape[-1], input.size // in_features
    with np.errstate(over="ignore", invalid="ignore"):
        units = grad_output.reshape(rows, out_features).T
        return np.asarray(units @ input.reshape(rows, in_features))


def batch_norm_input(
    input: ArrayLike, weight: ArrayLike | None, grad_output: ArrayLike, eps: float = 1e-5
) -> Array:
    """Return the gradient with respect to the input (n, c, ...) of `batch_norm` in training.

    As `reference.batch_norm_input`.

    Examples
    --------
    >>> batch_norm_input([[1], [3]], None, [[4], [0]], eps=3)  # the deviation is 2, with eps
    array([[ 0.75],
           [-0.75]])
    """
    given = as_given({"weight": weight}, input=input, grad_output=grad_output)
    input, grad_output = given["input"], given["grad_output"]
    shape = given["weight"].shape if "weight" in given else None
    call = _gradient_arguments.batch_norm_input(input.shape, shape, grad_output.shape, eps)
    if not call.values:
        return np.zeros(input.shape, input.dtype)
    others = 0, *range(2, input.ndim)
    with np.errstate(over="ignore", invalid="ignore"):
        normal, deviation = _normalized(input, call.eps)
        along = normal * (grad_output * normal).mean(others, keepdims=True)
        grad_input = grad_output - grad_output.mean(others, keepdims=True) - along
        grad_input /= deviation
        if "weight" in given:
            grad_input *= given["weight"].reshape(deviation.shape)
    return np.asarray(grad_input)


def batch_norm_weight(input: ArrayLike, grad_output: ArrayLike, eps: float = 1e-5) -> Array:
    """Return the gradient with respect to the weight (c,) of `batch_norm` in training.

    As `reference.batch_norm_weight`.

    Examples
    --------
    >>> batch_norm_weight([[1], [3]], [[4], [0]], eps=3)
    array([-2.])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    call = _gradient_arguments.batch_norm_weight(input.shape, grad_output.shape, eps)
    if not call.values:
        return np.zeros(input.shape[1], input.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        normal, _ = _normalized(input, call.eps)
        return np.asarray((grad_output * normal).sum((0, *range(2, input.ndim))))


def cross_entropy_input(input: ArrayLike, target: ArrayLike, label_smoothing: float = 0.0) -> Array:
    """Return the gradient of `cross_entropy` with respect to the logits (n, c).

    As `reference.cross_entropy_input`.

    Examples
    --------
    >>> cross_entropy_input([[0, 2000]], [0])
    array([[-1.,  1.]])
    """
    (input,) = as_arrays(input=input)
    target = as_classes("target", target)
    smoothing = _layer_arguments.cross_entropy(input.shape, target.shape, label_smoothing)
    n, c = input.shape
    if n == 0:
        return np.zeros(input.shape, input.dtype)
    _layer_arguments.classes(target.min(), target.max(), c)
    grad_input = softmax(input, 1)
    grad_input[np.arange(n), target] -= 1 - smoothing
    grad_input -= smoothing / c
    grad_input /= n
    return grad_input


def _normalized(input: Array, eps: float) -> tuple[Array, Array]:
    """Return each channel with mean 0 and variance 1, and what it was divided by."""
    others = 0, *range(2, input.ndim)
    centred = input - input.mean(others, keepdims=True)
    deviation = np.sqrt((centred**2).mean(others, keepdims=True) + eps)
    return centred / deviation, deviation
