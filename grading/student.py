"""Grade one student, in a process of their own."""

from __future__ import annotations

import html
import json
import os
import shutil
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.preprocessors import Execute
from sqlalchemy import event
from sqlalchemy.engine import Engine

from grading.execute import PatientExecute
from grading.limits import Limits, confine, end_descendants, watch
from grading.release import SILENT, course_directory
from grading.restore import NotGradableError, restore

INSIDE = "student"
"""A student's name while their notebook runs: a real one may hold what a path or a pattern may not."""


BROKEN = "Grading your notebook failed, and not only your code may be the reason: see your instructor."

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{0}</title></head>
<body><main><h1>{0}</h1><p>Not graded. {1}</p></main></body></html>
"""


@event.listens_for(Engine, "connect")
def hurry(connection: Any, _: Any) -> None:
    """Let no commit wait for the disk: a student's gradebook is thrown away when it has been read."""
    connection.execute("PRAGMA synchronous = OFF")


@dataclass(frozen=True)
class Job:
    """One student's notebook, and where the results go."""

    assignment: str
    student: str
    data: bytes = field(repr=False)
    notes: tuple[str, ...]
    refused: str
    key: str
    template: Path
    course: Path
    record: Path
    limits: Limits

    @property
    def page(self) -> Path:
        """The page that tells the student."""
        return self.course / "feedback" / self.student / self.assignment / f"{self.assignment}.html"


@dataclass
class Record:
    """What became of one student's submission."""

    student: str
    status: str
    said: str
    parts: dict[str, float]
    key: str

    def write(self, path: Path) -> None:
        """Write the record whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(
            json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        draft.replace(path)


def main(job: Job) -> None:
    """Grade a student, and leave a record; what happens to this process happens to nobody else."""
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    try:
        os.setsid() if hasattr(os, "setsid") else None
        os.environ.update(
            IPYTHONDIR=str(folder / "ipython"), JUPYTER_RUNTIME_DIR=str(folder / "run")
        )
        log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.dup2(log, 1)
        os.dup2(log, 2)
        watch(job.limits, too_much)
        confine(job.limits)
        grade(job, folder).write(job.record)
    except Exception:
        traceback.print_exc()
        keep = job.record.parents[1] / "logs" / f"{job.student}.txt"
        keep.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "log.txt", keep)
        not_graded(job, "failed", BROKEN)
    finally:
        end_descendants()
        shutil.rmtree(folder, ignore_errors=True)


def too_much() -> None:
    """Remember that a kernel was ended for its use of memory."""
    PatientExecute.too_much_memory = True


def grade(job: Job, folder: Path) -> Record:
    """Grade a student's notebook in a course folder of its own, and put the results in their places."""
    if job.refused:
        return not_graded(job, job.refused)
    root = folder / "course"
    shutil.copytree(job.template, root)
    released = nbformat.read(root / "release" / job.assignment / f"{job.assignment}.ipynb", 4)
    try:
        restored = restore(released, job.data, job.assignment)
    except NotGradableError as why:
        return not_graded(job, *why.args)
    submitted = root / "submitted" / INSIDE / job.assignment
    submitted.mkdir(parents=True)
    nbformat.write(restored.notebook, submitted / f"{job.assignment}.ipynb")

    autograde(root, job)
    ran = PatientExecute.latest
    notebook = root / "autograded" / INSIDE / job.assignment / f"{job.assignment}.ipynb"
    status, happened = outcome(ran, nbformat.read(notebook, 4), job)
    said = " ".join([*job.notes, *restored.notes, *happened])
    put_first(notebook, said)
    feedback(root, job)
    parts = scores(root, job.assignment)
    for kind in ("autograded", "feedback"):
        place(
            root / kind / INSIDE / job.assignment, job.course / kind / job.student / job.assignment
        )
    return Record(job.student, status, said, parts, job.key)


def not_graded(job: Job, status: str, why: str = "") -> Record:
    """Tell a student, on a page of their own, that and why there was nothing to grade; no points."""
    said = " ".join(filter(None, [*job.notes, why]))
    job.page.parent.mkdir(parents=True, exist_ok=True)
    job.page.write_text(
        PAGE.format(html.escape(job.assignment), html.escape(said)), encoding="utf-8"
    )
    record = Record(job.student, status, said, {}, job.key)
    record.write(job.record)
    return record


def autograde(root: Path, job: Job) -> None:
    """Have nbgrader restore the hidden tests, run the notebook, and save the grades."""
    PatientExecute.limits = job.limits
    directory = course_directory(root, job.assignment, INSIDE)
    steps = [
        PatientExecute if step is Execute else step
        for step in Autograde.autograde_preprocessors.default_args[0]
    ]
    Autograde(coursedir=directory, autograde_preprocessors=steps, log=SILENT).start()


def feedback(root: Path, job: Job) -> None:
    """Have nbgrader write the page that the student gets."""
    directory = course_directory(root, job.assignment, INSIDE)
    GenerateFeedback(coursedir=directory, exporter_class=HTMLExporter, log=SILENT).start()


def outcome(ran: PatientExecute, notebook: NotebookNode, job: Job) -> tuple[str, list[str]]:
    """Return the status, and sentences that say what happened as the notebook ran."""

    def where(index: int) -> str:
        cell = notebook.cells[index]
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        name = name.removeprefix(f"{job.assignment}-").replace("-", " ")
        return f"the cell {name!r}" if name else f"cell {index + 1} of the notebook"

    kinds = dict(reversed(ran.events))
    raised = {
        output.ename: index
        for index, cell in reversed(list(enumerate(notebook.cells)))
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }
    memory = [name for name in raised if "MemoryError" in name]
    rest = "the tests after it could not run and count as failed."
    if ran.too_much_memory or memory:
        at = where(raised[memory[0]] if memory else kinds.get("ended", 0))
        said = f"Your code asked for more than {job.limits.memory:g} GiB of memory, in {at}."
        return "out of memory", [said, *[f"Python was ended there: {rest}"] * ran.too_much_memory]
    if "stuck" in kinds:
        return "timed out", [f"Your code did not end, in {where(kinds['stuck'])}: {rest}"]
    if "slow" in kinds:
        said = f"Your code ran out of time ({job.limits.seconds:g} s), first in {where(kinds['slow'])}."
        return "timed out", [f"{said} Look for a loop that does not end."]
    if "ended" in kinds:
        return "stopped", [
            f"Your code ended Python itself, in or before {where(kinds['ended'])}: {rest}"
        ]
    if "SystemExit" in raised:
        return "graded", [
            f"Your code calls sys.exit, in {where(raised['SystemExit'])}: return instead."
        ]
    return "graded", []


def put_first(path: Path, said: str) -> None:
    """Put what happened at the top of the notebook, and so of the feedback."""
    if not said:
        return
    notebook = nbformat.read(path, 4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"**About your submission.** {said}"))
    path.chmod(0o644)
    nbformat.write(notebook, path)


def scores(root: Path, assignment: str) -> dict[str, float]:
    """Return the points of each test cell."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        grades = gradebook.find_submission_notebook(assignment, assignment, INSIDE).grades
        return {grade.name: float(grade.score) for grade in grades}


def place(source: Path, target: Path) -> None:
    """Put a folder in its place, as one step; what was there goes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.replace(target)
