"""Receptive fields along a chain of layers: forwards from the input, and backwards to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cnnlib import _check
from cnnlib._check import Pair
from cnnlib.receptive_field.layers import Layer, Row
from cnnlib.shapes import Size

__all__ = ["input_region", "receptive_field"]


def receptive_field(layers: Sequence[Layer], input_size: Size | None = None) -> tuple[Row, ...]:
    """Return what a unit of each layer of a chain sees of the input.

    From one layer to the next, with kernel size k, stride s, padding p and dilation d::

        n_out = floor((n_in + 2p - d (k - 1) - 1) / s) + 1
        jump_out = s jump_in
        receptive_field_out = receptive_field_in + d (k - 1) jump_in
        start_out = start_in - p jump_in

    Parameters
    ----------
    layers : sequence of Layer
        In order, the one next to the input first.
    input_size : int, pair of ints or None
        Size of the input; None leaves the sizes of the maps open.

    Returns
    -------
    tuple of Row
        One more than `layers`: the first is the input itself. Their numbers are ints where every
        size given, here and in the layers, is an int, and pairs (rows, columns) where any is not.

    Raises
    ------
    TypeError, ValueError
        If `layers` holds what is no `Layer`, if `input_size` is no size, or if a kernel does not
        fit in the map that it reads: the message names the layer.

    Notes
    -----
    A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural
    networks", Distill, 2019.

    Examples
    --------
    >>> for row in receptive_field([Layer("conv", 3, padding=1), Layer("pool", 2, 2)], 8):
    ...     print(row.name, row.output_size, row.jump, row.receptive_field, row.start, row.centre)
    input 8 1 1 0 0.0
    conv 8 1 3 -1 0.0
    pool 4 2 4 -1 0.5
    """
    layers = _chain(layers)
    in_pairs = any(map(_has_pair, layers)) or isinstance(input_size, (tuple, list))
    size = None if input_size is None else _check.pair("input_size", input_size, 1)
    jump, field, start = (1, 1), (1, 1), (0, 0)
    rows = [_row("input", size, jump, field, start, in_pairs)]
    for layer in layers:
        size = None if size is None else layer.output_size(size)
        kernel, stride, dilation = layer.pairs
        field = _each(lambda r, d, k, j: r + d * (k - 1) * j, field, dilation, kernel, jump)
        start = _each(lambda a, sides, j: a - sides[0] * j, start, layer.sides, jump)
        jump = _each(lambda j, s: j * s, jump, stride)
        rows.append(_row(layer.name, size, jump, field, start, in_pairs))
    return tuple(rows)


def input_region(
    layers: Sequence[Layer], first: Size, last: Size, input_size: Size | None = None
) -> tuple[Size, Size] | None:
    """Return the first and the last pixel that some output units see, from the output backwards.

    Through a layer with kernel size k, stride s, padding p and dilation d, units from u to v read
    those from s u - p to s v - p + d (k - 1).

    Parameters
    ----------
    layers : sequence of Layer
        As `receptive_field` takes them.
    first, last : int or pair of ints
        The first and the last of the units of the last layer, both included; >= 0.
    input_size : int, pair of ints or None
        None counts the pixels of the padding too, and takes it for endless. A size leaves
        out what only padding is read for, in every layer.

    Returns
    -------
    tuple of two ints, or of two pairs, or None
        First and last pixel, pairs where any size given is one. None if the units see no pixel
        at all, which takes an `input_size`, and windows with all their taps in the padding.

    Raises
    ------
    TypeError, ValueError
        As in `receptive_field`; or if the units are none of the last layer's, or `last` comes
        before `first`.

    Notes
    -----
    Equations 4 and 5 of Araujo, Norris and Sim (see `receptive_field`), with dilation.

    Examples
    --------
    >>> layers = [Layer("conv", 3, padding=1), Layer("pool", 2, 2)]
    >>> input_region(layers, 0, 0)
    (-1, 2)
    >>> input_region(layers, 0, 0, input_size=8)
    (0, 2)
    """
    layers = _chain(layers)
    sizes = (first, last, input_size)
    in_pairs = any(map(_has_pair, layers)) or any(isinstance(n, (tuple, list)) for n in sizes)
    u, v = _check.pair("first", first), _check.pair("last", last)
    if any(b < a for a, b in zip(u, v, strict=True)):
        _check.refuse(ValueError, "last", f"no smaller than first, {u}", last)
    if input_size is not None:
        ends = _clipped(layers, u, v, _check.pair("input_size", input_size, 1), last)
    else:
        for layer in reversed(layers):
            kernel, stride, dilation = layer.pairs
            u = _each(lambda a, s, sides: a * s - sides[0], u, stride, layer.sides)
            v = _each(lambda a, s, sides: a * s - sides[0], v, stride, layer.sides)
            v = _each(lambda a, d, k: a + d * (k - 1), v, dilation, kernel)
        ends = u, v
    if ends is None:
        return None
    return ends if in_pairs else (ends[0][0], ends[1][0])


def _clipped(
    layers: list[Layer], first: Pair, last: Pair, input_size: Pair, given: Size
) -> tuple[Pair, Pair] | None:
    """Return the ends of what is seen of maps that end: every pixel counts, not the ends alone."""
    maps = [input_size]
    for layer in layers:
        maps.append(layer.output_size(maps[-1]))
    if any(b >= n for b, n in zip(last, maps[-1], strict=True)):
        _check.refuse(ValueError, "last", f"within the last map, of size {maps[-1]}", given)
    seen = []
    for axis in (0, 1):
        units = set(range(first[axis], last[axis] + 1))
        for layer, size in zip(reversed(layers), maps[-2::-1], strict=True):
            k, s, d = (pair[axis] for pair in layer.pairs)
            before = layer.sides[axis][0]
            read = {u * s - before + d * tap for u in units for tap in range(k)}
            units = read & set(range(size[axis]))
        seen.append(units)
    rows, columns = seen
    if not rows or not columns:
        return None
    return (min(rows), min(columns)), (max(rows), max(columns))


def _chain(layers: object) -> list[Layer]:
    legal = "a sequence of Layer"
    if not isinstance(layers, (tuple, list)):
        _check.refuse(TypeError, "layers", legal, layers)
    for layer in layers:
        if not isinstance(layer, Layer):
            _check.refuse(TypeError, "layers", f"{legal}, each one", layer)
    return list(layers)


def _row(name: str, size: Pair | None, jump: Pair, field: Pair, start: Pair, in_pairs: bool) -> Row:
    if in_pairs:
        return Row(name, size, jump, field, start)
    return Row(name, size and size[0], jump[0], field[0], start[0])


def _has_pair(layer: Layer) -> bool:
    sizes = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    return any(isinstance(size, (tuple, list)) for size in sizes)


def _each(rule: Callable[..., int], *pairs: tuple[Any, Any]) -> Pair:
    """Apply a rule to rows, then to columns."""
    rows, columns = (rule(*values) for values in zip(*pairs, strict=True))
    return rows, columns
