"""The core of `numpy_ops.conv2d`: the rule that chooses a way, and the two ways that always do.

A matrix product is the one operation that NumPy hands to a library tuned for the processor, so
both ways turn windows of the input into columns of a matrix, for a band of output at a time. They
differ in what they copy.

- `by_patches` (im2col; Chellapilla, Puri and Simard 2006) copies all that each window holds, one
  value for each weight, then multiplies by all filters at once.
- `by_rows` copies no window: the input rows under a kernel are a matrix already. A product gives
  what each column of the kernel makes of them, and these answers are shifted and added up (as
  kn2row does for both axes; Vasudevan, Anderson and Gregg 2017).

A band's scratch memory is small, stays in the processor's cache, and does not grow with the image.
"""

from __future__ import annotations

from math import gcd

import numpy as np

from cnnlib._arrays import Array
from cnnlib._bands import band, copy_padded, starts
from cnnlib._check import Pair, Sides
from cnnlib.lowering import conv2d_fft, conv2d_winograd

__all__ = ["by_patches", "by_rows", "conv2d_core"]

# About what a band's scratch takes: a share of the cache that one processor core has to itself.
BAND_BYTES = 3 * 2**18


def conv2d_core(
    input: Array, weight: Array, stride: Pair, padding: Sides, dilation: Pair, groups: int
) -> Array:
    """Cross-correlate arrays that have been checked already, in the way that suits their shapes.

    Parameters
    ----------
    input : array, (n, c_in, h, w)
        float32 or float64, with any strides; only read.
    weight : array, (c_out, c_in / groups, kh, kw)
        Of the type of `input`; only read.
    stride, dilation : pair of ints
        Down and across.
    padding : pair of pairs of ints
        Zeros (above, below) and (left, right) of the input.
    groups : int
        Channels and filters are cut into this many groups, which do not see each other.

    Returns
    -------
    array, (n, c_out, h_out, w_out)
        New, C-contiguous, of the type of `input`.

    Notes
    -----
    The rule, of which the first line that fits holds; its limits were found by timing:

    1. `lowering.conv2d_fft`, if kernels have 900 weights or more, and there are at most 16 of them,
       as each is transformed and held.
    2. `lowering.conv2d_winograd`, if kernels are 3x3, and there are at least 128 channels and 128
       filters to share the transforms among.
    3. `by_rows`, if ``3 * filters * stride <= channels * kh`` and ``3 * filters <= w_out``. An
       output value costs `by_patches` one copy for each of its filter's weights, shared by all
       filters, and `by_rows` one addition for each of the filter's columns, not shared. An addition
       takes about as long as three copies, and a stride across makes `by_rows` work in vain. It
       goes through all filters once for each row, which pays if rows are wide.
    4. `by_patches`.

    The first two err relative to the largest of the values around, not to each value, and make
    NaNs of the neighbours of a NaN. So they are taken for float32 only, where the squares of all
    values add up to a number that is not huge; who asks for float64 gets the sums as defined. Both
    want stride 1, dilation 1, one group, equal padding on opposite sides, and 2500 output places.

    Infinities, NaNs and overflow pass through silently, as in torch.
    """
    n, c_in, h, w = input.shape
    c_out, c_group, kh, kw = weight.shape
    h_out = (h + sum(padding[0]) - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    w_out = (w + sum(padding[1]) - dilation[1] * (kw - 1) - 1) // stride[1] + 1
    if 0 in (n, h_out, w_out) or weight.size == 0:
        return np.zeros((n, c_out, h_out, w_out), input.dtype)

    before = padding[0][0], padding[1][0]
    even = all(first == last for first, last in padding)
    plain = stride == dilation == (1, 1) and groups == 1 and even
    if plain and input.dtype == np.float32 and n * h_out * w_out >= 2500:
        few_large = kh * kw >= 900 and c_out * c_in <= 16
        many_small = kh == kw == 3 and min(c_in, c_out) >= 128
        if (few_large or many_small) and _is_tame(input, weight):
            transform = conv2d_fft if few_large else conv2d_winograd
            return transform(input, weight, padding=before)

    output = np.empty((n, c_out, h_out, w_out), input.dtype)
    filters = c_out // groups
    few_filters = 3 * filters <= min(c_group * kh // stride[1], w_out)
    compute = by_rows if few_filters else by_patches
    with np.errstate(over="ignore", invalid="ignore"):
        compute(
            output.reshape(n, groups, filters, h_out, w_out),
            input.reshape(n, groups, c_group, h, w),
            weight.reshape(groups, filters, c_group, kh, kw),
            stride,
            before,
            dilation,
        )
    return output


def by_patches(
    output: Array, input: Array, weight: Array, stride: Pair, before: Pair, dilation: Pair
) -> None:
    """Fill `output` by copying windows into columns and multiplying these by the filters.

    Parameters
    ----------
    output : array, (n, groups, filters, h_out, w_out)
        Written.
    input : array, (n, groups, c, h, w)
        Read.
    weight : array, (groups, filters, c, kh, kw)
        Read.
    stride, dilation : pair of ints
        Down and across.
    before : pair of ints
        Zeros above and to the left of `input`; those below and to the right follow from `output`.

    Notes
    -----
    The values that one weight meets, as the kernel visits a band of the output, are one run of
    memory if the input is first copied to a plane no wider than the kernel's way: from the end of
    a row the run goes on to the start of the next, across a few values that no output needs. So
    lowering a band takes few, long copies; what straddles two rows is dropped at the end.

    With stride 2, weights at even places meet even pixels only. Each such family of weights gets a
    plane of its own, made of every second pixel, along which the stride is 1.
    """
    n, groups, filters, h_out, w_out = output.shape
    c, kh, kw = weight.shape[2:]
    # Weights `families` apart in the kernel meet values `apart` from each other in one plane.
    families = stride[0] // gcd(stride[0], dilation[0]), stride[1] // gcd(stride[1], dilation[1])
    apart = dilation[0] // gcd(stride[0], dilation[0]), dilation[1] // gcd(stride[1], dilation[1])
    width = w_out + (kw - 1) // families[1] * apart[1]
    depth = c * kh * kw

    # Each band goes through all filters, so many filters ask for large bands.
    row_bytes = groups * depth * width * input.itemsize
    images, rows = band(n, h_out, row_bytes, max(BAND_BYTES, 2 * weight.nbytes))
    height = rows + (kh - 1) // families[0] * apart[0]
    length = (rows - 1) * width + w_out

    plane = np.empty((images, groups, c, height, width), input.dtype)
    patches = np.empty((images, groups, c, kh, kw, length), input.dtype)
    columns = patches.reshape(images, groups, depth, length)
    kernels = np.ascontiguousarray(weight).reshape(groups, filters, depth)
    product = np.empty((images, groups, filters, rows * width), input.dtype)
    wide = product.reshape(images, groups, filters, rows, width)[..., :w_out]

    *outer, down, across = plane.strides
    lowering = []
    for i in range(min(kh, families[0])):
        for j in range(min(kw, families[1])):
            part = patches[:, :, :, i :: families[0], j :: families[1]]
            runs = _view(plane, part.shape, (*outer, apart[0] * down, apart[1] * across, across))
            lowering.append((i * dilation[0] - before[0], j * dilation[1] - before[1], part, runs))

    for first in range(0, n, images):
        some = input[first : first + images]
        k = len(some)
        for row in starts(h_out, rows):
            for top, left, part, runs in lowering:
                copy_padded(plane[:k], some, row * stride[0] + top, left, stride)
                part[:k] = runs[:k]
            np.matmul(kernels, columns[:k], out=product[:k, ..., :length])
            output[first : first + k, :, :, row : row + rows] = wide[:k]


def by_rows(
    output: Array, input: Array, weight: Array, stride: Pair, before: Pair, dilation: Pair
) -> None:
    """Fill `output` by multiplying whole input rows by kernel columns, and adding along shifts.

    Parameters are those of `by_patches`.

    Notes
    -----
    An output row needs the `kh` input rows under the kernel, of all channels. In a plane that
    keeps the channels of a row together they follow each other, so the matrix that holds them is a
    view, and the views of neighbouring output rows overlap. (If the kernel is dilated and sees
    several channels they do not, and are copied.) Times the weights of one kernel column, such a
    matrix is a row of the output but for its place: column j's is `j * dilation` too far right.
    """
    n, groups, filters, h_out, w_out = output.shape
    c, kh, kw = weight.shape[2:]
    width = (w_out - 1) * stride[1] + (kw - 1) * dilation[1] + 1

    # Bands share the rows under the kernel's edges: at least as many rows as it has keep that low.
    held = filters * kw + c * (kh if dilation[0] > 1 else stride[0])
    row_bytes = groups * held * width * input.itemsize
    images, rows = band(n, h_out, row_bytes, max(BAND_BYTES, kh * row_bytes))
    height = (rows - 1) * stride[0] + (kh - 1) * dilation[0] + 1

    plane = np.empty((images, groups, height, c, width), input.dtype)
    *outer, down, channel, across = plane.strides
    under = _view(
        plane,
        (images, groups, rows, kh, c, width),
        (*outer, stride[0] * down, dilation[0] * down, channel, across),
    )
    kernels = weight.transpose(0, 1, 4, 3, 2).reshape(groups, 1, filters * kw, kh * c)
    product = np.empty((images, groups, rows, filters, kw, width), input.dtype)
    *outer, column, across = product.strides
    shifted = _view(
        product,
        (images, groups, rows, filters, kw, w_out),
        (*outer, column + dilation[1] * across, stride[1] * across),
    )
    product = product.reshape(images, groups, rows, filters * kw, width)

    for first in range(0, n, images):
        some = input[first : first + images]
        k = len(some)
        for row in starts(h_out, rows):
            by_channel = plane[:k].transpose(0, 1, 3, 2, 4)
            copy_padded(by_channel, some, row * stride[0] - before[0], -before[1], (1, 1))
            matrices = under[:k].reshape(k, groups, rows, kh * c, width)
            np.matmul(kernels, matrices, out=product[:k])
            part = output[first : first + k, :, :, row : row + rows]
            np.einsum("ngyfjx->ngfyx", shifted[:k], out=part)


def _is_tame(input: Array, weight: Array) -> bool:
    """Tell whether all values are finite, and sums of their products far from overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        input_square, weight_square = (float(np.vdot(array, array)) for array in (input, weight))
    # By Cauchy and Schwarz no output is larger than the root of this product; NaN is not less.
    return input_square * weight_square < 1e30


def _view(array: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """Return the memory of a contiguous array in another shape, which may show a value twice."""
    return np.ndarray(shape, array.dtype, array, 0, strides)
