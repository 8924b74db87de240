"""What chance decides in a run, and nothing else does: first weights, order, changes of pictures.

Each member of a group draws from generators of its own, made of its seed, and as it would alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cnnlib import models
from cnnlib.experiments.pictures import affine, random_matrices
from cnnlib.experiments.recipe import Recipe
from cnnlib.experiments.targets import mixup

__all__ = ["Batch", "batches", "generators", "untrained"]

AHEAD = 2048
"""Pictures of a member that are drawn for and changed in one go: many batches, little overhead."""


class Batch(NamedTuple):
    """A step's pictures, (n, k c, h, w), and labels, (k, n); what was mixed in, by which shares."""

    images: Tensor
    labels: Tensor
    partner_labels: Tensor | None = None
    share: Tensor | None = None


def generators(seeds: Sequence[int]) -> list[np.random.Generator]:
    """Return a generator for each seed."""
    return [np.random.default_rng([seed, 1]) for seed in seeds]


def untrained(recipe: Recipe, seed: int) -> nn.Sequential:
    """Return a recipe's network with random weights, torch's own kind, drawn from the seed alone.

    Examples
    --------
    >>> net = untrained(Recipe(), seed=0)
    >>> net.conv1.weight.abs().max().item() <= 1 / 3  # one over the root of its 9 inputs
    True
    """
    with torch.device("meta"):
        if recipe.model == "digit_net":
            how: Any = {"batch_norm": recipe.batch_norm, "pool": recipe.pool}
            net = models.digit_net(dropout=recipe.dropout, **how)
        else:
            net = getattr(models, recipe.model)()
    net = net.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(seed)
    for layer in net:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            bound = 1 / math.sqrt(layer.weight[0].numel())
            for part in layer.parameters():
                nn.init.uniform_(part, -bound, bound, generator=generator)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
    return net


def batches(
    recipe: Recipe, images: Tensor, labels: Tensor, draws: Sequence[np.random.Generator]
) -> Iterator[Batch]:
    """Yield the batches of an epoch, each member's in an order of its own.

    Parameters
    ----------
    recipe : Recipe
        Its batch size, and how it changes pictures.
    images, labels : torch.Tensor
        The training set: (n, c, h, w), and (n,).
    draws : sequence of numpy.random.Generator
        One for each member.
    """
    orders = np.stack([draw.permutation(len(labels)) for draw in draws])
    ahead = max(1, AHEAD // recipe.batch_size) * recipe.batch_size
    for start in range(0, len(labels), ahead):
        chosen = torch.from_numpy(orders[:, start : start + ahead]).to(images.device)
        pictures = _changed(recipe, images[chosen.T], draws)
        parts = zip(
            pictures.split(recipe.batch_size),
            labels[chosen].split(recipe.batch_size, 1),
            strict=True,
        )
        for part, answers in parts:
            yield _mixed(recipe, part, answers, draws)


def _changed(recipe: Recipe, images: Tensor, draws: Sequence[np.random.Generator]) -> Tensor:
    """Change pictures (n, k, c, h, w) as the recipe says."""
    n, k, c, h, w = images.shape
    moves = (recipe.shift, recipe.rotate, recipe.scale, recipe.crop, recipe.flip)
    if any(moves):
        how: Any = dict(zip(("shift", "rotate", "scale", "crop", "flip"), moves, strict=True))
        drawn = [random_matrices(n, **how, size=(h, w), rng=draw) for draw in draws]
        ways = torch.from_numpy(np.stack(drawn, 1)).to(images).flatten(0, 1)
        images = affine(images.flatten(0, 1), ways).view(n, k, c, h, w)
    if recipe.noise:
        noise = [draw.standard_normal((n, c, h, w), dtype=np.float32) for draw in draws]
        images = images + recipe.noise * torch.from_numpy(np.stack(noise, 1)).to(images)
    return images


def _mixed(
    recipe: Recipe, images: Tensor, labels: Tensor, draws: Sequence[np.random.Generator]
) -> Batch:
    """Mix pictures (n, k, c, h, w) with others of their batch if the recipe says so."""
    n = len(images)
    if not recipe.mixup:
        return Batch(images.flatten(1, 2), labels)
    shares = torch.tensor([draw.beta(recipe.mixup, recipe.mixup) for draw in draws]).to(images)
    partners = torch.from_numpy(np.stack([draw.permutation(n) for draw in draws])).to(labels)
    mixed = [mixup(images[:, i], shares[i], partners[i]) for i in range(len(draws))]
    pictures = torch.stack(mixed, 1).flatten(1, 2)
    return Batch(pictures, labels, labels.gather(1, partners), shares)
