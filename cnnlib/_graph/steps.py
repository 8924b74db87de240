"""What one operation of torch is given, and the nodes of the receptive fields' graph it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnnlib._check import Pair
from cnnlib._graph.layout import Atom, Axis, Map, feature, kinds_of
from cnnlib.receptive_field import Node

__all__ = ["Constant", "Operation", "Steps", "Unread", "each_map"]


_ALIKE = {False: {"h2", "w2"}, True: {"h", "w"}}


class Unread(Exception):
    """What an operation does to positions cannot be told; the text says what it does."""


@dataclass(frozen=True)
class Constant:
    """A tensor that does not depend on the input."""

    shape: tuple[int, ...]


@dataclass(frozen=True)
class Operation:
    """One call: all of its arguments by their names, tensors as maps and constants."""

    name: str
    arguments: dict[str, Any]
    shapes: list[tuple[int, ...]]

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the first output."""
        return self.shapes[0]

    def map(self, name: str) -> Map:
        """Return an argument, which must depend on the input."""
        value = self.arguments[name]
        if not isinstance(value, Map):
            raise Unread(f"computes {self.name} with a constant {name}")
        return value

    def maps(self) -> list[Map]:
        """Return all arguments that depend on the input."""
        return list(each_map(self.arguments))

    def constant(self, *names: str) -> None:
        """Refuse arguments that depend on the input where they should be parameters."""
        for name in names:
            if any(each_map(self.arguments.get(name))):
                raise Unread(f"computes the {name} of {self.name} from the input")


