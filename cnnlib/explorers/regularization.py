"""The explorer of regularization: what was measured of each technique, and how sure that is."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from cnnlib import sweep_plots

from . import _sweep_numbers as numbers
from ._base import Explorer, whole


class RegularizationExplorer(Explorer):
    """Compare techniques against overfitting by stored trainings, each of many seeds.

    Nothing is trained here: the book stores the runs of ``make experiments``, and the explorer
    shows their means over seeds with bands, and says of each where it comes from.

    Parameters
    ----------
    setting : str
        What is shown as A: the id of a setting of the sweep, such as "dropout=0.5".
    against : str
        What is shown beside it as B; "none" for training without any technique, "" for nothing.
    size : int
        How many training digits.
    metric : {"loss", "accuracy"}
        What the curves are of.
    band : {"sd", "interval"}
        The standard deviation over seeds to either side, or the 95 % interval of the mean.
    epoch : int
        Where the curves are read: the nearest of the epochs that are kept; 0 for the last.
    techniques : sequence of str
        Those that are offered, besides the baseline; all of them where nothing is said.
    """

    module = "regularization.js"

    title = traitlets.Unicode("What keeps a network from memorizing: measured").tag(sync=True)
    setting = traitlets.Unicode("none").tag(sync=True)
    against = traitlets.Unicode("").tag(sync=True)
    size = whole(1, 10**6, 100)
    metric = traitlets.Enum(list(numbers.METRICS), "loss").tag(sync=True)
    band = traitlets.Enum(list(numbers.BANDS), "interval").tag(sync=True)
    epoch = whole(0, 10**6, 0)

    _sweep = traitlets.Dict().tag(sync=True)

    def __init__(self, *, techniques: Sequence[str] = (), **kwargs: Any) -> None:
        sweep = numbers.load()
        kwargs.setdefault("against", "none" if kwargs.get("setting", "none") != "none" else "")
        super().__init__(**kwargs)
        known = list(dict.fromkeys(each["technique"] for each in sweep["settings"]))
        for technique in techniques:
            if technique not in known:
                raise ValueError(f"techniques must be of {', '.join(known)}; got {technique!r}")
        self._check(sweep)
        self._sweep = numbers.carried(sweep, techniques, {self.setting, self.against})

    def _check(self, sweep: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the settings on offer; refuse a state that asks for what was not run."""
        sizes = numbers.sizes(sweep)
        if self.size not in sizes:
            legal = ", ".join(map(str, sizes))
            raise ValueError(f"size must be one of {legal}; got {self.size}")
        offered = numbers.settings_at(sweep, self.size)
        for name in ("setting", "against"):
            chosen = getattr(self, name)
            if chosen not in offered and (chosen or name == "setting"):
                legal = ", ".join(offered)
                raise ValueError(
                    f"{name} must be one that was run with {self.size} digits: {legal}; "
                    f"got {chosen!r}"
                )
        return offered

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute, from the stored runs, the numbers that are shown.

        Returns
        -------
        array
            One after the other. Of A, and of B if there is one: mean, low and high of the training
            curve, the same of the validation curve, the gap, the histogram of weights, the share
            near zero, the median best epoch, the test accuracy and its distance from the
            baseline's, each with half its interval. A less B, with half its interval. Test
            accuracy and distance of all settings, each with half its interval.
        """
        offered = self._check(self._sweep)
        runs = {each: setting["sizes"][str(self.size)] for each, setting in offered.items()}
        tests = {each: array(run["test_accuracy"]) for each, run in runs.items()}
        parts: list[Any] = []
        ids = [each for each in (self.setting, self.against) if each]
        for each in ids:
            parts += self._part(runs[each], array)
            parts += self._tested(tests, each)
        if self.against:
            parts += numbers.interval(tests[self.setting] - tests[self.against])
        for each in offered:
            parts += self._tested(tests, each)
        return array(np.concatenate([numbers.flat(part) for part in parts]))

    def _part(self, run: dict[str, Any], array: Any) -> list[Any]:
        train, validation = (
            numbers.curve(run, f"{kind}_{self.metric}", self.band, array)
            for kind in ("train", "validation")
        )
        sign = 1 if self.metric == "loss" else -1
        gap = sign * (validation[0] - train[0])
        best = float(np.median(run["best_epoch"]))
        return [*train, *validation, gap, run["histogram"], run["near_zero"], best]

    @staticmethod
    def _tested(tests: dict[str, Any], each: str) -> list[Any]:
        over = numbers.interval(tests[each] - tests["none"])
        return [*numbers.interval(tests[each]), *over]

    def draw(self) -> Any:
        """Return a matplotlib Figure: the curves of A and B, and test accuracies.

        Of the techniques of A and B every strength is drawn; of the others, the middle one.
        """
        offered = self._check(self._sweep)
        size = str(self.size)
        epochs = self._sweep["epochs"][size]
        lines = []
        for each in filter(None, (self.setting, self.against)):
            for kind in ("validation", "train"):
                run = offered[each]["sizes"][size]
                values = numbers.curve(run, f"{kind}_{self.metric}", self.band, np.array)
                name = "training" if kind == "train" else kind
                lines.append((f"{offered[each]['label']}: {name}", epochs, *values))
        dots = []
        for setting in self._some(list(offered.values())):
            accuracy = np.array(setting["sizes"][size]["test_accuracy"])
            dots.append((textwrap.fill(setting["label"], 36), *numbers.interval(accuracy)))
        baseline = offered["none"]["label"]
        return sweep_plots.curves_and_intervals(lines, dots, self.metric, baseline)

    def _some(self, offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return as many settings as can be read in a picture, in their order."""
        shown = {
            each["technique"] for each in offered if each["id"] in (self.setting, self.against)
        }
        groups: dict[str, list[dict[str, Any]]] = {}
        for each in offered:
            groups.setdefault(each["technique"], []).append(each)
        chosen = []
        for technique, own in groups.items():
            chosen += own if technique in shown else [own[(len(own) - 1) // 2]]
        return chosen

    def describe(self) -> str:
        """Return one line that tells the state."""
        offered = self._check(self._sweep)
        baseline = np.array(offered["none"]["sizes"][str(self.size)]["test_accuracy"])
        told = []
        for each in filter(None, (self.setting, self.against)):
            accuracy = np.array(offered[each]["sizes"][str(self.size)]["test_accuracy"])
            mean, half = numbers.interval(accuracy)
            words = f"{offered[each]['label']}: test accuracy {_both(mean, half)} %"
            if each != "none":
                more, by = numbers.interval(accuracy - baseline)
                words += f", {_both(more, by, '+')} points over the baseline"
            told.append(words)
        return f"{self.size} training digits, {len(baseline)} seeds: {'; '.join(told)}"


def _both(mean: float, half: float, sign: str = "") -> str:
    """Return a mean and half its interval, in percent."""
    return f"{100 * mean:{sign}.1f} \N{PLUS-MINUS SIGN} {100 * half:.1f}"
