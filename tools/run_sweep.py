"""Train every setting of `sweep_settings` with every size and seed, and store what came out.

``python -m tools.run_sweep`` writes ``cnnlib/data/sweep.json``: about 20 minutes on two cores. It
can be stopped at any moment: called again, it goes on. Only a finished sweep clears its records.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from cnnlib.experiments import WEIGHT_BINS, History, Recipe, digits, sweep
from tools.sweep_settings import BASE, EPOCHS, SEEDS, Setting, settings

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "cnnlib" / "data" / "sweep.json"
RECORDS = ROOT / "_build" / "experiments"
CURVES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
POINTS = 16
ABOUT = (
    "Written by tools/run_sweep.py; read by cnnlib/sweep_results.py. settings: what each changes "
    "of the base recipe, and by size of the training set: curves as means and standard deviations "
    "over seeds at the epochs named (null where fewer than two runs went on; runs: how many did), "
    "values by seed, and means over seeds of the shares of weights between bins."
)


def kept_epochs(last: int) -> list[int]:
    """Return the epochs that a curve is kept at: all of few, else denser early, when most happens.

    Examples
    --------
    >>> kept_epochs(3), kept_epochs(50)
    ([1, 2, 3], [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 41, 50])
    """
    if last <= POINTS:
        return list(range(1, last + 1))
    return sorted({int(round(epoch)) for epoch in np.geomspace(1, last, POINTS + 4)})


def entry(runs: Sequence[History], epochs: Sequence[int]) -> dict[str, Any]:
    """Return what is stored of the runs of one setting on one size of training set."""
    diverged = [run for run in runs if run.stopped == "diverged"]
    if diverged:
        raise ValueError(
            f"recipes must not diverge, but seed {diverged[0].seed} of {runs[0].recipe}"
        )
    found: dict[str, Any] = {}
    counts = [sum(run.epochs >= epoch for run in runs) for epoch in epochs]
    for name in CURVES:
        rows = [
            [getattr(run, name)[epoch - 1] for run in runs if run.epochs >= epoch]
            for epoch in epochs
        ]
        means = [_short(np.mean(row)) if len(row) > 1 else None for row in rows]
        found[name] = [means, [_short(np.std(r, ddof=1)) if len(r) > 1 else None for r in rows]]
    if min(counts) < len(runs):
        found["runs"] = counts
    found["best_epoch"] = [run.best_epoch for run in runs]
    found["test_accuracy"] = [round(run.test_accuracy or 0.0, 6) for run in runs]
    found["test_loss"] = [_short(run.test_loss) for run in runs]
    found["histogram"] = [round(float(v), 5) for v in np.mean([r.histogram for r in runs], axis=0)]
    found["near_zero"] = _short(np.mean([run.near_zero for run in runs]))
    found["mean_square"] = _short(np.mean([run.mean_square for run in runs]))
    found["seconds"] = round(sum(run.seconds for run in runs), 1)
    return found


def _short(value: Any) -> float:
    """Return a number with four digits, which is more than ten seeds are sure of."""
    return float(f"{float(value):.4g}")


def stored(
    chosen: Sequence[Setting], histories: dict[tuple[Recipe, int], list[History]]
) -> dict[str, Any]:
    """Return all that is stored, from the histories of each recipe on each size."""
    rows = []
    for each in chosen:
        found = {
            str(size): {
                "changes": each.changes[size],
                **entry(histories[each.recipe(size), size], kept_epochs(epochs)),
            }
            for size, epochs in EPOCHS.items()
        }
        about = {name: getattr(each, name) for name in ("id", "technique", "label", "strength")}
        rows.append({**about, "changes": each.changes[max(EPOCHS)], "sizes": found})
    return {
        "about": ABOUT,
        "manifest": manifest([run for runs in histories.values() for run in runs]),
        "base": BASE.to_dict(),
        "epochs": {str(size): kept_epochs(epochs) for size, epochs in EPOCHS.items()},
        "bins": list(WEIGHT_BINS),
        "settings": rows,
    }


def manifest(runs: Sequence[History]) -> dict[str, Any]:
    """Return how the runs came about; refuse runs of several versions or devices."""
    made = {(json.dumps(dict(run.versions)), run.device) for run in runs}
    if len(made) > 1:
        listed = "; ".join(sorted(" on ".join(each) for each in made))
        raise ValueError(f"folder must hold runs of one set of versions and device, got {listed}")
    data = digits()
    return {
        "command": "make experiments",
        "seeds": list(SEEDS),
        "runs": len(runs),
        "versions": dict(runs[0].versions),
        "device": runs[0].device,
        "cpu": f"{platform.machine()}, {os.cpu_count()} cores",
        "date": datetime.now(UTC).date().isoformat(),
        "data": (
            f"handwritten digits of 8 x 8 pixels: {', '.join(map(str, EPOCHS))} to train on, "
            f"{len(data.validation_labels)} for validation, {len(data.test_labels)} for the test"
        ),
        "model": "DigitNet, without batch normalization unless a setting has it",
        "epochs": {str(size): epochs for size, epochs in EPOCHS.items()},
        "seconds": round(sum(run.seconds for run in runs)),
    }


def write(content: dict[str, Any], target: Path = TARGET) -> None:
    """Write what is stored, a setting a line."""
    lines = [
        f'"{name}": {json.dumps(part)}' for name, part in content.items() if name != "settings"
    ]
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in content["settings"])
    head = ",\n".join(lines)
    target.write_text(f'{{{head},\n"settings": [\n{rows}\n]}}\n', encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run what is not recorded yet, store the whole, clear the records."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=-1, help="processes (default: one a core)")
    parser.add_argument("--folder", type=Path, default=RECORDS, help="where records are")
    parser.add_argument("--keep", action="store_true", help="keep the records in the end")
    asked = parser.parse_args(arguments)
    chosen, histories = settings(), {}
    for size in EPOCHS:
        recipes = list(dict.fromkeys(each.recipe(size) for each in chosen))
        print(f"{len(recipes)} recipes, {size} digits, {len(SEEDS)} seeds", flush=True)
        runs = sweep(recipes, digits(size), SEEDS, folder=asked.folder, jobs=asked.jobs)
        for place, recipe in enumerate(recipes):
            first = place * len(SEEDS)
            histories[recipe, size] = runs[first : first + len(SEEDS)]
    write(stored(chosen, histories))
    print(f"wrote {TARGET.relative_to(ROOT)}, {TARGET.stat().st_size / 1000:.0f} kB")
    if not asked.keep:
        shutil.rmtree(asked.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
