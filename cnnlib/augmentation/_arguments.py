"""Checks of arguments that the functions of this package share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cnnlib import _check


def numbers(name: str, values: Any, count: int) -> list[float]:
    """Return so many finite numbers as floats."""
    legal = "a finite number" if count == 1 else f"{count} finite numbers"
    shown = values[0] if count == 1 else values
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, (list, tuple)) or any(
        isinstance(v, (bool, str)) or not isinstance(v, (int, float, np.number)) for v in values
    ):
        _check.refuse(TypeError, name, legal, shown)
    if len(values) != count or not all(math.isfinite(v) for v in values):
        _check.refuse(ValueError, name, legal, shown)
    return [float(v) for v in values]


def mirror(flip: Any) -> tuple[int, int]:
    """Return the signs of both directions, across and down."""
    if isinstance(flip, bool) or (isinstance(flip, str) and flip in ("left-right", "up-down")):
        return (1 if flip in (False, "up-down") else -1), (-1 if flip == "up-down" else 1)
    _check.refuse(ValueError, "flip", "False, True, 'left-right' or 'up-down'", flip)


def generator(rng: Any) -> None:
    """Refuse what is no generator."""
    if not isinstance(rng, np.random.Generator):
        _check.refuse(TypeError, "rng", "a numpy.random.Generator", rng)
