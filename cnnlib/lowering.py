"""Ways to compute a convolution that real libraries take, each by itself, to read and to time.

All turn the sum into something that a processor is fast at, and pay for it with memory, digits or
settings that they do not support. `numpy_ops.conv2d` says which of them it takes, and when.
"""

from __future__ import annotations

import numpy as np

from cnnlib import _arguments
from cnnlib._arrays import Array, ArrayLike, with_bias
from cnnlib._bands import band, copy_padded, starts
from cnnlib._check import Pair
from cnnlib._tiles import INPUT, OUTPUT, WEIGHT, cut_tiles, lay_tiles

__all__ = ["conv2d_fft", "conv2d_mec", "conv2d_winograd"]

Size = int | Pair

# How many channels or filters Winograd's way transforms at once, and its band of transformed input.
BLOCK = 64
BAND_BYTES = 2**21


def conv2d_mec(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
) -> Array:
    """Convolve as `numpy_ops.conv2d` does, lowering along the width only (MEC).

    im2col copies each input value once for every place it has in a kernel, kh * kw times. Here it
    is copied kw times: for each column of the output, the strip of input columns under the kernel,
    over the whole height. The rows of that strip that an output row needs follow each other, and
    the next output row's begin `stride` rows further on, so their matrices are views that overlap.

    Parameters
    ----------
    input : array, (n, c_in, h, w)
    weight : array, (c_out, c_in, kh, kw)
    bias : array, (c_out,), optional
    stride, padding
        As for `reference.conv2d`.

    Returns
    -------
    array, (n, c_out, h_out, w_out)

    Raises
    ------
    TypeError, ValueError
        As `reference.conv2d`.

    Notes
    -----
    Cho and Brand, "MEC: Memory-efficient Convolution for Deep Neural Network", 2017. One image is
    lowered at a time, to (h + padding) * kw * c_in * w_out values.

    Examples
    --------
    >>> conv2d_mec(np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2)), bias=[100])
    array([[[[108., 112.],
             [120., 124.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv2d(input.shape, weight.shape, shape, stride, padding, 1, 1)
    (top, bottom), (left, _) = call.padding
    (_, c, h, _), (c_out, _, kh, kw) = input.shape, weight.shape
    _, _, h_out, w_out = call.output_size
    output = np.empty(call.output_size, input.dtype)
    lowered = np.empty((top + h + bottom, kw, c, w_out), input.dtype)
    down, *_, across = lowered.strides
    kernels = weight.transpose(0, 2, 3, 1).reshape(c_out, kh * kw * c)
    with np.errstate(over="ignore", invalid="ignore"):
        for image, result in zip(input, output, strict=True):
            for j in range(kw):
                strip = lowered[:, j].swapaxes(0, 1)
                copy_padded(strip, image, -top, j - left, (1, call.stride[1]))
            under = np.ndarray(
                (h_out, kh * kw * c, w_out),
                lowered.dtype,
                lowered,
                strides=(call.stride[0] * down, w_out * across, across),
            )
            np.matmul(kernels, under, out=result.swapaxes(0, 1))
        return output if bias is None else output + bias[:, None, None]


def conv2d_fft(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    padding: Size | str = 0,
) -> Array:
    """Convolve as `numpy_ops.conv2d` does, by products of Fourier transforms.

    A circular correlation is, frequency by frequency, the product of the input's transform and
    the conjugate of the kernel's: its cost does not grow with the kernel. Images are cut into
    blocks that overlap by the kernel less one, and of each answer the places are kept where the
    circle does not close within the kernel (overlap-save), so that blocks stay in the cache.

    Parameters
    ----------
    input : array, (n, c_in, h, w)
    weight : array, (c_out, c_in, kh, kw)
    bias : array, (c_out,), optional
    padding
        As for `reference.conv2d`. The stride is 1.

    Returns
    -------
    array, (n, c_out, h_out, w_out)

    Raises
    ------
    TypeError, ValueError
        As `reference.conv2d`.

    Notes
    -----
    Computed in double precision whatever the type. An output value errs by some 1e-16 of the
    largest that its block could give, not of its own: beside 1e20, ones drown. A NaN or infinity
    anywhere makes NaN of its whole block. The filters' transforms are all held at once, each of
    some 25 times as many values as the kernel has.

    Examples
    --------
    >>> conv2d_fft(np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2)), bias=[100]).round(9)
    array([[[[108., 112.],
             [120., 124.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv2d(input.shape, weight.shape, shape, 1, padding, 1, 1)
    top, left = call.padding[0][0], call.padding[1][0]
    (kh, kw), (h_out, w_out) = weight.shape[2:], call.output_size[2:]
    output = np.empty(call.output_size, input.dtype)
    size = _block_size(h_out, kh), _block_size(w_out, kw)
    rows, columns = size[0] - kh + 1, size[1] - kw + 1
    block = np.empty((input.shape[1], *size))
    with np.errstate(over="ignore", invalid="ignore"):
        filters = np.fft.rfft2(weight.swapaxes(0, 1).astype(np.float64), size).conj()
        for image, result in zip(input, output, strict=True):
            for y in range(0, h_out, rows):
                for x in range(0, w_out, columns):
                    copy_padded(block, image, y - top, x - left, (1, 1))
                    sums = sum(map(np.multiply, np.fft.rfft2(block), filters))
                    kept = result[:, y : y + rows, x : x + columns]
                    np.fft.ifft(sums, axis=1, out=sums)
                    kept[...] = np.fft.irfft(sums[:, : kept.shape[1]], size[1])[
                        ..., : kept.shape[2]
                    ]
        return output if bias is None else output + bias[:, None, None]


def conv2d_winograd(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    padding: Size | str = 0,
) -> Array:
    """Convolve with 3x3 kernels as `numpy_ops.conv2d` does, by Winograd's F(4x4, 3x3).

    An output tile of 4x4 values takes 144 multiplications the plain way. Seen as polynomials, the
    6x6 input values and the 3x3 weights can be evaluated at 6x6 points, multiplied there, 36 times,
    and interpolated. Evaluating and interpolating are small fixed matrices, shared by all filters
    and channels, so with many of both nearly all that remains is a quarter of the products.

    Parameters
    ----------
    input : array, (n, c_in, h, w)
    weight : array, (c_out, c_in, 3, 3)
    bias : array, (c_out,), optional
    padding
        As for `reference.conv2d`. The stride is 1.

    Returns
    -------
    array, (n, c_out, h_out, w_out)

    Raises
    ------
    TypeError, ValueError
        As `reference.conv2d`; or if kernels are not 3x3.

    Notes
    -----
    Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, with their points 0,
    1, -1, 2, -2 and infinity. The matrices' entries reach from 1/24 to 8, so numbers much larger
    than the answer are added and subtracted, and their rounding stays: in float32 the answer is
    within 5e-5 of `reference`, relative to its largest value (the plain way: some 1e-6); in
    float64, within 1e-13. A NaN or infinity makes NaN of the whole 4x4 tiles that see it.

    Examples
    --------
    >>> conv2d_winograd(np.ones((1, 1, 4, 3)), np.ones((1, 1, 3, 3)), bias=[100]).round(9)
    array([[[[109.],
             [109.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv2d(input.shape, weight.shape, shape, 1, padding, 1, 1)
    if weight.shape[2:] != (3, 3):
        raise ValueError(f"weight must be an array (c_out, c_in, 3, 3), got shape {weight.shape}")
    (n, c, _, _), (_, c_out, h_out, w_out) = input.shape, call.output_size
    output = np.empty(call.output_size, input.dtype)
    down, across = -(-h_out // 4), -(-w_out // 4) + 1
    row_bytes = 36 * c * across * input.itemsize
    images, rows = band(max(n, 1), down, row_bytes, max(BAND_BYTES, 4 * weight.nbytes))
    to_points, of_weights, to_values = (m.astype(input.dtype) for m in (INPUT, WEIGHT, OUTPUT))
    with np.errstate(over="ignore", invalid="ignore"):
        for first, row in ((i, j) for i in range(0, n, images) for j in starts(down, rows)):
            some = input[first : first + images]
            top, left = 4 * row - call.padding[0][0], -call.padding[1][0]
            points = np.empty((36, c, len(some) * rows * across), input.dtype)
            for k in range(0, c, BLOCK):
                tiles = cut_tiles(some[:, k : k + BLOCK], top, left, (rows, across))
                np.matmul(to_points, tiles, out=_columns(points, k))
                del tiles  # before the next are cut: less memory to keep in the cache
            for k in range(0, c_out, BLOCK):
                filters = of_weights @ weight[k : k + BLOCK].reshape(-1, 9).T
                products = filters.reshape(36, -1, c) @ points
                part = output[first : first + images, k : k + BLOCK, 4 * row : 4 * (row + rows)]
                lay_tiles(part, to_values @ products.reshape(36, -1), (rows, across))
                del filters, products
        return output if bias is None else output + bias[:, None, None]


def _columns(points: Array, k: int) -> Array:
    """Return points (36, c, tiles) of channels k to k + BLOCK, as a matrix of 36 rows."""
    tiles = points.shape[2]
    return points.reshape(36, -1)[:, k * tiles : (k + BLOCK) * tiles]


def _block_size(length: int, k: int) -> int:
    """Return how long a block is that gives `length` values, or a share of them, for kernel `k`.

    A share is about 4 kernels long: more means larger transforms, less means more overlap. The
    next length of small prime factors only is taken, where the fast transform is fastest.
    """
    shares = max(1, round(length / max(4 * k, 32)))
    size = -(-length // shares) + k - 1
    while _largest_factor(size) > 5:
        size += 1
    return size


def _largest_factor(number: int) -> int:
    """Return the largest prime factor of a number, or 1."""
    factor = 2
    while number > factor:
        if number % factor:
            factor += 1
        else:
            number //= factor
    return number
