"""Figures of trainings repeated with many seeds: curves with bands, and means with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from cnnlib.plots import HUES

COLORS = (HUES["input"], HUES["kernel"], HUES["output"], "#B35806")
"""Of each pair of lines: the validation curve and, dashed, the training curve."""

Line = tuple[str, Sequence[float], np.ndarray, np.ndarray, np.ndarray]
Dot = tuple[str, float, float]


def curves(lines: Sequence[Line], down: str = "loss", width: float = 8.0) -> Figure:
    """Draw curves over the epochs, each with its band.

    Parameters
    ----------
    lines : sequence of (name, epochs, mean, low, high)
        Every second one is drawn dashed, in the colour of the one before it: a validation curve and
        its training curve, for up to four trainings. Fewer values than epochs are drawn as far as
        they go.
    down : str
        What the values are; those of "accuracy" are shares.
    width : float
        Of the figure, in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(width, 0.5 * width), layout="constrained")
    _curves(figure.subplots(), lines, down)
    return figure


def intervals(dots: Sequence[Dot], baseline: str | None = None, width: float = 8.0) -> Figure:
    """Draw shares as dots with their intervals, one row each, in the order given.

    Parameters
    ----------
    dots : sequence of (name, mean, half)
        `half` is half the width of the interval; both are shares, shown in percent.
    baseline : str, optional
        The name of the one that the others are compared with: its interval is shaded.
    width : float
        Of the figure, in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(width, 0.7 + 0.2 * len(dots)), layout="constrained")
    _intervals(figure.subplots(), dots, baseline)
    return figure


def curves_and_intervals(
    lines: Sequence[Line],
    dots: Sequence[Dot],
    down: str = "loss",
    baseline: str | None = None,
    width: float = 12.0,
) -> Figure:
    """Draw what `curves` and `intervals` draw, side by side.

    Parameters
    ----------
    lines, dots, down, baseline, width
        As there.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    height = max(0.34 * width, 0.7 + 0.16 * len(dots))
    figure = Figure(figsize=(width, height), layout="constrained")
    parts = figure.subplot_mosaic([["left", "right"]])
    _curves(parts["left"], lines, down)
    _intervals(parts["right"], dots, baseline)
    return figure


def _curves(axes: Any, lines: Sequence[Line], down: str) -> None:
    scale = 100 if down == "accuracy" else 1
    for place, (name, epochs, mean, low, high) in enumerate(lines):
        color, dashed = COLORS[place // 2 % len(COLORS)], place % 2 == 1
        across = list(epochs)[: len(mean)]
        axes.fill_between(across, scale * low, scale * high, color=color, alpha=0.18, linewidth=0)
        axes.plot(across, scale * mean, "--" if dashed else "-", color=color, label=name)
    late = []
    for _, epochs, _, low, high in lines:
        first = min(len(epochs) // 2, len(low) - 1)
        late += [*low[first:], *high[first:]]
    if down == "accuracy":
        bottom = max(0.0, np.floor(20 * min(late)) / 20)
        axes.set_ylim(100 * bottom, 100.5)
    else:
        axes.set_ylim(0, 1.05 * max(late))
    axes.set_xlabel("epoch")
    axes.set_ylabel(f"{down}, %" if down == "accuracy" else down)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)


def _intervals(axes: Any, dots: Sequence[Dot], baseline: str | None) -> None:
    rows = np.arange(len(dots))
    means = 100 * np.array([mean for _, mean, _ in dots])
    halves = 100 * np.array([half for _, _, half in dots])
    for name, mean, half in dots:
        if name == baseline:
            shade = {"color": "0.88", "linewidth": 0, "zorder": 0}
            axes.axvspan(100 * (mean - half), 100 * (mean + half), **shade)
            axes.axvline(100 * mean, color="0.5", linewidth=1, zorder=1)
    axes.errorbar(means, rows, xerr=halves, fmt="o", color="0.2", markersize=3.5, linewidth=1.2)
    axes.set_yticks(rows, [name for name, _, _ in dots], fontsize=8 if len(dots) > 12 else 10)
    axes.set_ylim(len(dots) - 0.5, -0.5)
    axes.set_xlabel("test accuracy, %, with 95 % intervals over seeds")
    axes.spines[["top", "right"]].set_visible(False)
