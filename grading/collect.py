"""Find each student's notebook in what an LMS hands out, or in a folder.

Three layouts are known, in a folder or in a zip:

- Canvas, *Download submissions*: ``doejane_LATE_12345_67890_convolution-1.ipynb``
- Moodle, *Download all submissions*: ``Jane Doe_12345_assignsubmission_file_/convolution.ipynb``
- a folder a student: ``jane/convolution.ipynb``, or nbgrader's ``jane/convolution/convolution.ipynb``

Nothing is ever written under a name that comes from a zip.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<number>\d+)_(?P<file>.+)")
MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")
RESUBMITTED = re.compile(r"-(\d+)$")

LARGEST = 20 << 20
"""Bytes of the largest notebook that is read: a zip may hold one that unpacks without end."""

IGNORED = {"__MACOSX", ".DS_Store", "Thumbs.db", ".ipynb_checkpoints"}

Read = Callable[[], bytes]


@dataclass
class Submission:
    """What one student handed in."""

    student: str
    name: str = ""
    late: bool = False
    files: dict[str, Read] = field(default_factory=dict)

    def notebook(self, assignment: str) -> tuple[str | None, bytes]:
        """Return the name and the bytes of the notebook to grade: the right one, or the only one.

        A name that ends in ``-1``, ``-2``, ... is a later upload of the same file: the last counts. The name
        is None where there is no notebook, or where there are several under other names.
        """
        notebooks = sorted(name for name in self.files if name.lower().endswith(".ipynb"))
        named = [name for name in notebooks if plain_stem(name) == assignment]
        if named:
            chosen = max(named, key=resubmission)
        elif len(notebooks) == 1:
            chosen = notebooks[0]
        else:
            return None, b""
        return chosen, self.files[chosen]()


def plain_stem(name: str) -> str:
    """Return a notebook's name without its ending and without the mark of a resubmission."""
    return RESUBMITTED.sub("", PurePosixPath(name).stem)


def resubmission(name: str) -> int:
    """Return which upload of the same file this is, beginning with 0."""
    found = RESUBMITTED.search(PurePosixPath(name).stem)
    return int(found[1]) if found else 0


def collect(where: Path) -> tuple[list[Submission], list[str]]:
    """Return the submissions in a folder or a zip, by student, and the files that belong to none.

    Raises
    ------
    ValueError
        If there is no such folder or zip, if it holds no submission at all, or if two layouts would
        give the same student.
    """
    submissions: dict[str, Submission] = {}
    strays = []
    for parts, read in entries(where):
        known = place(parts)
        if known is None:
            strays.append("/".join(parts))
            continue
        student, name, late, file = known
        theirs = submissions.setdefault(student, Submission(student, name))
        if theirs.name != name:
            raise ValueError(
                f"SUBMISSIONS: {theirs.name!r} and {name!r} would both be student {student!r}: "
                "take one LMS's download at a time"
            )
        theirs.late = theirs.late or late
        if file:
            theirs.files[file] = read
    if not submissions:
        raise ValueError(
            f"SUBMISSIONS={where}: no submission in it; wanted is a bulk download of Canvas or Moodle, "
            "or a folder with one folder a student"
        )
    return [submissions[student] for student in sorted(submissions)], sorted(strays)


def place(parts: tuple[str, ...]) -> tuple[str, str, bool, str] | None:
    """Return whose file this is: student, name, whether it is late, and the file's name.

    An empty file name says that the student is there, and the file is of no interest.
    """
    *folders, last = parts
    # Moodle, and plain zips, may have one folder around all others.
    for folder in folders:
        found = MOODLE.fullmatch(folder)
        if found:
            return found["id"], found["name"], False, last if found["kind"] == "file" else ""
    if not folders:
        found = MOODLE.fullmatch(last)
        if found:
            return found["id"], found["name"], False, found["file"] or ""
        found = CANVAS.fullmatch(last)
        if found:
            return found["id"], found["name"], found["late"] is not None, found["file"]
        return None
    return folders[0], folders[0], False, last


def entries(where: Path) -> Iterator[tuple[tuple[str, ...], Read]]:
    """Yield each file's path, in parts, and a function that reads it; folders without files, too."""
    if where.is_dir():
        for path in sorted(where.rglob("*")):
            parts = path.relative_to(where).parts
            if IGNORED & set(parts):
                continue
            if path.is_file() and not path.is_symlink():
                yield parts, lambda path=path: read_file(path)
            elif path.is_dir() and not any(path.iterdir()):
                yield (*parts, ""), lambda: b""
    elif where.is_file() and zipfile.is_zipfile(where):
        archive = zipfile.ZipFile(where)
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            parts = tuple(info.filename.replace("\\", "/").split("/"))
            if IGNORED & set(parts) or (info.is_dir() and len(parts) < 2):
                continue
            if any(part in ("", ".", "..") or ":" in part for part in parts[:-1]):
                continue
            if parts[-1] in (".", ".."):
                continue
            yield parts, lambda info=info: read_member(archive, info)
    else:
        raise ValueError(f"SUBMISSIONS={where}: neither a folder nor a zip file")


class TooLargeError(ValueError):
    """A notebook is larger than any that a student could have written."""


def read_file(path: Path) -> bytes:
    """Read a file that is not too large."""
    if path.stat().st_size > LARGEST:
        raise TooLargeError(path.name)
    return path.read_bytes()


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Read a file of a zip, no further than a notebook may be long, whatever the zip says."""
    try:
        with archive.open(info) as member:
            data = member.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return b""
    if len(data) > LARGEST:
        raise TooLargeError(info.filename)
    return data


def cells_of(data: bytes) -> list[dict] | None:
    """Return the cells of a notebook in the form of version 4, or None if it is no notebook."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
        cells = content["cells"]
        assert isinstance(cells, list)
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        return None
    return [cell for cell in cells if isinstance(cell, dict)]
