"""``python -m grading release`` and ``python -m grading grade``: what the Makefile calls."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from grading import marks, release
from grading.collect import collect
from grading.course import check_names
from grading.limits import Limits
from grading.rosters import read_roster
from grading.run import cores, make_job, run

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="grading", description="Release and grade the assignments."
    )
    parser.add_argument(
        "--course", type=Path, default=ROOT / "assignments", help="the course's folder"
    )
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("release", help="write what students get")
    task.add_argument("names", nargs="*", help="assignments; all without any")
    task = tasks.add_parser("grade", help="grade a folder or a zip of submissions")
    task.add_argument("assignment")
    task.add_argument("submissions", type=Path)
    task.add_argument("--roster", type=Path, help="the list of students that the LMS exported")
    task.add_argument("--column", default="", help="the assignment's column in Canvas's list")
    task.add_argument("--jobs", type=int, default=cores(), help="students at a time")
    task.add_argument(
        "--seconds", type=float, default=Limits.seconds, help="processor time of a cell"
    )
    task.add_argument("--minutes", type=float, default=Limits.minutes, help="of a student")
    task.add_argument("--memory", type=float, default=Limits.memory, help="GiB of a student")
    return parser.parse_args()


def release_all(course: Path, names: list[str]) -> None:
    """Write release versions, and say where they are."""
    for name in check_names(course, names):
        print(release.release(course, name))


def grade(asked: argparse.Namespace) -> None:
    """Grade all submissions, write the marks, and sum up."""
    course = asked.course.resolve()
    (name,) = check_names(course, [asked.assignment])
    limits = Limits(asked.seconds, asked.minutes, asked.memory)
    limits.check()
    if asked.jobs < 1:
        raise ValueError(f"JOBS must be at least 1, not {asked.jobs}")
    roster = read_roster(asked.roster) if asked.roster else None
    if roster:
        marks.check_roster(roster, name, asked.column)
    submissions, strays = collect(asked.submissions)

    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        template = release.template(course, name, Path(folder))
        most = marks.points(template / "release" / name / f"{name}.ipynb")
        jobs = [make_job(name, one, template, course, limits) for one in submissions]
        records = run(jobs, asked.jobs)

    table = course / "marks" / name / "marks.csv"
    marks.write_table(table, name, most, submissions, records, roster)
    marks.enter(course, name, submissions, records)
    print(f"marks     {table}")
    if roster:
        to = marks.export(course, name, asked.roster, roster.kind, records, asked.column)
        print(f"import    {to}")
        unknown = [one.student for one in submissions if roster.find(one.student) is None]
        if unknown:
            print(f"in no line of {asked.roster}: {', '.join(unknown)}")
    print(f"feedback  {course / 'feedback'}")
    for stray in strays:
        print(f"nobody's  {stray}")
    for status, count in sorted(Counter(record.status for record in records.values()).items()):
        print(f"{count:8}  {status}")


def main() -> int:
    """Do what is asked; return 0, or 2 if it cannot be done as asked."""
    asked = arguments()
    try:
        release_all(asked.course, asked.names) if asked.task == "release" else grade(asked)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
