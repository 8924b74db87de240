"""A sweep that is killed, at random moments, again and again: nothing is lost but what was on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sweep_problems import KILLS, RECIPES, SEEDS, contents, few_digits

from cnnlib.experiments import sweep


def test_a_sweep_killed_ten_times_leaves_the_records_of_one_that_never_was(tmp_path: Path) -> None:
    """SIGKILL leaves no time to tidy up; every other time the workers outlive their parent."""
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    killed.mkdir()
    script = Path(__file__).with_name("sweep_problems.py")
    run = subprocess.run(
        [sys.executable, "-W", "error", script, killed], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    counts = json.loads(run.stdout)
    assert len(counts) == KILLS
    assert counts == sorted(counts)  # no record was ever lost again
    assert 0 < counts[-1] < len(RECIPES) * len(SEEDS)

    before = {path: path.stat().st_mtime_ns for path in killed.glob("*.json")}
    plan = {"jobs": 1, "together": 2, "progress": False}
    resumed = sweep(RECIPES, few_digits(), SEEDS, folder=killed, **plan)
    assert {path: path.stat().st_mtime_ns for path in before} == before  # none was done again
    again = sweep(RECIPES, few_digits(), SEEDS, folder=whole, **plan)

    assert len(resumed) == len(again) == len(RECIPES) * len(SEEDS)
    assert contents(killed) == contents(whole)
    assert not [path.name for path in killed.iterdir() if path.suffix != ".json"]
