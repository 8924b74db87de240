"""What is written down while a run goes on."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from cnnlib.experiments.history import CURVES, DivergedError, History, weight_statistics
from cnnlib.experiments.recipe import Recipe
from cnnlib.experiments.stack import Stack
from cnnlib.experiments.stopping import EarlyStopping
from cnnlib.torch_ops import describe_device

__all__ = ["Record", "finished", "used_precision"]


class Record:
    """The curves of one run as they grow, and whether it still runs."""

    def __init__(self, recipe: Recipe, seed: int, device: torch.device) -> None:
        self.stopping = EarlyStopping(recipe.patience)
        self.stopped = "running"
        self.curves: dict[str, list[float]] = {name: [] for name in CURVES}
        self._empty = History(
            recipe=recipe,
            seed=seed,
            device=describe_device(device),
            precision=used_precision(recipe, device),
            versions={
                "python": platform.python_version(),
                "torch": torch.__version__,
                "numpy": np.__version__,
            },
        )

    def update(self, row: Sequence[float]) -> bool:
        """Take in the values of an epoch, as `CURVES` orders them; return whether it is the best.

        What has stopped takes nothing in.
        """
        if self.stopped != "running":
            return False
        if not all(map(math.isfinite, row)):
            self.stop("diverged")
            return False
        for name, value in zip(CURVES, row, strict=True):
            self.curves[name].append(value)
        best = self.stopping.update(row[CURVES.index("validation_loss")])
        if self.stopping.stop:
            self.stop("patience")
        elif self.stopping.epoch == self._empty.recipe.epochs:
            self.stop("finished")
        return best

    def stop(self, why: str) -> None:
        """Write down why the run ended, if it had not ended before."""
        if self.stopped == "running":
            self.stopped = why

    def history(self, start: float, members: int) -> History:
        """Return the history so far; the time since `start` is shared among the members."""
        return replace(
            self._empty,
            **{name: tuple(values) for name, values in self.curves.items()},  # type: ignore[arg-type]
            best_epoch=self.stopping.best_epoch,
            stopped=self.stopped,
            seconds=(time.perf_counter() - start) / members,
        )


def finished(
    records: Sequence[Record], stack: Stack, tests: Sequence[Sequence[float]], start: float
) -> tuple[History, ...]:
    """Return the histories of runs that ended, with what follows from the weights kept.

    `tests` has a loss and an accuracy for each.

    Raises
    ------
    DivergedError
        If one of them diverged.
    """
    histories = []
    for member, (record, (loss, accuracy)) in enumerate(zip(records, tests, strict=True)):
        history = record.history(start, len(records))
        if record.stopped != "diverged":
            state = stack.state(member)
            history = replace(
                history,
                test_loss=loss,
                test_accuracy=accuracy,
                state=state,
                **weight_statistics(_weights(state)),
            )
        histories.append(history)
    if any(history.stopped == "diverged" for history in histories):
        raise DivergedError(histories)
    return tuple(histories)


def used_precision(recipe: Recipe, device: torch.device) -> str:
    """Return the type in which the forward pass is computed: bfloat16 only on CUDA."""
    return recipe.precision if device.type == "cuda" else "float32"


def _weights(state: dict[str, Tensor]) -> list[Tensor]:
    """Return the weights of convolutions and linear layers, which alone have several axes."""
    return [part for part in state.values() if part.ndim > 1]
