"""Convolution and correlation of plain signals, as loops."""

from __future__ import annotations

import numpy as np

from cnnlib import _arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays

__all__ = ["autocorrelate", "convolve", "correlate"]


def convolve(input: ArrayLike, kernel: ArrayLike, mode: str = "full") -> Array:
    """Convolve two signals: output[n] = sum over m of input[m] kernel[n - m].

    Each product of an input value and a kernel value lands where their positions add up to: the
    Cauchy product of two polynomials, if the values are their coefficients.

    Parameters
    ----------
    input, kernel : array, 1-D (n,) and (k,), or 2-D (h, w) and (kh, kw)
        Real or complex, no axis empty; zero beyond their ends.
    mode : {'full', 'same', 'valid'}
        What is kept along each axis: 'full' all n + k - 1 values; 'same' n of them, from index
        (k - 1) // 2 on; 'valid' the max(n, k) - min(n, k) + 1 for which the shorter signal lies
        wholly within the longer.

    Returns
    -------
    array, 1-D or 2-D as `input` is

    Raises
    ------
    TypeError, ValueError
        If a signal is empty, of another rank than the other or of more than two axes, or holds no
        numbers; if there is no such mode, or 'valid' is asked of signals neither of which holds
        the other.

    Notes
    -----
    The modes are those of `scipy.signal.convolve`. `numpy.convolve` differs in 'same' where the
    kernel is the longer: it gives k values.

    Examples
    --------
    (1 + 2x)(3 + x) = 3 + 7x + 2x^2:

    >>> convolve([1, 2], [3, 1])
    array([3., 7., 2.])
    """
    input, kernel = as_arrays(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    full = np.zeros(np.add(input.shape, kernel.shape) - 1, input.dtype)
    for i in np.ndindex(input.shape):
        for j in np.ndindex(kernel.shape):
            full[tuple(np.add(i, j))] += input[i] * kernel[j]
    return full[kept].copy()


def correlate(input: ArrayLike, kernel: ArrayLike, mode: str = "full") -> Array:
    """Cross-correlate two signals: output at lag n = sum over m of input[m + n] conj(kernel[m]).

    Each product lands at the lag by which the input value lies after the kernel value. The second
    signal is the one conjugated; correlate(kernel, input) holds the conjugates, lags reversed.

    Parameters
    ----------
    input, kernel, mode
        As for `convolve`.

    Returns
    -------
    array
        Lags rise along each axis. In mode 'full' they run from -(k - 1) to n - 1: index k - 1 is
        lag 0. 'same' keeps n of them, from lag -(k // 2) on; 'valid' keeps lags 0 to n - k, or
        n - k to 0 if the kernel is the longer.

    Notes
    -----
    This is `scipy.signal.correlate`, and `numpy.correlate` but for its 'same', where it gives k
    values if the kernel is the longer. `scipy.signal.correlate2d` centres 'same' one lag later for
    an even kernel.

    Examples
    --------
    >>> correlate([1, 2, 3], [0, 1])
    array([1., 2., 3., 0.])
    >>> correlate([1, 2, 3], [0, 1], mode='valid')  # lags 0 and 1
    array([2., 3.])
    """
    input, kernel = as_arrays(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    full = np.zeros(np.add(input.shape, kernel.shape) - 1, input.dtype)
    first_lag = 1 - np.array(kernel.shape)
    for i in np.ndindex(input.shape):
        for j in np.ndindex(kernel.shape):
            lag = np.subtract(i, j)
            full[tuple(lag - first_lag)] += input[i] * kernel[j].conj()
    return full[kept].copy()


def autocorrelate(input: ArrayLike, mode: str = "full") -> Array:
    """Correlate a signal with itself: output at lag n = sum over m of input[m + n] conj(input[m]).

    Parameters
    ----------
    input, mode
        As for `convolve`.

    Returns
    -------
    array
        As of `correlate`. Lag 0 is the signal's energy, and no lag exceeds it in modulus; in mode
        'full' it is the middle value, in 'same' index n // 2, in 'valid' the only one.

    Examples
    --------
    >>> autocorrelate([1, 2, 3])
    array([ 3.,  8., 14.,  8.,  3.])
    """
    return correlate(input, input, mode)
