"""The static picture of ReceptiveFieldExplorer: arrays and fields in, a figure out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnlib import plots
from cnnlib.receptive_field import Field

MOST_ROWS = 24
"""How many rows of the table are drawn; of a longer network, those up to the chosen one."""


def draw_field(
    shares: np.ndarray,
    box: Any,
    fields: Sequence[Field],
    name: str,
    title: str,
    effective: bool,
) -> Figure:
    """Draw the input with a unit's box on it, beside the table of n, j, r and start.

    Parameters
    ----------
    shares : numpy.ndarray
        Shape (rows, columns) of the input: the part that each pixel has in the unit.
    box : pair of pairs of ints, or None
        ((top, left), (bottom, right)) of what it sees, padding included.
    fields : sequence of Field
        One a node; the one called `name` is marked.
    title : str
        Written above the input.
    effective : bool
        Whether pixels are coloured by their part, or all alike.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(9.5, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.25])
    _draw_input(left, shares, box, effective)
    left.set_title(title, color=plots.HUES["input"], fontsize=11, fontweight="bold")
    _draw_table(right, fields, name)
    return figure


def _draw_input(axes: Any, shares: np.ndarray, box: Any, effective: bool) -> None:
    rows, columns = shares.shape
    values = shares if effective else (shares > 0).astype(float)
    most = max(float(values.max()), 1e-300)
    shown = np.ma.masked_equal(values, 0)
    if effective:
        axes.imshow(shown, cmap=plots.VALUES, vmin=-most, vmax=most, interpolation="nearest")
    else:
        axes.imshow(shown, cmap="Blues", vmin=0, vmax=2.2, interpolation="nearest")
    frame: dict[str, Any] = {"fill": False, "linewidth": 2}
    corner = (-0.5, -0.5)
    axes.add_patch(Rectangle(corner, columns, rows, edgecolor=plots.HUES["input"], **frame))
    low, high = np.array([[-0.5, -0.5], [rows - 0.5, columns - 0.5]])
    if box is not None:
        (top, first), (bottom, last) = box
        size = (last - first + 1, bottom - top + 1)
        frame["linestyle"] = "--"
        axes.add_patch(
            Rectangle((first - 0.5, top - 0.5), *size, edgecolor=plots.HUES["kernel"], **frame)
        )
        low, high = np.minimum(low, [top, first]), np.maximum(high, [bottom, last])
    rim = 0.04 * (high - low) + 0.5
    axes.set_xlim(low[1] - rim[1], high[1] + rim[1])
    axes.set_ylim(high[0] + rim[0], low[0] - rim[0])
    axes.set_facecolor("#eceff2")
    axes.set_xticks([])
    axes.set_yticks([])
    if rows == 1:
        axes.set_aspect("auto")


def _pair(pair: Any) -> str:
    if pair is None:
        return "\N{EN DASH}"
    rows, columns = pair
    text = str(rows) if rows == columns else f"{rows}\N{MULTIPLICATION SIGN}{columns}"
    return text.replace("-", "\N{MINUS SIGN}")


def _draw_table(axes: Any, fields: Sequence[Field], name: str) -> None:
    axes.axis("off")
    end = [field.name for field in fields].index(name) + 1
    shown = fields[max(0, end - MOST_ROWS) : max(end, MOST_ROWS)]
    signal = fields[0].output_size[0] == 1
    cells = [
        [
            field.name,
            *(
                _pair(pair and ((pair[1], pair[1]) if signal else pair))
                for pair in (field.output_size, field.jump, field.receptive_field, field.start)
            ),
        ]
        for field in shown
    ]
    table = axes.table(
        cells,
        colLabels=["layer", "n", "j", "r", "start"],
        loc="center",
        cellLoc="right",
        edges="horizontal",
    )
    table.auto_set_font_size(False)
    table.set_fontsize(min(10.0, 210 / (len(shown) + 2)))
    table.scale(1, min(1.3, 21 / (len(shown) + 1)))
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor("#c9d1d9")
        if row == 0 or shown[row - 1].name == name:
            cell.set_text_props(fontweight="bold")
        if row > 0 and shown[row - 1].name == name:
            cell.set_text_props(color=plots.HUES["output"], fontweight="bold")
