"""The arrays that the book works on: pictures and kernels that ship with it. No downloads."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal, overload

import numpy as np

PHOTOGRAPH_CREDIT = (
    "Rear Admiral Grace M. Hopper, photographed by James S. Davis, United States Navy, 1984: "
    "a work of the United States government, in the public domain. Cropped, scaled and turned "
    "to grey from the copy that ships with matplotlib."
)

DIGITS_CREDIT = (
    "Optical Recognition of Handwritten Digits, by E. Alpaydin and C. Kaynak, 1998, in the UCI "
    "Machine Learning Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0: its test "
    "set, as it ships with scikit-learn."
)

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


_STORED = ("digit_net", "shift_nets")


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


@overload
def load(name: Literal["photograph"]) -> np.ndarray: ...


@overload
def load(name: Literal["digits"]) -> tuple[np.ndarray, np.ndarray]: ...


def load(name: str) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """Return the data `name`.

    Parameters
    ----------
    name : {"photograph", "digits"}
        "photograph" is one picture, grey, 192 rows by 256 columns; see `PHOTOGRAPH_CREDIT`.
        "digits" are 1,797 digits written by 13 people, 8 rows by 8 columns each: how many of the
        16 pixels of each block of a scan were ink (Alpaydin and Kaynak, 1998); licensed CC BY
        4.0, see `DIGITS_CREDIT`. They come with scikit-learn.

    Returns
    -------
    numpy.ndarray
        Of "photograph": uint8, from 0 (black) to 255 (white), shape (192, 256).
    tuple of numpy.ndarray
        Of "digits": the pictures, float64, whole numbers from 0 (paper) to 16 (ink), shape
        (1797, 8, 8); and which digits they are, int64, 0 to 9, shape (1797,).

    Raises
    ------
    ValueError
        If there is no data of that name.

    Examples
    --------
    >>> photograph = load("photograph")
    >>> photograph.shape, photograph.dtype.name
    ((192, 256), 'uint8')
    >>> images, labels = load("digits")
    >>> images.shape, labels.shape, labels[:5].tolist()
    ((1797, 8, 8), (1797,), [0, 1, 2, 3, 4])
    >>> images[0, :2].astype(int)
    array([[ 0,  0,  5, 13,  9,  1,  0,  0],
           [ 0,  0, 13, 15, 10, 15,  5,  0]])
    """
    if name == "photograph":
        from PIL import Image

        with files("cnnlib").joinpath("data", "photograph.png").open("rb") as file:
            return np.asarray(Image.open(file))
    if name == "digits":
        from sklearn.datasets import load_digits  # type: ignore[import-untyped]

        digits = load_digits()
        return digits.images, digits.target.astype(np.int64)
    raise ValueError(f"name is {name!r}; legal are 'photograph' and 'digits'")


def stored(name: str) -> Any:
    """Return what a program of ``tools/`` computed once and stored.

    Parameters
    ----------
    name : {"digit_net", "shift_nets"}
        See the module of `cnnlib` of that name.

    Returns
    -------
    dict
        Numbers, lists and names, as ``cnnlib/data/NAME.json`` has them.

    Raises
    ------
    ValueError
        If nothing of that name is stored.

    Examples
    --------
    >>> sorted(stored("shift_nets"))
    ['about', 'digits', 'measured', 'networks']
    """
    if name not in _STORED:
        legal = ", ".join(map(repr, _STORED))
        raise ValueError(f"name is {name!r}; legal are {legal}")
    return json.loads(files("cnnlib").joinpath("data", f"{name}.json").read_text("utf-8"))
