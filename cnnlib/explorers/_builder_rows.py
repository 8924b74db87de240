"""The rows of a network that is being built: shapes, counts, memory, fields; and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from cnnlib import receptive_field as rf
from cnnlib import shapes

from ._builder_text import Layer, Place, places
from ._stack_text import Pair

Shape = tuple[int, ...]

MAPS = ("conv", "max", "avg", "gap", "bn")
"""Kinds that take maps alone."""


class Row(NamedTuple):
    """What one layer of a network gives and costs.

    Attributes
    ----------
    name : str
        The layer's, as torch has it; ``input`` for the first.
    shape : tuple of ints
        Of one sample: (channels, rows, columns), or (features,).
    parameters, macs, memory : int
        Weights and biases; multiply-accumulates and bytes of float32 activations of a batch.
    receptive_field, jump, start : pair of ints or None
        As `cnnlib.receptive_field.Field` has them.
    """

    name: str
    shape: Shape
    parameters: int
    macs: int
    memory: int
    receptive_field: Pair | None
    jump: Any
    start: Any


class Totals(NamedTuple):
    """The sums over all rows."""

    parameters: int
    macs: int
    memory: int


class Fault(NamedTuple):
    """Where a network cannot be computed any further, and why."""

    name: str
    why: str


def rows(
    stack: Sequence[Any], input_shape: Sequence[int], batch_size: int = 1
) -> tuple[tuple[Row, ...], Fault | None]:
    """Return a row for the input and for each layer, up to the first that does not fit.

    Parameters
    ----------
    stack : sequence
        As `_builder_text.parse` reads it.
    input_shape : three ints
        Channels, rows and columns.
    batch_size : int
        How many samples `macs` and `memory` are for.

    Returns
    -------
    tuple of Row, and Fault or None
        The rows, and why there are no more of them.

    Examples
    --------
    >>> from cnnlib.explorers import _builder_text
    >>> found, fault = rows(_builder_text.parse("conv2k3,relu,linear10"), (1, 8, 8))
    >>> [(row.shape, row.parameters, row.macs) for row in found]
    [((1, 8, 8), 0, 0), ((2, 6, 6), 20, 648), ((2, 6, 6), 0, 0)]
    >>> fault
    Fault(name='linear', why='takes a vector, and is given maps of 2 × 6 × 6: flatten them first')
    """
    all_places = places(stack)
    shape: list[Shape] = [tuple(input_shape)]
    counts = [(0, 0)]
    fault = None
    for place in all_places[1:]:
        given = [shape[source] for source in place.inputs]
        why = _fault(place, given)
        if why:
            fault = Fault(place.name, why)
            break
        shape.append(shape_after(place.layer, given[0]))
        counts.append(_counts(place.layer, given[0]))
    sight = rf.fields(_nodes(all_places[: len(shape)], shape))
    found = []
    for place, size, (parameters, macs), field in zip(
        all_places, shape, counts, sight, strict=False
    ):
        view = place.layer is not None and place.layer.kind == "flatten"
        memory = 0 if view else batch_size * shapes.activation_bytes(size)
        seen = field.receptive_field
        known = (seen, field.jump if seen else None, field.start if seen else None)
        found.append(Row(place.name, size, parameters, batch_size * macs, memory, *known))
    return tuple(found), fault


def totals(found: Sequence[Row]) -> Totals:
    """Return the sums of parameters, multiply-accumulates and bytes."""
    return Totals(
        sum(row.parameters for row in found),
        sum(row.macs for row in found),
        sum(row.memory for row in found),
    )


def _fault(place: Place, given: list[Shape]) -> str:
    """Return why a layer cannot take what it is given, or an empty text."""
    first, layer = given[0], place.layer
    if layer is None:
        return _meeting_fault(given)
    maps = len(first) == 3
    if layer.kind in MAPS and not maps:
        return f"takes maps, and is given a vector of {first[0]:,}: put it before flatten"
    if layer.kind in ("linear", "bn1d") and maps:
        legal = "flatten them first" if layer.kind == "linear" else "BatchNorm2d takes maps"
        return f"takes a vector, and is given maps of {by(first)}: {legal}"
    if place.inside and layer.kind in ("flatten", "gap"):
        return "cannot be in a block, which adds maps: put it after"
    if layer.kind == "conv" and (first[0] % layer.groups or layer.width % layer.groups):
        both = f"{first[0]} channels in and {layer.width} out"
        return f"has {both}: {layer.groups} groups must divide both"
    if layer.kind in ("conv", "max", "avg"):
        return _window_fault(layer, first)
    return ""


def _window_fault(layer: Layer, given: Shape) -> str:
    for axis, word in enumerate(("rows", "columns")):
        padding, kernel = layer.padding[axis], layer.kernel_size[axis]
        span = layer.dilation[axis] * (kernel - 1) + 1
        if layer.kind != "conv" and padding > kernel // 2:
            return f"has a padding of {padding}, more than half its window of {kernel} {word}"
        if span > given[1 + axis] + 2 * padding:
            room = given[1 + axis] + 2 * padding
            return f"has a kernel that spans {span} {word}, and the padded map has {room}"
    return ""


def _meeting_fault(given: list[Shape]) -> str:
    if len(given[0]) != 3:
        return f"adds maps, and is given a vector of {given[0][0]:,}: put it before flatten"
    if len(set(given)) > 1:
        return (
            f"has branches that end with {' and '.join(map(by, dict.fromkeys(given)))}, not alike"
        )
    return ""


def by(shape: Shape) -> str:
    """Return a shape in words: ``64 × 28 × 28``."""
    return " × ".join(f"{n:,}" for n in shape)


def shape_after(layer: Layer | None, given: Shape) -> Shape:
    """Return the shape of what a layer gives; None for where branches meet."""
    if layer is None:
        return given
    if layer.kind in ("conv", "max", "avg"):
        settings = layer.kernel_size, layer.stride, layer.padding, layer.dilation
        rows, columns = shapes.conv_output_size(given[1:], *settings)  # type: ignore[misc, arg-type]
        return (layer.width if layer.kind == "conv" else given[0], rows, columns)
    if layer.kind == "gap":
        return (given[0], 1, 1)
    if layer.kind == "flatten":
        return (prod(given),)
    return (layer.width,) if layer.kind == "linear" else given


def _counts(layer: Layer | None, given: Shape) -> tuple[int, int]:
    """Return the parameters, and the multiply-accumulates for one sample."""
    if layer is None:
        return 0, 0
    if layer.kind == "conv":
        sizes = (given[0], layer.width, layer.kernel_size)
        how: Any = (layer.stride, layer.padding, layer.dilation, layer.groups)
        parameters = shapes.conv_parameters(*sizes, layer.groups, layer.bias)
        return parameters, shapes.conv_macs((given[1], given[2]), *sizes, *how)
    if layer.kind == "linear":
        return shapes.linear_parameters(given[0], layer.width, layer.bias), given[0] * layer.width
    return (2 * given[0], 0) if layer.kind in ("bn", "bn1d") else (0, 0)


def _nodes(all_places: list[Place], shape: list[Shape]) -> list[rf.Node]:
    """Return the places as a graph of what sees what; layers that work on each unit are skipped."""
    nodes: list[rf.Node] = []
    sizes: list[Pair] = []
    for place, size in zip(all_places, shape, strict=True):
        inputs = tuple(all_places[source].name for source in place.inputs)
        before = sizes[place.inputs[0]] if inputs else (1, 1)
        layer = place.layer
        if not inputs:
            node = rf.Node(place.name, "input", size=(size[1], size[2]))
            sizes.append((size[1], size[2]))
        elif layer is None:
            node = rf.Node(place.name, "merge", inputs)
            sizes.append(before)
        elif _sees_all(layer, size) and before != (1, 1):
            node = rf.Node(place.name, "whole", inputs)
            sizes.append((1, 1))
        else:
            padding = tuple((p, p) for p in layer.padding)
            how: Any = (layer.kernel_size, layer.stride, padding, layer.dilation)
            node = rf.Node(place.name, "window", inputs, *how)
            sizes.append((size[1], size[2]) if len(size) == 3 else before)
        nodes.append(node)
    return nodes


def _sees_all(layer: Layer, size: Shape) -> bool:
    return layer.kind in ("linear", "gap") or (layer.kind == "softmax" and len(size) == 1)
