"""The explorer of pooling: a feature map, a window, and every output cell's arithmetic."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import traitlets

from cnnlib import datasets, numpy_ops, plots

from ._base import Explorer, Matrix, whole

MOST = 32
"""How many rows or columns a map may have."""

KINDS = {
    "max": "max",
    "average": "average",
    "l2": "L2 norm",
    "gaussian": "Gaussian",
    "global_max": "global max",
    "global_average": "global average",
}
"""The kinds of pooling, with their names for readers."""

WORKED: list[list[float]] = [[1, 2, 3, 0], [4, 5, 6, 1], [3, 4, 7, 2], [1, 2, 1, 0]]
"""The map of the book's worked example."""


@functools.cache
def feature_map() -> list[list[float]]:
    """Return upright edges of the photograph, 24 by 32: means of 7 by 7 pixels, then Sobel."""
    grey = datasets.load("photograph")[5:187, 9:247] / 255
    small = grey.reshape(26, 7, 34, 7).mean(axis=(1, 3))
    edges = numpy_ops.correlate(small, np.array(datasets.KERNELS["Sobel, across"]), mode="valid")
    rows: list[list[float]] = edges.round(2).tolist()
    return rows


def _dots() -> np.ndarray:
    picture = np.zeros((16, 16))
    picture[4, [2, 4]] = picture[11, [2, 12]] = 1
    return picture


def _negative() -> np.ndarray:
    axis = np.arange(6)
    return -1.0 - (3 * axis[:, None] ** 2 + 5 * axis + axis[:, None] * axis) % 9


def _maps() -> dict[str, list[list[float]]]:
    return {
        "worked example": WORKED,
        "0 0 1 1 in every row": np.tile([0.0, 0, 1, 1, 0, 0, 1, 1], (8, 1)).tolist(),
        "the same, moved by one": np.tile([1.0, 0, 0, 1, 1, 0, 0, 1], (8, 1)).tolist(),
        "negative values": _negative().tolist(),
        "two dots near, two far": _dots().tolist(),
        "letter F": datasets.IMAGES["letter F"],
        "edges in a photograph": feature_map(),
    }


