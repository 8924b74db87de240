"""The built book in a real browser: quiet, self-contained, light, well linked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.book_pages import CHAPTERS, PAGES, ROOT, Watch, resize, scroll_through, settle
from tools.links import Links, dead, links_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHAPTER_BYTES = 1_200_000
THEME_BYTES = 200_000
STYLE_BYTES = 100_000


def bytes_over_the_wire(watch: Watch) -> int:
    """Return the sum of all bodies as they were sent, compressed."""
    watch.page.wait_for_load_state("networkidle")
    return sum(request.sizes()["responseBodySize"] for request in watch.requests)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_quiet_and_light_and_as_narrow_as_a_phone(
    name: str, page: Page, book_url: str
) -> None:
    watch = Watch(page)
    page.goto(book_url + name)
    settle(page)
    check_formulas(page)
    scroll_through(page)
    weight = bytes_over_the_wire(watch)
    if name in CHAPTERS:
        assert STYLE_BYTES / 2 < weight < CHAPTER_BYTES
    resize(page, 390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert watch.complaints == []
    assert watch.strangers(book_url) == []


def check_formulas(page: Page) -> None:
    """Assert that formulas have waited for the page, and are all set."""
    formulas = page.locator(".math").count()
    loader = page.evaluate(
        """() => performance.getEntriesByType("resource")
            .filter((one) => one.name.endsWith("/mathjax/startup.js"))
            .map((one) => one.startTime - performance.timing.loadEventStart
                + performance.timing.navigationStart)"""
    )
    assert len(loader) == (1 if formulas else 0)
    assert all(after_load >= -1 for after_load in loader)
    assert page.locator("mjx-container").count() >= formulas
    assert page.locator("mjx-assistive-mml math").count() == page.locator("mjx-container").count()
    assert page.locator("mjx-merror, .mjx-noundefined").count() == 0


def test_plain_page_carries_the_theme_alone(page: Page, book_url: str) -> None:
    watch = Watch(page)
    page.goto(book_url + "genindex.html")
    assert STYLE_BYTES / 2 < bytes_over_the_wire(watch) < THEME_BYTES
    loaded = " ".join(request.url for request in watch.requests)
    assert "explorers" not in loaded
    assert "mathjax" not in loaded


@pytest.mark.parametrize("where", ["http", "disk"])
def test_search_finds_the_chapter(where: str, page: Page, book_dir: Path, book_url: str) -> None:
    home = book_url if where == "http" else book_dir.as_uri() + "/"
    page.goto(home + CHAPTERS[0])
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input[type=search]").fill("autocorrelation")
    page.keyboard.press("Enter")
    page.get_by_text("Search finished").wait_for()
    links = page.locator("#search-results li > a")
    addresses = [link.get_attribute("href").split("?")[0] for link in links.all()]
    assert any(address.startswith("chapters/convolution.html") for address in addresses)
    links.first.click()
    page.wait_for_load_state("load")
    assert "search.html" not in page.url


def test_the_button_changes_the_colours_and_they_stay(page: Page, book_url: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(book_url + CHAPTERS[0])
    button = page.locator(".theme-switch-button:visible")
    for _ in range(3):
        button.click()
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.goto(book_url + CHAPTERS[-1])
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate(paper) == dark != "rgb(255, 255, 255)"


def test_every_icon_is_drawn(page: Page, book_url: str) -> None:
    page.goto(book_url + CHAPTERS[-1])
    undrawn = page.evaluate(
        """() => [...document.querySelectorAll("[class*='fa-']")]
            .filter((icon) => getComputedStyle(icon).maskImage === "none")
            .map((icon) => icon.className)"""
    )
    assert page.locator("[class*='fa-']").count() > 5
    assert undrawn == []


def test_solutions_are_folded_and_open_by_keyboard(page: Page, book_url: str) -> None:
    page.goto(book_url + CHAPTERS[-1])
    solutions = page.locator("details.solution")
    assert solutions.count() > 2
    assert page.locator("details.solution[open]").count() == 0
    first = solutions.first.locator("summary")
    first.focus()
    assert not solutions.first.locator("> :not(summary)").first.is_visible()
    assert re.match(r"Solution to Exercise \d+ \(", first.inner_text())
    page.keyboard.press("Enter")
    assert solutions.first.locator("> :not(summary)").first.is_visible()


@pytest.fixture(scope="module")
def links(book_dir: Path) -> dict[str, Links]:
    """Return the links of every built page, by its path."""
    return links_of(book_dir)


def test_no_link_within_the_book_is_dead(links: dict[str, Links], book_dir: Path) -> None:
    assert sum(len(on_page.addresses) for on_page in links.values()) > 100
    assert dead(links, book_dir) == []


def test_a_dead_link_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p id="here">')
    page = Links('<a href="a.html#there"></a><a href="b.html"></a><a href="a.html#here"></a>')
    found = dead({"p.html": page, "a.html": Links('<p id="here">')}, tmp_path)
    assert found == ["p.html: a.html#there", "p.html: b.html"]


NOTEBOOKS = [name for name in CHAPTERS if (ROOT / name).with_suffix(".ipynb").is_file()]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_chapter_opens_itself_on_binder_and_colab(name: str, links: dict[str, Links]) -> None:
    repository = "cnn-textbook/cnn-textbook"
    notebook = name.replace(".html", ".ipynb")
    others = ("mybinder.org/v2", "colab.research.google.com")
    offered = [one for one in links[name].addresses if any(other in one for other in others)]
    assert {
        f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/{notebook}",
        f"https://colab.research.google.com/github/{repository}/blob/main/{notebook}",
    } == set(offered)


@pytest.mark.parametrize("name", sorted(set(CHAPTERS) - set(NOTEBOOKS)))
def test_a_page_that_is_no_notebook_offers_none(name: str, links: dict[str, Links]) -> None:
    assert not any("colab.research" in address for address in links[name].addresses)


def test_all_chapters_are_notebooks() -> None:
    chapters = [path.with_suffix(".html") for path in (ROOT / "chapters").glob("*.ipynb")]
    assert {path.relative_to(ROOT).as_posix() for path in chapters} <= set(NOTEBOOKS)
