"""What is done to activations at random, in training alone."""

from __future__ import annotations

import numpy as np

from cnnlib import _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays

__all__ = ["dropout"]


def dropout(
    input: ArrayLike, p: float = 0.5, training: bool = True, *, rng: np.random.Generator
) -> Array:
    """Put 0 for each value of an array of any shape with probability `p`, else divide by 1 - p.

    As `reference.dropout`, with the same numbers from `rng`.

    Examples
    --------
    >>> dropout([3, 3, 3, 3], p=0.25, rng=np.random.default_rng(0))
    array([4., 4., 0., 0.])
    """
    (input,) = as_arrays(input=input)
    p, training = _layer_arguments.dropout(p, training)
    rng = _layer_arguments.generator(rng)
    if not training:
        return input.copy()
    kept = rng.random(input.shape) >= p
    return np.divide(input, 1 - p, out=np.zeros(input.shape, input.dtype), where=kept)
