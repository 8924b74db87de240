"""Checks of the calls of layers around a convolution, as `_arguments` has them of convolutions.

Shapes and settings only, no arrays: all three backends call these, and so refuse alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cnnlib import _arguments, _check, _sizes
from cnnlib._arguments import refuse_shape
from cnnlib._check import Pair, Sides

Shape = Sequence[int]

COLUMNS = "(n, c kh kw, positions)"


class Normalization(NamedTuple):
    """The checked settings of a batch normalization, and how many values a channel has."""

    training: bool
    momentum: float
    eps: float
    values: int


class Columns(NamedTuple):
    """The checked settings of im2col or col2im; `positions` are the kernel's (rows, columns)."""

    kernel_size: Pair
    stride: Pair
    padding: Sides
    dilation: Pair
    size: tuple[int, int, int, int]
    positions: Pair


def axis(input: Shape, dim: object) -> int:
    """Check the axis that softmax runs along; return it counted from the first."""
    if not input:
        refuse_shape("input", "an array of at least one axis", input)
    return _check.index("dim", dim, len(input))


def cross_entropy(input: Shape, target: Shape, label_smoothing: object) -> float:
    """Check a call of cross_entropy, but for the values of target; return label_smoothing."""
    if len(input) != 2 or input[1] == 0:
        refuse_shape("input", "an array of two axes (n, c), c not empty", input)
    if tuple(target) != (input[0],):
        refuse_shape("target", f"of shape (n,) = ({input[0]},), a class for each row", target)
    return _check.fraction("label_smoothing", label_smoothing)


def classes(lowest: int, highest: int, c: int) -> None:
    """Check the least and the greatest value of cross_entropy's target."""
    for value in (lowest, highest):
        if not 0 <= value < c:
            legal = f"the number of a class, from 0 to {c - 1}, in every row"
            _check.refuse(ValueError, "target", legal, int(value))


def linear(input: Shape, weight: Shape, bias: Shape | None) -> None:
    """Check a call of linear."""
    if not input:
        refuse_shape("input", "an array of at least one axis (..., in_features)", input)
    if len(weight) != 2 or 0 in weight:
        legal = "an array of two axes (out_features, in_features), neither empty"
        refuse_shape("weight", legal, weight)
    if weight[1] != input[-1]:
        legal = f"of shape (out_features, in_features) with in_features = {input[-1]}"
        refuse_shape("weight", f"{legal}, the last axis of input", weight)
    if bias is not None and tuple(bias) != (weight[0],):
        refuse_shape("bias", f"of shape (out_features,) = ({weight[0]},)", bias)


def flatten(input: Shape) -> tuple[int, int]:
    """Check a call of flatten; return the shape of its result."""
    if len(input) < 2:
        refuse_shape("input", "an array of at least two axes (n, ...)", input)
    return input[0], math.prod(input[1:])


def batch_norm(
    input: Shape, vectors: Mapping[str, Shape], training: object, momentum: object, eps: object
) -> Normalization:
    """Check a call of batch_norm; `vectors` are the shapes of its arrays with a value a channel."""
    if len(input) < 2 or input[1] == 0:
        legal = "an array of at least two axes (n, c, ...), c not empty"
        refuse_shape("input", legal, input)
    for name, shape in vectors.items():
        if tuple(shape) != (input[1],):
            refuse_shape(name, f"of shape (c,) = ({input[1]},), the channels of input", shape)
    count = input[0] * math.prod(input[2:])
    if _check.flag("training", training) and count == 1:
        legal = "an array of more than one value a channel in training"
        refuse_shape("input", legal, input)
    momentum = _check.fraction("momentum", momentum)
    return Normalization(bool(training), momentum, _check.positive("eps", eps), count)


def dropout(p: object, training: object) -> tuple[float, bool]:
    """Check the settings of a call of dropout; return them."""
    return _check.fraction("p", p), _check.flag("training", training)


def generator(rng: object) -> np.random.Generator:
    """Check what random numbers are drawn from; return it."""
    if not isinstance(rng, np.random.Generator):
        legal = "a generator, as numpy.random.default_rng(seed) returns it"
        _check.refuse(TypeError, "rng", legal, rng)
    return rng


def im2col(
    input: Shape, kernel_size: object, stride: object, padding: object, dilation: object
) -> Columns:
    """Check a call of im2col."""
    size = _arguments.four_axes("input", input, _arguments.INPUT)
    return _columns(size, kernel_size, stride, padding, dilation)


def col2im(
    columns: Shape,
    output_size: object,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
) -> Columns:
    """Check a call of col2im."""
    if len(columns) != 3 or 0 in columns[1:]:
        legal = f"an array of three axes {COLUMNS} with no empty axis but n"
        refuse_shape("columns", legal, columns)
    rows, width = _check.pair("output_size", output_size, 1)
    area = math.prod(_check.pair("kernel_size", kernel_size, 1))
    if columns[1] % area:
        legal = f"of shape {COLUMNS}, c times the {area} taps of the kernel on its second axis"
        refuse_shape("columns", legal, columns)
    size = (columns[0], columns[1] // area, rows, width)
    checked = _columns(size, kernel_size, stride, padding, dilation)
    if columns[2] != math.prod(checked.positions):
        legal = f"of shape {COLUMNS} with {_product(checked.positions)} positions of the kernel"
        refuse_shape("columns", legal, columns)
    return checked


def _columns(
    size: tuple[int, ...], kernel_size: object, stride: object, padding: object, dilation: object
) -> Columns:
    n, c, h, w = size
    kernel = _check.pair("kernel_size", kernel_size, 1)
    strides, spaces = _check.pair("stride", stride, 1), _check.pair("dilation", dilation, 1)
    top, left = _check.pair("padding", padding)
    around = (top, top), (left, left)
    positions = _sizes.convolved((h, w), kernel, strides, around, spaces)
    return Columns(kernel, strides, around, spaces, (n, c, h, w), positions)


def _product(sizes: Pair) -> str:
    return f"{sizes[0]} x {sizes[1]} = {sizes[0] * sizes[1]}"
