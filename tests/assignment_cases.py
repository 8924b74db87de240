"""Answers to the assignments, right and wrong, and a runner that grades them within this process.

``tests/assignments/NAME.py`` holds the answers to ``assignments/source/NAME/NAME.ipynb``. Each is a
function with the graded function's parameters, under a decorator that says what it is::

    @wrong("conv2d", "kernel flipped")
    def conv2d_flipped(image, kernel): ...

    @right("conv2d", "torch")
    def conv2d_torch(image, kernel): ...
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

SOURCES = Path(__file__).resolve().parent.parent / "assignments" / "source"
ANSWERS = Path(__file__).resolve().parent / "assignments"
NAMES = sorted(path.parent.name for path in SOURCES.glob("*/*.ipynb"))

SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION *$", re.DOTALL | re.MULTILINE)
HIDDEN = re.compile(r"^ *### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS *$\n?", re.DOTALL | re.M)


@dataclass(frozen=True)
class Answer:
    """One way to write a graded function."""

    assignment: str
    function: str
    what: str
    right: bool
    call: Callable[..., Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.assignment}-{self.function}-{self.what}".replace(" ", "_")


_registered: list[Answer] = []


def _register(function: str, what: str, is_right: bool) -> Callable[[Callable], Callable]:
    def keep(call: Callable) -> Callable:
        _registered.append(
            Answer(Path(call.__code__.co_filename).stem, function, what, is_right, call)
        )
        return call

    return keep


def wrong(function: str, what: str) -> Callable[[Callable], Callable]:
    """Register an answer that must lose points, and say what is wrong with it."""
    return _register(function, what, False)


def right(function: str, what: str) -> Callable[[Callable], Callable]:
    """Register an answer that must get all points, and say how it is written."""
    return _register(function, what, True)


@functools.cache
def answers() -> tuple[Answer, ...]:
    """Return all answers in ``tests/assignments``."""
    _registered.clear()
    for path in sorted(ANSWERS.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return tuple(_registered)


@functools.cache
def notebook(name: str) -> nbformat.NotebookNode:
    """Return an assignment's source notebook."""
    return nbformat.read(SOURCES / name / f"{name}.ipynb", as_version=4)


def marked(cell: nbformat.NotebookNode) -> SimpleNamespace:
    """Return what nbgrader's metadata say of a cell; all false where there are none."""
    plain = {"grade": False, "solution": False, "locked": False, "grade_id": None, "points": 0}
    return SimpleNamespace(**plain | cell.metadata.get("nbgrader", {}))


def solution_cells(name: str) -> dict[str, nbformat.NotebookNode]:
    """Return an assignment's solution cells by the name of the function they define."""
    cells = [cell for cell in notebook(name).cells if marked(cell).solution]
    return {marked(cell).grade_id.removeprefix(f"{name}-"): cell for cell in cells}


def graded_cells(name: str, function: str | None = None) -> list[nbformat.NotebookNode]:
    """Return an assignment's test cells; only those of one function where it is named."""
    cells = [cell for cell in notebook(name).cells if marked(cell).grade]
    if function is None:
        return cells
    pattern = re.compile(rf"{re.escape(name)}-{re.escape(function)}-test-\d+")
    return [cell for cell in cells if pattern.fullmatch(marked(cell).grade_id)]


def released(source: str) -> str:
    """Return a cell's source as students get it: no solutions, no hidden tests."""
    stub = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"
    return HIDDEN.sub("", SOLUTION.sub(stub, source))


@functools.cache
def code_of(source: str) -> Any:
    """Compile a cell as IPython would."""
    return compile(TransformerManager().transform_cell(source), "<cell>", "exec")


def grade(
    name: str, function: str | None = None, answer: Callable | None = None, release: bool = False
) -> dict[str, Exception | None]:
    """Run a notebook from the top, and return what each test cell raised, or None if it passed.

    Parameters
    ----------
    name : str
        The assignment.
    function : str, optional
        Run only this function's tests; without it, all.
    answer : callable, optional
        What takes the function's place as soon as the notebook has defined it.
    release : bool
        Run the version that students get instead of the one with solutions and hidden tests.
    """
    tests = {marked(cell).grade_id for cell in graded_cells(name, function)}
    namespace: dict[str, Any] = {"__name__": "__main__"}
    results: dict[str, Exception | None] = {}
    for cell in notebook(name).cells:
        if cell.cell_type != "code":
            continue
        code = code_of(released(cell.source) if release else cell.source)
        marks = marked(cell)
        if not marks.grade:
            exec(code, namespace)
            if answer is not None and marks.grade_id == f"{name}-{function}":
                namespace[function] = answer
        elif marks.grade_id in tests:
            try:
                exec(code, namespace)
            except Exception as error:
                results[marks.grade_id] = error
            else:
                results[marks.grade_id] = None
    return results
