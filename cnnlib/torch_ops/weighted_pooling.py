"""Pooling by weighted means: more weight for what is near the window's centre."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlib import _pool_arguments
from cnnlib._check import Pair
from cnnlib._tensors import as_tensors

__all__ = ["blur_pool2d", "gaussian_pool2d"]

Size = int | Pair


def gaussian_pool2d(
    input: Tensor, kernel_size: Size, sigma: float, stride: Size | None = None
) -> Tensor:
    """Take a mean of each window of (n, c, h, w), with more weight for what is near its centre.

    As `reference.gaussian_pool2d`, by `torch.nn.functional.conv2d`.

    Examples
    --------
    >>> gaussian_pool2d(torch.tensor([[[[2.0, 4.0]]]]), (1, 2), sigma=1)
    tensor([[[[3.]]]])
    """
    (input,) = as_tensors(input=input)
    sigma = _pool_arguments.sigma(sigma)
    call = _pool_arguments.pool2d(input.shape, kernel_size, stride)
    down, across = (_bell(k, sigma).to(input) for k in call.kernel_size)
    return _weighted(input, torch.outer(down, across), call.stride)


def blur_pool2d(input: Tensor, stride: Size = 2) -> Tensor:
    """Blur each channel of (n, c, h, w), then keep every `stride`-th value.

    As `reference.blur_pool2d`, by `torch.nn.functional.pad` and `conv2d`.

    Examples
    --------
    >>> blur_pool2d(torch.tensor([[[[0.0, 4.0, 8.0, 8.0], [0.0, 4.0, 8.0, 8.0]]]]))
    tensor([[[[2., 7.]]]])
    """
    (input,) = as_tensors(input=input)
    call = _pool_arguments.blur_pool2d(input.shape, stride)
    weights = torch.tensor([1.0, 2.0, 1.0]).to(input) / 4
    padded = F.pad(input, (1, 1, 1, 1), mode="reflect")
    return _weighted(padded, torch.outer(weights, weights), call.stride)


def _weighted(input: Tensor, weights: Tensor, stride: Pair) -> Tensor:
    """Multiply each window of (n, c, h, w) with the same weights, and sum."""
    c = input.shape[1]
    return F.conv2d(input, weights.expand(c, 1, *weights.shape), stride=stride, groups=c)


def _bell(size: int, sigma: float) -> Tensor:
    """Return the weights along one axis: the window's are their products, down times across."""
    squares = (torch.arange(size, dtype=torch.float64) - (size - 1) / 2) ** 2
    weights = torch.exp(-(squares - squares.min()) / sigma / sigma / 2)
    return weights / weights.sum()
