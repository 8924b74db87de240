"""RegularizationExplorer over the stored sweep: what it shows is what the results say."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweep_states import random_state

from cnnlib import datasets, sweep_results
from cnnlib.explorers import RegularizationExplorer
from cnnlib.sweep_plots import intervals
from tools.widget_page import open_page, page_state

UPDATE = "s => document.querySelector('[data-explorer]').update(s)"
ANSWER = "document.querySelector('[data-explorer]').answer()"


@pytest.mark.parametrize("size", [100, 200, 1000])
@pytest.mark.parametrize("setting", ["dropout=0.4", "patience=4", "the book's recipe"])
def test_its_numbers_are_those_of_the_results(setting: str, size: int) -> None:
    answer = RegularizationExplorer(setting=setting, size=size, against="").result()
    kept = len(sweep_results.curve(setting, size, "train_loss").mean)
    for start, kind in ((0, "train"), (3 * kept, "validation")):
        curve = sweep_results.curve(setting, size, f"{kind}_loss")
        shown = answer[start : start + 3 * kept].reshape(3, kept)
        np.testing.assert_allclose(shown, [curve.mean, curve.low, curve.high])
    tail = answer[7 * kept + 48 :]
    best = np.median(sweep_results.by_seed(setting, size, "best_epoch"))
    tested = sweep_results.mean(setting, size)
    over = sweep_results.difference(setting, size)
    halves = (tested.high - tested.mean, over.high - over.mean)
    expected = [sweep_results.near_zero(setting, size), best]
    expected += [tested.mean, halves[0], over.mean, halves[1]]
    np.testing.assert_allclose(tail[:6], expected, atol=1e-12)


def test_the_page_agrees_with_python(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    open_page(page, tmp_path, [RegularizationExplorer(name="stored")])
    for _ in range(12):
        state = random_state(datasets.stored("sweep"), rng)
        page.evaluate(UPDATE, state)
        expected = RegularizationExplorer(**state).result()
        np.testing.assert_allclose(page.evaluate(ANSWER), expected, rtol=1e-10, atol=1e-12)


def test_a_page_carries_little() -> None:
    def weight(widget: Any) -> int:
        return len(gzip.compress(json.dumps(page_state(widget), default=str).encode()))

    assert weight(RegularizationExplorer()) < 150_000
    assert weight(RegularizationExplorer(techniques=["dropout"])) < 20_000


def test_its_picture_has_every_strength_of_what_is_compared() -> None:
    axes = RegularizationExplorer(setting="dropout=0.4").draw().axes[1]
    names = [each.get_text() for each in axes.get_yticklabels()]
    assert [name for name in names if "dropout" in name][:4] == [
        f"dropout, {strength}" for strength in ("0.2", "0.4", "0.6", "0.8")
    ]
    assert sum(name.startswith("mixup") for name in names) == 1
    assert len(names) < 30
    assert len(intervals([("a", 0.5, 0.1)]).axes) == 1
