"""Convolution and correlation of plain signals, vectorised."""

from __future__ import annotations

import numpy as np

from cnnlib import _arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays

__all__ = ["autocorrelate", "convolve", "correlate"]


def convolve(input: ArrayLike, kernel: ArrayLike, mode: str = "full") -> Array:
    """Convolve two signals, (n,) and (k,) or (h, w) and (kh, kw), as `reference.convolve` does.

    Examples
    --------
    >>> convolve([1, 2, 3], [1, 0, -1], mode='same')
    array([ 2.,  2., -2.])
    """
    input, kernel = as_arrays(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    return _full(input, kernel)[kept].copy()


def correlate(input: ArrayLike, kernel: ArrayLike, mode: str = "full") -> Array:
    """Cross-correlate two signals, lags rising, as `reference.correlate` does.

    Examples
    --------
    >>> correlate([1, 2, 3], [1, 0, -1], mode='same')
    array([-2., -2.,  2.])
    """
    input, kernel = as_arrays(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    return _full(input, np.flip(kernel).conj())[kept].copy()


def autocorrelate(input: ArrayLike, mode: str = "full") -> Array:
    """Correlate a signal with itself, as `reference.autocorrelate` does.

    Examples
    --------
    >>> autocorrelate([1j, 2])
    array([0.+2.j, 5.+0.j, 0.-2.j])
    """
    return correlate(input, input, mode)


def _full(input: Array, kernel: Array) -> Array:
    """Return the full convolution of two signals of equal rank."""
    if input.ndim == 1:
        return np.convolve(input, kernel)
    if kernel.size > input.size:
        input, kernel = kernel, input
    h, w = input.shape
    full = np.zeros(np.add(input.shape, kernel.shape) - 1, input.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for i, j in np.ndindex(kernel.shape):
            full[i : i + h, j : j + w] += kernel[i, j] * input
    return full
