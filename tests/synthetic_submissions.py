"""Submissions of the assignment on convolution that no student wrote, and what each must be given.

``one_of_each()`` has every kind once, ``many(count)`` mixes them as a class might, and then worse.
"""

from __future__ import annotations

import copy
import functools
import inspect
import json
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
from assignment_cases import (
    Answer,
    answers,
    code_of,
    graded_cells,
    marked,
    notebook,
    released,
    solution_cells,
)

NAME = "convolution"
FUNCTIONS = tuple(solution_cells(NAME))
MOST = {marked(cell).grade_id: float(marked(cell).points) for cell in graded_cells(NAME)}


@dataclass
class Handed:
    """Files that a student hands in, and what must come of it."""

    kind: str
    files: dict[str, bytes]
    status: str = "graded"
    parts: dict[str, float] = field(default_factory=dict)
    says: str = ""

    @property
    def score(self) -> float:
        return sum(self.parts.values())


def points_of(functions: tuple[str, ...] | list[str]) -> dict[str, float]:
    """Return full points for some functions, and none for the others."""
    full = {marked(cell).grade_id for f in functions for cell in graded_cells(NAME, f)}
    return {name: points if name in full else 0.0 for name, points in MOST.items()}


def but(*functions: str) -> dict[str, float]:
    """Return full points for all functions but some."""
    return points_of([function for function in FUNCTIONS if function not in functions])


def before(function: str) -> dict[str, float]:
    """Return full points for the functions that come before one."""
    return points_of(FUNCTIONS[: FUNCTIONS.index(function)])


def filled(sources: dict[str, str] | None = None) -> nbformat.NotebookNode:
    """Return the released notebook with the right answers in it, but for some sources."""
    ours = copy.deepcopy(notebook(NAME))
    for cell in ours.cells:
        marks = marked(cell)
        if marks.solution:
            function = marks.grade_id.removeprefix(f"{NAME}-")
            cell.source = (sources or {}).get(function, cell.source)
        elif marks.grade:
            cell.source = released(cell.source)
    return ours


def written(content: nbformat.NotebookNode) -> bytes:
    return nbformat.writes(content).encode()


def handed(kind: str, content: nbformat.NotebookNode, **expected) -> Handed:
    return Handed(kind, {f"{NAME}.ipynb": written(content)}, **expected)


def with_body(function: str, body: str) -> str:
    """Return a graded function that does something else."""
    head = next(
        line for line in solution_cells(NAME)[function].source.splitlines() if "def " in line
    )
    return head + "\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")


def spoiled(kind: str, function: str, body: str, **expected) -> Handed:
    """Return a submission that is right but for one function."""
    return handed(kind, filled({function: with_body(function, body)}), **expected)


def stub(function: str) -> str:
    return released(solution_cells(NAME)[function].source)


@functools.cache
def as_text(answer: Answer) -> str | None:
    """Return an answer as a student would write it, with what it needs; None if that is torch."""
    call = answer.call
    lines = textwrap.dedent(inspect.getsource(call)).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("def "))
    lines[start] = lines[start].replace(f"def {call.__name__}(", f"def {answer.function}(", 1)
    needed: list[str] = []
    queue, seen = [call], set()
    while queue:
        scope = queue.pop(0)
        for name in scope.__code__.co_names:
            value = scope.__globals__.get(name)
            if value is None or name in seen:
                continue
            seen.add(name)
            if isinstance(value, ModuleType):
                if value.__name__.startswith("torch"):
                    return None
                needed.append(f"import {value.__name__} as {name}")
            else:
                queue.append(value)
                needed.append(inspect.getsource(value).partition("def ")[2].join(["def ", ""]))
    return "\n".join([*needed, *lines[start:]])


