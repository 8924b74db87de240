"""How many multiply-accumulates each operation of torch takes, or None where that is not known.

A multiply-accumulate (MAC) is a product added to a sum of products: the work of convolutions and
of matrix products. Comparing, averaging, adding, moving values, and functions of single values
take none. Normalization is counted as none too, as published counts have it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["macs", "takes_none"]


def takes_none(module: nn.Module) -> bool:
    """Return whether a module is one of torch's own kinds that take no MACs, whatever it runs."""
    package = type(module).__module__.removeprefix("torch.nn.modules.")
    return package in _KINDS_WITHOUT and not isinstance(module, nn.MultiheadAttention)


def macs(operation: Any, args: tuple[Any, ...], output: Any) -> int | None:
    """Return the MACs of one call of an operation, or None for one that is not known here.

    Parameters
    ----------
    operation : torch._ops.OpOverload
        What torch dispatched.
    args : tuple
        What it was given.
    output : torch.Tensor or other
        What it returned.
    """
    name = operation._schema.name.removeprefix("aten::")
    if name in _COUNTS:
        return _COUNTS[name](args, output)
    if name.rstrip("_") in ("mul", "addcmul"):
        arrays = [arg for arg in args if isinstance(arg, Tensor) and arg.dim() > 0]
        return 0 if len(arrays) < 2 else None  # may be part of a sum of products written by hand
    if torch.Tag.pointwise in operation.tags or operation.is_view or _WITHOUT.fullmatch(name):
        return 0
    return None


def _convolution(args: tuple[Any, ...], output: Tensor) -> int:
    """Count a tap of the kernel for each output; transposed, for each input."""
    input, weight, transposed = args[0], args[1], args[6]
    return (input if transposed else output).numel() * prod(weight.shape[1:])


def _trilinear(args: tuple[Any, ...], output: Tensor) -> int | None:
    """Count x1' (A x2) for each output of a bilinear layer: a matrix by a vector, then a dot."""
    if args[3:6] != ([1, 3], [0], [1, 2]):
        return None
    _, first, second = args[1].shape
    return output.numel() * (first * second + first)


_COUNTS: dict[str, Callable[[tuple[Any, ...], Any], int | None]] = {
    "convolution": _convolution,
    "_trilinear": _trilinear,
    "linear": lambda args, output: output.numel() * args[1].shape[-1],
    "mm": lambda args, _: args[0].numel() * args[1].shape[-1],
    "bmm": lambda args, _: args[0].numel() * args[1].shape[-1],
    "addmm": lambda args, _: args[1].numel() * args[2].shape[-1],
    "baddbmm": lambda args, _: args[1].numel() * args[2].shape[-1],
    "mv": lambda args, _: args[0].numel(),
    "addmv": lambda args, _: args[1].numel(),
    "dot": lambda args, _: args[0].numel(),
}

_KINDS_WITHOUT = {
    *("activation", "batchnorm", "channelshuffle", "dropout", "flatten", "instancenorm"),
    *("normalization", "padding", "pixelshuffle", "pooling"),
}

# What moves, makes, compares or averages values; single values' functions torch itself marks.
_WITHOUT = re.compile(
    r"_?(adaptive_)?(avg|max)_(un)?pool\dd(_with_indices)?|fractional_max_pool\dd"
    r"|(amax|amin|argmax|argmin|max|mean|median|min|sum|topk|sort|any|all)"
    r"|(cat|stack|constant_pad_nd|(reflection|replication)_pad\dd|roll|flip|repeat)"
    r"|(_unsafe_view|_reshape_copy|unsafe_split|unsafe_chunk|unfold|im2col|col2im)"
    r"|(pixel_(un)?shuffle|channel_shuffle|native_channel_shuffle|_?upsample_nearest(_exact)?\dd)"
    r"|(index|index_select|gather|embedding|masked_fill_?|tril|triu|copy_|_to_copy|lift_fresh)"
    r"|((new_)?(empty|zeros|ones|full)(_like|_strided)?|arange|scalar_tensor|fill_|zero_)"
    r"|(_softmax|_log_softmax|_prelu_kernel|glu|native_dropout|rand(n|int)?(_like)?|bernoulli_?)"
    r"|(native_(batch|layer|group)_norm|_local_scalar_dense)"
)
