"""The printable edition: whole, tagged, numbered, and nothing cut off."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from tools import make_pdf
from tools.edition.document import TITLE, pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MOST_BYTES = 20_000_000
TOC = make_pdf.build_book.ROOT / "_toc.yml"


@dataclass
class Edition:
    """The printed book, and what was seen on the way."""

    reader: PdfReader
    document: BeautifulSoup
    wide: list[str]
    numbers: dict[str, int]
    size: int

    def __post_init__(self) -> None:
        self.texts = [page.extract_text() for page in self.reader.pages]
        self.elements = list(make_pdf.elements(self.reader.trailer["/Root"]["/StructTreeRoot"]))


@pytest.fixture(scope="module")
def edition(browser: Browser, book_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Print the built book, once for all tests."""
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    made = make_pdf.make(browser, book_dir, path)
    document = BeautifulSoup(make_pdf.SOURCE.read_text(encoding="utf-8"), "html.parser")
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    return Edition(reader, document, made.wide, made.numbers, path.stat().st_size)


def test_it_is_tagged_and_says_its_language_and_title(edition: Edition) -> None:
    root = edition.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert edition.reader.metadata.title == TITLE
    kinds = {str(one["/S"]) for one in edition.elements}
    assert {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Link"} <= kinds
    assert {"/Figure", "/Formula"} <= kinds
    assert 500_000 < edition.size < MOST_BYTES


def test_the_outline_has_every_chapter_and_section(edition: Edition) -> None:
    def titles(outline: list[Any]) -> list[str]:
        found = []
        for one in outline:
            found += titles(one) if isinstance(one, list) else [" ".join(one.title.split())]
        return found

    expected = [" ".join(one.get_text().split()) for one in edition.document.select("h1, h2, h3")]
    assert len(expected) > 80
    assert titles(edition.reader.outline) == expected


def test_every_picture_and_formula_has_its_words(edition: Edition) -> None:
    document = edition.document
    pictures = [image["alt"] for image in document.select("img")]
    formulas = document.select(".math")
    words = {kind: [] for kind in ("/Figure", "/Formula")}
    for one in edition.elements:
        if one["/S"] in words:
            words[one["/S"]].append(str(one.get("/Alt", "")))
    drawings = [image["aria-label"] for image in document.select("svg[aria-label]")]
    assert sorted(words["/Figure"]) == sorted(pictures + drawings)
    assert len(words["/Formula"]) >= len(formulas) > 100
    assert all(len(text) > len(make_pdf.FORMULA) for text in words["/Formula"])
    assert not any("inputc" in text or "kernelc" in text for text in words["/Formula"])


@pytest.mark.parametrize("name", pages(TOC))
def test_every_widget_of_a_page_has_its_picture(
    name: str, edition: Edition, book_dir: Path
) -> None:
    page = BeautifulSoup((book_dir / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    stand_ins = page.select("article .cnn-widget > .cnn-fallback")
    assert len(stand_ins) == len(page.select("article .cnn-widget"))
    printed = edition.document.select(f"#{name.rsplit('/', 1)[-1]} .cnn-printed")
    assert len(printed) == len(stand_ins)
    for before, after in zip(stand_ins, printed, strict=True):
        alts = [image["alt"] for image in before.select("img")]
        assert [image["alt"] for image in after.select("img")] == alts
        assert alts or len(after.get_text(strip=True)) > 20


def squeezed(text: str) -> str:
    """Return a text without its white space, which a PDF does not keep."""
    return re.sub(r"\s", "", text)


def test_every_line_of_code_and_output_is_there_to_its_end(edition: Edition) -> None:
    whole = squeezed("".join(edition.texts))
    lines = [
        line
        for block in edition.document.select("pre")
        for line in block.get_text().splitlines()
        if len(line) > 60
    ]
    assert len(lines) > 200
    assert max(map(len, lines)) > 80
    assert [line for line in lines if squeezed(line) not in whole] == []


def test_nothing_reaches_beyond_the_column_or_is_cut_off(edition: Edition) -> None:
    assert edition.wide == []


def test_what_is_too_wide_would_be_found(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 658, "height": 900})
    page.set_content(
        "<body style='margin: 0'><main><p>fits</p><p style='width: 700px'>wide</p>"
        "<pre style='overflow: hidden'>" + "cut " * 90 + "</pre></main>"
    )
    page.evaluate((Path(make_pdf.__file__).parent / "edition" / "edition.js").read_text())
    found = page.evaluate("edition.overflowing()")
    page.close()
    assert [line.split()[-1] for line in found] == ["wide", "cut"]


def test_solutions_and_answers_stand_open_at_the_end_of_their_chapter(edition: Edition) -> None:
    document = edition.document
    assert document.select("details, summary") == []
    answers = document.select(".edition-answers > .edition-answer")
    assert len(answers) > 60
    assert all(len(one.get_text(strip=True)) > 20 for one in answers)
    pointed = {link["href"] for link in document.select(".edition-pointer a")}
    assert pointed == {f"#{one['id']}" for one in answers}


def test_links_within_the_book_lead_somewhere(edition: Edition) -> None:
    ids = [tag["id"] for tag in edition.document.select("[id]")]
    assert len(ids) == len(set(ids))
    links = {link["href"][1:] for link in edition.document.select('a[href^="#"]')}
    assert len(links) > 200
    assert links <= set(ids)
    others = edition.document.select('a[href]:not([href^="#"], [href^="http"], [href^="mailto:"])')
    assert [link["href"] for link in others] == []


def test_the_contents_give_the_pages_that_the_chapters_are_on(edition: Edition) -> None:
    rows = edition.document.select(".edition-contents a")
    begin = next(at for at, text in enumerate(edition.texts) if "Contents" in text[:30])
    contents = "\n".join(edition.texts[begin : begin + 4])
    places = make_pdf.places(edition.reader)
    for row in rows:
        title, page = row.get_text(), places[row["href"][1:]]
        assert squeezed(f"{title}{page}") in squeezed(contents)
        assert squeezed(title) in squeezed(edition.texts[page - 1])


def test_links_out_of_the_book_are_footnotes_of_their_page(edition: Edition) -> None:
    assert edition.numbers
    assert sorted(edition.numbers.values()) == list(range(1, len(edition.numbers) + 1))
    for text, addresses in zip(edition.texts, make_pdf.links_out(edition.reader), strict=True):
        for address in addresses:
            if address in edition.numbers:
                assert squeezed(f"{edition.numbers[address]}{address}") in squeezed(text)


def test_addresses_of_the_references_stand_in_them(edition: Edition) -> None:
    links = edition.document.select('.citation a[href^="http"]')
    assert len(links) > 20
    for link in links:
        shown = re.sub(r"^(doi|arXiv):", "", link.get_text())
        assert link["href"].endswith(shown), link


def test_pages_are_numbered(edition: Edition) -> None:
    for number, text in enumerate(edition.texts[1:], 2):
        assert re.match(rf"([^\n]*\n)?{number}", text), f"page {number} begins {text[:80]!r}"


def test_pages_for_instructors_are_left_out(tmp_path: Path) -> None:
    toc = tmp_path / "_toc.yml"
    toc.write_text(
        "root: intro\nparts:\n"
        "  - caption: Chapters\n    chapters: [{file: chapters/pooling}]\n"
        "  - caption: For instructors\n    chapters: [{file: instructors/guide}]\n"
    )
    assert pages(toc) == ["intro", "chapters/pooling"]
    assert pages(TOC)[:2] == ["intro", "chapters/convolution"]
