"""Keep notebooks such that a second run gives the same bytes, and nbval has something to compare.

Kept: text outputs, execution counts, what the author wrote. Dropped: images, widget state and
widget views (their ids are random), tracebacks, and metadata that editors and kernels leave.

``python tools/clean_notebooks.py PATHS`` cleans in place. ``--check`` changes nothing: it names
each notebook that is not clean, and says what is wrong. What cleaning cannot mend, such as a cell
that was never run, is named in both cases. The exit status is 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

NOTEBOOK_METADATA = {"authors", "kernelspec", "language_info", "myst", "mystnb", "title"}
CELL_METADATA = {"deletable", "editable", "jupyter", "mystnb", "nbgrader", "slideshow", "tags"}
"""Metadata that authors write. All other metadata is an editor's, and goes."""

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
IMAGE = re.compile(r"(application/papermill\.record/)?image/")
"""Pictures, and pictures that were glued."""

ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
"""A memory address in a repr: different at each run."""


def clean(notebook: NotebookNode) -> NotebookNode:
    """Clean a notebook in place, and return it. Cleaning twice is cleaning once."""
    metadata = kept(notebook.metadata, NOTEBOOK_METADATA)
    metadata.update(kernelspec=dict(KERNEL), language_info=dict(LANGUAGE))
    notebook.metadata = nbformat.from_dict(metadata)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    ids: set[str] = set()
    for position, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.from_dict(kept(cell.metadata, CELL_METADATA))
        if not cell.get("id") or cell.id in ids:
            cell.id = new_id(cell.source, position)
        ids.add(cell.id)
        if cell.cell_type == "code":
            cell.outputs = clean_outputs(cell.outputs)
    return notebook


def kept(metadata: dict, names: set[str]) -> dict:
    """Return the part of a metadata dictionary that has one of the names."""
    return {name: value for name, value in metadata.items() if name in names}


def new_id(source: str, position: int) -> str:
    """Return an id for a cell that has none of its own: the same one at each run."""
    return hashlib.sha256(f"{position}\n{source}".encode()).hexdigest()[:8]


def clean_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return what is left of a cell's outputs: text, merged where the kernel cut it in pieces."""
    left: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            if left and left[-1].output_type == "stream" and left[-1].name == output.name:
                left[-1].text += output.text
                continue
        elif output.output_type == "error":
            output.traceback = [f"{output.ename}: {output.evalue}"]
        elif not clean_data(output):
            continue
        left.append(output)
    return left


def clean_data(output: NotebookNode) -> bool:
    """Drop an output's pictures and widget parts; return whether anything is left of it."""
    for part in (output.data, output.metadata):
        for name in [*part]:
            if IMAGE.match(name) or name in (WIDGET_VIEW, WIDGET_STATE):
                del part[name]
    return bool(output.data)


def faults(notebook: NotebookNode) -> list[str]:
    """Return what is wrong with a notebook that cleaning cannot mend."""
    found = []
    count = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        where = f"cell {number} ({first_line(cell.source)})"
        count += 1
        if not cell.source.strip():
            found.append(f"{where} is empty: remove it")
        elif cell.execution_count is None:
            found.append(f"{where} has no execution count: it was never run")
        elif cell.execution_count != count:
            found.append(
                f"{where} has execution count {cell.execution_count} where {count} is due: "
                "run the notebook from the top in a new kernel"
            )
        found += [f"{where} {fault}" for fault in output_faults(cell, count)]
    return found


def output_faults(cell: NotebookNode, count: int) -> list[str]:
    """Return what is wrong with the outputs of the cell that is the ``count``-th to run."""
    found = []
    announced = "raises-exception" in cell.metadata.get("tags", [])
    for output in cell.outputs:
        if output.output_type == "error" and not announced:
            found.append(f"ended in {output.ename}: {output.evalue}")
        if output.output_type == "stream" and output.name == "stderr":
            found.append(f"wrote to stderr: {first_line(output.text)}")
        if output.get("execution_count") not in (None, cell.execution_count):
            found.append("has an output of another run")
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if address := ADDRESS.search(text):
            found.append(f"prints a memory address ({address[0]}), which no second run repeats")
    return found


def first_line(text: str, width: int = 40) -> str:
    """Return the first line of a text, shortened to fit a message."""
    line = (text.strip().splitlines() or [""])[0]
    return line if len(line) <= width else line[: width - 3] + "..."


def write(notebook: NotebookNode) -> str:
    """Return a notebook as the text that its file holds."""
    return nbformat.v4.writes(notebook) + "\n"


def process(path: Path, check: bool) -> list[str]:
    """Clean a file, or only look at it; return all that is wrong with it afterwards."""
    before = path.read_text(encoding="utf-8")
    if json.loads(before).get("nbformat") != 4:
        return ["is not in notebook format 4: open it in a current Jupyter and save it"]
    notebook = nbformat.v4.reads(before)
    found = faults(notebook)
    after = write(clean(notebook))
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        found.append(f"is not a valid notebook: {first_line(error.message, 120)}")
    if before != after:
        if check:
            found.append(f"is not clean at line {first_difference(before, after)}")
        else:
            path.write_text(after, encoding="utf-8", newline="\n")
    return found


def first_difference(before: str, after: str) -> str:
    """Return the number of the first line that cleaning would change, and the line."""
    old, new = before.split("\n"), after.split("\n")
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(new) - 1)
    line = old[same] if same < len(old) else "the end of the file"
    return f"{same + 1}: {first_line(line)}"


def notebooks(paths: list[Path]) -> list[Path]:
    """Return the notebooks among and below the paths, without the copies that Jupyter keeps."""
    found = [path for path in paths if path.is_file()]
    for folder in paths:
        found += folder.rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("chapters")])
    parser.add_argument("--check", action="store_true", help="change nothing, name what is wrong")
    options = parser.parse_args(arguments)
    missing = [path for path in options.paths if not path.exists()]
    wrong = [f"{path}: no such file or folder" for path in missing]
    for path in notebooks([path for path in options.paths if path.exists()]):
        wrong += [f"{path}: {fault}" for fault in process(path, options.check)]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
