"""Pooling: each window of each channel becomes one number, its maximum, its mean or its norm."""

from __future__ import annotations

import numpy as np

from cnnlib import _pool_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair
from cnnlib._fast_pool import counts, fold

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
    """Keep the largest value of each window of (n, c, h, w).

    As `reference.max_pool2d`; the result is (n, c, h_out, w_out).

    Examples
    --------
    >>> max_pool2d([[[[1, 5, 2, 3]]]], kernel_size=(1, 2), stride=1)
    array([[[[5., 5., 3.]]]])
    """
    (input,) = as_arrays(input=input)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride, padding, dilation, ceil_mode)
    return fold(np.maximum, input, call)


def avg_pool2d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Take the mean of each window of (n, c, h, w).

    As `reference.avg_pool2d`; the result is (n, c, h_out, w_out).

    Examples
    --------
    >>> avg_pool2d([[[[1, 5, 2]]]], kernel_size=(1, 2), ceil_mode=True)
    array([[[[3., 2.]]]])
    """
    (input,) = as_arrays(input=input)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride, padding, 1, ceil_mode)
    include_pad = _pool_arguments.count_include_pad(count_include_pad)
    with np.errstate(over="ignore", invalid="ignore"):
        output = fold(np.add, input, call)
    output /= counts(call, include_pad).astype(output.dtype)
    return output


def lp_pool2d(
    input: ArrayLike,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Add up the p-th powers of each window of (n, c, h, w), and take the p-th root of the sum.

    As `reference.lp_pool2d`; the result is (n, c, h_out, w_out).

    Examples
    --------
    >>> lp_pool2d([[[[3, 4, 5, 12]]]], norm_type=2, kernel_size=(1, 2))
    array([[[[ 5., 13.]]]])
    """
    (input,) = as_arrays(input=input)
    power = _pool_arguments.norm_type(norm_type)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride, 0, 1, ceil_mode)
    if power == np.inf:
        return fold(np.maximum, np.abs(input), call)
    area = call.kernel_size[0] * call.kernel_size[1]
    with np.errstate(over="ignore", invalid="ignore"):
        output = fold(np.add, input**power, call)
        output *= (area / counts(call)).astype(output.dtype)
        return np.asarray(output ** (1 / power))


def adaptive_avg_pool2d(input: ArrayLike, output_size: Size) -> Array:
    """Take means of windows of (n, c, h, w) that are laid so as to give an output of this size.

    As `reference.adaptive_avg_pool2d`; the result is (n, c, h_out, w_out).

    Examples
    --------
    >>> adaptive_avg_pool2d([[[[1, 2, 3]]]], output_size=(1, 2))
    array([[[[1.5, 2.5]]]])
    """
    (input,) = as_arrays(input=input)
    size = _pool_arguments.adaptive_pool2d(input.shape, output_size)
    (h, w), (h_out, w_out) = input.shape[2:], size[2:]
    if h % h_out == w % w_out == 0:
        return avg_pool2d(input, (h // h_out, w // w_out))
    for axis in (2, 3):
        input = _means(input, axis, size[axis])
    return input


def global_avg_pool2d(input: ArrayLike) -> Array:
    """Take the mean of each channel of (n, c, h, w), as `reference.global_avg_pool2d` does.

    Examples
    --------
    >>> global_avg_pool2d([[[[1, 2], [3, 6]]]])
    array([[[[3.]]]])
    """
    (input,) = as_arrays(input=input)
    _pool_arguments.global_pool2d(input.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(input.mean(axis=(2, 3), keepdims=True))


def global_max_pool2d(input: ArrayLike) -> Array:
    """Keep the largest value of each channel of (n, c, h, w), as `reference.global_max_pool2d`.

    Examples
    --------
    >>> global_max_pool2d([[[[1, 2], [3, 6]]]])
    array([[[[6.]]]])
    """
    (input,) = as_arrays(input=input)
    _pool_arguments.global_pool2d(input.shape)
    return np.asarray(input.max(axis=(2, 3), keepdims=True))


def _means(input: Array, axis: int, size: int) -> Array:
    """Return the means of `size` windows along `axis`, laid as adaptive pooling lays them."""
    n = input.shape[axis]
    start = np.arange(size) * n // size
    lengths = -(-(np.arange(size) + 1) * n // size) - start
    total = input.take(start, axis)
    with np.errstate(over="ignore", invalid="ignore"):
        for i in range(1, lengths.max()):
            long = np.flatnonzero(lengths > i)  # all windows, but for their last one or two values
            part = input.take(start[long] + i, axis, mode="clip")
            if len(long) == size:
                total += part
            else:
                total[(slice(None),) * axis + (long,)] += part
    return np.asarray(total / lengths.reshape(-1, *[1] * (3 - axis)).astype(total.dtype))
