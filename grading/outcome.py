"""Say what happened as a notebook ran, in words for the student."""

from __future__ import annotations

from nbformat import NotebookNode

from grading.execute import PatientExecute


def outcome(ran: PatientExecute, notebook: NotebookNode, assignment: str) -> tuple[str, list[str]]:
    """Return the status, and sentences that say what happened as the notebook ran."""

    def where(index: int) -> str:
        cell = notebook.cells[index]
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        name = name.removeprefix(f"{assignment}-").replace("-", " ")
        return f"the cell {name!r}" if name else f"cell {index + 1} of the notebook"

    kinds = dict(reversed(ran.events))
    raised = {
        output.ename: index
        for index, cell in reversed(list(enumerate(notebook.cells)))
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }
    memory = [name for name in raised if "MemoryError" in name]
    rest = "the tests after it could not run and count as failed."
    if ran.too_much_memory or memory:
        at = where(raised[memory[0]] if memory else kinds.get("ended", 0))
        said = f"Your code asked for more than {ran.limits.memory:g} GiB of memory, in {at}."
        return "out of memory", [said, *[f"Python was ended there: {rest}"] * ran.too_much_memory]
    if "stuck" in kinds:
        return "timed out", [f"Your code did not end, in {where(kinds['stuck'])}: {rest}"]
    if "slow" in kinds:
        said = f"Your code ran out of time ({ran.limits.seconds:g} s), first in {where(kinds['slow'])}."
        return "timed out", [f"{said} Look for a loop that does not end."]
    if "ended" in kinds:
        return "stopped", [
            f"Your code ended Python itself, in or before {where(kinds['ended'])}: {rest}"
        ]
    if "SystemExit" in raised:
        return "graded", [
            f"Your code calls sys.exit, in {where(raised['SystemExit'])}: return instead."
        ]
    return "graded", []
