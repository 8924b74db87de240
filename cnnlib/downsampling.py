"""Ways to halve a feature map, which differ in what a shift does to them; one stage of a network.

What is folded away when every second value is dropped depends on where the picture lies. A blur
before that removes most of what would be folded (Zhang, 2019, who blurs what strided convolutions
and dense max pooling give: "blur" and "max-blur" here).
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from cnnlib import _check, numpy_ops
from cnnlib.equivariance import PADDINGS, conv2d_same

KINDS = ("max", "max-blur", "average", "strided", "blur")
"""The ways to halve."""

_LEAST = {"max": 2, "max-blur": 3, "average": 2, "strided": 1, "blur": 2}


def downsample(
    input: Any, kind: str = "max", padding: str = "zero", *, ops: ModuleType = numpy_ops
) -> Any:
    """Halve the rows and columns of feature maps.

    Parameters
    ----------
    input : array_like or torch.Tensor
        Shape (n, c, h, w), at least 2 by 2; 3 by 3 for "max-blur", 1 by 1 for "strided".
    kind : {"max", "max-blur", "average", "strided", "blur", "none"}
        "max", "average": `ops.max_pool2d` or `ops.avg_pool2d` of windows of 2 by 2, side by side.
        "strided": every second row and column. A convolution of stride 2 is one of stride 1 with
        every second output kept.
        "blur": `ops.blur_pool2d`, that is the same after a blur of 1 2 1 along both axes.
        "max-blur": the largest of every window of 2 by 2, at stride 1; and of that, "blur".
        "none": `input` as it is.
    padding : {"zero", "circular"}
        What the blur sees beyond the border: with "zero" the picture mirrored, as is usual; with
        "circular" its other side, so that a picture may go round without a seam.
    ops : module
        `numpy_ops`, `reference` or `torch_ops`.

    Returns
    -------
    numpy.ndarray or torch.Tensor
        Shape (n, c, h / 2, w / 2): halves are rounded down by "max", "max-blur" with "zero" and
        "average", up by the rest.

    Raises
    ------
    ValueError
        If `input` is too small, or `kind` or `padding` is none of these.

    Examples
    --------
    >>> import numpy as np
    >>> row = np.array([[[[0.0, 0, 1, 1]] * 3]])  # three equal rows
    >>> for kind in KINDS:
    ...     print(kind, downsample(row, kind)[0, 0, 0].tolist())
    max [0.0, 1.0]
    max-blur [0.5, 1.0]
    average [0.0, 1.0]
    strided [0.0, 1.0]
    blur [0.0, 0.75]
    """
    if padding not in PADDINGS:
        _check.refuse(ValueError, "padding", "'zero' or 'circular'", padding)
    if kind == "none":
        return input
    if kind not in KINDS:
        names = ", ".join(map(repr, KINDS))
        _check.refuse(ValueError, "kind", f"{names} or 'none'", kind)
    _, _, h, w = input.shape
    least = _LEAST[kind]
    if min(h, w) < least:
        legal = f"at least {least} by {least} pixels, to be halved by {kind!r}"
        _check.refuse(ValueError, "input", legal, (h, w))
    if kind == "max":
        return ops.max_pool2d(input, 2)
    if kind == "average":
        return ops.avg_pool2d(input, 2)
    if kind == "strided":
        return input[..., ::2, ::2]
    if kind == "max-blur":
        dense = _wrapped(input, 0, 1) if padding == "circular" else input
        input = ops.max_pool2d(dense, 2, stride=1)
    if padding == "zero":
        return ops.blur_pool2d(input)
    h, w = input.shape[-2:]
    seamless = ops.blur_pool2d(_wrapped(input, 2, 2))  # cell 1 of it has cell 0 in its middle
    return seamless[..., 1 : 1 + (h + 1) // 2, 1 : 1 + (w + 1) // 2]


def stage(
    input: Any,
    weight: Any,
    kind: str = "none",
    relu: bool = True,
    stride: int = 1,
    padding: str = "zero",
    *,
    ops: ModuleType = numpy_ops,
) -> Any:
    """Convolve, cut off what is negative, and halve: one stage of a network.

    Parameters
    ----------
    input, weight, stride, padding, ops
        As in `equivariance.conv2d_same`, which convolves.
    kind, padding, ops
        As in `downsample`, which halves.
    relu : bool
        Whether negative values become zero in between.

    Returns
    -------
    numpy.ndarray or torch.Tensor
        One cell for every `stride` pixels along an axis, or every 2 * `stride` if `kind` halves.

    Examples
    --------
    >>> import numpy as np
    >>> edge = np.array([[[[0.0, 0, 0, 1, 1, 1]] * 2]])
    >>> stage(edge, np.array([[[[-1.0, 0, 1]]]]), "max")
    array([[[[0., 1., 0.]]]])
    """
    output = conv2d_same(input, weight, stride, padding, ops=ops)
    return downsample(ops.relu(output) if relu else output, kind, padding, ops=ops)


def _wrapped(input: Any, before: int, after: int) -> Any:
    """Return `input` with rows and columns from its other side added on both sides."""
    h, w = input.shape[-2:]
    taller = input[..., [row % h for row in range(-before, h + after)], :]
    return taller[..., [col % w for col in range(-before, w + after)]]
