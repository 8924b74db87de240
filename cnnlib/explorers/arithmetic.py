"""The explorer of sizes: which inputs an output reads, and which outputs an input reaches."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import plots, shapes

from ._base import Explorer, whole

MOST = 32
"""How many rows or columns an output may have, so that it can still be drawn."""


class Sizes(traitlets.TraitType[Any, Any]):
    """A trait that holds whole numbers for (rows, columns); one number stands for both."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Return `value` as a list of two ints, or raise an error that says what is legal."""
        both = list(value) if isinstance(value, (list, tuple)) else [value, value]
        legal = (
            f"{self.name} must be a whole number from {self.least} to {self.most}, or two of them "
            f"for (rows, columns); got {value!r}"
        )
        if any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) for n in both):
            raise TypeError(legal)
        if len(both) != 2 or not all(self.least <= n <= self.most for n in both):
            raise ValueError(legal)
        return [int(n) for n in both]


def sizes(least: int, most: int, default: int) -> Sizes:
    """Return a synchronised trait for two whole numbers from `least` to `most`."""
    return Sizes(least, most, default_value=[default, default]).tag(sync=True)


def _preset(
    n: Any, k: Any, s: Any = 1, p: Any = 0, d: Any = 1, a: int | None = None
) -> dict[str, Any]:
    """Return settings by the letters of the formulas; `a`, output padding, says transposed."""
    both = {"input_size": n, "kernel_size": k, "stride": s, "padding": p, "dilation": d}
    both["output_padding"] = a or 0
    pairs = {key: [v, v] if isinstance(v, int) else list(v) for key, v in both.items()}
    return {"axes": 2, "transposed": a is not None, **pairs}


FIGURES = {
    "no padding": _preset(4, 3),
    "padding": _preset(5, 4, 1, 2),
    "half padding: the size stays": _preset(5, 3, 1, 1),
    "padding and strides": _preset(5, 3, 2, 1),
    "padding and strides, one left over": _preset(6, 3, 2, 1),
    "dilation": _preset(7, 3, 1, 0, 2),
    "transposed": _preset(2, 3, a=0),
    "transposed, strides": _preset(2, 3, 2, a=0),
    "transposed, output padding": _preset(3, 3, 2, 1, a=1),
}
"""Figures of Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016."""

EXAMPLES = {
    "full padding": _preset(5, 3, 1, 2),
    "strides wider than the kernel": _preset(10, 2, 3),
    "rectangular": _preset((6, 9), (3, 5), (1, 2), (1, 0)),
    "transposed, uneven overlap": _preset(5, 3, 2, a=0),
    "transposed, even overlap": _preset(5, 4, 2, 1, a=0),
}
"""More settings worth a look."""


