"""A task for each explorer, from the start of its page to an answer, for keys alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer_cases import CORNER, MAP


@dataclass
class Task:
    """Keys to press at controls, what they set, and where the answer is shown."""

    steps: list[tuple[str, list[str]]]
    changes: dict[str, Any]
    grid: str | None = None
    part: slice | None = None
    text: Callable[[Any], tuple[str, str]] | None = None


def pixels(rows: list[list[float]], row: int, col: int, value: float) -> list[list[float]]:
    """Return `rows` with one cell changed."""
    changed = [list(line) for line in rows]
    changed[row][col] = value
    return changed


TASKS = {
    "convolution": Task(
        [("grid kernel", ["ArrowDown", "-", "2", ".", "5", "Enter"]),
         ("grid output", ["ArrowDown", "End"])],
        {"kernel": pixels(CORNER, 1, 0, -2.5)}, "output",
        text=lambda e: ("[aria-label=Arithmetic] strong", f"{e.result()[1, 4]:g}"),
    ),
    "photograph": Task(
        [("Output row", ["ArrowRight"] * 3), ("Output column", ["ArrowRight"] * 2)],
        {"row": 3, "col": 2}, "output value", slice(3 * 256 + 2, 3 * 256 + 3),
    ),
    "signal": Task(
        [("grid input", ["ArrowRight", "7", "Enter"]), ("Slide to", ["ArrowRight"])],
        {"f": [1, 7, 0, 2]}, "output",
        text=lambda e: (".cnn-arithmetic strong", f"{e.result()[3]:g}"),
    ),
    "arithmetic": Task(
        [("kernel", ["ArrowRight"]), ("padding", ["ArrowLeft"])],
        {"kernel_size": 4, "padding": 0}, "output", slice(-3, None),
    ),
    "arithmetic transposed": Task(
        [("stride", ["ArrowLeft"])], {"stride": 1},
        "output", slice(-9, None),
    ),
    "layer": Task(
        [("dilation", ["ArrowRight"]), ("grid output", [])], {"dilation": 2}, "output",
    ),
    "collapse": Task(
        [("ReLU between the layers", ["Space"]), ("grid output", ["ArrowRight"])],
        {"relu": True}, "output", slice(0, 64),
    ),
    "classifier head": Task(
        [("grid input", ["ArrowRight", "3", "Enter"])],
        {"logits": [4.0, 3.0, -1.0, 0.5]}, "output", slice(0, 4),
    ),
    "batch norm": Task([("Scale γ", ["ArrowLeft"] * 5)], {"gamma": 1.0}, "output", slice(0, 32)),
    "pooling": Task(
        [("max", ["ArrowRight"]), ("grid input", ["Delete"]), ("Next", ["Enter"])],
        {"kind": "average", "image": pixels(MAP, 0, 0, 0.0)}, "output",
        text=lambda e: ("[aria-label=Arithmetic] strong:last-of-type", f"{e.result()[0, 1]:g}"),
    ),
    "shift": Task([("Move right", ["Enter"])], {"dx": 4}, "output", slice(0, 64)),
    "shift curves": Task([("Move right", ["Enter"])], {"dx": 2}, "output", slice(0, 16)),
    "two dots": Task([("Distance", ["ArrowRight"] * 6)], {"distance": 9}),
    "sequence": Task([("Shift right by", ["ArrowRight"])], {"dx": 2}, "max pooling", slice(0, 4)),
    "classifier": Task([("Pixels right", ["ArrowRight"])], {"dx": 3}),
    "receptive field": Task([("input", ["ArrowUp"])], {"input_size": 33}),
    "receptive field 1-D": Task(
        [("input", ["ArrowUp"] * 2)], {"input_size": 9},
        text=lambda e: (".cnn-current .cnn-field-r", "5"),
    ),
    "network builder": Task(
        [("batch", ["ArrowUp"])], {"batch_size": 2},
        text=lambda e: (".cnn-build-table tfoot .cnn-col-bytes", "92.8 KB"),
    ),
    "network": Task([("Shift right", ["ArrowRight"] * 4)], {"right": 1.0}),
    "regularization": Task([("100", ["ArrowRight"])], {"size": 200}),
    "augmentation": Task([("turn", ["ArrowRight"] * 3)], {"rotate": 15.0}, "output", slice(0, 64)),
}  # fmt: skip


ANSWERS = {
    "choice": ("yes", ["ArrowDown", "Enter"]),
    "number": ("What is a half?", ["1", "/", "2", "Enter"]),
}
"""Of questions: where to go, and the keys that answer them."""
