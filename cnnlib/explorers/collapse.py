"""The explorer of depth without nonlinearity: two 3x3 layers against the one 5x5 they make."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import datasets, numpy_ops, plots

from ._base import Explorer, Matrix

MOST = 12
"""How many rows or columns a picture may have."""

SAME = 1e-12
"""Differences up to this, relative to the largest output, are rounding."""


def _letter() -> list[list[float]]:
    """Return an F whose strokes reach the border, where zero padding shows."""
    picture = np.zeros((8, 8))
    picture[:, 2] = 1
    picture[0, 2:] = 1
    picture[3, 2:6] = 1
    rows: list[list[float]] = picture.tolist()
    return rows


IMAGES: dict[str, list[list[float]]] = {
    "F at the border": _letter(),
    **{name: rows for name, rows in datasets.IMAGES.items() if 5 <= len(rows) <= MOST},
}
"""The pictures on offer: none too small for two 3x3 kernels."""


class CollapseExplorer(Explorer):
    """Put two 3x3 convolutions beside the one 5x5 convolution that does both at once.

    Parameters
    ----------
    image : array_like
        Shape (rows, columns), up to 12 by 12; with padding "valid" at least 5 by 5.
    first, second : array_like
        The kernels of the two layers, each of shape (3, 3).
    padding : {"valid", "zero"}
        No padding at all, or as many zeros around as keep the size: 1 for each of the two
        layers, 2 for the one.
    relu : bool
        Whether negative values between the two layers are set to zero.
    """

    module = "collapse.js"

    title = traitlets.Unicode("Two convolutions in a row, or one").tag(sync=True)
    image = Matrix(MOST, default_value=IMAGES["F at the border"]).tag(sync=True)
    first = Matrix(3, default_value=datasets.KERNELS["Sobel, across"]).tag(sync=True)
    second = Matrix(3, default_value=datasets.KERNELS["sharpen"]).tag(sync=True)
    padding = traitlets.Enum(["valid", "zero"], "valid").tag(sync=True)
    relu = traitlets.Bool(False).tag(sync=True)

    _images = traitlets.Dict(IMAGES).tag(sync=True)
    _kernels = traitlets.Dict(
        {name: rows for name, rows in datasets.KERNELS.items() if np.shape(rows) == (3, 3)}
    ).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.result()

    @traitlets.validate("first", "second")
    def _three(self, proposal: Any) -> list[list[float]]:
        kernel: list[list[float]] = proposal["value"]
        if np.shape(kernel) != (3, 3):
            name = proposal["trait"].name
            raise ValueError(f"{name} must have 3 rows and 3 columns; got {np.shape(kernel)}")
        return kernel

    def combined(self) -> np.ndarray:
        """Return the one kernel that does both layers' work, shape (5, 5).

        The layers cross-correlate, and their kernels still combine by a full convolution:
        weights a of the first and b of the second meet at the offset a + b.
        """
        return numpy_ops.convolve(np.array(self.first), np.array(self.second), mode="full")

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute, with one of cnnlib's backends, what the explorer compares.

        Returns
        -------
        array
            Shape (3, rows, columns): A of the two layers, B of the one, and A minus B.
        """
        if self.padding == "valid" and min(np.shape(self.image)) < 5:
            raise ValueError(
                f"image must have at least 5 rows and 5 columns where nothing is padded; "
                f"got shape {np.shape(self.image)}"
            )
        around = 1 if self.padding == "zero" else 0
        image = array(self.image)[None, None]
        first, second = array(self.first), array(self.second)
        between = ops.conv2d(image, first[None, None], padding=around)
        if self.relu:
            between = ops.relu(between)
        two = ops.conv2d(between, second[None, None], padding=around)[0, 0]
        kernel = ops.convolve(first, second, mode="full")
        one = ops.conv2d(image, kernel[None, None], padding=2 * around)[0, 0]
        parts = [two, one, two - one]
        if isinstance(two, np.ndarray):
            return np.stack(parts)
        import torch

        return torch.stack(parts)

    def draw(self) -> Any:
        """Return a matplotlib Figure of both ways and their difference."""
        two, one, difference = self.result()
        limit = max(1.0, float(np.abs(one).max()))
        difference = np.where(np.abs(difference) <= SAME * limit, 0.0, difference)
        return plots.grids(
            [
                (np.array(self.image), "input", "input"),
                (np.array(self.first), "kernel", "first"),
                (np.array(self.second), "kernel", "second"),
                (self.combined(), "kernel", "both in one"),
                (two, "output", "A, two layers"),
                (one, "output", "B, one layer"),
                (difference, "output", "A \N{MINUS SIGN} B"),
            ],
            width=16.0,
        )

    def describe(self) -> str:
        """Return one line that tells the state."""
        two, _, difference = self.result()
        rounding = SAME * max(1.0, float(np.abs(self.result()).max()))
        count = int(np.count_nonzero(np.abs(difference) > rounding))
        verdict = f"differ in {count} of {two.size} cells" if count else "give the same output"
        rows, cols = np.shape(self.image)
        return (
            f"two 3 by 3 convolutions {'with' if self.relu else 'without'} ReLU between them, and "
            f"the one 5 by 5 made of both, over a picture of {rows} by {cols}, "
            f"{'zero' if self.padding == 'zero' else 'no'} padding: they {verdict}"
        )
