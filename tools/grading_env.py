"""Make ``.venv-grading``: nbgrader and its pins, on top of the environment that the book runs in.

A student's notebook needs torch and the rest of the book's environment, which are several GB. So the new
environment sees the packages of this one, and holds only what ``assignments/requirements.txt``
adds. Where the two ask for different versions of a package, the new environment has its own.

``python tools/grading_env.py`` makes it, or brings it up to date.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv-grading"
REQUIREMENTS = ROOT / "assignments" / "requirements.txt"


def python(folder: Path = FOLDER) -> Path:
    """Return the environment's Python."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make(folder: Path = FOLDER) -> None:
    """Make the environment, and install into it."""
    venv.create(folder, with_pip=True, clear=True)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    told = subprocess.run([python(folder), "-c", where], capture_output=True, text=True, check=True)
    seen = sysconfig.get_path("purelib")
    # A line of code, not a path: so that what is installed there in editable form is seen, too.
    line = f"import site; site.addsitedir({seen!r})\n"
    Path(told.stdout.strip(), "book.pth").write_text(line)
    pip = [python(folder), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "-r", REQUIREMENTS], check=True)


if __name__ == "__main__":
    sys.exit(make())
