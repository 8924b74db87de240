"""Print the built book into one PDF: tagged, with an outline, page numbers and footnotes.

``python -m tools.make_pdf`` writes ``_build/pdf/convolutional-networks-by-hand.pdf``. Chromium
prints one document with all pages. Where a place and a link came to is known only then, so it is
printed again with those page numbers and footnotes, until nothing moves: twice, as a rule.
"""

from __future__ import annotations

import bisect
import io
import logging
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from tools import build_book, chromium
from tools.edition.document import document

NAME = "convolutional-networks-by-hand"
PDF = build_book.BUILD / "pdf" / f"{NAME}.pdf"
SOURCE = build_book.BUILD / "pdf" / "book.html"
FORMULA = "Formula: "
COLUMN = {"width": 658, "height": 987}
"""The column of ``edition.css`` on A4, in CSS pixels."""
MOST_TIMES = 6
PATIENCE = 600_000
"""Milliseconds in which a document of this size is open and set, on a machine that is busy."""

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it counts a print's objects otherwise

NOTES = """\
@counter-style edition-notes {{ system: fixed; symbols: {symbols}; }}
@page {{
  @bottom-left {{
    color: #222; content: counter(page, edition-notes); font: 7pt/9pt Arial, "Liberation Sans";
    padding-top: 3mm; text-align: left; vertical-align: top; white-space: pre-line; width: 150mm;
  }}
}}
"""
"""The one text of a page's margin that may differ from page to page is its number; here numbers
are written as the footnotes of that page."""

ROOM = "@page p{chapter} {{ margin-bottom: calc(22mm + {lines} * 9pt); }}\n"
"""All pages of a chapter have one margin: as many lines as its fullest page needs."""


AFRESH = """() => {
  const { style } = document.body;
  style.display = "none";
  void document.body.offsetHeight;
  style.display = "";
}"""
"""Has the browser lay the document out from nothing: what it kept of the last print can part a page
elsewhere, and then two prints take turns for ever."""


def places(reader: PdfReader) -> dict[str, int]:
    """Return the page, from 1, that each target of a link came to."""
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def links_out(reader: PdfReader) -> list[list[str]]:
    """Return for each page the addresses it links to, in order and each once."""
    found = []
    for page in reader.pages:
        actions = [note.get_object().get("/A", {}) for note in page.get("/Annots", [])]
        found.append(list(dict.fromkeys(str(one["/URI"]) for one in actions if "/URI" in one)))
    return found


def footnotes(
    numbers: dict[str, int], on_pages: list[list[str]], firsts: list[int], room: list[int]
) -> tuple[str, list[int]]:
    """Return the style that sets each page's footnotes, and for how many each chapter has room.

    `firsts` are the pages that chapters begin on. Nobody's `room` shrinks: that between two prints
    could send a link back to the page it came from, for ever.
    """
    texts, room = [], list(room)
    for page, addresses in enumerate(on_pages, 1):
        mine = sorted((numbers[one], one) for one in addresses if one in numbers)
        chapter = bisect.bisect_right(firsts, page) - 1
        if chapter >= 0:  # the title page has room as it is
            room[chapter] = max(room[chapter], len(mine))
        lines = "\\A ".join(f"{number}  {one}" for number, one in mine)
        texts.append('"' + lines.replace('"', "%22") + '"')
    style = NOTES.format(symbols=" ".join(texts))
    for chapter, lines in enumerate(room):
        style += ROOM.format(chapter=chapter, lines=lines)
    return style, room


def typeset(page: Page, address: str) -> dict[str, int]:
    """Open the document and prepare it; return the number of each link out of the book."""
    page.emulate_media(media="print", color_scheme="light", reduced_motion="reduce")
    page.goto(address, timeout=PATIENCE)
    page.wait_for_selector("html[data-typeset=done]", state="attached", timeout=PATIENCE)
    page.evaluate("() => Promise.all([...document.images].map((one) => one.decode()))")
    page.evaluate("edition.nameFormulas()")
    return page.evaluate("edition.numberLinks()")


def print_until_settled(page: Page, numbers: dict[str, int]) -> bytes:
    """Print with the page numbers and footnotes of the last print, until they are its own."""
    before: Any = None
    pages: dict[str, int] = {}
    style = ""
    heads = page.evaluate("edition.chapterHeads()")
    room = [0] * len(heads)
    for _ in range(MOST_TIMES):
        page.evaluate("(pages) => edition.fillPages(pages)", pages)
        page.evaluate(
            "(style) => { document.getElementById('edition-notes').textContent = style; }", style
        )
        page.evaluate(AFRESH)
        printed = page.pdf(
            prefer_css_page_size=True, print_background=True, tagged=True, outline=True
        )
        reader = PdfReader(io.BytesIO(printed))
        pages, on_pages = places(reader), links_out(reader)
        if (pages, on_pages) == before:
            return printed
        before = (pages, on_pages)
        style, room = footnotes(numbers, on_pages, [pages[head] for head in heads], room)
    raise RuntimeError(f"the page numbers still change after {MOST_TIMES} prints")


def elements(tree: Any) -> Iterator[DictionaryObject]:
    """Go through the tags below one, in reading order."""
    todo = [tree]
    while todo:
        one = todo.pop().get_object()
        if isinstance(one, ArrayObject):
            todo += reversed(one)
        elif isinstance(one, DictionaryObject):
            if "/S" in one:
                yield one
            if "/K" in one:
                todo.append(one["/K"])


def finish(printed: bytes, path: Path) -> None:
    """Tag formulas as such, and what holds a figure as no figure; write the file."""
    writer = PdfWriter(clone_from=io.BytesIO(printed))
    for one in elements(writer.root_object["/StructTreeRoot"]):
        if str(one.get("/Alt", "")).startswith(FORMULA):
            one[NameObject("/S")] = NameObject("/Formula")
        elif one["/S"] == "/Figure" and "/Alt" not in one:
            one[NameObject("/S")] = NameObject("/Sect")
    writer.add_metadata({"/Author": "The CNN textbook authors", "/Creator": "tools/make_pdf.py"})
    writer.write(path)


class Made(NamedTuple):
    """What was seen while the book was printed."""

    wide: list[str]
    """What reaches beyond the column, or is cut off; empty where all is well."""
    numbers: dict[str, int]
    """The number of each address that footnotes give."""


def make(browser: Browser, html: Path, path: Path) -> Made:
    """Print the built book in a browser."""
    for folder in (path.parent, SOURCE.parent):
        folder.mkdir(parents=True, exist_ok=True)
    project = tomllib.loads((build_book.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    toc = build_book.ROOT / "_toc.yml"
    SOURCE.write_text(document(html, toc, project["project"]["version"]), encoding="utf-8")
    with browser.new_context(viewport=COLUMN) as context:
        page = context.new_page()
        numbers = typeset(page, SOURCE.as_uri())
        finish(print_until_settled(page, numbers), path)
        return Made(page.evaluate("edition.overflowing()"), numbers)


def main() -> int:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        wide = make(browser, build_book.HTML, PDF).wide
        browser.close()
    print(f"{len(PdfReader(PDF).pages)} pages, {PDF.stat().st_size / 1e6:.1f} MB: {PDF}")
    for line in wide:
        print(f"Reaches beyond its column: {line}", file=sys.stderr)
    return bool(wide)


if __name__ == "__main__":
    raise SystemExit(main())
