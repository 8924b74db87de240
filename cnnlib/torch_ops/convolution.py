"""Convolution of a layer, transposed convolution, and the gradients of the first, on tensors."""

from __future__ import annotations

import torch  # noqa: F401  for the examples
from torch import Tensor
from torch.nn import functional as F
from torch.nn import grad

from cnnlib import _arguments
from cnnlib._check import Pair
from cnnlib._remembered import remembered
from cnnlib._tensors import as_tensors, with_bias

__all__ = ["conv2d", "conv2d_input", "conv2d_weight", "conv_transpose2d"]

Size = int | Pair

_checked = remembered(_arguments.conv2d)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Slide filters (c_out, c_in / groups, kh, kw) over images (n, c_in, h, w).

    As `reference.conv2d`, by `torch.nn.functional.conv2d`.

    Examples
    --------
    >>> conv2d(torch.arange(9.0).reshape(1, 1, 3, 3), torch.ones(1, 1, 2, 2), padding='same')
    tensor([[[[ 8., 12.,  7.],
              [20., 24., 13.],
              [13., 15.,  8.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _checked(input.shape, weight.shape, shape, stride, padding, dilation, groups)
    (top, bottom), (left, right) = call.padding
    if (top, left) != (bottom, right):
        input = F.pad(input, (left, right, top, bottom))
        top, left = 0, 0
    return F.conv2d(input, weight, bias, call.stride, (top, left), call.dilation, call.groups)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Tensor:
    """Stamp filters (c_in, c_out / groups, kh, kw), scaled by the values of (n, c_in, h, w).

    As `reference.conv_transpose2d`, by `torch.nn.functional.conv_transpose2d`.

    Examples
    --------
    >>> conv_transpose2d(torch.eye(2)[None, None], torch.ones(1, 1, 2, 2))
    tensor([[[[1., 1., 0.],
              [1., 2., 1.],
              [0., 1., 1.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv_transpose2d(
        input.shape, weight.shape, shape, stride, padding, output_padding, groups, dilation
    )
    return F.conv_transpose2d(
        input,
        weight,
        bias,
        call.stride,
        call.padding,
        call.output_padding,
        call.groups,
        call.dilation,
    )


def conv2d_input(
    input_size: tuple[int, int, int, int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Return the gradient with respect to the input (n, c_in, h, w) of `conv2d`.

    As `reference.conv2d_input`, by `torch.nn.grad.conv2d_input`.

    Examples
    --------
    >>> conv2d_input((1, 1, 1, 3), torch.tensor([[[[10.0, 1.0]]]]), torch.tensor([[[[1.0, 2.0]]]]))
    tensor([[[[10., 21.,  2.]]]])
    """
    weight, grad_output = as_tensors(weight=weight, grad_output=grad_output)
    call = _arguments.conv2d_input(
        input_size, weight.shape, grad_output.shape, stride, padding, dilation, groups
    )
    pads = call.padding[0][0], call.padding[1][0]
    size, steps, gaps = call.input_size, call.stride, call.dilation
    return grad.conv2d_input(size, weight, grad_output, steps, pads, gaps, call.groups)


def conv2d_weight(
    input: Tensor,
    weight_size: tuple[int, int, int, int],
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Return the gradient with respect to the weight (c_out, c_in / groups, kh, kw) of `conv2d`.

    As `reference.conv2d_weight`, by `torch.nn.grad.conv2d_weight`.

    Examples
    --------
    >>> signal = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    >>> conv2d_weight(signal, (1, 1, 1, 2), torch.tensor([[[[1.0, 10.0]]]]))
    tensor([[[[21., 32.]]]])
    """
    input, grad_output = as_tensors(input=input, grad_output=grad_output)
    call = _arguments.conv2d_weight(
        input.shape, weight_size, grad_output.shape, stride, padding, dilation, groups
    )
    pads = call.padding[0][0], call.padding[1][0]
    size, steps, gaps = call.weight_size, call.stride, call.dilation
    return grad.conv2d_weight(input, size, grad_output, steps, pads, gaps, call.groups)
