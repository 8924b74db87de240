"""What is done to activations at random, in training alone."""

from __future__ import annotations

import numpy as np

from cnnlib import _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays

__all__ = ["dropout"]


def dropout(
    input: ArrayLike, p: float = 0.5, training: bool = True, *, rng: np.random.Generator
) -> Array:
    """Put 0 for each value with probability `p`, and divide what is left by 1 - p.

    The division keeps the mean of each value as it was, so that nothing is to be done in
    evaluation: inverted dropout.

    Parameters
    ----------
    input : array of any shape
        Real.
    p : float
        The probability that a value is dropped, from 0 to 1.
    training : bool
        Whether anything is dropped at all.
    rng : numpy.random.Generator
        Asked for a number from 0 to 1 for each value, in order; below `p` the value is dropped.

    Returns
    -------
    array of the same shape
        With `training` false, equal to `input`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its kind.

    Notes
    -----
    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
    Journal of Machine Learning Research 15, 2014.

    Examples
    --------
    >>> np.random.default_rng(0).random(4).round(2)
    array([0.64, 0.27, 0.04, 0.02])
    >>> dropout([3, 3, 3, 3], p=0.25, rng=np.random.default_rng(0))
    array([4., 4., 0., 0.])
    """
    (input,) = as_arrays(input=input)
    p, training = _layer_arguments.dropout(p, training)
    rng = _layer_arguments.generator(rng)
    if not training:
        return input.copy()
    output = np.zeros(input.shape, input.dtype)
    for i in np.ndindex(input.shape):
        if rng.random() >= p:
            output[i] = input[i] / (1 - p)
    return output
