"""Parts of a data set that have its classes in its own shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlib import _check

__all__ = ["stratified_split"]


def stratified_split(
    labels: object, sizes: Sequence[int], *, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Draw disjoint parts of a data set, each with the classes in nearly the shares of the whole.

    Of every class a part has its share of what is left, rounded down; the places that remain go to
    the classes that rounding took most from, of equals to the lower one.

    Parameters
    ----------
    labels : array_like of int
        Shape (n,): the classes.
    sizes : sequence of int
        How many places each part has; n in all at most.
    rng : numpy.random.Generator
        All that is random.

    Returns
    -------
    tuple of numpy.ndarray
        For each size the places in `labels`, int64, rising.

    Raises
    ------
    TypeError, ValueError
        If `labels` is no list of integers, or `sizes` are not counts, or too many.

    Examples
    --------
    >>> labels = [0, 1, 0, 1, 0, 1, 2, 2, 2]
    >>> train, test = stratified_split(labels, [6, 3], rng=np.random.default_rng(0))
    >>> [sorted(labels[place] for place in part) for part in (train, test)]
    [[0, 0, 1, 1, 2, 2], [0, 1, 2]]
    >>> sorted([*train.tolist(), *test.tolist()])
    [0, 1, 2, 3, 4, 5, 6, 7, 8]
    """
    classes = np.asarray(labels)
    if classes.ndim != 1 or (classes.size and classes.dtype.kind not in "iu"):
        found = f"shape {classes.shape} and type {classes.dtype}"
        _check.refuse(TypeError, "labels", "one axis of integers", found)
    legal = f"a list of non-negative ints, {classes.size} in all at most"
    if not isinstance(sizes, (list, tuple, np.ndarray)):
        _check.refuse(TypeError, "sizes", legal, sizes)
    counts = [_check.integer_in("sizes", legal, size, sizes, 0) for size in sizes]
    if sum(counts) > classes.size:
        _check.refuse(ValueError, "sizes", legal, sizes)
    if not isinstance(rng, np.random.Generator):
        _check.refuse(TypeError, "rng", "a numpy.random.Generator", rng)
    left = [rng.permutation(np.flatnonzero(classes == label)) for label in np.unique(classes)]
    parts = []
    for count in counts:
        taken = _shares(count, [len(places) for places in left])
        part = [places[:k] for places, k in zip(left, taken, strict=True)]
        left = [places[k:] for places, k in zip(left, taken, strict=True)]
        parts.append(np.sort(np.concatenate([np.empty(0, np.int64), *part])))
    return tuple(parts)


def _shares(count: int, sizes: list[int]) -> list[int]:
    """Return `count` dealt out in proportion to `sizes`, in whole numbers."""
    total = max(1, sum(sizes))
    taken = [count * size // total for size in sizes]
    lost = [count * size % total for size in sizes]
    most = sorted(range(len(sizes)), key=lambda k: -lost[k])
    for k in most[: count - sum(taken)]:
        taken[k] += 1
    return taken
