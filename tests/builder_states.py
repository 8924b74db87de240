"""Random networks for NetworkBuilder, and what its page shows of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cnnlib.explorers import _builder_text as texts
from cnnlib.explorers._stack_text import Branches
from cnnlib.explorers.network_builder import NetworkBuilder
from tools.widget_page import open_page

SMALL = {"input_shape": [1, 8, 8], "layers": "conv4k3p1,relu,maxk2,flatten,linear10"}

ANSWER = """settings => {
  const explorer = document.querySelector("[data-explorer]");
  if (settings) explorer.update(settings);
  return explorer.answer();
}"""
"""Put settings into the explorer, if there are any; return its answer."""

DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Wait until what was done to the explorer is drawn."""

EACH = ["relu", "tanh", "sigmoid", "bn", "drop30", "softmax"]
"""Kinds that keep a map as it is."""


def random_size(rng: np.random.Generator, low: int, high: int) -> str:
    """Return a size as text: one number, or at times two."""
    rows, columns = rng.integers(low, high + 1, 2)
    return f"{rows}x{columns}" if rng.integers(3) == 0 else str(rows)


def random_conv(rng: np.random.Generator, width: int | None = None, alike: bool = False) -> str:
    """Return a convolution; one that is `alike` keeps the size of its map."""
    text = f"conv{width or rng.choice([1, 2, 4, 6, 8, 12])}"
    if alike:
        reach = int(rng.integers(0, 3))
        text += f"k{2 * reach + 1}p{reach}"
    else:
        text += f"k{random_size(rng, 1, 4)}p{random_size(rng, 0, 2)}d{random_size(rng, 1, 2)}"
        text += f"s{random_size(rng, 1, 3)}"
    groups = "" if rng.integers(4) else f"g{rng.choice([2, 4])}"
    return text + groups + ("b0" if rng.integers(2) else "")


def random_pool(rng: np.random.Generator) -> str:
    """Return a max or an average pool."""
    kernel = int(rng.integers(1, 4))
    stride = f"s{random_size(rng, 1, 3)}" if rng.integers(2) else ""
    padding = f"p{rng.integers(0, kernel // 2 + 1)}" if rng.integers(2) else ""
    return f"{rng.choice(['max', 'avg'])}k{kernel}{stride}{padding}"


def random_block(rng: np.random.Generator) -> str:
    """Return branches that end alike, as wide as each other."""
    width = int(rng.choice([2, 4, 6]))
    branches = []
    for _ in range(rng.integers(2, 4)):
        parts = [random_conv(rng, width, alike=True)]
        parts += [str(rng.choice(EACH)) for _ in range(rng.integers(0, 3))]
        if rng.integers(4) == 0:
            parts.append(f"({random_conv(rng, width, alike=True)}~)")
        branches.append(",".join(parts))
    block = f"({'~'.join(branches)})"
    return f"{block},({random_conv(rng, width, alike=True)},bn~)" if rng.integers(2) else block


def random_layers(rng: np.random.Generator) -> str:
    """Return a network, which may be wrong."""
    makers = [random_conv, random_conv, random_pool, random_block]
    parts: list[str] = []
    for _ in range(rng.integers(0, 6)):
        parts.append(makers[rng.integers(4)](rng))
        if rng.integers(2):
            parts.append(str(rng.choice(EACH)))
    if rng.integers(3) == 0:
        parts.append("gap")
        if rng.integers(3) == 0:
            parts.append(random_conv(rng, alike=True))
    if rng.integers(3):
        parts.append("flatten")
        for _ in range(rng.integers(0, 4)):
            parts += [f"linear{rng.integers(1, 30)}" + ("b0" if rng.integers(3) == 0 else "")]
            parts += [str(rng.choice(["relu", "bn1d", "softmax", "drop50", "flatten"]))]
    return ",".join(parts)


def random_settings(rng: np.random.Generator, right: bool = True) -> dict[str, Any]:
    """Return a network on an input; if not `right`, one with a mistake."""
    while True:
        settings: dict[str, Any] = {
            "input_shape": [int(rng.choice([1, 2, 3, 4, 8])), *rng.integers(1, 33, 2).tolist()],
            "layers": random_layers(rng),
            "batch_size": int(rng.integers(1, 40)),
            "layer": int(rng.integers(-1, 12)),
        }
        if (NetworkBuilder(**settings).fault() is None) == right:
            return settings


def start(
    page: Any, tmp_path: Path, query: str = "", theme: str = "light", **settings: Any
) -> None:
    """Open a page with one explorer."""
    open_page(page, tmp_path, [NetworkBuilder(name="net", **settings)], query, theme=theme)


def layers(page: Any) -> str:
    """Return the network as text."""
    page.evaluate(DRAWN)
    text: str = page.evaluate("document.querySelector('.cnn-build textarea').value")
    return text


ODD = ["flatten", "linear4", "bn", "bn1d", "gap", "maxk3s1p2", "conv4k3", "conv3k9", "conv6k1g4"]
"""Layers that may be wrong where they are."""


def mistaken(rng: np.random.Generator) -> dict[str, Any]:
    """Return a network with a mistake: a right one, with a layer moved or an odd one put in."""
    while True:
        settings = random_settings(rng)
        layer = str(rng.choice(ODD))
        stack = texts.parse(settings["layers"])
        settings["layers"] = texts.write(_changed(rng, stack, texts.parse(layer)[0]))
        if NetworkBuilder(**settings).fault() is not None:
            return settings


def _changed(rng: np.random.Generator, stack: Any, layer: Any) -> tuple[Any, ...]:
    """Return a sequence, or one in it, with a layer put in or two changed over."""
    items = list(stack)
    blocks = [place for place, item in enumerate(items) if isinstance(item, Branches)]
    if blocks and rng.integers(2):
        place = int(rng.choice(blocks))
        branches = list(items[place].branches)
        which = int(rng.integers(len(branches)))
        branches[which] = _changed(rng, branches[which], layer)
        items[place] = Branches("", tuple(branches))
    elif len(items) > 1 and rng.integers(3) == 0:
        one, two = rng.choice(len(items), 2, replace=False).tolist()
        items[one], items[two] = items[two], items[one]
    else:
        items.insert(int(rng.integers(len(items) + 1)), layer)
    return tuple(items)
