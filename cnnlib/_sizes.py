"""The formulas for the size of an output, on pairs that are checked already.

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


def pooled(
    n: Pair, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Pair:
    """Return a pooling layer's (rows, columns); refuse a window that does not fit."""
    if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
        _check.refuse(
            ValueError, "padding", f"at most half the kernel size, {kernel_size}", padding
        )
    if not ceil_mode:
        top, left = padding
        return convolved(n, kernel_size, stride, ((top, top), (left, left)), dilation)
    axes = list(zip(n, kernel_size, stride, padding, dilation, strict=True))
    if any(d * (k - 1) + 1 >= i + 2 * p + s for i, k, s, p, d in axes):
        limits = tuple(i + 2 * p + s for i, _, s, p, _ in axes)
        legal = f"such that it spans less than the padded input and one stride, {limits}"
        raise ValueError(f"kernel_size must be {legal}, got {kernel_size} with dilation {dilation}")
    full = (-(-(i + 2 * p - d * (k - 1) - 1) // s) + 1 for i, k, s, p, d in axes)
    # A last window that would start beyond the input, in the padding after it, is left out.
    rows, columns = (
        out - ((out - 1) * s >= i + p) for out, (i, _, s, p, _) in zip(full, axes, strict=True)
    )
    return rows, columns
