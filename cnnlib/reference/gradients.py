"""The gradients of relu, linear, batch_norm and cross_entropy, as loops."""

from __future__ import annotations

import numpy as np

from cnnlib import _gradient_arguments, _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, as_classes, as_given
from cnnlib.reference.logits import softmax

__all__ = [
    *("batch_norm_input", "batch_norm_weight", "cross_entropy_input"),
    *("linear_input", "linear_weight", "relu_input"),
]


def relu_input(input: ArrayLike, grad_output: ArrayLike) -> Array:
    """Return the gradient of a loss with respect to the input of `relu`.

    What was kept sends its gradient back, and what was put to 0 none.

    Parameters
    ----------
    input : array of any shape
        The input of `relu`. At 0, where there is no slope, the gradient counts as none, as in
        torch; NaN was kept.
    grad_output : array of the same shape
        Gradient of the loss with respect to the output.

    Returns
    -------
    array of the same shape

    Raises
    ------
    TypeError, ValueError
        If an array holds no real numbers, or the shapes are not equal.

    Examples
    --------
    >>> relu_input([-2, 0, 3], [10, 10, 10])
    array([ 0.,  0., 10.])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    _gradient_arguments.relu_input(input.shape, grad_output.shape)
    grad_input = np.zeros(input.shape, input.dtype)
    for i in np.ndindex(input.shape):
        if not input[i] <= 0:
            grad_input[i] = grad_output[i]
    return grad_input


def linear_input(weight: ArrayLike, grad_output: ArrayLike) -> Array:
    """Return the gradient of a loss with respect to the input of `linear`.

    Every feature gets back, from each output, that output's gradient times the weight between them.

    Parameters
    ----------
    weight : array, (out_features, in_features)
        Real.
    grad_output : array, (..., out_features)
        Gradient of the loss with respect to the output.

    Returns
    -------
    array, (..., in_features)

    Examples
    --------
    >>> linear_input([[3, 4], [5, 6]], [[1, 10]])
    array([[53., 64.]])
    """
    weight, grad_output = as_arrays(weight=weight, grad_output=grad_output)
    _gradient_arguments.linear_input(weight.shape, grad_output.shape)
    out_features, in_features = weight.shape
    grad_input = np.zeros((*grad_output.shape[:-1], in_features), weight.dtype)
    for *row, feature in np.ndindex(grad_input.shape):
        for unit in range(out_features):
            grad_input[(*row, feature)] += grad_output[(*row, unit)] * weight[unit, feature]
    return grad_input


def linear_weight(input: ArrayLike, grad_output: ArrayLike) -> Array:
    """Return the gradient of a loss with respect to the weight of `linear`.

    A weight collects from each row the product of the feature it met and the gradient of the
    output it helped to make. That of the bias is the sum of `grad_output` over the rows.

    Parameters
    ----------
    input : array, (..., in_features)
        Real.
    grad_output : array, (..., out_features)
        Gradient of the loss with respect to the output; its other axes are the input's.

    Returns
    -------
    array, (out_features, in_features)

    Examples
    --------
    >>> linear_weight([[1, 2], [3, 4]], [[1, 0], [10, 1]])
    array([[31., 42.],
           [ 3.,  4.]])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    _gradient_arguments.linear_weight(input.shape, grad_output.shape)
    grad_weight = np.zeros((grad_output.shape[-1], input.shape[-1]), input.dtype)
    for row in np.ndindex(input.shape[:-1]):
        for unit, feature in np.ndindex(grad_weight.shape):
            grad_weight[unit, feature] += grad_output[(*row, unit)] * input[(*row, feature)]
    return grad_weight


