"""Binder: its configuration as repo2docker reads it, and its steps with stand-ins for the tools.

``python -m tools.check_binder`` runs the steps for real; that takes minutes, and is not done here.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tools import check_binder

ROOT = check_binder.ROOT
posix = pytest.mark.skipif(os.name == "nt", reason="repo2docker and its postBuild are of Linux")


@posix
def test_repo2docker_takes_python_the_pins_and_the_step_after(tmp_path: Path) -> None:
    """Plan the image of a copy of what Binder reads; no container engine is asked."""
    for name in ("binder", "requirements.txt", "constraints.txt", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Building conda environment for python=3.11" in said
    pip, after = (
        re.search(rf"^RUN {step}$", said, re.MULTILINE)
        for step in (r'\S+/bin/pip install .*-r "binder/requirements.txt"', r"\./binder/postBuild")
    )
    assert pip.start() < after.start()


def test_uv_is_the_pinned_one() -> None:
    (asked,) = [
        line
        for line in (ROOT / "binder/requirements.txt").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert asked in (ROOT / "constraints.txt").read_text().splitlines()
    assert (ROOT / "binder/runtime.txt").read_text() == "python-3.11\n"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Return a folder with a uv and a python that only write down how they were called."""
    for name in ("uv", "python"):
        path = tmp_path / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/calls"\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return tmp_path


@posix
@pytest.mark.parametrize(
    ("plain", "backend"), [(False, "--torch-backend cpu "), (True, "")], ids=["cpu", "plain"]
)
def test_after_the_build_come_the_pins_with_cpu_torch_and_cnnlib(
    plain: bool, backend: str, calls: Path
) -> None:
    (_, command), environment = check_binder.steps(calls / "python", plain)
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    install = f"uv pip install --no-cache --python {calls / 'python'}"
    assert (calls / "calls").read_text().splitlines() == [
        f"{install} {backend}--requirement requirements.txt",
        f"{install} --no-deps --editable .",
    ]


def test_uv_still_knows_the_cpu_build() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    words = " ".join(done.stdout.split())
    assert re.search(r"--torch-backend <TORCH_BACKEND> .*?\[possible values: auto, cpu,", words)


def test_the_check_reads_the_pins_of_the_book() -> None:
    pins = check_binder.pins()
    assert pins["torch"] == "2.13.0"
    assert pins["jupyter-book"] == "1.0.4.post1"
