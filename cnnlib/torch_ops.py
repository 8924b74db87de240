"""The operations of `cnnlib.reference` on torch tensors, on whatever device they live.

Shapes, modes and errors are those of `cnnlib.reference`, where each is explained, and so are the
types: float32 and float64 are kept, integers count as float64 (on "mps", which has none, as
float32), and where arguments differ the widest type wins. Results stay on the arguments' device
and carry gradients back to them, to any order.

On CUDA torch may round the factors of float32 convolutions to ten bits ("TF32"); that is torch's
setting, ``torch.backends.cudnn.allow_tf32``, and is left as it is.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn import grad

from cnnlib import _arguments, _check
from cnnlib._check import Pair
from cnnlib._tensors import as_tensors, with_bias

__all__ = [
    "autocorrelate",
    "best_device",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "conv_transpose2d",
    "convolve",
    "correlate",
    "describe_device",
]

Size = int | Pair


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


def convolve(input: Tensor, kernel: Tensor, mode: str = "full") -> Tensor:
    """Convolve two signals, (n,) and (k,) or (h, w) and (kh, kw), as `reference.convolve` does.

    Examples
    --------
    >>> convolve(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 1.0]))
    tensor([3., 7., 2.])
    """
    input, kernel = as_tensors(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    return _full(input, kernel)[kept].clone()


def correlate(input: Tensor, kernel: Tensor, mode: str = "full") -> Tensor:
    """Cross-correlate two signals, lags rising, as `reference.correlate` does.

    Examples
    --------
    >>> correlate(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 1.0]), mode='valid')
    tensor([2., 3.])
    """
    input, kernel = as_tensors(input=input, kernel=kernel, complex_too=True)
    kept = _arguments.signals(input.shape, kernel.shape, mode)
    turned = kernel.flip(tuple(range(kernel.ndim))).conj()
    return _full(input, turned)[kept].clone()


def autocorrelate(input: Tensor, mode: str = "full") -> Tensor:
    """Correlate a signal with itself, as `reference.autocorrelate` does.

    Examples
    --------
    >>> autocorrelate(torch.tensor([1.0, 2.0, 3.0]))
    tensor([ 3.,  8., 14.,  8.,  3.])
    """
    return correlate(input, input, mode)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Slide filters (c_out, c_in / groups, kh, kw) over images (n, c_in, h, w).

    As `reference.conv2d`, by `torch.nn.functional.conv2d`.

    Examples
    --------
    >>> conv2d(torch.arange(9.0).reshape(1, 1, 3, 3), torch.ones(1, 1, 2, 2), padding='same')
    tensor([[[[ 8., 12.,  7.],
              [20., 24., 13.],
              [13., 15.,  8.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv2d(input.shape, weight.shape, shape, stride, padding, dilation, groups)
    (top, bottom), (left, right) = call.padding
    if (top, left) != (bottom, right):
        input = F.pad(input, (left, right, top, bottom))
        top, left = 0, 0
    return F.conv2d(input, weight, bias, call.stride, (top, left), call.dilation, call.groups)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Tensor:
    """Stamp filters (c_in, c_out / groups, kh, kw), scaled by the values of (n, c_in, h, w).

    As `reference.conv_transpose2d`, by `torch.nn.functional.conv_transpose2d`.

    Examples
    --------
    >>> conv_transpose2d(torch.eye(2)[None, None], torch.ones(1, 1, 2, 2))
    tensor([[[[1., 1., 0.],
              [1., 2., 1.],
              [0., 1., 1.]]]])
    """
    input, weight, bias = with_bias(input, weight, bias)
    shape = None if bias is None else bias.shape
    call = _arguments.conv_transpose2d(
        input.shape, weight.shape, shape, stride, padding, output_padding, groups, dilation
    )
    return F.conv_transpose2d(
        input,
        weight,
        bias,
        call.stride,
        call.padding,
        call.output_padding,
        call.groups,
        call.dilation,
    )


def conv2d_input(
    input_size: tuple[int, int, int, int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Return the gradient with respect to the input (n, c_in, h, w) of `conv2d`.

    As `reference.conv2d_input`, by `torch.nn.grad.conv2d_input`.

    Examples
    --------
    >>> conv2d_input((1, 1, 1, 3), torch.tensor([[[[10.0, 1.0]]]]), torch.tensor([[[[1.0, 2.0]]]]))
    tensor([[[[10., 21.,  2.]]]])
    """
    weight, grad_output = as_tensors(weight=weight, grad_output=grad_output)
    call = _arguments.conv2d_input(
        input_size, weight.shape, grad_output.shape, stride, padding, dilation, groups
    )
    pads = call.padding[0][0], call.padding[1][0]
    size, steps, gaps = call.input_size, call.stride, call.dilation
    return grad.conv2d_input(size, weight, grad_output, steps, pads, gaps, call.groups)


def conv2d_weight(
    input: Tensor,
    weight_size: tuple[int, int, int, int],
    grad_output: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Return the gradient with respect to the weight (c_out, c_in / groups, kh, kw) of `conv2d`.

    As `reference.conv2d_weight`, by `torch.nn.grad.conv2d_weight`.

    Examples
    --------
    >>> signal = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    >>> conv2d_weight(signal, (1, 1, 1, 2), torch.tensor([[[[1.0, 10.0]]]]))
    tensor([[[[21., 32.]]]])
    """
    input, grad_output = as_tensors(input=input, grad_output=grad_output)
    call = _arguments.conv2d_weight(
        input.shape, weight_size, grad_output.shape, stride, padding, dilation, groups
    )
    pads = call.padding[0][0], call.padding[1][0]
    size, steps, gaps = call.weight_size, call.stride, call.dilation
    return grad.conv2d_weight(input, size, grad_output, steps, pads, gaps, call.groups)


def _full(input: Tensor, kernel: Tensor) -> Tensor:
    """Return the full convolution of two signals of equal rank, one tap of the shorter at a time.

    torch's own convolutions would pad with zeros, which turn a kernel's infinities into NaN, and
    take complex numbers on some devices only.
    """
    if kernel.numel() > input.numel():
        input, kernel = kernel, input
    full = input.new_zeros([n + k - 1 for n, k in zip(input.shape, kernel.shape, strict=True)])
    for tap in np.ndindex(kernel.shape):
        at = tuple(slice(i, i + n) for i, n in zip(tap, input.shape, strict=True))
        full[at] += kernel[tap] * input
    return full
