"""Operations that read a window of a map: convolutions, pooling, padding, interpolation, cuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isclose
from typing import Any

from cnnlib._graph.layout import Atom, Map, feature
from cnnlib._graph.steps import Operation, Steps, Unread

__all__ = ["WINDOWS", "crop"]

Setting = tuple[int, int, int, int]  # kernel size, stride, padding before, dilation


def slide(
    steps: Steps,
    map: Map,
    settings: Sequence[Setting],
    sizes: Sequence[int],
    op: str = "window",
    mode: str | None = None,
    over_channels: bool = False,
) -> Map:
    """Slide a kernel along the last axes of a map, a setting each; `sizes` are those it makes."""
    if map.partner:
        raise Unread("slides over pairs of positions")
    axes = list(map.axes)
    along: dict[str, tuple[Setting, int]] = {}
    for i, (setting, size) in enumerate(zip(settings, sizes, strict=True), -len(settings)):
        kind, n = map.kind(i), map.shape[i]
        if kind in ("h", "w"):
            along[kind], axes[i] = (setting, size), (Atom(kind, size),)
        elif over_channels and kind == "":
            axes[i] = feature(size)
        elif (setting[:3] != (1, 1, 0) or size != n) and (n, size) != (1, 1):
            raise Unread("slides over an axis that holds no rows or columns of the input")
    still = {kind: ((1, 1, 0, 1), n) for kind, n in zip("hw", map.size, strict=True)}
    if not along or all(along[kind] == still[kind] for kind in along):
        return map.laid(axes)
    found = [along.get(kind, still[kind]) for kind in "hw"]
    kernel, stride, padding, dilation = zip(*(setting for setting, _ in found), strict=True)
    name = steps.add(
        op,
        [map.node],
        (found[0][1], found[1][1]),
        kernel_size=kernel,
        stride=stride,
        padding=tuple((p, p) for p in padding),
        dilation=dilation,
        mode=mode,
    )
    return Map(name, steps.sizes[name], tuple(axes), map.whole)


def convolution(op: Operation, steps: Steps) -> Map:
    """Read a convolution of any rank, transposed or not."""
    map, kernel = op.map("input"), op["weight"]
    op.constant("weight", "bias")
    count = len(kernel.shape) - 2
    if any(atom.kind and atom.size > 1 for atom in map.axes[-count - 1]):
        raise Unread("sums over rows or columns of the input as if they were channels")
    kind = "transposed" if op["transposed"] else "window"
    settings = _settings(count, kernel.shape[2:], op["stride"], op["padding"], op["dilation"])
    found = slide(steps, map, settings, op.shape[-count:], kind)
    axes = list(found.axes)
    axes[-count - 1] = feature(op.shape[1])
    return found.laid(axes)


def pooling(count: int) -> Callable[[Operation, Steps], Any]:
    """Return what reads pooling of a rank; the indices, if there are any, see the same."""

    def read(op: Operation, steps: Steps) -> Any:
        kernel = op["kernel_size"]
        dilation = op.arguments.get("dilation", 1)
        settings = _settings(count, kernel, op["stride"] or kernel, op["padding"], dilation)
        map = op.map("self")
        found = slide(steps, map, settings, op.shape[-count:], over_channels=count == 3)
        return (found, found)[: len(op.shapes)] if len(op.shapes) > 1 else found

    return read


def adaptive(op: Operation, steps: Steps) -> Any:
    """Read adaptive pooling: each unit sees its share of the map."""
    map = op.map("self")
    sizes = list(op["output_size"])
    kinds = _sized(map, sizes)
    size = kinds.get("h", map.size[0]), kinds.get("w", map.size[1])
    whole = map.whole or (size == (1, 1) and map.size != size)
    name = map.node if size == map.size else steps.add("adaptive", [map.node], size)
    found = Map(name, size, _with_sizes(map, sizes), whole)
    return (found, found) if len(op.shapes) > 1 else found


def interpolation(mode: str) -> Callable[[Operation, Steps], Map]:
    """Return what reads an interpolation."""

    def read(op: Operation, steps: Steps) -> Map:
        map = op.map("self" if "self" in op.arguments else "input")
        aligned = bool(op.arguments.get("align_corners"))
        count = 1 if "1d" in op.name else 2
        sizes = op.shape[-count:]
        scales = op.arguments.get("scale_factors") or [
            op.arguments.get(name) for name in ("scales", "scales_h", "scales_w")
        ]
        scales = [scale for scale in scales if scale is not None]
        if not aligned and not all(
            isclose(n * scale, size)
            for n, scale, size in zip(map.shape[-count:], scales, sizes, strict=False)
        ):
            raise Unread("interpolates by a factor that makes no whole number of values")
        kinds = _sized(map, sizes)
        size = kinds.get("h", map.size[0]), kinds.get("w", map.size[1])
        name = steps.add("resize", [map.node], size, mode=mode + ("-aligned" if aligned else ""))
        return Map(name, size, _with_sizes(map, sizes), map.whole)

    return read


def padding(mode: str) -> Callable[[Operation, Steps], Map]:
    """Return what reads padding, or cutting where it is negative, at both ends of the last axes."""

    def read(op: Operation, steps: Steps) -> Map:
        ends = op["pad"] if "pad" in op.arguments else op["padding"]
        count = len(ends) // 2
        map = op.map("self")
        settings = [(1, 1, ends[2 * i], 1) for i in reversed(range(count))]
        for i, (setting, size) in enumerate(zip(settings, op.shape[-count:], strict=True), -count):
            if map.kind(i) == "" and mode == "zeros":
                map = map.laid([*map.axes[:i], feature(size), *(map.axes[i:][1:])])
                settings[i] = (1, 1, 0, setting[3])
        return slide(steps, map, settings, op.shape[-count:], mode=mode)

    return read


def crop(steps: Steps, map: Map, axis: int, start: int, size: int, step: int = 1) -> Map:
    """Return the part of a map that a slice along one axis takes."""
    axis %= len(map.axes)
    if (start, step, size) == (0, 1, map.shape[axis]):
        return map
    if map.kind(axis) is None:
        raise Unread("cuts an axis that holds rows and columns at once")
    settings = [(1, 1, 0, 1) for _ in map.axes]
    sizes = list(map.shape)
    settings[axis], sizes[axis] = (1, step, -start, 1), size
    if map.kind(axis) == "":
        return map.laid([*map.axes[:axis], feature(size), *map.axes[axis + 1 :]])
    return slide(steps, map, settings[axis:], sizes[axis:])


def shuffle(op: Operation, steps: Steps) -> Map:
    """Read a pixel shuffle: channels become a block of pixels, or a block channels."""
    map = op.map("self")
    shuffled = "upscale_factor" in op.arguments
    factor = op["upscale_factor" if shuffled else "downscale_factor"]
    if map.kind(-3) != "":
        raise Unread("shuffles what are no channels")
    settings = [(factor, factor, 0, 1)] * 2
    found = slide(steps, map, settings, op.shape[-2:], "transposed" if shuffled else "window")
    return found.laid([*found.axes[:-3], feature(op.shape[-3]), *found.axes[-2:]])


def unfold(op: Operation, steps: Steps) -> Map:
    """Read im2col: a column a window."""
    map = op.map("self")
    settings = _settings(2, op["kernel_size"], op["stride"], op["padding"], op["dilation"])
    sizes = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, (k, s, p, d) in zip(map.shape[-2:], settings, strict=True)
    ]
    found = slide(steps, map, settings, sizes)
    rows, columns = found.axes[-2:]
    return found.laid([*found.axes[:-3], feature(op.shape[-2]), rows + columns])


def patches(op: Operation, steps: Steps) -> Map:
    """Read Tensor.unfold: windows along one axis, each in a last axis of its own."""
    map, axis = op.map("self"), op["dimension"] % len(op.map("self").axes)
    count = len(map.axes) - axis
    settings = [(op["size"], op["step"], 0, 1), *[(1, 1, 0, 1)] * (count - 1)]
    found = slide(steps, map, settings, op.shape[axis:-1])
    return found.laid([*found.axes, feature(op["size"])])


def _settings(count: int, *given: Any) -> list[Setting]:
    """Return kernel size, stride, padding and dilation by axis; a single number is for all."""
    spread = [_each(value, count) for value in given]
    return [tuple(axis) for axis in zip(*spread, strict=True)]


def _each(value: Any, count: int) -> list[int]:
    values = [value] if isinstance(value, int) else list(value)
    return values * count if len(values) == 1 else values


def _sized(map: Map, sizes: Sequence[int]) -> dict[str, int]:
    """Return the new sizes of rows and columns, from those of the last axes."""
    if map.partner:
        raise Unread("resizes pairs of positions")
    kinds = {}
    for i, size in enumerate(sizes, -len(sizes)):
        kind = map.kind(i)
        if kind in ("h", "w"):
            kinds[kind] = size
        elif map.shape[i] != size:
            raise Unread("resizes an axis that holds no rows or columns of the input")
    return kinds


def _with_sizes(map: Map, sizes: Sequence[int]) -> tuple[Any, ...]:
    """Return a map's axes with the last ones in new sizes."""
    axes = list(map.axes)
    for i, size in enumerate(sizes, -len(sizes)):
        if map.shape[i] != size:
            axes[i] = (Atom(map.kind(i) or "", size),)
    return tuple(axes)


WINDOWS: dict[str, Callable[[Operation, Steps], Any]] = {
    "convolution": convolution,
    **{f"avg_pool{n}d": pooling(n) for n in (1, 2, 3)},
    **{f"max_pool{n}d_with_indices": pooling(n) for n in (2, 3)},
    **{f"{name}_avg_pool{n}d": adaptive for name in ("adaptive", "_adaptive") for n in (1, 2)},
    "adaptive_max_pool2d": adaptive,
    **{f"upsample_nearest{n}d": interpolation("nearest") for n in (1, 2)},
    **{f"_upsample_nearest_exact{n}d": interpolation("nearest-exact") for n in (1, 2)},
    "upsample_linear1d": interpolation("linear"),
    "upsample_bilinear2d": interpolation("linear"),
    "upsample_bicubic2d": interpolation("cubic"),
    "constant_pad_nd": padding("zeros"),
    "circular_pad": padding("circular"),
    **{f"reflection_pad{n}d": padding("reflect") for n in (1, 2)},
    **{f"replication_pad{n}d": padding("replicate") for n in (1, 2)},
    "pixel_shuffle": shuffle,
    "pixel_unshuffle": shuffle,
    "im2col": unfold,
    "unfold": patches,
}
