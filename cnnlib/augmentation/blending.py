"""Pictures blended: with noise, and with each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnlib import _check
from cnnlib._arrays import Array, as_arrays

from ._arguments import generator, numbers


def add_noise(images: Any, sd: float, *, rng: np.random.Generator) -> Array:
    """Add normal noise to every pixel, each for itself.

    Parameters
    ----------
    images : array_like
        Of any shape.
    sd : float
        The noise's standard deviation, in the pixels' unit.
    rng : numpy.random.Generator
        Draws one number for each pixel, in order.

    Returns
    -------
    numpy.ndarray
        Of the same shape; values may leave the range that they had.

    Raises
    ------
    TypeError, ValueError
        If `sd` is no finite number of at least 0, or `rng` no generator.

    Examples
    --------
    >>> add_noise([[1, 2]], 0, rng=np.random.default_rng(0))
    array([[1., 2.]])
    >>> noisy = add_noise(np.zeros(10_000), 0.5, rng=np.random.default_rng(0))
    >>> round(float(noisy.std()), 2)
    0.5
    """
    (images,) = as_arrays(images=images)
    generator(rng)
    (sd,) = numbers("sd", [sd], 1)
    if sd < 0:
        _check.refuse(ValueError, "sd", "at least 0", sd)
    return images + np.asarray(sd * rng.standard_normal(images.shape), images.dtype)


def mixup(images: Any, targets: Any, lam: Any, partners: Any) -> tuple[Array, Array]:
    """Blend each picture with a partner, and their targets alike (Zhang et al., 2018).

    Parameters
    ----------
    images : array_like
        Shape (n, ...).
    targets : array_like
        Shape (n, classes): each picture's share of every class, such as 1 for its own.
    lam : float or array_like
        The picture's own share, 0 to 1: one for all, or shape (n,).
    partners : array_like of int
        Shape (n,): the place of each picture's partner among them.

    Returns
    -------
    tuple of two numpy.ndarray
        ``lam * images + (1 - lam) * images[partners]``, and the same of `targets`.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not go together, or a share or a place is out of range.

    Examples
    --------
    >>> images, targets = mixup([[0, 8], [4, 4]], [[1, 0], [0, 1]], 0.75, [1, 0])
    >>> images
    array([[1., 7.],
           [3., 5.]])
    >>> targets
    array([[0.75, 0.25],
           [0.25, 0.75]])
    """
    (images,), (targets,) = as_arrays(images=images), as_arrays(targets=targets)
    (shares,) = as_arrays(lam=np.asarray(lam))
    n = len(images) if images.ndim else 0
    if targets.ndim != 2 or len(targets) != n:
        _check.refuse(ValueError, "targets", f"of shape ({n}, classes)", targets.shape)
    if shares.shape not in ((), (n,)) or not ((shares >= 0) & (shares <= 1)).all():
        _check.refuse(ValueError, "lam", f"a number from 0 to 1, or {n} of them", lam)
    places = np.asarray(partners)
    legal = f"{n} ints from 0 to {n - 1}"
    if places.dtype.kind not in "iu":
        _check.refuse(TypeError, "partners", legal, partners)
    if places.shape != (n,) or not ((places >= 0) & (places < n)).all():
        _check.refuse(ValueError, "partners", legal, partners)
    mixed = []
    for array in (images, targets):
        own = np.broadcast_to(shares, n).reshape(n, *[1] * (array.ndim - 1)).astype(array.dtype)
        mixed.append(own * array + (1 - own) * array[places])
    return mixed[0], mixed[1]
