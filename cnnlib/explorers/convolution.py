"""The two-dimensional explorer: a picture, a kernel, and every output cell's arithmetic."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import traitlets

from cnnlib import datasets, plots

from ._base import Explorer, Matrix, whole


class ConvolutionExplorer(Explorer):
    """Slide a kernel over a picture and read how each output cell comes about.

    Parameters
    ----------
    image : array_like
        Shape (rows, columns), up to 32 by 32.
    kernel : array_like
        Shape (rows, columns), up to 7 by 7.
    stride, padding, dilation : int
        As in `torch.nn.functional.conv2d`: 1 to 4, 0 to 6, 1 to 3.
    operation : {"correlate", "convolve"}
        Whether the kernel slides as it is or turned by 180 degrees.
    row, col : int
        The output cell whose arithmetic is written out.
    photograph : bool
        Work on the book's photograph (192 by 256) in place of `image`.
    """

    module = "convolution.js"

    title = traitlets.Unicode("Slide a kernel over a picture").tag(sync=True)
    image = Matrix(32, default_value=datasets.IMAGES["worked example"]).tag(sync=True)
    photograph = traitlets.Bool(False).tag(sync=True)
    kernel = Matrix(7, default_value=datasets.KERNELS["two rows"]).tag(sync=True)
    stride = whole(1, 4, 1)
    padding = whole(0, 6, 0)
    dilation = whole(1, 3, 1)
    operation = traitlets.Enum(["correlate", "convolve"], "correlate").tag(sync=True)
    row = whole(0, 400, 0)
    col = whole(0, 400, 0)

    _images = traitlets.Dict(datasets.IMAGES).tag(sync=True)
    _kernels = traitlets.Dict(datasets.KERNELS).tag(sync=True)
    _pixels = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.photograph:
            self._pixels = base64.b64encode(datasets.load("photograph").tobytes()).decode()
        self.result()

    def _picture_values(self) -> list[list[float]]:
        if self.photograph:
            values: list[list[float]] = (datasets.load("photograph") / 255).tolist()
            return values
        return self.image

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute the output, shape (rows, columns), with one of cnnlib's backends."""
        slid = np.array(self.kernel)
        if self.operation == "convolve":
            slid = slid[::-1, ::-1]
        output = ops.conv2d(
            array(self._picture_values())[None, None],
            array(slid.tolist())[None, None],
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )
        return output[0, 0]

    def draw(self) -> Any:
        """Return a matplotlib Figure of input, kernel and output."""
        image, output = np.array(self._picture_values()), self.result()
        if self.photograph:
            signed = bool(output.min() < 0)
            return plots.pictures([(image, "input", False), (output, "output", signed)], columns=2)
        kernel = (np.array(self.kernel), "kernel", "kernel")
        return plots.grids([(image, "input", "input"), kernel, (output, "output", "output")])

    def describe(self) -> str:
        """Return one line that tells the state."""
        image, kernel = np.array(self._picture_values()), np.array(self.kernel)
        output = self.result()
        kind = "convolution" if self.operation == "convolve" else "cross-correlation"
        return (
            f"{kind} of a {image.shape[0]} by {image.shape[1]} picture with a "
            f"{kernel.shape[0]} by {kernel.shape[1]} kernel, stride {self.stride}, padding "
            f"{self.padding}, dilation {self.dilation}: output {output.shape[0]} by "
            f"{output.shape[1]}, from {output.min():.4g} to {output.max():.4g}"
        )
