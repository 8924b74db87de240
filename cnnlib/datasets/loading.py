"""Data sets by name, and what programs of the project computed once and stored."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np

from cnnlib import _check

from .credits import CREDITS
from .downloads import DOWNLOADS, FOLDER, Parts, read

__all__ = ["Parts", "load", "stored"]

_STORED = ("digit_net", "shift_nets", "sweep", "transfer")


@overload
def load(name: Literal["photograph"]) -> np.ndarray: ...


@overload
def load(name: Literal["digits"]) -> tuple[np.ndarray, np.ndarray]: ...


@overload
def load(
    name: Literal["mnist", "fashion_mnist", "cifar10"], *, folder: str | Path | None = None
) -> Parts: ...


def load(
    name: str, *, folder: str | Path | None = None
) -> np.ndarray | tuple[np.ndarray, np.ndarray] | Parts:
    """Return the data `name`.

    The first two are there without a download. The others are read from `folder`, laid out as
    torchvision lays it out; what is not there is downloaded first, once. That takes torchvision:
    ``pip install "cnnlib[datasets]"``. Reading takes nothing but NumPy. `CREDITS` says of each who
    made it, and under which licence.

    Parameters
    ----------
    name : {"photograph", "digits", "mnist", "fashion_mnist", "cifar10"}
        "photograph" is one picture, grey, 192 rows by 256 columns.
        "digits" are 1,797 digits written by 13 people, 8 rows by 8 columns each: how many of the
        16 pixels of each block of a scan were ink (Alpaydin and Kaynak, 1998). They come with
        scikit-learn.
        "mnist" are 70,000 handwritten digits of 28 by 28 (LeCun et al., 1998), 11 MB to download;
        "fashion_mnist" are 70,000 articles of clothing in ten classes, of the same size (Xiao et
        al., 2017), 30 MB;
        "cifar10" are 60,000 photographs of ten kinds of thing, 32 by 32 in colour (Krizhevsky,
        2009), 170 MB.
    folder : str or pathlib.Path, optional
        Of the last three: where to look and to download to; ``~/.cache/cnnlib`` unless told
        otherwise.

    Returns
    -------
    numpy.ndarray
        Of "photograph": uint8, from 0 (black) to 255 (white), shape (192, 256).
    tuple of numpy.ndarray
        Of "digits": the pictures, float64, whole numbers from 0 (paper) to 16 (ink), shape
        (1797, 8, 8); and which digits they are, int64, 0 to 9, shape (1797,).
    Parts
        Of the others: pictures and labels for training, then those for the test, as
        ``train_images``, ``train_labels``, ``test_images``, ``test_labels``. Pictures are uint8, 0
        to 255, shape (n, 28, 28), or of "cifar10" (n, 3, 32, 32); labels are int64, 0 to 9.

    Raises
    ------
    ValueError
        If there is no data of that name, `folder` is given for data that needs none, or a file
        there is cut short or of another kind.
    ImportError
        If something must be downloaded, and torchvision is not there or does not work.

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
    if name not in CREDITS:
        _check.refuse(ValueError, "name", "one of " + ", ".join(map(repr, CREDITS)), name)
    if name in DOWNLOADS:
        return read(name, FOLDER if folder is None else Path(folder).expanduser())
    if folder is not None:
        legal = f"left out: {name!r} ships with the book's library or with scikit-learn"
        _check.refuse(ValueError, "folder", legal, str(folder))
    if name == "photograph":
        from PIL import Image

        with files("cnnlib").joinpath("data", "photograph.png").open("rb") as file:
            return np.asarray(Image.open(file))
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    digits = load_digits()
    return digits.images, digits.target.astype(np.int64)


def stored(name: str) -> Any:
    """Return what a program of ``tools/`` computed once and stored.

    Parameters
    ----------
    name : {"digit_net", "shift_nets", "sweep", "transfer"}
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
