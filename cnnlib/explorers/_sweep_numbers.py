"""What a stored sweep says: curves with bands over seeds, intervals, differences from the baseline.

The same in JavaScript is ``js/reg_math.js``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from cnnlib import datasets
from cnnlib.sweep_results import t_quantile

BANDS = {"sd": "one standard deviation", "interval": "95 % interval of the mean"}
METRICS = ("loss", "accuracy")
UNUSED = ("seconds", "test_loss", "mean_square", "final_test_accuracy")
"""What is stored of a setting but not shown."""


class Interval(NamedTuple):
    """A mean over seeds, and half the width of its 95 % interval by Student's t."""

    mean: Any
    half: Any


@cache
def load() -> dict[str, Any]:
    """Return the stored sweep."""
    sweep: dict[str, Any] = datasets.stored("sweep")
    return sweep


def carried(sweep: dict[str, Any], techniques: Sequence[str], ids: set[str]) -> dict[str, Any]:
    """Return the part of a sweep that a page needs: some techniques, and what is shown of them."""
    wanted = [
        setting
        for setting in sweep["settings"]
        if not techniques or setting["technique"] in [*techniques, "none"] or setting["id"] in ids
    ]
    settings = [
        {**setting, "sizes": {n: _shown(runs) for n, runs in setting["sizes"].items()}}
        for setting in wanted
    ]
    return {**sweep, "settings": settings}


def _shown(runs: dict[str, Any]) -> dict[str, Any]:
    return {name: values for name, values in runs.items() if name not in UNUSED}


def settings_at(sweep: dict[str, Any], size: int) -> dict[str, dict[str, Any]]:
    """Return the settings that were run with training sets of this size, by their ids."""
    return {each["id"]: each for each in sweep["settings"] if str(size) in each["sizes"]}


def sizes(sweep: dict[str, Any]) -> list[int]:
    """Return the sizes of training sets, small to large."""
    return sorted({int(size) for setting in sweep["settings"] for size in setting["sizes"]})


def flat(values: Any) -> np.ndarray:
    """Return a number, a list or an array of any backend as one row of float64."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return np.asarray(values, dtype=float).ravel()


def place(epochs: list[int], epoch: int) -> int:
    """Return the place of the epoch nearest to the one asked for; 0 asks for the last.

    Examples
    --------
    >>> epochs = [1, 2, 5, 10]
    >>> place(epochs, 4), place(epochs, 0), place(epochs, 99)
    (2, 3, 3)
    """
    if epoch == 0:
        return len(epochs) - 1
    return min(range(len(epochs)), key=lambda k: abs(epochs[k] - epoch))


def interval(values: Any) -> Interval:
    """Return the mean of one value a seed, shape (seeds,), of any of cnnlib's backends.

    Examples
    --------
    >>> mean, half = interval(np.array([0.0, 2.0]))
    >>> float(mean), round(float(half), 3)  # 12.706 times sqrt(2) / sqrt(2)
    (1.0, 12.706)
    """
    n = len(values)
    mean = values.mean()
    sd = (((values - mean) ** 2).sum() / (n - 1)) ** 0.5
    return Interval(mean, t_quantile(n - 1) * sd / n**0.5)


def curve(runs: dict[str, Any], name: str, band: str, array: Any) -> tuple[Any, Any, Any]:
    """Return a curve's mean and the lower and upper end of its band, while two runs go on.

    Parameters
    ----------
    runs : dict
        What is stored of a setting at a size.
    name : str
        "train_loss" and so on.
    band : {"sd", "interval"}
        What the band is.
    array : callable
        Makes arrays of lists.
    """
    means, sds = runs[name]
    kept = sum(mean is not None for mean in means)
    mean, sd = array(means[:kept]), array(sds[:kept])
    if band == "interval":
        counts = runs.get("runs", [len(runs["test_accuracy"])] * kept)[:kept]
        sd = sd * array([t_quantile(n - 1) / n**0.5 for n in counts])
    return mean, mean - sd, mean + sd
