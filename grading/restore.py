"""Put a student's answers into the notebook as it was released: whatever else they did to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from grading.collect import cells_of

UNREADABLE = "The file is no Jupyter notebook, or it is damaged: open it in Jupyter, save it, and hand it in again."
FOREIGN = "This notebook has none of the assignment's cells: did you hand in another one?"
GONE = "# The cell that stood here was deleted."


class NotGradableError(Exception):
    """A file that cannot be graded; its arguments are a status and a sentence for the student."""


@dataclass
class Restored:
    """A notebook to grade, and what the student should know of it."""

    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)


@dataclass
class Theirs:
    """A cell as the student handed it in."""

    kind: str
    source: str
    identifier: str | None
    grade_id: str | None


def read(cell: dict[str, Any]) -> Theirs:
    """Read a cell that may have lost anything, or hold anything."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    return Theirs(
        kind=str(cell.get("cell_type")),
        source=source if isinstance(source, str) else "",
        identifier=cell["id"] if isinstance(cell.get("id"), str) else None,
        grade_id=grade_id if isinstance(grade_id, str) else None,
    )


def restore(released: NotebookNode, data: bytes, assignment: str) -> Restored:
    """Return the released notebook with a student's answers, and their own cells, in it.

    Tests are those released, where they stood. An answer that was deleted leaves a gap, so that one
    the student wrote in another cell still counts.

    Raises
    ------
    NotGradableError
        If the data are no notebook, or one that has no cell of this assignment.
    """
    cells = cells_of(data)
    if cells is None:
        raise NotGradableError("unreadable", UNREADABLE)
    theirs = [read(cell) for cell in cells]
    home = matches(released, theirs)
    if not any(marks(released.cells[index])["grade_id"] for index in home if index is not None):
        raise NotGradableError("wrong notebook", FOREIGN)

    first: dict[int, Theirs] = {}
    extras: dict[int, list[Theirs]] = {}
    after = -1
    for cell, index in zip(theirs, home, strict=True):
        if index is None or (index in first and not marks(released.cells[index])["locked"]):
            extras.setdefault(after, []).append(cell)
        elif index not in first:
            first[index] = cell
            after = index

    notebook = nbformat.v4.new_notebook(metadata=released.metadata)
    notebook.cells += [own for extra in extras.get(-1, []) for own in kept(extra)]
    for index, cell in enumerate(released.cells):
        notebook.cells.append(answered(cell, first.get(index)))
        notebook.cells += [own for extra in extras.get(index, []) for own in kept(extra)]
    return Restored(notebook, notes(released, first, assignment))


def marks(cell: NotebookNode) -> dict[str, Any]:
    """Return what nbgrader's metadata say of a released cell; all false where there are none."""
    plain = {"grade": False, "solution": False, "locked": False, "grade_id": None}
    return plain | cell.metadata.get("nbgrader", {})


def matches(released: NotebookNode, theirs: list[Theirs]) -> list[int | None]:
    """Return the index of the released cell that each of theirs comes from, None for their own."""
    by_grade = {marks(cell)["grade_id"]: index for index, cell in enumerate(released.cells)}
    by_id = {cell.id: i for i, cell in enumerate(released.cells) if not marks(cell)["grade_id"]}
    by_source = {
        (cell.cell_type, tidy(cell.source)): index
        for index, cell in enumerate(released.cells)
        if not marks(cell)["grade_id"]
    }
    found: list[int | None] = []
    for cell in theirs:
        if cell.grade_id is not None and cell.grade_id in by_grade:
            found.append(by_grade[cell.grade_id])
        elif cell.identifier in by_id:
            found.append(by_id[cell.identifier])
        else:
            found.append(by_source.get((cell.kind, tidy(cell.source))))
    return found


def tidy(source: str) -> str:
    """Return a source without what editors change on their own: spaces and lines at its ends."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def answered(cell: NotebookNode, theirs: Theirs | None) -> NotebookNode:
    """Return a released cell with the student's source, where it is theirs to write."""
    cell = nbformat.from_dict(cell)
    if marks(cell)["solution"]:
        cell.source = GONE if theirs is None else theirs.source
    elif theirs is not None and cell.cell_type == "code" and not marks(cell)["locked"]:
        cell.source = theirs.source
    return cell


def kept(cell: Theirs) -> list[NotebookNode]:
    """Return a student's own cell, without what it had been told by nbgrader."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return [make[cell.kind](cell.source)] if cell.kind in make else []


def notes(released: NotebookNode, first: dict[int, Theirs], assignment: str) -> list[str]:
    """Say which cells were edited that should not be, and which are gone."""
    edited, lost, unanswered = [], [], []
    for index, cell in enumerate(released.cells):
        told = marks(cell)
        name = str(told["grade_id"]).removeprefix(f"{assignment}-").replace("-", " ")
        theirs = first.get(index)
        if told["solution"] and theirs is None:
            unanswered.append(name)
        elif told["grade"] and theirs is None:
            lost.append(name)
        elif told["locked"] and theirs is not None:
            same = theirs.kind == cell.cell_type and tidy(theirs.source) == tidy(cell.source)
            edited += [] if same else [name]
    said = []
    if edited:
        said.append(
            f"Cells with tests had been changed ({', '.join(edited)}): the released tests counted."
        )
    if lost:
        said.append(f"Cells with tests were missing ({', '.join(lost)}): they were put back.")
    if unanswered:
        said.append(f"The cell to write your answer in was missing for {', '.join(unanswered)}.")
    return said
