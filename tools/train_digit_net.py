"""Train the two networks of `cnnlib.digit_net` by the book's recipe, and store them.

``python -m tools.train_digit_net`` writes ``cnnlib/data/digit_net.json``; about a minute. The same
versions on the same kind of machine give the same weights; elsewhere the last digits of sums
differ, and with them a few answers. ``--check`` trains by the recipe with five seeds, writes
nothing, and fails if the mean accuracy or the time is not what the book promises.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cnnlib.digit_net import AVERAGES, LEARNED, NAMES, packed
from cnnlib.experiments import BOOK, Data, History, digits, train

TARGET = Path(__file__).parents[1] / "cnnlib" / "data" / "digit_net.json"
RECIPES = dict(zip(NAMES, (replace(BOOK, shift=0, rotate=0, scale=0), BOOK), strict=True))
SEEDS = (0, 1, 2, 3, 4)
ACCURACY, SECONDS = 0.985, 60
ABOUT = (
    "Written by tools/train_digit_net.py; read by cnnlib/digit_net. networks: those of the first "
    "seed, float32 values, little-endian, in base64, under the names of models.digit_net's "
    "state_dict. test: the digits that no network has seen, 0 (paper) to 16 (ink), a byte a pixel, "
    "in base64; from scikit-learn's handwritten digits (see cnnlib.datasets.DIGITS_CREDIT). "
    "manifest: how all of it came about; accuracy: shares of right answers on the test digits, for "
    "each seed."
)


def trained(name: str, seed: int) -> History:
    """Return what comes of a recipe and a seed, on one thread of the CPU."""
    history = train(RECIPES[name], digits(), seed=seed, device="cpu")
    share = f"{history.test_accuracy:.2%} of the test digits right"
    print(f"{name:9} seed {seed}: {share}, {history.seconds:.1f} s", flush=True)
    return history


def parameters(history: History) -> dict[str, np.ndarray]:
    """Return what a network knows, but for how many batches its normalizations have seen."""
    state = history.state or {}
    return {name: state[name].numpy() for name in (*LEARNED, *AVERAGES)}


def test_set(data: Data) -> dict[str, Any]:
    """Return the digits for the test as JSON can hold them."""
    ink = np.rint(data.test_images * 16).astype(np.uint8)
    text = base64.b64encode(ink.tobytes()).decode("ascii")
    return {"images": text, "labels": data.test_labels.tolist()}


def manifest(histories: dict[str, list[History]]) -> dict[str, Any]:
    """Return how the networks came about, and what each seed's reached."""
    first, data = histories[NAMES[0]][0], digits()
    sizes = [len(labels) for labels in data[1::2]]
    return {
        "command": "python -m tools.train_digit_net",
        "seeds": list(SEEDS),
        "versions": dict(first.versions),
        "device": first.device,
        "date": datetime.now(UTC).date().isoformat(),
        "data": "digits: {} to train on, {} for validation, {} for the test".format(*sizes),
        "recipes": {name: recipe.to_dict() for name, recipe in RECIPES.items()},
        "accuracy": {
            name: [round(h.test_accuracy or 0, 6) for h in runs] for name, runs in histories.items()
        },
    }


def write(histories: dict[str, list[History]]) -> None:
    """Write all that is stored, a kind of thing a line."""
    parts = {
        "about": ABOUT,
        "manifest": manifest(histories),
        "networks": {name: packed(parameters(runs[0])) for name, runs in histories.items()},
        "test": test_set(digits()),
    }
    lines = ",\n".join(f'"{name}": {json.dumps(part)}' for name, part in parts.items())
    TARGET.write_text(f"{{{lines}}}\n", encoding="utf-8")


def check() -> int:
    """Train by the book's recipe with five seeds; return 0 if it reaches what is promised."""
    runs = [trained("augmented", seed) for seed in SEEDS]
    mean = float(np.mean([run.test_accuracy for run in runs]))
    slowest = max(run.seconds for run in runs)
    print(f"mean {mean:.2%}, at least {ACCURACY:.1%}; slowest {slowest:.1f} s, below {SECONDS} s")
    return int(mean < ACCURACY or slowest >= SECONDS)


def main(arguments: list[str] | None = None) -> int:
    """Store the networks, or check the promise; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="measure the recipe, write nothing")
    torch.set_num_threads(1)
    if parser.parse_args(arguments).check:
        return check()
    write({name: [trained(name, seed) for seed in SEEDS] for name in NAMES})
    return 0


if __name__ == "__main__":
    sys.exit(main())
