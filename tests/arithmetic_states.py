"""Settings of ArithmeticExplorer, and what its page shows of them, for the tests of both."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import torch

from cnnlib.explorers import ArithmeticExplorer

RANGES = {
    "input_size": (1, 16),
    "kernel_size": (1, 7),
    "stride": (1, 4),
    "padding": (0, 6),
    "dilation": (1, 4),
    "output_padding": (0, 3),
}


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Return settings that go together."""
    while True:
        settings: dict[str, Any] = {
            key: rng.integers(low, high + 1, 2).tolist() for key, (low, high) in RANGES.items()
        }
        settings["axes"] = int(rng.integers(1, 3))
        settings["transposed"] = bool(rng.integers(2))
        settings["pointed"] = str(rng.choice(["input", "output"]))
        settings["row"], settings["col"] = rng.integers(0, 32, 2).tolist()
        if not settings["transposed"]:
            settings["output_padding"] = [0, 0]
        try:
            ArithmeticExplorer(**settings)
        except ValueError:
            continue
        return settings


def fits(settings: dict[str, Any], key: str, at: int, value: int) -> bool:
    """Return whether a setting may have a value along one axis."""
    pair = list(settings[key])
    pair[at] = value
    try:
        ArithmeticExplorer(**{**settings, key: pair})
    except ValueError:
        return False
    return True


def links(explorer: ArithmeticExplorer) -> set[tuple[int, int, int, int]]:
    """Return (row, column) of an input and of an output for all that depend on each other."""
    h, w = explorer._pair("input_size")
    ones = torch.ones(1, 1, *explorer._pair("kernel_size"), dtype=torch.float64)
    found = set()
    for row, col in np.ndindex(h, w):
        impulse = torch.zeros(1, 1, h, w, dtype=torch.float64)
        impulse[0, 0, row, col] = 1
        settings: Any = explorer._settings()
        if explorer.transposed:
            settings["output_padding"] = explorer._pair("output_padding")
            reached = torch.nn.functional.conv_transpose2d(impulse, ones, **settings)
        else:
            reached = torch.nn.functional.conv2d(impulse, ones, **settings)
        found |= {(row, col, int(y), int(x)) for y, x in reached[0, 0].nonzero()}
    return found


def update(page: Any, **settings: Any) -> None:
    """Put settings into the page's explorer, and have it drawn."""
    page.evaluate("s => document.querySelector('[data-explorer]').update(s)", settings)


def cell(page: Any, grid: str, row: int, col: int) -> Any:
    """Return a cell of a grid."""
    rows = page.locator(f'[role=grid][aria-label="{grid}"] [role=row]')
    return rows.nth(row).locator("[role=gridcell]").nth(col)


def marked(page: Any, grid: str) -> set[tuple[int, int]]:
    """Return (row, column) of the cells outlined in a grid."""
    path = page.locator(f".cnn-panel.cnn-{grid} .cnn-outline").get_attribute("d")
    return {(int(row), int(col)) for col, row in re.findall(r"M(-?\d+) (-?\d+)h", path)}
