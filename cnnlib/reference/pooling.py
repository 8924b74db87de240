"""Pooling: each window of each channel becomes one number, its maximum, its mean or its norm."""

from __future__ import annotations

import numpy as np

from cnnlib import _pool_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair
from cnnlib.reference.windows import count, places

__all__ = [
    "adaptive_avg_pool2d",
    "avg_pool2d",
    "global_avg_pool2d",
    "global_max_pool2d",
    "lp_pool2d",
    "max_pool2d",
]

Size = int | Pair


def max_pool2d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """Keep the largest value of each window.

    Parameters
    ----------
    input : array, (n, c, h, w)
        Images, real; n may be 0. Channels are pooled one by one.
    kernel_size : int or pair of ints
        Rows and columns of a window; at least 1.
    stride : int, pair of ints or None
        Step of the window, at least 1; None means `kernel_size`, windows side by side.
    padding : int or pair of ints
        Rows and columns of -inf, which no value is below, put on each side; at most half of
        `kernel_size`.
    dilation : int or pair of ints
        Distance of the values that a window looks at; at least 1.
    ceil_mode : bool
        Whether a last window counts that hangs over the end, if it starts within the input or the
        padding before it. What hangs over is left out.

    Returns
    -------
    array, (n, c, h_out, w_out)
        Sizes as `cnnlib.shapes.pool_output_size` gives. A window that holds a NaN gives NaN; one
        that meets padding alone, as a wide dilation may, gives -inf.

    Raises
    ------
    TypeError, ValueError
        If the input has not its four axes or holds no real numbers, if a setting is out of range,
        or if the window is larger than the padded input.

    Examples
    --------
    >>> image = [[1, 2, 3, 0], [4, 5, 6, 1], [3, 4, 7, 2], [1, 2, 1, 0]]
    >>> max_pool2d([[image]], kernel_size=2)
    array([[[[5., 6.],
             [4., 7.]]]])
    """
    (input,) = as_arrays(input=input)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride, padding, dilation, ceil_mode)
    output = np.full(call.output_size, -np.inf, input.dtype)
    for image, channel, row, column in np.ndindex(output.shape):
        for y, x in places(call, row, column):
            value = input[image, channel, y, x]
            if value > output[image, channel, row, column] or np.isnan(value):
                output[image, channel, row, column] = value
    return output


