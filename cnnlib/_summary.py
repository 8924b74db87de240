"""Rows about a network's layers, and how they print: as a table, in text or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from cnnlib._trace import Shapes

__all__ = ["Row", "Summary", "shape_text"]

_COLUMNS = ("name", "kind", "output shape", "parameters", "MACs")
_LEFT = 3
_NOT_CALLED, _NOT_COUNTED = "not called", "not counted"
_NOTES = {
    "shared": "shared: parameters that an earlier row counts.",
    _NOT_CALLED: "not called: holds parameters, but is not run as a layer of its own.",
    _NOT_COUNTED: "not counted: its MACs are not known here, and the total is without them.",
}


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
    """

    name: str
    kind: str
    output_shape: Shapes | None
    parameters: int
    macs: int | None
    shared_parameters: int = 0


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
    """

    kind: str
    input_size: Shapes
    rows: tuple[Row, ...]

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
        lines = [_COLUMNS, *map(_cells, self.rows), self._total()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rule = "  ".join("-" * width for width in widths)
        head, *body, total = (_aligned(line, widths) for line in lines)
        return "\n".join([self._title(), "", head, rule, *body, rule, total, *self._notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the summary as an HTML table; it can be scrolled, by keys too, where narrow."""
        head = "".join(_html("th", text, i, "col") for i, text in enumerate(_COLUMNS))
        body = "".join(map(_html_row, map(_cells, self.rows)))
        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        title = escape(self._title())
        return (
            f'<div class="cnn-summary"><div role="group" tabindex="0" aria-label="{title}" '
            f'style="overflow-x: auto"><table class="table"><caption>{title}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
            f"<tfoot>{_html_row(self._total())}</tfoot></table></div>{notes}</div>"
        )

    def _title(self) -> str:
        return f"{self.kind} on an input of {shape_text(self.input_size)}"

    def _total(self) -> tuple[str, ...]:
        calls = sum(row.output_shape is not None for row in self.rows)
        layers = f"{calls:,} call" + "s" * (calls != 1)
        missing = f" + {_NOT_COUNTED}" if self.not_counted else ""
        return "total", layers, "", f"{self.parameters:,}", f"{self.macs:,}{missing}"

    def _notes(self) -> list[str]:
        text = " ".join(cell for row in self.rows for cell in _cells(row)[2:])
        return [note for word, note in _NOTES.items() if word in text]


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
