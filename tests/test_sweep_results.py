"""The reader of the stored sweep: means, paired differences and intervals that can be checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from sweep_states import EPOCHS, SEEDS, make_sweep

from cnnlib import sweep_results
from cnnlib.experiments import Recipe


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    sweep = make_sweep()
    monkeypatch.setattr(sweep_results, "_stored", lambda: sweep)
    return sweep


def test_an_interval_is_students() -> None:
    """Of 2, 4, 6: mean 4, standard deviation 2, and t of 2 degrees of freedom, 4.3027."""
    found = sweep_results.interval([2, 4, 6])
    assert found.mean == 4
    assert found.high - 4 == 4 - found.low == pytest.approx(4.302653 * 2 / 3**0.5, rel=1e-6)
    sample = np.random.default_rng(0).normal(size=10)
    for level in (0.5, 0.95, 0.999):
        low, high = stats.ttest_1samp(sample, 0).confidence_interval(level)
        assert sweep_results.interval(sample, level)[1:] == pytest.approx((low, high))


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    found = [sweep_results.interval(row, 0.9) for row in rng.normal(3, 2, (1000, 5))]
    held = np.mean([low <= 3 <= high for _, low, high in found])
    assert held == pytest.approx(0.9, abs=0.03)  # three standard errors of a share of 1,000


def test_settings_are_found_by_technique_and_by_id(small: dict[str, Any]) -> None:
    every = sweep_results.settings()
    assert [each.id for each in every] == [row["id"] for row in small["settings"]]
    assert [each.strength for each in sweep_results.settings("dropout")] == [0.25, 0.5]
    assert sweep_results.setting("early_stopping=2").changes == {"patience": 2}
    assert sweep_results.sizes() == [100, 1000]
    assert sweep_results.manifest()["seeds"] == list(range(SEEDS))


def test_a_recipe_is_the_base_with_the_changes_and_the_sizes_epochs(small: dict[str, Any]) -> None:
    small["base"] = Recipe(optimizer="sgd", batch_norm=False).to_dict()
    found = Recipe.from_dict(sweep_results.recipe("dropout=0.5", 1000))
    assert found == Recipe(optimizer="sgd", batch_norm=False, dropout=0.5, epochs=9)


def test_a_difference_is_taken_seed_by_seed(small: dict[str, Any]) -> None:
    """What all seeds share goes out: the interval of the pairs is that of their differences."""
    one, other = (row["sizes"]["100"] for row in small["settings"][:2])
    one["test_accuracy"] = [0.1, 0.5, 0.9, 0.2, 0.6, 0.4]
    other["test_accuracy"] = [0.2, 0.6, 1.0, 0.3, 0.7, 0.5]
    name = small["settings"][1]["id"]
    found = sweep_results.difference(name, 100)
    assert found == pytest.approx((0.1, 0.1, 0.1))
    assert sweep_results.difference("none", 100, name) == pytest.approx((-0.1, -0.1, -0.1))
    wide = sweep_results.mean(name, 100)
    assert wide.high - wide.low > 0.5
    losses = np.subtract(other["test_loss"], one["test_loss"])
    found = sweep_results.difference(name, 100, measure="test_loss", level=0.8)
    assert found == pytest.approx(sweep_results.interval(losses, 0.8))


def test_a_curve_ends_where_fewer_than_two_runs_go_on(small: dict[str, Any]) -> None:
    found = sweep_results.curve("early_stopping=2", 100, "validation_loss")
    assert found.epochs.tolist() == EPOCHS["100"][:3]
    (row,) = (row for row in small["settings"] if row["id"] == "early_stopping=2")
    means, sds = row["sizes"]["100"]["validation_loss"]
    assert found.mean.tolist() == means[:3]
    for place, n in enumerate((SEEDS, SEEDS, 3)):
        half = stats.t.ppf(0.975, n - 1) * sds[place] / n**0.5
        assert found.high[place] - found.mean[place] == pytest.approx(half)
        assert found.mean[place] - found.low[place] == pytest.approx(half)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: r.settings("l3"), "technique must be one of none, l2, dropout, .* got 'l3'"),
        (lambda r: r.setting("l3"), r"id must be one of none, l2=0\.001, .*, got 'l3'"),
        (lambda r: r.mean("none", 500), "size must be one of 100, 1000, got 500"),
        (lambda r: r.mean("l2=0.1", 1000), "size must be one of 100, got 1000"),
        (lambda r: r.by_seed("none", 100, "loss"), "measure must be one of test_acc.* got 'loss'"),
        (lambda r: r.curve("none", 100, "loss"), "name must be one of train_loss, .* got 'loss'"),
        (lambda r: r.mean("none", 100, level=0), "level must be between 0 and 1, got 0"),
        (lambda r: r.mean("none", 100, level=95), "level must be a number from 0 to 1, got 95"),
        (lambda r: r.interval([1.0]), r"values must be a row of at least two .* got \(1,\)"),
        (lambda r: r.interval([[1.0, 2.0]]), r"values must be a row .* got \(1, 2\)"),
    ],
)
def test_bad_input_is_named(small: dict[str, Any], call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(sweep_results)


def test_the_share_near_zero_is_that_of_the_setting_and_the_size(small: dict[str, Any]) -> None:
    small["settings"][1]["sizes"]["1000"]["near_zero"] = 0.625
    assert sweep_results.near_zero(small["settings"][1]["id"], 1000) == 0.625
    with pytest.raises(ValueError, match="size must be one of 100, 1000, got 7"):
        sweep_results.near_zero("none", 7)
