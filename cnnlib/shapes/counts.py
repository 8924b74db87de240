"""Counts of a layer's costs: parameters, multiply-accumulates, the memory of its activations."""

from __future__ import annotations

import math

from cnnlib import _check
from cnnlib._check import Pair
from cnnlib.shapes.sizes import conv_output_pair

__all__ = ["activation_bytes", "conv_macs", "conv_parameters", "linear_parameters"]

Size = int | Pair
_BYTES = {
    **{"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "bool": 1},
    **{f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)},
}


def conv_parameters(
    in_channels: int, out_channels: int, kernel_size: Size, groups: int = 1, bias: bool = True
) -> int:
    """Return the parameters of a 2-D convolution: c_out (c_in / groups) kh kw, and c_out biases.

    Raises
    ------
    TypeError, ValueError
        If a count or a size is not positive, or `groups` does not divide both channel counts.

    Examples
    --------
    >>> conv_parameters(3, 16, 5)
    1216
    >>> conv_parameters(16, 16, 3, groups=16, bias=False)
    144
    """
    c_in, c_out, groups = _channels(in_channels, out_channels, groups)
    kh, kw = _check.pair("kernel_size", kernel_size, 1)
    return c_out * (c_in // groups) * kh * kw + (c_out if _check.flag("bias", bias) else 0)


def conv_macs(
    n: Size,
    in_channels: int,
    out_channels: int,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> int:
    """Return the multiply-accumulates of a 2-D convolution of one image of size `n`.

    Each of the c_out h w outputs takes (c_in / groups) kh kw of them; products with the padding's
    zeros count, additions of the bias do not.

    Raises
    ------
    TypeError, ValueError
        As `conv_output_size` and `conv_parameters` do.

    Examples
    --------
    >>> conv_macs(28, 1, 6, 5, padding='same')
    117600
    """
    h, w = conv_output_pair(n, kernel_size, stride, padding, dilation)
    return h * w * conv_parameters(in_channels, out_channels, kernel_size, groups, bias=False)


def linear_parameters(in_features: int, out_features: int, bias: bool = True) -> int:
    """Return the parameters of a fully connected layer: out (in + 1) with a bias.

    Raises
    ------
    TypeError, ValueError
        If a count is not a positive int.

    Examples
    --------
    >>> linear_parameters(784, 10)
    7850
    """
    n_in = _check.integer("in_features", in_features, 1)
    n_out = _check.integer("out_features", out_features, 1)
    return n_out * (n_in + _check.flag("bias", bias))


def activation_bytes(shape: tuple[int, ...], dtype: str = "float32") -> int:
    """Return the memory that a tensor takes, in bytes: the product of its sizes, times its type's.

    Parameters
    ----------
    shape : ints
        Sizes of the axes, >= 0; none means a single number.
    dtype : str
        A type's name, as NumPy and torch have it: 'float64' takes 8 bytes, 'float32' 4, 'float16'
        and 'bfloat16' 2, 'bool' 1, integers an eighth of their bits.

    Returns
    -------
    int
        Of the values alone, without what a library adds to keep account of them.

    Raises
    ------
    TypeError, ValueError
        If a size is no int or negative, or there is no such type.

    Examples
    --------
    A batch of 32 colour images of 224 by 224, and what 64 filters make of it at that size:

    >>> activation_bytes((32, 3, 224, 224))
    19267584
    >>> activation_bytes((32, 64, 224, 224), 'float16')
    205520896
    """
    legal = "non-negative ints, one an axis"
    if not isinstance(shape, (tuple, list)):
        _check.refuse(TypeError, "shape", legal, shape)
    sizes = [_check.integer_in("shape", legal, size, shape, 0) for size in shape]
    names = "a type's name, as 'float32', 'float16' or 'int8'"
    if not isinstance(dtype, str):
        _check.refuse(TypeError, "dtype", names, dtype)
    if dtype not in _BYTES:
        _check.refuse(ValueError, "dtype", names, dtype)
    return math.prod(sizes) * _BYTES[dtype]


def _channels(in_channels: object, out_channels: object, groups: object) -> tuple[int, int, int]:
    c_in = _check.integer("in_channels", in_channels, 1)
    c_out = _check.integer("out_channels", out_channels, 1)
    groups = _check.integer("groups", groups, 1)
    if c_in % groups or c_out % groups:
        legal = f"a divisor of in_channels, {c_in}, and of out_channels, {c_out}"
        _check.refuse(ValueError, "groups", legal, groups)
    return c_in, c_out, groups
