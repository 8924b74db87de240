"""Every chapter in a real JupyterLab with a real kernel: page and Python follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab_server import ROOT, Lab, ask, kernel_of, run_all, serving_lab
from playwright.sync_api import expect

from cnnlib import explorers
from cnnlib.explorers._base import Explorer

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
ALONE = (
    "from cnnlib.explorers import ConvolutionExplorer\n\nexplorer = ConvolutionExplorer()\nexplorer"
)
AGREES = re.compile(r"NumPy agrees .*torch on \w+ agrees")
PATIENCE = 600_000
"""Milliseconds in which a chapter has run, wherever it runs."""


def single(code: str) -> Any:
    """Return a notebook of one cell."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    cells = [nbformat.v4.new_code_cell(code)]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def explorers_in(path: Path) -> set[str]:
    """Return the names of the explorers that a chapter's code makes."""
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return {
        name
        for name in explorers.__all__
        if issubclass(getattr(explorers, name), Explorer) and f"{name}(" in code
    }


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start one JupyterLab over copies of the chapters, and one explorer alone."""
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in CHAPTERS}
    with serving_lab(tmp_path_factory.mktemp("lab"), {**notebooks, "alone": single(ALONE)}) as lab:
        yield lab


@pytest.fixture(autouse=True)
def kernel_ends(lab: Lab) -> Iterator[None]:
    """Leave no kernel running after a test."""
    yield
    lab.end_kernels()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_explorers_of_every_chapter_live_and_agree_with_the_kernel(
    chapter: Path, lab: Lab, page: Any
) -> None:
    run_all(page, lab.of(chapter.stem))
    names = explorers_in(chapter)
    assert names
    for name in names:
        alive = page.locator(f"[data-explorer='{name}'][data-ready]")
        alive.first.wait_for(timeout=PATIENCE, state="attached")
        agreed = alive.locator(".cnn-agreement").filter(has_text=AGREES)
        agreed.first.wait_for(timeout=PATIENCE, state="attached")
    assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0


def test_page_and_kernel_follow_each_other(lab: Lab, page: Any) -> None:
    run_all(page, lab.of("alone"))
    explorer = page.locator("[data-explorer='ConvolutionExplorer'][data-ready]")
    explorer.wait_for(timeout=PATIENCE)
    with kernel_of(lab.runtime) as client:
        ask(client, "explorer.padding = 1; explorer.stride = 1")
        stride = explorer.get_by_label("stride")
        expect(stride).to_have_value("1")

        stride.fill("2")  # the page moves, Python follows
        expect(explorer.locator(".cnn-summary")).to_contain_text("stride 2")
        expect(explorer.locator(".cnn-agreement")).to_have_text(AGREES, timeout=60_000)
        assert ask(client, "print(explorer.stride)") == "2"
        shown = explorer.evaluate("root => root.answer()")
        told = ask(client, "print(explorer.result('reference').ravel().tolist())")
        assert shown == pytest.approx([float(text) for text in told.strip("[]").split(",")])

        ask(client, "explorer.stride = 3")  # Python moves, the page follows
        expect(stride).to_have_value("3")
        expect(explorer.locator(".cnn-summary")).to_contain_text("stride 3")
