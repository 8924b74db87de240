"""Rows about a network's layers, and how they print: as a table, in text or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from cnnlib._check import Pair
from cnnlib._sight import Extent
from cnnlib._trace import Shapes

__all__ = ["Row", "Summary", "shape_text"]

_COLUMNS = ("name", "kind", "output shape", "parameters", "MACs")
_SIGHT_COLUMNS = ("receptive field", "jump", "start")
_LEFT = 3
_TABLE = "font-size: 0.85em; white-space: nowrap"
_MOST = 4  # notes of one kind; the rest is counted
_NOT_CALLED, _NOT_COUNTED = "not called", "not counted"
_ALL, _VARIES, _NOT_KNOWN = "all", "varies", "not known"
_NOTES = {
    "shared": "shared: parameters that an earlier row counts.",
    _NOT_CALLED: "not called: holds parameters, but is not run as a layer of its own.",
    _NOT_COUNTED: "not counted: its MACs are not known here, and the total is without them.",
}
_ALL_NOTE = "all: each unit sees a whole map; the number is what that spans, padding included."
_VARIES_NOTE = "varies: the fields of its units are not copies of each other; the largest is told."


@dataclass(frozen=True)
class Row:
    """One call of one layer.

    Attributes
    ----------
    name : str
        Where the layer is in the module, as `named_modules` has it; ``(root)`` for the module.
    kind : str
        The layer's class.
    output_shape : tuple of ints, tuple of such tuples, or None
        Batch first; several where the layer returns several tensors; None for a part that holds
        parameters but is never called.
    parameters : int
        The layer's own weights and biases, without those that an earlier row has.
    macs : int or None
        Multiply-accumulates for the whole batch; None for a layer that cannot be counted.
    shared_parameters : int
        Those of the layer's own that an earlier row has.
    receptive_field : int, pair of ints, or None
        Pixels of the input, and of its padding, that a unit's field spans. In a summary either
        all such numbers are ints, for both axes or the only one, or all are pairs, (rows,
        columns). None where it is not known; or, with `whole`, not one for all.
    jump : int or Fraction, pair of them, or None
        Pixels from the field of one unit to that of the next: the product of the strides so far.
    start : int, pair of ints, or None
        Index of the first pixel in the field of unit 0, negative in the padding; None also where
        the fields of units are not copies of each other, as after a transposed convolution.
    whole : bool
        Whether each unit sees the whole of a map, of this layer or one before it.
    """

    name: str
    kind: str
    output_shape: Shapes | None
    parameters: int
    macs: int | None
    shared_parameters: int = 0
    receptive_field: int | Pair | None = None
    jump: Extent | None = None
    start: int | Pair | None = None
    whole: bool = False


@dataclass(frozen=True, repr=False)
class Summary:
    """The rows of a module and their totals; prints as a table, in text or HTML.

    Attributes
    ----------
    kind : str
        The module's class.
    input_size : tuple of ints, or tuple of such tuples
        What it was run on.
    rows : tuple of Row
        One for each call of a layer, in order.
    not_read : tuple of str
        Where receptive fields could not be told any more, and why.
    misaligned : tuple of str
        Where branches meet that are not in line, and which.
    """

    kind: str
    input_size: Shapes
    rows: tuple[Row, ...]
    not_read: tuple[str, ...] = ()
    misaligned: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """All parameters, each counted once."""
        return sum(row.parameters for row in self.rows)

    @property
    def macs(self) -> int:
        """All multiply-accumulates that could be counted; `not_counted` names what is missing."""
        return sum(row.macs or 0 for row in self.rows)

    @property
    def not_counted(self) -> tuple[str, ...]:
        """The names of the layers whose multiply-accumulates could not be counted."""
        return tuple(dict.fromkeys(row.name for row in self.rows if row.macs is None))

    def __str__(self) -> str:
        """Return the summary as an aligned table."""
        lines = [self._columns(), *map(self._cells, self.rows), self._total()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rule = "  ".join("-" * width for width in widths)
        head, *body, total = (_aligned(line, widths) for line in lines)
        return "\n".join([self._title(), "", head, rule, *body, rule, total, *self._notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the summary as an HTML table; it can be scrolled, by keys too, where narrow."""
        head = "".join(_html("th", text, i, "col") for i, text in enumerate(self._columns()))
        body = "".join(map(_html_row, map(self._cells, self.rows)))
        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        title = escape(self._title())
        return (
            f'<div class="cnn-summary"><div role="group" tabindex="0" aria-label="{title}" '
            f'style="overflow-x: auto"><table class="table" style="{_TABLE}">'
            f'<caption>{title}</caption><thead style="white-space: normal"><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody>"
            f"<tfoot>{_html_row(self._total())}</tfoot></table></div>{notes}</div>"
        )

    def _title(self) -> str:
        return f"{self.kind} on an input of {shape_text(self.input_size)}"

    def _sighted(self) -> bool:
        return any(row.whole or row.receptive_field is not None for row in self.rows)

    def _columns(self) -> tuple[str, ...]:
        return _COLUMNS + _SIGHT_COLUMNS * self._sighted()

    def _cells(self, row: Row) -> tuple[str, ...]:
        return _cells(row) + _sight_cells(row) * self._sighted()

    def _total(self) -> tuple[str, ...]:
        calls = sum(row.output_shape is not None for row in self.rows)
        layers = f"{calls:,} call" + "s" * (calls != 1)
        missing = f" + {_NOT_COUNTED}" if self.not_counted else ""
        total = "total", layers, "", f"{self.parameters:,}", f"{self.macs:,}{missing}"
        return total + ("", "", "") * self._sighted()

    def _notes(self) -> list[str]:
        text = " ".join(cell for row in self.rows for cell in self._cells(row)[2:])
        notes = [note for word, note in _NOTES.items() if word in text]
        notes += [_ALL_NOTE] * any(row.whole for row in self.rows)
        notes += [_VARIES_NOTE] * any(_sight_cells(row)[2] == _VARIES for row in self.rows)
        notes += [f"misaligned: {where}." for where in self.misaligned[:_MOST]]
        notes += [f"not read: {where}." for where in self.not_read[:_MOST]]
        more = max(len(self.misaligned) - _MOST, 0) + max(len(self.not_read) - _MOST, 0)
        return notes + [f"and {more:,} more of these."] * (more > 0)


