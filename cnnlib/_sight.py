"""What the layers of a module see of its input, from the graph of one run."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cnnlib import _check, _graph
from cnnlib._check import Pair
from cnnlib._graph import Hidden, Map, Tape
from cnnlib._trace import Call
from cnnlib.receptive_field import Field, Node, box, fields

__all__ = ["Box", "Extent", "Sight"]

Box = tuple[Pair, Pair]

Number = int | Fraction
Extent = Number | tuple[Number, Number]
Extents = tuple[int | Pair | None, Extent | None, int | Pair | None, bool]

_UNKNOWN: Extents = (None, None, None, False)


class Sight:
    """What each call of a layer sees.

    Attributes
    ----------
    nodes : tuple of Node
        The graph of receptive fields.
    axes : int
        How many axes of positions the input has: 0, 1 or 2; or more, which are not read.
    not_read : tuple of str
        Where it could not be told any more what is seen, and why.
    misaligned : tuple of str
        Where branches meet that are not in line, and which.
    """

    nodes: tuple[Node, ...]
    axes: int

    def __init__(self, tape: Tape, calls: Sequence[Call]) -> None:
        self._reading = _graph.read(tape)
        self.nodes, self.axes = self._reading.nodes, self._reading.axes
        self._fields = {field.name: field for field in fields(self.nodes)} if self.nodes else {}
        self._seen = {id(call): self._of(call) for call in calls}
        found = [seen for seen in self._seen.values() if isinstance(seen, Field)]
        self._one = self.axes == 1 or all(map(_is_square, found))
        hidden = [self._seen[id(call)] for call in calls if call.is_layer]
        why = [seen for seen in (*hidden, self._reading.stopped) if isinstance(seen, Hidden)]
        self.not_read = tuple(dict.fromkeys(map(str, why if self.axes else ())))
        told = filter(None, map(self._meeting, self._fields.values()))
        self.misaligned = tuple(dict.fromkeys(told))

    def extents(self, call: Call) -> Extents:
        """Return the receptive field, jump and start of a call's units, and if they see all."""
        seen = self._seen[id(call)]
        if not isinstance(seen, Field):
            return _UNKNOWN
        field, jump, start = (
            self._plain(pair) for pair in (seen.receptive_field, seen.jump, seen.start)
        )
        return field, jump, start, seen.whole

    def box(self, call: Call, unit: object, clipped: bool) -> Box | Pair | None:
        """Return what one unit of a call's output sees; refuse a unit that is not there."""
        map = self._map(call)
        if isinstance(map, Hidden):
            raise ValueError(f"layer must be one whose receptive field can be read: {map}")
        size = (1, 1) if map.whole and not map.kinds() else map.size
        place = (0, 0) if unit is None and size == (1, 1) else self._place(unit, size)
        found = box(self.nodes, map.node, place, clipped)
        if found is None or self.axes == 2:
            return found
        return found[0][1], found[1][1]

    def _place(self, unit: object, size: Pair) -> Pair:
        """Return a unit's row and column."""
        ends: tuple[int, ...] = size if self.axes == 2 else size[1:]
        legal = f"an index from 0 to {size[1] - 1}"
        if self.axes == 2:
            legal = f"a row from 0 to {size[0] - 1} and a column from 0 to {size[1] - 1}"
        given = unit if isinstance(unit, (tuple, list)) else (unit,)
        place = [_check.integer_in("unit", legal, n, unit, 0) for n in given]
        if len(place) != len(ends) or any(n >= end for n, end in zip(place, ends, strict=True)):
            _check.refuse(ValueError, "unit", legal, unit)
        return (place[0], place[-1]) if self.axes == 2 else (0, place[0])

    def _map(self, call: Call) -> Map | Hidden:
        """Return the units that a call's output holds, or why they cannot be told."""
        seen = self._reading.seen(call.made)
        if seen is None:
            return Hidden(call.title, "gives what does not depend on the input's pixels")
        if isinstance(seen, Hidden):
            return Hidden(seen.where or call.title, seen.why)
        return seen

    def _of(self, call: Call) -> Field | Hidden:
        seen = self._map(call)
        return seen if isinstance(seen, Hidden) else self._fields[seen.node]

    def _plain(self, pair: Any) -> Any:
        """Return a pair as the summary has it."""
        return pair[1] if pair is not None and self._one else pair

    def _meeting(self, field: Field) -> str:
        """Return which branches meet here that are not in line; of those that see one part each."""
        layers = self._reading.branches.get(field.name, {})
        partial = [name for name in layers if self._fields[name].jump != (0, 0)]
        apart = [layers[name] for name in partial if name in field.misaligned]
        others = [layers[name] for name in partial if name not in field.misaligned]
        where = field.name.partition(" #")[0]
        if not apart or not others:
            return ""
        if set(apart) & set(others):
            return f"in {where}, branches that are out of line with each other"
        return f"in {where}, what {_listed(apart)} gives is out of line with {_listed(others)}"


def _is_square(field: Field) -> bool:
    pairs = (field.receptive_field, field.jump, field.start)
    return all(pair is None or pair[0] == pair[1] for pair in pairs)


def _listed(names: Sequence[str]) -> str:
    """Return names in a row."""
    named = [name or "(root)" for name in dict.fromkeys(names)]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
