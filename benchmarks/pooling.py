"""What pooling takes beside torch, and beside the usual way in NumPy: a view of all windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from benchmarks import measure
from cnnlib import numpy_ops

F = torch.nn.functional
Calls = dict[str, Callable[[], np.ndarray]]


@dataclass(frozen=True)
class Case:
    """One pooling; `speed` is the most that `max_pool2d` may take, in times of torch's."""

    name: str
    input_size: tuple[int, int, int, int]
    kernel_size: int
    stride: int
    padding: int
    speed: float

    def __str__(self) -> str:
        text = f"({','.join(map(str, self.input_size))}) {self.kernel_size}x{self.kernel_size}"
        return f"{text} stride {self.stride}" + (f" pad {self.padding}" if self.padding else "")


CASES = [
    Case("pool-2", (64, 64, 56, 56), 2, 2, 0, speed=0.35),
    Case("pool-3", (64, 64, 56, 56), 3, 2, 1, speed=0.4),
    Case("image-2", (1, 1, 1024, 1024), 2, 2, 0, speed=0.15),
    Case("image-3", (1, 1, 1024, 1024), 3, 1, 1, speed=0.1),
]


def print_times(cases: list[Case], seconds: float) -> int:
    """Print times of pooling as ratios to torch's, and return how many bars are missed."""
    print(
        "\nProcessor time of pooling over torch's: medians of interleaved rounds. windows: the"
        "\nmaximum over sliding_window_view. The bar is for max_pool2d.\n"
    )
    head = f"{'case':<42} {'torch max':>10} {'numpy_ops':>10} {'bar':>5}     {'windows':>9}"
    head += f" {'torch avg':>11} {'numpy_ops':>10}"
    print(head, "-" * len(head), sep="\n")
    missed = 0
    for case in cases:
        times = measure.interleaved(_checked_calls(case), seconds)
        ratio = times["max"] / times["torch max"]
        missed += ratio > case.speed
        print(
            f"{case.name:<8}{case!s:<34} {times['torch max'] * 1e3:>7.2f} ms {ratio:>10.3f} "
            f"{case.speed:>5} {'ok' if ratio <= case.speed else 'over':<4}"
            f"{times['windows'] / times['torch max']:>9.2f} {times['torch avg'] * 1e3:>8.2f} ms "
            f"{times['avg'] / times['torch avg']:>10.3f}",
            flush=True,
        )
    return missed


def _checked_calls(case: Case) -> Calls:
    """Return the calls to time, having seen that all give torch's answer."""
    input = np.random.default_rng(0).standard_normal(case.input_size).astype("float32")
    settings = case.kernel_size, case.stride, case.padding
    calls: Calls = {
        "max": partial(numpy_ops.max_pool2d, input, *settings),
        "torch max": partial(_torch, F.max_pool2d, torch.from_numpy(input), *settings),
        "windows": partial(_windows, input, *settings),
        "avg": partial(numpy_ops.avg_pool2d, input, *settings),
        "torch avg": partial(_torch, F.avg_pool2d, torch.from_numpy(input), *settings),
    }
    results = {name: call() for name, call in calls.items()}
    for name in ("max", "windows"):
        if not np.array_equal(results[name], results["torch max"]):
            raise SystemExit(f"{name} differs from torch on {case}")
    if not np.abs(results["avg"] - results["torch avg"]).max() < 1e-5:
        raise SystemExit(f"avg differs from torch on {case}")
    return calls


def _torch(pool: Callable[..., torch.Tensor], *arguments: object) -> np.ndarray:
    with torch.inference_mode():
        return pool(*arguments).numpy()


def _windows(input: np.ndarray, kernel_size: int, stride: int, padding: int) -> np.ndarray:
    around = (padding, padding)
    padded = np.pad(input, ((0, 0), (0, 0), around, around), constant_values=-np.inf)
    size = kernel_size, kernel_size
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(2, 3))
    return windows[:, :, ::stride, ::stride].max(axis=(4, 5))
