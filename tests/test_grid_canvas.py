"""Grids with many cells: their numbers are drawn on a canvas, sharp, and only where they change."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from cnnlib.explorers import ArithmeticExplorer, ConvolutionExplorer
from tools.widget_page import grid_values, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

INPUT = '[role=grid][aria-label="input"]'
PICTURE = """(grid) => {
  const canvas = grid.parentElement.querySelector("canvas");
  const shown = canvas.getBoundingClientRect().width;
  return { hidden: canvas.hidden, shown, picture: canvas.toDataURL().split(",")[1] };
}"""


def canvas_of(page: Page) -> tuple[dict[str, Any], np.ndarray]:
    """Return what is told of the input's canvas, and its pixels: rows, columns, RGBA."""
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))")
    found = page.locator(INPUT).evaluate(PICTURE)
    with Image.open(io.BytesIO(base64.b64decode(found["picture"]))) as picture:
        return found, np.array(picture.convert("RGBA"))


def cell_of(pixels: np.ndarray, row: int, col: int, count: int) -> np.ndarray:
    """Return the pixels of one of `count` by `count` cells, without the edges above and left."""
    ends = [round(k * pixels.shape[0] / count) for k in range(count + 1)]
    return pixels[ends[row] + 2 : ends[row + 1], ends[col] + 2 : ends[col + 1], :3]


def picture(**cells: float) -> list[list[float]]:
    """Return 12 by 12 zeros with some cells given as ``r3c4=8``."""
    image = np.zeros((12, 12))
    for name, value in cells.items():
        row, col = name[1:].split("c")
        image[int(row), int(col)] = value
    return image.tolist()


def test_a_cell_has_its_colour_and_its_number(page: Page, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(image=picture(r3c4=8, r3c5=-8, r0c0=1))])
    found, pixels = canvas_of(page)
    assert pixels.shape[1] == pytest.approx(found["shown"], abs=0.6)
    eight, minus, zero = (cell_of(pixels, *place, 12) for place in ((3, 4), (3, 5), (6, 6)))
    assert eight[-1, -1].tolist() == [0x54, 0x27, 0x88]
    assert minus[-1, -1].tolist() == [0xB3, 0x58, 0x06]
    assert zero[-1, -1].tolist() == [0xF7, 0xF7, 0xF7]
    assert (eight.min(axis=2) > 200).sum() > 4  # white ink on dark purple
    assert (zero.max(axis=2) < 90).sum() > 4  # black ink on paper
    assert page.locator(f"{INPUT} [role=gridcell]").first.text_content() == ""


def test_only_what_changes_is_painted_anew(page: Page, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(image=picture(r3c4=8, r9c9=2))])
    _, before = canvas_of(page)
    page.locator("[data-explorer]").evaluate(
        "(root, image) => root.update({ image })", picture(r3c4=8, r9c9=3)
    )
    _, after = canvas_of(page)
    changed = {
        (row, col)
        for row in range(12)
        for col in range(12)
        if not np.array_equal(cell_of(before, row, col, 12), cell_of(after, row, col, 12))
    }
    assert changed == {(9, 9)}
    assert grid_values(page, "input") == picture(r3c4=8, r9c9=3)
    assert (
        page.locator(f"{INPUT} [role=gridcell]").nth(9 * 12 + 9).get_attribute("aria-label") == "3"
    )


def test_the_canvas_is_as_fine_as_the_screen(browser: Browser, tmp_path: Path) -> None:
    with browser.new_context(device_scale_factor=2) as context:
        page = context.new_page()
        open_page(page, tmp_path, [ConvolutionExplorer(image=picture(r3c4=8))], theme="dark")
        found, pixels = canvas_of(page)
        assert pixels.shape[1] == pytest.approx(2 * found["shown"], abs=1)
        assert cell_of(pixels, 6, 6, 12)[-1, -1].tolist() == [0x26, 0x2A, 0x30]
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        assert cell_of(canvas_of(page)[1], 6, 6, 12)[-1, -1].tolist() == [0xF7, 0xF7, 0xF7]


@pytest.mark.parametrize(("size", "look"), [(9, "text"), (12, "drawn"), (16, "fine")])
def test_a_grid_is_shown_by_how_many_cells_it_has(
    size: int, look: str, page: Page, tmp_path: Path
) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(image=picture())])
    for each in (16, 9, 12, size):  # each after the others
        page.locator("[data-explorer]").evaluate(
            "(root, image) => root.update({ image })", np.ones((each, each)).tolist()
        )
        found, pixels = canvas_of(page)
    cells = page.locator(f"{INPUT} [role=gridcell]")
    assert cells.count() == size**2
    assert found["hidden"] == (look == "text")
    assert cells.last.text_content() == ("1" if look == "text" else "")
    assert (pixels.shape[1] == 16) == (look == "fine")


def test_cells_that_no_output_reads_let_the_stripes_through(page: Page, tmp_path: Path) -> None:
    explorer = ArithmeticExplorer(
        axes=2, input_size=12, kernel_size=3, stride=2, padding=1, dilation=2
    )
    open_page(page, tmp_path, [explorer])
    _, pixels = canvas_of(page)
    opacity = pixels[..., 3]
    rows, cols = np.array(grid_values(page, "input")).nonzero()
    ends = [round(k * pixels.shape[0] / 12) for k in range(13)]
    used = set(zip(rows.tolist(), cols.tolist(), strict=True))
    assert 0 < len(used) < 144
    for row in range(12):
        for col in range(12):
            corner = opacity[ends[row + 1] - 1, ends[col + 1] - 1]
            assert corner == (255 if (row, col) in used else 0)
