"""Pooling by weighted means: more weight for what is near the window's centre."""

from __future__ import annotations

import numpy as np

from cnnlib import _pool_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair
from cnnlib._fast_pool import fold

__all__ = ["blur_pool2d", "gaussian_pool2d"]

Size = int | Pair


def gaussian_pool2d(
    input: ArrayLike, kernel_size: Size, sigma: float, stride: Size | None = None
) -> Array:
    """Take a mean of each window of (n, c, h, w), with more weight for what is near its centre.

    As `reference.gaussian_pool2d`; the result is (n, c, h_out, w_out).

    Examples
    --------
    >>> gaussian_pool2d([[[[8, 0, 8]]]], (1, 3), sigma=1 / np.sqrt(2 * np.log(2)))
    array([[[[4.]]]])
    """
    (input,) = as_arrays(input=input)
    sigma = _pool_arguments.sigma(sigma)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride)
    weights = [_bell(k, sigma).astype(input.dtype) for k in call.kernel_size]
    with np.errstate(over="ignore", invalid="ignore"):
        return fold(np.add, input, call, weights)


def blur_pool2d(input: ArrayLike, stride: Size = 2) -> Array:
    """Blur each channel of (n, c, h, w), then keep every `stride`-th value.

    As `reference.blur_pool2d`; the result is (n, c, h_out, w_out).

    Examples
    --------
    >>> blur_pool2d([[[[0, 4, 8, 8], [0, 4, 8, 8]]]])
    array([[[[2., 7.]]]])
    """
    (input,) = as_arrays(input=input)
    call = _pool_arguments.blur_pool2d(input.shape, stride)
    padded = np.pad(input, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="reflect")
    call = _pool_arguments.pool2d(padded.shape, 3, call.stride)
    weights = np.array([1, 2, 1], input.dtype) / 4
    with np.errstate(over="ignore", invalid="ignore"):
        return fold(np.add, padded, call, [weights, weights])


def _bell(size: int, sigma: float) -> Array:
    """Return the weights along one axis: the window's are their products, down times across."""
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    with np.errstate(over="ignore"):
        weights = np.exp(-(squares - squares.min()) / sigma / sigma / 2)
    return np.asarray(weights / weights.sum())
