"""The core of pooling in `numpy_ops`: fold each window down, then across, a tap at a time.

A maximum or a sum over a window is one over its rows, then over what these gave. So a window of
kh x kw takes kh + kw steps and not their product, each of which goes through whole arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlib._arrays import Array
from cnnlib._pool_arguments import Pool, reach

__all__ = ["counts", "fold", "pad", "tap", "unpad"]


def pad(input: Array, call: Pool, value: float) -> Array:
    """Return images (n, c, h, w) with `value` all around, as far as any window reaches."""
    sides = reach(call)
    if sides == ((0, 0), (0, 0)):
        return input
    return np.pad(input, ((0, 0), (0, 0), *sides), constant_values=value)


def unpad(padded: Array, call: Pool) -> Array:
    """Return a copy of what `pad` has put something around."""
    (top, left), (h, w) = call.padding, call.input_size[2:]
    return padded[:, :, top : top + h, left : left + w].copy()


def tap(array: Array, axis: int, place: int, size: int, stride: int, dilation: int = 1) -> Array:
    """Return what the tap at `place` of a window meets along `axis` at the window's positions."""
    first = place * dilation
    at = slice(first, first + (size - 1) * stride + 1, stride)
    return array[(slice(None),) * axis + (at,)]


def fold(
    ufunc: np.ufunc, padded: Array, call: Pool, weights: Sequence[Array] | None = None
) -> Array:
    """Fold each window of a padded input with `ufunc`, its taps first times `weights`, by axis."""
    for axis in (0, 1):
        settings = call.output_size[axis + 2], call.stride[axis], call.dilation[axis]
        taps = (tap(padded, axis + 2, i, *settings) for i in range(call.kernel_size[axis]))
        if weights is not None:
            taps = (part * weight for part, weight in zip(taps, weights[axis], strict=True))
        folded = next(taps).copy()
        for part in taps:
            ufunc(folded, part, out=folded)
        padded = folded
    return padded


def counts(call: Pool, include_pad: bool = True) -> Array:
    """Return by how many values each window's sum is divided, (h_out, w_out)."""
    axes = []
    for axis in (0, 1):
        n, k, p = call.input_size[axis + 2], call.kernel_size[axis], call.padding[axis]
        start = np.arange(call.output_size[axis + 2]) * call.stride[axis] - p
        stop = np.minimum(start + k, n + p)
        axes.append(stop - start if include_pad else np.minimum(stop, n) - np.maximum(start, 0))
    return axes[0][:, None] * axes[1]
