"""The page on adding an explorer: what it says is done in a copy of the repository, and works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import walk_through

BLOCKS = walk_through.blocks(walk_through.PAGE.read_text("utf-8"))
RUN = (
    "tests/test_explorer_leaky.py",
    "tests/test_explorers.py",
    "tests/test_layer_ops.py",
    "tests/test_names.py",
    "tests/test_ops_js.py",
)
CHOSEN = "leaky or Leaky or joined or finds or lacks or agrees_with_the_reference"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in which the page's steps are done."""
    root = tmp_path_factory.mktemp("repository")
    walk_through.copy_repository(root)
    for block in BLOCKS:
        walk_through.follow(block, root)
    return root


def run(root: Path, *command: str) -> str:
    """Run Python in a folder, and return what it says; fail if it fails."""
    done = subprocess.run(
        [sys.executable, *command], cwd=root, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_has_every_kind_of_step() -> None:
    page = walk_through.PAGE.read_text("utf-8")
    assert len(BLOCKS) == page.count("```{code-block}") == 16
    assert {block.language for block in BLOCKS} == {"python", "javascript", "diff"}


def test_the_new_explorer_answers_in_a_browser(copy: Path) -> None:
    said = run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *RUN, "-k", CHOSEN, "-m", "not gpu"
    )
    passed = re.search(r"^(\d+) passed", said, re.MULTILINE)
    assert passed is not None, said
    assert int(passed[1]) >= 20
    assert "skipped" not in said


def test_its_examples_are_right_and_its_cell_runs(copy: Path) -> None:
    files = [f"cnnlib/{backend}/leaky.py" for backend in walk_through.BACKENDS]
    (cell,) = [block.text for block in BLOCKS if block.title.endswith("in a cell")]
    doctests = "import doctest, importlib\n" + "".join(
        f"assert doctest.testmod(importlib.import_module({name!r})) == (0, {examples})\n"
        for name, examples in zip(
            [file[:-3].replace("/", ".") for file in files], (1, 1, 2), strict=True
        )
    )
    cell = re.sub(r"^(LeakyExplorer\(.*\))$", r"print(\1)", cell, flags=re.MULTILINE)
    said = run(copy, "-c", doctests + cell)
    assert (
        said
        == "LeakyExplorer('How much should a unit leak?': 2 by 3 numbers, 3 of them times 0.1)\n"
    )


def test_its_code_is_written_as_the_house_writes(copy: Path) -> None:
    files = [str(path) for path in copy.rglob("*leaky*.py")]
    assert len(files) == 5
    run(copy, "-m", "ruff", "check", *files)
    run(copy, "-m", "ruff", "format", "--check", *files)


def test_a_step_that_no_longer_fits_is_found() -> None:
    assert walk_through.changed("a\nb\nc\n", "+x\n b\n@@\n-c\n+d\n") == "a\nx\nb\nd\n"
    for diff in ("-d\n+e\n", " a\n+b\n"):
        with pytest.raises(ValueError, match="the text must have these lines once, not [02] times"):
            walk_through.changed("a\nb\na\n", diff)
