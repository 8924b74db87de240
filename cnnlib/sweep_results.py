"""What the stored trainings say: of each technique, how well it did, and how sure that is.

``make experiments`` runs every setting with every size of training set and the same seeds, and
stores what came out. So two settings are compared seed by seed, which takes out what the first
weights and the order of the pictures do to both. Intervals are Student's, over seeds: of many
comparisons at 95 %, one in twenty leaves out 0 by chance alone; `level` asks for surer ones.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, NoReturn

import numpy as np

from cnnlib import _check, datasets

MEASURES = ("test_accuracy", "test_loss", "best_epoch")
CURVES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


class Setting(NamedTuple):
    """A technique in one strength: `changes` is what it changes of the baseline's recipe."""

    id: str
    technique: str
    label: str
    strength: float | None
    changes: dict[str, Any]


class Interval(NamedTuple):
    """A mean over seeds, and between which values it lies, as sure as was asked."""

    mean: float
    low: float
    high: float


class Curve(NamedTuple):
    """Means over seeds, and the ends of their intervals, at some epochs."""

    epochs: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def settings(technique: str | None = None) -> list[Setting]:
    """Return all settings, or those of one technique, in the order they are stored in.

    Raises
    ------
    ValueError
        If there is no such technique.

    Examples
    --------
    >>> settings()[0].id, [each.strength for each in settings("dropout")]
    ('none', [0.2, 0.4, 0.6, 0.8])
    """
    found = [Setting(*(row[name] for name in Setting._fields)) for row in _stored()["settings"]]
    if technique is None:
        return found
    names = list(dict.fromkeys(each.technique for each in found))
    if technique not in names:
        _refuse("technique", names, technique)
    return [each for each in found if each.technique == technique]


def setting(id: str) -> Setting:
    """Return the setting of an id.

    Raises
    ------
    ValueError
        If there is no such setting.

    Examples
    --------
    >>> setting("dropout=0.4").changes
    {'dropout': 0.4}
    """
    return next(each for each in settings() if each.id == _row(id)["id"])


def sizes() -> list[int]:
    """Return the sizes of training sets, rising.

    Examples
    --------
    >>> sizes()
    [100, 200, 1000]
    """
    return sorted(map(int, _stored()["epochs"]))


def manifest() -> dict[str, Any]:
    """Return how the results came about: command, seeds, versions, device, date and data."""
    return dict(_stored()["manifest"])


def recipe(id: str, size: int) -> dict[str, Any]:
    """Return the whole recipe of a setting, as `cnnlib.experiments.Recipe.from_dict` takes it.

    Examples
    --------
    >>> whole = recipe("dropout=0.4", 100)
    >>> whole["dropout"], whole["optimizer"]
    (0.4, 'adamw')
    """
    stored, changes = _stored(), _runs(id, size)["changes"]
    return {**stored["base"], "epochs": stored["manifest"]["epochs"][str(size)], **changes}


def by_seed(id: str, size: int, measure: str = "test_accuracy") -> np.ndarray:
    """Return what was measured of each run of a setting.

    Parameters
    ----------
    id : str
        That of one of `settings`.
    size : int
        One of `sizes`.
    measure : {"test_accuracy", "test_loss", "best_epoch"}
        Of the weights that were kept; the epoch of the lowest validation loss.

    Returns
    -------
    numpy.ndarray
        Shape (seeds,), in the order of the seeds in `manifest`.

    Raises
    ------
    ValueError
        If an argument is none of these.

    Examples
    --------
    >>> by_seed("none", 1000).shape
    (10,)
    """
    if measure not in MEASURES:
        _refuse("measure", MEASURES, measure)
    return np.array(_runs(id, size)[measure])


def mean(id: str, size: int, measure: str = "test_accuracy", level: float = 0.95) -> Interval:
    """Return the mean over seeds of what was measured of a setting, with its interval.

    Parameters
    ----------
    id, size, measure
        As `by_seed` takes them.
    level : float
        How sure, from 0 to 1.

    Returns
    -------
    Interval
        Accuracies as shares, from 0 to 1.

    Raises
    ------
    ValueError
        If an argument is not legal.

    Examples
    --------
    >>> found = mean("none", 100)
    >>> 0.8 < found.low < found.mean < found.high < 1
    True
    """
    return interval(by_seed(id, size, measure), level)


