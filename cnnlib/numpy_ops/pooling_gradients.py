"""The gradients of max_pool2d and avg_pool2d, vectorised."""

from __future__ import annotations

import numpy as np

from cnnlib import _pool_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair
from cnnlib._fast_pool import BAND_BYTES, counts, fold, tap
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
    n, c, h, w = input.shape
    largest = fold(np.maximum, input, call).reshape(n * c, *call.output_size[2:])
    planes, grads = input.reshape(n * c, h, w), grad_output.reshape(largest.shape)
    grad_input = np.empty(planes.shape, input.dtype)
    step = max(1, BAND_BYTES // planes[:1].nbytes) if n else 1
    for first in range(0, n * c, step):
        some = slice(first, first + step)
        grad_input[some] = _send_back(planes[some], largest[some], grads[some], call)
    return grad_input.reshape(input.shape)


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
    return _unpad(shares, call)


def _send_back(planes: Array, largest: Array, grads: Array, call: Pool) -> Array:
    """Return (m, h, w) planes that have each window's gradient at the place of its maximum."""
    sides = reach(call)
    padded = np.pad(planes, ((0, 0), *sides), constant_values=np.nan)  # which equals no maximum
    sent = np.zeros(padded.shape, padded.dtype)
    taps = list(np.ndindex(call.kernel_size))

    def met(array: Array, i: int, j: int) -> Array:
        """Return what tap (i, j) meets of a padded array."""
        (rows, columns), (down, across) = call.output_size[2:], call.stride
        lines = tap(array, 1, i, rows, down, call.dilation[0])
        return tap(lines, 2, j, columns, across, call.dilation[1])

    with np.errstate(over="ignore", invalid="ignore"):
        waiting = np.ones(largest.shape, bool)
        for place in taps:
            found = (met(padded, *place) == largest) & waiting
            waiting ^= found
            met(sent, *place)[...] += np.where(found, grads, 0)
        waiting = np.isnan(largest)
        if waiting.any():
            for place in reversed(taps):
                found = np.isnan(met(padded, *place)) & waiting & _inside(call, *place)
                waiting ^= found
                met(sent, *place)[...] += np.where(found, grads, 0)
    return _unpad(sent, call)


def _unpad(padded: Array, call: Pool) -> Array:
    """Return of planes (..., h, w) what has nothing around."""
    (top, left), (h, w) = call.padding, call.input_size[2:]
    return padded[..., top : top + h, left : left + w].copy()


def _inside(call: Pool, i: int, j: int) -> Array:
    """Tell at which positions of the window tap (i, j) meets the input, (h_out, w_out)."""
    axes = []
    for axis, place in enumerate((i, j)):
        met = np.arange(call.output_size[axis + 2]) * call.stride[axis] - call.padding[axis]
        met += place * call.dilation[axis]
        axes.append((met >= 0) & (met < call.input_size[axis + 2]))
    return axes[0][:, None] & axes[1]
