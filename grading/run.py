"""Grade all submissions of an assignment: in parallel, one process a student, and resumable."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import sys
import time
from dataclasses import asdict
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import nbgrader
from tqdm import tqdm

from grading import worker
from grading.collect import Submission, TooLargeError, plain_stem
from grading.limits import Limits, end_with_descendants
from grading.student import Job, Record, not_graded

SLACK = 120
"""Seconds that a student's process may take beyond the notebook's own minutes."""

ENDED_GRADER = (
    "Your code ended the program that grades it, so nothing could be graded: see your instructor."
)
TOO_LONG = "Grading your notebook did not end: look for a loop that does not end."


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_job(
    assignment: str, submission: Submission, template: Path, course: Path, limits: Limits
) -> Job:
    """Return what is to be done for a student; notes say what is odd about the file itself."""
    notes: list[str] = []
    data, refused = b"", ""
    try:
        name, data = submission.notebook(assignment)
    except TooLargeError:
        name, refused = "", "too large"
    if name is None:
        refused = "missing"
        there = ", ".join(sorted(submission.files)[:5])
        notes.append(
            f"There is no notebook {assignment}.ipynb in what you handed in: {there or 'nothing'}."
        )
    elif refused:
        notes.append("Your notebook has more than 20 MB: clear its outputs, and hand it in again.")
    elif plain_stem(name) != assignment:
        notes.append(
            f"Your file is called {name}, not {assignment}.ipynb; it was graded all the same."
        )
    source = template / "source" / assignment / f"{assignment}.ipynb"
    told = json.dumps([nbgrader.__version__, asdict(limits), notes, refused, submission.student])
    parts = [data, source.read_bytes(), told.encode()]
    key = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    record = course / "marks" / assignment / "records" / f"{submission.student}.json"
    return Job(
        assignment,
        submission.student,
        data,
        tuple(notes),
        refused,
        key,
        template,
        course,
        record,
        limits,
    )


def finished(job: Job) -> Record | None:
    """Return the record of a job that was done before, on the same notebook, source and limits."""
    try:
        record = Record(**json.loads(job.record.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return record if record.key == job.key and job.page.is_file() else None


def run(jobs: list[Job], at_once: int) -> dict[str, Record]:
    """Do all jobs that are not done, and return every student's record."""
    # A fresh process a student that has nbgrader imported already, where the system can do that.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["grading.worker"])
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ["MPLBACKEND"] = "agg"

    records = {job.student: record for job in jobs if (record := finished(job))}
    waiting = [job for job in jobs if job.student not in records][::-1]
    running: dict[int, tuple[BaseProcess, Job, float]] = {}
    bar = tqdm(total=len(jobs), initial=len(records), unit="student", file=sys.stderr)
    with bar:
        try:
            while waiting or running:
                while waiting and len(running) < at_once:
                    job = waiting.pop()
                    process = context.Process(target=worker.work, args=(job,), daemon=False)
                    process.start()
                    last = time.monotonic() + 60 * job.limits.minutes + SLACK
                    running[process.sentinel] = process, job, last
                for sentinel in ended(running):
                    process, job, last = running.pop(sentinel)
                    why = TOO_LONG if process.is_alive() else ENDED_GRADER
                    end_with_descendants(process)
                    records[job.student] = finished(job) or not_graded(job, "failed", why)
                    bar.update()
        finally:
            for process, _, _ in running.values():
                end_with_descendants(process)
    return records


def ended(running: dict[int, tuple[BaseProcess, Job, float]]) -> list[int]:
    """Wait until a process has ended, or has run for too long; return which."""
    while True:
        done = wait(list(running), timeout=1)
        late = [key for key, (_, _, last) in running.items() if time.monotonic() > last]
        if done or late:
            return [int(key) for key in {*done, *late}]
