"""Sweeps small enough for tests, and a program that has one killed ten times: run as a script."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import joblib

from cnnlib.experiments import Data, Recipe, digits, sweep

RECIPES = [Recipe(epochs=2, batch_size=5, dropout=share / 50) for share in range(30)]
SEEDS = range(4)
KILLS = 10


def few_digits() -> Data:
    """Return ten digits in each part: a run takes some milliseconds."""
    return Data(*(part[:10] for part in digits(10)))


def other_digits() -> Data:
    """Return the same digits in another order."""
    return Data(*(part[::-1].copy() for part in few_digits()))


def contents(folder: Path) -> dict[str, Any]:
    """Return every record by its name, without what no two runs share: the time they took."""
    found = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    for body in found.values():
        del body["checksum"], body["history"]["seconds"]
    return found


def _sweep(folder: Path) -> None:
    """Run the sweep in two processes that are forked, and so need not load torch again."""
    with joblib.parallel_config(backend="multiprocessing"):
        sweep(RECIPES, few_digits(), SEEDS, folder=folder, jobs=2, together=2, progress=False)


def _started(folder: Path) -> int:
    """Start the sweep in a process that leads a group of its own; return its number."""
    process = os.fork()
    if not process:
        os.setpgid(0, 0)
        _sweep(folder)
        os._exit(0)
    os.setpgid(process, process)
    return process


def _killed(process: int, alone: bool) -> bool:
    """Kill a process, first alone and then its whole group, or all at once; was it running?"""
    if alone:
        os.kill(process, signal.SIGKILL)
        time.sleep(0.05)
    os.killpg(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


def main(folder: Path) -> None:
    """Kill the sweep ten times, when a few more records are there; say how many each time."""
    rng = random.Random(0)
    counts = []
    for kill in range(KILLS):
        enough = len(list(folder.glob("*.json"))) + rng.randrange(6)
        process = _started(folder)
        while len(list(folder.glob("*.json"))) < enough:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.05))
        assert _killed(process, alone=kill % 2 == 1), "the sweep came to its end before"
        counts.append(len(contents(folder)))  # reads all: each is whole
    print(json.dumps(counts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
