"""Submissions are found in what Canvas and Moodle hand out, and in folders; nothing is ever unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from grading import collect as collecting
from grading.collect import TooLargeError, collect


def a_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def a_folder(path: Path, members: dict[str, bytes]) -> Path:
    for name, data in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def told(found):
    """Return what was collected, in short: student, name, late, chosen file, its bytes."""
    submissions, strays = found
    return [(s.student, s.name, s.late, *s.notebook("pooling")) for s in submissions], strays


CANVAS = {
    "doejane_12345_67890_pooling.ipynb": b"jane",
    "roe_richard_LATE_222_3333_pooling-1.ipynb": b"second",
    "roe_richard_LATE_222_3332_pooling.ipynb": b"first",
    "poejo_77_78_pooling-10.ipynb": b"tenth",
    "poejo_77_79_pooling-9.ipynb": b"ninth",
    "moeann_5_6_my_own_name.ipynb": b"ann",
    "loelee_8_9_essay.pdf": b"pdf",
    "readme.txt": b"",
}


@pytest.mark.parametrize("make", [a_zip, a_folder])
def test_canvas(tmp_path, make):
    assert told(collect(make(tmp_path / "download", CANVAS))) == (
        [
            ("12345", "doejane", False, "pooling.ipynb", b"jane"),
            ("222", "roe_richard", True, "pooling-1.ipynb", b"second"),
            ("5", "moeann", False, "my_own_name.ipynb", b"ann"),
            ("77", "poejo", False, "pooling-10.ipynb", b"tenth"),
            ("8", "loelee", False, None, b""),
        ],
        ["readme.txt"],
    )


MOODLE = {
    "Jané Doe_123_assignsubmission_file_/pooling.ipynb": b"jane",
    "Rich_ard Roe_124_assignsubmission_file/sub/pooling.ipynb": b"richard",
    "Jo Poe_125_assignsubmission_onlinetext_/onlinetext.html": b"hello",
    "Ann Moe_126_assignsubmission_file_pooling.ipynb": b"flat",
    "Lee Loe_127_assignsubmission_file_/a.ipynb": b"a",
    "Lee Loe_127_assignsubmission_file_/b.ipynb": b"b",
    "__MACOSX/Jané Doe_123_assignsubmission_file_/._pooling.ipynb": b"junk",
}


@pytest.mark.parametrize("make", [a_zip, a_folder])
def test_moodle(tmp_path, make):
    assert told(collect(make(tmp_path / "download", MOODLE))) == (
        [
            ("123", "Jané Doe", False, "pooling.ipynb", b"jane"),
            ("124", "Rich_ard Roe", False, "pooling.ipynb", b"richard"),
            ("125", "Jo Poe", False, None, b""),
            ("126", "Ann Moe", False, "pooling.ipynb", b"flat"),
            ("127", "Lee Loe", False, None, b""),
        ],
        [],
    )


@pytest.mark.parametrize("make", [a_zip, a_folder])
def test_a_folder_a_student(tmp_path, make):
    members = {
        "jane/pooling.ipynb": b"jane",
        "richard/pooling/pooling.ipynb": b"richard",
        "jo/.ipynb_checkpoints/pooling-checkpoint.ipynb": b"old",
        "jo/notes.txt": b"",
    }
    assert told(collect(make(tmp_path / "class", members))) == (
        [
            ("jane", "jane", False, "pooling.ipynb", b"jane"),
            ("jo", "jo", False, None, b""),
            ("richard", "richard", False, "pooling.ipynb", b"richard"),
        ],
        [],
    )


def test_an_empty_folder_is_a_student_who_handed_in_nothing(tmp_path):
    (tmp_path / "jane").mkdir()
    assert told(collect(tmp_path)) == ([("jane", "jane", False, None, b"")], [])


def test_names_that_lead_out_of_a_zip_lead_nowhere(tmp_path):
    members = {
        "../escaped/pooling.ipynb": b"x",
        "/etc/pooling.ipynb": b"x",
        "jane/../../pooling.ipynb": b"x",
        "C:/windows/pooling.ipynb": b"x",
        "..\\escaped\\pooling.ipynb": b"x",
        "jane/pooling.ipynb": b"jane",
    }
    inside = tmp_path / "inside"
    inside.mkdir()
    found = told(collect(a_zip(inside / "download.zip", members)))
    assert found == ([("jane", "jane", False, "pooling.ipynb", b"jane")], [])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["download.zip", "inside"]


def test_what_unpacks_without_end_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "LARGEST", 1000)
    data = {"jane/pooling.ipynb": b" " * 1001, "jo/pooling.ipynb": b" " * 1000}
    for where in (a_zip(tmp_path / "z.zip", data), a_folder(tmp_path / "f", data)):
        jane, jo = collect(where)[0]
        with pytest.raises(TooLargeError):
            jane.notebook("pooling")
        assert jo.notebook("pooling")[0] == "pooling.ipynb"


def test_a_damaged_member_is_an_empty_file(tmp_path):
    path = a_zip(tmp_path / "z.zip", {"jane/pooling.ipynb": bytes(range(256)) * 50})
    content = bytearray(path.read_bytes())
    content[60:80] = bytes(20)
    path.write_bytes(content)
    assert told(collect(path))[0] == [("jane", "jane", False, "pooling.ipynb", b"")]


def test_what_holds_no_submission_is_refused(tmp_path):
    (tmp_path / "readme.txt").write_text("hello")
    with pytest.raises(ValueError, match="no submission in it; wanted is"):
        collect(tmp_path)
    for where in (tmp_path / "readme.txt", tmp_path / "nowhere"):
        with pytest.raises(ValueError, match="neither a folder nor a zip"):
            collect(where)


def test_two_people_are_never_one_student(tmp_path):
    both = {"doe_12_1_pooling.ipynb": b"", "Roe_12_assignsubmission_file_/pooling.ipynb": b""}
    with pytest.raises(ValueError, match="'Roe' and 'doe' would both be student '12'"):
        collect(a_folder(tmp_path, both))
