"""Networks that are being built, as torch modules."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from ._builder_rows import Shape, rows, shape_after
from ._builder_text import Layer, names
from ._stack_text import Branches

PLAIN = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "flatten": nn.Flatten,
}
"""The modules of kinds without settings."""


class Add(nn.Module):
    """The sum of its inputs: a layer of its own, so that a summary has a row for it."""

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """Return the sum of tensors of one shape."""
        return sum(inputs[1:], inputs[0])


class Block(nn.Module):
    """Branches that start at one place; their outputs are added. None stands for a skip."""

    def __init__(self, branches: Sequence[nn.Module | None]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branch or nn.Identity() for branch in branches)
        self.add = Add()

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return the sum of what the branches make of an input."""
        output: torch.Tensor = self.add(*(branch(input) for branch in self.branches))
        return output


def module(stack: Sequence[Any], input_shape: Shape) -> nn.Sequential:
    """Return a network as a module, its layers by the names that its rows have.

    Raises
    ------
    ValueError
        If a layer does not fit.

    Examples
    --------
    >>> from cnnlib.explorers import _builder_text
    >>> module(_builder_text.parse("conv2k3,relu,flatten,linear10"), (1, 8, 8))
    Sequential(
      (conv): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))
      (relu): ReLU()
      (flatten): Flatten(start_dim=1, end_dim=-1)
      (linear): Linear(in_features=72, out_features=10, bias=True)
    )
    """
    _, fault = rows(stack, input_shape)
    if fault:
        raise ValueError(f"layers must fit each other: {fault.name} {fault.why}")
    return _sequence(stack, names(stack), tuple(input_shape))[0]


def _sequence(stack: Sequence[Any], called: list[str], given: Shape) -> tuple[nn.Sequential, Shape]:
    """Return a sequence as a module, and the shape that it gives."""
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    for item, name in zip(stack, called, strict=True):
        if isinstance(item, Branches):
            parts[name], given = _block(item, given)
        else:
            parts[name], given = layer_module(item, given), shape_after(item, given)
    return nn.Sequential(parts), given


def _block(block: Branches, given: Shape) -> tuple[nn.Module, Shape]:
    inside = names([item for branch in block.branches for item in branch])
    made: list[nn.Module | None] = []
    shape = given
    for branch in block.branches:
        own, inside = inside[: len(branch)], inside[len(branch) :]
        part, shape = _sequence(branch, own, given)
        made.append(part if branch else None)
    return Block(made), shape


def layer_module(layer: Layer, given: Shape) -> nn.Module:
    """Return one layer as a module, for what has the shape `given`."""
    channels = given[0]
    sizes: Any = (layer.kernel_size, layer.stride, layer.padding)
    if layer.kind == "conv":
        how = (*sizes, layer.dilation, layer.groups, layer.bias)
        return nn.Conv2d(channels, layer.width, *how)
    if layer.kind in ("max", "avg"):
        return (nn.MaxPool2d if layer.kind == "max" else nn.AvgPool2d)(*sizes)
    if layer.kind == "gap":
        return nn.AdaptiveAvgPool2d(1)
    if layer.kind in ("bn", "bn1d"):
        return (nn.BatchNorm2d if layer.kind == "bn" else nn.BatchNorm1d)(channels)
    if layer.kind == "linear":
        return nn.Linear(channels, layer.width, layer.bias)
    if layer.kind == "softmax":
        return nn.Softmax(dim=1)
    return nn.Dropout(layer.width / 100) if layer.kind == "drop" else PLAIN[layer.kind]()
