"""torch_ops on an accelerator beside torch_ops on the processor."""

from __future__ import annotations

import time
from functools import partial

import torch

from benchmarks import measure
from benchmarks.cases import Case
from cnnlib import torch_ops


def print_times(cases: list[Case], device: torch.device, seconds: float) -> None:
    """Print times on the processor and on `device`, tensors already there, and how far they differ.

    The difference is the largest, over the largest value; NVIDIA's default for convolutions,
    TF32, keeps about three digits of each factor.
    """
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)
    print(f"\ntorch_ops.conv2d on {name}, over the same on one thread of the processor\n")
    head = f"{'case':<45} {'cpu':>10} {'device':>10} {'faster':>8} {'differs':>9}"
    print(head, "-" * len(head), sep="\n")
    for case in cases:
        here = [torch.from_numpy(array) for array in case.arrays()]
        there = [tensor.to(device) for tensor in here]
        calls = {"cpu": partial(_call, case, *here), "device": partial(_call, case, *there)}
        expected = calls["cpu"]()
        differs = (calls["device"]().cpu() - expected).abs().max() / expected.abs().max()
        times = measure.interleaved(calls, seconds, clock=time.perf_counter)
        print(
            f"{case.name:<11}{case!s:<34} {times['cpu'] * 1e3:>7.2f} ms "
            f"{times['device'] * 1e3:>7.3f} ms {times['cpu'] / times['device']:>7.1f}x "
            f"{differs:>9.1e}",
            flush=True,
        )


@torch.inference_mode()
def _call(case: Case, input: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Convolve and wait for the answer: a GPU's call returns before its work is done."""
    output = torch_ops.conv2d(input, weight, stride=case.stride, padding=case.padding)
    if output.is_cuda:
        torch.cuda.synchronize(output.device)
    return output
