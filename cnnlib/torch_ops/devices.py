"""The device to compute on, and its name in words."""

from __future__ import annotations

import torch

from cnnlib import _check

__all__ = ["best_device", "describe_device"]


def best_device() -> torch.device:
    """Return the fastest device torch has here: CUDA, else MPS, else the CPU.

    `describe_device` says in words what was chosen.

    Examples
    --------
    >>> best_device().type in ("cuda", "mps", "cpu")
    True
    """
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def describe_device(device: torch.device | str | None = None) -> str:
    """Say what a device is, in a line to print; None means `best_device()`.

    Raises
    ------
    TypeError, ValueError
        If `device` is no device, or none that torch knows.

    Examples
    --------
    >>> describe_device("cpu").split(":")[0]
    'cpu'
    """
    if device is None:
        device = best_device()
    if not isinstance(device, (torch.device, str)):
        _check.refuse(TypeError, "device", "a torch.device or its name", device)
    try:
        device = torch.device(device)
    except RuntimeError:
        _check.refuse(ValueError, "device", "a device torch knows, as 'cpu' or 'cuda:0'", device)
    if device.type == "cuda":
        return f"{device}: {torch.cuda.get_device_name(device)}"
    if device.type == "mps":
        return "mps: the graphics processor of this Mac"
    threads = torch.get_num_threads()
    return f"{device}: {threads} thread{'s' if threads > 1 else ''}"
