"""Data sets that are fetched by torchvision, once, and read from its folders."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from .formats import read_cifar_batch, read_idx

__all__ = ["DOWNLOADS", "Parts", "read"]

FOLDER = Path.home() / ".cache" / "cnnlib"
"""Where data sets are looked for, and put, unless told otherwise."""


class Parts(NamedTuple):
    """A data set in the two parts that its makers gave it.

    Pictures are uint8, from 0 to 255: shape (n, h, w) where they are grey, (n, 3, h, w) where they
    have red, green and blue. Labels are int64, shape (n,), counted from 0.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


DOWNLOADS = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "cifar10": "CIFAR10"}
"""What torchvision calls each data set."""

_BATCHES = tuple(f"data_batch_{k}" for k in range(1, 6))


def read(name: str, folder: Path) -> Parts:
    """Return a data set of `DOWNLOADS`, fetched first where it is not in `folder`.

    Raises
    ------
    ImportError
        If it must be fetched and torchvision is not installed, or does not go with torch.
    ValueError
        If a file is cut short or of another kind.
    """
    parts = _read_cifar if name == "cifar10" else _read_idx
    try:
        return parts(name, folder)
    except FileNotFoundError:
        _fetch(name, folder)
    return parts(name, folder)


def _read_idx(name: str, folder: Path) -> Parts:
    raw = folder / DOWNLOADS[name] / "raw"
    found = []
    for part in ("train", "t10k"):
        images, labels = (
            _idx(raw, f"{part}-images-idx3-ubyte"),
            _idx(raw, f"{part}-labels-idx1-ubyte"),
        )
        if images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
            raise ValueError(
                f"{raw} must have pictures of 28 by 28 and a label for each, got those of {part} "
                f"of shapes {images.shape} and {labels.shape}; delete it to have it fetched"
            )
        found += [images, _ten_classes(raw, labels.astype(np.int64))]
    return Parts(*found)


def _idx(raw: Path, name: str) -> np.ndarray:
    """Read a file that torchvision has unpacked, or that came as it was, compressed."""
    plain = raw / name
    return read_idx(plain if plain.exists() else raw / f"{name}.gz")


def _read_cifar(name: str, folder: Path) -> Parts:
    batches = folder / "cifar-10-batches-py"
    found = []
    for files in (_BATCHES, ("test_batch",)):
        images, labels = zip(*(read_cifar_batch(batches / file) for file in files), strict=True)
        found += [np.concatenate(images), _ten_classes(batches, np.concatenate(labels))]
    return Parts(*found)


def _ten_classes(folder: Path, labels: np.ndarray) -> np.ndarray:
    if labels.size and not 0 <= labels.min() <= labels.max() <= 9:
        raise ValueError(
            f"{folder} must have labels from 0 to 9, got {labels.min()} to {labels.max()}; "
            "delete it to have it fetched"
        )
    return labels


def _fetch(name: str, folder: Path) -> None:
    """Have torchvision download a data set, and check that it came whole."""
    try:
        from torchvision import datasets  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except (
        ImportError,
        RuntimeError,
    ) as error:  # such as: operator torchvision::nms does not exist
        missing = isinstance(error, ModuleNotFoundError) and error.name == "torchvision"
        why = "is not installed" if missing else f"does not go with this torch ({error})"
        raise ImportError(
            f"{name!r} is not in {folder}, and is fetched by torchvision, which {why}: "
            'pip install "cnnlib[datasets]"'
        ) from error
    for train in (True, False):
        getattr(datasets, DOWNLOADS[name])(str(folder), train=train, download=True)
