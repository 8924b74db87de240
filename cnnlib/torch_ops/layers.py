"""What else stands between two convolutions: activations, fully connected layers, batch norm."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlib import _layer_arguments
from cnnlib._remembered import remembered
from cnnlib._tensors import as_given, as_tensor, with_bias

__all__ = ["batch_norm", "flatten", "linear", "relu", "sigmoid"]

_VECTORS = ("running_mean", "running_var", "weight", "bias")


@remembered
def _normalization(input: torch.Size, *rest: object) -> _layer_arguments.Normalization:
    """Check a call of batch_norm: the shapes of `_VECTORS`, or None, come before its settings."""
    vectors: dict[str, Any] = dict(zip(_VECTORS, rest[:4], strict=True))
    shapes = {name: shape for name, shape in vectors.items() if shape is not None}
    return _layer_arguments.batch_norm(input, shapes, *rest[4:])


def relu(input: Tensor) -> Tensor:
    """Put 0 for each negative value of a tensor of any shape, as `reference.relu` does.

    Examples
    --------
    >>> relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    input = as_tensor(input)
    return torch.relu(input)


def sigmoid(input: Tensor) -> Tensor:
    """Squeeze each value of a tensor of any shape into 0 to 1, as `reference.sigmoid` does.

    Examples
    --------
    >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    input = as_tensor(input)
    return torch.sigmoid(input)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Multiply rows (..., in_features) with those of a weight (out_features, in_features).

    As `reference.linear`, by `torch.nn.functional.linear`.

    Examples
    --------
    >>> linear(torch.ones(1, 2), torch.eye(2), torch.tensor([0.0, 10.0]))
    tensor([[ 1., 11.]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    _layer_arguments.linear(input.shape, weight.shape, None if bias is None else bias.shape)
    return F.linear(input, weight, bias)


def flatten(input: Tensor) -> Tensor:
    """Write each example's values (n, ...) in one row, as `reference.flatten` does.

    Examples
    --------
    >>> flatten(torch.zeros(10, 3, 8, 8)).shape
    torch.Size([10, 192])
    """
    input = as_tensor(input)
    return input.reshape(_layer_arguments.flatten(input.shape)).clone()


def batch_norm(
    input: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Tensor, Tensor, Tensor]:
    """Give each channel of (n, c, ...) mean 0 and variance 1; the averages are (c,).

    As `reference.batch_norm`, by torch's own function, but the averages are returned and not
    changed in place. No gradient flows through them.

    Examples
    --------
    >>> zero, one = torch.zeros(1), torch.ones(1)
    >>> batch_norm(torch.tensor([[1.0], [3.0]]), zero, one, training=True)[1:]
    (tensor([0.2000]), tensor([1.1000]))
    """
    optional = {"weight": weight, "bias": bias}
    given = as_given(optional, input=input, running_mean=running_mean, running_var=running_var)
    input = given.pop("input")
    vectors = (given[one].shape if one in given else None for one in _VECTORS)
    call = _normalization(input.shape, *vectors, training, momentum, eps)
    mean, variance = (given[name].detach().clone() for name in _VECTORS[:2])
    output = torch.batch_norm(  # what F.batch_norm calls when it has checked once more
        input,
        given.get("weight"),
        given.get("bias"),
        mean,
        variance,
        call.training,
        call.momentum,
        call.eps,
        torch.backends.cudnn.enabled,
    )
    return output, mean, variance
