"""What one unit of a graph sees of the input: its box, exactly, and by how many ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnlib import _check
from cnnlib._check import Pair
from cnnlib.receptive_field.nodes import Node, output_sizes
from cnnlib.receptive_field.taps import Axis, Taps, axis_of, clip, taps

__all__ = ["box", "paths"]

Floats = NDArray[np.float64]


@dataclass
class _Patch:
    """A part of a map, its first row and column, with a weight for each of its units."""

    top: int
    left: int
    weights: Floats


def box(
    nodes: Sequence[Node], name: str, unit: Pair, clipped: bool = True
) -> tuple[Pair, Pair] | None:
    """Return the smallest box that holds all pixels that one unit sees.

    Every tap is followed back to the input, so the box is exact: it is that of the non-zero
    gradient of a network with positive weights. Where all taps of a window at an end of its reach
    fall into padding, it is smaller than what the recurrences give, cut to the picture.

    Parameters
    ----------
    nodes : sequence of Node
        A graph: each node after those that it reads.
    name : str
        The node.
    unit : pair of ints
        Row and column of a unit of its map; an int stands for two equal ones.
    clipped : bool
        Whether the maps end where they do. False takes each for endless, and padding for more
        of the picture, as the recurrences do.

    Returns
    -------
    pair of pairs of ints, or None
        ((top, left), (bottom, right)), all four included; None if the unit sees no pixel.

    Raises
    ------
    TypeError, ValueError
        If `nodes` is no graph, has no node `name`, or this has no such unit.

    Examples
    --------
    >>> graph = [Node("x", "input", size=8), Node("y", "window", ("x",), 3, 2, 1)]
    >>> box(graph, "y", (0, 3))
    ((0, 5), (1, 7))
    >>> box(graph, "y", (0, 3), clipped=False)
    ((-1, 5), (1, 7))
    """
    patch = _seen(nodes, name, unit, _check.flag("clipped", clipped))
    if patch is None:
        return None
    rows = np.flatnonzero(patch.weights.any(axis=1)) + patch.top
    columns = np.flatnonzero(patch.weights.any(axis=0)) + patch.left
    return (int(rows[0]), int(columns[0])), (int(rows[-1]), int(columns[-1]))


def paths(nodes: Sequence[Node], name: str, unit: Pair) -> Floats:
    """Return the share that each pixel has in one unit of a network of equal weights.

    It is the gradient of the unit in a linear network: all weights of a window are equal, and add
    up to 1; where branches meet, they are added up. Counted otherwise, it is the share of the ways
    from the unit back to the input that end at a pixel, if at each window one of its taps is drawn
    by chance, and at each meeting one of the branches, all alike likely; ways that end in padding
    count for nothing.

    Parameters
    ----------
    nodes, name, unit
        As `box` takes them.

    Returns
    -------
    numpy.ndarray
        Shape (h, w) of the input, float64: shares that add up to 1, or zeros where the unit sees
        no pixel.

    Raises
    ------
    TypeError, ValueError
        As in `box`.

    Examples
    --------
    >>> graph = [
    ...     Node("x", "input", size=(1, 5)),
    ...     Node("y", "window", ("x",), (1, 3), padding=((0, 0), (1, 1))),
    ...     Node("z", "window", ("y",), (1, 3), padding=((0, 0), (1, 1))),
    ... ]
    >>> (paths(graph, "z", (0, 2)) * 9).round(6)
    array([[1., 2., 3., 2., 1.]])
    """
    patch = _seen(nodes, name, unit, clipped=True, counted=True)
    sizes = output_sizes(nodes)
    shares = np.zeros(next(sizes[node.name] for node in nodes if node.op == "input"))
    if patch is not None:
        h, w = patch.weights.shape
        shares[patch.top : patch.top + h, patch.left : patch.left + w] = patch.weights
        shares /= shares.sum()
    return shares


def _seen(
    nodes: Sequence[Node], name: str, unit: object, clipped: bool, counted: bool = False
) -> _Patch | None:
    """Follow a unit back to the input: with its taps' weights if `counted`, else with ones."""
    sizes = output_sizes(nodes)
    if name not in sizes:
        _check.refuse(ValueError, "name", f"one of {', '.join(sizes)}", name)
    place = _check.pair("unit", unit)
    if any(u >= n for u, n in zip(place, sizes[name], strict=True)):
        legal = f"within the map of {name!r}, of size {sizes[name]}"
        _check.refuse(ValueError, "unit", legal, unit)
    waiting = {name: [_Patch(*place, np.ones((1, 1)))]}
    found: list[_Patch] = []
    for node in reversed(nodes):
        patch = _together(waiting.pop(node.name, []))
        if patch is None:
            continue
        if not counted:
            patch.weights = (patch.weights > 0).astype(float)
        if node.op == "input":
            found.append(patch)
        for before in node.inputs:
            rows, columns = (
                axis_of(node, axis, sizes[before], sizes[node.name]) for axis in (0, 1)
            )
            waiting.setdefault(before, []).append(_back(patch, rows, columns, clipped, counted))
    return _together(found)


def _back(patch: _Patch, rows: Axis, columns: Axis, clipped: bool, counted: bool) -> _Patch:
    """Return what the units of a patch read of one map before them."""
    top, weights = _along(rows, patch.top, patch.weights, clipped, counted)
    left, weights = _along(columns, patch.left, weights.T, clipped, counted)
    return _Patch(top, left, weights.T)


def _along(
    a: Axis, start: int, weights: Floats, clipped: bool, counted: bool
) -> tuple[int, Floats]:
    """Carry weights, a row for each unit from `start` on, back to what these units read."""
    if a.same:
        return start, weights
    found: Taps = taps(a, np.arange(start, start + len(weights)))
    owners, read, shares = clip(a, found) if clipped else found
    if not len(read):
        return 0, np.zeros((0, weights.shape[1]))
    first = int(read.min())
    matrix = np.zeros((int(read.max()) - first + 1, len(weights)))
    np.add.at(matrix, (read - first, owners), shares if counted else 1)
    return first, matrix @ weights


def _together(patches: list[_Patch]) -> _Patch | None:
    """Return the sum of patches of one map, or None where there is nothing on them."""
    patches = [patch for patch in patches if patch.weights.any()]
    if not patches:
        return None
    top, left = min(p.top for p in patches), min(p.left for p in patches)
    bottom = max(p.top + p.weights.shape[0] for p in patches)
    right = max(p.left + p.weights.shape[1] for p in patches)
    whole = _Patch(top, left, np.zeros((bottom - top, right - left)))
    for p in patches:
        h, w = p.weights.shape
        whole.weights[p.top - top : p.top - top + h, p.left - left : p.left - left + w] += p.weights
    return whole
