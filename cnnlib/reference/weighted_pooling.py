"""Pooling by weighted means: more weight for what is near the window's centre."""

from __future__ import annotations

import math

import numpy as np

from cnnlib import _pool_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair

__all__ = ["blur_pool2d", "gaussian_pool2d"]

Size = int | Pair


def gaussian_pool2d(
    input: ArrayLike, kernel_size: Size, sigma: float, stride: Size | None = None
) -> Array:
    """Take a mean of each window in which values count the less, the farther from its centre.

    At the distance d from the centre the weight is exp(-d^2 / (2 sigma^2)), over the sum of all
    weights of the window.

    Parameters
    ----------
    input : array, (n, c, h, w)
        Images, real; n may be 0. Channels are pooled one by one.
    kernel_size : int or pair of ints
        Rows and columns of a window; at least 1.
    sigma : float
        Width of the bell in pixels; positive. A small one takes the value at the centre, or the
        mean of those nearest to it; a large one takes the plain mean.
    stride : int, pair of ints or None
        Step of the window, at least 1; None means `kernel_size`, windows side by side.

    Returns
    -------
    array, (n, c, h_out, w_out)
        Sizes as `cnnlib.shapes.pool_output_size` gives.

    Raises
    ------
    TypeError, ValueError
        If the input has not its four axes or holds no real numbers, if a setting is out of range,
        or if the window is larger than the input.

    Notes
    -----
    The distances are counted from that of the value nearest to the centre. It changes no ratio of
    weights, and leaves at least one that is not 0, however small sigma is.

    Examples
    --------
    >>> image = [[0, 0, 0], [0, 12, 0], [0, 0, 0]]
    >>> gaussian_pool2d([[image]], 3, sigma=1 / np.sqrt(2 * np.log(2)))
    array([[[[3.]]]])

    The weights are 1 at the centre, 1/2 beside it, 1/4 at the corners: 4 in all.
    """
    (input,) = as_arrays(input=input)
    sigma = _pool_arguments.sigma(sigma)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride)
    kh, kw = call.kernel_size
    squares = np.zeros((kh, kw))
    for i, j in np.ndindex(kh, kw):
        squares[i, j] = (i - (kh - 1) / 2) ** 2 + (j - (kw - 1) / 2) ** 2
    weights = np.zeros((kh, kw))
    for i, j in np.ndindex(kh, kw):
        weights[i, j] = math.exp(-float(squares[i, j] - squares.min()) / sigma / sigma / 2)
    return _weighted(input, weights / weights.sum(), call.stride)


def blur_pool2d(input: ArrayLike, stride: Size = 2) -> Array:
    """Blur each channel with a small binomial kernel, then keep every `stride`-th value.

    The kernel is [1, 2, 1] down times [1, 2, 1] across, over 16. The blur takes away what changes
    too fast for the coarser grid, so that a shift of the input changes the output less.

    Parameters
    ----------
    input : array, (n, c, h, w)
        Images, real, of at least 2 x 2; n may be 0. The row and the column that the kernel needs
        around them are their mirror images: what stands one before the edge stands one behind.
    stride : int or pair of ints
        Step of the kernel, at least 1.

    Returns
    -------
    array, (n, c, h_out, w_out)
        ``(h - 1) // stride + 1`` rows, and columns alike.

    Notes
    -----
    R. Zhang, "Making Convolutional Networks Shift-Invariant Again", 2019, with the filter Tri-3.

    Examples
    --------
    >>> blur_pool2d([[[[0, 4, 0, 4], [0, 4, 0, 4]]]])
    array([[[[2., 2.]]]])
    """
    (input,) = as_arrays(input=input)
    call = _pool_arguments.blur_pool2d(input.shape, stride)
    padded = np.pad(input, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="reflect")
    return _weighted(padded, np.outer([1, 2, 1], [1, 2, 1]) / 16, call.stride)


def _weighted(input: Array, weights: Array, stride: Pair) -> Array:
    """Multiply each window of (n, c, h, w) with the same weights, and sum."""
    (n, c, h, w), (kh, kw) = input.shape, weights.shape
    size = n, c, (h - kh) // stride[0] + 1, (w - kw) // stride[1] + 1
    output = np.zeros(size, input.dtype)
    for image, channel, row, column in np.ndindex(size):
        total = output.dtype.type(0)
        for i, j in np.ndindex(kh, kw):
            value = input[image, channel, row * stride[0] + i, column * stride[1] + j]
            total += value * output.dtype.type(weights[i, j])
        output[image, channel, row, column] = total
    return output
