"""What is recorded of a run: losses and accuracies by epoch, and what was kept in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from torch import Tensor

from cnnlib.experiments.recipe import Recipe

__all__ = ["WEIGHT_BINS", "DivergedError", "History"]

WEIGHT_BINS = tuple(round(-0.6 + 0.025 * k, 3) for k in range(49))
"""Edges of the bins of `History.histogram`; what lies beyond them counts in the outermost two."""

CURVES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
_TUPLES = (*CURVES, "histogram")


@dataclass(frozen=True, kw_only=True)
class History:
    """What is recorded of a run.

    Losses are mean cross-entropies in nats, without penalty, smoothing or mixing; accuracies are
    shares of right answers. All are measured at the end of an epoch in evaluation mode, without
    dropout, noise or augmentation, on the training set too: so the two can be compared.

    Attributes
    ----------
    recipe, seed : Recipe, int
        What was run.
    train_loss, train_accuracy, validation_loss, validation_accuracy : tuple of float
        A value for each epoch.
    best_epoch : int
        That of the lowest validation loss, counted from 1; 0 before the first.
    test_loss, test_accuracy : float or None
        Of the weights kept: those of the best epoch with early stopping, else the last. None, as
        is all that follows from the weights, while the run goes on.
    histogram : tuple of float
        Shares of the weights kept, biases and batch norm aside, in the bins of `WEIGHT_BINS`.
    mean_square, near_zero : float or None
        The mean of their squares, and the share within 0.001 of zero.
    seconds : float
        Of the whole run; for runs together, each run's share of them.
    device, precision : str
        What it ran on, in words, and in which type the forward pass was computed.
    versions : mapping of str to str
        Of Python, torch and NumPy.
    stopped : str
        'running', 'finished' (all epochs), 'patience', 'asked' (by `on_epoch`) or 'diverged'.
    state : mapping of str to torch.Tensor, or None
        The weights kept, on the CPU, as `state_dict` names them; no part of the JSON, and not
        compared.
    """

    recipe: Recipe
    seed: int
    train_loss: tuple[float, ...] = ()
    train_accuracy: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    validation_accuracy: tuple[float, ...] = ()
    best_epoch: int = 0
    test_loss: float | None = None
    test_accuracy: float | None = None
    histogram: tuple[float, ...] = ()
    mean_square: float | None = None
    near_zero: float | None = None
    seconds: float = 0.0
    device: str = ""
    precision: str = "float32"
    versions: Mapping[str, str] = field(default_factory=dict)
    stopped: str = "running"
    state: Mapping[str, Tensor] | None = field(default=None, compare=False, repr=False)

    @property
    def epochs(self) -> int:
        """How many epochs were recorded."""
        return len(self.train_loss)

    def to_dict(self) -> dict[str, Any]:
        """Return all but the weights, as JSON can hold it.

        Examples
        --------
        >>> history = History(recipe=Recipe(), seed=0, train_loss=(2.5, 1.25))
        >>> History.from_dict(history.to_dict()) == history
        True
        """
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "state"}
        values.update(recipe=self.recipe.to_dict(), versions=dict(self.versions))
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> History:
        """Return the history that `to_dict` wrote, without weights.

        Raises
        ------
        ValueError
            If something is missing, or there is more.
        """
        names = {f.name for f in fields(cls)} - {"state"}
        if missing := names - set(values):
            legal = "have every attribute but state"
            raise ValueError(f"values must {legal}, got no {', '.join(sorted(missing))}")
        if unknown := set(values) - names:
            raise ValueError(f"values must have no other attributes, got {', '.join(unknown)}")
        tuples = {name: tuple(values[name]) for name in _TUPLES}
        return cls(**{**values, **tuples, "recipe": Recipe.from_dict(values["recipe"])})


class DivergedError(ArithmeticError):
    """A loss became NaN or infinite, which ends a run: the learning rate is often too high.

    Attributes
    ----------
    history : History
        What was recorded up to then, of the first run that diverged.
    histories : tuple of History
        Of all runs that were trained together; those that did not diverge went on to their end.
    """

    def __init__(self, histories: Sequence[History]) -> None:
        self.histories = tuple(histories)
        self.history = next(h for h in self.histories if h.stopped == "diverged")
        rate = self.history.recipe.learning_rate
        super().__init__(
            f"the loss of seed {self.history.seed} became NaN or infinite in epoch "
            f"{self.history.epochs + 1}, with a learning rate of up to {rate:g}; the history "
            f"attribute holds the {self.history.epochs} epochs before"
        )

    def __reduce__(self) -> tuple[type, tuple[Sequence[History]]]:
        """Let processes hand the error on whole."""
        return type(self), (self.histories,)


def weight_statistics(weights: Sequence[Tensor]) -> dict[str, Any]:
    """Return the fields of a history that say how large its weights are.

    Examples
    --------
    >>> import torch
    >>> found = weight_statistics([torch.tensor([0.0, 0.01, -2.0, 0.5])])
    >>> found["near_zero"], round(found["mean_square"], 4)
    (0.25, 1.0625)
    >>> found["histogram"][0], found["histogram"][24]
    (0.25, 0.5)
    """
    values = np.concatenate([weight.numpy().ravel() for weight in weights]).astype(float)
    inside = np.clip(values, WEIGHT_BINS[0], WEIGHT_BINS[-1])
    counts = np.histogram(inside, WEIGHT_BINS)[0]
    return {
        "histogram": tuple((counts / len(values)).tolist()),
        "mean_square": float((values**2).mean()),
        "near_zero": float((np.abs(values) < 1e-3).mean()),
    }
