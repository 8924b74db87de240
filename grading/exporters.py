"""Exporters for ``nbgrader export``: the gradebook's marks, as Canvas and Moodle import them."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Assignment, Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Unicode

from grading.rosters import Mark, Roster, canvas_csv, moodle_csv, read_roster


class RosterExporter(ExportPlugin):
    """Fill a list of students, as an LMS exported it, with the marks of one assignment."""

    kind = ""
    roster = Unicode("", help="the file that the LMS exported").tag(config=True)
    said = Dict({}, help="a comment a student, by the student's id").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file to import.

        Raises
        ------
        ValueError
            If it is not exactly one assignment, or the roster is not this LMS's.
        """
        chosen = [str(name) for name in self.assignment] or [a.name for a in gradebook.assignments]
        if len(chosen) != 1:
            raise ValueError(f"assignment: name one of {', '.join(chosen)}, with --assignment")
        roster = read_roster(Path(self.roster))
        if roster.kind != self.kind:
            raise ValueError(f"roster: {self.roster} is from {roster.kind}, not from {self.kind}")
        assignment = gradebook.find_assignment(chosen[0])
        marks = {
            submission.student.id: Mark(
                float(submission.score), self.said.get(submission.student.id, "")
            )
            for submission in assignment.submissions
        }
        text = self.fill(roster, assignment, marks)
        # A mark of the byte order tells spreadsheets that names are UTF-8; both systems take it.
        Path(self.to or f"{self.kind}.csv").write_text(text, encoding="utf-8-sig", newline="")

    def fill(self, roster: Roster, assignment: Assignment, marks: dict[str, Mark]) -> str:
        """Return the file's text."""
        raise NotImplementedError


class CanvasExporter(RosterExporter):
    """Export for *Grades, Import* in Canvas."""

    kind = "canvas"
    column = Unicode("", help="the assignment's column, if its name is another").tag(config=True)

    def fill(self, roster: Roster, assignment: Assignment, marks: dict[str, Mark]) -> str:
        """Return the file's text."""
        most = float(assignment.max_score)
        return canvas_csv(roster, assignment.name, marks, most, self.column)


class MoodleExporter(RosterExporter):
    """Export for *Upload grading worksheet* in a Moodle assignment."""

    kind = "moodle"

    def fill(self, roster: Roster, assignment: Assignment, marks: dict[str, Mark]) -> str:
        """Return the file's text."""
        return moodle_csv(roster, marks, float(assignment.max_score))
