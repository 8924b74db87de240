"""Checks of whole calls, shared by reference, numpy_ops and torch_ops; shapes only, no arrays.

Each function takes shapes and settings, refuses what is illegal as `_check` does, and returns the
settings in the form that the loops need. All three backends call it, so that they accept the same
calls, refuse the same calls, and say so in the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from cnnlib import _check, _sizes
from cnnlib._check import Pair, Sides

Shape = Sequence[int]

INPUT = "(n, c_in, h, w)"
CONV = "(c_out, c_in / groups, kh, kw)"
TRANSPOSE = "(c_in, c_out / groups, kh, kw)"


class Convolution(NamedTuple):
    """The checked settings of a 2-D convolution, or of one of its gradients."""

    stride: Pair
    padding: Sides
    dilation: Pair
    groups: int
    input_size: tuple[int, int, int, int]
    weight_size: tuple[int, int, int, int]
    output_size: tuple[int, int, int, int]


class Transpose(NamedTuple):
    """The checked settings of a 2-D transposed convolution."""

    stride: Pair
    padding: Pair
    output_padding: Pair
    dilation: Pair
    groups: int
    output_size: tuple[int, int, int, int]


def conv2d(
    input: Shape,
    weight: Shape,
    bias: Shape | None,
    stride: object,
    padding: object,
    dilation: object,
    groups: object,
) -> Convolution:
    """Check a call of conv2d."""
    input = four_axes("input", input, INPUT)
    weight = four_axes("weight", weight, CONV)
    settings = _settings(input, weight, stride, padding, dilation, groups)
    _check_bias(bias, settings.output_size[1])
    return settings


def conv2d_input(
    input_size: object,
    weight: Shape,
    grad_output: Shape,
    stride: object,
    padding: object,
    dilation: object,
    groups: object,
) -> Convolution:
    """Check a call of conv2d_input."""
    return _gradient(
        four_sizes("input_size", input_size, INPUT),
        four_axes("weight", weight, CONV),
        grad_output,
        (stride, padding, dilation, groups),
    )


def conv2d_weight(
    input: Shape,
    weight_size: object,
    grad_output: Shape,
    stride: object,
    padding: object,
    dilation: object,
    groups: object,
) -> Convolution:
    """Check a call of conv2d_weight."""
    return _gradient(
        four_axes("input", input, INPUT),
        four_sizes("weight_size", weight_size, CONV),
        grad_output,
        (stride, padding, dilation, groups),
    )


def conv_transpose2d(
    input: Shape,
    weight: Shape,
    bias: Shape | None,
    stride: object,
    padding: object,
    output_padding: object,
    groups: object,
    dilation: object,
) -> Transpose:
    """Check a call of conv_transpose2d."""
    n, c_in, h, w = four_axes("input", input, INPUT)
    weight = four_axes("weight", weight, TRANSPOSE)
    groups = _check.integer("groups", groups, 1)
    if weight[0] != c_in:
        legal = f"of shape {TRANSPOSE} with c_in = {c_in}, the channels of input"
        refuse_shape("weight", legal, weight)
    if c_in % groups:
        _check.refuse(ValueError, "groups", f"a divisor of the {c_in} channels of input", groups)
    c_out = weight[1] * groups
    _check_bias(bias, c_out)
    strides, spaces = _check.pair("stride", stride, 1), _check.pair("dilation", dilation, 1)
    cuts = _check.pair("padding", padding)
    extra = _check.output_padding(output_padding, strides, spaces)
    rows, columns = _sizes.transposed((h, w), (weight[2], weight[3]), strides, cuts, extra, spaces)
    return Transpose(strides, cuts, extra, spaces, groups, (n, c_out, rows, columns))


def signals(input: Shape, kernel: Shape, mode: object) -> tuple[slice, ...]:
    """Check a call of convolve or correlate; return the part of the full result that `mode` keeps.

    The full result has n + k - 1 values along an axis where input has n and kernel k.
    """
    for name, shape in (("input", input), ("kernel", kernel)):
        if len(shape) not in (1, 2):
            refuse_shape(name, "a 1-D or 2-D signal", shape)
        if 0 in shape:
            refuse_shape(name, "a signal of at least one value", shape)
    if len(kernel) != len(input):
        refuse_shape("kernel", f"{len(input)}-D as input is", kernel)
    axes = list(zip(input, kernel, strict=True))
    if not isinstance(mode, str):
        _check.refuse(TypeError, "mode", "'full', 'same' or 'valid'", mode)
    if mode == "full":
        return tuple(slice(0, n + k - 1) for n, k in axes)
    if mode == "same":
        return tuple(slice((k - 1) // 2, (k - 1) // 2 + n) for n, k in axes)
    if mode != "valid":
        _check.refuse(ValueError, "mode", "'full', 'same' or 'valid'", mode)
    if any(k > n for n, k in axes) and any(k < n for n, k in axes):
        legal = f"no larger, or no smaller, than input {tuple(input)} on both axes in mode 'valid'"
        refuse_shape("kernel", legal, kernel)
    return tuple(slice(min(n, k) - 1, max(n, k)) for n, k in axes)


def _settings(
    input: Shape, weight: Shape, stride: object, padding: object, dilation: object, groups: object
) -> Convolution:
    n, c_in, h, w = input
    c_out, c_group, kh, kw = weight
    groups = _check.integer("groups", groups, 1)
    if c_in % groups:
        _check.refuse(ValueError, "groups", f"a divisor of the {c_in} channels of input", groups)
    if c_out % groups:
        _check.refuse(ValueError, "groups", f"a divisor of the {c_out} filters of weight", groups)
    if c_group != c_in // groups:
        legal = f"of shape {CONV} with c_in / groups = {c_in} / {groups} = {c_in // groups}"
        refuse_shape("weight", legal, weight)
    strides, spaces = _check.pair("stride", stride, 1), _check.pair("dilation", dilation, 1)
    around = _check.padding_sides(padding, (kh, kw), strides, spaces)
    rows, columns = _sizes.convolved((h, w), (kh, kw), strides, around, spaces, name="weight")
    output = (n, c_out, rows, columns)
    return Convolution(
        strides, around, spaces, groups, (n, c_in, h, w), (c_out, c_group, kh, kw), output
    )


def _gradient(
    input: Shape, weight: Shape, grad_output: Shape, settings: tuple[object, object, object, object]
) -> Convolution:
    grad_output = four_axes("grad_output", grad_output, "(n, c_out, h_out, w_out)")
    stride, padding, dilation, groups = settings
    padding = _check.pair("padding", padding)
    checked = _settings(input, weight, stride, padding, dilation, groups)
    if grad_output != checked.output_size:
        legal = f"of the output's shape, {checked.output_size}"
        refuse_shape("grad_output", legal, grad_output)
    return checked


def _check_bias(bias: Shape | None, c_out: int) -> None:
    if bias is not None and tuple(bias) != (c_out,):
        refuse_shape("bias", f"of shape (c_out,) = ({c_out},)", bias)


def four_axes(name: str, shape: Shape, axes: str) -> tuple[int, ...]:
    """Return a shape of four axes, none of them empty but that of the batch."""
    shape = tuple(shape)
    if len(shape) != 4:
        hint = "; an image alone takes a batch axis first, as array[None]" if axes == INPUT else ""
        refuse_shape(name, f"an array of four axes {axes}{hint}", shape)
    if 0 in (shape if axes in (CONV, TRANSPOSE) else shape[1:]):
        refuse_shape(name, f"an array {axes} with no empty axis but n", shape)
    return shape


def four_sizes(name: str, value: object, axes: str) -> tuple[int, ...]:
    """Return the sizes of four axes, given as a tuple or a list, as `four_axes` does a shape."""
    legal = f"four ints {axes}, positive but for n, which may be 0"
    if not isinstance(value, (tuple, list)):
        _check.refuse(TypeError, name, legal, value)
    if len(value) != 4:
        _check.refuse(ValueError, name, legal, value)
    least = (0 if axes == INPUT else 1, 1, 1, 1)
    return tuple(
        _check.integer_in(name, legal, v, value, m) for v, m in zip(value, least, strict=True)
    )


def refuse_shape(name: str, legal: str, shape: Shape) -> NoReturn:
    """Raise `ValueError` saying what the argument `name` must be and what shape it has."""
    raise ValueError(f"{name} must be {legal}, got shape {tuple(shape)}")
