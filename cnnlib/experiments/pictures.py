"""Augmentation of many pictures at once, each in its own way: `cnnlib.augmentation` for batches."""

from __future__ import annotations

import numpy as np
from torch import Tensor
from torch.nn import functional as F

__all__ = ["affine", "random_matrices"]


def random_matrices(
    n: int,
    *,
    shift: float = 0,
    rotate: float = 0,
    scale: float = 0,
    crop: float = 0,
    flip: float = 0,
    size: tuple[int, int] = (8, 8),
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw a matrix for each of n pictures.

    They are those of `augmentation.matrix` with the settings that `augmentation.random_settings`
    draws, where the arguments are explained; computed all at once. `flip` is the share of pictures
    to mirror left to right.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, 2, 3).

    Examples
    --------
    >>> random_matrices(1, shift=1, rotate=9, rng=np.random.default_rng(0)).round(2)
    array([[[ 0.99,  0.14,  0.1 ],
            [-0.14,  0.99, -0.08]]])
    """
    h, w = size
    down, right, turn, zoom, part, top, left, chance = rng.random((n, 8)).T
    down, right = shift * (2 * down - 1), shift * (2 * right - 1)
    angle = np.radians(rotate * (2 * turn - 1))
    zoom = 1 + scale * (2 * zoom - 1)
    cos, sin = np.cos(angle) / zoom, np.sin(angle) / zoom
    across = np.where(chance < flip, -1.0, 1.0)
    side = 1 - crop * part
    x = -2 * across * (cos * right - sin * down) / w
    y = -2 * (sin * right + cos * down) / h
    # The middle of the window, of `side` of the height and width, in places from -1 to 1.
    window_x, window_y = ((2 * at * (1 - side) + side) - 1 for at in (left, top))
    return np.stack(
        [
            *(side * across * cos, -side * across * sin * h / w, side * x + window_x),
            *(side * sin * w / h, side * cos, side * y + window_y),
        ],
        axis=1,
    ).reshape(n, 2, 3)


def affine(images: Tensor, matrices: Tensor) -> Tensor:
    """Read each picture of (n, c, h, w) where its matrix, (2, 3), says: `augmentation.affine`.

    Examples
    --------
    >>> import torch
    >>> mirrored = torch.tensor([[[-1.0, 0, 0], [0, 1, 0]]])
    >>> affine(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), mirrored)
    tensor([[[[2., 1.],
              [4., 3.]]]])
    """
    grid = F.affine_grid(matrices, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)
