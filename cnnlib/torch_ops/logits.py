"""From logits to probabilities, and to the loss of a classifier, on tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlib import _layer_arguments
from cnnlib._remembered import remembered
from cnnlib._tensors import as_classes, as_tensor

__all__ = ["cross_entropy", "log_softmax", "softmax"]

_checked = remembered(_layer_arguments.cross_entropy)


def softmax(input: Tensor, dim: int) -> Tensor:
    """Turn logits of any shape into probabilities along an axis, as `reference.softmax` does.

    Examples
    --------
    >>> softmax(torch.tensor([[2.0, 2.0], [-500.0, 500.0]]), dim=1)
    tensor([[0.5000, 0.5000],
            [0.0000, 1.0000]])
    """
    input = as_tensor(input)
    return F.softmax(input, _layer_arguments.axis(input.shape, dim))


def log_softmax(input: Tensor, dim: int) -> Tensor:
    """Return the logarithm of `softmax`, also where that is too small for a float.

    As `reference.log_softmax`, by `torch.nn.functional.log_softmax`.

    Examples
    --------
    >>> log_softmax(torch.tensor([0.0, 2000.0]), dim=0)
    tensor([-2000.,     0.])
    """
    input = as_tensor(input)
    return F.log_softmax(input, _layer_arguments.axis(input.shape, dim))


def cross_entropy(input: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Return the mean over a batch (n, c) of -log softmax(input)[target], of classes (n,).

    As `reference.cross_entropy`, by `torch.nn.functional.cross_entropy`. The classes are looked
    at first, so a CPU that runs ahead of its GPU waits here.

    Examples
    --------
    >>> cross_entropy(torch.tensor([[0.0, 2000.0]]), torch.tensor([0]))
    tensor(2000.)
    """
    input = as_tensor(input)
    target = as_classes("target", target, input.device)
    smoothing = _checked(input.shape, target.shape, label_smoothing)
    if target.device.type == "cpu" and target.numel() and target.min().item() >= 0:
        # Torch on a CPU refuses classes beyond the last by itself; below, in other words.
        try:
            return F.cross_entropy(input, target, label_smoothing=smoothing)
        except IndexError:
            pass
    if target.numel() and not target.is_meta:
        lowest, highest = torch.stack(torch.aminmax(target)).tolist()
        _layer_arguments.classes(lowest, highest, input.shape[1])
    return F.cross_entropy(input, target, label_smoothing=smoothing)
