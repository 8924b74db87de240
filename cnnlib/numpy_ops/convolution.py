"""Convolution of a layer, transposed convolution, and the gradients of the first, vectorised."""

from __future__ import annotations

import numpy as np

from cnnlib import _arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, with_bias
from cnnlib._check import Pair, Sides
from cnnlib._fast_conv import conv2d_core
from cnnlib.numpy_ops.columns import met

__all__ = ["conv2d", "conv2d_input", "conv2d_weight", "conv_transpose2d"]

Size = int | Pair


def conv2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Slide filters (c_out, c_in / groups, kh, kw) over images (n, c_in, h, w).

    As `reference.conv2d`; the result is (n, c_out, h_out, w_out). Which of several ways computes it
    follows from the shapes, by the rule that `cnnlib._fast_conv.conv2d_core` states; some are
    within 5e-5 of the reference's largest value in float32.

    Examples
    --------
    >>> conv2d(np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2)), bias=[100])
    array([[[[108., 112.],
             [120., 124.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv2d(input.shape, weight.shape, shape, stride, padding, dilation, groups)
    if input.size == 0:
        return np.zeros(call.output_size, input.dtype)
    output = conv2d_core(input, weight, call.stride, call.padding, call.dilation, call.groups)
    if bias is not None:
        output += bias[:, None, None]
    return output


def conv_transpose2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Array:
    """Stamp filters (c_in, c_out / groups, kh, kw), scaled by the values of (n, c_in, h, w).

    As `reference.conv_transpose2d`; the result is (n, c_out, h_out, w_out).

    Examples
    --------
    >>> conv_transpose2d(np.eye(2)[None, None], np.ones((1, 1, 2, 2)))
    array([[[[1., 1., 0.],
             [1., 2., 1.],
             [0., 1., 1.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv_transpose2d(
        input.shape, weight.shape, shape, stride, padding, output_padding, groups, dilation
    )
    (top, left), size = call.padding, call.output_size
    cut = ((top, top), (left, left))
    output = _stamp(input, weight, size, call.stride, cut, call.dilation, call.groups)
    if bias is not None:
        output += bias[:, None, None]
    return output


def conv2d_input(
    input_size: tuple[int, int, int, int],
    weight: ArrayLike,
    grad_output: ArrayLike,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Return the gradient with respect to the input (n, c_in, h, w) of `conv2d`.

    As `reference.conv2d_input`; `grad_output` is (n, c_out, h_out, w_out).

    Examples
    --------
    >>> conv2d_input((1, 1, 2, 2), [[[[1, 2]]]], np.ones((1, 1, 2, 1)))
    array([[[[1., 2.],
             [1., 2.]]]])
    """
    weight, grad_output = as_arrays(weight=weight, grad_output=grad_output)
    call = _arguments.conv2d_input(
        input_size, weight.shape, grad_output.shape, stride, padding, dilation, groups
    )
    size = call.input_size
    return _stamp(grad_output, weight, size, call.stride, call.padding, call.dilation, call.groups)


def conv2d_weight(
    input: ArrayLike,
    weight_size: tuple[int, int, int, int],
    grad_output: ArrayLike,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Return the gradient with respect to the weight (c_out, c_in / groups, kh, kw) of `conv2d`.

    As `reference.conv2d_weight`; `grad_output` is (n, c_out, h_out, w_out).

    Examples
    --------
    >>> conv2d_weight([[[[1, 2], [3, 4]]]], (1, 1, 1, 2), np.ones((1, 1, 2, 1)))
    array([[[[4., 6.]]]])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    call = _arguments.conv2d_weight(
        input.shape, weight_size, grad_output.shape, stride, padding, dilation, groups
    )
    c_out, c_group, kh, kw = call.weight_size
    n, _, h_out, w_out = call.output_size
    padded = np.pad(input, ((0, 0), (0, 0), *call.padding))
    by_group = padded.swapaxes(0, 1).reshape(groups, c_group, n, *padded.shape[2:])
    grads = grad_output.swapaxes(0, 1).reshape(groups, c_out // groups, n * h_out * w_out)
    grad_weight = np.empty((groups, c_out // groups, c_group, kh, kw), input.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for i, j in np.ndindex(kh, kw):
            rows, columns = met(i, j, (h_out, w_out), call.stride, call.dilation)
            values = by_group[..., rows, columns].reshape(groups, c_group, n * h_out * w_out)
            grad_weight[..., i, j] = grads @ values.swapaxes(1, 2)
    return grad_weight.reshape(call.weight_size)


def _stamp(
    input: Array,
    weight: Array,
    size: tuple[int, int, int, int],
    stride: Pair,
    cut: Sides,
    dilation: Pair,
    groups: int,
) -> Array:
    """Add a filter at each input value, scaled by it, into zeros; keep `size` of it after `cut`."""
    n, c_in, h, w = input.shape
    _, c_group, kh, kw = weight.shape
    _, _, h_out, w_out = size
    (top, bottom), (left, right) = cut
    filters = weight.reshape(groups, c_in // groups, c_group, kh, kw).swapaxes(1, 2)
    values = input.reshape(n, groups, c_in // groups, h * w)
    full = np.zeros((n, groups * c_group, top + h_out + bottom, left + w_out + right), input.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for i, j in np.ndindex(kh, kw):
            rows, columns = met(i, j, (h, w), stride, dilation)
            full[:, :, rows, columns] += (filters[..., i, j] @ values).reshape(
                n, groups * c_group, h, w
            )
    return full[:, :, top : top + h_out, left : left + w_out].copy()
