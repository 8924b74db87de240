"""What else stands between two convolutions: activations, fully connected layers, batch norm."""

from __future__ import annotations

import numpy as np

from cnnlib import _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, as_given, with_bias

__all__ = ["batch_norm", "flatten", "linear", "relu", "sigmoid"]


def relu(input: ArrayLike) -> Array:
    """Put 0 for each negative value of an array of any shape, as `reference.relu` does.

    Examples
    --------
    >>> relu([[-1, 2], [3, -4]])
    array([[0., 2.],
           [3., 0.]])
    """
    (input,) = as_arrays(input=input)
    return np.asarray(np.maximum(input, 0))


def sigmoid(input: ArrayLike) -> Array:
    """Squeeze each value of an array of any shape into 0 to 1, as `reference.sigmoid` does.

    Examples
    --------
    >>> sigmoid([-np.inf, 0, np.log(3)]).round(2)
    array([0.  , 0.5 , 0.75])
    """
    (input,) = as_arrays(input=input)
    power = np.exp(-np.abs(input))
    return np.asarray(np.where(input >= 0, 1, power) / (1 + power), input.dtype)


def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Multiply rows (..., in_features) with those of a weight (out_features, in_features).

    As `reference.linear`; the result is (..., out_features).

    Examples
    --------
    >>> linear([1, 2], [[3, 4], [5, 6]])
    array([11., 17.])
    """
    input, weight, bias = with_bias(input, weight, bias)
    _layer_arguments.linear(input.shape, weight.shape, None if bias is None else bias.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        output = input @ weight.T
        if bias is not None:
            output += bias
    return output


def flatten(input: ArrayLike) -> Array:
    """Write each example's values (n, ...) in one row, as `reference.flatten` does.

    Examples
    --------
    >>> flatten(np.zeros((10, 3, 8, 8))).shape
    (10, 192)
    """
    (input,) = as_arrays(input=input)
    return input.reshape(_layer_arguments.flatten(input.shape)).copy()


def batch_norm(
    input: ArrayLike,
    running_mean: ArrayLike,
    running_var: ArrayLike,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    """Give each channel of (n, c, ...) mean 0 and variance 1; the averages are (c,).

    As `reference.batch_norm`; returns the output, the running mean and the running variance.

    Examples
    --------
    >>> batch_norm([[1, 10]], [0, 8], [1, 4], weight=[2, 2])[0].round(3)
    array([[2., 2.]])
    """
    optional = {"weight": weight, "bias": bias}
    given = as_given(optional, input=input, running_mean=running_mean, running_var=running_var)
    input = given.pop("input")
    shapes = {name: vector.shape for name, vector in given.items()}
    call = _layer_arguments.batch_norm(input.shape, shapes, training, momentum, eps)
    channels = (-1, *[1] * (input.ndim - 2))
    new_mean, new_var = given["running_mean"].copy(), given["running_var"].copy()
    mean, variance = new_mean, new_var
    with np.errstate(over="ignore", invalid="ignore"):
        if call.training and call.values:
            others = (0, *range(2, input.ndim))
            mean = input.mean(others)
            variance = ((input - mean.reshape(channels)) ** 2).mean(others)
            unbiased = variance * (call.values / (call.values - 1))
            new_mean = new_mean + call.momentum * (mean - new_mean)
            new_var = new_var + call.momentum * (unbiased - new_var)
        output = (input - mean.reshape(channels)) / np.sqrt(variance + call.eps).reshape(channels)
        if "weight" in given:
            output *= given["weight"].reshape(channels)
        if "bias" in given:
            output += given["bias"].reshape(channels)
    return output, new_mean, new_var
