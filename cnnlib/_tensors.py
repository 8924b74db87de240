"""How torch_ops takes tensors: on one device, in one type; the rules are those of `_arrays`."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from cnnlib import _check


def as_tensors(complex_too: bool = False, **arguments: object) -> list[Tensor]:
    """Return the arguments, by name and in order, in their common type; refuse mixed devices."""
    if alike(*arguments.values()):
        return list(arguments.values())  # type: ignore[arg-type]
    tensors: list[Tensor] = []
    types = []
    for name, value in arguments.items():
        if not isinstance(value, Tensor):
            _check.not_an_array(name, value)
        types.append(_check.dtype(name, str(value.dtype).removeprefix("torch."), complex_too))
        if value.layout is not torch.strided:
            _check.refuse(ValueError, name, "a dense tensor", value.layout)
        if tensors and value.device != tensors[0].device:
            legal = f"on the device of {next(iter(arguments))}, {tensors[0].device}"
            raise ValueError(f"{name} must be {legal}, got one on {value.device}")
        tensors.append(value)
    dtype = _torch_dtype(_check.widest(types), tensors[0].device)
    return [tensor.to(dtype) for tensor in tensors]


def as_tensor(value: object, name: str = "input") -> Tensor:
    """Return one argument as `as_tensors` does."""
    if alike(value):
        return value  # type: ignore[return-value]
    return as_tensors(False, **{name: value})[0]


def alike(*values: object) -> bool:
    """Tell whether all are dense tensors of one real type on one device, as nearly always.

    Then there is nothing to refuse or to convert, and a call costs little more than torch's own.
    """
    first, *others = values
    if not isinstance(first, Tensor) or first.layout is not torch.strided:
        return False
    dtype, device = first.dtype, first.device
    if dtype is not torch.float32 and dtype is not torch.float64:
        return False
    for value in others:
        if not isinstance(value, Tensor) or value.dtype is not dtype:
            return False
        if value.layout is not torch.strided or value.device != device:
            return False
    return True


def as_classes(name: str, value: object, device: torch.device) -> Tensor:
    """Return an argument that holds integers, the numbers of classes, as int64 on `device`."""
    if not isinstance(value, Tensor):
        _check.not_an_array(name, value)
    if value.dtype is torch.int64 and value.layout is torch.strided and value.device == device:
        return value
    _check.classes(name, str(value.dtype).removeprefix("torch."))
    if value.layout is not torch.strided:
        _check.refuse(ValueError, name, "a dense tensor", value.layout)
    if value.device != device:
        raise ValueError(f"{name} must be on the device of input, {device}, got {value.device}")
    return value.to(torch.int64)


def as_given(optional: Mapping[str, object], **required: object) -> dict[str, Tensor]:
    """Return arguments by name as `as_tensors` does, without the optional ones that are None."""
    given = {name: value for name, value in optional.items() if value is not None}
    arguments = {**required, **given}
    if alike(*arguments.values()):
        return arguments  # type: ignore[return-value]
    return dict(zip(arguments, as_tensors(False, **arguments), strict=True))


def with_bias(input: object, weight: object, bias: object) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return a layer's arguments as `as_tensors` does; a bias may be None."""
    if alike(input, weight) if bias is None else alike(input, weight, bias):
        return input, weight, bias  # type: ignore[return-value]
    if bias is None:
        input_tensor, weight_tensor = as_tensors(input=input, weight=weight)
        return input_tensor, weight_tensor, None
    input_tensor, weight_tensor, bias_tensor = as_tensors(input=input, weight=weight, bias=bias)
    return input_tensor, weight_tensor, bias_tensor


def _torch_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the dtype of that name; on MPS, which has no float64, integers become float32."""
    if device.type == "mps" and name == "float64":
        return torch.float32
    dtype: torch.dtype = getattr(torch, name)
    return dtype
