"""Figures of shifts: quantities against the shift, and outputs beside those of a shifted input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from cnnlib.plots import HUES, show_grid

LOOKS = (
    ("#00734F", "o", "-"),
    ("#A6337A", "s", "--"),
    ("#0072B2", "^", "-."),
    ("#B35806", "D", ":"),
    ("#59636E", "v", (0, (5, 1, 1, 1, 1, 1))),
    ("#542788", "P", (0, (8, 2))),
)
"""Colour, marker and dashes of each line, so that none is told by its colour alone."""


def curves(
    panels: Sequence[tuple[str, Mapping[str, Sequence[float]]]],
    across: str = "pixels to the right",
    columns: int = 2,
    width: float = 8.0,
    alike: bool = False,
) -> Figure:
    """Draw quantities against shifts of 0, 1, 2 and more pixels.

    Parameters
    ----------
    panels : sequence of (title, lines)
        `lines` maps a name to one value for each shift; up to six of them. Values that are not
        finite are left out. Several lines get a legend, the same for all panels.
    across : str
        What is counted along the horizontal axis.
    columns : int
        How many panels stand side by side.
    width : float
        Of the figure, in inches.
    alike : bool
        Whether all panels have one vertical scale.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    size = (width, rows * max(2.0, 0.62 * width / columns))
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    everything = [v for _, lines in panels for values in lines.values() for v in values]
    for axes, (title, lines) in zip(grid.flat, panels, strict=False):
        for (name, values), (color, marker, dashes) in zip(lines.items(), LOOKS, strict=False):
            shown = np.where(np.isfinite(values), values, np.nan)
            axes.plot(shown, color=color, marker=marker, linestyle=dashes, markersize=4, label=name)
        axes.set_title(title, fontsize=11)
        axes.set_xlabel(across)
        axes.spines[["top", "right"]].set_visible(False)
        own = [v for values in lines.values() for v in values]
        seen = [v for v in (everything if alike else own) if np.isfinite(v)]
        low, high = min([0.0, *seen]), max([1e-12, *seen])
        axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    for axes in list(grid.flat)[len(panels) :]:
        axes.remove()
    if max(len(lines) for _, lines in panels) > 1:
        handles, names = grid.flat[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=min(6, len(names)))
    return figure


def pairs(
    rows: Sequence[tuple[str, str, np.ndarray, np.ndarray]],
    heads: tuple[str, str] = ("of x", "of shift(x)"),
    width: float = 8.0,
) -> Figure:
    """Draw rows of numbers in pairs: what comes of an input, and of the shifted input.

    Parameters
    ----------
    rows : sequence of (name, role, still, moved)
        `role` is "input" or "output"; `still` and `moved` of shape (n,).
    heads : pair of str
        Written above both columns.
    width : float
        Of the figure, in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window. All cells share one scale.
    """
    figure = Figure(figsize=(width, 0.62 * len(rows) + 0.3), layout="constrained")
    cells = figure.subplots(len(rows), 2, squeeze=False)
    limit = max(float(np.abs(part).max()) for _, _, *parts in rows for part in parts) or 1.0
    for line, (name, role, *parts) in zip(cells, rows, strict=True):
        for axes, part in zip(line, parts, strict=True):
            show_grid(axes, np.asarray(part)[None], role, "", limit)
            axes.set_aspect("auto")
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", color=HUES[role])
    for axes, head in zip(cells[0], heads, strict=True):
        axes.set_title(head, fontsize=11)
    return figure


def responses(responses: Mapping[str, Sequence[Any]]) -> Figure:
    """Draw error and invariance against the shift.

    Parameters
    ----------
    responses : mapping of str to sequence of Response
        What `invariance.shift_curve` returns, by name.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels, a line for each name.
    """
    errors = {name: [each.error for each in rows] for name, rows in responses.items()}
    scores = {name: [each.score for each in rows] for name, rows in responses.items()}
    return curves([("equivariance error", errors), ("invariance score", scores)])
