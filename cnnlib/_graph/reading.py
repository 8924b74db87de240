"""From torch's operations to the graph of receptive fields: what each tensor's values see."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
from torch import fx

from cnnlib._check import Pair
from cnnlib._graph.layout import Atom, Map, feature
from cnnlib._graph.steps import Constant, Operation, Steps, Unread, each_map
from cnnlib._graph.sums import SUMS
from cnnlib._graph.tape import Tape, padded_around, reads_values, written_over
from cnnlib._graph.views import VIEWS, elementwise
from cnnlib._graph.windows import WINDOWS
from cnnlib.receptive_field import Node

__all__ = ["Hidden", "Reading", "read"]

_KNOWN: dict[str, Callable[[Operation, Steps], Any]] = {**WINDOWS, **VIEWS, **SUMS}
_ASKS = "asks for values, on which depends what is computed"


@dataclass(frozen=True)
class Hidden:
    """What cannot be told of a tensor: where it began, and why."""

    where: str
    why: str

    def __str__(self) -> str:
        """Return both as a sentence."""
        return f"{self.where} {self.why}"


@dataclass(frozen=True)
class Reading:
    """What the tensors of a torch.fx graph see of its input.

    Attributes
    ----------
    nodes : tuple of Node
        The graph of receptive fields; empty if the input has no rows and columns to see.
    axes : int
        How many axes of positions the input has: 0, 1 or 2.
    values : dict
        For each node of the torch.fx graph a `Map`, a `Constant`, a `Hidden`, or several of them.
    branches : dict
        For each merge among the nodes the layers that its inputs come from, by their nodes.
    stopped : Hidden or None
        Why nothing is told from some point on.
    """

    nodes: tuple[Node, ...]
    axes: int
    values: dict[fx.Node, Any]
    branches: dict[str, dict[str, str]]
    stopped: Hidden | None

    def seen(self, made: Sequence[fx.Node | None]) -> Map | Hidden | None:
        """Return what a layer's outputs see; None if they do not depend on the input."""
        values = [self.values[node] for node in made if node is not None]
        hidden = [value for value in values if isinstance(value, Hidden)]
        maps = list(each_map(values))
        if hidden or not maps:
            return hidden[0] if hidden else None
        if len({map.node for map in maps}) > 1:
            return Hidden("", "gives several maps that see different things")
        if any(map.partner for map in maps):
            return Hidden("", "gives pairs of positions")
        return maps[0]


def read(tape: Tape) -> Reading:
    """Read the graph that a tape has recorded.

    Its inputs are taken as samples, channels and then positions: one axis of them, or two.
    Several inputs are laid over each other; those without positions are taken as constants.
    """
    graph = tape.graph
    inputs = [node for node in graph.nodes if node.op == "placeholder"]
    shapes = {node.meta["shapes"][0][2:] for node in inputs if len(node.meta["shapes"][0]) > 2}
    axes = max(map(len, shapes), default=0)
    steps = Steps()
    values: dict[fx.Node, Any] = {}
    stopped: Hidden | None = None
    if len(shapes) > 1 or axes > 2:
        why = "has more than two axes of positions" if axes > 2 else "comes in several sizes"
        stopped = Hidden("the input", why)
    for node in graph.nodes:
        shape = node.meta["shapes"][0] if node.op != "output" and node.meta["shapes"] else ()
        if node.op == "get_attr" or (node.op == "placeholder" and len(shape) < 3):
            values[node] = Constant(shape)
        elif stopped:
            values[node] = stopped
        elif node.op == "placeholder":
            values[node] = _picture(steps, shape)
        else:
            asks = tape.asked is node
            stopped = Hidden(_where(node), _ASKS) if asks else None
            values[node] = stopped or _value(node, values, steps)
    return Reading(tuple(steps.nodes), axes, values, steps.branches, stopped)


def _picture(steps: Steps, shape: tuple[int, ...]) -> Map:
    """Return an input's map; its units are the pixels."""
    size: Pair = (1, shape[2]) if len(shape) == 3 else (shape[2], shape[3])
    if not steps.nodes:
        steps.layer, steps.samples = "input", shape[0]
        steps.signal = steps.add("input", (), size) if len(shape) == 3 else None
        if steps.signal is None:
            steps.add("input", (), size)
    atoms = [(Atom("w", shape[2]),)] if len(shape) == 3 else [(Atom("h", size[0]),)]
    if len(shape) == 4:
        atoms.append((Atom("w", size[1]),))
    return Map(steps.nodes[0].name, size, (feature(shape[0]), feature(shape[1]), *atoms))


