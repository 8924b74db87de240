"""The notebook cleaner: what it keeps, what it drops, what it refuses; and every notebook of ours.

The last tests run nbval itself on a small notebook, cleaned, to hold the promise that cleaning
leaves nbval something to compare: a changed number must fail.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import clean_notebooks
from tools.clean_notebooks import clean, faults, main, write

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def code(source, *outputs, count=1, **metadata):
    """Return a code cell that was run as the ``count``-th."""
    return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def result(text, count=1, **data):
    """Return the value that a cell ends in."""
    data = {"text/plain": text, **{name.replace("__", "/"): value for name, value in data.items()}}
    return new_output("execute_result", data, execution_count=count)


def save(tmp_path, *cells, **metadata):
    """Write a notebook of these cells, as Jupyter would; return its path."""
    path = tmp_path / "chapter.ipynb"
    path.write_text(nbformat.writes(new_notebook(cells=list(cells), metadata=metadata)) + "\n")
    return path


def test_text_outputs_and_counts_stay():
    cell = code("1 + 1", result("2"))
    cleaned = clean(new_notebook(cells=[cell])).cells[0]
    assert cleaned.outputs[0].data == {"text/plain": "2"}
    assert cleaned.execution_count == cleaned.outputs[0].execution_count == 1


def test_an_image_goes_and_its_text_stays():
    figure = new_output(
        "display_data",
        {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"},
        metadata={"image/png": {"width": 640}},
    )
    (output,) = clean(new_notebook(cells=[code("plot()", figure)])).cells[0].outputs
    assert output.data == {"text/plain": "<Figure size 640x480 with 1 Axes>"}
    assert output.metadata == {}


def test_an_output_that_was_an_image_alone_goes_wholly():
    cells = [code("plot()", new_output("display_data", {"image/svg+xml": "<svg/>"}))]
    assert clean(new_notebook(cells=cells)).cells[0].outputs == []


def test_a_widget_keeps_its_text_and_html_and_loses_its_view():
    view = {"model_id": "5f1c", "version_major": 2, "version_minor": 0}
    question = new_output(
        "display_data",
        {"text/plain": "Question(1)", "text/html": "<p>?</p>", clean_notebooks.WIDGET_VIEW: view},
    )
    (output,) = clean(new_notebook(cells=[code("ask()", question)])).cells[0].outputs
    assert output.data == {"text/plain": "Question(1)", "text/html": "<p>?</p>"}


def test_glued_text_stays_and_a_glued_picture_goes():
    glued = new_output(
        "display_data",
        {
            "application/papermill.record/text/plain": "5",
            "application/papermill.record/image/png": "iVBORw0KGgo=",
        },
        metadata={"scrapbook": {"name": "five", "mime_prefix": "application/papermill.record/"}},
    )
    (output,) = clean(new_notebook(cells=[code("glue()", glued)])).cells[0].outputs
    assert output.data == {"application/papermill.record/text/plain": "5"}
    assert output.metadata["scrapbook"]["name"] == "five"


def test_streams_cut_in_pieces_are_merged():
    pieces = [new_output("stream", name="stdout", text=text) for text in ("one\n", "two\n")]
    (output,) = clean(new_notebook(cells=[code("print()", *pieces)])).cells[0].outputs
    assert output.text == "one\ntwo\n"


def test_a_traceback_is_cut_to_its_message():
    error = new_output("error", ename="ValueError", evalue="no", traceback=["/home/me/x.py", "..."])
    (output,) = clean(new_notebook(cells=[code("f()", error)])).cells[0].outputs
    assert output.traceback == ["ValueError: no"]


def test_metadata_of_editors_and_kernels_goes_and_the_authors_stays():
    alt = {"image": {"alt": "a grid"}}
    cell = code(
        "f()", execution={"iopub.status.busy": "2026"}, scrolled=True, mystnb=alt, tags=["a"]
    )
    notebook = new_notebook(
        cells=[cell],
        metadata={
            "widgets": {clean_notebooks.WIDGET_STATE: {"state": {}}},
            "kernelspec": {"display_name": "mine", "language": "python", "name": "mine"},
            "language_info": {"name": "python", "version": "3.12.1"},
            "vscode": {},
            "mystnb": {"execution_timeout": 60},
        },
    )
    cleaned = clean(notebook)
    assert cleaned.cells[0].metadata == {"mystnb": alt, "tags": ["a"]}
    assert cleaned.metadata == {
        "kernelspec": clean_notebooks.KERNEL,
        "language_info": {"name": "python"},
        "mystnb": {"execution_timeout": 60},
    }


def test_ids_are_kept_and_missing_or_doubled_ones_are_made_alike_each_time():
    def notebook():
        made = new_notebook(cells=[code("a"), code("b"), code("c")])
        made.cells[0]["id"] = made.cells[1]["id"] = "same"
        del made.cells[2]["id"]
        return made

    first, second = ([cell.id for cell in clean(notebook()).cells] for _ in range(2))
    assert first == second
    assert first[0] == "same"
    assert len(set(first)) == 3


def test_cleaning_twice_is_cleaning_once():
    cells = [new_markdown_cell("# One"), code("f()", result("2", image__png="iVBORw0KGgo="))]
    once = write(clean(new_notebook(cells=cells)))
    assert write(clean(nbformat.v4.reads(once))) == once
    assert once.endswith("}\n")
    assert "image/png" not in once


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (code("f()", count=None), r"cell 1 \(f\(\)\) has no execution count"),
        (code("f()", count=2), r"has execution count 2 where 1 is due"),
        (code(" ", count=None), r"is empty: remove it"),
        (code("f()", result("1", count=7)), r"has an output of another run"),
        (
            code("f()", new_output("error", ename="KeyError", evalue="'x'", traceback=[])),
            r"ended in KeyError: 'x'",
        ),
        (
            code("f()", new_output("stream", name="stderr", text="Warning: old\n")),
            r"wrote to stderr: Warning: old",
        ),
        (
            code("f", result("<function f at 0x7f31a2b4c5d0>")),
            r"memory address \(at 0x7f31a2b4c5d0\)",
        ),
    ],
)
def test_what_cleaning_cannot_mend_is_named(cell, says):
    (fault,) = faults(new_notebook(cells=[cell]))
    assert re.search(says, fault)


def test_an_error_that_the_author_announced_is_none():
    error = new_output("error", ename="ValueError", evalue="no", traceback=[])
    assert faults(new_notebook(cells=[code("f()", error, tags=["raises-exception"])])) == []


def test_check_names_the_file_and_the_line_and_changes_nothing(tmp_path, capsys):
    path = save(tmp_path, code("f()", result("2", image__png="iVBORw0KGgo=")))
    before = path.read_bytes()
    assert main(["--check", str(path)]) == 1
    assert re.search(r"chapter\.ipynb: is not clean at line \d+: ", capsys.readouterr().err)
    assert path.read_bytes() == before
    assert main([str(path)]) == 0
    assert path.read_bytes() != before
    assert main(["--check", str(path)]) == 0


def test_a_folder_is_searched_and_jupyters_own_copies_are_passed_over(tmp_path, capsys):
    kept = tmp_path / ".ipynb_checkpoints"
    kept.mkdir()
    save(kept, code("f()", count=None))
    assert main(["--check", str(tmp_path)]) == 0
    save(tmp_path, code("f()", count=None))
    assert main(["--check", str(tmp_path)]) == 1
    assert "never run" in capsys.readouterr().err


def test_a_path_that_is_not_there_is_a_fault(tmp_path, capsys):
    assert main(["--check", str(tmp_path / "none.ipynb")]) == 1
    assert "no such file or folder" in capsys.readouterr().err


def test_another_notebook_format_is_refused(tmp_path, capsys):
    path = tmp_path / "old.ipynb"
    path.write_text('{"nbformat": 3, "nbformat_minor": 0, "worksheets": [], "metadata": {}}')
    assert main([str(path)]) == 1
    assert "not in notebook format 4" in capsys.readouterr().err


def nbval(path: Path) -> subprocess.CompletedProcess[str]:
    """Run strict nbval on one notebook, with the project's own settings."""
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "no:xdist"]
    command += ["-p", "no:cacheprovider", "--rootdir", str(path.parent), str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_nbval_passes_what_is_clean_and_fails_on_a_changed_number(tmp_path):
    cells = [code("x = 2\nx + x", result("4")), code("print(x)", count=2)]
    cells[1].outputs = [new_output("stream", name="stdout", text="2\n")]
    path = save(tmp_path, *cells)
    assert main([str(path)]) == 0
    passed = nbval(path)
    assert passed.returncode == 0, passed.stdout
    assert "2 passed" in passed.stdout
    path.write_text(path.read_text().replace('"4"', '"5"'))
    assert main(["--check", str(path)]) == 0
    failed = nbval(path)
    assert failed.returncode == 1
    assert "1 failed, 1 passed" in failed.stdout


def test_every_chapter_is_clean(capsys):
    assert CHAPTERS
    assert main(["--check", *map(str, CHAPTERS)]) == 0, capsys.readouterr().err
