"""The tables: time, memory, and where there is a GPU, the same calls on it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import torch

from benchmarks import devices, machine, measure, peers
from benchmarks.cases import CASES, Case

PEERS = {
    "numpy_ops": peers.ours,
    "torch": peers.torch_conv2d,
    "im2col": peers.whole_im2col,
    "scipy": peers.scipy_correlate2d,
}


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; with ``--check``, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [case.name for case in CASES]
    parser.add_argument("names", nargs="*", metavar="case", help=f"some of: {', '.join(names)}")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each case (default: 4)")
    parser.add_argument("--check", action="store_true", help="fail if a bar is missed")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(names):
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    torch.set_num_threads(1)
    cases = [case for case in CASES if case.name in (chosen.names or names)]

    print(*machine.facts(), sep="\n")
    over = print_times(cases, chosen.seconds) + print_memory(cases)
    if torch.cuda.is_available():
        devices.print_times(cases, torch.device("cuda"), chosen.seconds)
    else:
        print("\nGPU: torch finds no CUDA device here, so nothing is compared on one.")
    print(f"\n{over} over the bar" if over else "\nall bars met")
    return int(chosen.check and over > 0)


def print_times(cases: list[Case], seconds: float) -> int:
    """Print the peers' times as ratios to torch's, and return how many bars are missed."""
    print(
        "\nProcessor time of conv2d over torch's: medians of interleaved rounds. im2col: all"
        "\nwindows by strides, one product. scipy: correlate2d of each channel, summed; once where"
        "\nslow. A bar also asks to be faster than scipy.\n"
    )
    head = (
        f"{'case':<45} {'torch':>10} {'numpy_ops':>10} {'bar':>5}      {'im2col':>8} {'scipy':>8}"
    )
    print(head, "-" * len(head), sep="\n")
    missed = 0
    for case in cases:
        times = measure.interleaved(_checked_calls(case), seconds)
        ratio = {name: taken / times["torch"] for name, taken in times.items()}
        met = ratio["numpy_ops"] <= case.speed and times["numpy_ops"] < times["scipy"]
        missed += not met
        print(
            f"{case.name:<11}{case!s:<34} {times['torch'] * 1e3:>7.2f} ms "
            f"{ratio['numpy_ops']:>10.2f} {case.speed:>5} {'ok' if met else 'over':<4} "
            f"{ratio['im2col']:>8.2f} {ratio['scipy']:>8.1f}",
            flush=True,
        )
    return missed


def print_memory(cases: list[Case]) -> int:
    """Print the extra memory of the NumPy ways, and return how many bars are missed."""
    print("\nExtra memory at the peak, over input + weight + output\n")
    head = f"{'case':<45} {'these':>10} {'numpy_ops':>10} {'bar':>5}      {'im2col':>8}"
    print(head, "-" * len(head), sep="\n")
    missed = 0
    for case in cases:
        input, weight = case.arrays()
        ratio, other = (
            measure.extra_bytes(partial(peer, input, weight, case.stride, case.padding)) / case.held
            for peer in (peers.ours, peers.whole_im2col)
        )
        met = ratio <= case.memory
        missed += not met
        print(
            f"{case.name:<11}{case!s:<34} {case.held / 1e6:>7.2f} MB {ratio:>10.2f} "
            f"{case.memory:>5} {'ok' if met else 'over':<4} {other:>8.1f}",
            flush=True,
        )
    return missed


def _checked_calls(case: Case) -> Mapping[str, Callable[[], np.ndarray]]:
    """Return each peer's call, having seen that those by products give torch's answer."""
    input, weight = case.arrays()
    calls = {
        name: partial(peer, input, weight, case.stride, case.padding)
        for name, peer in PEERS.items()
    }
    expected = calls["torch"]()
    for name in ("numpy_ops", "im2col"):
        difference = np.abs(calls[name]() - expected).max() / np.abs(expected).max()
        if not difference < 1e-5:
            raise SystemExit(f"{name} differs from torch by {difference:.1e} on {case}")
    return calls
