"""How an output is cut into bands: their sizes, where they start, and what each one reads."""

from __future__ import annotations

from cnnlib._arrays import Array
from cnnlib._check import Pair

__all__ = ["band", "copy_padded", "starts", "within"]


def band(n: int, h_out: int, row_bytes: int, most: int) -> Pair:
    """Return how many images, and how many rows of each, a band of `most` bytes may hold."""
    bands = -(-h_out // max(1, most // row_bytes))
    images = max(1, min(n, most // (row_bytes * h_out)))
    return images, -(-h_out // bands)


def starts(size: int, step: int) -> list[int]:
    """Return the first places of runs of `step` that cover `size`; the last two may overlap."""
    return [*range(0, size - step, step), size - step]


def copy_padded(plane: Array, input: Array, top: int, left: int, step: Pair) -> None:
    """Fill ``plane[..., y, x]`` with ``input[..., top + y*step, left + x*step]``, 0 outside it."""
    h, w = input.shape[-2:]
    y, rows = within(plane.shape[-2], top, step[0], h)
    x, columns = within(plane.shape[-1], left, step[1], w)
    inside = plane[..., y, x]
    if inside.size < plane.size:
        plane[...] = 0
    inside[...] = input[..., rows, columns]


def within(places: int, start: int, step: int, size: int) -> tuple[slice, slice]:
    """Return which of the `places` ``start + i*step`` an axis of `size` has, and where there."""
    first = max(0, -(start // step))
    stop = max(first, min(places, -((start - size) // step)))
    return slice(first, stop), slice(start + first * step, start + stop * step, step)
