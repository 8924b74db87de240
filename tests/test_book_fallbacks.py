"""The built book where explorers do not run, and where one is shown alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.book_pages import CHAPTERS, settle, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOME, CHAPTER = CHAPTERS[0], "chapters/regularization.html"
STATE = re.compile(r'<script type="application/vnd.jupyter.widget-state\+json">(.*?)</script>')


def stand_ins(page: Page) -> list[dict[str, object]]:
    """Return of every stand-in whether it shows, and its picture's text and size."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".cnn-fallback")].map((box) => ({
            shows: box.getClientRects().length > 0,
            still: box.parentElement.classList.contains("cnn-still"),
            pictures: [...box.querySelectorAll("img")].map((one) => [one.alt, one.width]),
            words: box.innerText.trim(),
        }))"""
    )


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_scripts_each_widget_has_a_stand_in(
    name: str, browser: Browser, book_url: str
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(book_url + name)
        boxes = page.locator(".cnn-widget")
        assert boxes.count() > 0
        for box in boxes.all():
            stand_in = box.locator(".cnn-fallback")
            assert stand_in.is_visible()
            for picture in stand_in.locator("img").all():
                picture.scroll_into_view_if_needed()
                assert len(picture.get_attribute("alt") or "") > 20
                assert picture.bounding_box()["width"] > 200
            assert stand_in.locator("img").count() or len(stand_in.inner_text()) > 20


def test_live_widgets_alone_hide_their_stand_ins(page: Page, book_url: str) -> None:
    """The chapter has one that needs a kernel, and so shows its picture on every page."""
    page.goto(book_url + CHAPTER)
    settle(page)
    found = stand_ins(page)
    assert len(found) > 3
    assert [one["shows"] for one in found] == [one["still"] for one in found]
    assert sum(bool(one["still"]) for one in found) == 1


@pytest.mark.parametrize("missing", ["explorers.js", "explorers-convolution.js"])
def test_stand_ins_return_when_a_script_is_missing(missing: str, page: Page, book_url: str) -> None:
    page.route(f"**/{missing}*", lambda route: route.abort())
    page.goto(book_url + HOME)
    page.wait_for_selector(":is(.cnn-stopped, .cnn-still) > .cnn-fallback")
    assert all(one["shows"] for one in stand_ins(page))


def test_paper_gets_the_pictures_in_black_on_white(page: Page, book_url: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(book_url + CHAPTER)
    settle(page)
    page.emulate_media(media="print")
    assert all(one["shows"] for one in stand_ins(page))
    assert page.locator(".cnn-live:visible").count() == 0
    assert page.locator(".bd-sidebar-primary:visible, .bd-header-article:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_printed_chapter_holds_every_picture(page: Page, book_url: str) -> None:
    page.goto(book_url + CHAPTER)
    settle(page)
    pictures = page.locator(".bd-article img").count()
    printed = page.pdf(format="A4")
    assert pictures >= 5
    assert len(re.findall(rb"/Subtype\s*/Image", printed)) >= pictures


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_embed_shows_one_explorer_alone(
    scheme: str, width: int, browser: Browser, book_url: str
) -> None:
    size = {"width": width, "height": 700}
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{book_url}{HOME}?embed=home")
        page.locator("#explorer-home [data-ready], #explorer-home[data-ready]").first.wait_for()
        assert page.locator("h1:visible, nav:visible, footer:visible, header:visible").count() == 0
        box = page.locator("#explorer-home").bounding_box()
        assert box["x"] + box["width"] <= width
        assert box["y"] < 20
        assert box["width"] > 0.75 * width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


def test_embed_works_in_a_frame(page: Page, book_url: str) -> None:
    page.set_content(f'<iframe width="800" height="600" src="{book_url}{HOME}?embed=home">')
    frame = page.frame_locator("iframe")
    cell = frame.locator("[role=grid][aria-label^=output] [role=gridcell]").first
    cell.wait_for()
    assert frame.locator("h1:visible, nav:visible").count() == 0


def test_embed_of_an_unknown_name_shows_the_page(page: Page, book_url: str) -> None:
    page.goto(f"{book_url}{HOME}?embed=nobody")
    page.locator("article h1:visible").wait_for()
    assert page.locator("nav:visible").count() > 0
    page.locator("[data-explorer][data-ready]").first.wait_for()


def page_states(html: str) -> list[dict[str, Any]]:
    """Return the state of each of a page's widgets that live there."""
    (text,) = STATE.findall(html)
    return [model["state"] for model in json.loads(text)["state"].values()]


@pytest.mark.parametrize("name", CHAPTERS)
def test_widget_state_holds_no_code_and_large_values_once(name: str, book_dir: Path) -> None:
    html = (book_dir / name).read_text(encoding="utf-8")
    states = page_states(html)
    assert 0 < len(states) <= html.count("application/vnd.jupyter.widget-view+json")
    assert not any("_esm" in state or "_css" in state for state in states)
    shared = dict(re.findall(r'<script type="application/json" id="cnn-shared-(\d+)">(.*?)<', html))
    asked = [
        str(value["cnn-shared"])
        for state in states
        for value in state.values()
        if isinstance(value, dict) and "cnn-shared" in value
    ]
    assert set(asked) == set(shared)
    assert len(set(shared.values())) == len(shared)
    large = [json.dumps(value) for state in states for value in state.values()]
    assert not [one for one, n in Counter(large).items() if n > 1 and len(one) > 700]


@pytest.mark.parametrize("name", CHAPTERS)
def test_page_loads_the_scripts_of_its_own_widgets_alone(name: str, book_dir: Path) -> None:
    html = (book_dir / name).read_text(encoding="utf-8")
    loaded = re.findall(
        r'<script defer="defer" src="[./]*_static/(explorers[\w-]*\.js)\?v=\w+">', html
    )
    widgets = {state["_anywidget_id"].split(".")[-2] for state in page_states(html)}
    assert loaded[-1] == "explorers.js"
    assert len(loaded) == len(set(loaded)) == html.count("_static/explorers") - 1  # and the style
    parts = [set(script.removesuffix(".js").split("-")[1:]) for script in loaded[:-1]]
    assert set().union(*parts) >= widgets
    assert all(part & widgets for part in parts)


def test_nothing_unused_is_published(book_dir: Path) -> None:
    names = [path.name for path in (book_dir / "_static").rglob("*")]
    assert len(names) > 40
    assert not [name for name in names if name.endswith(".map") or "fontawesome" in name]
    assert not [name for name in names if name.startswith(("thebe", "require"))]
