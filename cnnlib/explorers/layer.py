"""The explorer of a whole convolutional layer: its filters, its sums, its cost, its call."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import plots, shapes

from ._base import Explorer, whole

SHOWN = 8
"""How many rows and columns of the output are computed and shown."""

PANELS = 3
"""How many channels the static picture shows."""


class Size(traitlets.TraitType[Any, Any]):
    """A trait that holds a whole number, or a pair of them: rows first, then columns.

    Two equal numbers are kept as one. `words` are strings that are legal too.
    """

    def __init__(self, least: int, most: int, words: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.least, self.most, self.words = least, most, words
        super().__init__(**kwargs)

    def validate(self, obj: Any, value: Any) -> int | list[int] | str:
        """Return `value` as it is kept, or raise an error that says what would be legal."""
        if isinstance(value, str) and value in self.words:
            return value
        both = list(value) if isinstance(value, (list, tuple)) else [value, value]
        if len(both) != 2 or any(
            not isinstance(n, int) or isinstance(n, bool) or not self.least <= n <= self.most
            for n in both
        ):
            words = "".join(f", or {word!r}" for word in self.words)
            raise ValueError(
                f"{self.name} must be a whole number from {self.least} to {self.most}, "
                f"or a pair of them{words}; got {value!r}"
            )
        return both[0] if both[0] == both[1] else both


def pair(size: Any) -> tuple[int, int]:
    """Return one size or two as (rows, columns)."""
    return (size, size) if isinstance(size, int) else (size[0], size[1])


class LayerExplorer(Explorer):
    """Read and write ``nn.Conv2d(...)``: its filters slice by slice, its output, its cost.

    Numbers follow a rule, so that every layer has some: the input is
    (2 channel + row row + 3 column) mod 5, a weight is
    (filter + 2 channel + row column + column) mod 5 - 2, a filter's bias is filter mod 3 + 1.
    The channel of a weight is that of the input that it meets.

    Parameters
    ----------
    batch, height, width : int
        Of the input (N, C_in, H, W): 1 to 1024.
    in_channels, out_channels : int
        1 to 4096.
    kernel_size, stride, dilation : int or pair of ints
        As in `torch.nn.Conv2d`; 1 to 11, 1 to 8, 1 to 8.
    padding : int, pair of ints, "same" or "valid"
        0 to 64.
    groups : int
        Divides both channel counts.
    bias : bool
        Whether each filter has one.
    filter, row, col : int
        The filter and the output cell that are written out.
    """

    module = "layer.js"

    title = traitlets.Unicode("A convolutional layer, and the call that makes it").tag(sync=True)
    batch = whole(1, 1024, 1)
    in_channels = whole(1, 4096, 3)
    height = whole(1, 1024, 5)
    width = whole(1, 1024, 5)
    out_channels = whole(1, 4096, 2)
    kernel_size = Size(1, 11, default_value=3).tag(sync=True)
    stride = Size(1, 8, default_value=1).tag(sync=True)
    padding = Size(0, 64, ("same", "valid"), default_value=0).tag(sync=True)
    dilation = Size(1, 8, default_value=1).tag(sync=True)
    groups = whole(1, 4096, 1)
    bias = traitlets.Bool(True).tag(sync=True)
    filter = whole(0, 4095, 0)
    row = whole(0, SHOWN - 1, 0)
    col = whole(0, SHOWN - 1, 0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size()

    def output_size(self) -> tuple[int, int, int, int]:
        """Return the output's (N, C_out, H_out, W_out).

        Raises
        ------
        ValueError
            If the groups do not divide the channels, the kernel does not fit, or "same" padding
            meets a stride.
        """
        shapes.conv_parameters(self.in_channels, self.out_channels, 1, self.groups)
        size = shapes.conv_output_size(
            (self.height, self.width),
            pair(self.kernel_size),
            pair(self.stride),
            self.padding,
            pair(self.dilation),
        )
        return (self.batch, self.out_channels, *pair(size))

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return (parameters, multiply-accumulates for the batch) of the layer and of others.

        Returns
        -------
        dict
            "convolution": this layer; "unshared": the same windows, each place with filters of
            its own; "fully connected": every output sees every input; and, for a layer without
            groups, "separable": a depthwise convolution, then one of 1x1, without a bias between
            them unless this layer has one.
        """
        n, c_out, h, w = self.output_size()
        kernel = pair(self.kernel_size)
        inputs, outputs = self.in_channels * self.height * self.width, c_out * h * w
        layer = shapes.conv_parameters(self.in_channels, c_out, kernel, self.groups, self.bias)
        weights = shapes.conv_parameters(self.in_channels, c_out, kernel, self.groups, bias=False)
        dense = shapes.linear_parameters(inputs, outputs, self.bias)
        found = {
            "convolution": (layer, n * h * w * weights),
            "unshared": (h * w * layer, n * h * w * weights),
            "fully connected": (dense, n * inputs * outputs),
        }
        if self.groups == 1:
            c = self.in_channels
            depthwise = shapes.conv_parameters(c, c, kernel, c, self.bias)
            pointwise = shapes.conv_parameters(c, c_out, 1, 1, self.bias)
            macs = n * h * w * c * (kernel[0] * kernel[1] + c_out)
            found["separable"] = (depthwise + pointwise, macs)
        return found

    def memory(self) -> tuple[int, int]:
        """Return the bytes that input and output take in float32."""
        input_size = (self.batch, self.in_channels, self.height, self.width)
        return shapes.activation_bytes(input_size), shapes.activation_bytes(self.output_size())

    def call(self) -> str:
        """Return the call that makes the layer, as Python."""
        sizes = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True}
        parts = [self.in_channels, self.out_channels, self._literal(self.kernel_size)]
        parts += [
            f"{name}={self._literal(getattr(self, name))}"
            for name, usual in sizes.items()
            if getattr(self, name) != usual
        ]
        return f"nn.Conv2d({', '.join(map(str, parts))})"

    @staticmethod
    def _literal(value: Any) -> str:
        return repr(tuple(value) if isinstance(value, list) else value)

    def arrays(self) -> tuple[np.ndarray, np.ndarray, float]:
        """Return what the chosen filter works with.

        Returns
        -------
        input : numpy.ndarray
            Shape (c_in / groups, rows, columns): the channels that it sees of the first image,
            as far as the shown part of the output needs them.
        weight : numpy.ndarray
            Shape (c_in / groups, kh, kw).
        bias : float
        """
        _, c_out, *size = self.output_size()
        chosen, each = self._chosen(), self.in_channels // self.groups
        first = chosen // (c_out // self.groups) * each
        kernel = pair(self.kernel_size)
        reach = [
            (min(SHOWN, n) - 1) * s + d * (k - 1) + 1
            for n, s, d, k in zip(size, pair(self.stride), pair(self.dilation), kernel, strict=True)
        ]
        c, y, x = np.indices((each, min(self.height, reach[0]), min(self.width, reach[1])))
        input = (2 * (c + first) + y * y + 3 * x) % 5
        c, i, j = np.indices((each, *kernel))
        weight = (chosen + 2 * (c + first) + i * j + j) % 5 - 2
        bias = chosen % 3 + 1 if self.bias else 0
        return input.astype(float), weight.astype(float), float(bias)

    def _chosen(self) -> int:
        return min(self.filter, self.out_channels - 1)

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute the first rows and columns of the chosen filter's output, with a backend."""
        input, weight, bias = self.arrays()
        _, _, rows, cols = self.output_size()
        output = ops.conv2d(
            array(input)[None],
            array(weight)[None],
            array([bias]),
            pair(self.stride),
            self.padding,
            pair(self.dilation),
        )
        return output[0, 0, : min(SHOWN, rows), : min(SHOWN, cols)]

    def draw(self) -> Any:
        """Return a matplotlib Figure of the first channels, the slices that meet them, the sum."""
        input, weight, _ = self.arrays()
        n = min(PANELS, len(input))
        first = self._chosen() // (self.out_channels // self.groups) * len(input)
        panels = [(input[c, :SHOWN, :SHOWN], "input", f"channel {first + c}") for c in range(n)]
        panels += [(weight[c], "kernel", f"slice {first + c}") for c in range(n)]
        panels.append((self.result(), "output", f"output {self._chosen()}"))
        return plots.grids(panels, width=2.2 * len(panels))

    def describe(self) -> str:
        """Return one line that tells the state."""
        parameters, macs = self.counts()["convolution"]
        output = self.result()
        size = (self.batch, self.in_channels, self.height, self.width)
        return (
            f"{self.call()} makes {self.output_size()} of {size} with {parameters:,} parameters "
            f"and {macs:,} multiply-accumulates; filter {self._chosen()} gives values from "
            f"{output.min():.0f} to {output.max():.0f}"
        )
