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
from cnnlib._pool_arguments import Pool, reach

__all__ = ["BAND_BYTES", "counts", "fold", "tap"]

# About what a band's scratch takes: a share of the cache that one processor core has to itself.
BAND_BYTES = 2**19


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
    around = -np.inf if ufunc is np.maximum else 0
    down, across = weights or (None, None)
    left, right = reach(call)[1]
    images, rows = band(n * c, h_out, (left + w + right) * input.itemsize, BAND_BYTES)
    lines = np.full((images, rows, left + w + right), around, input.dtype)
    for first in range(0, n * c, images):
        some = planes[first : first + images]
        part = lines[: len(some)]
        for row in starts(h_out, rows):
            _fold_down(ufunc, part[..., left : left + w], some, row, call, around, down)
            places = output[first : first + images, row : row + rows]
            taps = [
                tap(part, 2, j, w_out, call.stride[1], call.dilation[1])
                for j in range(call.kernel_size[1])
            ]
            _fold_taps(ufunc, places, taps, across)
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


def _fold_down(
    ufunc: np.ufunc,
    lines: Array,
    planes: Array,
    row: int,
    call: Pool,
    around: float,
    weights: Array | None,
) -> None:
    """Fill lines (m, rows, w) from planes (m, h, w): what windows hold of each column, folded.

    The first line is for the windows of the output's row `row`.
    """
    rows, stride, h = lines.shape[1], call.stride[0], planes.shape[1]
    tops = [
        row * stride - call.padding[0] + i * call.dilation[0] for i in range(call.kernel_size[0])
    ]
    # Windows of the lines from `start` to `stop` are whole; those before and after meet an edge.
    start = within(rows, tops[0], stride, h)[0].start
    stop = within(rows, tops[-1], stride, h)[0].stop
    if stop <= start:
        start = stop = 0
    else:
        size = stop - start
        taps = [tap(planes[:, top + start * stride :], 1, 0, size, stride) for top in tops]
        _fold_taps(ufunc, lines[:, start:stop], taps, weights)
    for first, last in ((0, start), (stop, rows)):
        if first == last:
            continue
        edge = lines[:, first:last]
        edge[...] = around
        for top in tops:
            places, met = within(last - first, top + first * stride, stride, h)
            ufunc(edge[:, places], planes[:, met], out=edge[:, places])


def _fold_taps(ufunc: np.ufunc, output: Array, taps: list[Array], weights: Array | None) -> None:
    """Fill `output` with what `ufunc` makes of arrays of its shape, times weights."""
    if weights is not None:
        np.multiply(taps[0], weights[0], out=output)
        for values, weight in zip(taps[1:], weights[1:], strict=True):
            ufunc(output, values * weight, out=output)
    elif len(taps) == 1:
        output[...] = taps[0]
    else:
        ufunc(taps[0], taps[1], out=output)
        for values in taps[2:]:
            ufunc(output, values, out=output)
