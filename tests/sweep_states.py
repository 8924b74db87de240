"""A small sweep in the form of the stored one, with all its corners; and states of its explorer."""

from __future__ import annotations

from typing import Any

import numpy as np

SEEDS = 6
EPOCHS = {"100": [1, 2, 4, 8, 16], "1000": [1, 3, 9]}
BINS = [-0.6, -0.2, 0.2, 0.6]
CURVES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
STRENGTHS: dict[str, list[Any]] = {
    "none": [None],
    "l2": [0.001, 0.01, 0.1],
    "dropout": [0.25, 0.5],
    "early_stopping": [2],
    "pooling": [None, None],
}


def _entry(rng: np.random.Generator, epochs: list[int], technique: str) -> dict[str, Any]:
    """Return what is stored of a setting at a size."""
    means = rng.uniform(0.05, 0.95, (4, len(epochs))).round(4)
    sds = rng.uniform(0.001, 0.1, (4, len(epochs))).round(4)
    entry: dict[str, Any] = {
        name: [means[k].tolist(), sds[k].tolist()] for k, name in enumerate(CURVES)
    }
    if technique == "early_stopping":
        runs = [SEEDS, SEEDS, 3, 1, 0][: len(epochs)]
        entry["runs"] = runs
        for name in CURVES:
            both = [zip(part, runs, strict=True) for part in entry[name]]
            entry[name] = [[v if n >= 2 else None for v, n in part] for part in both]
    shares = rng.dirichlet([2.0] * (len(BINS) - 1)).round(4)
    return {
        **entry,
        "best_epoch": rng.integers(1, epochs[-1] + 1, SEEDS).tolist(),
        "test_accuracy": (rng.integers(380, 445, SEEDS) / 445).tolist(),
        "test_loss": rng.uniform(0.1, 1, SEEDS).tolist(),
        "histogram": shares.tolist(),
        "near_zero": round(float(rng.uniform(0, 0.2)), 4),
        "mean_square": 0.02,
        "seconds": 1.5,
    }


def make_sweep() -> dict[str, Any]:
    """Return a sweep of a few settings; one of them was not run with every size."""
    rng = np.random.default_rng(0)
    settings = []
    for technique, strengths in STRENGTHS.items():
        for k, strength in enumerate(strengths):
            name = ("average", "none")[k] if technique == "pooling" else strength
            each = "none" if technique == "none" else f"{technique}={name}"
            changes = {} if technique == "none" else {technique: name}
            if technique == "early_stopping":
                changes = {"patience": 2}
            if technique == "pooling":
                changes = {"pool": name}
            sizes = {
                n: {"changes": changes, **_entry(rng, epochs, technique)}
                for n, epochs in EPOCHS.items()
            }
            if each == "l2=0.1":
                del sizes["1000"]
            label = (
                "no technique" if technique == "none" else f"{technique.replace('_', ' ')} {name}"
            )
            settings.append(
                {"id": each, "technique": technique, "label": label, "strength": strength}
                | {"changes": changes, "sizes": sizes}
            )
    manifest = {
        "command": "make experiments",
        "seeds": list(range(SEEDS)),
        "versions": {"torch": "2.13.0"},
        "device": "cpu",
        "cpu": "a CPU",
        "date": "2026-01-31",
        "data": "random numbers",
        "model": "DigitNet",
        "epochs": {"100": 16, "1000": 9},
    }
    base = {"optimizer": "sgd", "learning_rate": 0.1, "batch_norm": False}
    return {
        "manifest": manifest,
        "base": base,
        "epochs": EPOCHS,
        "bins": BINS,
        "settings": settings,
    }


def random_state(sweep: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Return a legal state of the explorer."""
    size = int(rng.choice([100, 1000]))
    ids = [each["id"] for each in sweep["settings"] if str(size) in each["sizes"]]
    return {
        "size": size,
        "setting": str(rng.choice(ids)),
        "against": str(rng.choice([*ids, ""])),
        "metric": str(rng.choice(["loss", "accuracy"])),
        "band": str(rng.choice(["sd", "interval"])),
        "epoch": int(rng.integers(0, 20)),
    }
