"""Grading from end to end: a class of one of each kind, stopped midway, and what it is given."""

from __future__ import annotations

import csv
import html
import json
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pytest
from assignment_cases import NAMES, marked, notebook, released
from synthetic_answers import FUNCTIONS, MOST, NAME
from synthetic_submissions import KINDS, Handed, as_canvas

from tools import grading_env

ROOT = Path(__file__).resolve().parent.parent
LEFT_TO_THE_BENCHMARK = {
    "wrong", "blank", "deleted answer", "own cells", "raises", "syntax", "warns", "prints", "empty"
}  # fmt: skip
LIMITS = ["--jobs", "2", "--seconds", "1", "--minutes", "4", "--memory", "2"]
PATIENCE = 600


@pytest.fixture(scope="module", autouse=True)
def environment() -> None:
    """Fail, and say how to get it, where the environment to grade in is missing."""
    if not grading_env.python().is_file():
        pytest.fail("run `make test`, or python tools/grading_env.py", pytrace=False)


def grading(course: Path, *arguments: object) -> list[str]:
    words = [grading_env.python(), "-m", "grading", "--course", course, *arguments]
    return [str(word) for word in words]


def call(course: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        grading(course, *arguments), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )


@dataclass
class Graded:
    """A class that was graded: stopped once, finished, and called a third time."""

    course: Path
    handed: dict[str, Handed]
    before: dict[str, bytes]
    canvas: str
    second: subprocess.CompletedProcess[str]
    third: subprocess.CompletedProcess[str]
    tables: list[bytes]

    def number(self, kind: str) -> str:
        """Return the number that Canvas gave the student of a kind."""
        kinds = [theirs.kind for theirs in self.handed.values()]
        return str(1000 + kinds.index(kind))

    def table(self) -> dict[str, dict[str, str]]:
        rows = csv.DictReader(self.tables[-1].decode().splitlines())
        return {row["student"]: row for row in rows}


