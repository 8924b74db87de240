"""What the units of each node of a graph see of the input: the jump, the field and its start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cnnlib._check import Pair
from cnnlib.receptive_field.laws import Law, follow, union
from cnnlib.receptive_field.nodes import Node, output_sizes
from cnnlib.receptive_field.taps import axis_of

__all__ = ["Field", "fields"]

Number = int | Fraction


@dataclass(frozen=True)
class Field:
    """What the units of one node see of the input; pairs are (rows, columns).

    Attributes
    ----------
    name : str
        The node's.
    output_size : pair of ints
        Size of its map.
    jump : pair of ints or Fractions, or None
        Pixels of the input between the fields of two units side by side; a Fraction after
        upsampling, 0 where all units see the same. None where branches of unlike jumps have met.
    receptive_field : pair of ints or None
        Pixels of the input, and of its padding, that a unit's field spans; the largest, where
        units differ. None where branches of unlike jumps have met, or where a unit sees its own
        part of the input through one branch and everything through another.
    start : pair of ints or None
        Index of the first pixel in the field of unit 0; negative in the padding. None where the
        fields are no copies of one, a jump apart.
    misaligned : tuple of str
        Inputs whose jump or centres are not those of the first input that meets others here.
    whole : bool
        Whether a unit sees a whole map, of this layer or one before it.
    """

    name: str
    output_size: Pair
    jump: tuple[Number, Number] | None
    receptive_field: Pair | None
    start: Pair | None
    misaligned: tuple[str, ...] = ()
    whole: bool = False

    @property
    def centre(self) -> tuple[float, float] | None:
        """Where the middle of unit 0's field is, in pixel indices; None where `start` is None."""
        if self.start is None or self.receptive_field is None:
            return None
        rows, columns = (
            s + (r - 1) / 2 for s, r in zip(self.start, self.receptive_field, strict=True)
        )
        return rows, columns


@dataclass(frozen=True)
class _State:
    """What is known of a node: the law of each axis, if there is one, and what meets there."""

    laws: tuple[Law | None, Law | None]
    whole: bool = False
    mixed: bool = False  # a branch that sees everything has met one that does not
    misaligned: tuple[str, ...] = ()


def fields(nodes: Sequence[Node]) -> tuple[Field, ...]:
    """Return what the units of each node see of the input, wherever they are on endless maps.

    Where branches meet, a unit sees what it sees through any of them: the union. Branches whose
    units are not equally far apart, or whose fields have other centres, are named as misaligned.
    Where an upsampled branch has fields that differ from unit to unit, the mean of their centres
    over one period counts.

    Parameters
    ----------
    nodes : sequence of Node
        A graph: each node after those that it reads.

    Returns
    -------
    tuple of Field
        One for each node, in order.

    Raises
    ------
    TypeError, ValueError
        If `nodes` is no graph, or a size in it does not fit.

    Notes
    -----
    A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural
    networks", Distill, 2019, on alignment; transposed convolutions and the rest are worked out
    from the definitions.

    Examples
    --------
    >>> graph = [
    ...     Node("image", "input", size=8),
    ...     Node("conv", "window", ("image",), kernel_size=3, stride=2, padding=1),
    ...     Node("skip", "window", ("image",), kernel_size=2, stride=2),
    ...     Node("sum", "merge", ("conv", "skip")),
    ... ]
    >>> for field in fields(graph)[1:]:
    ...     print(field.name, field.jump, field.receptive_field, field.start, field.misaligned)
    conv (2, 2) (3, 3) (-1, -1) ()
    skip (2, 2) (2, 2) (0, 0) ()
    sum (2, 2) (3, 3) (-1, -1) ('skip',)
    """
    sizes = output_sizes(nodes)
    states: dict[str, _State] = {}
    found = []
    for node in nodes:
        states[node.name] = _state(node, states, sizes)
        found.append(_field(node.name, sizes[node.name], states[node.name]))
    return tuple(found)


def _state(node: Node, states: dict[str, _State], sizes: dict[str, Pair]) -> _State:
    """Return what is known of a node from what is known of those that it reads."""
    if node.op == "input":
        return _State((Law.identity(), Law.identity()))
    size = sizes[node.name]
    reached = []
    for name in node.inputs:
        before = states[name]
        rows, columns = (
            law and follow(law, axis_of(node, axis, sizes[name], size))
            for axis, law in enumerate(before.laws)
        )
        reached.append(_State((rows, columns), before.whole, before.mixed))
    if len(reached) > 1:
        return _meeting(node.inputs, reached)
    (state,) = reached
    all_of_it = node.op == "whole" or (node.op == "adaptive" and size == (1, 1))
    return _State(state.laws, state.whole or all_of_it, state.mixed)


def _meeting(names: tuple[str, ...], reached: list[_State]) -> _State:
    """Return what is known where branches meet; one that sees everything is aligned with all."""
    partial = [(n, s) for n, s in zip(names, reached, strict=True) if not s.whole or s.mixed]
    counted = partial or list(zip(names, reached, strict=True))
    _, first = counted[0]
    misaligned = [
        name
        for name, state in partial[1:]
        if any(
            a and b and (a.jump, a.centre) != (b.jump, b.centre)
            for a, b in zip(first.laws, state.laws, strict=True)
        )
    ]
    rows, columns = (union([state.laws[axis] for _, state in counted]) for axis in (0, 1))
    whole = any(state.whole for state in reached)
    mixed = any(state.mixed for state in reached) or 0 < len(partial) < len(reached)
    return _State((rows, columns), whole, mixed, tuple(dict.fromkeys(misaligned)))


def _field(name: str, size: Pair, state: _State) -> Field:
    rows, columns = state.laws
    if rows is None or columns is None:
        return Field(name, size, None, None, None, state.misaligned, state.whole)
    jump = _plain(rows.jump), _plain(columns.jump)
    if state.mixed:
        return Field(name, size, jump, None, None, state.misaligned, True)
    field = rows.largest, columns.largest
    start = None
    if rows.start is not None and columns.start is not None:
        start = rows.start, columns.start
    return Field(name, size, jump, field, start, state.misaligned, state.whole)


def _plain(number: Fraction) -> Number:
    return int(number) if number.denominator == 1 else number
