"""Marks go into the files that Canvas and Moodle exported, such that they take them back."""

from __future__ import annotations

import csv
import io

import pytest

from grading.rosters import Mark, canvas_csv, moodle_csv, read_roster

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Pooling (4711),Max pooling (4712),Final Score
    Points Possible,,,,,10,5,(read only)
"Doe, Jané",101,sis-1,jane,"Tue, 9:00",3,1,60
"Roe, Richard",102,sis-2,richard@uni.example,Wed,,2,70
"Poe, Jo",103,sis-3,jo,Wed,,,
"Student, Test",,,abc,,,,
"""
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (grade)","Feedback comments"
"Participant 501","Jané Doe",jane@uni.example,"Submitted for grading",,100.00,Yes,-,
"Teilnehmer/in 502","Richard Roe",richard@uni.example,Submitted,,"100,00",No,-,
"Participant 503","Jo Poe",jo@uni.example,"No submission",,100.00,Yes,-,
"""
MARKS = {"101": Mark(20, "fine"), "richard": Mark(12.5), "999": Mark(1)}


def roster(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_roster(path)


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_canvas_gets_one_column_and_who_is_who(tmp_path):
    text = canvas_csv(roster(tmp_path, CANVAS), "pooling", MARKS, 25)
    assert rows(text) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Pooling (4711)"],
        ["    Points Possible", "", "", "", "", "10"],
        ["Doe, Jané", "101", "sis-1", "jane", "Tue, 9:00", "8"],
        ["Roe, Richard", "102", "sis-2", "richard@uni.example", "Wed", "5"],
        ["Poe, Jo", "103", "sis-3", "jo", "Wed", ""],
    ]


def test_canvas_is_told_the_points_possible_if_it_does_not_say(tmp_path):
    without = "\n".join(line for line in CANVAS.splitlines() if "Possible" not in line)
    text = canvas_csv(roster(tmp_path, without), "pooling", {"103": Mark(12.5)}, 25)
    assert rows(text)[1] == ["    Points Possible", "", "", "", "", "25"]
    assert [row[-1] for row in rows(text)[2:]] == ["", "", "12.5"]


@pytest.mark.parametrize("column", ["Max pooling", "Max pooling (4712)"])
def test_canvas_takes_the_column_that_is_named(tmp_path, column):
    text = canvas_csv(roster(tmp_path, CANVAS), "pooling", {"101": Mark(10)}, 25, column)
    assert [row[-1] for row in rows(text)] == ["Max pooling (4712)", "5", "2", "", ""]


def test_canvas_without_the_column_is_refused_and_told_the_columns(tmp_path):
    found = roster(tmp_path, CANVAS)
    with pytest.raises(
        ValueError, match=r"0 columns .* assignment 'layers'.*Pooling \(4711\), Max"
    ):
        canvas_csv(found, "layers", {}, 25)
    with pytest.raises(ValueError, match="0 columns are named like COLUMN='Homework'"):
        canvas_csv(found, "pooling", {}, 25, "Homework")


def test_moodle_gets_its_worksheet_back(tmp_path):
    marks = {"501": Mark(20, "fine, and\nmore"), "502": Mark(25), "jo@uni.example": Mark(0, "late")}
    before = rows(MOODLE)
    after = rows(moodle_csv(roster(tmp_path, MOODLE), marks, 25))
    assert after[0] == before[0]
    assert [row[:4] for row in after] == [row[:4] for row in before]
    assert [row[4] for row in after[1:]] == ["80", "", "0"]
    assert [row[-1] for row in after[1:]] == ["fine, and\nmore", "", "late"]


@pytest.mark.parametrize("student", ["502", "richard@uni.example", "RICHARD", "Richard Roe"])
def test_a_student_is_found_by_number_login_or_name(tmp_path, student):
    found = roster(tmp_path, MOODLE)
    assert found.identity(found.find(student)) == "502"
    assert found.name(found.find(student)) == "Richard Roe"
    assert found.find("nobody") is None


def test_other_delimiters_are_read(tmp_path):
    found = roster(tmp_path, "Student;ID;Section;Pooling (1)\nDoe;7;A;\n")
    assert found.kind == "canvas"
    assert found.students()[0]["ID"] == "7"


def test_files_that_are_no_rosters_are_refused(tmp_path):
    with pytest.raises(ValueError, match="there is no such file"):
        read_roster(tmp_path / "nowhere.csv")
    with pytest.raises(
        ValueError, match="neither Canvas's .* nor Moodle's .* its columns are a, b"
    ):
        roster(tmp_path, "a,b\n1,2\n")
    (tmp_path / "latin.csv").write_bytes(b"Student,ID\n\xe9,1\n")
    with pytest.raises(ValueError, match="not UTF-8"):
        read_roster(tmp_path / "latin.csv")
