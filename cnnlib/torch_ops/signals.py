"""Convolution and correlation of plain signals, on tensors."""

from __future__ import annotations

import numpy as np
import torch  # noqa: F401  for the examples
from torch import Tensor

from cnnlib import _arguments
from cnnlib._tensors import as_tensors

__all__ = ["autocorrelate", "convolve", "correlate"]


def convolve(input: Tensor, kernel: Tensor, mode: str = "full") -> Tensor:
    """Convolve two signals, (n,) and (k,) or (h, w) and (kh, kw), as `reference.convolve` does.

    Examples
    --------
    >>> convolve(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 1.0]))
    tensor([3., 7., 2.])
    """
    input, kernel = as_tensors(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    return _full(input, kernel)[kept].clone()


def correlate(input: Tensor, kernel: Tensor, mode: str = "full") -> Tensor:
    """Cross-correlate two signals, lags rising, as `reference.correlate` does.

    Examples
    --------
    >>> correlate(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 1.0]), mode='valid')
    tensor([2., 3.])
    """
    input, kernel = as_tensors(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    turned = kernel.flip(tuple(range(kernel.ndim))).conj()
    return _full(input, turned)[kept].clone()


def autocorrelate(input: Tensor, mode: str = "full") -> Tensor:
    """Correlate a signal with itself, as `reference.autocorrelate` does.

    Examples
    --------
    >>> autocorrelate(torch.tensor([1.0, 2.0, 3.0]))
    tensor([ 3.,  8., 14.,  8.,  3.])
    """
    return correlate(input, input, mode)


def _full(input: Tensor, kernel: Tensor) -> Tensor:
    """Return the full convolution of two signals of equal rank, one tap of the shorter at a time.

    torch's own convolutions would pad with zeros, which turn a kernel's infinities into NaN, and
    take complex numbers on some devices only.
    """
    if kernel.numel() > input.numel():
        input, kernel = kernel, input
    full = input.new_zeros([n + k - 1 for n, k in zip(input.shape, kernel.shape, strict=True)])
    for tap in np.ndindex(kernel.shape):
        at = tuple(slice(i, i + n) for i, n in zip(tap, input.shape, strict=True))
        full[at] += kernel[tap] * input
    return full
