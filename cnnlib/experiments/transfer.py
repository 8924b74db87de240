"""Transfer learning: what a network knows of some classes helps it to learn others.

A network that can tell 0 to 4 apart is given a new last layer and shown a few of 5 to 9: frozen
but for that layer, or fine-tuned as a whole; beside one that begins with random weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnlib import _check, datasets
from cnnlib.experiments.data import Data, check_data, evenly
from cnnlib.experiments.draws import untrained
from cnnlib.experiments.history import History
from cnnlib.experiments.recipe import Recipe
from cnnlib.experiments.training import train

__all__ = ["WAYS", "few", "freeze", "only", "replace_head", "stored", "transfer"]

WAYS = ("scratch", "frozen", "fine-tuned")
"""Ways to begin: with random weights; with a trained network whose last layer alone learns; with
a trained network that learns as a whole."""


def only(data: Data, classes: Sequence[int]) -> Data:
    """Return the part of the data that is of these classes, numbered anew from 0 in their order.

    Raises
    ------
    ValueError
        If a class is named twice, or there is none of it.

    Examples
    --------
    >>> from cnnlib.experiments.data import digits
    >>> high = only(digits(), [5, 6, 7, 8, 9])
    >>> [len(labels) for labels in high[1::2]], sorted(set(high.test_labels.tolist()))
    ([499, 175, 222], [0, 1, 2, 3, 4])
    """
    data = check_data(data)
    numbers = np.asarray(classes, dtype=np.int64)
    if len(set(classes)) < len(numbers):
        _check.refuse(ValueError, "classes", "all different", list(classes))
    parts: list[np.ndarray] = []
    for images, labels in zip(data[::2], data[1::2], strict=True):
        if missing := set(numbers.tolist()) - set(labels.tolist()):
            legal = "classes that are in every part of the data"
            _check.refuse(ValueError, "classes", legal, sorted(missing))
        chosen = np.isin(labels, numbers)
        same = labels[chosen][:, None] == numbers
        parts += [images[chosen], same.argmax(1)]
    return Data(*parts)


def few(data: Data, n: int, rng: np.random.Generator) -> Data:
    """Return the data with a training set of n of its pictures, drawn evenly from the classes.

    Examples
    --------
    >>> from cnnlib.experiments.data import digits
    >>> np.bincount(few(digits(), 20, np.random.default_rng(0)).train_labels).tolist()
    [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    """
    most = len(check_data(data).train_labels)
    legal = f"an int from 1 to {most}"
    if _check.integer_in("n", legal, n, n, 1) > most:
        _check.refuse(ValueError, "n", legal, n)
    chosen = evenly(data.train_labels, rng)[:n]
    return data._replace(
        train_images=data.train_images[chosen], train_labels=data.train_labels[chosen]
    )


def replace_head(network: nn.Sequential, outputs: int, *, seed: int) -> nn.Sequential:
    """Return a copy of a network whose last layer is a new one, with random weights.

    Examples
    --------
    >>> net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 10))
    >>> replace_head(net, 3, seed=0)
    Sequential(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): ReLU()
      (2): Linear(in_features=8, out_features=3, bias=True)
    )
    """
    outputs = _check.integer("outputs", outputs, 1)
    name, old = _head(network)
    with torch.device("meta"):
        head = nn.Linear(old.in_features, outputs, bias=old.bias is not None)
    head = head.to_empty(device=old.weight.device)
    generator = torch.Generator().manual_seed(_check.integer("seed", seed))
    bound = 1 / math.sqrt(old.in_features)
    with torch.no_grad():
        for part in head.parameters():
            part.copy_(torch.empty(part.shape).uniform_(-bound, bound, generator=generator))
    copy = deepcopy(network)
    setattr(copy, name, head)
    return copy


def freeze(network: nn.Sequential) -> nn.Sequential:
    """Keep all of a network from learning but its last layer, in place; return it.

    Examples
    --------
    >>> net = freeze(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 10)))
    >>> [part.requires_grad for part in net.parameters()]
    [False, False, True, True]
    """
    head = _head(network)[1]
    network.requires_grad_(False)
    head.requires_grad_(True)
    return network


def transfer(
    recipe: Recipe,
    data: Data,
    *,
    way: str,
    seed: int,
    source: nn.Sequential | None = None,
    device: torch.device | str | None = None,
) -> History:
    """Train a network on data in one of three `WAYS`.

    Parameters
    ----------
    recipe, data, seed, device
        As `train` takes them; the network gets an output for each class of the training set.
    way : 'scratch', 'frozen' or 'fine-tuned'
        How to begin.
    source : torch.nn.Sequential or None
        The trained network; None for 'scratch'.

    Raises
    ------
    ValueError
        If `way` is none of these, or `source` does not go with it.
    """
    if way not in WAYS:
        _check.refuse(ValueError, "way", "'scratch', 'frozen' or 'fine-tuned'", way)
    if (source is None) != (way == "scratch"):
        legal = "None to begin from scratch, and else a trained network"
        _check.refuse(ValueError, "source", legal, source)
    outputs = int(check_data(data).train_labels.max()) + 1
    begun = untrained(recipe, seed) if source is None else source
    network = replace_head(begun, outputs, seed=seed)
    network.requires_grad_(True)
    if way == "frozen":
        freeze(network)
    return train(recipe, data, seed=seed, device=device, network=network)


def stored() -> dict[str, Any]:
    """Return what `python -m tools.run_transfer` measured: 0 to 4 first, then a few of 5 to 9.

    "accuracy" has, by way and then by size of the training set, the share of right answers on the
    test digits for each seed; "curves" the means over the seeds of the validation accuracy after
    each epoch; "source_accuracy" those of the networks that can tell 0 to 4.

    Examples
    --------
    >>> results = stored()
    >>> list(results["accuracy"]), results["sizes"]
    (['scratch', 'frozen', 'fine-tuned'], [10, 20, 50, 100, 200])
    """
    results: dict[str, Any] = datasets.stored("transfer")
    return results


def _head(network: nn.Sequential) -> tuple[str, nn.Linear]:
    """Return the name of a network's last layer, and that layer."""
    name, head = list(network.named_children())[-1]
    if not isinstance(head, nn.Linear):
        _check.refuse(TypeError, "network", "one that ends with a Linear layer", head)
    return name, head
