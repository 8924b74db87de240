"""What one window of a pooling layer meets, and how many values its mean is over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnlib._check import Pair
from cnnlib._pool_arguments import Pool

__all__ = ["count", "places"]


def places(call: Pool, row: int, column: int) -> Iterator[Pair]:
    """Yield the places (y, x) of the input that the window of one output meets, row by row."""
    (kh, kw), (h, w) = call.kernel_size, call.input_size[2:]
    for i, j in np.ndindex(kh, kw):
        y = row * call.stride[0] - call.padding[0] + i * call.dilation[0]
        x = column * call.stride[1] - call.padding[1] + j * call.dilation[1]
        if 0 <= y < h and 0 <= x < w:
            yield y, x


def count(call: Pool, row: int, column: int, include_pad: bool = True) -> int:
    """Return by how many values the sum over a window is divided."""
    if not include_pad:
        return len(list(places(call, row, column)))
    top, left = row * call.stride[0], column * call.stride[1]
    rows = min(call.kernel_size[0], call.input_size[2] + 2 * call.padding[0] - top)
    columns = min(call.kernel_size[1], call.input_size[3] + 2 * call.padding[1] - left)
    return rows * columns
