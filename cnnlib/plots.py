"""Arrays in, matplotlib figures out; nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

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


def frame(axes: Any, row: int, col: int, height: int, width: int, role: str) -> None:
    """Draw a frame around some cells of a matrix that `show_grid` drew; it may reach beyond.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where the matrix is.
    row, col, height, width : int
        The first cell, counted from 0, and how many rows and columns.
    role : {"input", "kernel", "output"}
        Which hue it has.
    """
    box = Rectangle((col - 0.5, row - 0.5), width, height, fill=False, clip_on=False, zorder=4)
    box.set(edgecolor=HUES[role], linewidth=3)
    axes.add_patch(box)


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


def stems(
    panels: Sequence[tuple[np.ndarray, str, str, int]], width: float = 8.0, aligned: bool = False
) -> Figure:
    """Draw 1-D signals as stems, one below the other.

    Parameters
    ----------
    panels : sequence of (values, role, title, start)
        `values` of shape (n,); `start` is the index or lag of the first value.
    width : float
        Of the figure, in inches.
    aligned : bool
        Whether all panels share one horizontal axis.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(width, 1.35 * len(panels)), layout="constrained")
    for axes, (values, role, title, start) in zip(
        np.ravel(figure.subplots(len(panels), 1, sharex=aligned)), panels, strict=True
    ):
        place = np.arange(start, start + len(values))
        axes.vlines(place, 0, values, color=HUES[role], linewidth=2)
        axes.plot(place, values, "o", color=HUES[role], markersize=5)
        axes.axhline(0, color="0.5", linewidth=0.8)
        axes.set_title(title, color=HUES[role], fontsize=11, fontweight="bold", loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def windows(
    image: np.ndarray,
    corners: Sequence[tuple[int, int, str]],
    size: tuple[int, int],
    columns: int = 2,
) -> Figure:
    """Draw a matrix once for each window on it, with the window framed and the rest faded.

    Parameters
    ----------
    image : numpy.ndarray
        Shape (rows, columns), padding included.
    corners : sequence of (row, column, title)
        The top left cell of each window, and what to write above its panel.
    size : (int, int)
        Rows and columns of a window.
    columns : int
        Panels in a row.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window of the screen.
    """
    panel_rows = -(-len(corners) // columns)
    figure = Figure(figsize=(2.7 * columns, 3.0 * panel_rows), layout="constrained")
    every = np.ravel(figure.subplots(panel_rows, columns, squeeze=False))
    for axes in every[len(corners) :]:
        axes.set_axis_off()
    limit = max(1e-12, float(np.abs(image).max()))
    rows, cols = size
    for axes, (row, col, title) in zip(every, corners, strict=False):
        show_grid(axes, image, "input", title, limit)
        axes.set_title(title, color=HUES["output"], fontsize=11, fontweight="bold")
        veil = np.ones((*image.shape, 4))
        veil[..., 3] = 0.7
        veil[row : row + rows, col : col + cols, 3] = 0
        axes.imshow(veil, interpolation="nearest", zorder=2)
        axes.add_patch(
            Rectangle(
                (col - 0.5, row - 0.5),
                cols,
                rows,
                fill=False,
                edgecolor=HUES["kernel"],
                linewidth=3,
                clip_on=False,
                zorder=4,
            )
        )
    return figure


def pictures(panels: Sequence[tuple[np.ndarray, str, bool]], columns: int = 4) -> Figure:
    """Draw photographs and what filters make of them, without frames or numbers.

    Parameters
    ----------
    panels : sequence of (values, title, signed)
        `values` of shape (rows, columns), all panels alike. Unsigned ones are shown in grey from
        0 (black) to 1 (white), signed ones in the map `VALUES`, symmetric about zero; the darkest
        colours stand for the largest hundredth of the sizes, so that a few do not pale the rest.
    columns : int
        Panels in a row.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, 8 inches wide; it belongs to no window of the screen.
    """
    rows = -(-len(panels) // columns)
    height, width = panels[0][0].shape
    tall = rows * (8.0 / columns * height / width + 0.28)
    figure = Figure(figsize=(8.0, tall), layout="constrained")
    every = np.ravel(figure.subplots(rows, columns, squeeze=False))
    for axes in every:
        axes.set_axis_off()
    for axes, (values, title, signed) in zip(every, panels, strict=False):
        limit = max(1e-12, float(np.quantile(np.abs(values), 0.99)))
        low, high, colours = (-limit, limit, VALUES) if signed else (0.0, 1.0, "gray")
        axes.imshow(values, cmap=colours, vmin=low, vmax=high, interpolation="nearest")
        axes.set_title(title, fontsize=11)
    return figure
