"""Notebooks with chosen answers to the assignment on convolution, and the points they are worth."""

from __future__ import annotations

import copy
import functools
import inspect
import textwrap
from types import ModuleType

import nbformat
from assignment_cases import (
    Answer,
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


def with_body(function: str, body: str) -> str:
    """Return a graded function that does something else."""
    head = next(
        line for line in solution_cells(NAME)[function].source.splitlines() if "def " in line
    )
    return head + "\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")


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