def batch_norm_input(
    input: ArrayLike, weight: ArrayLike | None, grad_output: ArrayLike, eps: float = 1e-5
) -> Array:
    """Return the gradient of a loss with respect to the input of `batch_norm` in training.

    An input moves the output directly, and through the mean and the variance of its channel. So
    what is sent back has no part along a constant, which the mean takes away, and almost none
    along the input itself, which the variance takes away.

    Parameters
    ----------
    input : array, (n, c, ...)
        The input of `batch_norm`.
    weight : array, (c,), or None
        Its learned scale; None means 1.
    grad_output : array, (n, c, ...)
        Gradient of the loss with respect to the output.
    eps : float
        As in `batch_norm`.

    Returns
    -------
    array, (n, c, ...)

    Raises
    ------
    TypeError, ValueError
        If shapes do not match, `eps` is not positive, or a channel has but one value.

    Notes
    -----
    S. Ioffe and C. Szegedy, "Batch normalization", 2015, section 3, with its sums gathered.

    Examples
    --------
    >>> batch_norm_input([[-1], [0], [1]], [1], [[3], [0], [0]], eps=1 / 3)
    array([[ 1.],
           [-1.],
           [ 0.]])
    """
    given = as_given({"weight": weight}, input=input, grad_output=grad_output)
    input, grad_output = given["input"], given["grad_output"]
    shape = given["weight"].shape if "weight" in given else None
    call = _gradient_arguments.batch_norm_input(input.shape, shape, grad_output.shape, eps)
    grad_input = np.zeros(input.shape, input.dtype)
    if not call.values:
        return grad_input
    for channel in range(input.shape[1]):
        grads = grad_output[:, channel]
        normal, deviation = _normalized(input[:, channel], call.eps)
        direct = grads - grads.sum() / call.values
        along = normal * ((grads * normal).sum() / call.values)
        scale = given["weight"][channel] if "weight" in given else 1
        grad_input[:, channel] = scale * (direct - along) / deviation
    return grad_input


def batch_norm_weight(input: ArrayLike, grad_output: ArrayLike, eps: float = 1e-5) -> Array:
    """Return the gradient of a loss with respect to the weight of `batch_norm` in training.

    A channel's scale collects from each place the product of the normalized input and the gradient
    there. That of the bias is the sum of `grad_output` over all axes but the channels'.

    Parameters
    ----------
    input, grad_output, eps
        As for `batch_norm_input`.

    Returns
    -------
    array, (c,)

    Examples
    --------
    >>> batch_norm_weight([[-1], [0], [1]], [[3], [0], [5]], eps=1 / 3)
    array([2.])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    call = _gradient_arguments.batch_norm_weight(input.shape, grad_output.shape, eps)
    grad_weight = np.zeros(input.shape[1], input.dtype)
    if not call.values:
        return grad_weight
    for channel in range(input.shape[1]):
        normal, _ = _normalized(input[:, channel], call.eps)
        grad_weight[channel] = (grad_output[:, channel] * normal).sum()
    return grad_weight


def cross_entropy_input(input: ArrayLike, target: ArrayLike, label_smoothing: float = 0.0) -> Array:
    """Return the gradient of `cross_entropy` with respect to the logits.

    It is what the network says less what it should say: the probabilities less the labels, over
    the count of rows.

    Parameters
    ----------
    input, target, label_smoothing
        As for `cross_entropy`.

    Returns
    -------
    array, (n, c)
        Each row sums to 0; NaN where `softmax` is.

    Raises
    ------
    TypeError, ValueError
        As `cross_entropy` does.

    Examples
    --------
    >>> cross_entropy_input([[5, 5], [5, 5]], [0, 1])
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    (input,) = as_arrays(input=input)
    target = as_classes("target", target)
    smoothing = _layer_arguments.cross_entropy(input.shape, target.shape, label_smoothing)
    n, c = input.shape
    probabilities = softmax(input, 1)
    grad_input = np.zeros(input.shape, input.dtype)
    for row, wanted in enumerate(target):
        _layer_arguments.classes(wanted, wanted, c)
        for unit in range(c):
            label = smoothing / c + (1 - smoothing if unit == wanted else 0)
            grad_input[row, unit] = (probabilities[row, unit] - label) / n
    return grad_input


def _normalized(values: Array, eps: float) -> tuple[Array, Array]:
    """Return a channel's values with mean 0 and variance 1, and what they were divided by."""
    mean = values.sum() / values.size
    deviation = np.sqrt(((values - mean) ** 2).sum() / values.size + eps)
    return (values - mean) / deviation, deviation
