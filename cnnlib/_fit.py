"""Why a layer does not take an input: what it expects, and what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

__all__ = ["misfit"]

Shape = tuple[int, ...]

_POOLS = {
    1: (nn.MaxPool1d, nn.AvgPool1d),
    2: (nn.MaxPool2d, nn.AvgPool2d),
    3: (nn.MaxPool3d, nn.AvgPool3d),
}


def misfit(module: nn.Module, given: Sequence[Shape]) -> str | None:
    """Return what a layer expects and what it is given, or None where that is not known here.

    Parameters
    ----------
    module : torch.nn.Module
        The layer that broke.
    given : sequence of shapes
        Those of the tensors that it was called with.
    """
    if not given:
        return None
    shape = given[0]
    if isinstance(module, _ConvNd):
        return _convolution(module, shape)
    for axes, kinds in _POOLS.items():
        if isinstance(module, kinds):
            return _pooling(module, axes, shape)
    if isinstance(module, nn.Linear):
        return _count("features", "in_features", module.in_features, shape[-1:])
    if isinstance(module, nn.Bilinear):
        sizes = (module.in1_features, module.in2_features)
        found = (
            _count("features", f"in{i}_features", size, one[-1:])
            for i, (size, one) in enumerate(zip(sizes, given, strict=False), start=1)
        )
        return next(filter(None, found), None)
    if isinstance(module, nn.RNNBase):
        return _count("features", "input_size", module.input_size, shape[-1:])
    if isinstance(module, _NormBase):
        return _count("channels", "num_features", module.num_features, shape[1:2])
    if isinstance(module, nn.GroupNorm):
        return _count("channels", "num_channels", module.num_channels, shape[1:2])
    if isinstance(module, (nn.LayerNorm, nn.RMSNorm)):
        expected = tuple(module.normalized_shape)
        last = shape[-len(expected) :]
        if last != expected:
            return f"it expects {expected} as the last sizes (normalized_shape) but is given {last}"
    return None


def _count(what: str, name: str, expected: int, given: Shape) -> str | None:
    if given == (expected,):
        return None
    found = f"{given[0]:,}" if given else "none"
    return f"it expects {expected:,} {what} ({name}) but is given {found}"


def _convolution(module: _ConvNd, shape: Shape) -> str | None:
    axes = len(module.kernel_size)
    if len(shape) not in (axes + 1, axes + 2):
        return f"it expects an input of {axes + 2} axes, batch first, but is given {len(shape)}"
    channels = _count("channels", "in_channels", module.in_channels, shape[-axes - 1 : -axes])
    if channels or isinstance(module, _ConvTransposeNd) or module.padding == "same":
        return channels
    padding = (0,) * axes if isinstance(module.padding, str) else module.padding
    return _window("kernel", shape[-axes:], module.kernel_size, padding, module.dilation)


def _pooling(module: Any, axes: int, shape: Shape) -> str | None:
    if len(shape) not in (axes + 1, axes + 2):
        return None
    kernel, padding, dilation = (
        size if isinstance(size, tuple) else (size,) * axes
        for size in (module.kernel_size, module.padding, getattr(module, "dilation", 1))
    )
    return _window("window", shape[-axes:], kernel, padding, dilation)


def _window(what: str, n: Shape, kernel: Shape, padding: Shape, dilation: Shape) -> str | None:
    padded = tuple(i + 2 * p for i, p in zip(n, padding, strict=True))
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    if all(span <= i for span, i in zip(spans, padded, strict=True)):
        return None
    wide = "" if spans == tuple(kernel) else f", which spans {spans} with dilation {dilation},"
    with_padding = "" if padded == n else f", {padded} with its padding"
    return f"its {what} of {tuple(kernel)}{wide} is larger than what it is given: {n}{with_padding}"
