"""The gradients of max_pool2d and avg_pool2d, vectorised."""

from __future__ import annotations

import numpy as np

from cnnlib import _pool_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair
from cnnlib._fast_pool import counts, pad, tap, unpad
from cnnlib._pool_arguments import Pool, reach

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
    """Return the gradient with respect to the input (n, c, h, w) of `max_pool2d`.

    As `reference.max_pool2d_input`.

    Examples
    --------
    >>> max_pool2d_input([[[[1, 5, 2]]]], [[[[10, 100]]]], kernel_size=(1, 2), stride=1)
    array([[[[  0., 110.,   0.]]]])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    call = _pool_arguments.max_pool2d_input(
        input.shape, grad_output.shape, kernel_size, stride, padding, dilation, ceil_mode
    )
    padded = pad(input, call, -np.inf)
    axes = list(zip(call.output_size[2:], call.stride, call.dilation, strict=True))
    largest = np.full(call.output_size, -np.inf, input.dtype)
    winner = np.full(call.output_size, -1)
    for number, (i, j) in enumerate(np.ndindex(call.kernel_size)):
        value = tap(tap(padded, 2, i, *axes[0]), 3, j, *axes[1])
        new = (value > largest) | np.isnan(value) | ((winner < 0) & _inside(call, i, j))
        np.copyto(largest, value, where=new)
        np.copyto(winner, number, where=new)
    grads = np.zeros(padded.shape, input.dtype)
    for number, (i, j) in enumerate(np.ndindex(call.kernel_size)):
        part = tap(tap(grads, 2, i, *axes[0]), 3, j, *axes[1])
        np.add(part, grad_output, out=part, where=winner == number)
    return unpad(grads, call)


def avg_pool2d_input(
    input_size: tuple[int, int, int, int],
    grad_output: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the gradient with respect to the input (n, c, h, w) of `avg_pool2d`.

    As `reference.avg_pool2d_input`.

    Examples
    --------
    >>> avg_pool2d_input((1, 1, 1, 3), [[[[10, 100]]]], (1, 2), stride=1)
    array([[[[ 5., 55., 50.]]]])
    """
    (grad_output,) = as_arrays(grad_output=grad_output)
    call = _pool_arguments.avg_pool2d_input(
        input_size, grad_output.shape, kernel_size, stride, padding, ceil_mode
    )
    include_pad = _pool_arguments.count_include_pad(count_include_pad)
    shares = grad_output / counts(call, include_pad).astype(grad_output.dtype)
    for axis, sides in enumerate(reach(call), start=2):
        size = list(shares.shape)
        size[axis] = sum(sides) + call.input_size[axis]
        spread = np.zeros(size, shares.dtype)
        for i in range(call.kernel_size[axis - 2]):
            part = tap(spread, axis, i, shares.shape[axis], call.stride[axis - 2])
            part += shares
        shares = spread
    return unpad(shares, call)


def _inside(call: Pool, i: int, j: int) -> Array:
    """Tell at which positions of the window tap (i, j) meets the input, (h_out, w_out)."""
    axes = []
    for axis, place in enumerate((i, j)):
        met = np.arange(call.output_size[axis + 2]) * call.stride[axis] - call.padding[axis]
        met += place * call.dilation[axis]
        axes.append((met >= 0) & (met < call.input_size[axis + 2]))
    return axes[0][:, None] & axes[1]
