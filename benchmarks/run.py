"""The tables: time, memory, and where there is a GPU, the same calls on it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import torch

from benchmarks import (
    devices,
    digit_net,
    machine,
    measure,
    peers,
    pooling,
    sweeping,
    torch_path,
    training,
)
from benchmarks.cases import CASES, Case

PEERS = {
    "numpy_ops": peers.ours,
    "torch": peers.torch_conv2d,
    "im2col": peers.whole_im2col,
    "mec": peers.mec,
    "fft": peers.fft,
    "winograd": peers.winograd,
    "scipy": peers.scipy_correlate2d,
}
# How far from torch's answers these may be, over the largest: Winograd's points cost digits.
EXACT, WINOGRAD = 1e-5, 5e-5


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; with ``--check``, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [case.name for case in [*CASES, *pooling.CASES]]
    names += [digit_net.NAME, torch_path.NAME, training.NAME, sweeping.NAME]
    parser.add_argument("names", nargs="*", metavar="case", help=f"some of: {', '.join(names)}")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each case (default: 4)")
    parser.add_argument("--check", action="store_true", help="fail if a bar is missed")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(names):
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    torch.set_num_threads(1)
    cases = [case for case in CASES if case.name in (chosen.names or names)]
    pools = [case for case in pooling.CASES if case.name in (chosen.names or names)]

    print(*machine.facts(), sep="\n")
    over = 0
    if cases:
        over += print_times(cases, chosen.seconds) + print_memory(cases)
    if pools:
        over += pooling.print_times(pools, chosen.seconds)
    wanted = chosen.names or names
    if digit_net.NAME in wanted:
        digit_net.print_times(chosen.seconds)
    if torch_path.NAME in wanted:
        over += torch_path.print_times(torch.device("cpu"), chosen.seconds)
        if torch.cuda.is_available():
            torch_path.print_times(torch.device("cuda"), chosen.seconds)
    if training.NAME in wanted:
        training.print_times(chosen.seconds)
    if sweeping.NAME in wanted:
        over += sweeping.print_times()
    if cases and torch.cuda.is_available():
        devices.print_times(cases, torch.device("cuda"), chosen.seconds)
    elif cases:
        print("\nGPU: torch finds no CUDA device here, so nothing is compared on one.")
    print(f"\n{over} over the bar" if over else "\nall bars met")
    return int(chosen.check and over > 0)


def print_times(cases: list[Case], seconds: float) -> int:
    """Print the peers' times as ratios to torch's, and return how many bars are missed."""
    print(
        "\nProcessor time of conv2d over torch's: medians of interleaved rounds. im2col: all"
        "\nwindows by strides, one product. mec, fft, winograd: as in cnnlib.lowering, where they"
        "\napply. scipy: correlate2d of each channel, summed; once where slow. A bar also asks to"
        "\nbe faster than scipy.\n"
    )
    others = list(PEERS)[2:]
    head = f"{'case':<45} {'torch':>10} {'numpy_ops':>10} {'bar':>5}     "
    head += "".join(f"{name:>9}" for name in others)
    print(head, "-" * len(head), sep="\n")
    missed = 0
    for case in cases:
        times = measure.interleaved(_checked_calls(case), seconds)
        ratio = {name: taken / times["torch"] for name, taken in times.items()}
        met = ratio["numpy_ops"] <= case.speed and times["numpy_ops"] < times["scipy"]
        missed += not met
        print(
            f"{case.name:<11}{case!s:<34} {times['torch'] * 1e3:>7.2f} ms "
            f"{ratio['numpy_ops']:>10.2f} {case.speed:>5} {'ok' if met else 'over':<4}"
            + "".join(_number(ratio.get(name)) for name in others),
            flush=True,
        )
    return missed


def print_memory(cases: list[Case]) -> int:
    """Print the extra memory of the NumPy ways, and return how many bars are missed."""
    print("\nExtra memory at the peak, over input + weight + output\n")
    others = list(PEERS)[2:-1]
    head = f"{'case':<45} {'these':>10} {'numpy_ops':>10} {'bar':>5}     "
    head += "".join(f"{name:>9}" for name in others)
    print(head, "-" * len(head), sep="\n")
    missed = 0
    for case in cases:
        ratio = {
            name: measure.extra_bytes(call) / case.held
            for name, call in _calls(case).items()
            if name in ("numpy_ops", *others)
        }
        met = ratio["numpy_ops"] <= case.memory
        missed += not met
        print(
            f"{case.name:<11}{case!s:<34} {case.held / 1e6:>7.2f} MB "
            f"{ratio['numpy_ops']:>10.2f} {case.memory:>5} {'ok' if met else 'over':<4}"
            + "".join(_number(ratio.get(name)) for name in others),
            flush=True,
        )
    return missed


def _number(ratio: float | None) -> str:
    return f"{'-':>9}" if ratio is None else f"{ratio:>9.2f}"


def _calls(case: Case) -> dict[str, Callable[[], np.ndarray]]:
    """Return the call of each peer that applies."""
    input, weight = case.arrays()
    return {
        name: partial(peer, input, weight, case.stride, case.padding)
        for name, peer in PEERS.items()
        if peers.applies(name, case)
    }


def _checked_calls(case: Case) -> Mapping[str, Callable[[], np.ndarray]]:
    """Return each peer's call, having seen that all but slow SciPy give torch's answer."""
    calls = _calls(case)
    expected = calls["torch"]()
    for name in calls.keys() - {"torch", "scipy"}:
        difference = np.abs(calls[name]() - expected).max() / np.abs(expected).max()
        if not difference < (WINOGRAD if name in ("numpy_ops", "winograd") else EXACT):
            raise SystemExit(f"{name} differs from torch by {difference:.1e} on {case}")
    return calls