def _value(node: fx.Node, values: dict[fx.Node, Any], steps: Steps) -> Any:
    """Return what the output of one operation sees."""
    target: Any = node.target
    shapes = node.meta["shapes"]
    arguments: Any = fx.node.map_arg((node.args, node.kwargs), values.__getitem__)
    given = list(_leaves(arguments))
    hidden = [value for value in given if isinstance(value, Hidden)]
    if target is operator.getitem:
        parts, index = arguments[0]
        return parts[index] if isinstance(parts, tuple) else parts
    if hidden:
        return hidden[0]
    if target is written_over:
        return Hidden(_where(node), "writes into a part of a tensor")
    if target is reads_values or not any(isinstance(value, Map) for value in given):
        return Constant(shapes[0] if shapes else ())
    if len(shapes) == 1 and 0 in shapes[0]:
        return Constant(shapes[0])  # it is empty
    place, where = node.meta["place"], _where(node)
    steps.layer = place.name if place else ""
    if target is padded_around:
        op = Operation(
            "circular_pad", dict(zip(("self", "pad"), arguments[0], strict=True)), shapes
        )
    else:
        op = Operation(_name(target), _by_name(target, *arguments), shapes)
    try:
        handler = _KNOWN.get(op.name)
        if handler is None and torch.Tag.pointwise in getattr(target, "tags", ()):
            handler = elementwise
        if handler is None:
            raise Unread(f"computes {op.name}, which is not known here")
        return _made_by(handler(op, steps), op, steps.layer)
    except Unread as reason:
        maps = op.maps()
        if all(map.whole and not map.partner for map in maps):
            return _made_by(_all_seen(op, steps, maps), op, steps.layer)
        return Hidden(where, str(reason))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return Hidden(where, f"computes {op.name} in a form that is not known here")


def _where(node: fx.Node) -> str:
    """Return the layer that an operation belongs to, and its class."""
    place = node.meta["place"]
    return place.title if place else "the module"


def _made_by(value: Any, op: Operation, layer: str) -> Any:
    """Return what an operation makes, named by its layer, or by one within that made it before."""
    if isinstance(value, tuple):
        return tuple(_made_by(part, op, layer) for part in value)
    if not isinstance(value, Map):
        return value
    before = {map.layer for map in op.maps()}
    within = all(name.startswith(f"{layer}." if layer else "") for name in before)
    return replace(value, layer=before.pop() if len(before) == 1 and within else layer)


def _all_seen(op: Operation, steps: Steps, maps: list[Map]) -> Any:
    """Return the outputs of an operation, whatever it is, on what sees everything already."""
    one = [replace(steps.whole(map), axes=()) for map in maps]
    found = steps.joined(one)
    made = tuple(found.laid(map(feature, shape)) for shape in op.shapes)
    return made if len(made) > 1 else made[0] if made else Constant(())


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    else:
        yield value


def _by_name(operation: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return all that a call reads by name, with the defaults of what was not given."""
    names, defaults, written = _signature(operation)
    found = {**defaults, **dict(zip(names, args, strict=False)), **kwargs}
    return {name: value for name, value in found.items() if name not in written}


@cache
def _signature(operation: Any) -> tuple[tuple[str, ...], dict[str, Any], set[str]]:
    """Return the names of an operation's arguments, their defaults, and which are outputs."""
    all_of = operation._schema.arguments
    outputs = {a.name for a in all_of if a.kwarg_only and a.alias_info and a.alias_info.is_write}
    return tuple(a.name for a in all_of), {a.name: a.default_value for a in all_of}, outputs


@cache
def _name(operation: Any) -> str:
    """Return an operation's name, the same where it works in place or gives a copy of a view."""
    name = str(operation._schema.name)
    if not name.startswith("aten::"):
        return name
    return name.removeprefix("aten::").rstrip("_").removesuffix("_copy")
