"""The explorer of a classifier's end: logits, softmax and loss; and a batch through batch norm."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import plots

from ._base import LARGEST, Explorer, Vector

SIZES = (8, 16, 24, 32)
"""How many values a batch may have: whole rows of eight."""


def _batches() -> dict[str, list[float]]:
    rng = np.random.default_rng(0)
    normal = rng.normal(size=32)
    outlier = normal.copy()
    outlier[3] = 12
    draws = {
        "off centre and wide": 3 + 2 * normal,
        "two clusters": np.where(np.arange(32) % 2, 4, -2) + 0.6 * normal,
        "skewed": rng.exponential(2.0, size=32),
        "one outlier": outlier,
        "all alike": np.full(32, 2.0),
    }
    return {name: values.round(2).tolist() for name, values in draws.items()}


BATCHES = _batches()
"""Batches of 32 values by name; smaller ones are their beginnings."""


class ClassifierHeadExplorer(Explorer):
    """Drag logits and read probabilities, loss and gradient; or send a batch through batch norm.

    Parameters
    ----------
    view : {"head", "batch norm"}
        Which of the two is shown.
    logits : array_like
        Shape (classes,), 2 to 6 of them.
    target : int
        The true class, from 0.
    temperature : float
        Divides the logits, 0.1 to 10.
    twice : bool
        Whether softmax applied twice, the bug, is shown beside.
    batch : array_like
        Shape (n,), of one channel; n is 8, 16, 24 or 32.
    gamma, beta : float
        Batch norm's learned scale and shift, -5 to 5.
    training : bool
        Whether batch norm uses the batch's own statistics or the running ones.
    running_mean, running_var : float
        The running statistics.
    """

    module = "classifier_head.js"

    title = traitlets.Unicode("Logits, softmax, loss; and batch norm").tag(sync=True)
    view = traitlets.Enum(["head", "batch norm"], "head").tag(sync=True)
    logits = Vector(6, default_value=[2.0, 1.0, -1.0, 0.5]).tag(sync=True)
    target = traitlets.Int(1, min=0, max=5).tag(sync=True)
    temperature = traitlets.Float(1.0, min=0.1, max=10.0).tag(sync=True)
    twice = traitlets.Bool(False).tag(sync=True)
    batch = Vector(32, default_value=BATCHES["off centre and wide"]).tag(sync=True)
    gamma = traitlets.Float(1.0, min=-5.0, max=5.0).tag(sync=True)
    beta = traitlets.Float(0.0, min=-5.0, max=5.0).tag(sync=True)
    training = traitlets.Bool(True).tag(sync=True)
    running_mean = traitlets.Float(0.0, min=-LARGEST, max=LARGEST).tag(sync=True)
    running_var = traitlets.Float(1.0, min=0.0, max=2 * LARGEST**2).tag(sync=True)

    _batches = traitlets.Dict(BATCHES).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.target >= len(self.logits):
            raise ValueError(
                f"target is {self.target}; legal are the classes 0 to {len(self.logits) - 1}"
            )

    @traitlets.validate("logits", "batch")
    def _counted(self, proposal: Any) -> list[float]:
        values: list[float] = proposal["value"]
        name, n = proposal["trait"].name, len(values)
        if name == "logits" and n < 2:
            raise ValueError("logits must be 2 to 6 numbers; got 1")
        if name == "batch" and n not in SIZES:
            raise ValueError(f"batch must be 8, 16, 24 or 32 numbers; got {n}")
        return values

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute what the present view shows, with one of cnnlib's backends.

        Returns
        -------
        array
            For the head, one after the other: probabilities, loss, and the loss's gradient for
            the logits; with `twice`, the same again through two softmaxes. For batch norm: the
            output, and the running mean and variance from now on.
        """
        parts = self._head(ops, array) if self.view == "head" else self._batch_norm(ops, array)
        if isinstance(parts[0], np.ndarray):
            return np.concatenate([np.ravel(part) for part in parts])
        import torch

        return torch.cat([part.ravel() for part in parts])

    def _head(self, ops: Any, array: Any) -> list[Any]:
        scaled = array([self.logits]) / self.temperature
        target = array([self.target])
        target = target.astype(int) if isinstance(target, np.ndarray) else target.long()
        true = array([np.eye(len(self.logits))[self.target].tolist()])
        once = ops.softmax(scaled, 1)
        parts = [once, ops.cross_entropy(scaled, target), (once - true) / self.temperature]
        if self.twice:
            again = ops.softmax(once, 1)
            first = again - true  # the gradient for the probabilities that pass for logits
            through = once * (first - (once * first).sum()) / self.temperature
            parts += [again, ops.cross_entropy(once, target), through]
        return parts

    def _batch_norm(self, ops: Any, array: Any) -> list[Any]:
        output, mean, variance = ops.batch_norm(
            array([[value] for value in self.batch]),
            array([self.running_mean]),
            array([self.running_var]),
            array([self.gamma]),
            array([self.beta]),
            training=self.training,
        )
        return [output, mean, variance]

    def draw(self) -> Any:
        """Return a matplotlib Figure of the present view."""
        answer = self.result()
        if self.view == "batch norm":
            rows = np.reshape(self.batch, (-1, 8))
            output = answer[: rows.size].reshape(rows.shape)
            return plots.grids([(rows, "input", "before"), (output, "output", "after batch norm")])
        c = len(self.logits)
        panels = [
            (np.array(self.logits), "input", "logits", 0),
            (answer[:c], "output", "softmax", 0),
            (answer[c + 1 : 2 * c + 1], "output", "gradient of the loss for the logits", 0),
        ]
        return plots.stems(panels)

    def describe(self) -> str:
        """Return one line that tells the state."""
        answer = self.result()
        if self.view == "batch norm":
            n = len(self.batch)
            before, after = np.array(self.batch), answer[:n]
            mean = round(float(after.mean()), 9) + 0.0  # rounding noise would differ by machine
            return (
                f"batch norm of {n} values in {'training' if self.training else 'evaluation'} "
                f"mode: mean {before.mean():.4g} before and {mean:.4g} after, standard "
                f"deviation {before.std():.4g} before and {after.std():.4g} after"
            )
        c = len(self.logits)
        twice = f"; {answer[3 * c + 1]:.4g} with softmax applied twice" if self.twice else ""
        return (
            f"softmax of {c} logits at temperature {self.temperature:.4g}: true class "
            f"{self.target} gets {answer[self.target]:.4g}, cross-entropy {answer[c]:.4g}{twice}"
        )