def shape_text(shape: Shapes) -> str:
    """Return a shape, or several, as a table and a message show it."""
    if any(isinstance(size, tuple) for size in shape):
        return " and ".join(map(str, shape))
    return str(shape)


def _cells(row: Row) -> tuple[str, ...]:
    """Return a row's five texts."""
    shape = _NOT_CALLED if row.output_shape is None else shape_text(row.output_shape)
    shared = f"{row.shared_parameters:,} shared" if row.shared_parameters else ""
    own = f"{row.parameters:,}" if row.parameters or not shared else ""
    macs = _NOT_COUNTED if row.macs is None else f"{row.macs:,}"
    return row.name, row.kind, shape, " + ".join(filter(None, [own, shared])), macs


def _sight_cells(row: Row) -> tuple[str, ...]:
    """Return a row's three texts about what its units see."""
    if row.output_shape is None:
        return "", "", ""
    if row.receptive_field is None:
        return _ALL if row.whole else _NOT_KNOWN, "", ""
    field, start = str(row.receptive_field), _VARIES if row.start is None else str(row.start)
    if row.whole:
        return f"{field} ({_ALL})", "", start
    jump = row.jump if not isinstance(row.jump, tuple) else f"({', '.join(map(str, row.jump))})"
    return field, str(jump), start


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    """Return a line: words to the left, numbers to the right."""
    pairs = zip(cells, widths, strict=True)
    texts = [f"{c:<{w}}" if i < _LEFT else f"{c:>{w}}" for i, (c, w) in enumerate(pairs)]
    return "  ".join(texts).rstrip()


def _html(tag: str, text: str, column: int, scope: str = "") -> str:
    scoped = f' scope="{scope}"' if scope else ""
    side = "left" if column < _LEFT else "right"
    return f'<{tag}{scoped} style="text-align: {side}">{escape(text)}</{tag}>'


def _html_row(cells: tuple[str, ...]) -> str:
    first, *rest = cells
    data = "".join(_html("td", text, i) for i, text in enumerate(rest, start=1))
    return f"<tr>{_html('th', first, 0, 'row')}{data}</tr>"
