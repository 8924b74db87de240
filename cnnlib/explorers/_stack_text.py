"""Stacks of layers as short text: ``conv1-k7s2p3,pool-k3s2p1,(k3p1,k3p1~)``.

A layer is ``k3`` (kernel), then ``s2`` (stride), ``p1`` (padding), ``d2`` (dilation) where these
are not 1, 0, 1; ``k3x1`` has 3 rows and 1 column; ``name-`` before it names it. Layers follow each
other after commas. ``(a,b~c)`` has two branches, whose outputs meet; ``(a~)`` is a layer and a skip
around it; ``name-(...)`` names the place where they meet, and comes before the names inside. The
same text is in links; `js/field_text.js` reads it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cnnlib.receptive_field import Layer, Node

Pair = tuple[int, int]

LIMITS = {"k": (1, 64), "s": (1, 16), "p": (0, 64), "d": (1, 32)}
"""The least and the most that each setting of a layer may be."""

WORDS = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation"}
USUAL = {"s": (1, 1), "p": (0, 0), "d": (1, 1)}
MOST_NODES, MOST_BRANCHES, MOST_DEPTH, MOST_TEXT = 150, 8, 4, 8000

_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_.]{0,23})-")
_SETTING = re.compile(r"([kspd])(\d{1,4})(?:x(\d{1,4}))?")


class Window(NamedTuple):
    """A convolution or a pooling layer; every size is (rows, columns)."""

    name: str
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)


class Branches(NamedTuple):
    """Branches that start at one place and meet at another; an empty one is a skip."""

    name: str
    branches: tuple[tuple[Window | Branches, ...], ...]


Stack = tuple[Window | Branches, ...]

Reader = Callable[[str, int, int, str], tuple[Any, int]]
"""Reads one layer: of a text, from its start and from behind its name; returns it and its end."""


def parse(text: str) -> Stack:
    """Return the stack that a text tells; raise `ValueError` that quotes what is not legal."""
    stack: Stack = read(text, _window_at)
    nodes(stack, (1, 1))  # refuses a name given twice
    return stack


def read(text: str, layer: Reader) -> tuple[Any, ...]:
    """Return the stack that a text tells, its layers of whatever kind `layer` reads."""
    text = re.sub(r"\s", "", text)
    if len(text) > MOST_TEXT:
        raise ValueError(f"layers must have at most {MOST_TEXT} characters, got {len(text)}")
    stack, end = _sequence(text, 0, 0, layer)
    if end < len(text):
        raise ValueError(f"layers must not close a branch that is not open, got {near(text, end)}")
    count = 1 + sum(1 for _ in walk(stack))
    if count > MOST_NODES:
        raise ValueError(f"layers must be at most {MOST_NODES - 1}, got {count - 1}")
    return stack


def write(stack: Sequence[Any], layer: Callable[[Any], str] | None = None) -> str:
    """Return a stack as text, which `parse` reads back; `layer` writes what is no window."""
    return ",".join(_written(item, layer or _window_text) for item in stack)


def from_layers(layers: Sequence[Layer]) -> Stack:
    """Return the stack of `cnnlib.receptive_field`'s layers, one after another."""
    found = []
    for layer in layers:
        (top, bottom), (left, right) = layer.sides
        if layer.ceil_mode or (top, left) != (bottom, right):
            raise ValueError(
                f"layers must have as much padding after as before, and no ceil_mode, got {layer}"
            )
        kernel, stride, dilation = layer.pairs
        found.append(Window(layer.name, kernel, stride, (top, left), dilation))
    return parse(write(found))


def nodes(stack: Stack, input_size: Pair, axes: int = 2) -> list[Node]:
    """Return a stack as the nodes of a graph, in order; with one axis, columns count alone."""
    found = [Node("input", "input", size=input_size)]
    _add(found, stack, "input", "", axes)
    names = [node.name for node in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"layers must have names of their own, got {name!r} twice")
    return found


def upto(stack: Stack, place: int) -> Stack:
    """Return what comes before the node at `place` of `nodes`, and that node, alone."""
    kept: list[Window | Branches] = []
    left = place
    for item in stack:
        if left == 0:
            break
        if isinstance(item, Window):
            kept.append(item)
            left -= 1
            continue
        sizes = [sum(1 for _ in walk(branch)) for branch in item.branches]
        if left > sum(sizes):
            kept.append(item)
            left -= sum(sizes) + 1
            continue
        for branch, size in zip(item.branches, sizes, strict=True):
            if left <= size:
                return (*kept, *upto(branch, left))
            left -= size
    return tuple(kept)