class ArithmeticExplorer(Explorer):
    """Point at an output and see its inputs; point at an input and see its outputs.

    Parameters
    ----------
    axes : {1, 2}
        Whether signals or pictures are convolved. With 1, the columns' sizes count alone.
    transposed : bool
        Whether the convolution is transposed.
    input_size, kernel_size : int or pair of ints
        1 to 16, and 1 to 7.
    stride, padding, dilation : int or pair of ints
        As in `torch.nn.functional.conv2d`: 1 to 4, 0 to 6, 1 to 4.
    output_padding : int or pair of ints
        0 to 3, as in `torch.nn.functional.conv_transpose2d`; a convolution that is not transposed
        has none, and ignores it.
    pointed : {"output", "input"}
        On which side a cell is pointed at.
    row, col : int
        That cell.

    Raises
    ------
    ValueError
        If the settings leave no output, or one of more than 32 rows or columns.

    Examples
    --------
    >>> ArithmeticExplorer(input_size=6, kernel_size=3, stride=2, padding=1).output_size()
    (3, 3)
    """

    module = "arithmetic.js"

    title = traitlets.Unicode("Sizes, and who reads what").tag(sync=True)
    axes = whole(1, 2, 2)
    transposed = traitlets.Bool(False).tag(sync=True)
    input_size = sizes(1, 16, 5)
    kernel_size = sizes(1, 7, 3)
    stride = sizes(1, 4, 2)
    padding = sizes(0, 6, 1)
    dilation = sizes(1, 4, 1)
    output_padding = sizes(0, 3, 0)
    pointed = traitlets.Enum(["output", "input"], "output").tag(sync=True)
    row = whole(0, MOST - 1, 0)
    col = whole(0, MOST - 1, 0)

    _figures = traitlets.Dict(FIGURES).tag(sync=True)
    _examples = traitlets.Dict(EXAMPLES).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size()

    def _pair(self, name: str) -> tuple[int, int]:
        """Return a setting for both axes; the rows of a signal have the size that changes none."""
        rows, cols = getattr(self, name)
        return (0 if "padding" in name else 1) if self.axes == 1 else rows, cols

    def _settings(self) -> dict[str, tuple[int, int]]:
        return {name: self._pair(name) for name in ("stride", "padding", "dilation")}

    def output_size(self) -> tuple[int, int]:
        """Return the output's (rows, columns), by the formulas of `cnnlib.shapes`."""
        size: Any
        sides = self._pair("input_size"), self._pair("kernel_size")
        if self.transposed:
            extra = self._pair("output_padding")
            size = shapes.conv_transpose_output_size(
                *sides, output_padding=extra, **self._settings()
            )
        else:
            size = shapes.conv_output_size(*sides, **self._settings())
        if max(size) > MOST:
            raise ValueError(
                f"the output would be {size[0]} by {size[1]}; at most {MOST} by {MOST} is drawn"
            )
        rows, cols = size
        return rows, cols

    def compute(self, ops: Any, array: Any) -> Any:
        """Count with one of cnnlib's backends, by convolving ones with ones.

        Returns
        -------
        array
            Shape (2 + inputs + outputs,): the output's rows and columns; for each input, how many
            outputs it has a part in; for each output, how many inputs have a part in it (padding
            does not count). Both row by row.
        """
        h, w = self._pair("input_size")
        kh, kw = self._pair("kernel_size")
        h_out, w_out = self.output_size()
        kernel = array(np.ones((1, 1, kh, kw)).tolist())
        inputs = array(np.ones((1, 1, h, w)).tolist())
        outputs = array(np.ones((1, 1, h_out, w_out)).tolist())
        settings = self._settings()
        if self.transposed:
            extra = self._pair("output_padding")
            reads = ops.conv_transpose2d(inputs, kernel, output_padding=extra, **settings)
            used = ops.conv2d(outputs, kernel, **settings)[:, :, :h, :w]
        else:
            reads = ops.conv2d(inputs, kernel, **settings)
            used = ops.conv2d_input((1, 1, h, w), kernel, outputs, **settings)
        parts = [array([*reads.shape[2:]]), used.reshape(-1), reads.reshape(-1)]
        if isinstance(used, np.ndarray):
            return np.concatenate(parts)
        import torch

        return torch.cat(parts)

    def counts(self, backend: str = "numpy") -> tuple[np.ndarray, np.ndarray]:
        """Return how often each input is used and how many inputs each output has.

        Returns
        -------
        (numpy.ndarray, numpy.ndarray)
            Of the input's and of the output's shape; `result` has them as one list.
        """
        h, w = self._pair("input_size")
        values = self.result(backend)[2:]
        return values[: h * w].reshape(h, w), values[h * w :].reshape(self.output_size())

    def draw(self) -> Any:
        """Return a matplotlib Figure of both counts."""
        used, reads = self.counts()
        return plots.grids(
            [
                (used, "input", f"input {self._by(used.shape)}: outputs that use each cell"),
                (reads, "output", f"output {self._by(reads.shape)}: inputs of each cell"),
            ]
        )

    def _by(self, size: Any) -> str:
        rows, cols = size
        return f"of {cols}" if self.axes == 1 else f"{rows} by {cols}"

    def describe(self) -> str:
        """Return one line that tells the state."""
        used, reads = self.counts()
        kind = "transposed convolution" if self.transposed else "convolution"
        names = ["stride", "padding", "dilation"]
        if self.transposed:
            names.append("output_padding")
        pairs = {name: self._pair(name) for name in names}
        settings = ", ".join(
            f"{name.replace('_', ' ')} "
            + (f"{c}" if self.axes == 1 or r == c else f"{r} down and {c} across")
            for name, (r, c) in pairs.items()
        )
        return (
            f"{kind} of an input {self._by(used.shape)} with a kernel "
            f"{self._by(self._pair('kernel_size'))}, {settings}: output {self._by(reads.shape)}; "
            f"each input is used {used.min():.0f} to {used.max():.0f} times"
        )
