"""Grade one student: nbgrader's steps, from the file that was handed in to marks and feedback."""

from __future__ import annotations

import html
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.preprocessors import Execute

from grading.execute import PatientExecute
from grading.limits import Limits
from grading.outcome import outcome
from grading.release import SILENT, course_directory
from grading.restore import NotGradableError, restore

INSIDE = "student"
"""A student's name while their notebook runs: a real one may hold what a path or a pattern may not."""


PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{0}</title></head>
<body><main><h1>{0}</h1><p>Not graded. {1}</p></main></body></html>
"""


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
    status, happened = outcome(ran, nbformat.read(notebook, 4), job.assignment)
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
