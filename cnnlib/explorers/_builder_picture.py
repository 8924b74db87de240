"""The static picture of NetworkBuilder: rows in, a figure out."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnlib import plots

from ._builder_rows import Fault, Row, by, totals

MOST_ROWS = 44
"""How many rows of the table are drawn; of a longer network, the first ones."""

_SKIPPED = ("bn", "relu", "tanh", "sigmoid", "softmax", "dropout", "flatten")


def draw_network(rows: Sequence[Row], fault: Fault | None, batch_size: int) -> Figure:
    """Draw the maps as boxes in proportion, above the table of the layers.

    Parameters
    ----------
    rows : sequence of Row
        The input's first.
    fault : Fault or None
        What comes after the last row, and does not fit.
    batch_size : int
        What the table's products and bytes are for.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    count = min(len(rows), MOST_ROWS) + 2 + (fault is not None)
    figure = Figure(figsize=(8.6, 1.9 + 0.21 * count), layout="constrained")
    top, bottom = figure.subplots(2, 1, height_ratios=[1.6, 0.21 * count + 0.2])
    _draw_maps(top, rows)
    _draw_table(bottom, rows, fault, batch_size)
    return figure


def _draw_maps(axes: Any, rows: Sequence[Row]) -> None:
    """Draw each map as high as it has rows, and as wide as the root of its channels."""
    axes.axis("off")
    tall = max(row.shape[1] for row in rows if len(row.shape) == 3)
    deep = max(row.shape[0] for row in rows)
    shown = [
        row for row in rows if not row.name.split(".")[-1].rstrip("0123456789").startswith(_SKIPPED)
    ]
    left = 0.0
    for place, row in enumerate(shown):
        maps = len(row.shape) == 3
        width = max(0.15, 2 * sqrt(row.shape[0] / deep)) if maps else 0.15
        height = row.shape[1] / tall if maps else sqrt(row.shape[0] / deep)
        hue = plots.HUES["input" if place == 0 else "output"]
        box = Rectangle((left, -height / 2), width, height, facecolor=f"{hue}2e", edgecolor=hue)
        axes.add_patch(box)
        left += width + 0.25
    axes.set_xlim(-0.1, max(left, 4))
    axes.set_ylim(-0.55, 0.55)


def _draw_table(axes: Any, rows: Sequence[Row], fault: Fault | None, batch_size: int) -> None:
    axes.axis("off")
    images = "" if batch_size == 1 else f", {batch_size:,} images"
    labels = ["layer", "output", "parameters", f"MACs{images}", f"bytes{images}", "field"]
    cells = [
        [
            row.name,
            by(row.shape),
            f"{row.parameters:,}",
            f"{row.macs:,}",
            f"{row.memory:,}",
            "" if row.receptive_field is None else by(tuple(dict.fromkeys(row.receptive_field))),
        ]
        for row in rows[:MOST_ROWS]
    ]
    if fault:
        cells.append([fault.name, fault.why, "", "", "", ""])
    else:
        sums = [f"{total:,}" for total in totals(rows)]
        cells.append(["total", "", *sums, ""])
    table = axes.table(cells, colLabels=labels, loc="center", cellLoc="right", edges="horizontal")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    for (place, column), cell in table.get_celld().items():
        cell.set_edgecolor("#c9d1d9")
        if place in (0, len(cells)):
            cell.set_text_props(fontweight="bold")
        if place == len(cells) and fault:
            cell.set_text_props(color="#9a3412", fontweight="bold")
            if column == 1:
                cell.set_text_props(ha="left")
