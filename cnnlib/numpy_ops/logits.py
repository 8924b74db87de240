"""From logits to probabilities, and to the loss of a classifier, vectorised."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnlib import _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, as_classes

__all__ = ["cross_entropy", "log_softmax", "softmax"]


def softmax(input: ArrayLike, dim: int) -> Array:
    """Turn logits of any shape into probabilities along an axis, as `reference.softmax` does.

    Examples
    --------
    >>> softmax([[0, np.log(3)]], dim=1).round(2)
    array([[0.25, 0.75]])
    """
    (input,) = as_arrays(input=input)
    axis = _layer_arguments.axis(input.shape, dim)
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(_below_largest(input, axis))
        return powers / powers.sum(axis, keepdims=True)


def log_softmax(input: ArrayLike, dim: int) -> Array:
    """Return the logarithm of `softmax`, also where that is too small for a float.

    As `reference.log_softmax`.

    Examples
    --------
    >>> log_softmax([[0, 2000]], dim=1)
    array([[-2000.,     0.]])
    """
    (input,) = as_arrays(input=input)
    axis = _layer_arguments.axis(input.shape, dim)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        shifted = _below_largest(input, axis)
        return shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))


def cross_entropy(
    input: ArrayLike, target: ArrayLike, label_smoothing: float = 0.0
) -> np.floating[Any]:
    """Return the mean over a batch (n, c) of -log softmax(input)[target], of classes (n,).

    As `reference.cross_entropy`.

    Examples
    --------
    >>> cross_entropy([[0, 2000]], [0])
    np.float64(2000.0)
    """
    (input,) = as_arrays(input=input)
    target = as_classes("target", target)
    smoothing = _layer_arguments.cross_entropy(input.shape, target.shape, label_smoothing)
    n, c = input.shape
    if n == 0:
        return input.dtype.type(np.nan)
    _layer_arguments.classes(target.min(), target.max(), c)
    logs = log_softmax(input, 1)
    own = logs[np.arange(n), target]
    with np.errstate(over="ignore", invalid="ignore"):
        if smoothing > 0:
            own = (1 - smoothing) * own + smoothing / c * logs.sum(axis=1)
        mean: np.floating[Any] = -own.mean()
    return mean


def _below_largest(input: Array, axis: int) -> Array:
    """Return logits less the largest along the axis, so that no power of them overflows."""
    return input - input.max(axis, keepdims=True, initial=-np.inf)
