"""Do what the page on adding an explorer says, in a copy of the repository."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "backmatter" / "contributing.md"
COPIED = ("cnnlib", "tests", "tools", "site", "pyproject.toml", "_toc.yml")
BACKENDS = ("reference", "numpy_ops", "torch_ops")
BLOCK = re.compile(
    r"^```\{code-block\} (\w+)\n:caption: ([^\n]+)\n\n(.*?\n)```$", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    """One block of code: its language, its title, which says where it goes, and its text."""

    language: str
    title: str
    text: str


def blocks(page: str) -> list[Block]:
    """Return the blocks of code of a page's text, in order."""
    return [Block(*found) for found in BLOCK.findall(page)]


def changed(before: str, diff: str) -> str:
    """Return a text after the changes of a diff, whose parts stand between lines of ``@@``.

    Raises
    ------
    ValueError
        If the lines that a part starts from are not in the text exactly once.
    """
    for part in diff.split("@@\n"):
        lines = part.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        count = f"\n{before}".count(f"\n{old}")
        if count != 1:
            raise ValueError(f"the text must have these lines once, not {count} times:\n{old}")
        before = f"\n{before}".replace(f"\n{old}", f"\n{new}")[1:]
    return before


def follow(block: Block, root: Path) -> None:
    """Do what one block says."""
    name, _, how = block.title.partition(", ")
    if how == "in a cell":
        return
    for backend in BACKENDS if "BACKEND" in name else ("",):
        path = root / name.replace("BACKEND", backend)
        text = block.text.replace("BACKEND", backend)
        if block.language == "diff":
            text = changed(path.read_text("utf-8"), text)
        elif how == "at the end":
            text = f"{path.read_text('utf-8')}\n{text}"
        elif path.exists():
            raise ValueError(f"{name} is there already")
        path.write_text(text, "utf-8", newline="\n")


def copy_repository(root: Path) -> None:
    """Copy what an explorer needs of the repository into an empty folder."""
    passed_over = shutil.ignore_patterns("__pycache__", "mathjax")
    for name in COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=passed_over)
        else:
            shutil.copy(source, target)
