"""Run a student's notebook to its end, whatever it does: nbgrader's step, made patient."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import psutil
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade

from grading.limits import Limits

GRACE = 3.0
"""Seconds that a kernel has to stop what it was told to stop."""

SLICE = 1
"""Seconds between two looks at a cell that runs."""

WAITS, LEAST_WAIT = 3, 30.0
"""A cell that waits instead of computing has more time: so many times its seconds, at least so many."""

MOST_TEXT = 200_000
"""Characters of output that a cell keeps: a loop may print without end."""


def error(name: str, text: str) -> NotebookNode:
    """Return an output that says why there is no other; it counts as an error of the cell."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


class PatientExecute(Execute):
    """Run all cells; a cell that ends the kernel, or does not end, costs itself and what needs it.

    ``events`` tells what happened, as pairs of a kind (``slow``, ``stuck``, ``ended``) and the cell's index.
    """

    limits = Limits()
    too_much_memory = False
    """Set by the watcher that ended a kernel for its use of memory."""

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> Any:
        """Run the notebook."""
        self.events: list[tuple[str, int]] = []
        self.over: str | None = None
        self.deadline = time.monotonic() + 60 * self.limits.minutes
        self.interrupt_on_timeout = False
        self.timeout = SLICE
        self.startup_timeout = 120
        # A machine with much to do may be slow to pass on the last outputs: no reason to fail.
        self.iopub_timeout, self.raise_on_iopub_timeout = 30, False
        type(self).latest = self
        return super().preprocess(nb, resources, km)

    def create_kernel_manager(self) -> Any:
        """Talk to the kernel through files where that is sure to work: ports can be taken meanwhile."""
        manager = super().create_kernel_manager()
        if sys.platform == "linux":
            manager.transport = "ipc"
            manager.connection_file = os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], "kernel.json")
        return manager

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:
        """Run a cell, or say why it was not run."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell, resources
        left = self.deadline - time.monotonic()
        if self.over is None and left <= 0:
            self.over = f"the notebook had run for {self.limits.minutes:g} minutes"
            self.events.append(("stuck", index))
        if self.over is not None:
            cell.outputs = [error("NotRun", f"this cell was not run: {self.over}")]
            return cell, resources
        slow = any(kind == "slow" for kind, _ in self.events)
        self.seconds = self.limits.hurried if slow else self.limits.seconds
        self.began, self.used = time.monotonic(), self.processor_time()
        self.written = 0
        try:
            super().preprocess_cell(cell, resources, index)
        except CellTimeoutError:
            cell.outputs.append(error("OutOfTime", f"stopped after {self.seconds:g} seconds"))
            self.events.append(("slow", index))
            if not self.interrupted():
                self.events.append(("stuck", index))
                self.over = "an earlier cell could not be stopped"
                run_sync(self._end)()
        except DeadKernelError:
            self.events.append(("ended", index))
            cell.outputs.append(error("PythonEnded", "Python ended while this cell ran"))
            self.over = "Python had ended in an earlier cell"
        self.forgive_warnings(cell)
        return cell, resources

    def processor_time(self) -> float:
        """Return the seconds that the kernel has computed: waiting for a busy machine costs nobody."""
        try:
            times = psutil.Process(self.km.provisioner.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return times.user + times.system

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> None:
        """Look, once a slice of time, whether the cell has had its time; nbclient waits on if not."""
        now = time.monotonic()
        waited = now - self.began
        if (
            self.processor_time() - self.used > self.seconds
            or waited > max(LEAST_WAIT, WAITS * self.seconds)
            or now > self.deadline
        ):
            raise CellTimeoutError.error_from_timeout_and_cell("out of time", int(waited), cell)

    def forgive_warnings(self, cell: NotebookNode) -> None:
        """Keep nbgrader from taking a warning, or a print to stderr, for an error."""
        if is_grade(cell):
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"

    def interrupted(self) -> bool:
        """Interrupt the kernel; return whether it is free again."""
        run_sync(self.km.interrupt_kernel)()
        asked = self.kc.kernel_info()
        until = time.monotonic() + GRACE
        while time.monotonic() < until:
            try:
                reply = run_sync(self.kc.shell_channel.get_msg)(timeout=until - time.monotonic())
            except Exception:  # an Empty of one of two kinds, or a channel that broke
                return False
            if reply["parent_header"].get("msg_id") == asked:
                return True
        return False

    async def _end(self) -> None:
        await self.km.shutdown_kernel(now=True)

    def output(self, outs: list, msg: dict, display_id: str, cell_index: int) -> Any:
        """Take an output of a cell, unless it has written too much already."""
        content = msg["content"]
        self.written += len(str(content.get("text", ""))) + len(str(content.get("data", "")))
        if self.written > MOST_TEXT:
            return None
        return super().output(outs, msg, display_id, cell_index)
