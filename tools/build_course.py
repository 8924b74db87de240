"""Build the book's site with some of its chapters alone, in an order of one's own.

``python -m tools.build_course pooling receptive_fields`` writes ``_build/course/html`` and prints
the path to open. The home page and the reference pages come along; what they and the chapters say
of chapters left out leads to the public site, whose address is ``html: baseurl:`` in
``_config.yml``. Notebooks are executed once: ``_build/executed`` keeps their outputs, for as long
as the library and the versions of what it uses stay the same.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.build_book import BUILD, JUPYTER_BOOK, ROOT
from tools.executed import kept_outputs
from tools.inventory import inventory

COURSE = BUILD / "course"
CHAPTERS = "chapters/"
FOR_INSTRUCTORS = "instructors/"
WITH_PAGES = ("chapters", "backmatter", "cnnlib")
"""Folders that pages are in, or that they quote."""
MARK = "% make course names the chapters of a course here.\n"
"""The line of the home page that the list of a course's chapters takes the place of."""


def table_of_contents(root: Path = ROOT) -> dict[str, Any]:
    """Return the book's table of contents."""
    toc: dict[str, Any] = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return toc


def entries(toc: dict[str, Any]) -> list[str]:
    """Return the pages that a table of contents lists below the home page."""
    return [entry["file"] for part in toc["parts"] for entry in part["chapters"]]


def chapters(toc: dict[str, Any]) -> list[str]:
    """Return the names of the book's chapters, in the book's order."""
    return [one.removeprefix(CHAPTERS) for one in entries(toc) if one.startswith(CHAPTERS)]


def chosen(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the chapters that a course asks for, in its order.

    Parameters
    ----------
    names : sequence of str
        Names of chapters, in the order of the course.
    known : sequence of str
        The book's chapters.

    Raises
    ------
    ValueError
        If `names` is empty, or has a name that the book has not, or one twice.
    """
    legal = f"the book's chapters are {', '.join(known)}"
    if not names:
        raise ValueError(f"CHAPTERS names no chapter; {legal}")
    for at, name in enumerate(names):
        if name not in known:
            raise ValueError(f"CHAPTERS names {name!r}, which is no chapter; {legal}")
        if name in names[:at]:
            raise ValueError(f"CHAPTERS names {name!r} twice; a course has each chapter once")
    return list(names)


def course_toc(toc: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return the table of contents of a course.

    The chapters are those named; parts with other pages stay, but for those for instructors.
    """
    parts = []
    for part in toc["parts"]:
        files = [entry["file"] for entry in part["chapters"]]
        if any(file.startswith(CHAPTERS) for file in files):
            parts.append({**part, "chapters": [{"file": CHAPTERS + name} for name in names]})
        elif not any(file.startswith(FOR_INSTRUCTORS) for file in files):
            parts.append(part)
    return {**toc, "parts": parts}


def course_config(config: dict[str, Any], outputs: Path, inventory: Path) -> dict[str, Any]:
    """Return the configuration of a course: the book's, with outputs kept, read from elsewhere."""

    def from_root(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: from_root(one) for key, one in value.items()}
        if isinstance(value, list):
            return [from_root(one) for one in value]
        ours = isinstance(value, str) and value.removeprefix("./").split("/")[0] == "site"
        return (ROOT / value).as_posix() if ours else value

    sphinx = from_root(config["sphinx"])
    sphinx["config"]["book_inventory"] = inventory.as_posix()
    execute = {**config["execute"], "execute_notebooks": "cache", "cache": outputs.as_posix()}
    return {**config, "execute": execute, "sphinx": sphinx}


def home_page(text: str, toc: dict[str, Any], names: Sequence[str], site: str) -> str:
    """Return the home page of a course, which names its chapters.

    Raises
    ------
    ValueError
        If `text` has no line that says where.
    """
    if text.count(MARK) != 1:
        raise ValueError(f"{toc['root']}.md must have the line {MARK.strip()!r} once")
    listed = "".join(f"1. {{doc}}`{CHAPTERS}{name}`\n" for name in names)
    return text.replace(
        MARK,
        f"**This course** has {len(names)} of the book's chapters:\n\n{listed}\n"
        f"Links to the others lead to [the whole book]({site}).\n",
    )


def write_sources(folder: Path, names: Sequence[str], root: Path = ROOT) -> None:
    """Write the sources of a course into a folder: pages, table of contents, configuration."""
    toc = table_of_contents(root)
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    left_out = [f"{name}.ipynb" for name in set(chapters(toc)) - set(names)]
    passed_over = shutil.ignore_patterns(".*", "__pycache__", *left_out)
    for path in root.iterdir():
        if path.name in WITH_PAGES:
            shutil.copytree(path, folder / path.name, ignore=passed_over)
        elif path.is_file() and not path.name.startswith("."):
            shutil.copy(path, folder)
    home = folder / f"{toc['root']}.md"
    text = home_page(home.read_text(encoding="utf-8"), toc, names, config["html"]["baseurl"])
    home.write_text(text, encoding="utf-8")
    made = {
        "_toc.yml": course_toc(toc, names),
        "_config.yml": course_config(config, kept_outputs(), inventory()),
    }
    for name, value in made.items():
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")


def build(names: Sequence[str], folder: Path = COURSE) -> int:
    """Build a course into ``html`` in a folder, warnings as errors; return the exit status.

    Raises
    ------
    ValueError
        If `names` are not chapters of the book, each once.
    """
    names = chosen(names, chapters(table_of_contents()))
    shutil.rmtree(folder, ignore_errors=True)
    sources = folder / "source"
    sources.mkdir(parents=True)
    write_sources(sources, names)
    command = ("-c", JUPYTER_BOOK, "build", str(sources), "-W", "-n", "--keep-going", "-q")
    print(f"Building {', '.join(names)}: what was never executed takes up to a minute.", flush=True)
    quiet = subprocess.DEVNULL  # it would say where it builds, which is not where the course stays
    status = subprocess.run([sys.executable, *command], cwd=sources, stdout=quiet).returncode
    if status == 0:
        shutil.move(sources / "_build" / "html", folder / "html")
        shutil.rmtree(sources)
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="names of chapters, in the course's order")
    try:
        status = build(parser.parse_args().chapters)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if status:
        print("The course was not built: see the warnings and errors above.", file=sys.stderr)
        return status
    print(f"The course is built. Open:\n{(COURSE / 'html' / 'index.html').as_uri()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
