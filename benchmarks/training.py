"""What training takes: beside a plain loop in torch, and several seeds together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from benchmarks import measure
from cnnlib.experiments import Data, Recipe, digits
from cnnlib.experiments.draws import untrained
from cnnlib.experiments.training import run_stack

F = torch.nn.functional
NAME = "training"
RECIPE = Recipe(epochs=1, batch_size=64, dropout=0.25)
TOGETHER = (2, 5, 10)


def print_times(seconds: float) -> None:
    """Print the time for each seed, alone and together, side by side."""
    print(
        "\nProcessor time of one epoch for each seed, on one thread: a loop in plain torch, which"
        "\nevaluates as often; over that, cnnlib.experiments.train, and several seeds in a stack.\n"
    )
    head = f"{'network, training set':<34} {'plain loop':>12} {'train':>8}"
    head += "".join(f"{f'{k} together':>13}" for k in TOGETHER)
    print(head, "-" * len(head), sep="\n")
    for name, recipe, data in _cases():
        calls: dict[str, Callable[[], object]] = {"plain": lambda r=recipe, d=data: plain(r, d)}
        for k in (1, *TOGETHER):
            calls[str(k)] = lambda r=recipe, d=data, k=k: run_stack(r, d, range(k), "cpu")
        for call in calls.values():
            call()
        times = measure.interleaved(calls, seconds, clock=time.process_time, rounds=5)
        ratios = [times[str(k)] / k / times["plain"] for k in (1, *TOGETHER)]
        row = f"{name:<34} {times['plain'] * 1e3:>9.1f} ms {ratios[0]:>8.2f}"
        print(row + "".join(f"{ratio:>13.2f}" for ratio in ratios[1:]), flush=True)


def plain(recipe: Recipe, data: Data) -> list[float]:
    """Train for an epoch as one would write it, and evaluate as `train` does."""
    torch.manual_seed(0)
    net = untrained(recipe, seed=0)
    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=0)
    tensors = [torch.from_numpy(part) for part in data]
    for batch in torch.randperm(len(tensors[0])).split(recipe.batch_size):
        optimizer.zero_grad()
        F.cross_entropy(net(tensors[0][batch]), tensors[1][batch]).backward()
        optimizer.step()
    net.eval()
    with torch.inference_mode():
        return [
            F.cross_entropy(net(images), labels).item()
            for images, labels in zip(tensors[::2], tensors[1::2], strict=True)
        ]


def _cases() -> list[tuple[str, Recipe, Data]]:
    """Return what is trained; to time a step, noise is as good as pictures."""
    rng = np.random.default_rng(0)

    def noise(n: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.random((n, 1, 28, 28), dtype=np.float32), rng.integers(0, 10, n)

    large = Data(*noise(256), *noise(64), *noise(64))
    small = digits()
    return [
        ("DigitNet, 1,000 digits of 8x8", RECIPE, small),
        ("ConvNet, 256 pictures of 28x28", replace(RECIPE, model="convnet", dropout=0), large),
    ]
