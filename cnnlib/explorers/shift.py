"""The explorer of translation: what happens to an output when its input moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import datasets, numpy_ops, plots
from cnnlib.downsampling import KINDS, stage
from cnnlib.equivariance import PADDINGS, equivariance_error, orders, shift
from cnnlib.invariance import Response, shift_curve

from . import _shift_scenes as scenes
from ._base import Digit, Explorer, Matrix, Vector, whole

MOST = 24
"""How many rows or columns a picture may have."""

SAME = 1e-10
"""Differences up to this, relative to the largest output, are rounding."""


def _with_room() -> list[list[float]]:
    """Return the letter F in the middle of 24 by 24, where it stays whole however it moves."""
    picture = np.pad(datasets.IMAGES["letter F"], 8)
    rows: list[list[float]] = picture.tolist()
    return rows


IMAGES = {
    **{name: rows for name, rows in datasets.IMAGES.items() if len(rows) <= MOST},
    "letter F, with room": _with_room(),
}
"""The pictures that are offered, by name."""


def _way(pixels: int, ahead: str, back: str) -> str:
    return f"{abs(pixels)} {ahead if pixels >= 0 else back}"


class ShiftExplorer(Explorer):
    """Move an input by whole pixels and see whether an output moves along, stays, or changes.

    Parameters
    ----------
    scene : {"picture", "two dots", "sequence", "classifier"}
        "picture": a convolution, and if wanted ReLU and a way to halve, before and after the
        shift; error and invariance against the shift. "two dots": halved again and again.
        "sequence": one row halved in every way. "classifier": what trained networks answer.
    dy, dx : int
        How far the input moves down and right, -8 to 8. Two dots and a sequence move by `dx`.
    image : array_like
        Of a picture: shape (rows, columns), up to 24 by 24.
    kernel : array_like
        Of a picture: shape (rows, columns), both odd, up to 5 by 5.
    stride : int
        Of a picture: 1 to 3.
    padding : {"zero", "circular"}
        Of a picture: what lies beyond the border, for the shift and for the convolution alike;
        its width is that which keeps the size at stride 1.
    relu : bool
        Of a picture: whether ReLU follows the convolution.
    pool : {"none", "max", "max-blur", "average", "strided", "blur"}
        Of a picture and of two dots: how it is halved, as in `downsampling.downsample`; "max" for
        two dots where nothing is said.
    distance, halvings : int
        Of two dots: columns from one to the other, 1 to 23; how often they are halved, 0 to 3.
    sequence : array_like
        4 to 16 numbers, one period.
    drawing : array_like
        Of a classifier: the digit, shape (8, 8), 0 (paper) to 16 (ink).
    label : int
        Of a classifier: which digit it is.
    """

    module = "shift.js"

    title = traitlets.Unicode(scenes.TITLES["picture"]).tag(sync=True)
    scene = traitlets.Enum(["picture", "two dots", "sequence", "classifier"], "picture").tag(
        sync=True
    )
    image = Matrix(MOST, default_value=datasets.IMAGES["letter F"]).tag(sync=True)
    kernel = Matrix(5, default_value=datasets.KERNELS["Sobel, across"]).tag(sync=True)
    dy = whole(-8, 8, 1)
    dx = whole(-8, 8, 3)
    stride = whole(1, 3, 1)
    padding = traitlets.Enum(list(PADDINGS), "zero").tag(sync=True)
    relu = traitlets.Bool(False).tag(sync=True)
    pool = traitlets.Enum(["none", *KINDS], "none").tag(sync=True)
    distance = whole(1, 23, 3)
    halvings = whole(0, 3, 3)
    sequence = Vector(16, default_value=[0, 0, 1, 1, 0, 0, 1, 1]).tag(sync=True)
    drawing = Digit(default_value=scenes.DIGITS[0]["image"]).tag(sync=True)
    label = whole(0, 9, scenes.DIGITS[0]["label"])

    _images = traitlets.Dict(IMAGES).tag(sync=True)
    _kernels = traitlets.Dict(datasets.KERNELS).tag(sync=True)
    _networks = traitlets.Dict().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("title", scenes.TITLES.get(kwargs.get("scene", "picture"), ""))
        if kwargs.get("scene") == "two dots":
            kwargs.setdefault("pool", "max")
        super().__init__(**kwargs)
        if self.scene == "classifier":  # their weights are many: no other page carries them
            self._networks = scenes.networks()
        if self.scene == "picture":
            self.orders()  # refuses what does not go together

    @traitlets.validate("kernel")
    def _odd(self, proposal: Any) -> list[list[float]]:
        kernel: list[list[float]] = proposal["value"]
        rows, cols = len(kernel), len(kernel[0])
        if rows % 2 == 0 or cols % 2 == 0:
            raise ValueError(f"kernel must have odd numbers of rows and columns; got {rows, cols}")
        return kernel

    @traitlets.validate("sequence")
    def _long_enough(self, proposal: Any) -> list[float]:
        values: list[float] = proposal["value"]
        if len(values) < 4:
            raise ValueError(f"sequence must be 4 to 16 numbers; got {len(values)}")
        return values

    @property
    def jump(self) -> int:
        """How many pixels of a picture one cell of its output stands for."""
        return self.stride * (1 if self.pool == "none" else 2)

    def _map(self, ops: Any, array: Any) -> Any:
        """Return what a picture goes through: convolution, ReLU, halving."""
        weight = array(self.kernel)[None, None]

        def f(pictures: Any) -> Any:
            return stage(pictures, weight, self.pool, self.relu, self.stride, self.padding, ops=ops)

        return f

    def orders(self, ops: Any = numpy_ops, array: Any = np.array) -> tuple[Any, Any]:
        """Return f(shift(x)) and shift(f(x)) of a picture, shape (rows, columns) each."""
        picture, f = array(self.image)[None, None], self._map(ops, array)
        first, second = orders(f, picture, self.dy, self.dx, self.jump, self.padding)
        return first[0, 0], second[0, 0]

    def curve(self, ops: Any = numpy_ops, array: Any = np.array) -> list[Response]:
        """Return error and invariance of a picture at 0 to 8 pixels, as they are plotted.

        The path goes along the axis that the picture is moved more on, in its direction; the
        other axis stays where it is.
        """
        picture, f = array(self.image)[None, None], self._map(ops, array)
        path = scenes.shift_path(self.dy, self.dx)
        return shift_curve(f, picture, self.jump, self.padding, path)

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute, with one of cnnlib's backends, what the scene shows.

        Returns
        -------
        array
            One after the other. Of a picture: f(shift(x)), shift(f(x)), the first minus the
            second, and the `curve`: nine errors (0 where there is none) and nine scores. Of two
            dots: every stage, the dots left in each, and how many halvings keep two dots of each
            distance apart (-1 for none). Of a sequence: for each way to halve, that of the
            sequence and that of the shifted one. Of a classifier: for each network the
            probability of `label` at 0 to 8 pixels, then the answers of each.
        """
        if self.scene == "picture":
            first, second = self.orders(ops, array)
            curve = self.curve(ops, array)
            errors = [each.error if np.isfinite(each.error) else 0.0 for each in curve]
            parts = [first, second, first - second, errors, [each.score for each in curve]]
        elif self.scene == "two dots":
            parts = scenes.dots(ops, array, self.distance, self.halvings, self.pool, self.dx)
        elif self.scene == "sequence":
            parts = scenes.sequence(ops, array, self.sequence, self.dx)
        else:
            parts = scenes.classified(ops, array, self.drawing, self.label, self.dy, self.dx)
        return array(np.concatenate([scenes.flat(part) for part in parts]))

    def error(self) -> tuple[float, float]:
        """Return a picture's largest difference and relative error, by `equivariance_error`."""
        return equivariance_error(*self.orders())

    def draw(self) -> Any:
        """Return a matplotlib Figure of the scene: of a picture, moved and not, and its outputs."""
        if self.scene != "picture":
            return scenes.draw(self)
        first, second = self.orders()
        image = np.array(self.image)
        name = "f" if self.relu or self.pool != "none" else "conv"
        return plots.grids(
            [
                (image, "input", "x"),
                (shift(image, self.dy, self.dx, self.padding), "input", "shift(x)"),
                (np.array(self.kernel), "kernel", "kernel"),
                (first, "output", f"A = {name}(shift(x))"),
                (second, "output", f"B = shift({name}(x))"),
                (first - second, "output", "A \N{MINUS SIGN} B"),
            ],
            width=14.0,
        )

    def describe(self) -> str:
        """Return one line that tells the state."""
        if self.scene != "picture":
            return scenes.describe(self)
        image, kernel = np.array(self.image), np.array(self.kernel)
        first, second = self.orders()
        difference = first - second
        rounding = SAME * max(1.0, float(np.abs(first).max()))
        count = int(np.count_nonzero(np.abs(difference) > rounding))
        verdict = "both orders agree"
        if count:
            largest, relative = self.error()
            verdict = (
                f"the orders differ in {count} of {difference.size} cells, by up to "
                f"{largest:.4g}; relative error {relative:.3g}"
            )
        relu = ", ReLU" if self.relu else ""
        pool = "" if self.pool == "none" else f", {scenes.NAMES[self.pool]}"
        return (
            f"a picture of {image.shape[0]} by {image.shape[1]} shifted "
            f"{_way(self.dy, 'down', 'up')} and {_way(self.dx, 'right', 'left')}, "
            f"{kernel.shape[0]} by {kernel.shape[1]} kernel, stride {self.stride}, "
            f"{self.padding} padding{relu}{pool}: {verdict}"
        )
