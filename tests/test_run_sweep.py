"""The program that stores the sweep: what it runs, what it keeps of runs, what it refuses."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnnlib.experiments import WEIGHT_BINS, History, Recipe
from tools import run_experiments, run_sweep
from tools.sweep_settings import BASE, EPOCHS, SEEDS, STRENGTHS, settings

SHARES = (0.25, 0.75, *[0.0] * (len(WEIGHT_BINS) - 3))


def history(seed: int, *losses: float, **changes: Any) -> History:
    """Return a run whose four curves are all the same."""
    curves = dict.fromkeys(run_sweep.CURVES, losses)
    ended = {
        "best_epoch": 1,
        "test_loss": 1 / 3,
        "test_accuracy": 2 / 3,
        "histogram": SHARES,
        "mean_square": 0.5,
        "near_zero": 0.125,
        "seconds": 1.5,
        "device": "cpu: 1 thread",
        "versions": {"torch": "2"},
        "stopped": "finished",
    }
    return History(recipe=Recipe(), seed=seed, **{**curves, **ended, **changes})


def test_every_technique_comes_in_four_strengths_and_combinations_beside() -> None:
    every = settings()
    assert every[0].id == "none"
    assert every[0].recipe(100) == replace(BASE, epochs=EPOCHS[100])
    assert len({each.id for each in every}) == len(every)
    counts = Counter(each.technique for each in every)
    for technique in (*STRENGTHS, "early_stopping", "batch_norm", "warm_up", "schedule"):
        assert counts[technique] >= 4, technique
    assert counts["pooling"] == 3  # and the baseline's
    assert counts["combination"] >= 8
    for size in EPOCHS:
        recipes = {each.recipe(size) for each in every}
        assert len(recipes) == len(every)
    assert len(SEEDS) == 10


def test_all_runs_of_a_size_go_on_for_as_long() -> None:
    for each in settings():
        for size, epochs in EPOCHS.items():
            assert each.recipe(size).epochs == epochs


def test_curves_are_kept_at_few_epochs() -> None:
    assert run_sweep.kept_epochs(15) == list(range(1, 16))
    for last in (17, 50, 300):
        kept = run_sweep.kept_epochs(last)
        assert kept[:3] == [1, 2, 3]
        assert kept[-1] == last
        assert len(kept) <= 20


def test_an_entry_is_means_and_deviations_over_seeds() -> None:
    runs = [history(0, 4.0, 2.0, 1.0), history(1, 8.0, 4.0, 1.0, test_accuracy=0.5, best_epoch=3)]
    entry = run_sweep.entry(runs, [1, 3])
    assert entry["train_loss"] == [[6.0, 1.0], [2.828, 0.0]]  # sd of 4 and 8: 4 / sqrt(2)
    assert "runs" not in entry
    assert entry["test_accuracy"] == [0.666667, 0.5]
    assert entry["best_epoch"] == [1, 3]
    assert entry["test_loss"] == [0.3333, 0.3333]
    assert entry["histogram"][:3] == [0.25, 0.75, 0.0]
    assert (entry["near_zero"], entry["mean_square"], entry["seconds"]) == (0.125, 0.5, 3.0)


def test_where_runs_end_early_the_others_make_the_mean() -> None:
    runs = [history(0, 4.0, 2.0, 1.0), history(1, 8.0, 4.0), history(2, 6.0)]
    entry = run_sweep.entry(runs, [1, 2, 3])
    assert entry["validation_loss"] == [[6.0, 3.0, None], [2.0, 1.414, None]]
    assert entry["runs"] == [3, 2, 1]


def test_what_cannot_be_compared_is_not_stored() -> None:
    ended = history(1, 2.0, test_accuracy=None, stopped="diverged")
    with pytest.raises(ValueError, match="recipes must not diverge, but seed 1 of Recipe"):
        run_sweep.entry([history(0, 2.0), ended], [1])
    other = history(1, 2.0, versions={"torch": "3"})
    with pytest.raises(ValueError, match='one set of versions and device, got .*"2".*; .*"3"'):
        run_sweep.manifest([history(0, 2.0), other])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    chosen = settings()[:2]
    histories = {
        (each.recipe(size), size): [history(seed, *[1.5] * epochs) for seed in range(2)]
        for each in chosen
        for size, epochs in EPOCHS.items()
    }
    content = run_sweep.stored(chosen, histories)
    run_sweep.write(content, tmp_path / "sweep.json")
    text = (tmp_path / "sweep.json").read_text()
    assert json.loads(text) == json.loads(json.dumps(content))
    assert text.count("\n") < 15  # a setting a line
    assert content["manifest"]["runs"] == 12
    assert [row["id"] for row in content["settings"]] == [each.id for each in chosen]
    assert len(content["settings"][0]["sizes"]["100"]["train_loss"][0]) == len(
        content["epochs"]["100"]
    )


def test_make_experiments_runs_the_parts_named_until_one_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def part(name: str, status: int) -> Any:
        return lambda: ran.append(name) or status

    parts = {"digit_net": part("digit_net", 0), "transfer": part("transfer", 3)}
    monkeypatch.setattr(run_experiments, "PARTS", {**parts, "sweep": part("sweep", 0)})
    assert run_experiments.main(["sweep", "digit_net"]) == 0
    assert ran == ["sweep", "digit_net"]
    assert "digit_net: 0.0 minutes" in capsys.readouterr().out
    assert run_experiments.main([]) == 3
    assert ran[2:] == ["digit_net", "transfer"]
    with pytest.raises(SystemExit):
        run_experiments.main(["sweeps"])
    assert "of digit_net, transfer, sweep, got sweeps" in capsys.readouterr().err
