"""The training lab's curves as SVG, written as text: quick enough for every epoch of a run."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

WIDTH, HEIGHT = 330, 210
LEFT, RIGHT, TOP, FOOT = 44, 10, 24, 34
BLUE, GREY = "#2b8acb", "#7d8791"
"""Both can be told from a white page and from a black one."""

Curve = Sequence[float]


def ceiling(value: float) -> float:
    """Return the least of 1, 2, 3, 4, 5, 8 and 10 times a power of ten that is at least `value`.

    Examples
    --------
    >>> ceiling(2.3), ceiling(0.041), ceiling(0.0)
    (3.0, 0.05, 1.0)
    """
    if not 0 < value < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    step = next(s for s in (1, 2, 3, 4, 5, 8, 10) if s * power >= value * (1 - 1e-12))
    return float(f"{step * power:.6g}")


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{html.escape(words)}</text>'


def _line(curve: Curve, at: Sequence[int], epochs: int, high: float, dashed: bool) -> str:
    """Return a curve as a line, or as a dot where there is one epoch only."""
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT
    points = [
        (LEFT + wide * epoch / epochs, TOP + tall * (1 - min(1.0, value / high)))
        for epoch, value in zip(at, curve, strict=False)
    ]
    if len(points) == 1:
        ((x, y),) = points
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{BLUE}"/>'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = ' stroke-dasharray="5 3"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{BLUE}" stroke-width="2"{dashes}/>'


def panel(
    name: str,
    train: Curve,
    validation: Curve,
    epochs: int,
    best: int = 0,
    at: Sequence[int] | None = None,
) -> str:
    """Return one plot: a training curve, dashed, a validation curve, and the best epoch.

    Parameters
    ----------
    name : {"loss", "accuracy"}
        What the curves are of; an accuracy's axis ends at 1.
    train, validation : sequence of float
        One value for each epoch that has ended.
    epochs : int
        How many there will be.
    best : int
        The epoch of the lowest validation loss, counted from 1; 0 for none.
    at : sequence of int, optional
        The epochs that the values are of; the first ones where nothing is said.

    Examples
    --------
    >>> drawn = panel("loss", [2.0, 1.0], [2.1, 1.5], epochs=4, best=2)
    >>> drawn.count("<polyline"), "training from 2.000 to 1.000" in drawn
    (2, True)
    """
    high = 1.0 if name == "accuracy" else ceiling(max([*train, *validation], default=2.5))
    floor, right = HEIGHT - FOOT, WIDTH - RIGHT
    parts = []
    for share in (0, 0.5, 1):
        y = floor - share * (floor - TOP)
        parts.append(f'<path d="M{LEFT} {y:g}H{right}" stroke="{GREY}" stroke-opacity="0.4"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{share * high:g}", "end"))
    for epoch in sorted({0, epochs // 2, epochs}):
        parts.append(_text(LEFT + (right - LEFT) * epoch / epochs, floor + 15, str(epoch)))
    parts.append(_text((LEFT + right) / 2, HEIGHT - 4, "epoch"))
    if best:
        x = LEFT + (right - LEFT) * best / epochs
        parts.append(f'<path d="M{x:.1f} {TOP}V{floor}" stroke="{GREY}" stroke-dasharray="2 3"/>')
    places = range(1, epochs + 1) if at is None else at
    parts += [
        _line(train, places, epochs, high, True),
        _line(validation, places, epochs, high, False),
    ]
    told = f"{name} against the epoch: none yet"
    if train:
        told = (
            f"{name} against the epoch: training from {train[0]:.3f} to {train[-1]:.3f}, "
            f"validation from {validation[0]:.3f} to {validation[-1]:.3f}"
        )
    title = _text(LEFT, 14, name, "start")
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(told)}" '
        f'style="flex: 1 1 {WIDTH - 70}px; max-width: 30em; font: 11px sans-serif; '
        f'fill: currentColor">{title}{"".join(parts)}</svg>'
    )


def curves(
    loss: tuple[Curve, Curve],
    accuracy: tuple[Curve, Curve],
    epochs: int,
    best: int = 0,
    at: Sequence[int] | None = None,
) -> str:
    """Return both plots, each of a training and a validation curve, and what the lines mean."""
    plots = panel("loss", *loss, epochs, best, at) + panel("accuracy", *accuracy, epochs, best, at)
    words = "solid: validation; dashed: training"
    words += "; dotted upright: lowest validation loss" if best else ""
    return (
        f'<div style="display: flex; flex-wrap: wrap; gap: 0.5em">{plots}</div>'
        f'<div style="font-size: 0.9em; opacity: 0.85">{words}</div>'
    )
