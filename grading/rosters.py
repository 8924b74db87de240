"""Lists of students as an LMS exports them, and the same lists with marks, as it imports them.

Canvas: *Grades, Export*: a line a student, a column an assignment, with the points possible in a line
of their own. Moodle: the assignment's *Download grading worksheet*.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CANVAS_IDENTITY = (
    "Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section"
)  # fmt: skip
CANVAS_KEYS = ("ID", "SIS Login ID", "SIS User ID", "Integration ID")
MOODLE_KEYS = ("Identifier", "Email address", "Username", "ID number", "Full name")
MOODLE_NEEDED = ("Identifier", "Full name", "Grade", "Maximum Grade")
POINTS_POSSIBLE = "points possible"


@dataclass(frozen=True)
class Mark:
    """What one student is given: points, and a sentence that says why."""

    points: float
    said: str = ""


@dataclass
class Roster:
    """A list of students; ``kind`` is the LMS it comes from."""

    kind: str
    header: list[str]
    rows: list[dict[str, str]]

    def students(self) -> list[dict[str, str]]:
        """Return the lines that are students."""
        if self.kind == "moodle":
            return self.rows
        return [row for row in self.rows if row["ID"].strip().isdigit()]

    def find(self, student: str) -> dict[str, str] | None:
        """Return a student's line: by the number that the LMS puts into names of files, or by a login."""
        wanted = student.strip().casefold()
        for key in CANVAS_KEYS if self.kind == "canvas" else MOODLE_KEYS:
            for row in self.students():
                if wanted in names(key, row.get(key, "")):
                    return row
        return None

    def name(self, row: dict[str, str]) -> str:
        """Return a student's full name."""
        return row["Student" if self.kind == "canvas" else "Full name"]

    def identity(self, row: dict[str, str]) -> str:
        """Return the number that the LMS puts into names of files."""
        return row["ID"] if self.kind == "canvas" else digits(row["Identifier"])


def names(key: str, value: str) -> set[str]:
    """Return all that a student may be called, going by one column."""
    value = value.strip().casefold()
    found = {value}
    if key == "Identifier":
        found.add(digits(value))
    if key in ("Email address", "SIS Login ID"):
        found.add(value.partition("@")[0])
    return found - {""}


def digits(identifier: str) -> str:
    """Return the number at the end of Moodle's ``Participant 12345``, in whatever language."""
    found = re.search(r"\d+$", identifier.strip())
    return found[0] if found else ""


def read_roster(path: Path) -> Roster:
    """Read what Canvas or Moodle exported.

    Raises
    ------
    ValueError
        If there is no such file, or it is neither.
    """
    if not path.is_file():
        raise ValueError(f"ROSTER={path}: there is no such file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"ROSTER={path}: not UTF-8; export it again, as CSV") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")
    header = list(lines.fieldnames or [])
    rows = [{key: value for key, value in line.items() if key is not None} for line in lines]
    if {"Student", "ID"} <= set(header):
        return Roster("canvas", header, rows)
    if set(MOODLE_NEEDED) <= set(header):
        return Roster("moodle", header, rows)
    raise ValueError(
        f"ROSTER={path}: neither Canvas's gradebook export (columns Student, ID, ...) nor Moodle's grading "
        f"worksheet (columns {', '.join(MOODLE_NEEDED)}); its columns are {', '.join(header)}"
    )


def canvas_column(roster: Roster, assignment: str, column: str = "") -> str:
    """Return the column of an assignment in Canvas's export: the one asked for, or the one named like it.

    Raises
    ------
    ValueError
        If there is none, or several; the columns are named.
    """
    columns = [name for name in roster.header if re.search(r" \(\d+\)$", name)]
    if column:
        found = [name for name in columns if column in (name, name.rpartition(" (")[0])]
    else:
        wanted = assignment.replace("_", " ")
        found = [name for name in columns if plain(name.rpartition(" (")[0]) == wanted]
    if len(found) != 1:
        what = f"COLUMN={column!r}" if column else f"assignment {assignment!r}"
        raise ValueError(
            f"ROSTER: {len(found)} columns are named like {what}; name one with COLUMN: {', '.join(columns)}"
        )
    return found[0]


def plain(title: str) -> str:
    """Return a title in the form of an assignment's name, with spaces."""
    return re.sub(r"[\W_]+", " ", title).strip().casefold()


def scaled(points: float, most: float, possible: str) -> str:
    """Return points as a share of what the LMS counts as full marks, with two decimals at most."""
    try:
        full = float(possible.strip().replace(",", "."))
    except ValueError:
        full = most
    return f"{points * full / most:.2f}".rstrip("0").rstrip(".")


def canvas_csv(
    roster: Roster, assignment: str, marks: Mapping[str, Mark], most: float, column: str = ""
) -> str:
    """Return what Canvas imports: who is who, and one column; empty where nothing was handed in."""
    column = canvas_column(roster, assignment, column)
    header = [name for name in roster.header if name in CANVAS_IDENTITY] + [column]
    limits = [row for row in roster.rows if POINTS_POSSIBLE in row["Student"].casefold()]
    possible = limits[0][column] if limits else ""
    found = located(roster, marks)
    rows = []
    if not limits:
        rows.append({"Student": "    Points Possible", column: f"{most:g}"})
    for row in roster.rows:
        mark = found.get(id(row))
        if any(row is limit for limit in limits):
            rows.append(row)
        elif row in roster.students():
            rows.append(row | {column: scaled(mark.points, most, possible) if mark else ""})
    return written(header, rows)


def moodle_csv(roster: Roster, marks: Mapping[str, Mark], most: float) -> str:
    """Return what Moodle imports: its worksheet, with grades and comments filled in."""
    found = located(roster, marks)
    rows = []
    for row in roster.rows:
        mark = found.get(id(row))
        if mark and row.get("Grade can be changed", "Yes") != "No":
            row = row | {"Grade": scaled(mark.points, most, row["Maximum Grade"])}
            if "Feedback comments" in roster.header:
                row["Feedback comments"] = mark.said
        rows.append(row)
    return written(roster.header, rows)


def located(roster: Roster, marks: Mapping[str, Mark]) -> dict[int, Mark]:
    """Return marks by the identity of the line that they belong in."""
    pairs = ((roster.find(student), mark) for student, mark in marks.items())
    return {id(row): mark for row, mark in pairs if row is not None}


def written(header: list[str], rows: list[dict[str, str]]) -> str:
    """Return lines as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
