"""Training DigitNet with NumPy alone: stochastic gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cnnlib import _check, _layer_arguments, numpy_ops
from cnnlib._arrays import Array
from cnnlib.digit_net.passes import BLOCKS, LEARNED, loss_and_gradients

__all__ = ["Trained", "train_numpy", "untrained"]

SHAPES: dict[str, tuple[int, ...]] = {
    "conv1.weight": (16, 1, 3, 3),
    "conv2.weight": (32, 16, 3, 3),
    "conv3.weight": (32, 32, 3, 3),
    "linear.weight": (10, 128),
    "linear.bias": (10,),
}


class Trained(NamedTuple):
    """Parameters by name, and the mean loss over the batches of each epoch."""

    parameters: dict[str, Array]
    losses: tuple[float, ...]


def untrained(rng: np.random.Generator) -> dict[str, Array]:
    """Return parameters to begin with: small random weights, and normalizations that change none.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws weights evenly from within one over the root of a unit's inputs, as torch does.

    Returns
    -------
    dict of str to numpy.ndarray
        float32, named as `models.digit_net` names them.

    Examples
    --------
    >>> parameters = untrained(np.random.default_rng(0))
    >>> float(abs(parameters["conv1.weight"]).max()) <= 1 / 3  # the root of 1 x 3 x 3 inputs
    True
    >>> parameters["bn1.weight"][:3], parameters["bn1.running_mean"][:3]
    (array([1., 1., 1.], dtype=float32), array([0., 0., 0.], dtype=float32))
    """
    rng = _layer_arguments.generator(rng)
    parameters = {}
    for name, shape in SHAPES.items():
        inputs = np.prod(SHAPES[name.replace("bias", "weight")][1:])
        parameters[name] = (rng.uniform(-1, 1, shape) / np.sqrt(inputs)).astype(np.float32)
    for i in BLOCKS:
        channels = SHAPES[f"conv{i}.weight"][0]
        for part, value in (("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)):
            parameters[f"bn{i}.{part}"] = np.full(channels, value, np.float32)
    return parameters


def train_numpy(
    images: Array,
    labels: Array,
    *,
    rng: np.random.Generator,
    epochs: int = 20,
    batch_size: int = 64,
    learning_rate: float = 0.05,
    momentum: float = 0.9,
    dropout: float = 0.25,
    on_epoch: Callable[[int, float], Any] | None = None,
) -> Trained:
    """Train DigitNet on images, from random weights, with NumPy alone.

    Each step takes a batch, asks for the gradients, and moves every parameter a little against its
    own; momentum keeps it moving the way it has moved so far. The learning rate falls evenly to 0.

    Parameters
    ----------
    images : array, (n, 1, 8, 8)
        From 0 (paper) to 1 (ink); taken as float32.
    labels : array of integers, (n,)
        Which digits they are.
    rng : numpy.random.Generator
        Decides the first weights, the order of the images, and what is dropped.
    epochs, batch_size : int
        Passes over the images, and images in a step; what is left of a pass makes a smaller one.
    learning_rate : float
        That of the first step.
    momentum : float
        The part of a step that is taken again with the next; from 0 to below 1.
    dropout : float
        The part of the 128 features dropped in each step; from 0 to below 1.
    on_epoch : callable or None
        Called after each epoch with its number, from 1, and its mean loss.

    Returns
    -------
    Trained

    Raises
    ------
    TypeError, ValueError
        If a setting is not legal, or images and labels are not what `loss_and_gradients` takes.

    Examples
    --------
    >>> from cnnlib.digit_net import forward, test_digits
    >>> images, labels = test_digits()
    >>> trained = train_numpy(images, labels, rng=np.random.default_rng(0), epochs=4)
    >>> right = forward(trained.parameters, images).argmax(axis=1) == labels
    >>> bool(right.mean() > 0.9)
    True
    """
    images, labels = np.asarray(images, np.float32), np.asarray(labels)
    epochs = _check.integer("epochs", epochs, 1)
    batch_size = _check.integer("batch_size", batch_size, 1)
    learning_rate = _check.positive("learning_rate", learning_rate)
    momentum, dropout = _below_one("momentum", momentum), _below_one("dropout", dropout)
    if not len(images) or labels.shape != (len(images),):
        legal = "an integer for each of the images, of which there must be one"
        raise ValueError(f"labels must be {legal}, got shape {labels.shape} for {len(images)}")

    parameters = untrained(rng)
    moves = {name: np.zeros_like(parameters[name]) for name in LEARNED}
    steps = epochs * -(-len(images) // batch_size)
    taken, losses = 0, []
    for epoch in range(1, epochs + 1):
        order, total = rng.permutation(len(images)), 0.0
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            ones = np.ones((len(batch), 128), np.float32)
            keep = numpy_ops.dropout(ones, dropout, rng=rng)
            step = loss_and_gradients(parameters, images[batch], labels[batch], keep=keep)
            rate = learning_rate * (1 - taken / steps)
            for name in LEARNED:
                moves[name] = momentum * moves[name] - rate * step.gradients[name]
                parameters[name] = parameters[name] + moves[name]
            parameters |= step.averages
            taken, total = taken + 1, total + float(step.loss) * len(batch)
        losses.append(total / len(images))
        if on_epoch is not None:
            on_epoch(epoch, losses[-1])
    return Trained(parameters, tuple(losses))


def _below_one(name: str, value: object) -> float:
    if (number := _check.fraction(name, value)) == 1:
        _check.refuse(ValueError, name, "a number from 0 to below 1", value)
    return number
