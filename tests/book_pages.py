"""What the tests of the built book share: its pages, a watch over one, and axe-core."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

ROOT = Path(__file__).resolve().parent.parent
AXE = Path(__file__).resolve().parent / "vendor" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def pages_of_toc() -> list[str]:
    """Return the file name of every page that the table of contents names, home first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))

    def files(entries: list[dict[str, Any]]) -> list[str]:
        found = []
        for entry in entries:
            found += [entry["file"]] if "file" in entry else []
            found += files(entry.get("chapters", []) + entry.get("sections", []))
        return found

    parts = [entry for part in toc.get("parts", []) for entry in part["chapters"]]
    names = [toc["root"], *files(parts + toc.get("chapters", []))]
    return [f"{name}.html" for name in names]


ALL = pages_of_toc()
CHAPTERS = [ALL[0], *(name for name in ALL if name.startswith("chapters/"))]
"""The home page and the chapters: those that have widgets."""
PAGES = [*ALL, "index.html", "search.html?q=kernel"]


@dataclass
class Watch:
    """What a page asks for and complains of, from now on."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.page
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("requestfailed", lambda one: self.complaints.append(f"failed: {one.url}"))
        page.on("request", lambda request: self.requests.append(request))
        page.on("console", self._hear)
        page.on("response", self._look)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _look(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def strangers(self, home: str) -> list[str]:
        """Return the addresses asked for that are neither below `home` nor made by the page."""
        urls = [request.url for request in self.requests]
        return [url for url in urls if not url.startswith((home, "data:", "blob:"))]


def settle(page: Page) -> None:
    """Wait until the page's explorers answer and its formulas are set.

    A widget that needs a kernel stays a picture, and is marked so.
    """
    page.wait_for_load_state("load")
    page.wait_for_function(
        """() => [...document.querySelectorAll(".cnn-widget:not(.cnn-still)")].every(
            (widget) => widget.querySelector("[data-ready]"))"""
    )
    if page.locator(".math").count():
        page.wait_for_selector("html[data-typeset=done]", state="attached")


def resize(page: Page, width: int) -> None:
    """Change the width of the page's window, and wait until the page has followed."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(
        "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
    )


def scroll_through(page: Page) -> None:
    """Scroll to the end in steps of a screen, so that everything lazy loads."""
    page.evaluate(
        """async () => {
            for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
                scrollTo({ top: y, behavior: "instant" });
                await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 20)));
            }
        }"""
    )
    page.wait_for_load_state("networkidle")


THIN = """() => {
    for (const grid of document.querySelectorAll(".cnn-fine [role=grid]")) {
        const rows = [...grid.children];
        grid.style.gridTemplateRows = `repeat(${rows.length}, 1fr)`;
        for (const row of rows.slice(2)) row.remove();
    }
}"""
"""Leaves two rows, where they were, of each grid that a canvas shows: its cells are boxes without
text, all made alike, and thousands of them would keep axe-core busy for minutes."""


def violations(page: Page, rules: list[str] = WCAG) -> list[str]:
    """Return what axe-core finds: one line a fault, with its first element.

    Of grids on a canvas only the first rows are left on the page.
    """
    page.evaluate(THIN)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {
        "preload": False,
        "resultTypes": ["violations"],  # what passes is some megabytes a page
        "runOnly": {"type": "tag", "values": rules},
    }
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