class PoolingExplorer(Explorer):
    """Slide a pooling window over a feature map and read how each output cell comes about.

    Parameters
    ----------
    image : array_like
        The map, shape (rows, columns), up to 32 by 32.
    kind : {"max", "average", "l2", "gaussian", "global_max", "global_average"}
        What becomes of a window's values.
    kernel_size : int
        Rows and columns of the window, 1 to 8.
    stride : int or None
        Step of the window, 1 to 8; None takes the window's size.
    padding : int
        Cells around the map for max (as minus infinity) and average (as zeros): 0 to 4, and at
        most half the window.
    dilation : int
        Distance of the cells that max reads, 1 to 3.
    ceil_mode : bool
        Whether max, average and L2 take a last, partial window.
    count_include_pad : bool
        Whether average counts the padding.
    sigma : float
        Of the Gaussian weights, in cells, 0.2 to 4.
    relu : bool
        Whether negative values of the map are set to zero before pooling.
    channels : int
        How many such maps the layer has, in the count of activations, 1 to 4,096.
    row, col : int
        The output cell whose arithmetic is written out.

    Notes
    -----
    Settings that a kind does not have, such as a global pooling's window, do nothing.
    """

    module = "pooling.js"

    title = traitlets.Unicode("Slide a pooling window over a feature map").tag(sync=True)
    image = Matrix(MOST, default_value=WORKED).tag(sync=True)
    kind = traitlets.Enum(list(KINDS), "max").tag(sync=True)
    kernel_size = whole(1, 8, 2)
    stride = traitlets.Int(None, min=1, max=8, allow_none=True).tag(sync=True)
    padding = whole(0, 4, 0)
    dilation = whole(1, 3, 1)
    ceil_mode = traitlets.Bool(False).tag(sync=True)
    count_include_pad = traitlets.Bool(True).tag(sync=True)
    sigma = traitlets.Float(1.0, min=0.2, max=4.0).tag(sync=True)
    relu = traitlets.Bool(False).tag(sync=True)
    channels = whole(1, 4096, 1)
    row = whole(0, 63, 0)
    col = whole(0, 63, 0)

    _images = traitlets.Dict().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._images = _maps()
        self.result()

    def _settings(self) -> dict[str, Any]:
        """Return the settings that this kind of pooling has, as its operation names them."""
        names = {
            "max": ("padding", "dilation", "ceil_mode"),
            "average": ("padding", "ceil_mode", "count_include_pad"),
            "l2": ("ceil_mode",),
            "gaussian": ("sigma",),
        }
        if self.kind not in names:
            return {}
        both = {"kernel_size": self.kernel_size, "stride": self.stride}
        return both | {name: getattr(self, name) for name in names[self.kind]}

    def _refuse_padding_alone(self) -> None:
        """Refuse a first window that reads no cell of the map: its maximum would be -inf."""
        taps = np.arange(self.kernel_size) * self.dilation - self.padding
        if any(not np.any((taps >= 0) & (taps < n)) for n in np.shape(self.image)):
            raise ValueError(
                f"dilation must be smaller, or padding, for the first window to read a cell of a "
                f"map of shape {np.shape(self.image)}; got {self.dilation} and {self.padding}"
            )

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute the output, shape (rows, columns), with one of cnnlib's backends."""
        feature_map = array(self.image)[None, None]
        if self.relu:
            feature_map = ops.relu(feature_map)
        if self.kind == "max":
            output = ops.max_pool2d(feature_map, **self._settings())
            self._refuse_padding_alone()
        elif self.kind == "average":
            output = ops.avg_pool2d(feature_map, **self._settings())
        elif self.kind == "l2":
            output = ops.lp_pool2d(feature_map, 2, **self._settings())
        elif self.kind == "gaussian":
            output = ops.gaussian_pool2d(feature_map, **self._settings())
        else:
            pool = ops.global_max_pool2d if self.kind == "global_max" else ops.global_avg_pool2d
            output = pool(feature_map)
        return output[0, 0]

    def _window(self, row: int, col: int) -> list[tuple[int, int, int, int]]:
        """Return what an output cell reads, as boxes: top, left, height and width."""
        settings = self._settings()
        if not settings:
            return [(0, 0, *np.shape(self.image))]
        stride = self.stride or self.kernel_size
        top, left = (at * stride - settings.get("padding", 0) for at in (row, col))
        space = settings.get("dilation", 1)
        if space == 1:
            return [(top, left, self.kernel_size, self.kernel_size)]
        taps = [space * tap for tap in range(self.kernel_size)]
        return [(top + y, left + x, 1, 1) for y in taps for x in taps]

    def draw(self) -> Any:
        """Return a matplotlib Figure of the map, what ReLU makes of it, and the output.

        The output cell whose arithmetic is written out is framed, and so is its window.
        """
        image = np.array(self.image)
        output = self.result()
        panels = [(image, "input", "input")]
        if self.relu:
            panels.append((np.maximum(image, 0.0), "input", "after ReLU"))
        figure = plots.grids([*panels, (output, "output", f"{KINDS[self.kind]} pooling")])
        axes, pad = figure.axes[len(panels) - 1], self._settings().get("padding", 0)
        (rows, cols), edge = image.shape, pad + 0.5
        axes.set(xlim=(-edge, cols - 1 + edge), ylim=(rows - 1 + edge, -edge))
        row, col = (
            min(at, n - 1) for at, n in zip((self.row, self.col), output.shape, strict=True)
        )
        for y, x, height, width in self._window(row, col):
            plots.frame(axes, y, x, height, width, "kernel")
        plots.frame(figure.axes[-1], row, col, 1, 1, "output")
        return figure

    def describe(self) -> str:
        """Return one line that tells the state."""
        rows, cols = np.shape(self.image)
        output = self.result()
        settings = self._settings()
        how = ""
        if settings:
            stride = settings.pop("stride") or self.kernel_size
            size = settings.pop("kernel_size")
            how = f", window {size} by {size}, stride {stride}" + "".join(
                f", {name} {value}" for name, value in settings.items()
            )
        return (
            f"{KINDS[self.kind]} pooling of a {rows} by {cols} map"
            f"{' after ReLU' if self.relu else ''}{how}: output {output.shape[0]} by "
            f"{output.shape[1]}, from {output.min():.4g} to {output.max():.4g}"
        )
