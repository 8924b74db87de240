"""Random stacks for ReceptiveFieldExplorer, and what its page shows of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from cnnlib.explorers import ReceptiveFieldExplorer
from cnnlib.explorers import _stack_text as stacks
from cnnlib.receptive_field import output_sizes
from tools.widget_page import open_page

SMALL = {"layers": "a-k3p1,b-k3s2p1,c-k3", "input_size": 12}

ANSWER = """settings => {
  const explorer = document.querySelector("[data-explorer]");
  if (settings) explorer.update(settings);
  return explorer.answer();
}"""
"""Put settings into the explorer, if there are any; return its answer."""


def random_size(rng: np.random.Generator, low: int, high: int) -> str:
    """Return a size as text: one number, or at times two."""
    rows, columns = rng.integers(low, high + 1, 2)
    return f"{rows}x{columns}" if rng.integers(3) == 0 else str(rows)


def random_layer(rng: np.random.Generator, alike: bool = False) -> str:
    """Return a layer; one that is `alike` keeps the size of its map."""
    if alike:
        reach = int(rng.integers(0, 3))
        kernel, dilation = ((2 * reach + 1, 1), (3, max(reach, 1)))[int(rng.integers(2))]
        return f"k{kernel}p{dilation * (kernel - 1) // 2}d{dilation}"
    stride = random_size(rng, 1, 3) if rng.integers(3) == 0 else "1"
    sizes = random_size(rng, 0, 3), random_size(rng, 1, 2)
    return f"k{random_size(rng, 1, 4)}s{stride}p{sizes[0]}d{sizes[1]}"


def random_block(rng: np.random.Generator, depth: int = 0) -> str:
    """Return branches that end alike: each keeps the size, or all stride by 2."""
    stride = int(rng.integers(1, 3))
    branches = []
    for _ in range(rng.integers(2, 4)):
        parts = [random_layer(rng, alike=True) for _ in range(rng.integers(0, 3))]
        if depth < 2 and rng.integers(4) == 0:
            parts.append(random_block(rng, depth + 1) if stride == 1 else "(k3p1~)")
        if stride > 1:
            reach = int(rng.integers(0, 3))
            parts.append("k2s2" if rng.integers(2) else f"k{2 * reach + 1}s{stride}p{reach}")
        branches.append(",".join(parts))
    return f"({'~'.join(branches)})"


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Return settings that go together: a stack of up to 8 items, and any unit of it."""
    while True:
        items = [
            random_block(rng) if rng.integers(3) == 0 else random_layer(rng)
            for _ in range(rng.integers(0, 7))
        ]
        settings: dict[str, Any] = {
            "axes": int(rng.integers(1, 3)),
            "input_size": rng.integers(1, 33, 2).tolist(),
            "layers": ",".join(items),
            "layer": int(rng.integers(-1, 12)),
            "row": int(rng.integers(-1, 20)),
            "col": int(rng.integers(-1, 20)),
            "show": str(rng.choice(["box", "effective"])),
        }
        try:
            if legal(settings):
                return settings
        except ValueError:  # a kernel does not fit, or branches do not
            continue


def legal(settings: dict[str, Any]) -> bool:
    """Return whether settings that `cnnlib` can compute suit the explorer too."""
    rows, columns = settings["input_size"]
    size = (1 if settings["axes"] == 1 else rows, columns)
    nodes = stacks.nodes(stacks.parse(settings["layers"]), size, settings["axes"])
    sizes = output_sizes(nodes)
    return all(len({sizes[name] for name in node.inputs}) < 2 for node in nodes)


DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Wait until what was done to the explorer is drawn."""


def rows_shown(page: Any) -> list[list[str]]:
    """Return the texts of the rows of the table: name, n, j, r and start."""
    page.evaluate(DRAWN)
    rows: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll(".cnn-fields tbody tr")].map(row =>
        [".cnn-layer-name", ".cnn-field-n", ".cnn-field-jump", ".cnn-field-r", ".cnn-field-start"]
        .map(name => row.querySelector(name).textContent.replaceAll("\u2212", "-")))"""
    )
    return rows


def current(page: Any) -> str:
    """Return the full name of the chosen node."""
    page.evaluate(DRAWN)
    (name,) = page.locator(".cnn-layer-name[aria-current]").all()
    text: str = name.get_attribute("aria-label")
    return text


def stack_text(page: Any) -> str:
    """Return the stack as text."""
    page.evaluate(DRAWN)
    text: str = page.evaluate("document.querySelector('.cnn-field textarea').value")
    return text


def start(page: Any, tmp_path: Path, query: str = "", **settings: Any) -> None:
    """Open a page with one explorer."""
    open_page(page, tmp_path, [ReceptiveFieldExplorer(name="field", **settings)], query)


def outline(page: Any) -> list[list[int]]:
    """Return the box drawn with a solid line: top and left, bottom and right."""
    path = page.locator(".cnn-box:not(.cnn-box-outer)").get_attribute("d")
    left, top, right, bottom, _ = map(int, re.findall(r"-?\d+", path))
    return [[top, left], [bottom - 1, right - 1]]


def agrees(page: Any, **settings: Any) -> bool:
    """Return whether the page shows what Python computes from `settings`."""
    page.evaluate(DRAWN)
    explorer = ReceptiveFieldExplorer(**settings)
    box = explorer.box()
    shown = page.evaluate(ANSWER, None)
    assert box is not None
    return outline(page) == np.array(box).tolist() and np.allclose(shown, explorer.result())
