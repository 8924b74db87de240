"""Arrays in, matplotlib figures out; nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

HUES = {"input": "#0072B2", "kernel": "#A6337A", "output": "#00734F"}
"""The hue of each role throughout the book; values use the map `VALUES` instead."""

VALUES = "PuOr"
"""The diverging colour map of all values, symmetric about zero: orange below, purple above."""

_TEXT_UP_TO = 14


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "\N{MINUS SIGN}")


def show_grid(axes: Any, values: np.ndarray, role: str, title: str, limit: float) -> None:
    """Draw a matrix as coloured cells, with their numbers where these can be read.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    values : numpy.ndarray
        Shape (rows, columns).
    role : {"input", "kernel", "output"}
        Which hue frames it.
    title : str
        Written above.
    limit : float
        The size of value that gets the darkest colour.
    """
    rows, cols = values.shape
    axes.imshow(values, cmap=VALUES, vmin=-limit, vmax=limit, interpolation="nearest")
    axes.set_title(title, color=HUES[role], fontsize=11, fontweight="bold")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(HUES[role])
        spine.set_linewidth(2)
    if max(rows, cols) > _TEXT_UP_TO:
        return
    for (row, col), value in np.ndenumerate(values):
        ink = "white" if abs(value) > 0.62 * limit else "black"
        size = min(11.0, 80 / max(rows, cols))
        axes.text(col, row, _number(value), ha="center", va="center", color=ink, fontsize=size)


def grids(panels: Sequence[tuple[np.ndarray, str, str]], width: float = 8.0) -> Figure:
    """Draw matrices side by side, each on its own scale, symmetric about zero.

    Parameters
    ----------
    panels : sequence of (values, role, title)
        `values` of shape (rows, columns); `role` one of "input", "kernel", "output".
    width : float
        Of the figure, in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(width, width / max(len(panels), 2.4)), layout="constrained")
    for axes, (values, role, title) in zip(
        np.ravel(figure.subplots(1, len(panels))), panels, strict=True
    ):
        show_grid(axes, values, role, title, limit=max(1e-12, float(np.abs(values).max())))
    return figure


def stems(panels: Sequence[tuple[np.ndarray, str, str, int]], width: float = 8.0) -> Figure:
    """Draw 1-D signals as stems, one below the other.

    Parameters
    ----------
    panels : sequence of (values, role, title, start)
        `values` of shape (n,); `start` is the index or lag of the first value.
    width : float
        Of the figure, in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(width, 1.35 * len(panels)), layout="constrained")
    for axes, (values, role, title, start) in zip(
        np.ravel(figure.subplots(len(panels), 1)), panels, strict=True
    ):
        place = np.arange(start, start + len(values))
        axes.vlines(place, 0, values, color=HUES[role], linewidth=2)
        axes.plot(place, values, "o", color=HUES[role], markersize=5)
        axes.axhline(0, color="0.5", linewidth=0.8)
        axes.set_title(title, color=HUES[role], fontsize=11, fontweight="bold", loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure
