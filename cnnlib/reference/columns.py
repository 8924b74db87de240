"""Images laid out so that a convolution is one matrix product, and back, as loops."""

from __future__ import annotations

import numpy as np

from cnnlib import _layer_arguments
from cnnlib._arrays import Array, ArrayLike, as_arrays
from cnnlib._check import Pair

__all__ = ["col2im", "im2col"]

Size = int | Pair


def im2col(
    input: ArrayLike, kernel_size: Size, stride: Size = 1, padding: Size = 0, dilation: Size = 1
) -> Array:
    """Copy what a kernel meets at each of its positions into a column.

    Then ``weight.reshape(c_out, -1) @ im2col(input, kernel_size)`` is `conv2d`, each row of its
    output written in one line.

    Parameters
    ----------
    input : array, (n, c, h, w)
        Images, real; n may be 0.
    kernel_size, stride, padding, dilation : int or pair of ints
        As for `conv2d`; the padding takes no strings.

    Returns
    -------
    array, (n, c kh kw, h_out w_out)
        A row for each tap of the kernel, channel by channel; a column for each position, line by
        line. A value is copied as often as the kernel meets it.

    Raises
    ------
    TypeError, ValueError
        If the input has not its four axes or holds no real numbers, a setting is out of range, or
        the kernel is larger than the padded input.

    Notes
    -----
    This is `torch.nn.functional.unfold`, which has dilation before padding before stride.

    Examples
    --------
    >>> im2col([[[[1, 2, 3], [4, 5, 6]]]], kernel_size=2)
    array([[[1., 2.],
            [2., 3.],
            [4., 5.],
            [5., 6.]]])
    """
    (input,) = as_arrays(input=input)
    call = _layer_arguments.im2col(input.shape, kernel_size, stride, padding, dilation)
    (n, c, _, _), (kh, kw), (h_out, w_out) = call.size, call.kernel_size, call.positions
    padded = np.pad(input, ((0, 0), (0, 0), *call.padding))
    columns = np.empty((n, c * kh * kw, h_out * w_out), input.dtype)
    for image, channel, i, j, row, column in np.ndindex(n, c, kh, kw, h_out, w_out):
        y = row * call.stride[0] + i * call.dilation[0]
        x = column * call.stride[1] + j * call.dilation[1]
        tap, position = (channel * kh + i) * kw + j, row * w_out + column
        columns[image, tap, position] = padded[image, channel, y, x]
    return columns


def col2im(
    columns: ArrayLike,
    output_size: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> Array:
    """Add each column's values to the places of the image that `im2col` would take them from.

    As a linear map it is the transpose of `im2col` with the same settings, not its inverse: where
    kernels overlap, values add up.

    Parameters
    ----------
    columns : array, (n, c kh kw, positions)
        As `im2col` gives them of an image of `output_size`; n may be 0.
    output_size : int or pair of ints
        (h, w) of the images: a stride leaves it open.
    kernel_size, stride, padding, dilation
        As for `im2col`. What falls on the padding is dropped.

    Returns
    -------
    array, (n, c, h, w)

    Raises
    ------
    TypeError, ValueError
        As `im2col`; also if the columns are not as many, or as long, as the settings say.

    Notes
    -----
    This is `torch.nn.functional.fold`, which has dilation before padding before stride.

    Examples
    --------
    >>> col2im([[[1, 2], [10, 20]]], output_size=(1, 3), kernel_size=(1, 2))
    array([[[[ 1., 12., 20.]]]])
    """
    (columns,) = as_arrays(columns=columns)
    call = _layer_arguments.col2im(
        columns.shape, output_size, kernel_size, stride, padding, dilation
    )
    (n, c, h, w), (kh, kw), (h_out, w_out) = call.size, call.kernel_size, call.positions
    (top, bottom), (left, right) = call.padding
    padded = np.zeros((n, c, top + h + bottom, left + w + right), columns.dtype)
    for image, channel, i, j, row, column in np.ndindex(n, c, kh, kw, h_out, w_out):
        y = row * call.stride[0] + i * call.dilation[0]
        x = column * call.stride[1] + j * call.dilation[1]
        tap, position = (channel * kh + i) * kw + j, row * w_out + column
        padded[image, channel, y, x] += columns[image, tap, position]
    return padded[:, :, top : top + h, left : left + w].copy()
