"""Operations that move values: views, cuts, concatenation; and those on each value alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlib._graph.layout import Map, feature, grouped
from cnnlib._graph.steps import Constant, Operation, Steps, Unread, each_map
from cnnlib._graph.windows import crop

__all__ = ["VIEWS", "elementwise"]


def same(op: Operation, steps: Steps) -> Any:
    """Read an operation whose outputs, of any number, are of the shape of its one map."""
    (map,) = op.maps()
    return (map,) * len(op.shapes) if len(op.shapes) > 1 else map


def elementwise(op: Operation, steps: Steps) -> Map:
    """Read an operation on each value alone; what is smaller is spread over the output."""
    maps = op.maps()
    if any(map.partner for map in maps) and any(
        len(value.shape) > 1 for value in op.arguments.values() if isinstance(value, Constant)
    ):
        raise Unread("masks or weights pairs of positions")
    return steps.meet(maps, op.shape)


def nothing(op: Operation, steps: Steps) -> Any:
    """Read an operation that looks at its arguments' shapes alone."""
    return Constant(op.shape)


def written(op: Operation, steps: Steps) -> Any:
    """Read what is written over a tensor: its old values are gone."""
    source = op["src" if "src" in op.arguments else "value"]
    return steps.meet([source], op.shape) if isinstance(source, Map) else Constant(op.shape)


def view(op: Operation, steps: Steps) -> Map:
    """Read a view in another shape."""
    map = op.map("self")
    axes = grouped(map.axes, op.shape)
    if axes is None:
        raise Unread("takes rows or columns apart")
    return map.laid(axes)


def permute(op: Operation, steps: Steps) -> Map:
    """Read a permutation of the axes."""
    map = op.map("self")
    count = len(map.axes)
    order = list(range(count))
    if op.name == "permute":
        order = [dim % count for dim in op["dims"]]
    elif count > 1:
        first, second = (0, 1) if op.name == "t" else (op["dim0"] % count, op["dim1"] % count)
        order[first], order[second] = second, first
    return map.laid(map.axes[dim] for dim in order)


def cut(op: Operation, steps: Steps) -> Map:
    """Read a slice along one axis."""
    map, axis = op.map("self"), op["dim"]
    n = map.shape[axis]
    start = min(max((op["start"] or 0) + n * ((op["start"] or 0) < 0), 0), n)
    return crop(steps, map, axis, start, op.shape[axis], op["step"])


def select(op: Operation, steps: Steps) -> Map:
    """Read the choice of one index of an axis."""
    map, axis = op.map("self"), op["dim"] % len(op.map("self").axes)
    found = crop(steps, map, axis, op["index"] % map.shape[axis], 1)
    return found.laid([*found.axes[:axis], *found.axes[axis + 1 :]])


def split(op: Operation, steps: Steps) -> tuple[Map, ...]:
    """Read a split into several parts along an axis, with the axis or, one by one, without it."""
    map, axis = op.map("self"), op["dim"] % len(op.map("self").axes)
    parts, start = [], 0
    for shape in op.shapes:
        size = 1 if op.name == "unbind" else shape[axis]
        part = crop(steps, map, axis, start, size)
        if op.name == "unbind":
            part = part.laid([*part.axes[:axis], *part.axes[axis + 1 :]])
        parts.append(part)
        start += size
    return tuple(parts)


def concatenation(op: Operation, steps: Steps) -> Map:
    """Read a concatenation or a stack, along channels."""
    axis = op["dim"] % len(op.shape)
    given = [value for value in op["tensors"] if not _empty(value)]
    maps = list(each_map(given))
    if op.name == "stack":
        maps = [map.laid([*map.axes[:axis], (), *map.axes[axis:]]) for map in maps]
    elif any(map.kind(axis) != "" for map in maps) and len(given) > 1:
        raise Unread("puts maps one beside the other along rows or columns")
    one = [map.laid([*map.axes[:axis], (), *map.axes[axis + 1 :]]) for map in maps]
    shape = [*op.shape[:axis], 1, *op.shape[axis + 1 :]]
    found = steps.meet(one, shape)
    return found.laid([*found.axes[:axis], feature(op.shape[axis]), *found.axes[axis + 1 :]])


def along_channels(op: Operation, steps: Steps) -> Any:
    """Read an operation along one axis or several, which must hold no rows or columns."""
    (map,) = op.maps()
    dims = op["dims"] if "dims" in op.arguments else [op["dim"]]
    if not dims or any(map.kind(dim) != "" for dim in dims):
        raise Unread(f"computes {op.name} along rows or columns")
    axes = list(map.axes)
    for dim in dims:
        axes[dim] = feature(op.shape[dim])
    found = map.laid(axes)
    return (found,) * len(op.shapes) if len(op.shapes) > 1 else found


def repeat(op: Operation, steps: Steps) -> Map:
    """Read the repetition of channels."""
    map, times = op.map("self"), op["repeats"]
    axes = [()] * (len(times) - len(map.axes)) + list(map.axes)
    for i, (axis, count) in enumerate(zip(axes, times, strict=True)):
        if count > 1:
            if any(atom.kind for atom in axis):
                raise Unread("repeats rows or columns")
            axes[i] = feature(op.shape[i])
    return map.laid(axes)


def _empty(value: Any) -> bool:
    return 0 in value.shape


_ALONE = ["detach", "alias", "_to_copy", "lift_fresh", "contiguous", "_prelu_kernel", "hardswish"]
_ALONE += ["native_dropout", "rrelu_with_noise", "log_sigmoid_forward", "special_erf", "tril"]
_ALONE += ["masked_fill", "where", "rsub", "floor_divide", "_conj", "complex", "polar", "expand"]
_ALONE += ["bernoulli", "normal", "uniform"]
_SHAPES = ["zeros", "ones", "empty", "full", "rand", "randn", "randint"]

VIEWS: dict[str, Callable[[Operation, Steps], Any]] = {
    **dict.fromkeys(_ALONE, elementwise),
    **{f"{name}_like": nothing for name in _SHAPES},
    **{f"new_{name}": nothing for name in (*_SHAPES, "empty_strided")},
    **dict.fromkeys(["copy", "fill"], written),
    "zero": nothing,
    **dict.fromkeys(["view", "_unsafe_view", "squeeze", "unsqueeze"], view),
    **dict.fromkeys(["_reshape_copy", "_reshape_alias"], view),
    **dict.fromkeys(["permute", "transpose", "t"], permute),
    "slice": cut,
    "select": select,
    **dict.fromkeys(["split", "split_with_sizes", "unsafe_split", "unbind"], split),
    "cat": concatenation,
    "stack": concatenation,
    **dict.fromkeys(["glu", "flip", "sort", "topk", "index_select", "cumsum"], along_channels),
    "roll": along_channels,
    "repeat": repeat,
    "native_channel_shuffle": same,
    "channel_shuffle": same,
}
