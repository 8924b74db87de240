"""All marks of an assignment: a table for people, nbgrader's gradebook, a file for the LMS."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from grading.collect import Submission
from grading.exporters import CanvasExporter, MoodleExporter
from grading.release import release
from grading.rosters import Roster, canvas_column
from grading.student import Record


def points(notebook: Path) -> dict[str, float]:
    """Return the points of each test cell of a notebook."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in nbformat.read(notebook, 4).cells]
    return {mark["grade_id"]: float(mark["points"]) for mark in marks if mark.get("grade")}


def functions(parts: dict[str, float], assignment: str) -> dict[str, float]:
    """Return points a function instead of points a test cell."""
    totals: dict[str, float] = {}
    for name, value in parts.items():
        function = re.sub(r"-test-\d+$", "", name).removeprefix(f"{assignment}-")
        totals[function] = totals.get(function, 0.0) + value
    return totals


def write_table(
    path: Path,
    assignment: str,
    most: dict[str, float],
    submissions: list[Submission],
    records: dict[str, Record],
    roster: Roster | None,
) -> None:
    """Write a line a student: points a function and in all, status, and what happened."""
    parts = functions(most, assignment)
    lines = []
    seen = set()
    for submission in submissions:
        record = records[submission.student]
        row = roster.find(submission.student) if roster else None
        seen.add(id(row))
        theirs = functions(record.parts, assignment)
        lines.append(
            {
                "student": submission.student,
                "name": roster.name(row) if roster and row else submission.name,
                "late": "late" if submission.late else "",
                "status": record.status,
                "score": f"{sum(theirs.values()):g}",
                **{name: f"{theirs.get(name, 0.0):g}" for name in parts},
                "what happened": record.said,
            }
        )
    for row in roster.students() if roster else []:
        if id(row) not in seen:
            nothing = {"status": "nothing handed in", "score": "", **dict.fromkeys(parts, "")}
            lines.append({"student": roster.identity(row), "name": roster.name(row), **nothing})
    header = ["student", "name", "late", "status", "score", "points", *parts, "what happened"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(line | {"points": f"{sum(most.values()):g}"} for line in lines)


def enter(
    course: Path, assignment: str, submissions: list[Submission], records: dict[str, Record]
) -> None:
    """Enter all marks in the course's gradebook; marks that someone gave by hand stay."""
    release(course, assignment)
    with Gradebook(f"sqlite:///{course.resolve() / 'gradebook.db'}") as gradebook:
        for submission in submissions:
            gradebook.update_or_create_student(submission.student, last_name=submission.name)
            gradebook.update_or_create_submission(assignment, submission.student)
            parts = records[submission.student].parts
            notebook = gradebook.find_submission_notebook(
                assignment, assignment, submission.student
            )
            for grade in notebook.grades:
                grade.auto_score = parts.get(grade.name, 0.0)
                grade.needs_manual_grade = False
            gradebook.db.commit()


def export(
    course: Path, assignment: str, roster: Path, kind: str, records: dict[str, Record], column: str
) -> Path:
    """Write the file that the LMS imports, and return its path."""
    to = course / "marks" / assignment / f"{kind}.csv"
    exporter = CanvasExporter(column=column) if kind == "canvas" else MoodleExporter()
    exporter.to, exporter.roster, exporter.assignment = str(to), str(roster), [assignment]
    exporter.said = {name: record.said for name, record in records.items()}
    with Gradebook(f"sqlite:///{course.resolve() / 'gradebook.db'}") as gradebook:
        exporter.export(gradebook)
    return to


def check_roster(roster: Roster, assignment: str, column: str) -> None:
    """Refuse a roster that could not be filled, before hours of grading."""
    if roster.kind == "canvas":
        canvas_column(roster, assignment, column)
