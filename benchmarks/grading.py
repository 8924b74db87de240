"""Grade a class of 200 that nobody taught: right, mixed, wrong, broken and hostile submissions.

``python -m benchmarks.grading`` prints the minutes it takes, and checks every mark; ``--check``
fails where it takes longer than 10. ``--students`` and ``--jobs`` change class and processes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.machine import facts
from tools import grading_env

ROOT = Path(__file__).resolve().parent.parent
MINUTES = 10
KINDS_WITHOUT_MARKS = ("failed", "missing", "unreadable", "wrong notebook")

sys.path.insert(0, str(ROOT / "tests"))


def wrong(record: dict, expected) -> str | None:
    """Return what is not as expected of a student, or None."""
    if record["status"] != expected.status:
        return f"{expected.kind}: {record['status']}, not {expected.status}: {record['said']}"
    parts = {} if expected.status in KINDS_WITHOUT_MARKS else expected.parts
    if record["parts"] != parts:
        return f"{expected.kind}: {sum(record['parts'].values()):g} points, not {expected.score:g}"
    return None


def main() -> int:
    from synthetic_submissions import NAME, as_folder, many

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--check", action="store_true", help=f"fail above {MINUTES} minutes")
    asked = parser.parse_args()
    print(facts()[0], facts()[-1], sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "course")
        shutil.copytree(ROOT / "assignments" / "source" / NAME, course / "source" / NAME)
        handed = many(asked.students, np.random.default_rng(0))
        where = as_folder(Path(folder, "class"), handed)
        words = [grading_env.python(), "-m", "grading", "--course", course, "grade", NAME, where]
        began = time.perf_counter()
        done = subprocess.run([*map(str, words), "--jobs", str(asked.jobs)], cwd=ROOT)
        minutes = (time.perf_counter() - began) / 60
        if done.returncode:
            return done.returncode
        folder_of_records = course / "marks" / NAME / "records"
        found = {s: json.loads((folder_of_records / f"{s}.json").read_text()) for s in handed}
    kinds = Counter(theirs.kind for theirs in handed.values())
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    faults = [f"{s} {why}" for s, theirs in handed.items() if (why := wrong(found[s], theirs))]
    print("\n".join(faults) or "every mark is as expected")
    print(
        f"{len(handed)} submissions, {asked.jobs} at a time: {minutes:.1f} minutes (bar: {MINUTES})"
    )
    return int(bool(faults) or (asked.check and minutes > MINUTES))


if __name__ == "__main__":
    raise SystemExit(main())