class Steps:
    """The graph of receptive fields as it grows.

    Attributes
    ----------
    nodes : list of Node
        In order.
    layer : str
        The layer at work: what its nodes are named by.
    sizes : dict
        Rows and columns of each node, by its name.
    branches : dict
        For each merge the layers that its inputs come from, by their nodes.
    signal : str or None
        The input, if it has one axis after the channels: tokens have theirs before the features,
        so which is which can be told only once something slides over it.
    samples : int
        Size of the input's first axis.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.layer = ""
        self.signal: str | None = None
        self.samples = 1
        self.sizes: dict[str, Pair] = {}
        self.branches: dict[str, dict[str, str]] = {}

    def add(self, op: str, inputs: Sequence[str], size: Pair, **settings: Any) -> str:
        """Append a node, and return its name."""
        name, count = self.layer or "(root)", 1
        while name in self.sizes:
            count += 1
            name = f"{self.layer or '(root)'} #{count}"
        self.sizes[name] = size
        self.nodes.append(Node(name, op, tuple(inputs), size=size, **settings))
        return name

    def whole(self, map: Map, size: Pair = (1, 1)) -> Map:
        """Return units that see all units of a map, in the same axes."""
        if map.size == size == (1, 1):
            return replace(map, whole=True)
        return replace(map, node=self.add("whole", [map.node], size), size=size, whole=True)

    def joined(self, maps: Sequence[Map]) -> Map:
        """Return the units that see what those of several maps see, in the axes of the first."""
        nodes = list(dict.fromkeys(map.node for map in maps))
        whole = any(map.whole for map in maps)
        if len(nodes) == 1:
            return replace(maps[0], whole=whole)
        size = max(map.size[0] for map in maps), max(map.size[1] for map in maps)
        if any(n not in (1, most) for map in maps for n, most in zip(map.size, size, strict=True)):
            raise Unread("brings maps of different sizes together")
        name = self.add("merge", nodes, size)
        self.branches[name] = {map.node: map.layer for map in maps}
        return replace(maps[0], node=name, size=size, whole=whole)

    def repeated(self, map: Map, sizes: dict[str, int]) -> Map:
        """Return a map of one row, one column or both spread; its axes are left to be fixed."""
        size = sizes.get("h", map.size[0]), sizes.get("w", map.size[1])
        return replace(map, node=self.add("merge", [map.node], size), size=size)

    def summed(self, map: Map, axes: Iterable[int], keepdim: bool = False) -> Map:
        """Return what is left of a map where each of some axes is reduced to one value."""
        gone = {axis % len(map.axes) for axis in axes}
        found = self._all_along(map, gone)
        left = (
            tuple(Atom(atom.kind, 1) for atom in axis if atom.kind) if i in gone else axis
            for i, axis in enumerate(found.axes)
            if keepdim or i not in gone
        )
        return found.laid(left)

    def spread(self, map: Map, axes: Iterable[int]) -> Map:
        """Return units that each see all along some axes, which stay, as in a normalization."""
        seen = {axis % len(map.axes) for axis in axes}
        found = self._all_along(map, seen)
        if map.partner or found.node == map.node:
            return found  # else its units see all along the axes, and now stand where each stood
        if found.size == (1, 1):
            return self.whole(map, map.size)
        return self.repeated(found, dict(zip("hw", map.size, strict=True)))

    def _all_along(self, map: Map, seen: set[int]) -> Map:
        """Return units that each see all along some axes; these are left to be fixed."""
        kinds = kinds_of(map.axes[i] for i in seen)
        rest = [n for i, n in enumerate(map.shape) if i not in seen and n > 1]
        if map.node == self.signal and rest not in ([], [self.samples]):
            raise Unread("may hold tokens or a signal: nothing has slid over the last axis yet")
        if not kinds:
            return map
        if map.partner:
            return self._paired_no_more(map, map.partner, seen, kinds)
        h, w = map.size
        several = {kind for kind, n in zip("hw", map.size, strict=True) if n > 1}
        if several <= kinds:
            return self.whole(map)
        if map.node == self.nodes[0].name:
            raise Unread("may be given channels last: it sees all along one axis of the input")
        size, kernel = ((1, w), (h, 1)) if "h" in kinds else ((h, 1), (1, w))
        name = self.add("window", [map.node], size, kernel_size=kernel)
        return replace(map, node=name, size=size)

    def _paired_no_more(self, map: Map, partner: str, seen: set[int], kinds: set[str]) -> Map:
        """Return the units of one map of two, each of which sees all of the other one."""
        other = {"h", "w"} & kinds
        first, second = (partner, map.node) if other else (map.node, partner)
        renamed = {"h2": "h", "w2": "w"} if other else {}
        if len({kind[1:] for kind in kinds}) > 1 or (map.kinds() - kinds) & _ALIKE[bool(other)]:
            raise Unread("sums over some of the positions of one of two maps")
        axes = [
            tuple(Atom("" if i in seen else renamed.get(k, k), n) for k, n in axis)
            for i, axis in enumerate(map.axes)
        ]
        one, all_of = (
            replace(map, node=name, size=self.sizes[name], axes=tuple(axes), partner=None)
            for name in (first, second)
        )
        if first == second:
            return self.whole(one, one.size)
        return self.joined([one, self.whole(all_of)])

    def meet(self, maps: Sequence[Map], shape: Sequence[int]) -> Map:
        """Return what maps make element by element, each spread over the shape."""
        if len({map.partner for map in maps}) > 1:
            raise Unread("brings pairs of positions together with single ones")
        axes: list[Axis] = []
        for i in range(-len(shape), 0):
            there = [map for map in maps if len(map.axes) >= -i]
            alike = [map.axes[i] for map in there if map.shape[i] == shape[i]]
            held = [axis for axis in alike if kinds_of([axis])]
            if any(_positions(axis) != _positions(held[0]) for axis in held):
                raise Unread("brings positions together that are not those of one place")
            flat = [axis for axis in alike if shape[i] == 1 and axis]
            axes.append((held or flat or [feature(shape[i])])[0])
            for j, map in enumerate(maps if not alike else ()):
                kind = map.kind(i) if len(map.axes) >= -i else ""
                if kind in ("h", "w"):
                    maps = list(maps)
                    maps[j] = self.repeated(map, {kind: shape[i]})
                    axes[-1] = (Atom(kind, shape[i]),)
        kinds = [kind for axis in axes for kind, size in axis if kind and size > 1]
        if len(kinds) > len(set(kinds)) or any(map.kinds() - set(kinds) for map in maps):
            raise Unread("brings positions together that are not those of one place")
        return self.joined(maps).laid(axes)


def each_map(value: Any) -> Iterator[Map]:
    """Yield all maps in a value."""
    if isinstance(value, Map):
        yield value
    elif isinstance(value, dict):
        yield from each_map(list(value.values()))
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from each_map(part)


def _positions(axis: Axis) -> list[Atom]:
    return [atom for atom in axis if atom.kind and atom.size > 1]
