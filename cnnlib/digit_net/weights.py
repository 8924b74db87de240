"""The two trained networks that the book stores, and the digits to test them on."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from cnnlib import datasets
from cnnlib._arrays import Array

__all__ = ["NAMES", "packed", "stored", "test_digits", "unpacked"]

NAMES = ("plain", "augmented")
"""The stored networks: trained on the digits as they are, and on shifted, turned, scaled ones."""


def stored(name: str) -> dict[str, Array]:
    """Return the parameters of a stored network.

    Parameters
    ----------
    name : {"plain", "augmented"}
        Which one: trained with the book's recipe, without and with its augmentation.

    Returns
    -------
    dict of str to numpy.ndarray
        float32, under the names that the `state_dict` of `models.digit_net` gives them.

    Raises
    ------
    ValueError
        If there is no network of that name.

    Examples
    --------
    >>> parameters = stored("augmented")
    >>> parameters["conv3.weight"].shape, parameters["linear.bias"].dtype.name
    ((32, 32, 3, 3), 'float32')
    """
    if name not in NAMES:
        raise ValueError(f"name is {name!r}; legal are {', '.join(map(repr, NAMES))}")
    return unpacked(_file()["networks"][name])


def test_digits() -> tuple[Array, Array]:
    """Return the 445 digits that no stored network was trained on, and what they are.

    Returns
    -------
    images : numpy.ndarray
        float32, (445, 1, 8, 8), from 0 (paper) to 1 (ink).
    labels : numpy.ndarray
        int64, (445,).

    Examples
    --------
    >>> images, labels = test_digits()
    >>> images.shape, labels.shape, float(images.max())
    ((445, 1, 8, 8), (445,), 1.0)
    """
    kept = _file()["test"]
    labels = np.array(kept["labels"], np.int64)
    ink = np.frombuffer(base64.b64decode(kept["images"]), np.uint8)
    return ink.reshape(len(labels), 1, 8, 8).astype(np.float32) / 16, labels


test_digits.__test__ = False  # type: ignore[attr-defined]  # for pytest: this is no test


def packed(parameters: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return parameters as JSON can hold them: float32, little-endian, in base64.

    Examples
    --------
    >>> packed({"linear.bias": np.array([0.0, 1.0])})
    {'linear.bias': {'shape': [2], 'data': 'AAAAAAAAgD8='}}
    """
    layers = {}
    for name, values in parameters.items():
        array = np.asarray(values, "<f4")
        data = base64.b64encode(array.tobytes()).decode("ascii")
        layers[name] = {"shape": list(array.shape), "data": data}
    return layers


def unpacked(layers: Mapping[str, Mapping[str, Any]]) -> dict[str, Array]:
    """Return the parameters that `packed` wrote.

    Examples
    --------
    >>> unpacked({"linear.bias": {"shape": [2], "data": "AAAAAAAAgD8="}})
    {'linear.bias': array([0., 1.], dtype=float32)}
    """
    return {
        name: np.frombuffer(base64.b64decode(layer["data"]), "<f4")
        .reshape(layer["shape"])
        .astype(np.float32)
        for name, layer in layers.items()
    }


@cache
def _file() -> Any:
    return datasets.stored("digit_net")
