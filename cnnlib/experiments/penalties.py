"""What keeps weights small: penalties in the loss, and weight decay outside of it."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

__all__ = ["decay_weights", "l1_penalty", "l2_penalty"]


def l1_penalty(weights: Iterable[Tensor]) -> Tensor:
    """Return the sum of the absolute values of all weights; its gradient is their sign.

    Every weight is pulled towards 0 with the same force, however small it is already, so that
    many end there: L1 makes networks sparse.

    Examples
    --------
    >>> l1_penalty([torch.tensor([3.0, -4.0]), torch.tensor([[0.5]])])
    tensor(7.5000)
    """
    return torch.stack([weight.abs().sum() for weight in weights]).sum()


def l2_penalty(weights: Iterable[Tensor]) -> Tensor:
    """Return half the sum of the squares of all weights; its gradient is the weights themselves.

    Examples
    --------
    >>> l2_penalty([torch.tensor([3.0, -4.0]), torch.tensor([[1.0]])])
    tensor(13.)
    """
    return torch.stack([weight.square().sum() for weight in weights]).sum() / 2


@torch.no_grad()
def decay_weights(weights: Iterable[Tensor], learning_rate: float, weight_decay: float) -> None:
    """Shrink weights in place by the factor 1 - learning_rate * weight_decay: a step of decay.

    Beside a step of plain SGD this does what `weight_decay` times `l2_penalty` in the loss does.
    Adam divides gradients by their size, those of a penalty included, so that there it does not:
    AdamW decays the weights like this, before its step (Loshchilov and Hutter, 2019).

    Examples
    --------
    >>> weight = torch.tensor([10.0, -1.0])
    >>> decay_weights([weight], learning_rate=0.5, weight_decay=0.2)
    >>> weight
    tensor([ 9.0000, -0.9000])
    """
    for weight in weights:
        weight.mul_(1 - learning_rate * weight_decay)
