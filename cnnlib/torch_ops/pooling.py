"""Pooling: each window of each channel becomes one number, its maximum, its mean or its norm."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlib import _pool_arguments
from cnnlib._check import Pair
from cnnlib._pool_arguments import Pool
from cnnlib._remembered import remembered
from cnnlib._tensors import as_tensor

__all__ = [
    "adaptive_avg_pool2d",
    "avg_pool2d",
    "global_avg_pool2d",
    "global_max_pool2d",
    "lp_pool2d",
    "max_pool2d",
]

Size = int | Pair

_checked = remembered(_pool_arguments.pool2d)


def max_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Keep the largest value of each window of (n, c, h, w).

    As `reference.max_pool2d`, by `torch.nn.functional.max_pool2d`.

    Examples
    --------
    >>> max_pool2d(torch.tensor([[[[1.0, 5.0, 2.0, 3.0]]]]), (1, 2), stride=1)
    tensor([[[[5., 5., 3.]]]])
    """
    input = as_tensor(input)
    call = _checked(input.shape, kernel_size, stride, padding, dilation, ceil_mode)
    input, settings = within(input, call)
    return F.max_pool2d(input, *settings)


def avg_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Take the mean of each window of (n, c, h, w).

    As `reference.avg_pool2d`, by `torch.nn.functional.avg_pool2d`.

    Examples
    --------
    >>> avg_pool2d(torch.tensor([[[[1.0, 5.0, 2.0]]]]), (1, 2), ceil_mode=True)
    tensor([[[[3., 2.]]]])
    """
    input = as_tensor(input)
    call = _checked(input.shape, kernel_size, stride, padding, 1, ceil_mode)
    include_pad = _pool_arguments.count_include_pad(count_include_pad)
    kernel, steps, pads = call.kernel_size, call.stride, call.padding
    return F.avg_pool2d(input, kernel, steps, pads, call.ceil_mode, include_pad)


def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Add up the p-th powers of each window of (n, c, h, w), and take the p-th root of the sum.

    As `reference.lp_pool2d`, by `torch.nn.functional.lp_pool2d`.

    Examples
    --------
    >>> lp_pool2d(torch.tensor([[[[3.0, 4.0, 5.0, 12.0]]]]), 2, kernel_size=(1, 2))
    tensor([[[[ 5., 13.]]]])
    """
    input = as_tensor(input)
    power = _pool_arguments.norm_type(norm_type)
    call = _checked(input.shape, kernel_size, stride, 0, 1, ceil_mode)
    return F.lp_pool2d(input, power, call.kernel_size, call.stride, call.ceil_mode)


def adaptive_avg_pool2d(input: Tensor, output_size: Size) -> Tensor:
    """Take means of windows of (n, c, h, w) that are laid so as to give an output of this size.

    As `reference.adaptive_avg_pool2d`, by `torch.nn.functional.adaptive_avg_pool2d`.

    Examples
    --------
    >>> adaptive_avg_pool2d(torch.tensor([[[[1.0, 2.0, 3.0]]]]), (1, 2))
    tensor([[[[1.5000, 2.5000]]]])
    """
    input = as_tensor(input)
    size = _pool_arguments.adaptive_pool2d(input.shape, output_size)
    return F.adaptive_avg_pool2d(input, size[2:])


def global_avg_pool2d(input: Tensor) -> Tensor:
    """Take the mean of each channel of (n, c, h, w), as `reference.global_avg_pool2d` does.

    Examples
    --------
    >>> global_avg_pool2d(torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]]))
    tensor([[[[3.]]]])
    """
    input = as_tensor(input)
    _pool_arguments.global_pool2d(input.shape)
    return input.mean(dim=(2, 3), keepdim=True)


def global_max_pool2d(input: Tensor) -> Tensor:
    """Keep the largest value of each channel of (n, c, h, w), as `reference.global_max_pool2d`.

    The gradient goes to the first of equal values, as that of `max_pool2d` does.

    Examples
    --------
    >>> global_max_pool2d(torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]]))
    tensor([[[[6.]]]])
    """
    input = as_tensor(input)
    _pool_arguments.global_pool2d(input.shape)
    return F.max_pool2d(input, input.shape[2:])


def within(input: Tensor, call: Pool) -> tuple[Tensor, tuple[Pair, Pair, Pair, Pair, bool]]:
    """Return max_pool2d's input and settings such that every window meets some value of it.

    Where a dilation is larger than the input, a window may meet padding alone. Torch then notes a
    place beyond the input as the maximum's, and its gradient would write there; so the padding is
    made part of the input.
    """
    if all(d <= n for d, n in zip(call.dilation, call.input_size[2:], strict=True)):
        settings = call.kernel_size, call.stride, call.padding, call.dilation, call.ceil_mode
        return input, settings
    (top, bottom), (left, right) = _pool_arguments.reach(call)
    padded = F.pad(input, (left, right, top, bottom), value=-torch.inf)
    return padded, (call.kernel_size, call.stride, (0, 0), call.dilation, False)
