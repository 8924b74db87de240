"""The gradients of max_pool2d and avg_pool2d, on tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlib import _pool_arguments
from cnnlib._check import Pair
from cnnlib._tensors import as_tensors
from cnnlib.torch_ops.pooling import within

__all__ = ["avg_pool2d_input", "max_pool2d_input"]

Size = int | Pair


def max_pool2d_input(
    input: Tensor,
    grad_output: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Return the gradient with respect to the input (n, c, h, w) of `max_pool2d`.

    As `reference.max_pool2d_input`, by the backward pass of torch's own.

    Examples
    --------
    >>> input, grads = torch.tensor([[[[1.0, 5.0, 2.0]]]]), torch.tensor([[[[10.0, 100.0]]]])
    >>> max_pool2d_input(input, grads, (1, 2), stride=1)
    tensor([[[[  0., 110.,   0.]]]])
    """
    input, grad_output = as_tensors(input=input, grad_output=grad_output)
    call = _pool_arguments.max_pool2d_input(
        input.shape, grad_output.shape, kernel_size, stride, padding, dilation, ceil_mode
    )
    padded, settings = within(input, call)
    _, winners = F.max_pool2d(padded, *settings, return_indices=True)
    backward = torch.ops.aten.max_pool2d_with_indices_backward
    grad_padded: Tensor = backward(grad_output, padded, *settings, winners)
    if padded is input:
        return grad_padded
    (top, left), (h, w) = call.padding, call.input_size[2:]
    return grad_padded[:, :, top : top + h, left : left + w]


def avg_pool2d_input(
    input_size: tuple[int, int, int, int],
    grad_output: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Return the gradient with respect to the input (n, c, h, w) of `avg_pool2d`.

    As `reference.avg_pool2d_input`, by the backward pass of torch's own.

    Examples
    --------
    >>> avg_pool2d_input((1, 1, 1, 3), torch.tensor([[[[10.0, 100.0]]]]), (1, 2), stride=1)
    tensor([[[[ 5., 55., 50.]]]])
    """
    (grad_output,) = as_tensors(grad_output=grad_output)
    call = _pool_arguments.avg_pool2d_input(
        input_size, grad_output.shape, kernel_size, stride, padding, ceil_mode
    )
    include_pad = _pool_arguments.count_include_pad(count_include_pad)
    shape_alone = grad_output.new_empty(1).expand(call.input_size)
    grad_input: Tensor = torch.ops.aten.avg_pool2d_backward(
        grad_output,
        shape_alone,
        call.kernel_size,
        call.stride,
        call.padding,
        call.ceil_mode,
        include_pad,
        None,
    )
    return grad_input
