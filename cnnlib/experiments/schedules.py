"""Schedules: by which factor the learning rate is multiplied in each step of training.

Steps are counted from 0 to `steps` - 1. Plain arithmetic, no torch.
"""

from __future__ import annotations

import math

from cnnlib.experiments.recipe import Recipe

__all__ = ["constant", "cosine", "factors", "step", "warm_up"]


def constant(t: int, steps: int) -> float:
    """Leave the learning rate as it is.

    Examples
    --------
    >>> constant(3, 10)
    1.0
    """
    return 1.0


def step(t: int, steps: int, every: int, factor: float) -> float:
    """Multiply the learning rate by `factor` after every so many steps.

    Examples
    --------
    >>> [step(t, 6, every=2, factor=0.5) for t in range(6)]
    [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """
    return float(factor ** (t // every))


def cosine(t: int, steps: int) -> float:
    """Let the learning rate fall to 0 as the first half of a cosine.

    Examples
    --------
    >>> [round(cosine(t, 4), 3) for t in range(4)]
    [1.0, 0.854, 0.5, 0.146]
    """
    return (1 + math.cos(math.pi * t / steps)) / 2


def warm_up(t: int, steps: int, rising: int) -> float:
    """Let the learning rate rise evenly over the first `rising` steps, then fall as a cosine.

    Examples
    --------
    >>> [round(warm_up(t, 6, rising=2), 3) for t in range(6)]
    [0.5, 1.0, 1.0, 0.854, 0.5, 0.146]
    """
    if t < rising:
        return (t + 1) / rising
    return cosine(t - rising, steps - rising)


def factors(recipe: Recipe, steps_in_epoch: int) -> list[float]:
    """Return what a recipe multiplies its learning rate by in each of its steps.

    Examples
    --------
    >>> recipe = Recipe(schedule="step", step_epochs=1, step_factor=0.5, epochs=3)
    >>> factors(recipe, steps_in_epoch=2)
    [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """
    steps = recipe.epochs * steps_in_epoch
    if recipe.schedule == "step":
        every = recipe.step_epochs * steps_in_epoch
        return [step(t, steps, every, recipe.step_factor) for t in range(steps)]
    if recipe.schedule == "warm_up":
        rising = round(recipe.warm_up * steps)
        return [warm_up(t, steps, rising) for t in range(steps)]
    shape = cosine if recipe.schedule == "cosine" else constant
    return [shape(t, steps) for t in range(steps)]
