"""The static picture of NetworkExplorer: a digit, what each block makes of it, and the answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnlib import plots

ROWS = ("relu1", "relu2", "pool1", "relu3", "pool2")
ACROSS = 16


def sheet(maps: np.ndarray) -> np.ndarray:
    """Return maps side by side, sixteen in a row, one empty cell between any two.

    Parameters
    ----------
    maps : numpy.ndarray
        Shape (channels, side, side), the channels a multiple of sixteen.

    Returns
    -------
    numpy.ndarray
        float64; NaN where no map is.

    Examples
    --------
    >>> sheet(np.ones((32, 2, 2))).shape
    (5, 47)
    """
    count, side, _ = maps.shape
    gaps = np.pad(maps.astype(float), ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    rows = gaps.reshape(count // ACROSS, ACROSS, side + 1, side + 1).swapaxes(1, 2)
    whole: np.ndarray = rows.reshape(count // ACROSS * (side + 1), ACROSS * (side + 1))[:-1, :-1]
    return whole


def draw(image: np.ndarray, maps: dict[str, np.ndarray], box: Any, title: str) -> Figure:
    """Draw the digit and the answer above the maps of each block.

    Parameters
    ----------
    image : numpy.ndarray
        Shape (8, 8): what the network is given.
    maps : dict of str to numpy.ndarray
        Every layer's output for it, without the axis of the batch.
    box : tuple of int
        Top, left, height and width of what the chosen unit sees of the digit.
    title : str
        Written above the digit.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(9.0, 7.2), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=[1, 1.75])
    top, below = parts
    left, right = top.subplots(1, 2, width_ratios=[1, 1.5])
    plots.show_grid(left, 16 * image, "input", title, max(16.0, 16 * float(np.abs(image).max())))
    y, x, height, width = box
    left.add_patch(
        Rectangle((x - 0.5, y - 0.5), width, height, fill=False, ec=plots.HUES["kernel"], lw=3)
    )
    _bars(right, maps["softmax"])
    heights = [2 if name == "relu2" else 1 for name in ROWS]
    for axes, name in zip(below.subplots(len(ROWS), 1, height_ratios=heights), ROWS, strict=True):
        values = maps[name]
        limit = max(1e-12, float(np.abs(values).max()))
        axes.imshow(sheet(values), cmap=plots.VALUES, vmin=-limit, vmax=limit)
        channels, side, _ = values.shape
        axes.set_anchor("W")
        axes.set_ylabel(
            f"{name}\n{channels} × {side} × {side}", rotation=0, ha="right", va="center", fontsize=9
        )
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
    return figure


def _bars(axes: Any, shares: np.ndarray) -> None:
    axes.barh(range(10), shares, color=plots.HUES["output"])
    for digit, share in enumerate(shares):
        axes.text(share + 0.01, digit, f"{100 * share:.1f}%", va="center", fontsize=8)
    axes.set_yticks(range(10), [str(digit) for digit in range(10)])
    axes.set_xlim(0, 1.15)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.set_title(
        f"softmax: {shares.argmax()}", color=plots.HUES["output"], fontsize=11, fontweight="bold"
    )
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
