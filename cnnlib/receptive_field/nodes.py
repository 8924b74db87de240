"""A step of a network's graph, as far as positions go: the record, and the sizes of the maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from cnnlib import _check
from cnnlib._check import Pair, Sides

__all__ = ["Node", "output_sizes"]

_INPUTS = {  # how many each kind of node reads: the least and the most
    "input": (0, 0),
    "window": (1, 1),
    "transposed": (1, 1),
    "resize": (1, 1),
    "merge": (1, None),
    "adaptive": (1, 1),
    "whole": (1, 1),
}
_MODES = {
    "window": ("zeros", "reflect", "replicate", "circular"),
    "resize": ("nearest", "nearest-exact", "linear", "linear-aligned", "cubic", "cubic-aligned"),
}
_SIZED = ("input", "resize", "adaptive")


@dataclass(frozen=True)
class Node:
    """One step of a network: what it reads, and from where.

    Attributes
    ----------
    name : str
        Unique in its graph.
    op : str
        ``input``: the picture. ``window``: convolution or pooling. ``transposed``: transposed
        convolution. ``resize``: interpolation. ``merge``: element by element, addition or
        concatenation; maps of one row or column are spread over the others'. ``adaptive``:
        adaptive pooling. ``whole``: every unit sees the whole map, as fully connected and global
        layers do.
    inputs : tuple of str
        Names of the nodes that it reads; all stand before it.
    kernel_size, stride, dilation : pair of ints
        Of windows and transposed convolutions; an int stands for two equal ones.
    padding : pair of pairs of ints
        ((top, bottom), (left, right)): zeros around what a window reads, cut where negative; what
        a transposed convolution cuts from its full output. An int, or a pair (rows, columns),
        stands for equal ends.
    size : pair of ints or None
        Size of the map that it makes: needed by input, resize and adaptive; elsewhere None has
        the usual one: rounded down for a window, without output padding for a transposed
        convolution, (1, 1) for the whole map, the largest of what is merged.
    mode : str or None
        What a window's padding holds: ``zeros``, ``reflect``, ``replicate`` or ``circular``. How
        a resize interpolates: ``nearest``, ``nearest-exact``, ``linear`` or ``cubic``, these two
        also as ``linear-aligned`` and ``cubic-aligned``: with aligned corners. None means the
        first.

    Raises
    ------
    TypeError, ValueError
        If an attribute is not legal.

    Examples
    --------
    >>> Node("conv1", "window", ("image",), kernel_size=3, padding=1).padding
    ((1, 1), (1, 1))
    """

    name: str
    op: str
    inputs: tuple[str, ...] = ()
    kernel_size: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Sides = ((0, 0), (0, 0))
    dilation: Pair = (1, 1)
    size: Pair | None = None
    mode: str | None = None

    def __post_init__(self) -> None:
        """Bring sizes into their one form; refuse what is no node."""
        if not isinstance(self.name, str):
            _check.refuse(TypeError, "name", "a string", self.name)
        if self.op not in _INPUTS:
            _check.refuse(ValueError, "op", f"one of {', '.join(_INPUTS)}", self.op)
        names = isinstance(self.inputs, (tuple, list)) and all(
            isinstance(name, str) for name in self.inputs
        )
        if not names:
            _check.refuse(TypeError, "inputs", "a tuple of names", self.inputs)
        least, most = _INPUTS[self.op]
        if len(self.inputs) < least or (most is not None and len(self.inputs) > most):
            count = f"{least} or more" if most is None else str(least)
            _check.refuse(ValueError, "inputs", f"{count} of them for {self.op}", self.inputs)
        if self.size is None and self.op in _SIZED:
            _check.refuse(TypeError, "size", f"given for {self.op}", self.size)
        modes = _MODES.get(self.op, (None,))
        if self.mode is not None and self.mode not in modes:
            legal = " or ".join(map(repr, modes)) + f" for {self.op}"
            _check.refuse(ValueError, "mode", legal, self.mode)
        self._set("inputs", tuple(self.inputs))
        for name in ("kernel_size", "stride", "dilation"):
            self._set(name, _check.pair(name, getattr(self, name), 1))
        self._set("padding", _sides(self.padding))
        self._set("size", None if self.size is None else _check.pair("size", self.size, 1))
        self._set("mode", self.mode or modes[0])

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


def output_sizes(nodes: Sequence[Node]) -> dict[str, Pair]:
    """Return the size of each node's map, by name; refuse what is no graph.

    Raises
    ------
    TypeError
        If `nodes` is no sequence of Node.
    ValueError
        If a name comes twice, if a node reads one that does not stand before it, if there is no
        input or several of different sizes, or if a kernel or a merged map does not fit.

    Examples
    --------
    >>> output_sizes([Node("x", "input", size=7), Node("y", "window", ("x",), 3, 2)])
    {'x': (7, 7), 'y': (3, 3)}
    """
    if not isinstance(nodes, (tuple, list)) or not all(isinstance(n, Node) for n in nodes):
        _check.refuse(TypeError, "nodes", "a sequence of Node", nodes)
    sizes: dict[str, Pair] = {}
    for node in nodes:
        if node.name in sizes:
            _check.refuse(ValueError, "nodes", "named uniquely", node.name)
        for name in node.inputs:
            if name not in sizes:
                legal = f"in order, what {node.name!r} reads before it"
                _check.refuse(ValueError, "nodes", legal, name)
        sizes[node.name] = _size(node, [sizes[name] for name in node.inputs])
    pictures = {node.size for node in nodes if node.op == "input"}
    if len(pictures) != 1:
        legal = "a graph with an input, or with several of one size"
        _check.refuse(ValueError, "nodes", legal, tuple(sorted(map(str, pictures))))
    return sizes


def _size(node: Node, given: list[Pair]) -> Pair:
    """Return the size of a node's map, from those of the maps that it reads."""
    if node.op == "merge":
        given = given if node.size is None else [*given, node.size]
        rows, columns = (_spread(node, axis) for axis in zip(*given, strict=True))
        return rows, columns
    if node.size is not None:
        return node.size
    if node.op == "whole":
        return 1, 1
    settings = (node.kernel_size, node.stride, node.padding, node.dilation)
    steps = list(zip(given[0], *settings, strict=True))
    if node.op == "window":
        rows, columns = ((n + sum(p) - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in steps)
    else:
        rows, columns = ((n - 1) * s + d * (k - 1) + 1 - sum(p) for n, k, s, p, d in steps)
    if rows < 1 or columns < 1:
        legal = f"such that the kernel of {node.name!r} fits in the map that it reads"
        _check.refuse(ValueError, "nodes", legal, given[0])
    return rows, columns


def _spread(node: Node, sizes: tuple[int, ...]) -> int:
    """Return the size of merged maps along an axis: all equal, or 1."""
    if len(set(sizes) - {1}) > 1:
        legal = f"such that the maps that {node.name!r} merges have equal sizes, or 1"
        _check.refuse(ValueError, "nodes", legal, sizes)
    return max(sizes)


def _sides(padding: Any) -> Sides:
    """Return a padding as ((top, bottom), (left, right)); negative where it cuts."""
    legal = "an int, a pair of ints, or a pair of pairs of them"
    axes = padding if isinstance(padding, (tuple, list)) else (padding, padding)
    if len(axes) != 2:
        _check.refuse(ValueError, "padding", legal, padding)
    ends = [axis if isinstance(axis, (tuple, list)) else (axis, axis) for axis in axes]
    if any(len(axis) != 2 for axis in ends):
        _check.refuse(ValueError, "padding", legal, padding)
    least = -(2**31)
    checked = [
        tuple(_check.integer_in("padding", legal, end, padding, least) for end in axis)
        for axis in ends
    ]
    return cast(Sides, tuple(checked))
