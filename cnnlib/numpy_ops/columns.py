"""Images laid out so that a convolution is one matrix product, and back, vectorised."""

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
    """Copy what a kernel meets at each of its positions on (n, c, h, w) into a column.

    As `reference.im2col`; the result is (n, c kh kw, h_out w_out).

    Examples
    --------
    >>> im2col([[[[1, 2, 3, 4]]]], kernel_size=(1, 2), stride=2)
    array([[[1., 3.],
            [2., 4.]]])
    """
    (input,) = as_arrays(input=input)
    call = _layer_arguments.im2col(input.shape, kernel_size, stride, padding, dilation)
    (n, c, _, _), (kh, kw), (h_out, w_out) = call.size, call.kernel_size, call.positions
    padded = np.pad(input, ((0, 0), (0, 0), *call.padding))
    columns = np.empty((n, c, kh, kw, h_out, w_out), input.dtype)
    for i, j in np.ndindex(kh, kw):
        rows, across = met(i, j, call.positions, call.stride, call.dilation)
        columns[:, :, i, j] = padded[:, :, rows, across]
    return columns.reshape(n, c * kh * kw, h_out * w_out)


def col2im(
    columns: ArrayLike,
    output_size: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> Array:
    """Add the values of (n, c kh kw, positions) to the places that `im2col` takes them from.

    As `reference.col2im`; the result is (n, c, h, w).

    Examples
    --------
    >>> col2im(np.ones((1, 4, 4)), output_size=3, kernel_size=2)
    array([[[[1., 2., 1.],
             [2., 4., 2.],
             [1., 2., 1.]]]])
    """
    (columns,) = as_arrays(columns=columns)
    call = _layer_arguments.col2im(
        columns.shape, output_size, kernel_size, stride, padding, dilation
    )
    (n, c, h, w), (kh, kw) = call.size, call.kernel_size
    (top, bottom), (left, right) = call.padding
    taps = columns.reshape(n, c, kh, kw, *call.positions)
    padded = np.zeros((n, c, top + h + bottom, left + w + right), columns.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for i, j in np.ndindex(kh, kw):
            rows, across = met(i, j, call.positions, call.stride, call.dilation)
            padded[:, :, rows, across] += taps[:, :, i, j]
    return padded[:, :, top : top + h, left : left + w].copy()


def met(i: int, j: int, size: Pair, stride: Pair, dilation: Pair) -> tuple[slice, slice]:
    """Return the rows and columns of the padded input that tap (i, j) meets, one an output."""
    top, left = i * dilation[0], j * dilation[1]
    rows = slice(top, top + (size[0] - 1) * stride[0] + 1, stride[0])
    return rows, slice(left, left + (size[1] - 1) * stride[1] + 1, stride[1])
