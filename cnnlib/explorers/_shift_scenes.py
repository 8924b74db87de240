"""ShiftExplorer's other scenes: two dots, a sequence, and classifiers of digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnlib import datasets, plots, shift_nets, shift_plots
from cnnlib.downsampling import KINDS, downsample
from cnnlib.equivariance import shift
from cnnlib.two_dots import halvings, peaks, two_dots

TITLES = {
    "picture": "Shift, then convolve; or convolve, then shift",
    "two dots": "Two dots, halved again and again",
    "sequence": "A sequence, halved; and shifted, then halved",
    "classifier": "A digit moves: what five classifiers answer",
}

NAMES = {
    "none": "no pooling",
    "max": "max pooling",
    "max-blur": "blurred max pooling",
    "average": "average pooling",
    "strided": "a stride of 2",
    "blur": "blur pooling",
}
"""What each way to halve is called."""

FIRST = 8
"""The column of the first dot where nothing is moved."""

DISTANCES = range(1, 24)
TIMES = ("as it is", "halved once", "halved twice", "halved 3 times")
LEFT = ("no dot left", "one dot", "two dots")


def _digits() -> list[dict[str, Any]]:
    """Return two digits of each class that no network was trained on."""
    stored: list[dict[str, Any]] = datasets.stored("shift_nets")["digits"]
    return stored


DIGITS = _digits()
"""The digits that are offered: name, label and image."""


def networks() -> dict[str, Any]:
    """Return what the page needs of the trained networks, with the figures of seed 0."""
    rows = [row for row in shift_nets.measured() if row.seed == 0]
    return {
        "networks": datasets.stored("shift_nets")["networks"],
        "digits": DIGITS,
        "consistency": {r.kind: {"right": r.accuracy[0], "same": r.consistency} for r in rows},
    }


def flat(values: Any) -> np.ndarray:
    """Return an array of any backend, or a list, as one row of float64."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return np.asarray(values, dtype=float).ravel()


def shift_path(dy: int, dx: int) -> list[tuple[int, int]]:
    """Return the shifts by 0 to 8 pixels along the axis that is moved more, in its direction."""
    if abs(dy) > abs(dx):
        return [(p if dy > 0 else -p, dx) for p in range(9)]
    return [(dy, -p if dx < 0 else p) for p in range(9)]


def dots(ops: Any, array: Any, distance: int, times: int, kind: str, dx: int) -> list[Any]:
    """Return the stages of two dots, what is left in each, and what survives at any distance."""
    stages = halvings(array(two_dots(distance, FIRST + dx)), times, kind, ops=ops)
    keeps = [_survives(ops, array, each, kind, dx) for each in DISTANCES]
    return [*stages, [peaks(flat(s).reshape(s.shape)) for s in stages], keeps]


def _survives(ops: Any, array: Any, distance: int, kind: str, dx: int) -> int:
    """Return how many halvings leave two dots to be seen; -1 if there are not two at first."""
    stages = halvings(array(two_dots(distance, FIRST + dx)), 3, kind, ops=ops)
    left = [peaks(flat(stage).reshape(stage.shape)) == 2 for stage in stages]
    return (left.index(False) if False in left else 4) - 1


def sequence(ops: Any, array: Any, values: list[float], dx: int) -> list[Any]:
    """Return, for each way to halve, that of a sequence that goes round, and of the shifted one."""
    rows = array(np.tile(values, (1, 1, 4, 1)))  # equal rows stay equal
    both = (rows, shift(rows, 0, dx, "circular"))
    return [downsample(x, kind, "circular", ops=ops)[0, 0, 0] for kind in KINDS for x in both]


def classified(
    ops: Any, array: Any, drawing: list[list[float]], label: int, dy: int, dx: int
) -> list[Any]:
    """Return the probabilities of `label` along the path, and the answers, network by network."""
    path = shift_path(dy, dx)
    pictures = np.concatenate([shift_nets.on_canvas([drawing], *each) for each in path])
    chances, answers = [], []
    for network in shift_nets.networks().values():
        weights, biases = (tuple(array(part) for part in parts) for parts in network[1:])
        adapted = network._replace(weights=weights, biases=biases)
        logits = shift_nets.logits(adapted, array(pictures), ops=ops)
        shares = flat(ops.softmax(logits, 1)).reshape(9, 10)
        chances.append(shares[:, label])
        answers.append(shares.argmax(axis=1))
    return [*chances, *answers]


def draw(explorer: Any) -> Any:
    """Return a matplotlib Figure of a scene."""
    answer = explorer.result()
    if explorer.scene == "two dots":
        stages = halvings(
            two_dots(explorer.distance, FIRST + explorer.dx), explorer.halvings, explorer.pool
        )
        roles = ["input", *["output"] * explorer.halvings]
        return plots.grids(list(zip(stages, roles, TIMES, strict=False)), width=14.0)
    if explorer.scene == "sequence":
        given = np.array(explorer.sequence)
        moved = shift(given[None], 0, explorer.dx, "circular")[0]
        rows: list[Any] = [("x", "input", given, moved)]
        counts = [downsample(np.tile(given, (1, 1, 4, 1)), k, "circular").shape[3] for k in KINDS]
        for kind, both in zip(KINDS, np.split(answer, 2 * np.cumsum(counts[:-1])), strict=True):
            rows.append((NAMES[kind], "output", *np.split(both, 2)))
        return shift_plots.pairs(rows)
    chances = dict(zip(KINDS, answer[:45].reshape(5, 9), strict=True))
    panels = [(f"{NAMES[kind]}: P({explorer.label})", {"": row}) for kind, row in chances.items()]
    return shift_plots.curves(panels, "pixels moved", columns=3, width=10.0, alike=True)


def describe(explorer: Any) -> str:
    """Return one line that tells the state of a scene."""
    answer = explorer.result()
    if explorer.scene == "two dots":
        left = answer[-24 - explorer.halvings : -23].astype(int)
        told = "; ".join(f"{name}, {LEFT[k]}" for name, k in zip(TIMES, left, strict=False))
        plural = "" if explorer.distance == 1 else "s"
        first = FIRST + explorer.dx
        return (
            f"two dots {explorer.distance} column{plural} apart, the first in column {first}, "
            f"halved by {NAMES[explorer.pool]}: {told}"
        )
    if explorer.scene == "sequence":
        numbers = " ".join(f"{value:.4g}" for value in explorer.sequence)
        half = len(explorer.sequence) // 2
        still, moved = (" ".join(f"{v:.4g}" for v in answer[k : k + half]) for k in (0, half))
        return (
            f"the sequence {numbers}, and the same shifted by {explorer.dx}: max pooling gives "
            f"{still} and {moved}"
        )
    path = shift_path(explorer.dy, explorer.dx)
    answers = answer[45:].reshape(5, 9)[:, path.index((explorer.dy, explorer.dx))].astype(int)
    told = ", ".join(f"{NAMES[kind]} {k}" for kind, k in zip(KINDS, answers, strict=True))
    return (
        f"a {explorer.label} moved by {explorer.dy} down and {explorer.dx} right; answers: {told}"
    )