def read(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()


def begun_at(run: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """Return how many students of how many the bar counted as done when it first stood there."""
    return re.search(r"(\d+)/(\d+) \[", run.stderr).groups()


def records(course: Path) -> dict[str, bytes]:
    found = sorted((course / "marks" / NAME / "records").glob("*.json"))
    return {path.stem: path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = tmp_path_factory.mktemp("class")
    course = folder / "assignments"
    shutil.copytree(ROOT / "assignments" / "source" / NAME, course / "source" / NAME)
    rng = np.random.default_rng(3)
    kinds = [kind for kind in KINDS if kind not in LEFT_TO_THE_BENCHMARK]
    handed = {f"s{index:02d}": KINDS[kind](rng) for index, kind in enumerate(kinds)}
    download = as_canvas(folder / "submissions.zip", handed, late={"s01"})
    canvas, moodle = folder / "canvas.csv", folder / "moodle.csv"
    canvas.write_text(
        f"Student,ID,SIS User ID,SIS Login ID,Section,{NAME.title()} (77)\n"
        "    Points Possible,,,,,50\n"
        + "".join(f'"Doe, {s}",{1000 + i},,{s},A,\n' for i, s in enumerate([*handed, "absent"]))
    )
    moodle.write_text(
        "Identifier,Full name,Email address,Grade,Maximum Grade,Feedback comments\n"
        + "".join(f"Participant {1000 + i},{s} Doe,{s}@x,,25,\n" for i, s in enumerate(handed))
    )

    arguments = ["grade", NAME, download, *LIMITS, "--roster"]
    first = subprocess.Popen(
        grading(course, *arguments, canvas),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PATIENCE
    while len(records(course)) < 4 and first.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL, "it ended before it could be stopped"
    before = records(course)

    table = course / "marks" / NAME / "marks.csv"
    assert not table.exists()
    second = call(course, *arguments, canvas)
    tables = [table.read_bytes()]
    third = call(course, *arguments, moodle)
    tables.append(table.read_bytes())
    return Graded(course, handed, before, str(canvas), second, third, tables)


def test_it_goes_on_where_it_was_stopped_and_grades_nobody_twice(graded):
    assert (graded.second.returncode, graded.third.returncode) == (0, 0), graded.second.stderr
    after = records(graded.course)
    assert 4 <= len(graded.before) < len(after) == len(graded.handed)
    assert {name: after[name] for name in graded.before} == graded.before
    total = len(graded.handed)
    assert begun_at(graded.second) == (str(len(graded.before)), str(total))
    assert begun_at(graded.third) == (str(total), str(total))
    names = [line.partition(",s")[0] for line in graded.tables[0].decode().splitlines()]
    assert len(names) == total + 2


def test_every_mark_is_as_expected(graded):
    table = graded.table()
    for kind, expected in ((theirs.kind, theirs) for theirs in graded.handed.values()):
        row = table[graded.number(kind)]
        found = json.loads(records(graded.course)[row["student"]])
        assert (kind, row["status"], float(row["score"])) == (kind, expected.status, expected.score)
        if expected.parts:
            assert (kind, found["parts"]) == (kind, expected.parts)
        assert float(row["score"]) == sum(float(row[function]) for function in FUNCTIONS)
        assert float(row["points"]) == sum(MOST.values())


def test_every_student_is_told_what_happened(graded):
    for theirs in graded.handed.values():
        row = graded.table()[graded.number(theirs.kind)]
        pages = graded.course / "feedback" / row["student"] / NAME / f"{NAME}.html"
        page = pages.read_text(encoding="utf-8")
        if theirs.says or theirs.status != "graded":
            said = row["what happened"]
            assert said.endswith((".", "?")), theirs.kind
            assert theirs.says.replace("\\", "") in said, theirs.kind
            assert said[:40] in html.unescape(page), theirs.kind
        else:
            assert row["what happened"] == ""


def test_feedback_shows_the_messages_of_tests_that_failed(graded):
    row = graded.table()[graded.number("edited tests")]
    page = (graded.course / "feedback" / row["student"] / NAME / f"{NAME}.html").read_text()
    assert "AssertionError" in page
    assert "7 values, a kernel of 3, stride 2 gave 5" in page


def test_canvas_gets_its_marks(graded):
    rows = list(csv.reader(read(graded.course / "marks" / NAME / "canvas.csv")))
    assert rows[0][-1] == "Convolution (77)"
    assert rows[1][-1] == "50"
    expected = [2 * theirs.score for theirs in graded.handed.values()]
    assert [float(row[-1]) for row in rows[2:-1]] == expected
    assert rows[-1][0] == "Doe, absent"
    assert rows[-1][-1] == ""


def test_moodle_gets_its_marks_and_comments(graded):
    path = graded.course / "marks" / NAME / "moodle.csv"
    rows = list(csv.DictReader(read(path)))
    assert [float(row["Grade"]) for row in rows] == [t.score for t in graded.handed.values()]
    comments = {row["Identifier"].split()[1]: row["Feedback comments"] for row in rows}
    assert "damaged" in comments[graded.number("broken")]


def test_the_table_knows_names_lateness_and_who_is_missing(graded):
    first = {row["student"]: row for row in csv.DictReader(graded.tables[0].decode().splitlines())}
    assert first["1001"]["late"] == "late"
    assert first["1001"]["name"] == "Doe, s01"
    absent = first[str(1000 + len(graded.handed))]
    assert (absent["name"], absent["status"], absent["score"]) == (
        "Doe, absent",
        "nothing handed in",
        "",
    )


def test_nbgraders_own_export_finds_the_exporter(graded):
    to = graded.course / "again.csv"
    shutil.copy(ROOT / "assignments" / "nbgrader_config.py", graded.course)
    words = [grading_env.python(), "-m", "nbgrader", "export", "--to", to, "--assignment", NAME]
    words += [
        "--exporter=grading.exporters.CanvasExporter",
        f"--CanvasExporter.roster={graded.canvas}",
    ]
    config = f"--CourseDirectory.root={graded.course}"
    subprocess.run(
        [str(word) for word in [*words, config]],
        cwd=graded.course,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert to.read_bytes() == (graded.course / "marks" / NAME / "canvas.csv").read_bytes()


def test_every_assignment_is_released_without_solutions_and_hidden_tests(tmp_path):
    shutil.copytree(ROOT / "assignments" / "source", tmp_path / "source")
    done = call(tmp_path, "release")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(NAMES)
    for name in NAMES:
        content = nbformat.read(tmp_path / "release" / name / f"{name}.ipynb", 4)
        assert [cell.source.rstrip() for cell in content.cells] == [
            (released(cell.source) if cell.cell_type == "code" else cell.source).rstrip()
            for cell in notebook(name).cells
        ]
        assert [marked(c).points for c in content.cells] == [
            marked(c).points for c in notebook(name).cells
        ]


def test_what_cannot_be_done_is_refused_before_anything_is_graded(tmp_path):
    done = call(ROOT / "assignments", "grade", "polling", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("no assignment 'polling': there are ")


def test_the_environment_is_what_its_pins_say():
    text = (ROOT / "assignments" / "requirements.txt").read_text().splitlines()
    pins = dict(
        line.lower().split("==") for line in text if line and not line.startswith(("#", "-"))
    )
    listing = """
import importlib.metadata, json, sysconfig
found = importlib.metadata.distributions(path=[sysconfig.get_path("purelib")])
print(json.dumps({one.name.lower(): one.version for one in found}))
"""
    words = [grading_env.python(), "-c", listing]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)
    assert {name: version for name, version in found.items() if name != "pip"} == pins
