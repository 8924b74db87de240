"""From logits to probabilities, and to the loss of a classifier, as loops over rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnlib import _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, as_classes

__all__ = ["cross_entropy", "log_softmax", "softmax"]


def softmax(input: ArrayLike, dim: int) -> Array:
    """Turn logits into probabilities along an axis: exp(x) over the sum of all exp(x).

    Parameters
    ----------
    input : array of at least one axis
        Logits, real.
    dim : int
        The axis whose values shall sum to 1; counted from the end if negative.

    Returns
    -------
    array of the same shape
        -inf gives probability 0. Where all values are -inf, or one is inf or NaN, no ratio is
        defined, and all are NaN, as in torch.

    Raises
    ------
    TypeError, ValueError
        If the input holds no real numbers or has no axis, or `dim` is none of its axes.

    Notes
    -----
    The largest logit is subtracted from all first. That changes no ratio, and no power overflows.

    Examples
    --------
    >>> softmax([1000, 1000, -1000], 0)
    array([0.5, 0.5, 0. ])
    """
    (input,) = as_arrays(input=input)
    output = np.empty(input.shape, input.dtype)
    for row in _rows(input, dim):
        with np.errstate(over="ignore", invalid="ignore"):
            powers = np.exp(input[row] - input[row].max())
            output[row] = powers / powers.sum()
    return output


def log_softmax(input: ArrayLike, dim: int) -> Array:
    """Return the logarithm of `softmax`, also where that is too small for a float.

    Parameters
    ----------
    input, dim
        As for `softmax`.

    Returns
    -------
    array of the same shape
        -inf stays -inf; NaN where `softmax` is.

    Examples
    --------
    >>> log_softmax([1000, 0, -1000], 0)
    array([    0., -1000., -2000.])
    """
    (input,) = as_arrays(input=input)
    output = np.empty(input.shape, input.dtype)
    for row in _rows(input, dim):
        with np.errstate(over="ignore", invalid="ignore"):
            shifted = input[row] - input[row].max()
            output[row] = shifted - np.log(np.exp(shifted).sum())
    return output


def cross_entropy(
    input: ArrayLike, target: ArrayLike, label_smoothing: float = 0.0
) -> np.floating[Any]:
    """Return the mean over a batch of -log softmax(input)[target]: the surprise at the labels.

    Parameters
    ----------
    input : array, (n, c)
        Logits, not probabilities: the softmax is taken here.
    target : array of integers, (n,)
        The class of each row, from 0 to c - 1.
    label_smoothing : float from 0 to 1
        The part of each label that is shared evenly by all c classes.

    Returns
    -------
    NumPy scalar of the input's type
        At least 0; NaN if the batch is empty, as a mean of nothing is.

    Raises
    ------
    TypeError, ValueError
        If shapes do not match, `target` holds no integers or one that is no class, or
        `label_smoothing` is out of range. torch would leave out rows with target -100: here they
        are refused.

    Notes
    -----
    C. Szegedy and others, "Rethinking the Inception architecture for computer vision", 2016,
    section 7, has the smoothing.

    Examples
    --------
    Of two equal logits, either label is a surprise of log 2:

    >>> round(float(cross_entropy([[5, 5]], [1])), 4)
    0.6931
    """
    (input,) = as_arrays(input=input)
    target = as_classes("target", target)
    smoothing = _layer_arguments.cross_entropy(input.shape, target.shape, label_smoothing)
    n, c = input.shape
    logs = log_softmax(input, 1)
    total = input.dtype.type(0)
    with np.errstate(over="ignore", invalid="ignore"):
        for row, wanted in enumerate(target):
            _layer_arguments.classes(wanted, wanted, c)
            loss = -logs[row, wanted]
            if smoothing > 0:
                loss = (1 - smoothing) * loss - smoothing / c * logs[row].sum()
            total += loss
        return total / input.dtype.type(n)


def _rows(input: Array, dim: object) -> list[tuple[slice | int, ...]]:
    """Return where along an axis each row of values lies; none if there are no values."""
    axis = _layer_arguments.axis(input.shape, dim)
    if input.size == 0:
        return []
    others = np.ndindex(input.shape[:axis] + input.shape[axis + 1 :])
    return [(*place[:axis], slice(None), *place[axis:]) for place in others]
