"""Two dots, halved again and again: near ones merge into one, far ones stay two."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from cnnlib import _check, numpy_ops
from cnnlib.downsampling import downsample


def two_dots(distance: int, start: int = 8, rows: int = 16, cols: int = 40) -> np.ndarray:
    """Return a black picture with two white pixels in its middle row.

    Parameters
    ----------
    distance : int
        Columns from one to the other, at least 1.
    start : int
        The column of the first, from 0.
    rows, cols : int
        The size of the picture; both dots must lie within.

    Returns
    -------
    numpy.ndarray
        float64, shape (rows, cols); 1 at both dots, else 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is no int, or a dot would lie outside.

    Examples
    --------
    >>> two_dots(3, start=1, rows=1, cols=6)
    array([[0., 1., 0., 0., 1., 0.]])
    """
    rows, cols = _check.integer("rows", rows, 1), _check.integer("cols", cols, 1)
    start, distance = _check.integer("start", start), _check.integer("distance", distance, 1)
    if start + distance >= cols:
        legal = f"at most {cols - 1 - start}, so that both dots lie within,"
        _check.refuse(ValueError, "distance", legal, distance)
    picture = np.zeros((rows, cols))
    picture[rows // 2, [start, start + distance]] = 1
    return picture


def halvings(
    picture: Any, times: int, kind: str = "max", *, ops: ModuleType = numpy_ops
) -> list[Any]:
    """Return a picture, and what is left of it each time it is halved.

    Parameters
    ----------
    picture : numpy.ndarray or torch.Tensor
        Shape (h, w).
    times : int
        How often, from 0.
    kind, ops
        As in `downsampling.downsample`.

    Returns
    -------
    list of arrays
        `times` + 1 of them, the first being `picture`.

    Examples
    --------
    >>> [stage.shape for stage in halvings(two_dots(3), 3)]
    [(16, 40), (8, 20), (4, 10), (2, 5)]
    """
    stages = [picture]
    for _ in range(_check.integer("times", times)):
        stages.append(downsample(stages[-1][None, None], kind, ops=ops)[0, 0])
    return stages


def peaks(picture: Any) -> int:
    """Return how many dots can still be told apart along the columns of a picture.

    Parameters
    ----------
    picture : array_like
        Shape (h, w), no value below 0.

    Returns
    -------
    int
        Of the largest value in each column: how many are above 0 and higher than what stands on
        both sides. Equal neighbours count as one; differences below 1e-9 count as none.

    Examples
    --------
    >>> peaks([[0, 1, 0, 1, 0]]), peaks([[0, 1, 1, 0]]), peaks([[0, 2, 1, 0]]), peaks([[0, 0]])
    (2, 1, 1, 0)
    """
    profile = np.asarray(picture, dtype=float).max(axis=0).round(9)
    profile = np.concatenate([[0], profile, [0]])
    heights = profile[np.flatnonzero(np.diff(profile, prepend=-1))]  # equal neighbours once
    middle = heights[1:-1]
    return int(((middle > heights[:-2]) & (middle > heights[2:])).sum())
