"""Sweeps: every run once, in any order and number of processes, and clear words for bad input."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from sweep_problems import RECIPES, contents, few_digits, other_digits

from cnnlib.experiments import Data, Recipe, sweep, train
from cnnlib.experiments.records import fingerprint, record_path

PLAN: dict[str, Any] = {"progress": False, "jobs": 1}


def timeless(histories: list[Any]) -> list[Any]:
    return [replace(history, seconds=0.0) for history in histories]


def test_runs_come_by_recipe_data_and_seed_whoever_did_them(tmp_path: Path) -> None:
    data = {"some": few_digits(), "others": other_digits}
    alone = sweep(RECIPES[:2], data, [3, 0, 1], folder=tmp_path / "alone", together=2, **PLAN)
    several = sweep(
        *(RECIPES[:2], data, [3, 0, 1]), folder=tmp_path / "several", together=2, progress=False
    )
    assert timeless(several) == timeless(alone)
    assert contents(tmp_path / "several") == contents(tmp_path / "alone")
    assert [(run.recipe, run.seed) for run in alone] == [
        (recipe, seed) for recipe in RECIPES[:2] for _ in data for seed in (3, 0, 1)
    ]
    assert alone[0].train_loss != alone[3].train_loss  # of the same recipe and seed, other data


def test_a_run_in_a_sweep_is_a_run_alone(tmp_path: Path) -> None:
    """On one thread both do the same sums; trained together they may come in another order."""
    data, threads = few_digits(), torch.get_num_threads()
    (run,) = sweep(RECIPES[5:6], data, [7], folder=tmp_path, **PLAN)
    assert torch.get_num_threads() == threads
    torch.set_num_threads(1)
    try:
        alone = train(RECIPES[5], data, seed=7)
    finally:
        torch.set_num_threads(threads)
    assert replace(run, seconds=0.0) == replace(alone, seconds=0.0)
    assert run.state is None
    for member in sweep(RECIPES[5:6], data, [6, 7], folder=tmp_path / "two", **PLAN)[1:]:
        assert member.train_loss == pytest.approx(alone.train_loss, abs=1e-5)


def test_what_is_recorded_is_not_done_again(tmp_path: Path) -> None:
    plan = {**PLAN, "folder": tmp_path, "together": 2}
    first = sweep(RECIPES[:1], few_digits(), range(3), **plan)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(times) == 3
    changed = replace(RECIPES[0], learning_rate=0.001)
    later = sweep([changed, RECIPES[0]], few_digits(), range(3), **plan)
    assert later[3:] == first
    assert [run.recipe for run in later[:3]] == [changed] * 3
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert len(list(tmp_path.iterdir())) == 6
    sweep(RECIPES[:1], other_digits(), [0], **plan)
    assert len(list(tmp_path.iterdir())) == 7


def test_a_group_that_was_stopped_halfway_is_done_again_as_a_whole(tmp_path: Path) -> None:
    plan = {**PLAN, "folder": tmp_path, "together": 3}
    whole = sweep(RECIPES[:1], few_digits(), range(3), **plan)
    lost = record_path(tmp_path, RECIPES[0], fingerprint(few_digits()), 1)
    lost.unlink()
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert timeless(sweep(RECIPES[:1], few_digits(), range(3), **plan)) == timeless(whole)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_run_that_diverges_is_recorded_and_stops_no_other(tmp_path: Path) -> None:
    wild = Recipe(epochs=2, batch_size=2, optimizer="sgd", learning_rate=1e30, batch_norm=False)
    runs = sweep([wild, RECIPES[0]], few_digits(), range(2), folder=tmp_path, **PLAN)
    assert [run.stopped for run in runs] == ["diverged", "diverged", "finished", "finished"]
    assert runs[0].epochs < 2
    assert runs[0].test_accuracy is None
    again = sweep([wild, RECIPES[0]], few_digits(), range(2), folder=tmp_path, **PLAN)
    assert again == runs


def test_the_bar_counts_runs_and_those_that_were_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for recipes in (RECIPES[:1], RECIPES[:2]):
        sweep(recipes, few_digits(), range(2), folder=tmp_path, jobs=1)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "50%" in shown
    assert "4/4" in shown


def test_a_damaged_record_stops_the_sweep_before_it_begins(tmp_path: Path) -> None:
    sweep(RECIPES[:1], few_digits(), [0], folder=tmp_path, **PLAN)
    (path,) = tmp_path.iterdir()
    os.truncate(path, 100)
    with pytest.raises(ValueError, match=f"{path.name}, which is no JSON"):
        sweep(RECIPES[:2], few_digits(), [0], folder=tmp_path, **PLAN)
    assert [path.name] == [left.name for left in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"recipes": [{"l1": 0}]}, TypeError, r"recipes must be of the type Recipe, got \{'l1'"),
        ({"recipes": []}, ValueError, r"recipes must be at least one, and each once, got \[\]"),
        ({"recipes": RECIPES[:1] * 2}, ValueError, "recipes must be at least one, and each once"),
        ({"seeds": [1, 1]}, ValueError, r"seeds must be at least one, and each once, got \(1, 1\)"),
        ({"seeds": []}, ValueError, r"seeds must be at least one, and each once, got \(\)"),
        ({"seeds": [-1]}, ValueError, "seeds must be a non-negative int, got -1"),
        ({"seeds": [0.5]}, TypeError, r"seeds must be a non-negative int, got 0\.5"),
        ({"data": "digits"}, TypeError, "data must be a Data, a function .* got 'str'"),
        ({"data": {}}, ValueError, r"data must be at least one, got \{\}"),
        ({"data": lambda: 3}, TypeError, "data must be a Data, as digits.* got 'int'"),
        ({"jobs": 0}, ValueError, "jobs must be an int but 0, got 0"),
        ({"jobs": True}, TypeError, "jobs must be an int but 0, got True"),
        ({"jobs": 1.5}, TypeError, r"jobs must be an int but 0, got 1\.5"),
        ({"together": 0}, ValueError, "together must be a positive int, got 0"),
        ({"progress": 1}, TypeError, "progress must be True or False, got 1"),
    ],
)
def test_bad_input_is_named(
    tmp_path: Path, change: dict[str, Any], error: type[Exception], message: str
) -> None:
    good = {"recipes": RECIPES[:1], "data": few_digits(), "seeds": [0], **PLAN}
    with pytest.raises(error, match=message):
        sweep(folder=tmp_path / "none", **{**good, **change})
    assert not (tmp_path / "none").exists()


def test_data_that_differs_from_call_to_call_is_refused(tmp_path: Path) -> None:
    calls = count()

    def changing() -> Data:
        return few_digits() if next(calls) % 2 == 0 else other_digits()

    source: Callable[[], Data] = changing
    with pytest.raises(ValueError, match="data must be the same whenever the function is called"):
        sweep(RECIPES[:1], source, [0], folder=tmp_path, **PLAN)


def test_a_folder_that_workers_do_not_share_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnlib.experiments.sweeping.write_record", lambda *_, **__: None)
    with pytest.raises(ValueError, match="folder must be a folder that every process sees"):
        sweep(RECIPES[:1], few_digits(), [0], folder=tmp_path, **PLAN)
