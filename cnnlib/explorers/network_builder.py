"""The explorer that builds networks: what each layer gives, costs and sees, as it is edited."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from . import _builder_text as texts
from ._base import Explorer, whole
from ._builder_picture import draw_network
from ._builder_presets import PRESETS
from ._builder_rows import Fault, Row, by, rows, totals
from ._stack_text import MOST_NODES

MOST_CHANNELS, MOST_SIDE = 1024, 512
"""The most channels, and the most rows or columns, that an input may have."""


class InputShape(traitlets.TraitType[Any, Any]):
    """A trait that holds the channels, rows and columns of an input."""

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Return `value` as a list of three ints, or raise an error that says what is legal."""
        most = (MOST_CHANNELS, MOST_SIDE, MOST_SIDE)
        legal = (
            f"{self.name} must be 1 to {MOST_CHANNELS} channels and 1 to {MOST_SIDE} rows and "
            f"columns; got {value!r}"
        )
        if not isinstance(value, (list, tuple)):
            raise TypeError(legal)
        if any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) for n in value):
            raise TypeError(legal)
        if len(value) != 3 or not all(1 <= n <= end for n, end in zip(value, most, strict=True)):
            raise ValueError(legal)
        return [int(n) for n in value]


class Network(traitlets.TraitType[Any, Any]):
    """A trait that holds a network as text."""

    def validate(self, obj: Any, value: Any) -> str:
        """Return `value` in its one form, or raise an error that says what is legal."""
        if not isinstance(value, str):
            legal = "text such as 'conv16k3p1,relu,maxk2,flatten,linear10'"
            raise TypeError(f"{self.name} must be {legal}; got {value!r}")
        return texts.write(texts.parse(value))


class NetworkBuilder(Explorer):
    """Build a network layer by layer, and see what each layer gives, costs and sees.

    Parameters
    ----------
    input_shape : three ints
        Channels (1 to 1024), rows and columns (1 to 512).
    layers : str
        The network. Layers stand between commas, each a kind and its settings: ``conv16k3p1``
        has 16 channels, a kernel of 3 and a padding of 1; ``s2``, ``d2``, ``g4`` and ``b0`` are
        stride, dilation, groups and no bias; ``k3x1`` has 3 rows and 1 column. ``maxk2`` and
        ``avgk2`` pool, ``gap`` averages each map, ``drop50`` drops half, ``linear10`` has 10
        features; ``bn``, ``bn1d``, ``relu``, ``tanh``, ``sigmoid``, ``softmax`` and ``flatten``
        have no settings. ``(conv16k3p1~)`` is a block with a skip: its branches are added.
    batch_size : int
        1 to 1024: what multiply-accumulates and memory are counted for.
    layer : int
        Which row is chosen: 0 is the input, -1 the last.
    code : {"torch", "keras"}
        What is copied as Python.

    Raises
    ------
    TypeError, ValueError
        If the text cannot be read or the shape is none. Layers that do not fit each other are
        shown, with what is wrong: to find it may be the exercise.

    Examples
    --------
    >>> explorer = NetworkBuilder(input_shape=(1, 8, 8), layers="conv16k3p1,maxk2,flatten,linear10")
    >>> [row.shape for row in explorer.rows()]
    [(1, 8, 8), (16, 8, 8), (16, 4, 4), (256,), (10,)]
    >>> sum(row.parameters for row in explorer.rows())
    2730
    >>> explorer.build().linear
    Linear(in_features=256, out_features=10, bias=True)
    """

    module = "network_builder.js"
    tolerance = 0.0  # counts: beside a large one, a small one would pass however wrong

    title = traitlets.Unicode("Build a network").tag(sync=True)
    input_shape = InputShape(default_value=PRESETS["DigitNet"]["input_shape"]).tag(sync=True)
    layers = Network(default_value=PRESETS["DigitNet"]["layers"]).tag(sync=True)
    batch_size = whole(1, 1024, 1)
    layer = whole(-1, MOST_NODES - 1, -1)
    code = traitlets.Enum(["torch", "keras"], "torch").tag(sync=True)

    _presets = traitlets.Dict(PRESETS).tag(sync=True)

    def rows(self) -> tuple[Row, ...]:
        """Return a row for the input and for each layer, up to the first that does not fit."""
        return self._rows()[0]

    def fault(self) -> Fault | None:
        """Return which layer does not fit, and why; None where all do."""
        return self._rows()[1]

    def _rows(self) -> tuple[tuple[Row, ...], Fault | None]:
        return rows(texts.parse(self.layers), self.input_shape, self.batch_size)

    def build(self) -> Any:
        """Return the network as a `torch.nn.Sequential`, ready to train.

        Raises
        ------
        ValueError
            If a layer does not fit.
        """
        from ._builder_torch import module

        return module(texts.parse(self.layers), tuple(self.input_shape))

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute what the explorer shows; with torch, from a run of the network itself.

        Returns
        -------
        array
            Of the input and each layer: channels, rows and columns (-1 for those of a vector),
            parameters, multiply-accumulates, bytes, and the receptive field, jump and start of
            rows and columns (-1 where units have no one number); then the sums of parameters,
            multiply-accumulates and bytes.
        """
        fault = self.fault()
        if fault:
            raise ValueError(f"layers must fit each other: {fault.name} {fault.why}")
        torch_asks = not isinstance(array([0.0]), np.ndarray)
        found = self._run() if torch_asks else self.rows()
        values: list[float] = []
        for row in found:
            values += [*row.shape, *(-1 for _ in row.shape[1:] or (0, 0))][:3]
            values += [row.parameters, row.macs, row.memory]
            for pair in (row.receptive_field, row.jump, row.start):
                values += [-1, -1] if pair is None else list(pair)
        values += totals(found)
        if torch_asks:  # counts, exact: not on a device without float64
            import torch

            return torch.tensor(values, dtype=torch.float64)
        return array(values)

    def _run(self) -> tuple[Row, ...]:
        """Return the rows as `cnnlib.network.summarize` has them, from a run without numbers."""
        import torch

        from cnnlib.network import summarize

        with torch.device("meta"):
            net = self.build()
        summary = summarize(net, (self.batch_size, *self.input_shape))
        found = [self.rows()[0]]
        told = [row for row in summary.rows if row.kind not in ("Identity", "Sequential")]
        for row, name in zip(told, (row.name for row in self.rows()[1:]), strict=True):
            shape: Any = row.output_shape
            size = 0 if row.kind == "Flatten" else 4 * int(np.prod(shape, dtype=object))
            pairs = (row.receptive_field, row.jump, row.start)
            both: Any = [n if n is None or isinstance(n, tuple) else (n, n) for n in pairs]
            parameters, macs = row.parameters, row.macs or 0
            found.append(Row(name, shape[1:], parameters, macs, size, *both))
        return tuple(found)

    def draw(self) -> Any:
        """Return a matplotlib Figure of the network's maps, and the table of its layers."""
        found, fault = self._rows()
        return draw_network(found, fault, self.batch_size)

    def describe(self) -> str:
        """Return one line that tells the state."""
        found, fault = self._rows()
        count = len(texts.places(texts.parse(self.layers))) - 1
        layers = f"{count} layer{'' if count == 1 else 's'} on an input of {by(found[0].shape)}"
        if fault:
            return f"{layers}; a mistake: {fault.name} {fault.why}"
        sums = totals(found)
        return (
            f"{layers}: {sums.parameters:,} parameters, {sums.macs:,} multiply-accumulates; "
            f"gives {by(found[-1].shape)}"
        )
