"""Stacks of layers as torch modules of equal weights, and their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from cnnlib import torch_ops

from ._stack_text import Stack, Window


class _Branches(nn.Module):
    """Branches that start at one place, and are added up."""

    def __init__(self, branches: list[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return torch.stack([branch(input) for branch in self.branches]).sum(0)


def _modules(stack: Stack, axes: int, dtype: torch.dtype) -> nn.Sequential:
    found: list[nn.Module] = []
    for item in stack:
        if isinstance(item, Window):
            settings = (item.kernel_size, item.stride, item.padding, item.dilation)
            k, s, p, d = (size[2 - axes :] for size in settings)
            kind: Any = nn.Conv1d if axes == 1 else nn.Conv2d
            layer = kind(1, 1, k, s, p, d, bias=False, dtype=dtype)
            nn.init.constant_(layer.weight, 1 / layer.weight.numel())
            found.append(layer)
        else:
            found.append(_Branches([_modules(branch, axes, dtype) for branch in item.branches]))
    return nn.Sequential(*found)


def gradient(stack: Stack, size: tuple[int, int], unit: tuple[int, int], axes: int) -> np.ndarray:
    """Return the gradient of one unit of a stack's last map, scaled to add up to 1.

    Parameters
    ----------
    stack : Stack
        Up to the node in question.
    size : pair of ints
        Of the input; of a signal, (1, samples).
    unit : pair of ints
        Row and column in the last map.
    axes : {1, 2}
        Whether the layers convolve signals or pictures.

    Returns
    -------
    numpy.ndarray
        Of the input's shape; zeros where the unit sees padding alone.
    """
    device = torch_ops.best_device()
    dtype = torch.float32 if device.type == "mps" else torch.float64
    net = _modules(stack, axes, dtype).to(device)
    image = torch.ones(1, 1, *size[2 - axes :], device=device, dtype=dtype, requires_grad=True)
    (found,) = torch.autograd.grad(net(image)[(0, 0, *unit[2 - axes :])], image)
    shares = found.cpu().double().numpy().reshape(size)
    total = shares.sum()
    return shares / total if total else shares
