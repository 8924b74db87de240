"""What else stands between two convolutions: activations, fully connected layers, batch norm."""

from __future__ import annotations

import numpy as np

from cnnlib import _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, as_given, with_bias

__all__ = ["batch_norm", "flatten", "linear", "relu", "sigmoid"]


def relu(input: ArrayLike) -> Array:
    """Keep each positive value, and put 0 for each negative one: max(0, x).

    Parameters
    ----------
    input : array of any shape
        Real.

    Returns
    -------
    array of the same shape
        NaN stays NaN.

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0., 0., 3.])
    """
    (input,) = as_arrays(input=input)
    output = np.zeros(input.shape, input.dtype)
    for i in np.ndindex(input.shape):
        if not input[i] <= 0:  # so that NaN, which is not above 0 either, stays
            output[i] = input[i]
    return output


def sigmoid(input: ArrayLike) -> Array:
    """Squeeze each value into 0 to 1: 1 / (1 + exp(-x)).

    Parameters
    ----------
    input : array of any shape
        Real.

    Returns
    -------
    array of the same shape
        0 for -inf, 1/2 for 0, 1 for inf.

    Notes
    -----
    The power is taken of -|x| alone, which cannot overflow: for x < 0 both sides of the fraction
    are multiplied by exp(x).

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    (input,) = as_arrays(input=input)
    output = np.empty(input.shape, input.dtype)
    for i in np.ndindex(input.shape):
        power = np.exp(-abs(input[i]))
        output[i] = (1 if input[i] >= 0 else power) / (1 + power)
    return output


def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Multiply each row of the input with each row of the weight, sum, add the bias.

    Parameters
    ----------
    input : array, (..., in_features)
        Real; the axes before the last are kept, and may be empty.
    weight : array, (out_features, in_features)
        A row for each output.
    bias : array, (out_features,), or None
        Added to each output.

    Returns
    -------
    array, (..., out_features)

    Raises
    ------
    TypeError, ValueError
        If an array holds no real numbers, or the shapes do not match.

    Examples
    --------
    >>> linear([[1, 2]], [[3, 4], [5, 6]], bias=[0, 100])
    array([[ 11., 117.]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    _layer_arguments.linear(input.shape, weight.shape, None if bias is None else bias.shape)
    out_features, in_features = weight.shape
    output = np.zeros((*input.shape[:-1], out_features), input.dtype)
    for *row, unit in np.ndindex(output.shape):
        total = output.dtype.type(0 if bias is None else bias[unit])
        for feature in range(in_features):
            total += input[(*row, feature)] * weight[unit, feature]
        output[(*row, unit)] = total
    return output


def flatten(input: ArrayLike) -> Array:
    """Write each example's values in one row, last axis first: a change of shape, and no more.

    Parameters
    ----------
    input : array, (n, ...)
        Real, of at least two axes.

    Returns
    -------
    array, (n, product of the other sizes)

    Notes
    -----
    This is `torch.nn.Flatten`; `torch.flatten` joins all axes, the first one too, unless told.

    Examples
    --------
    >>> flatten([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    array([[1., 2., 3., 4.],
           [5., 6., 7., 8.]])
    """
    (input,) = as_arrays(input=input)
    output = np.empty(_layer_arguments.flatten(input.shape), input.dtype)
    for row, example in enumerate(input):
        for place, i in enumerate(np.ndindex(example.shape)):
            output[row, place] = example[i]
    return output


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
    """Give each channel mean 0 and variance 1, then scale by `weight` and shift by `bias`.

    In training the mean and the variance are the batch's own, over all axes but the channels'. In
    evaluation they are the running ones, so that an example's result depends on it alone.

    Parameters
    ----------
    input : array, (n, c, ...)
        Real, of at least two axes; n may be 0.
    running_mean, running_var : array, (c,)
        Averages over the batches seen in training.
    weight, bias : array, (c,), or None
        The learned scale and shift, gamma and beta; None means 1 and 0.
    training : bool
        Whether to normalize by the batch and to update the averages.
    momentum : float from 0 to 1
        The part of the new averages that this batch makes up.
    eps : float
        Added to the variance, so that a constant channel does not divide by 0.

    Returns
    -------
    output : array, (n, c, ...)
    running_mean, running_var : array, (c,)
        The averages from now on: in evaluation, and after an empty batch, those given. Nothing is
        changed in place, unlike in torch.

    Raises
    ------
    TypeError, ValueError
        If shapes do not match or a setting is out of range; if in training there is but one value
        a channel, which is its own mean: all would become 0.

    Notes
    -----
    S. Ioffe and C. Szegedy, "Batch normalization", 2015, algorithms 1 and 2. As there and in
    torch, the batch is normalized by its biased variance, the sum of squares over the count of
    values, while the running average takes the unbiased one, over that count less 1.

    Examples
    --------
    >>> output, mean, variance = batch_norm([[1], [3]], [0], [1], training=True)
    >>> output.round(3), mean, variance
    (array([[-1.],
           [ 1.]]), array([0.2]), array([1.1]))
    """
    optional = {"weight": weight, "bias": bias}
    given = as_given(optional, input=input, running_mean=running_mean, running_var=running_var)
    input = given.pop("input")
    shapes = {name: vector.shape for name, vector in given.items()}
    call = _layer_arguments.batch_norm(input.shape, shapes, training, momentum, eps)
    output = np.empty(input.shape, input.dtype)
    new_mean, new_var = given["running_mean"].copy(), given["running_var"].copy()
    for channel in range(input.shape[1]):
        values = input[:, channel]
        mean, variance = new_mean[channel], new_var[channel]
        if call.training and call.values:
            mean = values.sum() / call.values
            squares = ((values - mean) ** 2).sum()
            variance = squares / call.values
            new_mean[channel] += call.momentum * (mean - new_mean[channel])
            new_var[channel] += call.momentum * (squares / (call.values - 1) - new_var[channel])
        normal = (values - mean) / np.sqrt(variance + call.eps)
        scale = given["weight"][channel] if "weight" in given else 1
        shift = given["bias"][channel] if "bias" in given else 0
        output[:, channel] = scale * normal + shift
    return output, new_mean, new_var
