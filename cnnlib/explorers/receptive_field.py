"""The explorer of receptive fields: how much of the input a unit of a stack of layers sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import receptive_field as rf

from . import _stack_text as stacks
from ._base import Explorer, whole
from ._stack_picture import draw_field
from ._stack_presets import PRESETS
from .arithmetic import sizes

MOST = 512
"""How many rows or columns an input may have."""


class Stack(traitlets.TraitType[Any, Any]):
    """A trait that holds a stack of layers as text; a sequence of `Layer` is written as such."""

    def validate(self, obj: Any, value: Any) -> str:
        """Return `value` as text in its one form, or raise an error that says what is legal."""
        if isinstance(value, str):
            return stacks.write(stacks.parse(value))
        if isinstance(value, (tuple, list)) and all(isinstance(one, rf.Layer) for one in value):
            return stacks.write(stacks.from_layers(value))
        raise TypeError(
            f"{self.name} must be text such as 'conv1-k3p1,pool1-k2s2' or a sequence of "
            f"cnnlib.receptive_field.Layer; got {value!r}"
        )


class ReceptiveFieldExplorer(Explorer):
    """Build a stack of layers, choose a unit, and see what it sees of the input.

    Parameters
    ----------
    axes : {1, 2}
        Whether signals or pictures go in. With 1, the columns' sizes count alone.
    input_size : int or pair of ints
        1 to 512.
    layers : str or sequence of cnnlib.receptive_field.Layer
        The stack. As text, layers stand between commas: ``k3`` is a kernel, ``s2`` its stride,
        ``p1`` its padding, ``d2`` its dilation, ``k3x1`` has 3 rows and 1 column, and
        ``conv1-k3p1`` has a name. ``(k3p1,k3p1~k1)`` has two branches that meet, added up;
        ``(k3p1~)`` has a skip; ``block1-(...)`` names the place where they meet, and comes
        before the names of the layers inside: ``block1.conv1``.
    layer : int
        Which node is chosen: 0 is the input; each layer and each place where branches meet count
        one, in the order of the text. -1 is the last.
    row, col : int
        The unit of its map; -1 is the middle one. With one axis, `col` counts alone.
    show : {"box", "effective"}
        Which pixels are seen, or how much each counts where all weights are equal.

    Raises
    ------
    TypeError, ValueError
        If the text cannot be read, a kernel does not fit, or branches end with maps of different
        sizes.

    Examples
    --------
    >>> explorer = ReceptiveFieldExplorer(layers="k3p1,k3p1,k2s2", input_size=8)
    >>> explorer.fields()[-1].receptive_field
    (6, 6)
    >>> explorer.box()
    ((0, 0), (5, 5))
    """

    module = "receptive_field.js"

    title = traitlets.Unicode("How much of the input does this unit see?").tag(sync=True)
    axes = whole(1, 2, 2)
    input_size = sizes(1, MOST, 32)
    layers = Stack(default_value=PRESETS["VGG16 at 32"]["layers"]).tag(sync=True)
    layer = whole(-1, stacks.MOST_NODES - 1, -1)
    row = whole(-1, MOST - 1, -1)
    col = whole(-1, MOST - 1, -1)
    show = traitlets.Enum(["box", "effective"], "box").tag(sync=True)

    _presets = traitlets.Dict(PRESETS).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields()

    def nodes(self) -> list[rf.Node]:
        """Return the stack as nodes of a graph, the input first; rows of a signal are one."""
        rows, columns = self.input_size
        size = (1 if self.axes == 1 else rows, columns)
        return stacks.nodes(stacks.parse(self.layers), size, self.axes)

    def fields(self) -> tuple[rf.Field, ...]:
        """Return what the units of each node see of the input.

        Raises
        ------
        ValueError
            If a kernel does not fit, or branches end with maps of different sizes.
        """
        nodes = self.nodes()
        found = rf.fields(nodes)
        size = {field.name: field.output_size for field in found}
        for node in nodes:
            maps = {size[name] for name in node.inputs}
            if len(maps) > 1:
                raise ValueError(
                    f"layers must have branches that end with maps of one size; those of "
                    f"{node.name!r} end with {sorted(maps)}"
                )
        return found

    def chosen(self) -> tuple[str, tuple[int, int]]:
        """Return the name of the chosen node, and the row and column of the chosen unit."""
        found = self.fields()
        field = found[-1 if self.layer < 0 else min(self.layer, len(found) - 1)]
        row, col = (
            (n - 1) // 2 if place < 0 else min(place, n - 1)
            for place, n in zip((self.row, self.col), field.output_size, strict=True)
        )
        return field.name, (row, col)

    def box(self, clipped: bool = True) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Return the first and the last row and column that the chosen unit sees.

        Parameters
        ----------
        clipped : bool
            Whether the input ends where it does; False counts what lies in its padding too.

        Returns
        -------
        pair of pairs of ints, or None
            ((top, left), (bottom, right)), all four included; None where it sees padding alone.
        """
        name, unit = self.chosen()
        return rf.box(self.nodes(), name, unit, clipped)

    def shares(self) -> np.ndarray:
        """Return how much each pixel counts in the chosen unit where all weights are equal.

        Returns
        -------
        numpy.ndarray
            Shape (rows, columns) of the input; the shares add up to 1.
        """
        name, unit = self.chosen()
        return rf.paths(self.nodes(), name, unit)

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute what the explorer shows; with torch's operations, from a gradient.

        Returns
        -------
        array
            Of each node the size, jump, field and start, rows and columns (-1 where there is no
            one number); top, bottom, left and right of the box, or -1; how many pixels are seen;
            and, where `show` is "effective", the share of each pixel, row by row.
        """
        rows = [
            float(value)
            for field in self.fields()
            for pair in (field.output_size, field.jump, field.receptive_field, field.start)
            for value in (pair or (-1, -1))
        ]
        shares = self.shares() if isinstance(array([0.0]), np.ndarray) else self._gradient()
        seen = np.argwhere(shares)
        ends = np.array([seen.min(0), seen.max(0)]).T.ravel() if len(seen) else np.full(4, -1)
        effective = shares.ravel().tolist() if self.show == "effective" else []
        return array([*rows, *ends.tolist(), len(seen), *effective])

    def _gradient(self) -> np.ndarray:
        """Return the shares as torch finds them: the gradient of a network of equal weights."""
        from ._stack_torch import gradient

        found = self.fields()
        names = [field.name for field in found]
        name, unit = self.chosen()
        before = stacks.upto(stacks.parse(self.layers), names.index(name))
        return gradient(before, found[0].output_size, unit, self.axes)

    def draw(self) -> Any:
        """Return a matplotlib Figure of the input, the box on it, and the table of the layers."""
        name, unit = self.chosen()
        shares = self.shares()
        title = f"unit {self._at(unit)} of {name}"
        box = rf.box(self.nodes(), name, unit, clipped=False)
        return draw_field(shares, box, self.fields(), name, title, self.show == "effective")

    def _at(self, unit: tuple[int, int]) -> str:
        return str(unit[1]) if self.axes == 1 else str(unit)

    def _by(self, pair: Any) -> str:
        return str(pair[1]) if self.axes == 1 else f"{pair[0]} by {pair[1]}"

    def describe(self) -> str:
        """Return one line that tells the state."""
        name, unit = self.chosen()
        (field,) = [field for field in self.fields() if field.name == name]
        seen = np.count_nonzero(self.shares())
        sees = "differently much of it from unit to unit"
        if field.receptive_field is not None:
            sees = f"{self._by(field.receptive_field)} of it"
        ends = self.box()
        where = "padding alone"
        if ends is not None:
            (top, left), (bottom, right) = ends
            where = f"rows {top} to {bottom} and columns {left} to {right}"
            where = f"{left} to {right}" if self.axes == 1 else where
        count = sum(node.op == "window" for node in self.nodes())
        size = self._by(self.fields()[0].output_size)
        return (
            f"{count} layer{'' if count == 1 else 's'} over an input of {size}; a unit of {name} "
            f"sees {sees}; unit {self._at(unit)} of {self._by(field.output_size)} "
            f"sees {where}, {seen} {'samples' if self.axes == 1 else 'pixels'}"
        )
