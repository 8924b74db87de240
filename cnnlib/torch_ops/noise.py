"""What is done to activations at random, in training alone."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cnnlib import _layer_arguments
from cnnlib._tensors import as_tensors

__all__ = ["dropout"]


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    *,
    rng: np.random.Generator | torch.Generator,
) -> Tensor:
    """Put 0 for each value of a tensor of any shape with probability `p`, else divide by 1 - p.

    As `reference.dropout`. A NumPy generator gives the same numbers as there; one of torch, which
    must be on the device of `input`, draws on that device.

    Examples
    --------
    >>> dropout(torch.full((4,), 3.0), p=0.25, rng=np.random.default_rng(0))
    tensor([4., 4., 0., 0.])
    """
    (input,) = as_tensors(input=input)
    p, training = _layer_arguments.dropout(p, training)
    if not training:
        return input.clone()
    if isinstance(rng, torch.Generator):
        if rng.device.type != input.device.type:
            raise ValueError(
                f"rng must be on the device of input, {input.device}, got {rng.device}"
            )
        drawn = torch.rand(input.shape, generator=rng, device=input.device)
    else:
        numbers = _layer_arguments.generator(rng).random(tuple(input.shape))
        drawn = torch.as_tensor(numbers).to(input.device)
    scaled = input / (1 - p) if p < 1 else input
    return scaled.masked_fill(drawn < p, 0)
