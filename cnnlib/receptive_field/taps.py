"""Which units of the map before a node's units read along one axis, and with what weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from cnnlib._check import Pair
from cnnlib.receptive_field.nodes import Node

__all__ = ["Axis", "axis_of", "clip", "period", "taps"]

Ints = NDArray[np.int64]
Taps = tuple[Ints, Ints, NDArray[np.float64]]


@dataclass(frozen=True)
class Axis:
    """One axis of a node: its settings, and the sizes of the maps that it reads and makes."""

    op: str
    mode: str | None
    n_in: int
    n_out: int
    k: int
    s: int
    p: int
    d: int

    @property
    def same(self) -> bool:
        """Whether each unit reads the one in its own place alone."""
        steps = self.op == "merge" or (
            self.op == "window" and (self.k, self.s, self.p) == (1, 1, 0)
        )
        return steps and self.n_in == self.n_out


def axis_of(node: Node, axis: int, n_in: Pair, n_out: Pair) -> Axis:
    """Return one axis of a node, with the padding before it."""
    k, s, d = node.kernel_size[axis], node.stride[axis], node.dilation[axis]
    op = "whole" if node.op == "adaptive" and n_out[axis] == 1 else node.op
    return Axis(op, node.mode, n_in[axis], n_out[axis], k, s, node.padding[axis][0], d)


def taps(a: Axis, units: Ints) -> Taps:
    """Return what some units of a node read along an axis of endless maps.

    Every kernel weight is 1 / k, so that each node passes constants on unchanged: in the mean over
    its phases, for a transposed convolution.

    Parameters
    ----------
    a : Axis
        The node's axis.
    units : numpy.ndarray
        Shape (n,), ints: indices along it, also such as lie outside of the map.

    Returns
    -------
    owners, read, weights : numpy.ndarray
        Shape (t,) each, one entry a tap: the place in `units` of the unit that reads, the index
        that it reads, and the weight, which is never 0.

    Examples
    --------
    >>> owners, read, weights = taps(Axis("window", "zeros", 9, 4, 3, 2, 1, 1), np.array([0, 3]))
    >>> owners.tolist(), read.tolist()
    ([0, 0, 0, 1, 1, 1], [-1, 0, 1, 5, 6, 7])
    """
    if a.op == "window":
        read = units[:, None] * a.s - a.p + a.d * np.arange(a.k)
        return _table(read, np.full(read.shape, 1 / a.k))
    if a.op == "transposed":
        steps = units[:, None] + a.p - a.d * np.arange(a.k)
        return _table(steps // a.s, np.where(steps % a.s == 0, a.s / a.k, 0.0))
    if a.op == "resize":
        return _resized(a, units)
    if a.op == "adaptive":
        first, end = units * a.n_in // a.n_out, -(-(units + 1) * a.n_in // a.n_out)
        read = first[:, None] + np.arange((end - first).max(initial=0))
        return _table(read, (read < end[:, None]) / (end - first)[:, None])
    if a.op == "whole":
        read = np.broadcast_to(np.arange(a.n_in), (len(units), a.n_in))
        return _table(read, np.full(read.shape, 1 / a.n_in))
    read = (units * 0 if a.n_in < a.n_out else units)[:, None]  # merge, spread from 1 or not
    return _table(read, np.ones(read.shape))


def clip(a: Axis, found: Taps) -> Taps:
    """Return taps as they fall on a map that ends: in its padding, on nothing or on a copy."""
    owners, read, weights = found
    n = a.n_in
    if a.op == "resize" or a.mode == "replicate":
        return owners, read.clip(0, n - 1), weights
    if a.mode == "reflect" and n > 1:
        read = np.abs(read)
        read = np.where(read >= n, 2 * (n - 1) - read, read)
    elif a.mode == "circular":
        read = read % n
    inside = (read >= 0) & (read < n)
    return owners[inside], read[inside], weights[inside]


def period(a: Axis) -> tuple[int, int]:
    """Return after how many units the taps of a node repeat, and how far on they are then.

    Examples
    --------
    >>> period(Axis("transposed", None, 5, 10, 2, 2, 0, 1))
    (2, 1)
    """
    if a.op == "window":
        return 1, a.s
    if a.op == "transposed":
        return a.s, 1
    if a.op == "whole" or (a.op == "merge" and a.n_in < a.n_out):
        return 1, 0
    if a.op == "merge":
        return 1, 1
    n_in, n_out = a.n_in, a.n_out
    if a.mode and a.mode.endswith("aligned"):
        if n_out == 1:
            return 1, 0
        n_in, n_out = n_in - 1, n_out - 1
    common = gcd(n_in, n_out)
    return n_out // common, n_in // common


def _resized(a: Axis, units: Ints) -> Taps:
    """Return the taps of an interpolation; those without weight are left out."""
    if a.mode == "nearest":
        read = (units * a.n_in // a.n_out)[:, None]
        return _table(read, np.ones(read.shape))
    above, below = (2 * units + 1) * a.n_in - a.n_out, 2 * a.n_out  # as a fraction, exactly
    if a.mode == "nearest-exact":
        read = ((above + a.n_out) // below)[:, None]
        return _table(read, np.ones(read.shape))
    if a.mode in ("linear-aligned", "cubic-aligned"):
        above, below = units * (a.n_in - 1), max(a.n_out - 1, 1)
        above = above * (a.n_out > 1)
    first, t = above // below, (above % below / below)[:, None]
    if a.mode in ("linear", "linear-aligned"):
        return _table(first[:, None] + np.arange(2), np.hstack([1 - t, t]))
    # R. Keys, "Cubic convolution interpolation for digital image processing", 1981, with the
    # parameter -3/4 that torch has.
    near, far = [t, 1 - t], [1 + t, 2 - t]
    inner = [(1.25 * x - 2.25) * x * x + 1 for x in near]
    outer = [((-0.75 * x + 3.75) * x - 6) * x + 3 for x in far]
    return _table(first[:, None] + np.arange(-1, 3), np.hstack([outer[0], *inner, outer[1]]))


def _table(read: Ints, weights: NDArray[np.float64]) -> Taps:
    """Return a table of taps, a row for each unit, as three lists; without those of weight 0."""
    used = weights != 0
    owners = np.nonzero(used)[0]
    return owners, read[used], weights[used]
