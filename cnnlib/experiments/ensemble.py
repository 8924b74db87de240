"""Several seeds of one recipe at once, where that is faster than one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from cnnlib import _check
from cnnlib.experiments.data import Data, check_data
from cnnlib.experiments.history import DivergedError, History
from cnnlib.experiments.recipe import Recipe
from cnnlib.experiments.training import chosen_device, run_stack

__all__ = ["group_size", "train_together"]

GROUP = 5
SMALL = 12


def train_together(
    recipe: Recipe,
    data: Data,
    *,
    seeds: Sequence[int],
    device: torch.device | str | None = None,
    on_epoch: Callable[[tuple[History, ...]], Any] | None = None,
) -> tuple[History, ...]:
    """Train one network for each seed, `group_size` of them at a time as one stack.

    Each draws what it would draw alone, and gets the gradients that it would get alone, so that
    the histories are those of `train` for each seed. Only sums are taken in another order: float32
    losses agree to about 1e-5 in the first epochs, and then drift apart as those of two machines
    do; accuracies stay as close as a few pictures.

    Parameters
    ----------
    recipe, data, device
        As `train` takes them.
    seeds : sequence of int
        At least one, all different.
    on_epoch : callable or None
        Called after each epoch of a group with the histories so far of its members; if it returns
        False the group stops, and no other begins.

    Returns
    -------
    tuple of History
        One for each seed, in their order; of those begun, if `on_epoch` stopped it.

    Raises
    ------
    DivergedError
        At the end, if the loss of some became NaN or infinite; its `histories` has all.
    TypeError, ValueError
        If an argument is not legal.

    Examples
    --------
    >>> from cnnlib.experiments.data import digits
    >>> histories = train_together(Recipe(epochs=1), digits(100), seeds=[0, 1], device="cpu")
    >>> [(history.seed, history.epochs) for history in histories]
    [(0, 1), (1, 1)]
    """
    members = [_check.integer("seeds", seed) for seed in seeds]
    if not members or len(set(members)) < len(members):
        _check.refuse(ValueError, "seeds", "at least one, all different", members)
    where = chosen_device(device)
    size = group_size(check_data(data), where, len(members))
    asked: list[History] = []
    diverged = False

    def noted(histories: tuple[History, ...]) -> Any:
        answer = None if on_epoch is None else on_epoch(histories)
        asked.extend(histories if answer is False else ())
        return answer

    done: list[History] = []
    for start in range(0, len(members), size):
        group = members[start : start + size]
        try:
            done.extend(run_stack(recipe, data, group, where, noted))
        except DivergedError as error:
            done.extend(error.histories)
            diverged = True
        if asked:
            break
    if diverged:
        raise DivergedError(done)
    return tuple(done)


def group_size(data: Data, device: torch.device, seeds: int) -> int:
    """Return how many of so many networks are best trained at a time.

    Measured on processors: five at a time are faster than one by one on digits of 8 x 8, where a
    step is short; at 28 x 28 a step is long enough for one, and caches do not hold five. On
    accelerators, where starting an operation costs most, all go together.

    Examples
    --------
    >>> from cnnlib.experiments.data import digits
    >>> group_size(digits(100), torch.device("cpu"), seeds=10)
    5
    """
    if device.type != "cpu":
        return seeds
    return GROUP if max(data.train_images.shape[2:]) <= SMALL else 1
