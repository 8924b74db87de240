"""Random problems for pooling, in the manner of `strategies`, and torch's own answers to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from strategies import Integer, Problem, arrays_of, pair_or_int, strategy_of
from torch.nn import functional as F

Tensor = torch.Tensor


def max_pool_problem(integer: Integer) -> Problem:
    """Build a call of max_pool2d; a window of a wide dilation may meet padding alone."""
    return _pool(integer, padding=True, dilation=True)


def avg_pool_problem(integer: Integer) -> Problem:
    """Build a call of avg_pool2d."""
    problem = _pool(integer, padding=True)
    if integer(0, 1):
        problem.settings["count_include_pad"] = bool(integer(0, 1))
    return problem


def lp_pool_problem(integer: Integer) -> Problem:
    """Build a call of lp_pool2d; where powers are not even, negative sums may have no root."""
    problem = _pool(integer)
    norm = (1, 2, 3, 4, np.inf, 2.0, 2.5)[integer(0, 6)]
    return Problem(problem.arrays, {"norm_type": norm, **problem.settings})


def gaussian_pool_problem(integer: Integer) -> Problem:
    """Build a call of gaussian_pool2d."""
    problem = _pool(integer, ceil_mode=False)
    return Problem(problem.arrays, {"sigma": integer(1, 12) / 4, **problem.settings})


def blur_pool_problem(integer: Integer) -> Problem:
    """Build a call of blur_pool2d."""
    shape = *_batch(integer), integer(2, 9), integer(2, 9)
    stride = integer(1, 4), integer(1, 4)
    settings = {"stride": pair_or_int(integer, stride)} if integer(0, 3) else {}
    return Problem({"input": _values(integer, *shape)}, settings)


def adaptive_pool_problem(integer: Integer) -> Problem:
    """Build a call of adaptive_avg_pool2d; the output may be larger than the input."""
    size = pair_or_int(integer, (integer(1, 6), integer(1, 6)))
    return Problem({"input": _images(integer)}, {"output_size": size})


def global_pool_problem(integer: Integer) -> Problem:
    """Build a call of global_avg_pool2d or global_max_pool2d."""
    return Problem({"input": _images(integer)})


def max_gradient_problem(integer: Integer) -> Problem:
    """Build a call of max_pool2d_input whose windows all meet some of the input."""
    problem = _pool(integer, padding=True, dilation=True, within=True)
    output = torch_max_pool2d(**problem.tensors(), **problem.settings)
    arrays = {**problem.arrays, "grad_output": arrays_of(integer)(*output.shape)}
    return Problem(arrays, problem.settings)


def avg_gradient_problem(integer: Integer) -> Problem:
    """Build a call of avg_pool2d_input."""
    problem = avg_pool_problem(integer)
    output = torch_avg_pool2d(**problem.tensors(), **problem.settings)
    grads = arrays_of(integer)(*output.shape)
    return Problem({"grad_output": grads}, {"input_size": problem.arrays["input"].shape,
                                            **problem.settings})  # fmt: skip


def special(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """Return a copy in which about half the values are NaN, infinite, zero or equal."""
    marks = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -np.inf, -np.inf])
    chosen = marks[rng.integers(0, len(marks), array.shape)]
    return np.where(rng.random(array.shape) < 0.6, chosen, array)


def torch_max_pool2d(**call: Any) -> Tensor:
    return F.max_pool2d(**_tuples(call))


def torch_avg_pool2d(**call: Any) -> Tensor:
    return F.avg_pool2d(**_tuples(call))


def torch_gaussian_pool2d(
    input: Tensor, kernel_size: Any, sigma: float, stride: Any = None
) -> Tensor:
    """Convolve each channel with a bell, written out from its definition."""
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    y, x = torch.arange(kh, dtype=torch.float64), torch.arange(kw, dtype=torch.float64)
    squares = (y - (kh - 1) / 2)[:, None] ** 2 + (x - (kw - 1) / 2) ** 2
    weights = torch.exp(-squares / (2 * sigma**2))
    return _depthwise(input, weights / weights.sum(), stride or (kh, kw))


def torch_blur_pool2d(input: Tensor, stride: Any = 2) -> Tensor:
    """Reflect one row and one column on each side, and convolve each channel."""
    weights = torch.tensor([[1, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=torch.float64) / 16
    return _depthwise(F.pad(input, (1, 1, 1, 1), mode="reflect"), weights, stride)


def torch_max_gradient(input: Tensor, grad_output: Tensor, **call: Any) -> Tensor:
    leaf = input.clone().requires_grad_()
    return torch.autograd.grad(torch_max_pool2d(input=leaf, **call), leaf, grad_output)[0]


def torch_avg_gradient(input_size: tuple[int, ...], grad_output: Tensor, **call: Any) -> Tensor:
    leaf = grad_output.new_zeros(input_size).requires_grad_()
    return torch.autograd.grad(torch_avg_pool2d(input=leaf, **call), leaf, grad_output)[0]


BUILDERS: dict[str, Callable[[Integer], Problem]] = {
    "max_pool2d": max_pool_problem,
    "avg_pool2d": avg_pool_problem,
    "lp_pool2d": lp_pool_problem,
    "gaussian_pool2d": gaussian_pool_problem,
    "blur_pool2d": blur_pool_problem,
    "adaptive_avg_pool2d": adaptive_pool_problem,
    "global_avg_pool2d": global_pool_problem,
    "global_max_pool2d": global_pool_problem,
    "max_pool2d_input": max_gradient_problem,
    "avg_pool2d_input": avg_gradient_problem,
}
TORCH: dict[str, Callable[..., Tensor]] = {
    "max_pool2d": torch_max_pool2d,
    "avg_pool2d": torch_avg_pool2d,
    "lp_pool2d": lambda **call: F.lp_pool2d(**_tuples(call)),
    "gaussian_pool2d": torch_gaussian_pool2d,
    "blur_pool2d": torch_blur_pool2d,
    "adaptive_avg_pool2d": lambda **call: F.adaptive_avg_pool2d(**_tuples(call)),
    "global_avg_pool2d": lambda input: F.adaptive_avg_pool2d(input, 1),
    "global_max_pool2d": lambda input: F.adaptive_max_pool2d(input, 1),
    "max_pool2d_input": torch_max_gradient,
    "avg_pool2d_input": torch_avg_gradient,
}
STRATEGIES = {name: strategy_of(build) for name, build in BUILDERS.items()}


def _pool(
    integer: Integer,
    padding: bool = False,
    dilation: bool = False,
    ceil_mode: bool = True,
    within: bool = False,
) -> Problem:
    """Build a call of a pooling with these settings; `within`, no dilation exceeds the input."""
    kernel = integer(1, 4), integer(1, 4)
    stride = (integer(1, 4), integer(1, 4)) if integer(0, 3) else kernel
    pads = tuple(integer(0, k // 2) if padding else 0 for k in kernel)
    spaces = (integer(1, 3), integer(1, 3)) if dilation else (1, 1)
    ceil = ceil_mode and bool(integer(0, 1))
    shape = _batch(integer)
    for k, s, p, d in zip(kernel, stride, pads, spaces, strict=True):
        least = d * (k - 1) + 1 - 2 * p - (s - 1 if ceil else 0)
        shape.append(max(1, d if within else 1, least) + integer(0, 6))
    settings: dict[str, Any] = {"kernel_size": pair_or_int(integer, kernel)}
    if stride != kernel or integer(0, 1):
        settings["stride"] = pair_or_int(integer, stride)
    if padding:
        settings["padding"] = pair_or_int(integer, pads)
    if dilation:
        settings["dilation"] = pair_or_int(integer, spaces)
    if ceil_mode:
        settings["ceil_mode"] = ceil
    return Problem({"input": _values(integer, *shape)}, settings)


def _images(integer: Integer) -> np.ndarray:
    return _values(integer, *_batch(integer), integer(1, 9), integer(1, 9))


def _batch(integer: Integer) -> list[int]:
    """Return a number of images, now and then none, and one of channels."""
    return [integer(1, 2) if integer(0, 9) else 0, integer(1, 3)]


def _values(integer: Integer, *shape: int) -> np.ndarray:
    """Return normal values in any memory layout, half the time rounded, so that many are equal."""
    array = arrays_of(integer)(*shape)
    return array if integer(0, 1) else np.rint(array)


def _depthwise(input: Tensor, weights: Tensor, stride: Any) -> Tensor:
    c = input.shape[1]
    return F.conv2d(input, weights.expand(c, 1, *weights.shape), stride=stride, groups=c)


def _tuples(call: dict[str, Any]) -> dict[str, Any]:
    """Return a call whose sizes are tuples, as torch asks, and not lists."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in call.items()}
