"""What is done to each picture, drawn at random within bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cnnlib import _check

from ._arguments import generator, mirror, numbers


def random_settings(
    n: int,
    *,
    shift: float = 0,
    rotate: float = 0,
    scale: float = 0,
    crop: float = 0,
    flip: Any = False,
    size: Any = 8,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Draw what is done to each of `n` pictures, as arguments of `matrix`.

    Eight numbers are drawn for each, whatever is asked for: so one strength changes nothing else.

    Parameters
    ----------
    n : int
        How many pictures.
    shift : float
        Pixels: moved by as much at most, up or down, and left or right.
    rotate : float
        Degrees: turned by as much at most, either way.
    scale : float
        From 0, below 1: between 1 - scale and 1 + scale as large.
    crop : float
        From 0, below 1: a window of at least 1 - crop of each side, anywhere, is enlarged.
    flip : bool or {"left-right", "up-down"}
        Mirrored like this in half of all cases; True is left-right.
    size : int or pair of int
        Rows and columns of the pictures.
    rng : numpy.random.Generator
        All that is random.

    Returns
    -------
    list of dict
        One for each picture.

    Raises
    ------
    TypeError, ValueError
        If a strength is out of its range.

    Examples
    --------
    >>> drawn = random_settings(2, shift=1, rotate=10, rng=np.random.default_rng(0))
    >>> [round(settings["rotate"], 1) for settings in drawn]
    [-9.2, 6.3]
    >>> from cnnlib.augmentation import matrix
    >>> matrices = np.stack([matrix(**settings) for settings in drawn])
    >>> matrices.shape
    (2, 2, 3)
    """
    n, (h, w) = _check.integer("n", n), _check.pair("size", size, 1)
    generator(rng)
    strengths = {"shift": shift, "rotate": rotate, "scale": scale, "crop": crop}
    for name, value in strengths.items():
        (number,) = numbers(name, [value], 1)
        most = 1 if name in ("scale", "crop") else math.inf
        if not 0 <= number < most:
            legal = "from 0, below 1" if most == 1 else "at least 0"
            _check.refuse(ValueError, name, legal, value)
    mirror(flip)
    drawn = []
    for down, right, turn, zoom, part, top, left, chance in rng.random((n, 8)).tolist():
        side = 1 - crop * part
        window = (top * (1 - side) * h, left * (1 - side) * w, side * h, side * w)
        drawn.append(
            {
                "shift": (shift * (2 * down - 1), shift * (2 * right - 1)),
                "rotate": rotate * (2 * turn - 1),
                "scale": 1 + scale * (2 * zoom - 1),
                "flip": flip if chance < 0.5 else False,
                "crop": window if crop else None,
                "size": (h, w),
            }
        )
    return drawn
