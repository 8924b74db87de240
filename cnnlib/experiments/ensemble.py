"""Several seeds of one recipe at once, where that is faster than one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from cnnlib.experiments.data import Data
from cnnlib.experiments.history import History
from cnnlib.experiments.recipe import Recipe
from cnnlib.experiments.training import run_stack

__all__ = ["train_together"]


def train_together(
    recipe: Recipe,
    data: Data,
    *,
    seeds: Sequence[int],
    device: torch.device | str | None = None,
    on_epoch: Callable[[tuple[History, ...]], Any] | None = None,
) -> tuple[History, ...]:
    """Train."""
    return run_stack(recipe, data, seeds, device, on_epoch)
