"""Measure transfer learning on the digits: 0 to 4 first, then a few of 5 to 9; and store it.

``python -m tools.run_transfer`` writes ``cnnlib/data/transfer.json``; a few minutes on one thread.
The same versions on the same kind of machine give the same file.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnlib.experiments import BOOK, Data, History, Recipe, digits, train
from cnnlib.experiments.draws import untrained
from cnnlib.experiments.transfer import WAYS, few, only, replace_head, transfer

TARGET = Path(__file__).parents[1] / "cnnlib" / "data" / "transfer.json"
KNOWN, NEW = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
SIZES, SEEDS = (10, 20, 50, 100, 200), tuple(range(10))
STEPS, BATCH = 120, 16
SOURCE = replace(BOOK, epochs=15)
ABOUT = (
    "Written by tools/run_transfer.py; read by cnnlib.experiments.transfer.stored. accuracy: by "
    "way and size of the training set, for each seed, the share of right answers on the test "
    "digits, 5 to 9. Each seed has a network of its own that was trained on 0 to 4, and draws the "
    "few digits anew, the same ones for all ways; all take as many steps. curves: means over seeds "
    "of the validation accuracy after each epoch. source_accuracy: of the networks for 0 to 4. "
    "manifest: how it came about."
)


def recipe(size: int) -> Recipe:
    """Return the recipe for a training set of some size: the number of steps is the same."""
    epochs = round(STEPS / math.ceil(size / BATCH))
    return Recipe(epochs=epochs, batch_size=BATCH, schedule="cosine", weight_decay=0.01)


def source(seed: int) -> tuple[nn.Sequential, History]:
    """Return a network that can tell 0 to 4 apart, and how it was trained."""
    data = only(digits(), KNOWN)
    network = replace_head(untrained(SOURCE, seed), len(KNOWN), seed=seed)
    history = train(SOURCE, data, seed=seed, device="cpu", network=network)
    network.load_state_dict(dict(history.state or {}))
    return network, history


def runs(seed: int, known: nn.Sequential, new: Data) -> dict[str, dict[str, History]]:
    """Return all runs of a seed, by way and size."""
    found: dict[str, dict[str, History]] = {way: {} for way in WAYS}
    for size in SIZES:
        data = few(new, size, np.random.default_rng([seed, size]))
        for way in WAYS:
            begun = None if way == "scratch" else known
            history = transfer(recipe(size), data, way=way, seed=seed, source=begun, device="cpu")
            found[way][str(size)] = history
    return found


def results(by_seed: list[dict[str, dict[str, History]]], sources: list[History]) -> dict[str, Any]:
    """Return all that is stored of the seeds so far."""
    new = only(digits(), NEW)
    first = sources[0]
    accuracy: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS}
    curves: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS}
    for way in WAYS:
        for size in map(str, SIZES):
            histories = [each[way][size] for each in by_seed]
            accuracy[way][size] = [round(h.test_accuracy or 0, 6) for h in histories]
            means = np.mean([h.validation_accuracy for h in histories], axis=0)
            curves[way][size] = means.round(4).tolist()
    return {
        "about": ABOUT,
        "manifest": {
            "command": "python -m tools.run_transfer",
            "seeds": [h.seed for h in sources],
            "versions": dict(first.versions),
            "device": first.device,
            "date": datetime.now(UTC).date().isoformat(),
            "data": f"digits: {KNOWN[0]} to {KNOWN[-1]}, then {NEW[0]} to {NEW[-1]}; "
            f"{len(new.validation_labels)} for validation, {len(new.test_labels)} for the test",
            "recipes": {
                "source": SOURCE.to_dict(),
                **{str(size): recipe(size).to_dict() for size in SIZES},
            },
        },
        "sizes": list(SIZES),
        "source_accuracy": [round(h.test_accuracy or 0, 6) for h in sources],
        "accuracy": accuracy,
        "curves": curves,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run it all, and write the file anew after each seed."""
    torch.set_num_threads(1)
    new = only(digits(), NEW)
    by_seed: list[dict[str, dict[str, History]]] = []
    sources: list[History] = []
    for seed in SEEDS:
        known, history = source(seed)
        sources.append(history)
        by_seed.append(runs(seed, known, new))
        parts = results(by_seed, sources)
        lines = ",\n".join(f'"{name}": {json.dumps(part)}' for name, part in parts.items())
        TARGET.write_text(f"{{{lines}}}\n", encoding="utf-8")
        shares = ", ".join(f"{way} {parts['accuracy'][way]['50'][-1]:.3f}" for way in WAYS)
        print(f"seed {seed}: of 50 digits: {shares}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
