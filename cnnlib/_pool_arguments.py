"""Checks of the calls of pooling layers, as `_arguments` has them of convolutions.

Shapes and settings only, no arrays: all three backends call these, and so refuse alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnnlib import _arguments, _check, _sizes
from cnnlib._check import Pair, Sides

Shape = Sequence[int]
Four = tuple[int, int, int, int]


class Pool(NamedTuple):
    """The checked settings of a pooling layer, or of its gradient."""

    kernel_size: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    ceil_mode: bool
    input_size: Four
    output_size: Four


def pool2d(
    input: Shape,
    kernel_size: object,
    stride: object,
    padding: object = 0,
    dilation: object = 1,
    ceil_mode: object = False,
) -> Pool:
    """Check a call of max_pool2d, or of a pooling that has some of its settings."""
    size = _arguments.four_axes("input", input, _arguments.INPUT)
    return _pool(size, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d_input(
    input: Shape,
    grad_output: Shape,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object,
) -> Pool:
    """Check a call of max_pool2d_input."""
    call = pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)
    return _gradient(call, grad_output)


def avg_pool2d_input(
    input_size: object,
    grad_output: Shape,
    kernel_size: object,
    stride: object,
    padding: object,
    ceil_mode: object,
) -> Pool:
    """Check a call of avg_pool2d_input, but for `count_include_pad`."""
    size = _arguments.four_sizes("input_size", input_size, _arguments.INPUT)
    return _gradient(_pool(size, kernel_size, stride, padding, 1, ceil_mode), grad_output)


def count_include_pad(value: object) -> bool:
    """Check the setting of that name of avg_pool2d."""
    return _check.flag("count_include_pad", value)


def norm_type(value: object) -> float:
    """Check the power of lp_pool2d."""
    return _check.positive("norm_type", value, infinite=True)


def sigma(value: object) -> float:
    """Check the width of gaussian_pool2d."""
    return _check.positive("sigma", value)


def blur_pool2d(input: Shape, stride: object) -> Pool:
    """Check a call of blur_pool2d."""
    n, c, h, w = _arguments.four_axes("input", input, _arguments.INPUT)
    if h < 2 or w < 2:
        legal = f"an array {_arguments.INPUT} of at least two rows and columns, to reflect one each"
        _arguments.refuse_shape("input", legal, input)
    return _pool((n, c, h, w), 3, _check.pair("stride", stride, 1), 1, 1, False)


def adaptive_pool2d(input: Shape, output_size: object) -> Four:
    """Check a call of adaptive_avg_pool2d; return the output's shape."""
    n, c, _, _ = _arguments.four_axes("input", input, _arguments.INPUT)
    rows, columns = _check.pair("output_size", output_size, 1)
    return n, c, rows, columns


def global_pool2d(input: Shape) -> Four:
    """Check a call of a global pooling; return the output's shape."""
    n, c, _, _ = _arguments.four_axes("input", input, _arguments.INPUT)
    return n, c, 1, 1


def reach(call: Pool) -> Sides:
    """Return how far windows reach beyond the input: (above, below) and (left, right)."""
    sides = []
    for axis in (0, 1):
        stop = (call.output_size[axis + 2] - 1) * call.stride[axis] + 1
        stop += (call.kernel_size[axis] - 1) * call.dilation[axis]
        before = call.padding[axis]
        sides.append((before, max(0, stop - before - call.input_size[axis + 2])))
    return sides[0], sides[1]


def _gradient(call: Pool, grad_output: Shape) -> Pool:
    axes = "(n, c, h_out, w_out)"
    if _arguments.four_axes("grad_output", grad_output, axes) != call.output_size:
        legal = f"of the output's shape, {call.output_size}"
        _arguments.refuse_shape("grad_output", legal, grad_output)
    return call


def _pool(
    size: tuple[int, ...],
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object,
) -> Pool:
    n, c, h, w = size
    kernel = _check.pair("kernel_size", kernel_size, 1)
    strides = kernel if stride is None else _check.pair("stride", stride, 1)
    pads, spaces = _check.pair("padding", padding), _check.pair("dilation", dilation, 1)
    ceil_mode = _check.flag("ceil_mode", ceil_mode)
    rows, columns = _sizes.pooled((h, w), kernel, strides, pads, spaces, ceil_mode)
    return Pool(kernel, strides, pads, spaces, ceil_mode, (n, c, h, w), (n, c, rows, columns))
