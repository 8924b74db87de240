"""The chapter in a real JupyterLab with a real kernel: page and Python follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab_server import ROOT, ask, kernel_of, run_all, serving_lab
from playwright.sync_api import expect

FIND = """import gc
found = [w for w in gc.get_objects() if type(w).__name__ == "ConvolutionExplorer"]
(explorer,) = [w for w in found if w.title == {title!r}]
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Start JupyterLab over a copy of the chapter; give its address and its runtime folder."""
    notebook = nbformat.read(ROOT / "chapters" / "convolution.ipynb", as_version=4)
    with serving_lab(tmp_path_factory.mktemp("lab"), notebook) as where:
        yield where


def test_page_and_kernel_follow_each_other(lab: tuple[str, Path], page: Any) -> None:
    address, runtime = lab
    run_all(page, address)
    explorer = page.locator("[data-explorer='ConvolutionExplorer'][data-ready]").first
    explorer.wait_for(timeout=120_000)
    with kernel_of(runtime) as client:
        explorer.scroll_into_view_if_needed()
        title = explorer.locator(".cnn-title").text_content()
        assert ask(client, FIND.format(title=title)) == ""
        ask(client, "explorer.padding = 1; explorer.stride = 1")
        stride = explorer.get_by_label("stride")
        expect(stride).to_have_value("1")

        stride.fill("2")  # the page moves, Python follows
        expect(explorer.locator(".cnn-agreement")).to_have_text(
            re.compile(r"NumPy agrees .*torch on \w+ agrees"), timeout=20_000
        )
        assert ask(client, "print(explorer.stride)") == "2"
        shown = explorer.evaluate("root => root.answer()")
        told = ask(client, "print(explorer.result('reference').ravel().tolist())")
        assert shown == pytest.approx([float(text) for text in told.strip("[]").split(",")])

        ask(client, "explorer.stride = 3")  # Python moves, the page follows
        expect(stride).to_have_value("3")
        expect(explorer.locator(".cnn-summary")).to_contain_text("stride 3")
