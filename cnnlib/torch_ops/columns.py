"""Images laid out so that a convolution is one matrix product, and back, on tensors."""

from __future__ import annotations

import torch  # noqa: F401  for the examples
from torch import Tensor
from torch.nn import functional as F

from cnnlib import _layer_arguments
from cnnlib._check import Pair
from cnnlib._tensors import as_tensors

__all__ = ["col2im", "im2col"]

Size = int | Pair


def im2col(
    input: Tensor, kernel_size: Size, stride: Size = 1, padding: Size = 0, dilation: Size = 1
) -> Tensor:
    """Copy what a kernel meets at each of its positions on (n, c, h, w) into a column.

    As `reference.im2col`, by `torch.nn.functional.unfold`.

    Examples
    --------
    >>> im2col(torch.arange(4.0).reshape(1, 1, 1, 4), kernel_size=(1, 2), stride=2)
    tensor([[[0., 2.],
             [1., 3.]]])
    """
    (input,) = as_tensors(input=input)
    call = _layer_arguments.im2col(input.shape, kernel_size, stride, padding, dilation)
    around = call.padding[0][0], call.padding[1][0]
    return F.unfold(input, call.kernel_size, call.dilation, around, call.stride)


def col2im(
    columns: Tensor,
    output_size: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> Tensor:
    """Add the values of (n, c kh kw, positions) to the places that `im2col` takes them from.

    As `reference.col2im`, by `torch.nn.functional.fold`.

    Examples
    --------
    >>> col2im(torch.ones(1, 2, 3), output_size=(1, 4), kernel_size=(1, 2))
    tensor([[[[1., 2., 2., 1.]]]])
    """
    (columns,) = as_tensors(columns=columns)
    call = _layer_arguments.col2im(
        columns.shape, output_size, kernel_size, stride, padding, dilation
    )
    around = call.padding[0][0], call.padding[1][0]
    size = call.size[2:]
    return F.fold(columns, size, call.kernel_size, call.dilation, around, call.stride)
