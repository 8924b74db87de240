"""Small classifiers of handwritten digits, alike but for how they halve; what a shift does to them.

Each was trained by ``python -m tools.train_shift_nets``: on digits that always lie in the middle
of a dark canvas, so that no network was taught what a shift is. The canvas goes round, in shift
and convolution alike, so that it has no border: all that a shift changes comes from halving.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from cnnlib import _check, datasets, numpy_ops
from cnnlib.downsampling import KINDS, downsample
from cnnlib.equivariance import conv2d_same, shift
from cnnlib.invariance import RIGHT

CANVAS = 24
"""Rows and columns of the canvas: a digit of 8 by 8 in its middle, and 8 on every side."""

LAYERS = ("conv1", "conv2", "conv3", "linear")


class Network(NamedTuple):
    """A classifier of 2,634 parameters, halved by `kind` after its first two convolutions.

    Three convolutions of 3 by 3 with 6, 12 and 16 channels, ReLU after each; the mean of each
    channel; and a fully connected layer. One cell of its last feature map stands for 4 pixels.
    """

    kind: str
    weights: tuple[Any, ...]
    biases: tuple[Any, ...]


class Measured(NamedTuple):
    """What a network does on the test digits.

    `seed` is that of its training; `accuracy` its share of right answers when the digits lie 0
    to 8 pixels to the right of the middle; `consistency` is `invariance.consistency` over these.
    """

    kind: str
    seed: int
    accuracy: tuple[float, ...]
    consistency: float


@cache
def networks() -> dict[str, Network]:
    """Return the trained networks by how they halve, those of seed 0.

    Examples
    --------
    >>> list(networks())
    ['max', 'max-blur', 'average', 'strided', 'blur']
    >>> [weight.shape for weight in networks()["max"].weights]
    [(6, 1, 3, 3), (12, 6, 3, 3), (16, 12, 3, 3), (10, 16)]
    """
    stored = datasets.stored("shift_nets")["networks"]
    return {kind: unpacked(kind, stored[kind]) for kind in KINDS}


@cache
def measured() -> tuple[Measured, ...]:
    """Return what was measured when the networks were trained, each kind with three seeds.

    Examples
    --------
    >>> first = measured()[0]
    >>> first.kind, first.seed, len(first.accuracy)
    ('max', 0, 9)
    """
    rows = datasets.stored("shift_nets")["measured"]
    return tuple(Measured(k, seed, tuple(right), same) for k, seed, right, same in rows)


def packed(network: Network) -> dict[str, Any]:
    """Return a network with whole numbers for weights, -127 to 127 of a step for each layer."""
    layers = {}
    for name, weight, bias in zip(LAYERS, network.weights, network.biases, strict=True):
        step = float(f"{np.abs(weight).max() / 127:.6g}")
        whole = [np.rint(np.asarray(part) / step).astype(int) for part in (weight, bias)]
        layers[name] = {
            "step": step,
            "shape": list(whole[0].shape),
            "weight": whole[0].ravel().tolist(),
            "bias": whole[1].tolist(),
        }
    return layers


def unpacked(kind: str, layers: dict[str, Any]) -> Network:
    """Return the network that `packed` wrote."""
    parts = [layers[name] for name in LAYERS]
    return Network(
        kind,
        tuple(np.reshape(p["weight"], p["shape"]) * p["step"] for p in parts),
        tuple(np.array(p["bias"]) * p["step"] for p in parts),
    )


def split(labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return which digits the networks were trained on and which they are tested on.

    Parameters
    ----------
    labels : array_like of int
        Those of ``datasets.load("digits")``. Of each class a quarter, drawn at random with a
        seed of 0, is for the test.

    Returns
    -------
    train, test : numpy.ndarray of int
        Places in `labels`, rising.

    Examples
    --------
    >>> [len(part) for part in split(datasets.load("digits")[1])]
    [1352, 445]
    """
    labels, rng = np.asarray(labels), np.random.default_rng(0)
    drawn = [rng.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
    test = np.sort(np.concatenate([places[: len(places) // 4] for places in drawn]))
    return np.setdiff1d(np.arange(len(labels)), test), test


def on_canvas(digits: Any, dy: int = 0, dx: int = 0) -> np.ndarray:
    """Put digits on canvases, `dy` below and `dx` right of the middle.

    Parameters
    ----------
    digits : array_like
        Shape (n, 8, 8), from 0 (paper) to 16 (ink).
    dy, dx : int
        What goes over an edge comes in on the other side; within 8 pixels nothing does.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, 1, 24, 24), from 0 to 1.

    Raises
    ------
    ValueError
        If `digits` is of another shape.

    Examples
    --------
    >>> canvas = on_canvas(np.full((1, 8, 8), 16), dx=8)
    >>> canvas[0, 0, 8, 14:].astype(int)
    array([0, 0, 1, 1, 1, 1, 1, 1, 1, 1])
    """
    digits = np.asarray(digits, dtype=float)
    if digits.ndim != 3 or digits.shape[1:] != (8, 8):
        _check.refuse(ValueError, "digits", "of shape (n, 8, 8)", digits.shape)
    room = (CANVAS - 8) // 2
    canvas = np.pad(digits / 16, ((0, 0), (room, room), (room, room)))
    return np.asarray(shift(canvas[:, None], dy, dx, "circular"))


def logits(network: Network, pictures: Any, *, ops: ModuleType = numpy_ops) -> Any:
    """Return what a network makes of pictures, before softmax.

    Parameters
    ----------
    network : Network
        Its weights of the kind of array that `ops` takes.
    pictures : numpy.ndarray or torch.Tensor
        Shape (n, 1, h, w), as `on_canvas` makes them.
    ops : module
        `numpy_ops`, `reference` or `torch_ops`.

    Returns
    -------
    numpy.ndarray or torch.Tensor
        Shape (n, 10).

    Examples
    --------
    >>> images, labels = datasets.load("digits")
    >>> logits(networks()["max-blur"], on_canvas(images[:4])).argmax(axis=1).tolist()
    [0, 1, 2, 3]
    """
    x = pictures
    for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        if layer == 3:
            return ops.linear(x.mean((2, 3)), weight, bias)
        x = ops.relu(conv2d_same(x, weight, padding="circular", ops=ops) + bias[:, None, None])
        if layer < 2:
            x = downsample(x, network.kind, "circular", ops=ops)
    raise ValueError(f"network must be of {len(LAYERS)} layers, got {len(network.weights)}")


def answers(
    network: Network,
    digits: Any,
    shifts: Iterable[tuple[int, int]] = RIGHT,
    *,
    ops: ModuleType = numpy_ops,
) -> np.ndarray:
    """Return which digits a network takes shifted digits for.

    Parameters
    ----------
    network : Network
        One of `networks`.
    digits : array_like
        Shape (n, 8, 8), as `on_canvas` takes them.
    shifts : iterable of pairs of int
        How far down and right; 0 to 8 pixels to the right unless told otherwise.
    ops : module
        `numpy_ops`, or `torch_ops`, which is a few times as fast.

    Returns
    -------
    numpy.ndarray
        int64, shape (shifts, n), what `invariance.consistency` takes.

    Examples
    --------
    >>> images, labels = datasets.load("digits")
    >>> answers(networks()["strided"], images[:2], [(0, 0), (0, 2), (0, 4)])  # 0 and 1
    array([[0, 1],
           [4, 5],
           [0, 1]])
    """
    rows = []
    for dy, dx in shifts:
        pictures: Any = on_canvas(digits, dy, dx)
        rows.append(logits(*_for(ops, network, pictures), ops=ops).argmax(1))
    return np.array([np.asarray(row) for row in rows])


def _for(ops: ModuleType, network: Network, pictures: Any) -> tuple[Network, Any]:
    """Return a network and pictures as `ops` takes them."""
    if not ops.__name__.endswith("torch_ops"):
        return network, pictures
    import torch

    weights, biases = (
        tuple(torch.as_tensor(np.asarray(part)) for part in parts)
        for parts in (network.weights, network.biases)
    )
    return Network(network.kind, weights, biases), torch.as_tensor(pictures)
