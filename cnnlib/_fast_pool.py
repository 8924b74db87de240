"""The core of pooling in `numpy_ops`: fold each window down, then across, a band at a time.

A maximum or a sum over a window is one over its rows, then over what these gave. So a window of
kh x kw takes kh + kw steps and not their product, and each step goes through whole rows at once. A
band of the output is finished before the next one begins: what it needs stays in the processor's
cache, and no more memory is taken, however large the image.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlib._arrays import Array
from cnnlib._bands import band, starts, within
from cnnlib._check import Pair
from cnnlib._pool_arguments import Pool, reach

__all__ = ["BAND_BYTES", "counts", "fold", "tap"]

# About what a band's scratch takes: a share of the cache that one processor core has to itself.
BAND_BYTES = 2**19
# Rows of at least so many values are folded one by one, all taps at once.
WIDE = 256


def fold(
    ufunc: np.ufunc, input: Array, call: Pool, weights: Sequence[Array] | None = None
) -> Array:
    """Fold every window of images with `ufunc`; around an image stands what changes nothing.

    Parameters
    ----------
    ufunc : np.maximum or np.add
        With -inf around for the first, which NaN passes through, and 0 for the second.
    input : array, (n, c, h, w)
        Only read.
    call : Pool
        The settings.
    weights : two arrays, (kh,) and (kw,), or None
        What a window's values are multiplied with, down and across, before they are added; for
        windows that lie within the input.

    Returns
    -------
    array, (n, c, h_out, w_out)
        New, C-contiguous, of the type of `input`.
    """
    n, c, h, w = input.shape
    h_out, w_out = call.output_size[2:]
    planes = input.reshape(n * c, h, w)
    output = np.empty((n * c, h_out, w_out), input.dtype)
    if n == 0:
        return output.reshape(n, c, h_out, w_out)
    left, right = reach(call)[1]
    images, rows = band(n * c, h_out, (left + w + right) * input.itemsize, BAND_BYTES)
    around = -np.inf if ufunc is np.maximum else 0
    lines = np.full((images, rows, left + w + right), around, input.dtype)
    inner = lines[..., left : left + w]
    top, bottom = _whole(call)
    high = _windows(planes[:, top * call.stride[0] - call.padding[0] :], 1, bottom - top, call)
    wide = _windows(lines, 2, w_out, call)
    down, across = weights or (None, None)
    for first in range(0, n * c, images):
        some = slice(first, first + images)
        k = len(planes[some])
        for row in starts(h_out, rows):
            start, stop = (min(max(edge, row), row + rows) for edge in (top, bottom))
            if start < stop:
                whole = high[some, start - top : stop - top]
                _fold_windows(ufunc, inner[:k, start - row : stop - row], whole, down)
            for y, end in ((row, start), (stop, row + rows)):
                if y < end:
                    _fold_edge(ufunc, inner[:k, y - row : end - row], planes[some], y, call, around)
            _fold_windows(ufunc, output[some, row : row + rows], wide[:k], across)
    return output.reshape(n, c, h_out, w_out)


def tap(array: Array, axis: int, place: int, size: int, stride: int, dilation: int = 1) -> Array:
    """Return what the tap at `place` of a window meets along `axis` at the window's positions."""
    first = place * dilation
    at = slice(first, first + (size - 1) * stride + 1, stride)
    return array[(slice(None),) * axis + (at,)]


def counts(call: Pool, include_pad: bool = True) -> Array:
    """Return by how many values each window's sum is divided, (h_out, w_out).

    An axis along which all windows count alike has size 1.
    """
    axes = []
    for axis in (0, 1):
        n, k, p = call.input_size[axis + 2], call.kernel_size[axis], call.padding[axis]
        start = np.arange(call.output_size[axis + 2]) * call.stride[axis] - p
        stop = np.minimum(start + k, n + p)
        count = stop - start if include_pad else np.minimum(stop, n) - np.maximum(start, 0)
        axes.append(count[:1] if (count == count[0]).all() else count)
    return axes[0][:, None] * axes[1]


def _whole(call: Pool) -> Pair:
    """Return the first row of the output whose windows meet no edge, and the first after these."""
    h, h_out, stride, padding = (
        call.input_size[2],
        call.output_size[2],
        call.stride[0],
        call.padding[0],
    )
    span = (call.kernel_size[0] - 1) * call.dilation[0] + 1
    top = min(h_out, -(-padding // stride))
    return top, max(top, min(h_out, (h + padding - span) // stride + 1))


def _windows(array: Array, axis: int, size: int, call: Pool) -> Array:
    """View (m, rows, w) as `size` windows along axis 1 or 2: their taps are a new axis 2."""
    if size == 0:
        return array[:, :0, None]
    stride, dilation = call.stride[axis - 1], call.dilation[axis - 1]
    shape, strides = list(array.shape), list(array.strides)
    step = strides[axis]
    shape[axis], strides[axis] = size, stride * step
    shape.insert(2, call.kernel_size[axis - 1])
    strides.insert(2, dilation * step)
    return np.lib.stride_tricks.as_strided(array, shape, strides, writeable=False)


def _fold_windows(ufunc: np.ufunc, output: Array, windows: Array, weights: Array | None) -> None:
    """Fill (m, rows, w) with what `ufunc` makes of the taps (m, rows, taps, w), times weights."""
    taps = [windows[:, :, i] for i in range(windows.shape[2])]
    if weights is not None:
        np.multiply(taps[0], weights[0], out=output)
        for values, weight in zip(taps[1:], weights[1:], strict=True):
            ufunc(output, values * weight, out=output)
    elif len(taps) == 1:
        output[...] = taps[0]
    elif len(taps) > 2 and output.shape[2] >= WIDE and windows.strides[3] == windows.itemsize:
        ufunc.reduce(windows, axis=2, out=output)  # which finishes one row before the next
    else:
        ufunc(taps[0], taps[1], out=output)
        for values in taps[2:]:
            ufunc(output, values, out=output)


def _fold_edge(
    ufunc: np.ufunc, lines: Array, planes: Array, row: int, call: Pool, around: float
) -> None:
    """Fold down (m, h, w) into lines (m, rows, w), from the output's row `row` on, at an edge."""
    rows, h, stride = lines.shape[1], planes.shape[1], call.stride[0]
    lines[...] = around
    for i in range(call.kernel_size[0]):
        start = row * stride - call.padding[0] + i * call.dilation[0]
        places, met = within(rows, start, stride, h)
        ufunc(lines[:, places], planes[:, met], out=lines[:, places])
