"""Two kinds of file that pictures come in, read with care: IDX, and CIFAR-10's Python batches.

What is read came over a network. So a file that is cut short or of another kind is named, and a
batch, which is a pickle, may hold arrays, lists and text, and call nothing.
"""

from __future__ import annotations

import gzip
import math
import pickle
import zlib
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

__all__ = ["read_cifar_batch", "read_idx"]

_UNSIGNED_BYTE = 8


def read_idx(path: Path) -> np.ndarray:
    """Return the bytes of an IDX file, as MNIST's come, gzip-compressed or not.

    Such a file begins with two zeros, the type of its values and how many axes there are, a byte
    each; then come the axes' lengths, four bytes each, the highest first, and the values.

    Raises
    ------
    ValueError
        If the file is of another kind, or cut short.
    """
    legal = "an IDX file of bytes"
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        _refuse(path, legal, f"which was compressed, and is cut short or damaged ({error})")
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] != _UNSIGNED_BYTE:
        _refuse(path, legal, f"which begins with other bytes, {data[:4]!r}")
    start = 4 + 4 * data[3]
    if len(data) < start:
        _refuse(path, legal, f"of which only {len(data)} bytes are there")
    shape = tuple(np.frombuffer(data, ">u4", data[3], offset=4).tolist())
    if len(data) - start != math.prod(shape):
        size = " by ".join(map(str, shape))
        _refuse(path, legal, f"which says that it has {size} values, and has {len(data) - start}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def read_cifar_batch(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures of a CIFAR-10 batch, uint8, (n, 3, 32, 32), and their labels, int64.

    Raises
    ------
    ValueError
        If the file is of another kind, cut short, or would call anything when it is read.
    """
    legal = "a CIFAR-10 batch: a pickle of a dict with data and labels"
    try:
        with path.open("rb") as file:
            batch = _Arrays(file).load()
        images, labels = np.asarray(batch["data"]), np.asarray(batch["labels"])
    except OSError:
        raise
    except Exception as error:  # a damaged pickle may raise any
        _refuse(path, legal, f"which cannot be read ({type(error).__name__}: {error})")
    if images.dtype != np.uint8 or images.ndim != 2 or images.shape[1] != 3 * 32 * 32:
        _refuse(path, legal, f"whose data are of type {images.dtype} and shape {images.shape}")
    if labels.shape != images.shape[:1] or (len(labels) and labels.dtype.kind not in "iu"):
        _refuse(path, legal, f"which has {len(images)} pictures and labels of {labels.shape}")
    return images.reshape(-1, 3, 32, 32), labels.astype(np.int64)


class _Arrays(pickle.Unpickler):
    """Reads plain values and NumPy arrays, and refuses to look up anything else."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="latin1")  # the batches were written by Python 2

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the few things that an array is made of."""
        if (module, name) == ("numpy", "ndarray"):
            return np.ndarray
        if (module, name) == ("numpy", "dtype"):
            return _dtype
        if name == "_reconstruct" and module.endswith("core.multiarray"):
            return np.empty(0).__reduce__()[0]  # wherever this NumPy has it
        if (module, name) == ("_codecs", "encode"):
            return _bytes
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _dtype(kind: str, align: int = 0, copy: int = 0) -> np.dtype[Any]:
    """Return a type; old pickles say 0 and 1 where NumPy now wants False and True."""
    return np.dtype(kind, align=bool(align), copy=bool(copy))


def _bytes(text: str, encoding: str) -> bytes:
    """Return bytes that a pickle of an old protocol holds as text."""
    return text.encode("latin1" if encoding == "latin1" else "ascii")


def _refuse(path: Path, legal: str, found: str) -> NoReturn:
    raise ValueError(f"{path} must be {legal}, got a file {found}; delete it to have it fetched")
