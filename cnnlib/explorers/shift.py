"""The explorer of translation: shift, then convolve; or convolve, then shift."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import datasets, numpy_ops, plots
from cnnlib.equivariance import PADDINGS, both_orders, equivariance_error, shift

from ._base import Explorer, Matrix, whole

MOST = 24
"""How many rows or columns a picture may have."""

SAME = 1e-10
"""Differences up to this, relative to the largest output, are rounding."""


def _way(pixels: int, ahead: str, back: str) -> str:
    return f"{abs(pixels)} {ahead if pixels >= 0 else back}"


class ShiftExplorer(Explorer):
    """Move a picture by whole pixels and see whether its feature map merely moves along.

    Parameters
    ----------
    image : array_like
        Shape (rows, columns), up to 24 by 24.
    kernel : array_like
        Shape (rows, columns), both odd, up to 5 by 5.
    dy, dx : int
        How far the picture moves down and right, -8 to 8.
    stride : int
        1 to 3.
    padding : {"zero", "circular"}
        What lies beyond the border, for the shift and for the convolution alike; its width is
        that which keeps the size at stride 1.
    """

    module = "shift.js"

    title = traitlets.Unicode("Shift, then convolve; or convolve, then shift").tag(sync=True)
    image = Matrix(MOST, default_value=datasets.IMAGES["letter F"]).tag(sync=True)
    kernel = Matrix(5, default_value=datasets.KERNELS["Sobel, across"]).tag(sync=True)
    dy = whole(-8, 8, 1)
    dx = whole(-8, 8, 3)
    stride = whole(1, 3, 1)
    padding = traitlets.Enum(list(PADDINGS), "zero").tag(sync=True)

    _images = traitlets.Dict(
        {name: rows for name, rows in datasets.IMAGES.items() if len(rows) <= MOST}
    ).tag(sync=True)
    _kernels = traitlets.Dict(datasets.KERNELS).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.result()

    @traitlets.validate("kernel")
    def _odd(self, proposal: Any) -> list[list[float]]:
        kernel: list[list[float]] = proposal["value"]
        rows, cols = len(kernel), len(kernel[0])
        if rows % 2 == 0 or cols % 2 == 0:
            raise ValueError(f"kernel must have odd numbers of rows and columns; got {rows, cols}")
        return kernel

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute, with one of cnnlib's backends, what the explorer compares.

        Returns
        -------
        array
            Shape (3, rows, columns): conv(shift(x)), shift(conv(x)), and the first minus the
            second.
        """
        first, second = both_orders(
            array(self.image)[None, None],
            array(self.kernel)[None, None],
            self.dy,
            self.dx,
            self.stride,
            self.padding,
            ops=ops,
        )
        parts = [first[0, 0], second[0, 0], (first - second)[0, 0]]
        if isinstance(first, np.ndarray):
            return np.stack(parts)
        import torch

        return torch.stack(parts)

    def error(self) -> tuple[float, float]:
        """Return the largest difference and the relative error, by `equivariance_error`."""
        first, second, _ = self.compute(numpy_ops, lambda values: np.asarray(values, dtype=float))
        return equivariance_error(first, second)

    def draw(self) -> Any:
        """Return a matplotlib Figure of the input, moved and not, and of what comes of it."""
        first, second, difference = self.result()
        image = np.array(self.image)
        return plots.grids(
            [
                (image, "input", "x"),
                (shift(image, self.dy, self.dx, self.padding), "input", "shift(x)"),
                (np.array(self.kernel), "kernel", "kernel"),
                (first, "output", "A = conv(shift(x))"),
                (second, "output", "B = shift(conv(x))"),
                (difference, "output", "A \N{MINUS SIGN} B"),
            ],
            width=14.0,
        )

    def describe(self) -> str:
        """Return one line that tells the state."""
        image, kernel = np.array(self.image), np.array(self.kernel)
        first, _, difference = self.result()
        rounding = SAME * max(1.0, float(np.abs(first).max()))
        count = int(np.count_nonzero(np.abs(difference) > rounding))
        verdict = "both orders agree"
        if count:
            largest, relative = self.error()
            verdict = (
                f"the orders differ in {count} of {difference.size} cells, by up to "
                f"{largest:.4g}; relative error {relative:.3g}"
            )
        return (
            f"a picture of {image.shape[0]} by {image.shape[1]} shifted "
            f"{_way(self.dy, 'down', 'up')} and {_way(self.dx, 'right', 'left')}, "
            f"{kernel.shape[0]} by {kernel.shape[1]} kernel, stride {self.stride}, "
            f"{self.padding} padding: {verdict}"
        )
