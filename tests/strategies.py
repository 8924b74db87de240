"""Random problems for the operations: what Hypothesis draws, and what a seeded loop draws.

Every builder asks one function, ``integer(low, high)`` (both included), for each choice it makes.
Hypothesis' strategies hand it their own draws; `seeded` hands it those of a NumPy generator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

Integer = Callable[[int, int], int]


@dataclass(frozen=True)
class Problem:
    """Arguments of one call: arrays by name, then settings by name."""

    arrays: dict[str, np.ndarray]
    settings: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        shapes = ", ".join(
            f"{name}={a.dtype}{a.shape}{'' if a.flags.c_contiguous else ' strided'}"
            for name, a in self.arrays.items()
        )
        return f"Problem({shapes}, {self.settings})"

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return the arrays as tensors of the same memory layout."""
        return {name: as_tensor(array) for name, array in self.arrays.items()}

    def astype(self, dtype: str) -> Problem:
        """Return the problem with its arrays in another type."""
        arrays = {name: a.astype(dtype, order="K") for name, a in self.arrays.items()}
        return Problem(arrays, self.settings)


@pytest.fixture(autouse=True, scope="module")
def one_torch_thread() -> Iterator[None]:
    """Keep torch to one thread: on problems as small as ours, handing out work costs most."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def as_tensor(array: np.ndarray) -> torch.Tensor:
    """Return a tensor of the array's values and memory order; torch has no negative strides."""
    order = np.argsort([-abs(stride) for stride in array.strides], kind="stable")
    values = torch.from_numpy(array.transpose(order).copy())
    return values.permute(tuple(int(axis) for axis in np.argsort(order)))


def seeded(rng: np.random.Generator) -> Integer:
    """Return a source of choices that draws from `rng`."""
    return lambda low, high: int(rng.integers(low, high + 1))


def conv2d_problem(
    integer: Integer, strings: bool = True, largest: int = 3, images: tuple[int, int] = (0, 2)
) -> Problem:
    """Build a call of conv2d; without `strings`, `padding` is numbers only, as gradients ask."""
    stride = integer(1, 3), integer(1, 3)
    dilation = integer(1, 2), integer(1, 2)
    kernel = integer(1, largest), integer(1, largest)
    paddings = ["int", "pair", "valid", "same"] if strings else ["int", "pair"]
    kind = paddings[integer(0, len(paddings) - 1)]
    padding: Any = kind
    pads = (0, 0)
    if kind == "same":
        stride = (1, 1)
        pads = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    elif kind != "valid":
        pads = (integer(0, 2), integer(0, 2)) if kind == "pair" else (integer(0, 2),) * 2
        padding = pads if kind == "pair" else pads[0]
    smallest = (
        max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(kernel, dilation, pads, strict=True)
    )
    h, w = (size + integer(0, largest + 1) for size in smallest)
    groups, c_group, filters = integer(1, 3), integer(1, 2), integer(1, 2)
    n, c_out = integer(*images), groups * filters
    values = arrays_of(integer)
    arrays = {
        "input": values(n, groups * c_group, h, w),
        "weight": values(c_out, c_group, *kernel),
    }
    if integer(0, 1):
        arrays["bias"] = values(c_out)
    settings = {
        "stride": pair_or_int(integer, stride),
        "padding": padding,
        "dilation": pair_or_int(integer, dilation),
        "groups": groups,
    }
    return Problem(arrays, settings)


def conv_transpose2d_problem(integer: Integer, largest: int = 3) -> Problem:
    """Build a call of conv_transpose2d."""
    stride = integer(1, 3), integer(1, 3)
    dilation = integer(1, 2), integer(1, 2)
    kernel = integer(1, largest), integer(1, largest)
    h, w = integer(1, largest + 1), integer(1, largest + 1)
    extra = tuple(integer(0, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True))
    full = (
        (i - 1) * s + d * (k - 1) + e + 1
        for i, s, d, k, e in zip((h, w), stride, dilation, kernel, extra, strict=True)
    )
    padding = tuple(integer(0, min(2, (f - 1) // 2)) for f in full)
    groups, c_group, filters = integer(1, 3), integer(1, 2), integer(1, 2)
    n = integer(0, 2)
    values = arrays_of(integer)
    arrays = {
        "input": values(n, groups * c_group, h, w),
        "weight": values(groups * c_group, filters, *kernel),
    }
    if integer(0, 1):
        arrays["bias"] = values(groups * filters)
    settings = {
        "stride": pair_or_int(integer, stride),
        "padding": pair_or_int(integer, padding),
        "output_padding": pair_or_int(integer, extra),
        "groups": groups,
        "dilation": pair_or_int(integer, dilation),
    }
    return Problem(arrays, settings)


def signal_problem(integer: Integer, complex_too: bool = True) -> Problem:
    """Build a call of convolve or correlate, valid mode only where it is legal."""
    axes = integer(1, 2)
    most = 8 if axes == 1 else 5
    input = tuple(integer(1, most) for _ in range(axes))
    kernel = tuple(integer(1, most) for _ in range(axes))
    nested = all(k <= n for k, n in zip(kernel, input, strict=True)) or all(
        k >= n for k, n in zip(kernel, input, strict=True)
    )
    modes = ["full", "same", "valid"] if nested else ["full", "same"]
    values = arrays_of(integer)
    arrays = {"input": values(*input), "kernel": values(*kernel)}
    if complex_too and integer(0, 1):
        name = ("input", "kernel")[integer(0, 1)]
        arrays[name] = arrays[name] + 1j * values(*arrays[name].shape)
    return Problem(arrays, {"mode": modes[integer(0, len(modes) - 1)]})


def pair_or_int(integer: Integer, pair: tuple[int, ...]) -> int | tuple[int, ...] | list[int]:
    """Return a pair as a caller might give it: as one int where that says the same, or a list."""
    if pair[0] == pair[1] and integer(0, 1):
        return pair[0]
    return list(pair) if integer(0, 3) == 0 else pair


def arrays_of(integer: Integer) -> Callable[..., np.ndarray]:
    """Return a maker of float64 arrays of normal values, in any memory layout."""
    rng = np.random.default_rng(integer(0, 2**32 - 1))

    def values(*shape: int) -> np.ndarray:
        layout = integer(0, 4)
        if layout == 0:  # axes in the opposite order in memory
            array = rng.normal(size=shape[::-1]).T
        elif layout == 1:  # every second value of a larger array, last axis backwards
            array = rng.normal(size=[2 * size for size in shape])
            array = array[tuple(slice(None, None, 2) for _ in shape)][..., ::-1]
        elif layout == 2:  # one value, repeated along every axis with stride 0
            array = np.broadcast_to(rng.normal(), shape)
        else:
            array = rng.normal(size=shape)
        if layout == 3:
            array.flags.writeable = False
        return array

    return values


def strategy_of(build: Callable[..., Problem], **options: Any) -> st.SearchStrategy[Problem]:
    @st.composite
    def problems(draw: st.DrawFn) -> Problem:
        return build(lambda low, high: draw(st.integers(low, high)), **options)

    return problems()


conv2d_problems = strategy_of(conv2d_problem)
conv2d_gradient_problems = strategy_of(conv2d_problem, strings=False)
conv_transpose2d_problems = strategy_of(conv_transpose2d_problem)
signal_problems = strategy_of(signal_problem)
