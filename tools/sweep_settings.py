"""What the stored sweep compares: a baseline, and every technique of the chapter in strengths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cnnlib.experiments import Recipe

SEEDS = range(10)
EPOCHS = {100: 50, 200: 30, 1000: 15}
"""Training-set sizes, and how long each is trained: 250, 300 and 750 steps of 20 pictures."""

BASE = Recipe(batch_norm=False, batch_size=20, learning_rate=0.003)
"""The baseline, which AdamW trains without any technique: it learns small sets by heart."""

STRENGTHS: dict[str, tuple[float, ...]] = {
    "l1": (1e-5, 1e-4, 3e-4, 1e-3),
    "l2": (1e-4, 1e-3, 3e-3, 1e-2),
    "weight_decay": (0.1, 0.3, 1, 3),
    "dropout": (0.2, 0.4, 0.6, 0.8),
    "shift": (0.5, 1, 1.5, 2),
    "rotate": (5, 10, 20, 40),
    "scale": (0.05, 0.1, 0.2, 0.4),
    "crop": (0.1, 0.2, 0.3, 0.4),
    "flip": (0.1, 0.25, 0.5, 0.75),
    "noise": (0.05, 0.1, 0.2, 0.4),
    "label_smoothing": (0.05, 0.1, 0.2, 0.4),
    "mixup": (0.1, 0.2, 0.5, 1),
}
LABELS = {
    "l1": "L1, {:g}",
    "l2": "L2, {:g}",
    "weight_decay": "weight decay, {:g}",
    "dropout": "dropout, {:g}",
    "shift": "shift by up to {:g} px",
    "rotate": "rotate by up to {:g}°",
    "scale": "scale by up to {:.0%}",
    "crop": "crop by up to {:.0%}",
    "flip": "flip {:.0%} left to right",
    "noise": "noise, sd {:g}",
    "label_smoothing": "label smoothing, {:g}",
    "mixup": "mixup, alpha {:g}",
}
MOVED = {"shift": 1, "rotate": 10, "scale": 0.1}
LARGE = {"batch_size": 100, "learning_rate": 0.015}
SGD = {"optimizer": "sgd", "learning_rate": 0.05, "momentum": 0.9}
COMBINED: dict[str, dict[str, Any]] = {
    "dropout and weight decay": {"dropout": 0.4, "weight_decay": 0.3},
    "dropout and early stopping": {"dropout": 0.4, "patience": 6},
    "shift, rotate and scale": MOVED,
    "shift, rotate, scale and dropout": {**MOVED, "dropout": 0.4},
    "label smoothing and mixup": {"label_smoothing": 0.1, "mixup": 0.2},
    "batch norm and dropout": {"batch_norm": True, "dropout": 0.4},
    "batch norm, shift, rotate and scale": {**MOVED, "batch_norm": True},
    "batch norm, shift, rotate, scale and label smoothing": {
        **MOVED,
        "batch_norm": True,
        "label_smoothing": 0.1,
    },
    "the book's recipe": {
        **MOVED,
        "batch_norm": True,
        "dropout": 0.25,
        "weight_decay": 0.01,
        "schedule": "warm_up",
        "warm_up": 0.3,
    },
}


class Setting(NamedTuple):
    """A technique in one strength, as what it changes of the baseline's recipe.

    `changes` gives every training-set size its own: a schedule of steps depends on how many
    epochs there are.
    """

    id: str
    technique: str
    label: str
    strength: float | None
    changes: dict[int, dict[str, Any]]

    def recipe(self, size: int) -> Recipe:
        """Return the recipe for a training set of `size` pictures."""
        return Recipe.from_dict({**BASE.to_dict(), "epochs": EPOCHS[size], **self.changes[size]})


def settings() -> list[Setting]:
    """Return all settings, the baseline first."""
    found = [_setting("none", "none", "no technique", None, {})]
    for technique, strengths in STRENGTHS.items():
        for strength in strengths:
            label = LABELS[technique].format(strength)
            changes = {technique: strength}
            found.append(_setting(f"{technique}={strength:g}", technique, label, strength, changes))
    return found + list(_others())


def _others() -> Iterator[Setting]:
    """Yield the settings that are not one number of a recipe alone."""
    for patience in (2, 4, 6, 10):
        label = f"early stopping, patience {patience}"
        changes: dict[str, Any] = {"patience": patience}
        yield _setting(f"patience={patience}", "early_stopping", label, patience, changes)
    for size in (10, 20, 50, 100):
        changes = {"batch_norm": True, "batch_size": size}
        label = f"batch norm, batches of {size}"
        yield _setting(f"batch_norm, batch_size={size}", "batch_norm", label, size, changes)
    for size in (10, 50, 100):
        label, changes = f"batches of {size}", {"batch_size": size}
        yield _setting(f"batch_size={size}", "batch_size", label, size, changes)
    label = "batches of 100, 5 times the learning rate"
    yield _setting("batch_size=100, fast", "warm_up", label, None, LARGE)
    for share in (0.1, 0.3, 0.5):
        changes = {**LARGE, "schedule": "warm_up", "warm_up": share}
        name = f"batch_size=100, fast, warm_up={share:g}"
        text = f"{label}, warm-up in {share:.0%} of the steps"
        yield _setting(name, "warm_up", text, share, changes)
    ways = {"average": "average pooling", "strided": "stride in place of pooling"}
    for pool, label in {**ways, "none": "no pooling"}.items():
        yield _setting(f"pool={pool}", "pooling", label, None, {"pool": pool})
    yield from _schedules()
    yield _setting("sgd", "optimizer", "SGD with momentum", None, SGD)
    for name, text in (("l2", "L2"), ("weight_decay", "weight decay")):
        label, changes = f"SGD with momentum, {text}, 0.01", {**SGD, name: 0.01}
        yield _setting(f"sgd, {name}=0.01", "optimizer", label, 0.01, changes)
    for label, changes in COMBINED.items():
        yield _setting(label, "combination", label, None, changes)


def _schedules() -> Iterator[Setting]:
    steps = {
        size: {"schedule": "step", "step_epochs": epochs // 3, "step_factor": 0.1}
        for size, epochs in EPOCHS.items()
    }
    label = "learning rate a tenth after each third"
    yield Setting("schedule=step", "schedule", label, None, steps)
    label = "learning rate falls as a cosine"
    yield _setting("schedule=cosine", "schedule", label, None, {"schedule": "cosine"})
    for share in (0.1, 0.3):
        changes = {"schedule": "warm_up", "warm_up": share}
        label = f"warm-up in {share:.0%} of the steps, then a cosine"
        yield _setting(f"warm_up={share:g}", "schedule", label, share, changes)


def _setting(
    id: str, technique: str, label: str, strength: float | None, changes: dict[str, Any]
) -> Setting:
    return Setting(id, technique, label, strength, {size: changes for size in EPOCHS})
