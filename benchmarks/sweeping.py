"""A sweep of forty runs, beside the same runs one by one with all threads.

``python -m benchmarks.sweeping sweep``, and ``... alone RECIPE SEED THREADS``, are what is timed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cnnlib.experiments import Recipe, digits, sweep, train

NAME = "sweep"
BAR = 2.5
RECIPES = [Recipe(dropout=dropout) for dropout in (0, 0.2, 0.4, 0.6)]
SEEDS = range(10)
TRIED = 3


def print_times() -> int:
    """Print both times and their ratio, and return 1 if the sweep is not as much faster.

    One by one, runs take the number of threads that is faster for them: all, or one. Their time is
    counted twice: with the start of a process for each run, which is what a script does that is
    called once a run; and the training alone, as if all runs shared one process that was there
    before. The bar is held against the second, from which the sweep has nothing to gain by starting
    fewer processes, though its own start is counted.
    """
    runs = [(recipe, seed) for recipe in range(len(RECIPES)) for seed in SEEDS]
    print(
        f"\nSeconds for {len(runs)} runs of {RECIPES[0].epochs} epochs on 1,000 digits, on "
        f"{os.cpu_count()} cores: one by one, each in a\nprocess of its own, and by sweep. In "
        "brackets: the training alone, without the processes' start.\n"
    )
    every = os.cpu_count() or 1
    tried = {n: sum(_alone(*run, n)[1] for run in runs[:TRIED]) for n in sorted({1, every})}
    threads = min(tried, key=lambda n: tried[n])
    shown = ", ".join(f"{n}: {taken / TRIED:.2f} s" for n, taken in tried.items())
    print(f"a run alone by number of threads: {shown}; so with {threads}", flush=True)
    both = [_alone(*run, threads) for run in runs]
    whole, training = (sum(times) for times in zip(*both, strict=True))
    swept = _timed("sweep")[0]
    met = training / swept >= BAR
    print(
        f"one by one {whole:.1f} s ({training:.1f} s), sweep {swept:.1f} s: "
        f"{whole / swept:.2f} ({training / swept:.2f}) times as fast, bar {BAR} "
        f"{'ok' if met else 'over'}"
    )
    return int(not met)


def _alone(recipe: int, seed: int, threads: int) -> tuple[float, float]:
    return _timed("alone", str(recipe), str(seed), str(threads))


def _timed(*arguments: str) -> tuple[float, float]:
    """Return how long a process took, in seconds, and how long it says its training took."""
    free = {name: value for name, value in os.environ.items() if "_NUM_THREADS" not in name}
    command = [sys.executable, "-m", "benchmarks.sweeping", *arguments]
    root = Path(__file__).parents[1]
    start = time.perf_counter()
    run = subprocess.run(command, cwd=root, env=free, capture_output=True, text=True)
    taken = time.perf_counter() - start
    if run.returncode:
        raise SystemExit(run.stderr)
    return taken, float(run.stdout)


def main(what: str, *numbers: str) -> None:
    """Do what is timed, and print how long the training took."""
    start = time.perf_counter()
    if what == "sweep":
        with tempfile.TemporaryDirectory() as folder:
            runs = sweep(RECIPES, digits(), SEEDS, folder=folder, progress=False)
        assert len(runs) == len(RECIPES) * len(SEEDS)
    else:
        import torch

        recipe, seed, threads = map(int, numbers)
        torch.set_num_threads(threads)
        data = digits()
        start = time.perf_counter()
        train(RECIPES[recipe], data, seed=seed)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