def avg_pool2d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Take the mean of each window.

    Parameters
    ----------
    input, kernel_size, stride, ceil_mode
        As for `max_pool2d`.
    padding : int or pair of ints
        Rows and columns of zeros put on each side; at most half of `kernel_size`.
    count_include_pad : bool
        Whether the zeros of the padding count in the mean. What hangs over the padded input in
        `ceil_mode` never counts.

    Returns
    -------
    array, (n, c, h_out, w_out)
        As for `max_pool2d`.

    Examples
    --------
    >>> image = [[1, 2, 3, 0], [4, 5, 6, 1], [3, 4, 7, 2], [1, 2, 1, 0]]
    >>> avg_pool2d([[image]], kernel_size=2)
    array([[[[3. , 2.5],
             [2.5, 2.5]]]])
    >>> avg_pool2d([[[[6, 6]]]], (1, 2), padding=(0, 1))
    array([[[[3., 3.]]]])
    >>> avg_pool2d([[[[6, 6]]]], (1, 2), padding=(0, 1), count_include_pad=False)
    array([[[[6., 6.]]]])
    """
    (input,) = as_arrays(input=input)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride, padding, 1, ceil_mode)
    include_pad = _pool_arguments.count_include_pad(count_include_pad)
    output = np.zeros(call.output_size, input.dtype)
    for image, channel, row, column in np.ndindex(output.shape):
        total = output.dtype.type(0)
        for y, x in places(call, row, column):
            total += input[image, channel, y, x]
        output[image, channel, row, column] = total / count(call, row, column, include_pad)
    return output


def lp_pool2d(
    input: ArrayLike,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Add up the p-th powers of each window, p = `norm_type`, and take the p-th root of the sum.

    For p = 2 that is the length of the window as a vector, its L2 norm; for p = 1 the sum; for
    inf the largest magnitude.

    Parameters
    ----------
    input, kernel_size, stride, ceil_mode
        As for `max_pool2d`.
    norm_type : float
        Positive, or inf.

    Returns
    -------
    array, (n, c, h_out, w_out)
        As for `max_pool2d`.

    Notes
    -----
    As in torch, powers keep their sign: for an odd p negative values count against positive ones,
    and a negative sum has no root but for p = 1, so the answer is NaN. Take the magnitudes first
    where a norm is wanted. As in torch too, a window that hangs over the end in `ceil_mode` is
    made up for: the mean of its powers counts for each of the kernel's places.

    Examples
    --------
    >>> image = [[1, 2, 3, 0], [4, 5, 6, 1], [3, 4, 7, 2], [1, 2, 1, 0]]
    >>> lp_pool2d([[image]], 2, kernel_size=2).round(3)
    array([[[[6.782, 6.782],
             [5.477, 7.348]]]])
    """
    (input,) = as_arrays(input=input)
    power = _pool_arguments.norm_type(norm_type)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride, 0, 1, ceil_mode)
    if power == np.inf:
        return max_pool2d(np.abs(input), kernel_size, stride, ceil_mode=ceil_mode)
    area = call.kernel_size[0] * call.kernel_size[1]
    output = np.zeros(call.output_size, input.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for image, channel, row, column in np.ndindex(output.shape):
            total = output.dtype.type(0)
            for y, x in places(call, row, column):
                total += input[image, channel, y, x] ** power
            mean = total / count(call, row, column)
            output[image, channel, row, column] = (mean * area) ** (1 / power)
    return output


def adaptive_avg_pool2d(input: ArrayLike, output_size: Size) -> Array:
    """Take means of windows that are laid so as to give an output of just this size.

    Along an axis of n values, window i of m starts at floor(i n / m) and ends before
    ceil((i + 1) n / m): windows are equal and side by side if m divides n; else some are larger
    by one, and neighbours may share values.

    Parameters
    ----------
    input : array, (n, c, h, w)
        As for `max_pool2d`.
    output_size : int or pair of ints
        Rows and columns of the output; at least 1, and possibly more than the input has.

    Returns
    -------
    array, (n, c, h_out, w_out)

    Examples
    --------
    >>> adaptive_avg_pool2d([[[[1, 2, 3, 4, 5]]]], output_size=(1, 2))
    array([[[[2., 4.]]]])
    """
    (input,) = as_arrays(input=input)
    output = np.zeros(_pool_arguments.adaptive_pool2d(input.shape, output_size), input.dtype)
    (h, w), (rows, columns) = input.shape[2:], output.shape[2:]
    for image, channel, row, column in np.ndindex(output.shape):
        top, bottom = row * h // rows, -(-(row + 1) * h // rows)
        left, right = column * w // columns, -(-(column + 1) * w // columns)
        total = output.dtype.type(0)
        for y, x in np.ndindex(bottom - top, right - left):
            total += input[image, channel, top + y, left + x]
        output[image, channel, row, column] = total / ((bottom - top) * (right - left))
    return output


def global_avg_pool2d(input: ArrayLike) -> Array:
    """Take the mean of each channel: one window, as large as the image.

    Parameters
    ----------
    input : array, (n, c, h, w)
        As for `max_pool2d`.

    Returns
    -------
    array, (n, c, 1, 1)

    Examples
    --------
    >>> global_avg_pool2d([[[[1, 2, 3, 0], [4, 5, 6, 1], [3, 4, 7, 2], [1, 2, 1, 0]]]])
    array([[[[2.625]]]])
    """
    (input,) = as_arrays(input=input)
    _pool_arguments.global_pool2d(input.shape)
    return avg_pool2d(input, input.shape[2:])


def global_max_pool2d(input: ArrayLike) -> Array:
    """Keep the largest value of each channel: one window, as large as the image.

    Parameters
    ----------
    input : array, (n, c, h, w)
        As for `max_pool2d`.

    Returns
    -------
    array, (n, c, 1, 1)

    Examples
    --------
    >>> global_max_pool2d([[[[1, 2, 3, 0], [4, 5, 6, 1], [3, 4, 7, 2], [1, 2, 1, 0]]]])
    array([[[[7.]]]])
    """
    (input,) = as_arrays(input=input)
    _pool_arguments.global_pool2d(input.shape)
    return max_pool2d(input, input.shape[2:])