def points_found(sources: dict[str, str]) -> dict[str, float]:
    """Return the points of a notebook with such answers, found without nbgrader."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    parts = {}
    for cell in notebook(NAME).cells:
        if cell.cell_type != "code":
            continue
        marks = marked(cell)
        source = cell.source
        if marks.solution:
            source = sources.get(marks.grade_id.removeprefix(f"{NAME}-"), source)
        try:
            exec(code_of(source), namespace)
        except Exception:
            parts[marks.grade_id] = 0.0
        else:
            parts[marks.grade_id] = float(marks.points)
    return {name: parts[name] for name in MOST}


def mixed(kind: str, rng: np.random.Generator) -> Handed:
    """Return a notebook with an answer to each function: right, wrong or none."""
    sources: dict[str, str] = {}
    for function in FUNCTIONS:
        ours = [
            a for a in answers() if (a.assignment, a.function) == (NAME, function) and as_text(a)
        ]
        right = [answer for answer in ours if answer.right]
        wrong = [answer for answer in ours if not answer.right]
        chance = {"right": 0.3, "mixed": rng.random(), "wrong": 0.8}[kind]
        if chance < 0.6:
            sources[function] = as_text(right[rng.integers(len(right))])
        elif chance < 0.9:
            sources[function] = as_text(wrong[rng.integers(len(wrong))])
        else:
            sources[function] = stub(function)
    return handed(kind, filled(sources), parts=points_found(sources))


def blank(_: np.random.Generator) -> Handed:
    return handed(
        "blank", filled({function: stub(function) for function in FUNCTIONS}), parts=points_of([])
    )


def deleted_tests(_: np.random.Generator) -> Handed:
    content = filled({"conv2d": with_body("conv2d", "return image * 0")})
    content.cells = [cell for cell in content.cells if not marked(cell).grade]
    # Without conv2d, the last test of the next part fails as well: it compares the two.
    parts = but("conv2d") | {f"{NAME}-conv2d_strided-test-3": 0.0}
    return handed("deleted tests", content, parts=parts, says="put back")


def deleted_answer(_: np.random.Generator) -> Handed:
    content = filled()
    gone = f"{NAME}-output_size"
    content.cells = [cell for cell in content.cells if marked(cell).grade_id != gone]
    return handed(
        "deleted answer", content, parts=but("output_size"), says="missing for output_size"
    )


def edited_tests(_: np.random.Generator) -> Handed:
    content = filled({"output_size": with_body("output_size", "return 5")})
    for cell in content.cells:
        if marked(cell).grade:
            cell.source = "assert True"
            cell.metadata.nbgrader.points = 1000
    return handed("edited tests", content, parts=but("output_size"), says="had been changed")


def own_cells(_: np.random.Generator) -> Handed:
    """Return a notebook with cells of the student's own, one answer in one of them, and no ids."""
    content = filled()
    for index, cell in enumerate(content.cells):
        if marked(cell).grade_id == f"{NAME}-output_size":
            content.cells[index] = nbformat.v4.new_code_cell(cell.source)
            content.cells.insert(index, nbformat.v4.new_markdown_cell("My notes"))
            break
    raw = json.loads(nbformat.writes(content))
    for cell in raw["cells"]:
        del cell["id"]
    raw["nbformat_minor"] = 4
    files = {f"{NAME}.ipynb": json.dumps(raw).encode()}
    return Handed("own cells", files, parts=but(), says="missing for output_size")


def other_notebook(_: np.random.Generator) -> Handed:
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')")])
    return handed(
        "other notebook", content, status="wrong notebook", says="none of the assignment's cells"
    )


LOOP = "while True:\n    pass"
STUBBORN = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
KILL_GRADER = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
FILES = f"{NAME}.ipynb"

