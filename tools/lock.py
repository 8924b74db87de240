"""Hold every version, direct and transitive, for Linux, macOS and Windows alike.

``python tools/lock.py`` resolves the requirement files for all platforms and for every Python we
support, and writes ``constraints.txt``. Versions held already stay unless ``--upgrade`` is given
or a requirement file asks for another. Run it after a change of a requirement file: ``make lock``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ("requirements.txt", "requirements-test.txt", "requirements-dev.txt")
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST_PYTHON = "3.11"

HEADER = """\
# Every version the project uses, on Linux, macOS and Windows: written by `make lock`, not by hand.
# The requirement files name what we ask for; this file holds what that brings along.
"""


def requirements(root: Path = ROOT) -> list[str]:
    """Return the lines that ask for a package, without comments and references to other files."""
    text = "\n".join((root / name).read_text() for name in REQUIREMENTS)
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def command(upgrade: bool) -> list[str]:
    """Return the resolver's command; it reads the requirements from standard input."""
    flags = ["--universal", "--python-version", OLDEST_PYTHON, "--no-header", "--no-annotate"]
    flags += ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    flags += ["--output-file", str(CONSTRAINTS)]
    return [sys.executable, "-m", "uv", "pip", "compile", "-", *flags, *["--upgrade"] * upgrade]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest that fits")
    upgrade = parser.parse_args().upgrade
    status = subprocess.run(command(upgrade), input="\n".join(requirements()), text=True).returncode
    if status == 0:
        CONSTRAINTS.write_text(HEADER + CONSTRAINTS.read_text())
        print(f"{CONSTRAINTS.name} holds {len(CONSTRAINTS.read_text().splitlines()) - 2} versions")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
