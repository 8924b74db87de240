"""The gradients of max_pool2d and avg_pool2d, as loops."""

from __future__ import annotations

import numpy as np

from cnnlib import _pool_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair
from cnnlib.reference.windows import count, places

__all__ = ["avg_pool2d_input", "max_pool2d_input"]

Size = int | Pair


def max_pool2d_input(
    input: ArrayLike,
    grad_output: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return the gradient of a loss with respect to the input of `max_pool2d`.

    Each output sends its gradient back to the one value that it is, and none to the others.

    Parameters
    ----------
    input : array, (n, c, h, w)
        The input of `max_pool2d`.
    grad_output : array, (n, c, h_out, w_out)
        Gradient of the loss with respect to the output, of just the output's shape.
    kernel_size, stride, padding, dilation, ceil_mode
        As for `max_pool2d`.

    Returns
    -------
    array, (n, c, h, w)

    Notes
    -----
    Of equal largest values the first gets all, row by row, as in torch; of several NaNs, the last.

    Examples
    --------
    >>> max_pool2d_input([[[[3, 1, 2, 2]]]], [[[[10, 100]]]], kernel_size=(1, 2))
    array([[[[ 10.,   0., 100.,   0.]]]])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    call = _pool_arguments.max_pool2d_input(
        input.shape, grad_output.shape, kernel_size, stride, padding, dilation, ceil_mode
    )
    grad_input = np.zeros(input.shape, input.dtype)
    for image, channel, row, column in np.ndindex(grad_output.shape):
        winner, largest = None, -np.inf
        for place in places(call, row, column):
            value = input[(image, channel, *place)]
            if winner is None or value > largest or np.isnan(value):
                winner, largest = place, value
        if winner is not None:  # else the window met padding alone
            grad_input[(image, channel, *winner)] += grad_output[image, channel, row, column]
    return grad_input


def avg_pool2d_input(
    input_size: tuple[int, int, int, int],
    grad_output: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the gradient of a loss with respect to the input of `avg_pool2d`.

    Each output sends an equal share of its gradient to every value of its window; the shares of
    zeros in the padding are lost.

    Parameters
    ----------
    input_size : four ints (n, c, h, w)
        Shape of the input: a stride leaves it open.
    grad_output : array, (n, c, h_out, w_out)
        Gradient of the loss with respect to the output, of just the output's shape.
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `avg_pool2d`.

    Returns
    -------
    array, (n, c, h, w)

    Examples
    --------
    >>> avg_pool2d_input((1, 1, 1, 3), [[[[10, 100]]]], kernel_size=(1, 2), stride=1)
    array([[[[ 5., 55., 50.]]]])
    """
    (grad_output,) = as_arrays(grad_output=grad_output)
    call = _pool_arguments.avg_pool2d_input(
        input_size, grad_output.shape, kernel_size, stride, padding, ceil_mode
    )
    include_pad = _pool_arguments.count_include_pad(count_include_pad)
    grad_input = np.zeros(call.input_size, grad_output.dtype)
    for image, channel, row, column in np.ndindex(grad_output.shape):
        share = grad_output[image, channel, row, column] / count(call, row, column, include_pad)
        for y, x in places(call, row, column):
            grad_input[image, channel, y, x] += share
    return grad_input
