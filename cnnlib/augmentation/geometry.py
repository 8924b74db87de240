"""Pictures read at other places: one matrix moves, turns, scales, mirrors and crops them."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from cnnlib import _check
from cnnlib._arrays import Array, as_arrays

from ._arguments import mirror, numbers

FLIPS = (False, "left-right", "up-down")
"""How a picture may be mirrored; True is short for left-right."""


def matrix(
    *,
    shift: Any = (0, 0),
    rotate: float = 0,
    scale: float = 1,
    flip: Any = False,
    crop: Any = None,
    size: Any = 8,
) -> Array:
    """Return the matrix that has `affine` change a picture, in one step.

    Places are counted as in ``torch.nn.functional.affine_grid`` without ``align_corners``: across
    and down, from -1 to 1 at the picture's edges. The matrix leads from places of the new picture
    to places of the old one, the way back of what is done to it: cropped first, then mirrored,
    scaled and rotated about its middle, and shifted last.

    Parameters
    ----------
    shift : pair of float
        How many pixels down, and how many right.
    rotate : float
        Degrees, counterclockwise. Whole quarter turns are exact.
    scale : float
        By how much the picture grows; below 1 it shrinks.
    flip : bool or {"left-right", "up-down"}
        Whether it is mirrored; True is left-right.
    crop : four of float, optional
        Top, left, height and width in pixels of the window that is enlarged to the whole picture.
    size : int or pair of int
        Rows and columns of the picture.

    Returns
    -------
    numpy.ndarray
        float64, shape (2, 3): (across, down) of the old picture from (across, down, 1).

    Raises
    ------
    TypeError, ValueError
        If a number is not finite, `scale`, height or width is not above 0, or `flip` is none of
        these.

    Examples
    --------
    Of 8 pixels one is a quarter of the way from -1 to 1: to be moved down by one, the picture is
    read 0.25 further up.

    >>> matrix(shift=(1, 0))
    array([[ 1.  ,  0.  ,  0.  ],
           [ 0.  ,  1.  , -0.25]])
    >>> matrix(crop=(0, 0, 4, 4))  # the upper left quarter
    array([[ 0.5,  0. , -0.5],
           [ 0. ,  0.5, -0.5]])
    """
    h, w = _check.pair("size", size, 1)
    down, right = numbers("shift", shift, 2)
    zoom = _check.positive("scale", scale)
    cos, sin = _turn(rotate)
    window = (0.0, 0.0, h, w) if crop is None else numbers("crop", crop, 4)
    top, left, height, width = window
    if height <= 0 or width <= 0:
        _check.refuse(ValueError, "crop", "of a height and width above 0", crop)
    across, upright = mirror(flip)
    # The way back about the middle, in pixels: against the turn, over the scale, mirrored again.
    a, b = across * cos / zoom, -across * sin / zoom
    c, d = upright * sin / zoom, upright * cos / zoom
    # From pixels to places, and into the window.
    wide, tall = width / w, height / h
    x = -2 * (a * right + b * down) / w
    y = -2 * (c * right + d * down) / h
    return np.array(
        [
            [wide * a, wide * b * h / w, wide * x + (2 * left + width) / w - 1],
            [tall * c * w / h, tall * d, tall * y + (2 * top + height) / h - 1],
        ]
    )


def affine(images: Any, matrices: Any) -> Array:
    """Read pictures at other places: four pixels' mean, weighted by nearness, zeros beyond.

    The same as ``F.grid_sample(images, F.affine_grid(matrices, images.shape))`` in torch, with
    ``align_corners=False`` in both.

    Parameters
    ----------
    images : array_like
        Shape (n, c, h, w).
    matrices : array_like
        Shape (n, 2, 3), or (2, 3) for all: from places of the new picture to places of the old, as
        `matrix` makes them.

    Returns
    -------
    numpy.ndarray
        Shape (n, c, h, w); float32 if both are, else float64.

    Raises
    ------
    TypeError, ValueError
        If the shapes are others, or a matrix is not finite.

    Examples
    --------
    >>> row = np.array([[[[1.0, 2, 3, 4]]]])
    >>> affine(row, matrix(shift=(0, 1), size=(1, 4)))
    array([[[[0., 1., 2., 3.]]]])
    >>> affine(row, matrix(shift=(0, 0.5), size=(1, 4)))
    array([[[[0.5, 1.5, 2.5, 3.5]]]])
    >>> affine(row, matrix(flip=True, size=(1, 4)))
    array([[[[4., 3., 2., 1.]]]])
    """
    images, matrices = as_arrays(images=images, matrices=matrices)
    if images.ndim != 4:
        _check.refuse(ValueError, "images", "of shape (n, c, h, w)", images.shape)
    n, _, h, w = images.shape
    if matrices.shape not in ((2, 3), (n, 2, 3)):
        legal = f"of shape (2, 3) or ({n}, 2, 3), one for each picture"
        _check.refuse(ValueError, "matrices", legal, matrices.shape)
    if not np.isfinite(matrices).all():
        _check.refuse(ValueError, "matrices", "finite", matrices.tolist())
    if 0 in images.shape:
        return images.copy()
    rows, columns = ((2 * np.arange(k, dtype=images.dtype) + 1) / k - 1 for k in (h, w))
    ahead = matrices.reshape(-1, 2, 3, 1, 1)
    x, y = (
        ahead[:, k, 0] * columns + ahead[:, k, 1] * rows[:, None] + ahead[:, k, 2] for k in (0, 1)
    )
    # Beyond the nearest pixel outside all is zero, however far: a limit keeps the numbers whole.
    row, column = (np.clip(((p + 1) * k - 1) / 2, -2, k + 1) for p, k in ((y, h), (x, w)))
    top, left = (np.floor(p).astype(np.intp) for p in (row, column))
    result = np.zeros_like(images)
    every = np.arange(n)[:, None, None]
    for i, j in product((top, top + 1), (left, left + 1)):
        inside = (i >= 0) & (i < h) & (j >= 0) & (j < w)
        weight = (1 - abs(row - i)) * (1 - abs(column - j))
        pixels = images[every, :, i.clip(0, h - 1), j.clip(0, w - 1)]  # (n, h, w, c)
        result += np.moveaxis(np.where(inside[..., None], weight[..., None] * pixels, 0), 3, 1)
    return result


def crop(images: Any, top: int, left: int, size: Any) -> Array:
    """Cut a window out of pictures; where it reaches beyond them it has zeros.

    Parameters
    ----------
    images : array_like
        Shape (..., h, w).
    top, left : int
        The window's first row and column, below zero if it begins outside.
    size : int or pair of int
        Its rows and columns.

    Returns
    -------
    numpy.ndarray
        Shape (..., rows, columns).

    Raises
    ------
    TypeError, ValueError
        If `images` has fewer than two axes, or one of the numbers is no int, or `size` not above 0.

    Examples
    --------
    >>> crop([[1, 2, 3], [4, 5, 6]], top=1, left=1, size=2)
    array([[5., 6.],
           [0., 0.]])
    """
    (images,) = as_arrays(images=images)
    if images.ndim < 2:
        _check.refuse(ValueError, "images", "of shape (..., h, w)", images.shape)
    for name, value in (("top", top), ("left", left)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            _check.refuse(TypeError, name, "an int", value)
    rows, columns = _check.pair("size", size, 1)
    result = np.zeros((*images.shape[:-2], rows, columns), images.dtype)
    (i, y), (j, x) = (
        (slice(max(0, -at), max(0, min(k, n - at))), slice(max(0, at), max(0, min(n, at + k))))
        for at, k, n in zip((int(top), int(left)), (rows, columns), images.shape[-2:], strict=True)
    )
    result[..., i, j] = images[..., y, x]
    return result


def _turn(rotate: float) -> tuple[float, float]:
    """Return cosine and sine of so many degrees, exact for quarter turns."""
    (degrees,) = numbers("rotate", [rotate], 1)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (round(cos), round(sin)) if degrees % 90 == 0 else (cos, sin)
