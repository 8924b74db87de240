"""Grade one student in a process of their own: what happens to it happens to nobody else."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

from grading.execute import PatientExecute
from grading.limits import confine, end_descendants, watch
from grading.release import SILENT
from grading.student import Job, grade, not_graded

BROKEN = (
    "Grading your notebook failed, and your code need not be the reason: ask your instructor, who finds "
    "the program's messages in the folder of marks, under logs."
)


def work(job: Job) -> None:
    """Grade a student, and leave a record."""
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    try:
        prepare(folder)
        watch(job.limits, too_much)
        confine(job.limits)
        grade(job, folder).write(job.record)
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
        keep = job.record.parents[1] / "logs" / f"{job.student}.txt"
        keep.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "log.txt", keep)
        not_graded(job, "failed", BROKEN)
    finally:
        end_descendants()
        shutil.rmtree(folder, ignore_errors=True)


def prepare(folder: Path) -> None:
    """Leave the terminal to the program that shows the bar, and let the kernel write to this folder."""
    if hasattr(os, "setsid"):
        os.setsid()
    (folder / "run").mkdir()
    os.environ["JUPYTER_RUNTIME_DIR"] = str(folder / "run")
    os.environ["IPYTHONDIR"] = str(folder / "ipython")
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(log, stream.fileno())
    SILENT.addHandler(logging.StreamHandler())


def too_much() -> None:
    """Remember that a kernel was ended for its use of memory."""
    PatientExecute.too_much_memory = True