def difference(
    id: str,
    size: int,
    against: str = "none",
    measure: str = "test_accuracy",
    level: float = 0.95,
) -> Interval:
    """Return by how much a setting is above another, seed by seed, with the mean's interval.

    Parameters
    ----------
    id, size, measure, level
        As `mean` takes them.
    against : str
        The other setting; the baseline unless told otherwise.

    Examples
    --------
    >>> difference("none", 100)
    Interval(mean=0.0, low=0.0, high=0.0)
    """
    return interval(by_seed(id, size, measure) - by_seed(against, size, measure), level)


def curve(id: str, size: int, name: str, level: float = 0.95) -> Curve:
    """Return a curve's means over seeds, with intervals, while at least two runs go on.

    Parameters
    ----------
    id, size, level
        As `mean` takes them.
    name : {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy"}
        What the curve is of.

    Examples
    --------
    >>> found = curve("none", 100, "train_loss")
    >>> found.epochs[0], found.mean[0] > found.mean[-1]
    (np.int64(1), np.True_)
    """
    if name not in CURVES:
        _refuse("name", CURVES, name)
    runs = _runs(id, size)
    means, sds = ([value for value in part if value is not None] for part in runs[name])
    counts = runs.get("runs", [len(runs["test_accuracy"])] * len(means))[: len(means)]
    half = np.array([_half(sd, n, level) for sd, n in zip(sds, counts, strict=True)])
    centre, epochs = np.array(means), np.array(_stored()["epochs"][str(size)][: len(means)])
    return Curve(epochs, centre, centre - half, centre + half)


def near_zero(id: str, size: int) -> float:
    """Return the share of a setting's weights, its runs' mean, that are within 0.001 of zero.

    Examples
    --------
    >>> near_zero("l1=0.001", 100) > near_zero("none", 100)
    True
    """
    return float(_runs(id, size)["near_zero"])


def interval(values: Any, level: float = 0.95) -> Interval:
    """Return a sample's mean, and the interval in which the mean of all there could be lies.

    Student's interval: the mean, plus and minus a quantile of his t distribution times the
    sample's standard deviation over the root of its size.

    Parameters
    ----------
    values : array_like
        Shape (n,); at least two.
    level : float
        How sure, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If `level` is not such a number, or there are fewer than two values.

    Examples
    --------
    >>> [round(float(v), 3) for v in interval([0.0, 2.0])]  # 1, and 12.706 to either side
    [1.0, -11.706, 13.706]
    """
    sample = np.asarray(values, dtype=float)
    if sample.ndim != 1 or len(sample) < 2:
        _check.refuse(ValueError, "values", "a row of at least two numbers", sample.shape)
    centre = float(sample.mean())
    half = _half(float(sample.std(ddof=1)), len(sample), level)
    return Interval(centre, centre - half, centre + half)


def t_quantile(df: int, level: float = 0.95) -> float:
    """Return how many standard errors on either side of a mean make its interval.

    Examples
    --------
    >>> round(t_quantile(9), 3)
    2.262
    """
    from scipy.stats import t  # type: ignore[import-untyped]

    sure = _check.fraction("level", level)
    if not 0 < sure < 1:
        _check.refuse(ValueError, "level", "between 0 and 1", level)
    return float(t.ppf((1 + sure) / 2, df))


def _half(sd: float, n: int, level: float) -> float:
    """Return half the width of a mean's interval."""
    return t_quantile(n - 1, level) * sd / n**0.5


@cache
def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = datasets.stored("sweep")
    return stored


def _row(id: str) -> dict[str, Any]:
    rows = {row["id"]: row for row in _stored()["settings"]}
    if id not in rows:
        _refuse("id", list(rows), id)
    found: dict[str, Any] = rows[id]
    return found


def _runs(id: str, size: int) -> dict[str, Any]:
    """Return what is stored of a setting's runs on a training set of a size."""
    found: dict[str, Any] = _row(id)["sizes"]
    if str(size) not in found:
        _refuse("size", list(map(int, found)), size)
    runs: dict[str, Any] = found[str(size)]
    return runs


def _refuse(name: str, legal: Any, value: object) -> NoReturn:
    raise ValueError(f"{name} must be one of {', '.join(map(str, legal))}, got {value!r}")
