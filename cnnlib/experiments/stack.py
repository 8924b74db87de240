"""Several networks of one plan as one: each layer computes all members at once.

Channels of all members lie side by side. A convolution of k members is one of k groups; batch norm
works channel by channel anyway; k fully connected layers are one batched product. No member sees
anything of another, so that each gets the gradients that it would get alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["Stack"]

_BETWEEN = (nn.ReLU, nn.MaxPool2d, nn.AvgPool2d, nn.Identity)
Draws = Sequence[np.random.Generator]


class Stack(nn.Module):
    """Networks of one plan, as one module.

    Parameters
    ----------
    networks : sequence of torch.nn.Sequential
        Alike but for their weights, of Conv2d, BatchNorm2d, ReLU, MaxPool2d, AvgPool2d, Flatten,
        Dropout and Linear. What does not require a gradient is frozen: it stays as it is, the
        averages of a frozen batch norm too.
    channels_last : bool
        Whether the values of a pixel's channels lie side by side in memory.

    Raises
    ------
    TypeError
        If there is a layer of another kind.
    """

    def __init__(self, networks: Sequence[nn.Sequential], channels_last: bool = False) -> None:
        super().__init__()
        self.k = len(networks)
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.names = [name for name, _ in networks[0].named_children()]
        self.layers = nn.ModuleList()
        for name in self.names:
            members = [network.get_submodule(name) for network in networks]
            self.layers.append(_together(name, members))
        nn.Module.to(self, memory_format=self.format)  # type: ignore[call-overload]

    def forward(self, images: Tensor, draws: Draws | None = None) -> Tensor:
        """Return the logits, (k, n, classes), of (n, k c, h, w), each member's channels in turn.

        `draws` has a generator for each member, which dropout draws from in training mode.
        """
        x = images.contiguous(memory_format=self.format)
        for layer in self.layers:
            x = layer(x, draws) if isinstance(layer, _Dropout) else layer(x)
        return x

    def weights(self) -> list[Tensor]:
        """Return the weights that penalties and decay are for: no biases, no batch norm."""
        kinds = (nn.Conv2d, _Linear)
        return [m.weight for m in self.layers if isinstance(m, kinds) and m.weight.requires_grad]

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """Return copies of all weights and averages, a member along the first axis."""
        return {name: self._rows(part).clone() for name, part in self._parts().items() if part.ndim}

    @torch.no_grad()
    def keep(self, copies: dict[str, Tensor], members: Sequence[int]) -> None:
        """Copy the present weights of some members to where `snapshot` put them."""
        places = torch.tensor(members)
        parts = self._parts()
        for name, copy in copies.items():
            where = places.to(copy.device)
            copy[where] = self._rows(parts[name])[where]

    @torch.no_grad()
    def restore(self, copies: dict[str, Tensor]) -> None:
        """Put back what `snapshot` and `keep` copied."""
        parts = self._parts()
        for name, copy in copies.items():
            self._rows(parts[name]).copy_(copy)

    def state(self, member: int) -> dict[str, Tensor]:
        """Return one member's weights on the CPU, named as its own `state_dict` names them."""
        state = {}
        for name, part in self._parts().items():
            row = self._rows(part.detach())[member] if part.ndim else part
            state[name] = row.cpu().clone().contiguous()
        return state

    def _parts(self) -> dict[str, Tensor]:
        return {
            f"{name}.{part}": value
            for name, layer in zip(self.names, self.layers, strict=True)
            for part, value in layer.state_dict(keep_vars=True).items()
        }

    def _rows(self, part: Tensor) -> Tensor:
        """View what members have side by side as one row for each."""
        return part.view(self.k, -1, *part.shape[1:])


class _Linear(nn.Module):
    """Linear layers on (k, n, features), each member's rows by its own weight."""

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        self.k = len(layers)
        self.weight: Any = _joined(layers, "weight")
        self.bias = _joined(layers, "bias")

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight.unflatten(0, (self.k, -1)).transpose(1, 2)
        if self.bias is None:
            return torch.bmm(x, weight)
        return torch.baddbmm(self.bias.view(self.k, 1, -1), x, weight)


class _Flatten(nn.Module):
    """From (n, k c, h, w) to (k, n, c h w)."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), self.k, -1).transpose(0, 1)


class _Dropout(nn.Module):
    """Inverted dropout, each member's drawn from its own generator."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor, draws: Draws | None) -> Tensor:
        if not self.training or not self.p or draws is None:
            return x
        k, n = len(draws), len(x) if x.ndim == 4 else x.shape[1]
        size = (n, x.shape[1] // k, *x.shape[2:]) if x.ndim == 4 else x.shape[1:]
        drawn = [draw.random(size, dtype=np.float32) >= self.p for draw in draws]
        kept = torch.from_numpy(np.concatenate(drawn, 1) if x.ndim == 4 else np.stack(drawn))
        return x * kept.to(x.device, x.dtype).div_(1 - self.p)


class _Frozen(nn.BatchNorm2d):
    """Batch norm that goes on with the averages it has."""

    def train(self, mode: bool = True) -> _Frozen:
        return super().train(False)


def _together(name: str, layers: Sequence[Any]) -> nn.Module:
    """Return the layers of all members that have one name as one layer."""
    first, k = layers[0], len(layers)
    made: Any
    if isinstance(first, nn.Conv2d):
        made = nn.Conv2d(
            k * first.in_channels,
            k * first.out_channels,
            first.kernel_size,  # type: ignore[arg-type]
            first.stride,  # type: ignore[arg-type]
            first.padding,  # type: ignore[arg-type]
            first.dilation,  # type: ignore[arg-type]
            groups=k * first.groups,
            bias=first.bias is not None,
            device="meta",
        )
        made.weight, made.bias = _joined(layers, "weight"), _joined(layers, "bias")
        return made
    if isinstance(first, nn.BatchNorm2d):
        frozen = first.weight is not None and not first.weight.requires_grad
        kind = _Frozen if frozen else nn.BatchNorm2d
        made = kind(k * first.num_features, first.eps, first.momentum, first.affine)
        made.weight, made.bias = _joined(layers, "weight"), _joined(layers, "bias")
        for average in ("running_mean", "running_var"):
            made.register_buffer(average, torch.cat([getattr(each, average) for each in layers]))
        made.num_batches_tracked.copy_(first.num_batches_tracked)
        return made
    if isinstance(first, nn.Linear):
        return _Linear(layers)
    if isinstance(first, nn.Flatten):
        return _Flatten(k)
    if isinstance(first, nn.Dropout):
        return _Dropout(first.p)
    if isinstance(first, nn.ReLU):
        return nn.ReLU(inplace=True)
    if isinstance(first, _BETWEEN):
        return first
    raise TypeError(
        "network must be a Sequential of Conv2d, BatchNorm2d, ReLU, MaxPool2d, AvgPool2d, "
        f"Flatten, Dropout and Linear, got {type(first).__name__} as {name!r}"
    )


def _joined(layers: Sequence[Any], part: str) -> nn.Parameter | None:
    """Return a parameter of all layers side by side along its first axis."""
    parts = [getattr(layer, part) for layer in layers]
    if parts[0] is None:
        return None
    joined = torch.cat([each.detach() for each in parts])
    return nn.Parameter(joined, requires_grad=parts[0].requires_grad)
