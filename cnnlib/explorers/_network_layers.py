"""What NetworkExplorer's page needs of the stored networks, and every layer's output in Python."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from cnnlib import datasets, digit_net, numpy_ops
from cnnlib.augmentation import add_noise, affine, matrix

SIDES = {
    "conv1": (16, 8),
    "bn1": (16, 8),
    "relu1": (16, 8),
    "conv2": (32, 8),
    "bn2": (32, 8),
    "relu2": (32, 8),
    "pool1": (32, 4),
    "conv3": (32, 4),
    "bn3": (32, 4),
    "relu3": (32, 4),
    "pool2": (32, 2),
    "flatten": (128, 1),
    "linear": (10, 1),
    "softmax": (10, 1),
}
"""Of each layer whose units may be chosen, how many maps it has and the side of each."""


def seen(
    drawing: Any, down: float, right: float, rotate: float, noise: float, seed: int
) -> np.ndarray:
    """Return what the network is given: a drawing, turned, moved, and with noise.

    Parameters
    ----------
    drawing : array_like
        Shape (8, 8), from 0 (paper) to 16 (ink).
    down, right : float
        Pixels.
    rotate : float
        Degrees, counterclockwise.
    noise : float
        Standard deviation, of an ink of 1.
    seed : int
        Of the noise.

    Returns
    -------
    numpy.ndarray
        float64, shape (1, 1, 8, 8), ink 1 and paper 0.

    Examples
    --------
    >>> seen(np.eye(8) * 16, 1, 0, 0, 0, 0)[0, 0, :3, :3]
    array([[0., 0., 0.],
           [1., 0., 0.],
           [0., 1., 0.]])
    """
    image = np.asarray(drawing, dtype=float)[None, None] / 16
    if down or right or rotate:
        image = affine(image, matrix(shift=(down, right), rotate=rotate))
    if noise:
        image = add_noise(image, noise, rng=np.random.default_rng(seed))
    return image


def outputs(ops: Any, parameters: dict[str, Any], image: Any) -> dict[str, Any]:
    """Return every layer's output for pictures, by the names of `SIDES`.

    Parameters
    ----------
    ops : module
        One of cnnlib's backends.
    parameters : dict of str to array
        As `digit_net.stored` gives them, of the kind of array that `ops` takes.
    image : array
        Shape (n, 1, 8, 8).

    Returns
    -------
    dict of str to array
        Shape (n, channels, side, side) each; of "flatten", "linear" and "softmax", (n, numbers).

    Examples
    --------
    >>> images, labels = digit_net.test_digits()
    >>> all_layers = outputs(numpy_ops, digit_net.stored("augmented"), images[:4])
    >>> all_layers["pool1"].shape, all_layers["linear"].shape
    ((4, 32, 4, 4), (4, 10))
    >>> bool((all_layers["softmax"].argmax(1) == labels[:4]).all())
    True
    """
    x, found = image, {}
    for k in (1, 2, 3):
        conv, norm = f"conv{k}", f"bn{k}"
        x = found[conv] = ops.conv2d(
            x, parameters[f"{conv}.weight"], parameters.get(f"{conv}.bias"), padding=1
        )
        parts = ("running_mean", "running_var", "weight", "bias")
        x = found[norm] = ops.batch_norm(x, *(parameters[f"{norm}.{part}"] for part in parts))[0]
        x = found[f"relu{k}"] = ops.relu(x)
        if k > 1:
            x = found[f"pool{k - 1}"] = ops.max_pool2d(x, 2)
    x = found["flatten"] = ops.flatten(x)
    x = found["linear"] = ops.linear(x, parameters["linear.weight"], parameters["linear.bias"])
    found["softmax"] = ops.softmax(x, 1)
    return found


@cache
def wrong() -> dict[str, list[int]]:
    """Return, of each stored network, which test digits it takes for others."""
    images, labels = digit_net.test_digits()
    return {
        name: np.flatnonzero(
            outputs(numpy_ops, digit_net.stored(name), images)["linear"].argmax(1) != labels
        ).tolist()
        for name in digit_net.NAMES
    }


def page_data() -> dict[str, Any]:
    """Return what the page needs: both networks, the test digits, and which of them are hard."""
    stored = datasets.stored("digit_net")
    return {"networks": stored["networks"], "test": stored["test"], "wrong": wrong()}


@cache
def first_seven() -> list[list[float]]:
    """Return the first 7 among the test digits, from 0 (paper) to 16 (ink)."""
    images, labels = digit_net.test_digits()
    rows: list[list[float]] = (images[labels == 7][0, 0].astype(float) * 16).tolist()
    return rows
