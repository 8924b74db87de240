"""The built book's pages before axe-core: light and dark, as wide as a laptop and as a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.book_pages import PAGES, resize, settle, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


FOCUSABLE = """() => [...document.querySelectorAll("pre, .pst-scrollable-table-container")].every(
    (area) => area.scrollWidth <= area.clientWidth || area.tabIndex === 0)"""
"""Whether keys reach all code and tables that scroll."""


@pytest.mark.parametrize(("scheme", "widths"), [("light", [1280, 390]), ("dark", [390, 1280])])
@pytest.mark.parametrize("name", PAGES)
def test_page_passes_axe(
    name: str, scheme: str, widths: list[int], browser: Browser, book_url: str
) -> None:
    """A page is opened in one width, and its window is changed to the other."""
    size = {"width": widths[0], "height": 800}
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(book_url + name)
        settle(page)
        assert page.locator("html").get_attribute("data-theme") == scheme
        for width in widths:
            resize(page, width)
            page.wait_for_function(FOCUSABLE)  # the theme sees to it a moment after
            assert violations(page) == []


EMBEDS = {
    "convolution": ["drum", "worked", "shift"],
    "convolutional_layer": ["sizes", "layer"],
    "layers": ["collapse", "head", "batch-norm"],
    "network": ["build", "draw"],
    "pooling": ["pooling", "sequence"],
    "receptive_fields": ["seven"],
    "regularization": ["overview", "augment"],
}
"""By chapter, names of explorers: each class is there."""


@pytest.mark.parametrize(
    ("chapter", "name"), [(page, name) for page, names in EMBEDS.items() for name in names]
)
def test_embed_passes_axe(chapter: str, name: str, page: Page, book_url: str) -> None:
    page.goto(f"{book_url}chapters/{chapter}.html?embed={name}")
    page.wait_for_selector(f"#explorer-{name} [data-ready]")  # the others stay still
    assert page.locator("html").evaluate("root => root.classList.contains('cnn-embed')")
    assert violations(page) == []


@pytest.mark.parametrize("name", ["intro.html", "chapters/convolution.html"])
def test_page_passes_axe_in_forced_colours(name: str, browser: Browser, book_url: str) -> None:
    with browser.new_context(forced_colors="active", color_scheme="dark") as context:
        page = context.new_page()
        page.goto(book_url + name)
        settle(page)
        assert violations(page) == []


def test_axe_finds_targets_that_are_too_small(page: Page) -> None:
    button = '<button style="width: 12px; height: 12px; padding: 0" aria-label="one"></button>'
    page.set_content(f'<html lang="en"><title>Small</title><main><h1>Small</h1>{button * 3}</main>')
    assert [fault.split(":")[0] for fault in violations(page)] == ["target-size"]


GRID = """<html lang="en"><title>Grid</title><main><h1>Grid</h1><div class="cnn-fine">
<div role="grid" aria-label="output" style="display: grid; height: 100px">{rows}</div>
</div></main>"""
ROW = '<div role="row"><div role="gridcell" tabindex="-1" aria-label="1"></div></div>'


def test_axe_is_shown_the_first_rows_of_a_grid_on_a_canvas_where_they_were(page: Page) -> None:
    page.set_content(GRID.format(rows=ROW * 50))
    assert violations(page) == []
    assert page.get_by_role("row").count() == 2
    assert page.locator("[role=grid]").evaluate("grid => grid.firstElementChild.clientHeight") == 2


def test_axe_finds_a_fault_in_a_grid_on_a_canvas(page: Page) -> None:
    page.set_content(GRID.format(rows='<div role="row"><i>no cell</i></div>' + ROW * 9))
    assert [fault.split(":")[0] for fault in violations(page)] == ["aria-required-children"]
