"""Networks as short text: ``conv16k3p1b0,bn,relu,maxk2,(conv16k3p1~),flatten,linear10``.

The grammar is `_stack_text`'s: layers after commas, ``(a,b~c)`` for branches that are added up and
``(a~)`` for a skip. A layer is its kind, then its number of channels, of features, or of percent;
then ``k3`` (kernel), ``s2`` (stride), ``p1`` (padding), ``d2`` (dilation), ``g4`` (groups) and
``b0`` (no bias), where these are not the usual. ``k3x1`` has 3 rows and 1 column; a pool's stride
is its kernel unless told. No layer has a name: `names` counts them by kind. The same text is in
links; `js/builder_text.js` reads it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ._stack_text import Branches, Pair, near, read, walk
from ._stack_text import write as write_stack

LIMITS = {"k": (1, 64), "s": (1, 64), "p": (0, 64), "d": (1, 32), "g": (1, 4096), "b": (0, 1)}
"""The least and the most that each setting of a layer may be."""

PAIRS = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation"}
SETTINGS = {"conv": "kspdgb", "max": "ksp", "avg": "ksp", "linear": "b"}
"""The settings that layers of a kind have, if they have any."""

COUNTS = {"conv": (1, 4096), "linear": (1, 16384), "drop": (0, 95)}
"""The least and the most channels, features, or percent that are dropped."""

NAMES = {"max": "pool", "avg": "pool", "drop": "dropout", "bn1d": "bn"}
"""What a layer is called, where it is not by its kind."""

KINDS = (
    *("conv", "max", "avg", "gap", "bn1d", "bn", "relu", "tanh", "sigmoid"),
    *("softmax", "drop", "flatten", "linear"),
)

_KIND = re.compile(rf"({'|'.join(KINDS)})(\d{{1,5}})?")
_SETTING = re.compile(r"([kspdgb])(\d{1,4})(?:x(\d{1,4}))?")


class Layer(NamedTuple):
    """A layer of a network; sizes are (rows, columns).

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    width : int
        Channels of a convolution, features of a fully connected layer, or percent dropped.
    """

    kind: str
    width: int = 0
    kernel_size: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True
    name: str = ""


class Place(NamedTuple):
    """A layer, or the place where branches meet, in the order of a network's computation."""

    name: str
    layer: Layer | None
    """None where branches meet."""
    inputs: tuple[int, ...]
    """The places that it reads; 0 is the network's input."""
    inside: bool
    """Whether it is in a branch."""


def parse(text: str) -> tuple[Any, ...]:
    """Return the network that a text tells; raise `ValueError` that quotes what is not legal."""
    stack = read(text, _layer_at)
    for item in walk(stack):
        if item.name:
            raise ValueError(f"layers must have no names of their own, got {item.name + '-'!r}")
    return stack


def write(stack: Sequence[Any]) -> str:
    """Return a network as text, which `parse` reads back."""
    return write_stack(stack, _layer_text)


def places(stack: Sequence[Any]) -> list[Place]:
    """Return the layers of a network in order, with the names that they have in torch."""
    found = [Place("input", None, (), False)]
    _add(found, stack, 0, "", iter(names(stack)))
    return found


def names(items: Sequence[Any]) -> list[str]:
    """Return what items are called by their kinds, counted where there are several of one.

    Examples
    --------
    >>> names(parse("conv8k3,relu,conv8k3,flatten"))
    ['conv1', 'relu', 'conv2', 'flatten']
    """
    words = [
        "block" if isinstance(item, Branches) else NAMES.get(item.kind, item.kind) for item in items
    ]
    counted = [words[: place + 1].count(word) for place, word in enumerate(words)]
    return [
        f"{word}{number}" if words.count(word) > 1 else word
        for word, number in zip(words, counted, strict=True)
    ]


def _add(
    found: list[Place], stack: Sequence[Any], source: int, inside: str, called: Iterator[str]
) -> int:
    """Add the places of a sequence that reads `source`; return the last one's."""
    for item in stack:
        name = inside + next(called)
        if isinstance(item, Branches):
            within = iter(names([one for branch in item.branches for one in branch]))
            ends = tuple(
                _add(found, branch, source, f"{name}.", within) for branch in item.branches
            )
            found.append(Place(name, None, ends, bool(inside)))
        else:
            found.append(Place(name, item, (source,), bool(inside)))
        source = len(found) - 1
    return source


def _layer_at(text: str, at: int, start: int, name: str) -> tuple[Layer, int]:
    kind = _KIND.match(text, start)
    if not kind:
        raise ValueError(
            f"layers must be such as conv16k3p1, maxk2, relu or linear10, got {near(text, at)}"
        )
    word, end = kind[1], kind.end()
    settings: dict[str, Pair] = {}
    while match := _SETTING.match(text, end):
        letter, rows, columns = match[1], int(match[2]), int(match[3] or match[2])
        low, high = LIMITS[letter]
        legal = letter in SETTINGS.get(word, "") and (letter in PAIRS or not match[3])
        inside = low <= min(rows, columns) and max(rows, columns) <= high
        if not legal or letter in settings or not inside:
            letters = ", ".join(SETTINGS.get(word, "")) or "no settings"
            raise ValueError(
                f"layers of kind {word} must have {letters}, each at most once and {letter} from "
                f"{low} to {high}, got {near(text, at)}"
            )
        settings[letter] = (rows, columns)
        end = match.end()
    return _layer(word, kind[2], settings, near(text, at), name), end


def _layer(word: str, number: str | None, settings: dict[str, Pair], got: str, name: str) -> Layer:
    low, high = COUNTS.get(word, (0, 0))
    if (number is not None) != (word in COUNTS) or not low <= int(number or 0) <= high:
        legal = f"a number from {low} to {high}" if word in COUNTS else "no number"
        raise ValueError(f"layers of kind {word} must have {legal} behind it, got {got}")
    if "k" in SETTINGS.get(word, "") and "k" not in settings:
        raise ValueError(f"layers of kind {word} must have a kernel, such as {word}k2, got {got}")
    sizes = {PAIRS[letter]: pair for letter, pair in settings.items() if letter in PAIRS}
    if word in ("max", "avg"):
        sizes.setdefault("stride", sizes["kernel_size"])
    groups, bias = settings.get("g", (1, 1))[0], settings.get("b", (1, 1))[0]
    return Layer(word, int(number or 0), **sizes, groups=groups, bias=bool(bias), name=name)


def _layer_text(layer: Layer) -> str:
    text = layer.kind + (str(layer.width) if layer.kind in COUNTS else "")
    step = layer.kernel_size if layer.kind in ("max", "avg") else (1, 1)
    usual = {"s": step, "p": (0, 0), "d": (1, 1)}
    for letter, word in PAIRS.items():
        rows, columns = getattr(layer, word)
        if letter in SETTINGS.get(layer.kind, "") and (rows, columns) != usual.get(letter):
            text += f"{letter}{rows}" + (f"x{columns}" if columns != rows else "")
    return text + (f"g{layer.groups}" if layer.groups > 1 else "") + "b0" * (not layer.bias)
