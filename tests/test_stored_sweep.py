"""The stored sweep: complete, of these very recipes, and what training gives again."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from cnnlib import sweep_results
from cnnlib.experiments import WEIGHT_BINS, Data, History, Recipe, digits, train_together
from tools.run_sweep import TARGET, kept_epochs
from tools.sweep_settings import EPOCHS, SEEDS, settings

GROUPS = (range(5), range(5, 10))
FIRST = 1e-3
"""How far, relatively, the mean loss after one epoch may be from the stored one.

Four digits are stored, which is 5e-4 at worst. Rounding adds little in so few steps: computed with
SSE4.1 in place of AVX-512, alone in place of five together, no setting's mean was off by more than
7e-6.
"""
SURE = 1e-4
"""How unlikely it is to fail where runs have nothing in common any more with the stored ones.

Rounding grows with every step: after an epoch or two of other sums in another order, single runs go
ways of their own, and end as runs of other seeds do. Means over seeds stay. So the tolerance is
Student's: of the difference between two means of samples with the stored standard deviation.
"""


@cache
def data(size: int) -> Data:
    return digits(size)


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_every_setting_is_stored_with_every_size_and_seed() -> None:
    stored, wanted = sweep_results.settings(), settings()
    assert [tuple(each[:4]) for each in stored] == [tuple(each[:4]) for each in wanted]
    assert sweep_results.sizes() == list(EPOCHS)
    for each in wanted:
        for size in EPOCHS:
            assert Recipe.from_dict(sweep_results.recipe(each.id, size)) == each.recipe(size)
            accuracy = sweep_results.by_seed(each.id, size)
            right = accuracy * len(data(size).test_labels)
            assert len(right) == len(SEEDS)
            np.testing.assert_allclose(right, right.round(), atol=1e-3)  # shares of 445
            found = sweep_results.curve(each.id, size, "validation_loss")
            kept = kept_epochs(EPOCHS[size])
            assert found.epochs.tolist() == kept[: len(found.epochs)]
            best = sweep_results.by_seed(each.id, size, "best_epoch")
            assert best.min() >= 1
            assert best.max() <= EPOCHS[size]


def test_the_manifest_says_how_it_came_about() -> None:
    manifest = sweep_results.manifest()
    assert manifest["command"] == "make experiments"
    assert manifest["seeds"] == list(SEEDS)
    assert manifest["runs"] == len(settings()) * len(EPOCHS) * len(SEEDS)
    assert set(manifest["versions"]) == {"python", "torch", "numpy"}
    assert {"device", "cpu", "date", "data", "model"} <= set(manifest)
    assert len(sweep_results._stored()["bins"]) == len(WEIGHT_BINS)


def test_what_is_stored_is_small_enough_for_a_page() -> None:
    assert len(gzip.compress(Path(TARGET).read_bytes())) < 150_000


def first_epoch(id: str, size: int) -> list[History]:
    """Train all seeds by the whole recipe, but stop after an epoch."""
    recipe = Recipe.from_dict(sweep_results.recipe(id, size))
    found: list[History] = []
    for seeds in GROUPS:
        found += train_together(
            recipe, data(size), seeds=seeds, device="cpu", on_epoch=lambda _: False
        )
    return found


@pytest.mark.parametrize(
    "id",
    [
        *("none", "l1=0.001", "l2=0.01", "weight_decay=3", "dropout=0.6", "shift=1.5", "rotate=20"),
        *("scale=0.2", "crop=0.3", "flip=0.5", "noise=0.2", "label_smoothing=0.1", "mixup=0.5"),
        *("patience=4", "batch_norm, batch_size=20", "batch_size=10", "pool=average"),
        *("batch_size=100, fast, warm_up=0.3", "schedule=cosine", "sgd, weight_decay=0.01"),
        *("the book's recipe", "label smoothing and mixup"),
    ],
)
def test_the_first_epoch_of_a_technique_is_the_stored_one(id: str) -> None:
    runs = first_epoch(id, 100)
    for name in ("train_loss", "validation_loss"):
        again = np.mean([getattr(run, name)[0] for run in runs])
        stored = sweep_results.curve(id, 100, name).mean[0]
        assert again == pytest.approx(stored, rel=FIRST), name


@pytest.mark.parametrize(("id", "size"), [("none", 100), ("patience=4", 200)])
def test_a_setting_trained_again_ends_where_it_ended(id: str, size: int) -> None:
    recipe, seeds = Recipe.from_dict(sweep_results.recipe(id, size)), GROUPS[0]
    runs = train_together(recipe, data(size), seeds=seeds, device="cpu")
    for measure in ("test_accuracy", "test_loss", "best_epoch"):
        stored = sweep_results.by_seed(id, size, measure)
        again = np.array([getattr(run, measure) for run in runs])
        error = stored.std(ddof=1) * (1 / len(runs) + 1 / len(stored)) ** 0.5
        tolerance = stats.t.ppf(1 - SURE / 2, len(stored) - 1) * error
        assert again.mean() == pytest.approx(stored.mean(), abs=tolerance), measure
    if id == "none":
        assert all(run.train_accuracy[-1] > 0.99 for run in runs)  # it learns them by heart
