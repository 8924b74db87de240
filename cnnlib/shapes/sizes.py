"""Sizes of outputs, of convolutions and of pooling, and the padding that keeps them."""

from __future__ import annotations

from cnnlib import _check, _sizes
from cnnlib._check import Pair

__all__ = ["conv_output_size", "conv_transpose_output_size", "pool_output_size", "same_padding"]

Size = int | Pair


def conv_output_size(
    n: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
) -> Size:
    """Return the size of a convolution's output: floor((n + 2p - d(k - 1) - 1) / s) + 1.

    Parameters
    ----------
    n, kernel_size, stride, dilation : int or pair of ints
        Sizes of the input and the kernel, step of the kernel, distance of its taps; each >= 1.
    padding : int, pair of ints, 'same' or 'valid'
        Zeros added at each end of an axis, >= 0. 'same' keeps the size and needs stride 1.

    Returns
    -------
    int or pair of ints
        A pair if any argument is one.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a legal size, or the kernel does not fit in the padded input.

    Notes
    -----
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
    relationship 6, with the dilation of section 5.1.

    Examples
    --------
    >>> conv_output_size(7, 3)
    5
    >>> conv_output_size(4, 3, stride=2, padding=1)
    2
    >>> conv_output_size((28, 32), 5, padding='same')
    (28, 32)
    """
    size = conv_output_pair(n, kernel_size, stride, padding, dilation)
    return size if _any_pair(n, kernel_size, stride, padding, dilation) else size[0]


def conv_transpose_output_size(
    n: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
) -> Size:
    """Return a transposed convolution's output size: (n - 1)s - 2p + d(k - 1) + op + 1.

    Parameters
    ----------
    n, kernel_size, stride, dilation : int or pair of ints
        As in `conv_output_size`; each >= 1.
    padding : int or pair of ints
        Rows or columns cut from each end of the full output, >= 0.
    output_padding : int or pair of ints
        Rows or columns added at the far end, less than the stride or the dilation: it picks one of
        the sizes that a strided convolution would shrink to `n`.

    Returns
    -------
    int or pair of ints
        A pair if any argument is one.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a legal size, or the padding leaves no output.

    Examples
    --------
    >>> conv_transpose_output_size(2, 3, stride=2, padding=1)
    3
    >>> conv_transpose_output_size(2, 3, stride=2, padding=1, output_padding=1)
    4
    """
    strides, spaces = _check.pair("stride", stride, 1), _check.pair("dilation", dilation, 1)
    size = _sizes.transposed(
        _check.pair("n", n, 1),
        _check.pair("kernel_size", kernel_size, 1),
        strides,
        _check.pair("padding", padding),
        _check.output_padding(output_padding, strides, spaces),
        spaces,
    )
    pairs = _any_pair(n, kernel_size, stride, padding, output_padding, dilation)
    return size if pairs else size[0]


def pool_output_size(
    n: Size,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Size:
    """Return the size of a pooling layer's output.

    Parameters
    ----------
    n, kernel_size, padding, dilation : int or pair of ints
        As in `conv_output_size`; `padding` is at most half the kernel size.
    stride : int, pair of ints or None
        None means `kernel_size`: windows side by side.
    ceil_mode : bool
        Round the division up, so that a last, partial window counts too, provided that it starts
        within the input or the padding before it (torch's rule). The window may then be larger
        than the padded input, by less than one stride.

    Returns
    -------
    int or pair of ints
        A pair if any argument is one.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a legal size, or the window does not fit in the padded input.

    Examples
    --------
    >>> pool_output_size(5, 2)
    2
    >>> pool_output_size(5, 2, ceil_mode=True)
    3
    """
    stride = kernel_size if stride is None else stride
    sizes, kernel = _check.pair("n", n, 1), _check.pair("kernel_size", kernel_size, 1)
    strides, spaces = _check.pair("stride", stride, 1), _check.pair("dilation", dilation, 1)
    pads, ceil_mode = _check.pair("padding", padding), _check.flag("ceil_mode", ceil_mode)
    size = _sizes.pooled(sizes, kernel, strides, pads, spaces, ceil_mode)
    return size if _any_pair(n, kernel_size, stride, padding, dilation) else size[0]


def same_padding(kernel_size: Size, dilation: Size = 1) -> Pair | tuple[Pair, Pair]:
    """Return the zeros (before, after) that keep an axis's size at stride 1: d(k - 1) in all.

    An even kernel needs an odd total; the odd zero goes after, as torch has it.

    Parameters
    ----------
    kernel_size, dilation : int or pair of ints
        Each >= 1.

    Returns
    -------
    pair of ints, or pair of pairs
        (before, after), or ((top, bottom), (left, right)) if any argument is a pair.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a legal size.

    Examples
    --------
    >>> same_padding(3)
    (1, 1)
    >>> same_padding((4, 3), dilation=2)
    ((3, 3), (2, 2))
    """
    kernel = _check.pair("kernel_size", kernel_size, 1)
    spaces = _check.pair("dilation", dilation, 1)
    both = _check.padding_sides("same", kernel, (1, 1), spaces)
    return both if _any_pair(kernel_size, dilation) else both[0]


def conv_output_pair(
    n: Size, kernel_size: Size, stride: Size, padding: Size | str, dilation: Size
) -> Pair:
    """Return what `conv_output_size` does, as (rows, columns) in any case."""
    sizes, kernel = _check.pair("n", n, 1), _check.pair("kernel_size", kernel_size, 1)
    strides, spaces = _check.pair("stride", stride, 1), _check.pair("dilation", dilation, 1)
    around = _check.padding_sides(padding, kernel, strides, spaces)
    return _sizes.convolved(sizes, kernel, strides, around, spaces)


def _any_pair(*sizes: object) -> bool:
    return any(isinstance(size, (tuple, list)) for size in sizes)
