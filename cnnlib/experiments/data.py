"""What a run learns from, chooses by, and is tested on."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from cnnlib import _check, datasets
from cnnlib.shift_nets import split

__all__ = ["Data", "check_data", "digits", "evenly"]

VALIDATION = 352


class Data(NamedTuple):
    """Pictures and their labels, in three parts that share none.

    Pictures are float32, shape (n, c, h, w), from 0 to 1; labels are int64, shape (n,).
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    validation_images: np.ndarray
    validation_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def digits(train_size: int = 1000) -> Data:
    """Return the book's split of the handwritten digits.

    445 for the test, those of `cnnlib.shift_nets.split`; 352 for validation; and of the other
    1,000 the first `train_size` of an order in which every beginning has the classes in nearly
    the shares of the whole. So a smaller training set is part of a larger one.

    Parameters
    ----------
    train_size : int
        From 10 to 1000.

    Raises
    ------
    TypeError, ValueError
        If `train_size` is not legal.

    Examples
    --------
    >>> data = digits(train_size=100)
    >>> [part.shape for part in data[::2]]
    [(100, 1, 8, 8), (352, 1, 8, 8), (445, 1, 8, 8)]
    >>> np.bincount(data.train_labels).tolist()
    [10, 10, 9, 10, 11, 10, 10, 10, 10, 10]
    """
    images, labels, order, test = _ordered()
    legal = f"an int from 10 to {len(order) - VALIDATION}"
    size = _check.integer_in("train_size", legal, train_size, train_size, 10)
    if size > len(order) - VALIDATION:
        _check.refuse(ValueError, "train_size", legal, train_size)
    chosen = (order[VALIDATION : VALIDATION + size], order[:VALIDATION], test)
    first, second, third = ((images[part], labels[part]) for part in chosen)
    return Data(*first, *second, *third)


def check_data(data: object) -> Data:
    """Return data that a run can take; refuse any other.

    Raises
    ------
    TypeError, ValueError
        If `data` is no `Data`, or its arrays are not of the shapes and types that it names.
    """
    if not isinstance(data, Data):
        _check.refuse(TypeError, "data", "a Data, as digits() returns", type(data).__name__)
    sizes = data.train_images.shape[1:]
    for part in ("train", "validation", "test"):
        images, labels = getattr(data, f"{part}_images"), getattr(data, f"{part}_labels")
        if images.ndim != 4 or images.shape[1:] != sizes or not images.size:
            legal = "an array (n, c, h, w), not empty, with c, h and w the same in all parts"
            _check.refuse(ValueError, f"{part}_images", legal, images.shape)
        if images.dtype != np.float32:
            _check.refuse(TypeError, f"{part}_images", "of type float32", str(images.dtype))
        if labels.shape != images.shape[:1]:
            legal = f"of shape ({len(images)},), one for each picture"
            _check.refuse(ValueError, f"{part}_labels", legal, labels.shape)
        if labels.dtype != np.int64:
            _check.refuse(TypeError, f"{part}_labels", "of type int64", str(labels.dtype))
        if labels.min() < 0:
            legal = "the numbers of classes, counted from 0"
            _check.refuse(ValueError, f"{part}_labels", legal, int(labels.min()))
    return data


@cache
def _ordered() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pictures, labels, the order of those for training and validation, and the test's."""
    images, labels = datasets.load("digits")
    pictures = (np.asarray(images) / 16).astype(np.float32)[:, None]
    labels = np.asarray(labels).astype(np.int64)
    rest, test = split(labels)
    return pictures, labels, rest[evenly(labels[rest], np.random.default_rng(0))], test


def evenly(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an order, random within each class, that spreads every class evenly."""
    places = np.empty(len(labels))
    for label in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == label))
        places[own] = (np.arange(len(own)) + 0.5) / len(own)
    return np.argsort(places, kind="stable")
