"""Convolution of a layer, transposed convolution, and the gradients of the first, as loops."""

from __future__ import annotations

import numpy as np

from cnnlib import _arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays, with_bias
from cnnlib._check import Pair

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
    """Slide each filter over each image: multiply, sum, add the bias. The kernel is not flipped.

    Deep learning calls this convolution; it is cross-correlation.

    Parameters
    ----------
    input : array, (n, c_in, h, w)
        Images, real; n may be 0.
    weight : array, (c_out, c_in / groups, kh, kw)
        Filters.
    bias : array, (c_out,), or None
        Added to each filter's output.
    stride, dilation : int or pair of ints
        Step of the window, distance of the kernel's taps; at least 1.
    padding : int, pair of ints, 'same' or 'valid'
        Zeros put around each image before all else. 'same' keeps (h, w), needs stride 1, and puts
        an odd zero after; 'valid' puts none.
    groups : int
        Channels and filters are cut into this many groups, which do not see each other.

    Returns
    -------
    array, (n, c_out, h_out, w_out)
        Sizes as `cnnlib.shapes.conv_output_size` gives.

    Raises
    ------
    TypeError, ValueError
        If an array has not its four axes or holds no real numbers; if channels, filters and groups
        do not match, a setting is out of range, or the kernel is larger than the padded input.

    Examples
    --------
    >>> image = [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    >>> kernel = [[1, 1, 1], [0, 0, 0], [1, 1, 1]]
    >>> conv2d([[image]], [[kernel]], stride=2, padding=1)
    array([[[[1., 2.],
             [2., 4.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv2d(input.shape, weight.shape, shape, stride, padding, dilation, groups)
    c_out, c_group, kh, kw = weight.shape
    (stride_h, stride_w), (dilation_h, dilation_w) = call.stride, call.dilation
    padded = np.pad(input, ((0, 0), (0, 0), *call.padding))
    output = np.zeros(call.output_size, input.dtype)
    for image, filter, row, column in np.ndindex(output.shape):
        first = filter // (c_out // groups) * c_group  # the filter's group starts at this channel
        total = output.dtype.type(0 if bias is None else bias[filter])
        for channel, i, j in np.ndindex(c_group, kh, kw):
            y = row * stride_h + i * dilation_h
            x = column * stride_w + j * dilation_w
            total += padded[image, first + channel, y, x] * weight[filter, channel, i, j]
        output[image, filter, row, column] = total
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
    """Stamp a filter, scaled by each input value, into the output: `conv2d` run backwards.

    As a linear map it is the transpose of the `conv2d` with the same settings, not its inverse.

    Parameters
    ----------
    input : array, (n, c_in, h, w)
        Images, real; n may be 0.
    weight : array, (c_in, c_out / groups, kh, kw)
        Filters: input channels first, unlike in `conv2d`.
    bias : array, (c_out,), or None
        Added to each channel of the output.
    stride, dilation : int or pair of ints
        Distance of the stamps, distance of the kernel's taps; at least 1.
    padding : int or pair of ints
        Rows and columns cut from each side of the full output; some of it must be left.
    output_padding : int or pair of ints
        Rows below and columns to the right added to the full output; less than the stride or the
        dilation.
    groups : int
        As for `conv2d`.

    Returns
    -------
    array, (n, c_out, h_out, w_out)
        Sizes as `cnnlib.shapes.conv_transpose_output_size` gives.

    Examples
    --------
    >>> conv_transpose2d([[[[1, 2]]]], [[[[1, 10, 100]]]], stride=(1, 2))
    array([[[[  1.,  10., 102.,  20., 200.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv_transpose2d(
        input.shape, weight.shape, shape, stride, padding, output_padding, groups, dilation
    )
    c_in, c_group, kh, kw = weight.shape
    n, c_out, h_out, w_out = call.output_size
    (stride_h, stride_w), (dilation_h, dilation_w) = call.stride, call.dilation
    top, left = call.padding
    full = np.zeros((n, c_out, h_out + 2 * top, w_out + 2 * left), input.dtype)
    for image, channel, row, column in np.ndindex(input.shape):
        first = channel // (c_in // groups) * c_group
        for filter, i, j in np.ndindex(c_group, kh, kw):
            y = row * stride_h + i * dilation_h
            x = column * stride_w + j * dilation_w
            product = input[image, channel, row, column] * weight[channel, filter, i, j]
            full[image, first + filter, y, x] += product
    output = full[:, :, top : top + h_out, left : left + w_out]
    return output.copy() if bias is None else output + bias[:, None, None]


def conv2d_input(
    input_size: tuple[int, int, int, int],
    weight: ArrayLike,
    grad_output: ArrayLike,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Return the gradient of a loss with respect to the input of `conv2d`.

    Every output that an input value helped to make sends back its own gradient, times the weight
    that joined the two.

    Parameters
    ----------
    input_size : four ints (n, c_in, h, w)
        Shape of the input: a stride leaves it open.
    weight : array, (c_out, c_in / groups, kh, kw)
        Filters.
    grad_output : array, (n, c_out, h_out, w_out)
        Gradient of the loss with respect to the output, of just the output's shape.
    stride, padding, dilation, groups
        As for `conv2d`, but `padding` takes no strings, as in `torch.nn.grad`.

    Returns
    -------
    array, (n, c_in, h, w)

    Examples
    --------
    >>> conv2d_input((1, 1, 1, 3), [[[[10, 1]]]], [[[[1, 2]]]])
    array([[[[10., 21.,  2.]]]])
    """
    weight, grad_output = as_arrays(weight=weight, grad_output=grad_output)
    call = _arguments.conv2d_input(
        input_size, weight.shape, grad_output.shape, stride, padding, dilation, groups
    )
    c_out, c_group, kh, kw = weight.shape
    n, c_in, h, w = call.input_size
    (stride_h, stride_w), (dilation_h, dilation_w) = call.stride, call.dilation
    (top, bottom), (left, right) = call.padding
    padded = np.zeros((n, c_in, top + h + bottom, left + w + right), weight.dtype)
    for image, filter, row, column in np.ndindex(grad_output.shape):
        first = filter // (c_out // groups) * c_group
        for channel, i, j in np.ndindex(c_group, kh, kw):
            y = row * stride_h + i * dilation_h
            x = column * stride_w + j * dilation_w
            product = grad_output[image, filter, row, column] * weight[filter, channel, i, j]
            padded[image, first + channel, y, x] += product
    return padded[:, :, top : top + h, left : left + w].copy()


def conv2d_weight(
    input: ArrayLike,
    weight_size: tuple[int, int, int, int],
    grad_output: ArrayLike,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Return the gradient of a loss with respect to the weight of `conv2d`.

    A weight is used at every position of every image, and collects from each the product of the
    input value it met and the gradient of the output it helped to make.

    Parameters
    ----------
    input : array, (n, c_in, h, w)
        Images, real; n may be 0.
    weight_size : four ints (c_out, c_in / groups, kh, kw)
        Shape of the weight.
    grad_output, stride, padding, dilation, groups
        As for `conv2d_input`.

    Returns
    -------
    array, (c_out, c_in / groups, kh, kw)

    Examples
    --------
    >>> conv2d_weight([[[[1, 2, 3]]]], (1, 1, 1, 2), [[[[1, 10]]]])
    array([[[[21., 32.]]]])
    """
    input, grad_output = as_arrays(input=input, grad_output=grad_output)
    call = _arguments.conv2d_weight(
        input.shape, weight_size, grad_output.shape, stride, padding, dilation, groups
    )
    c_out, c_group, kh, kw = call.weight_size
    (stride_h, stride_w), (dilation_h, dilation_w) = call.stride, call.dilation
    padded = np.pad(input, ((0, 0), (0, 0), *call.padding))
    grad_weight = np.zeros(call.weight_size, input.dtype)
    for image, filter, row, column in np.ndindex(grad_output.shape):
        first = filter // (c_out // groups) * c_group
        for channel, i, j in np.ndindex(c_group, kh, kw):
            y = row * stride_h + i * dilation_h
            x = column * stride_w + j * dilation_w
            product = grad_output[image, filter, row, column] * padded[image, first + channel, y, x]
            grad_weight[filter, channel, i, j] += product
    return grad_weight
