"""Is shifting and then convolving the same as convolving and then shifting? Measured.

A map is equivariant to translation when a shift of its input moves its output and changes nothing
else: ``conv(shift(x)) == shift(conv(x))``. The functions take NumPy arrays, or torch tensors along
with ``ops=torch_ops``.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from types import ModuleType
from typing import Any

import numpy as np

from cnnlib import _check, numpy_ops

PADDINGS = ("zero", "circular")


def shift(input: Any, dy: int, dx: int, padding: str = "zero") -> Any:
    """Move pictures by whole pixels.

    Parameters
    ----------
    input : array_like or torch.Tensor
        Shape (..., rows, columns), of any number type.
    dy, dx : int
        How far down and how far right; negative is up and left.
    padding : {"zero", "circular"}
        What moves in: zeros, while what leaves is lost; or what left on the other side.

    Returns
    -------
    numpy.ndarray or torch.Tensor
        A new array like `input`.

    Raises
    ------
    TypeError, ValueError
        If `input` has fewer than two axes, a distance is no int, or `padding` is none of these.

    Examples
    --------
    >>> shift([[1, 2, 3], [4, 5, 6]], dy=0, dx=1)
    array([[0, 1, 2],
           [0, 4, 5]])
    >>> shift([[1, 2, 3], [4, 5, 6]], dy=0, dx=1, padding="circular")
    array([[3, 1, 2],
           [6, 4, 5]])
    """
    input = _pictures(input)
    rows, cols = input.shape[-2:]
    dy, dx = _whole("dy", dy), _whole("dx", dx)
    _known(padding)
    moved = input[..., [(row - dy) % rows for row in range(rows)], :]
    moved = moved[..., [(col - dx) % cols for col in range(cols)]]
    if padding == "zero":
        moved[..., [row for row in range(rows) if not 0 <= row - dy < rows], :] = 0
        moved[..., [col for col in range(cols) if not 0 <= col - dx < cols]] = 0
    return moved


def conv2d_same(
    input: Any, weight: Any, stride: int = 1, padding: str = "zero", *, ops: ModuleType = numpy_ops
) -> Any:
    """Convolve pictures, padded so that at stride 1 the output has their size.

    Parameters
    ----------
    input : array_like or torch.Tensor
        Shape (n, c_in, h, w).
    weight : array_like or torch.Tensor
        Shape (c_out, c_in, kh, kw), kh and kw odd: the padding is (kh - 1) / 2 by (kw - 1) / 2.
    stride : int
        As in `numpy_ops.conv2d`.
    padding : {"zero", "circular"}
        What lies beyond the border: zeros, or the picture again from its other side.
    ops : module
        `numpy_ops`, `reference` or `torch_ops`.

    Returns
    -------
    numpy.ndarray or torch.Tensor
        Shape (n, c_out, ceil(h / stride), ceil(w / stride)).

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, if kh or kw is even, or if circular padding
        would wrap a picture round more than once.

    Examples
    --------
    >>> row, kernel = np.array([[[[1.0, 2, 3]]]]), np.array([[[[0.0, 0, 1]]]])
    >>> conv2d_same(row, kernel)
    array([[[[2., 3., 0.]]]])
    >>> conv2d_same(row, kernel, padding="circular")
    array([[[[2., 3., 1.]]]])
    """
    input, weight = _pictures(input), _pictures(weight, "weight")
    h, w = input.shape[-2:]
    kh, kw = weight.shape[-2:]
    _known(padding)
    if kh % 2 == 0 or kw % 2 == 0:
        _check.refuse(ValueError, "weight", "of odd height and width", (kh, kw))
    ph, pw = kh // 2, kw // 2
    if padding == "zero":
        return ops.conv2d(input, weight, stride=stride, padding=(ph, pw))
    if ph > h or pw > w:
        legal = f"at least {ph} by {pw} pixels, to be wrapped round once by circular padding,"
        _check.refuse(ValueError, "input", legal, (h, w))
    wrapped = input[..., [row % h for row in range(-ph, h + ph)], :]
    wrapped = wrapped[..., [col % w for col in range(-pw, w + pw)]]
    return ops.conv2d(wrapped, weight, stride=stride)


def output_shift(pixels: int, stride: int) -> int:
    """Return the whole number of output cells nearest to a shift of the input.

    At stride s the output has one cell for every s pixels, so only a shift by a multiple of s
    moves it by whole cells. Between two cells the nearer one is taken; halfway, the one nearer
    to no shift.

    Examples
    --------
    >>> [output_shift(pixels, stride=2) for pixels in (-3, -2, -1, 0, 1, 2, 3, 4)]
    [-1, -1, 0, 0, 0, 1, 1, 2]
    """
    pixels, stride = _whole("pixels", pixels), _check.integer("stride", stride, 1)
    cells = (2 * abs(pixels) + stride - 1) // (2 * stride)
    return cells if pixels > 0 else -cells


def orders(
    f: Callable[[Any], Any], input: Any, dy: int, dx: int, stride: int = 1, padding: str = "zero"
) -> tuple[Any, Any]:
    """Return ``f(shift(input))`` and ``shift(f(input))`` for any map of pictures.

    Parameters
    ----------
    f : callable
        Takes an array like `input` and gives feature maps, rows and columns last.
    input, dy, dx, padding
        As in `shift`.
    stride : int
        How many pixels of `input` one cell of what `f` gives stands for: the product of its
        strides. The second moves by `output_shift` of `dy` and `dx`, the nearest whole number.

    Returns
    -------
    tuple of two arrays
        Both of the shape that `f` gives.

    Examples
    --------
    >>> def halve(rows):
    ...     return rows[..., ::2]
    >>> orders(halve, np.array([[1.0, 2, 3, 4]]), dy=0, dx=2, stride=2)
    (array([[0., 1.]]), array([[0., 1.]]))
    """
    first = f(shift(input, dy, dx, padding))
    return first, shift(f(input), output_shift(dy, stride), output_shift(dx, stride), padding)


def both_orders(
    input: Any,
    weight: Any,
    dy: int,
    dx: int,
    stride: int = 1,
    padding: str = "zero",
    *,
    ops: ModuleType = numpy_ops,
) -> tuple[Any, Any]:
    """Return ``conv(shift(input))`` and ``shift(conv(input))``: `orders` of `conv2d_same`.

    Examples
    --------
    >>> row, kernel = np.array([[[[1.0, 2, 3]]]]), np.array([[[[1.0, 1, 1]]]])
    >>> both_orders(row, kernel, dy=0, dx=1)
    (array([[[[1., 3., 3.]]]]), array([[[[0., 3., 6.]]]]))
    >>> both_orders(row, kernel, dy=0, dx=1, padding="circular")
    (array([[[[6., 6., 6.]]]]), array([[[[6., 6., 6.]]]]))
    """

    def conv(pictures: Any) -> Any:
        return conv2d_same(pictures, weight, stride, padding, ops=ops)

    return orders(conv, input, dy, dx, stride, padding)


def equivariance_error(first: Any, second: Any) -> tuple[float, float]:
    """Return how far ``conv(shift(x))`` is from ``shift(conv(x))``.

    Parameters
    ----------
    first, second : array_like or torch.Tensor
        What `orders` or `both_orders` returns.

    Returns
    -------
    largest : float
        The largest size of a difference, max |first - second|.
    relative : float
        The norm of the difference over that of the second, ||first - second|| / ||second||, both
        the root of the sum of squares; 0 where both are zero, infinite where only `second` is.

    Raises
    ------
    ValueError
        If the two differ in shape, or are empty.

    Examples
    --------
    >>> equivariance_error([[3.0, 0.0]], [[3.0, 4.0]])
    (4.0, 0.8)
    """
    first, second = _pictures(first, "first"), _pictures(second, "second")
    if tuple(first.shape) != tuple(second.shape) or 0 in first.shape:
        legal = f"not empty and of the shape of second, {tuple(second.shape)},"
        _check.refuse(ValueError, "first", legal, tuple(first.shape))
    sizes = abs(1.0 * first - second)
    norm, base = (float((abs(part) ** 2).sum()) ** 0.5 for part in (sizes, second))
    relative = norm / base if base > 0 else (inf if norm > 0 else 0.0)
    return float(sizes.max()), relative


def _pictures(values: Any, name: str = "input") -> Any:
    pictures = values if hasattr(values, "shape") else np.asarray(values)
    if len(pictures.shape) < 2:
        _check.refuse(ValueError, name, "of at least two axes", tuple(pictures.shape))
    return pictures


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        _check.refuse(TypeError, name, "an int", value)
    return int(value)


def _known(padding: str) -> None:
    if padding not in PADDINGS:
        _check.refuse(ValueError, "padding", "'zero' or 'circular'", padding)
