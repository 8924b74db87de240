"""The two formulas for the size of an output, on pairs that are checked already.

`shapes` shows them to readers; the operations use them with names of their own in the messages.
"""

from __future__ import annotations

from cnnlib import _check
from cnnlib._check import Pair, Sides


def convolved(
    n: Pair,
    kernel_size: Pair,
    stride: Pair,
    padding: Sides,
    dilation: Pair,
    name: str = "kernel_size",
) -> Pair:
    """Return a convolution's (rows, columns); refuse a kernel, `name`, that does not fit."""
    padded = tuple(i + sum(p) for i, p in zip(n, padding, strict=True))
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel_size, dilation, strict=True))
    if any(span > i for span, i in zip(spans, padded, strict=True)):
        wide = "" if dilation == (1, 1) else f", which spans {spans} with dilation {dilation}"
        legal = f"no larger than the padded input, {padded}"
        raise ValueError(f"{name} must be {legal}, got a kernel of {kernel_size}{wide}")
    rows, columns = ((i - e) // s + 1 for i, e, s in zip(padded, spans, stride, strict=True))
    return rows, columns


def transposed(
    n: Pair, kernel_size: Pair, stride: Pair, padding: Pair, output_padding: Pair, dilation: Pair
) -> Pair:
    """Return a transposed convolution's (rows, columns); refuse a padding that leaves none."""
    full = tuple(
        (i - 1) * s + d * (k - 1) + e + 1
        for i, k, s, d, e in zip(n, kernel_size, stride, dilation, output_padding, strict=True)
    )
    rows, columns = (f - 2 * p for f, p in zip(full, padding, strict=True))
    if rows < 1 or columns < 1:
        legal = f"small enough to leave some of the full output, {full}, when cut from each end"
        _check.refuse(ValueError, "padding", legal, padding)
    return rows, columns
