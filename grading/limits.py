"""What a student's code may use, and how what it starts is ended."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import psutil

try:
    import resource
except ImportError:  # Windows has no such limits: the watcher alone guards the memory there.
    resource = None  # type: ignore[assignment]

GIB = 1 << 30
LARGEST_FILE = GIB


@dataclass(frozen=True)
class Limits:
    """Limits of one student: seconds of processor time a cell, minutes and GiB of memory in all."""

    seconds: float = 20
    minutes: float = 5
    memory: float = 4

    @property
    def hurried(self) -> float:
        """Seconds that each cell has once another ran out of time."""
        return max(0.5, self.seconds / 4)

    def check(self) -> None:
        """Refuse limits that no notebook could keep."""
        for name, value in (("CELL_SECONDS", self.seconds), ("MINUTES", self.minutes)):
            if value <= 0:
                raise ValueError(f"{name} must be above 0, not {value}")
        if self.memory < 1:
            raise ValueError(f"MEMORY must be at least 1 (GiB), not {self.memory}")


def confine(limits: Limits) -> None:
    """Limit this process and all that it will start, where the system can."""
    if resource is None:
        return
    # Not RLIMIT_AS: torch with CUDA maps many GiB of libraries, which cost nothing.
    wanted = {
        resource.RLIMIT_DATA: int(limits.memory * GIB),
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in wanted.items():
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, hard))


def descendants(pid: int | None = None) -> list[psutil.Process]:
    """Return the processes that one started, this one by default, and those started by them."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def end_descendants(pid: int | None = None) -> None:
    """End them all, at once."""
    for process in descendants(pid):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def end_with_descendants(process: BaseProcess) -> None:
    """End a process, and all that it started."""
    if process.pid is not None:
        end_descendants(process.pid)
    process.kill()
    process.join()


def watch(limits: Limits, too_much: Callable[[], None]) -> None:
    """Look after this process from a thread: its memory, and that it ends when its parent does."""

    def look() -> None:
        parent = parent_process()
        while parent is None or not wait([parent.sentinel], timeout=0.2):
            if parent is None:
                time.sleep(0.2)
            if memory() > limits.memory * GIB:
                too_much()
                end_descendants()
        end_descendants()
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def memory() -> int:
    """Return the bytes that all descendants hold."""
    total = 0
    for process in descendants():
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total