KINDS: dict[str, Callable[[np.random.Generator], Handed]] = {
    "right": lambda rng: mixed("right", rng),
    "mixed": lambda rng: mixed("mixed", rng),
    "wrong": lambda rng: mixed("wrong", rng),
    "blank": blank,
    "deleted tests": deleted_tests,
    "deleted answer": deleted_answer,
    "edited tests": edited_tests,
    "own cells": own_cells,
    "other notebook": other_notebook,
    "raises": lambda _: spoiled("raises", "convolve", "raise KeyError(f)", parts=but("convolve")),
    "syntax": lambda _: spoiled("syntax", "convolve", "return (", parts=but("convolve")),
    "warns": lambda _: spoiled(
        "warns", "output_size",
        "import warnings\nwarnings.warn('careful')\nreturn (n + 2 * padding - kernel_size) // stride + 1",
        parts=but(),
    ),
    "sys.exit": lambda _: spoiled(
        "sys.exit", "convolve", "import sys\nsys.exit()", parts=but("convolve"), says=r"sys\.exit"
    ),
    "os._exit": lambda _: spoiled(
        "os._exit", "convolve", "import os\nos._exit(0)",
        status="stopped", parts=before("convolve"), says="ended Python",
    ),
    "kills grader": lambda _: spoiled("kills grader", "convolve", KILL_GRADER, status="failed"),
    "loop": lambda _: spoiled(
        "loop", "output_size", LOOP, status="timed out", parts=but("output_size"), says="out of time"
    ),
    "stubborn loop": lambda _: spoiled(
        "stubborn loop", "output_size", STUBBORN,
        status="timed out", parts=before("output_size"), says="did not end",
    ),
    "prints": lambda _: spoiled(
        "prints", "output_size", "while True:\n    print('x' * 1000)",
        status="timed out", parts=but("output_size"), says="out of time",
    ),
    "memory": lambda _: spoiled(
        "memory", "output_size", "return np.ones(10**11).size",
        status="out of memory", parts=but("output_size"), says="memory",
    ),
    "missing": lambda _: Handed("missing", {"essay.pdf": b"%PDF"}, "missing", says=r"essay\.pdf"),
    "broken": lambda _: Handed(
        "broken", {FILES: written(filled())[:3000]}, "unreadable", says="damaged"
    ),
    "empty": lambda _: Handed("empty", {FILES: b""}, "unreadable", says="damaged"),
    "wrong name": lambda _: Handed(
        "wrong name", {"Untitled3.ipynb": written(filled())}, parts=but(), says=r"Untitled3\.ipynb"
    ),
}  # fmt: skip

HARMLESS = ("right", "mixed", "wrong")


def one_of_each(rng: np.random.Generator) -> dict[str, Handed]:
    """Return every kind once, by a student's name."""
    return {f"s{index:03d}": make(rng) for index, make in enumerate(KINDS.values())}


def many(count: int, rng: np.random.Generator) -> dict[str, Handed]:
    """Return each kind twice, and fill up with right, mixed and wrong ones, in any order."""
    rest = [kind for kind in KINDS if kind not in HARMLESS]
    kinds = rest * 2 + [HARMLESS[index % 3] for index in range(max(0, count - 2 * len(rest)))]
    shuffled = rng.permutation(kinds[:count])
    return {f"s{index:03d}": KINDS[kind](rng) for index, kind in enumerate(shuffled)}


def as_folder(where: Path, class_: dict[str, Handed]) -> Path:
    """Write a folder with one folder a student."""
    for student, theirs in class_.items():
        (where / student).mkdir(parents=True)
        for name, data in theirs.files.items():
            (where / student / name).write_bytes(data)
    return where


def as_canvas(where: Path, class_: dict[str, Handed], late: set[str]) -> Path:
    """Write a zip as Canvas does; a student's number is 1000 more than their place."""
    with zipfile.ZipFile(where, "w") as archive:
        for index, (student, theirs) in enumerate(class_.items()):
            mark = "_LATE" if student in late else ""
            for name, data in theirs.files.items():
                archive.writestr(f"doe{student}{mark}_{1000 + index}_{90000 + index}_{name}", data)
    return where


def as_moodle(where: Path, class_: dict[str, Handed]) -> Path:
    """Write a zip as Moodle does; a participant's number is 5000 more than their place."""
    with zipfile.ZipFile(where, "w") as archive:
        for index, (student, theirs) in enumerate(class_.items()):
            for name, data in theirs.files.items():
                folder = f"Jane {student} Doe_{5000 + index}_assignsubmission_file_"
                archive.writestr(f"{folder}/{name}", data)
    return where