def _sequence(text: str, at: int, depth: int, layer: Reader) -> tuple[tuple[Any, ...], int]:
    """Read items up to ``~``, ``)`` or the end; return them, and where that is."""
    items: list[Any] = []
    if at == len(text) or text[at] in "~)":
        return (), at
    while True:
        item, at = _item(text, at, depth, layer)
        items.append(item)
        if at == len(text) or text[at] in "~)":
            return tuple(items), at
        if text[at] != ",":
            raise ValueError(f"layers must follow each other after commas, got {near(text, at)}")
        at += 1


def _item(text: str, at: int, depth: int, layer: Reader) -> tuple[Any, int]:
    named = _NAME.match(text, at)
    name = named[1] if named else ""
    start = named.end() if named else at
    if start < len(text) and text[start] == "(":
        return _branches(text, start, name, depth + 1, layer)
    return layer(text, at, start, name)


def _window_at(text: str, at: int, start: int, name: str) -> tuple[Window, int]:
    settings: dict[str, Pair] = {}
    end = start
    while match := _SETTING.match(text, end):
        letter, rows, columns = match[1], int(match[2]), int(match[3] or match[2])
        low, high = LIMITS[letter]
        if letter in settings or not (low <= rows <= high and low <= columns <= high):
            raise ValueError(
                f"layers must have each of k, s, p, d once, {WORDS[letter]} from {low} to {high}, "
                f"got {near(text, at)}"
            )
        settings[letter] = (rows, columns)
        end = match.end()
    if "k" not in settings:
        raise ValueError(
            f"layers must be such as k3, conv1-k3s2p1 or (k3p1~), got {near(text, at)}"
        )
    return Window(name, **{WORDS[letter]: pair for letter, pair in settings.items()}), end


def _branches(text: str, at: int, name: str, depth: int, layer: Reader) -> tuple[Branches, int]:
    if depth > MOST_DEPTH:
        raise ValueError(
            f"layers must nest branches at most {MOST_DEPTH} deep, got {near(text, at)}"
        )
    found = []
    while True:
        branch, end = _sequence(text, at + 1, depth, layer)
        found.append(branch)
        if end == len(text):
            raise ValueError(f"layers must close every branch with ')', got {near(text, at)}")
        at = end
        if text[end] == ")":
            break
    if not 2 <= len(found) <= MOST_BRANCHES:
        legal = f"2 to {MOST_BRANCHES} branches between ( and ), with ~ between them"
        raise ValueError(f"layers must have {legal}, got {len(found)}")
    return Branches(name, tuple(found)), at + 1


def near(text: str, at: int) -> str:
    """Return the piece of a text from one place on, quoted for a message."""
    piece = text[at : at + 24]
    return repr(piece) if piece else "the end of the text"


def _written(item: Any, layer: Callable[[Any], str]) -> str:
    prefix = f"{item.name}-" if item.name else ""
    if isinstance(item, Branches):
        return f"{prefix}({'~'.join(write(branch, layer) for branch in item.branches)})"
    return prefix + layer(item)


def _window_text(item: Window) -> str:
    parts = {letter: getattr(item, word) for letter, word in WORDS.items()}
    return "".join(
        f"{letter}{rows}" + (f"x{columns}" if columns != rows else "")
        for letter, (rows, columns) in parts.items()
        if (rows, columns) != USUAL.get(letter)
    )


def walk(stack: tuple[Any, ...]) -> Iterator[Any]:
    """Yield the layers of a stack, and its blocks, each after what is inside."""
    for item in stack:
        if isinstance(item, Branches):
            for branch in item.branches:
                yield from walk(branch)
        yield item


def _add(found: list[Node], stack: Stack, source: str, inside: str, axes: int) -> str:
    """Add the nodes of `stack`, which reads `source`; return the name of its last node."""
    return _add_counted(found, stack, source, inside, axes, [0])


def _add_counted(
    found: list[Node], stack: Stack, source: str, inside: str, axes: int, count: list[int]
) -> str:
    for item in stack:
        count[0] += 1
        kind = "block" if isinstance(item, Branches) else "layer"
        own = item.name or (str(count[0]) if inside else f"{kind}{count[0]}")
        name = inside + own
        if isinstance(item, Branches):
            within = [0]
            ends = [
                _add_counted(found, branch, source, f"{name}.", axes, within)
                for branch in item.branches
            ]
            found.append(Node(name, "merge", tuple(ends)))
        else:
            found.append(_window(item, name, source, axes))
        source = name
    return source


def _window(item: Window, name: str, source: str, axes: int) -> Node:
    """Return a layer as a node; along the rows of a signal it does nothing."""
    sizes: dict[str, Any] = {word: getattr(item, word) for word in WORDS.values()}
    if axes == 1:
        for word, pair in sizes.items():
            sizes[word] = (0 if word == "padding" else 1, pair[1])
    sizes["padding"] = tuple((p, p) for p in sizes["padding"])
    return Node(name, "window", (source,), **sizes)
