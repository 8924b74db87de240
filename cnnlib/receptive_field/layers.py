"""A layer of a chain, as far as positions go, and what its units see: the records."""

from __future__ import annotations

from dataclasses import dataclass

from cnnlib import _check, _sizes, shapes
from cnnlib._check import Pair, Sides
from cnnlib.shapes import Size

__all__ = ["Layer", "Row"]


@dataclass(frozen=True)
class Layer:
    """A convolution or pooling layer, as far as positions go.

    A fully connected layer is one whose kernel is as large as the map that it reads.

    Attributes
    ----------
    name : str
        What its row is called.
    kernel_size, stride, dilation : int or pair of ints
        Size of the window, its step, and the distance of its taps; each >= 1.
    padding : int, pair of ints, 'same' or 'valid'
        As in `shapes.conv_output_size`.
    ceil_mode : bool
        Whether a last, partial window counts too, as in `shapes.pool_output_size`.

    Raises
    ------
    TypeError, ValueError
        If an attribute is not legal.

    Examples
    --------
    >>> Layer("pool1", 2, stride=2)
    Layer(name='pool1', kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    """

    name: str
    kernel_size: Size
    stride: Size = 1
    padding: Size | str = 0
    dilation: Size = 1
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no layer."""
        if not isinstance(self.name, str):
            _check.refuse(TypeError, "name", "a string", self.name)
        kernel, sides = self.pairs[0], self.sides
        if _check.flag("ceil_mode", self.ceil_mode):
            if isinstance(self.padding, str):
                legal = "an int or a pair of them where ceil_mode is True"
                _check.refuse(ValueError, "padding", legal, self.padding)
            if any(2 * before > k for (before, _), k in zip(sides, kernel, strict=True)):
                legal = f"at most half the kernel size, {kernel}, where ceil_mode is True"
                _check.refuse(ValueError, "padding", legal, self.padding)

    @property
    def pairs(self) -> tuple[Pair, Pair, Pair]:
        """Kernel size, stride and dilation, as (rows, columns) each."""
        return (
            _check.pair("kernel_size", self.kernel_size, 1),
            _check.pair("stride", self.stride, 1),
            _check.pair("dilation", self.dilation, 1),
        )

    @property
    def sides(self) -> Sides:
        """The padding as ((top, bottom), (left, right))."""
        return _check.padding_sides(self.padding, *self.pairs)

    def output_size(self, n: Pair) -> Pair:
        """Return the size of the map that the layer makes of one of `n` rows and columns."""
        kernel, stride, dilation = self.pairs
        name = f"kernel_size of layer {self.name!r}"
        size = _sizes.convolved(n, kernel, stride, self.sides, dilation, name)
        if self.ceil_mode and not isinstance(self.padding, str):
            pooled = shapes.pool_output_size(n, kernel, stride, self.padding, dilation, True)
            size = _check.pair("size", pooled)
        return size


@dataclass(frozen=True)
class Row:
    """What the units of one layer see of the input; ints, or pairs where rows and columns differ.

    Attributes
    ----------
    name : str
        The layer's.
    output_size : int, pair of ints or None
        Size of its map; None where no input size was given.
    jump : int or pair of ints
        Pixels of the input between the fields of two units side by side.
    receptive_field : int or pair of ints
        Pixels of the input, and of its padding, that a unit's field spans.
    start : int or pair of ints
        Index of the first pixel in the field of unit 0; negative in the padding.
    """

    name: str
    output_size: Size | None
    jump: Size
    receptive_field: Size
    start: Size

    @property
    def centre(self) -> float | tuple[float, float]:
        """Where the middle of unit 0's field is, in pixel indices; .5 is between two pixels."""
        starts, fields = _both(self.start), _both(self.receptive_field)
        rows, columns = (s + (r - 1) / 2 for s, r in zip(starts, fields, strict=True))
        return rows if isinstance(self.start, int) else (rows, columns)


def _both(size: Size) -> Pair:
    return (size, size) if isinstance(size, int) else size
