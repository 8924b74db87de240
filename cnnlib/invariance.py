"""How much does an output change when the input moves? Scores, and curves over the shift.

Equivariance asks whether the output moves along (`equivariance`); invariance asks whether it
stays the same. A map may have one, both or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from cnnlib import _check
from cnnlib.equivariance import equivariance_error, output_shift, shift

RIGHT = tuple((0, dx) for dx in range(9))
"""The shifts (dy, dx) by 0 to 8 pixels to the right."""


class Response(NamedTuple):
    """What a shift by `dy` down and `dx` right does to an output.

    `error` is the relative `equivariance_error`, `score` the `invariance_score`.
    """

    dy: int
    dx: int
    error: float
    score: float


def invariance_score(moved: Any, still: Any) -> float:
    """Return how alike ``f(shift(x))`` and ``f(x)`` are: the cosine of the angle between them.

    Zhang (2019) compares feature maps by the same angle. The score does not see a change of
    scale, and says nothing of use: a map that gives the same for every input scores 1. Where many
    values are the same for every input, such as a bias, it is near 1 whatever moves.

    Parameters
    ----------
    moved, still : array_like or torch.Tensor
        Of one shape: the output for the shifted input, and for the input.

    Returns
    -------
    float
        The sum of products over the product of both norms, -1 to 1, and 0 to 1 for outputs
        without negative values; 1 if both are zero, 0 if only one is.

    Raises
    ------
    ValueError
        If the two differ in shape, or are empty.

    Examples
    --------
    >>> invariance_score([1, 0, 0], [0, 1, 0]), invariance_score([0, 0], [0, 0])
    (0.0, 1.0)
    >>> invariance_score([3, 4], [4, 3])
    0.96
    """
    a, b = (_flat(name, part) for name, part in (("moved", moved), ("still", still)))
    if a.shape != b.shape or not a.size:
        shapes = f"not empty and of the shape of still, {np.shape(still)},"
        _check.refuse(ValueError, "moved", shapes, np.shape(moved))
    if not (a.any() and b.any()):
        return float(not (a.any() or b.any()))
    a, b = a / np.abs(a).max(), b / np.abs(b).max()
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1))


def shift_curve(
    f: Callable[[Any], Any],
    input: Any,
    stride: int = 1,
    padding: str = "zero",
    shifts: Iterable[tuple[int, int]] = RIGHT,
) -> list[Response]:
    """Return how far a map of pictures is from equivariant and from invariant, shift by shift.

    Parameters
    ----------
    f, input, stride, padding
        As in `equivariance.orders`.
    shifts : iterable of pairs of int
        How far down and right; 0 to 8 pixels to the right unless told otherwise.

    Returns
    -------
    list of Response
        One for each shift.

    Examples
    --------
    >>> def halve(rows):
    ...     return rows[..., ::2]
    >>> row = np.array([[1.0, 0, 0, 0]])
    >>> for each in shift_curve(halve, row, stride=2, shifts=[(0, 0), (0, 1), (0, 2)]):
    ...     print(each)
    Response(dy=0, dx=0, error=0.0, score=1.0)
    Response(dy=0, dx=1, error=1.0, score=0.0)
    Response(dy=0, dx=2, error=0.0, score=0.0)
    """
    still = f(input)
    responses = []
    for dy, dx in shifts:
        first = f(shift(input, dy, dx, padding))
        second = shift(still, output_shift(dy, stride), output_shift(dx, stride), padding)
        error = equivariance_error(first, second)[1]
        responses.append(Response(dy, dx, error, invariance_score(first, still)))
    return responses


def consistency(answers: Any) -> float:
    """Return how often a classifier's answer stays the same under a shift (Zhang, 2019).

    Zhang draws two shifts of each picture at random; here every pair of different shifts counts
    once. An answer that is wrong in the same way each time is consistent too: look at the
    accuracy as well.

    Parameters
    ----------
    answers : array_like of int
        Shape (shifts, pictures), at least 2 by 1: the class given to each picture at each shift.

    Returns
    -------
    float
        The share of equal answers among all pairs of shifts of all pictures, 0 to 1.

    Raises
    ------
    ValueError
        If `answers` is of another shape.

    Examples
    --------
    >>> consistency([[7, 1], [7, 2], [7, 1]])  # 3 of 3 pairs, and 1 of 3
    0.6666666666666666
    """
    answers = np.asarray(answers)
    if answers.ndim != 2 or answers.shape[0] < 2 or not answers.shape[1]:
        _check.refuse(ValueError, "answers", "of at least 2 shifts by 1 picture", answers.shape)
    first, second = np.triu_indices(len(answers), 1)
    return float((answers[first] == answers[second]).mean())


def _flat(name: str, values: Any) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return np.asarray(values, dtype=float).ravel()
