"""Kernels and small pictures, written as numbers."""

from __future__ import annotations

import numpy as np

__all__ = ["IMAGES", "KERNELS"]

KERNELS: dict[str, list[list[float]]] = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "box blur": [[1 / 9] * 3] * 3,
    "Gaussian blur": [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "Sobel, across": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel, down": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "Laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "two rows": [[1, 1, 1], [0, 0, 0], [1, 1, 1]],
    "corner": [[1, 2, 0], [0, -1, 0], [0, 0, 0]],
}
"""Kernels by the names that the book gives them, as nested lists."""


def _disc(size: int, radius: float) -> np.ndarray:
    axis = np.arange(size) - (size - 1) / 2
    return (axis[:, None] ** 2 + axis**2 <= radius**2).astype(float)


def _letter() -> np.ndarray:
    picture = np.zeros((8, 8))
    picture[1:7, 2] = 1
    picture[1, 2:6] = 1
    picture[3, 2:5] = 1
    return picture


def _impulse(size: int) -> np.ndarray:
    picture = np.zeros((size, size))
    picture[size // 2, size // 2] = 1
    return picture


IMAGES: dict[str, list[list[float]]] = {
    "worked example": ((np.indices((4, 4)).sum(axis=0) + 1) % 2).astype(float).tolist(),
    "letter F": _letter().tolist(),
    "impulse": _impulse(7).tolist(),
    "edge": np.tile([0.0, 0, 0, 0, 1, 1, 1, 1], (8, 1)).tolist(),
    "ramp": (np.tile(np.arange(8), (8, 1)) / 7).round(3).tolist(),
    "checkerboard": (np.indices((8, 8)).sum(axis=0) % 2).astype(float).tolist(),
    "disc, 16 by 16": _disc(16, 5.5).tolist(),
    "rings, 32 by 32": (_disc(32, 14.5) - _disc(32, 10) + _disc(32, 5.5)).tolist(),
}
"""Small pictures by name, as nested lists."""
