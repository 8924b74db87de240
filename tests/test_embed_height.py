"""Explorers in frames: what the gallery offers, pasted into a page of another origin."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.test_instructors import SITE, code_blocks

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

PARENT = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>A course page</title><body>{frame}
<script>heard = []; addEventListener("message", ({{ data }}) => heard.push(data));</script>
{listener}</body></html>"""


def pasted(gallery: str, book_url: str, name: str, origin: str) -> str:
    """Return a page with one of the gallery's frames and the script, for a site elsewhere."""
    blocks = code_blocks(gallery)
    (listener,) = [one for one in blocks if "<script>" in one]
    (frame,) = [one for one in blocks if f"?embed={name}&" in one or f'?embed={name}"' in one]
    public = "{0.scheme}://{0.netloc}".format(urlsplit(SITE))
    assert f'origin !== "{public}"' in listener
    return PARENT.format(
        frame=frame.replace(SITE, book_url), listener=listener.replace(public, origin)
    )


def content_height(frame: Frame) -> int:
    """Return how tall the explorer in a frame is, from the frame's top."""
    return frame.evaluate(
        """() => Math.ceil(document.querySelector("[id^=explorer-]")
            .getBoundingClientRect().bottom + scrollY)"""
    )


FITS = """(more) => {
    const box = document.querySelector("[id^=explorer-]").getBoundingClientRect();
    return innerHeight === Math.ceil(box.bottom + scrollY) && innerHeight > more;
}"""
"""Within a frame: it is as tall as the explorer it shows, and taller than so many pixels."""


def follows(frame: Frame, more: int = 0) -> int:
    """Wait until the pasted frame is as tall as what it shows; return that height."""
    frame.wait_for_function(FITS, arg=more)
    return frame.evaluate("innerHeight")


@pytest.fixture
def opened(
    page: Page, book_dir: Path, book_url: str, serve: Callable[[Path, str], str], tmp_path: Path
) -> Callable[..., Frame]:
    """Return a function that pastes a frame, opens the page around it, and returns the frame."""

    def open_it(name: str, width: int = 1280, origin: str | None = None) -> Frame:
        own = "{0.scheme}://{0.netloc}".format(urlsplit(book_url))
        gallery = (book_dir / "instructors/gallery.html").read_text(encoding="utf-8")
        (tmp_path / "index.html").write_text(pasted(gallery, book_url, name, origin or own))
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(serve(tmp_path, "/"))
        page.frame_locator("iframe").locator("[data-ready]").first.wait_for()
        (frame,) = [one for one in page.frames if f"embed={name}" in one.url]
        assert urlsplit(frame.url).netloc != urlsplit(page.url).netloc
        return frame

    return open_it


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["home", "pooling", "draw"])
def test_a_frame_is_as_tall_as_its_explorer_and_grows_with_it(
    name: str, width: int, page: Page, opened: Callable[..., Frame]
) -> None:
    frame = opened(name, width)
    page.wait_for_function("heard.length > 0")
    before = follows(frame)
    code = frame.locator("summary", has_text="As Python")
    code.click()
    expect(frame.locator(".cnn-code[open]")).to_have_count(1)
    expect(frame.locator(".cnn-code pre")).to_be_visible()
    grown = follows(frame, before + 50)
    sizes = "[document.documentElement.scrollHeight, innerHeight, scrollY]"
    tall, room, scrolled = frame.evaluate(sizes)
    assert (tall, scrolled) == (room, 0)
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    code.click()
    frame.wait_for_function(f"() => ({FITS})(0) && innerHeight < {grown}")


def test_a_frame_says_its_height_and_nothing_else(page: Page, opened: Callable[..., Frame]) -> None:
    frame = opened("pooling")
    follows(frame)
    frame.get_by_role("button", name="Copy as Python").click()
    frame.locator("summary", has_text="As Python").click()
    expect(frame.locator(".cnn-code[open]")).to_have_count(1)
    follows(frame)
    heard: list[dict[str, Any]] = page.evaluate("heard")
    assert len(heard) >= 2
    assert all(message.keys() == {"type", "height"} for message in heard)
    assert {message["type"] for message in heard} == {"cnn-height"}
    assert all(isinstance(message["height"], int) for message in heard)


def test_a_height_from_another_origin_is_not_believed(
    page: Page, opened: Callable[..., Frame]
) -> None:
    frame = opened("pooling", origin="https://elsewhere.example")
    page.wait_for_function("heard.length > 0")
    assert page.locator("iframe").evaluate("frame => frame.clientHeight") == 720
    assert content_height(frame) != 720


def test_an_explorer_that_is_in_no_frame_tells_nobody(page: Page, book_url: str) -> None:
    page.add_init_script("heard = []; addEventListener('message', ({ data }) => heard.push(data))")
    page.goto(f"{book_url}intro.html?embed=home")
    page.locator("[data-ready]").first.wait_for()
    page.locator("summary", has_text="As Python").click()
    expect(page.locator(".cnn-code[open]")).to_have_count(1)
    assert page.evaluate("heard") == []


def test_without_scripts_a_frame_has_a_height_and_scrolls(
    page: Page, book_dir: Path, book_url: str, serve: Callable[[Path, str], str], tmp_path: Path
) -> None:
    gallery = (book_dir / "instructors/gallery.html").read_text(encoding="utf-8")
    pages = pasted(gallery, book_url, "classifier", "")
    stripped = re.sub(r"(?s)<script>.*?</script>", "", html.unescape(pages))
    (tmp_path / "index.html").write_text(stripped)
    page.goto(serve(tmp_path, "/"))
    page.frame_locator("iframe").locator("[data-ready]").first.wait_for()
    frame = page.frames[-1]
    assert page.locator("iframe").evaluate("frame => frame.clientHeight") == 720
    assert content_height(frame) > 720
    page.mouse.move(600, 300)
    page.mouse.wheel(0, 300)
    frame.wait_for_function("() => scrollY > 0")
