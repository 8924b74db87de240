"""The book's apparatus: glossary, index, bibliography, how to cite, and the changelog."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils import nodes
from test_book_extension import load

from cnnlib import explorers
from cnnlib.datasets import CREDITS
from cnnlib.explorers._base import Explorer

ROOT = Path(__file__).resolve().parent.parent
BACK = ROOT / "backmatter"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
LISTED = yaml.safe_load((BACK / "index_entries.yml").read_text("utf-8"))
USED_ELSEWHERE = {"multiply-accumulate"}
"""Glossary terms that no chapter links to: other words for one that is linked."""


def prose(path: Path) -> str:
    """Return the markdown of a page."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def glossary() -> dict[str, str]:
    """Return the glossary's definitions by term."""
    (body,) = re.findall(r"^:sorted:\n\n(.*)^```$", prose(BACK / "glossary.md"), re.M | re.S)
    found = {}
    for entry in body.strip().split("\n\n"):
        lines = entry.splitlines()
        terms = [line for line in lines if not line.startswith("  ")]
        found |= dict.fromkeys(terms, " ".join(line.strip() for line in lines[len(terms) :]))
    return found


def linked(text: str) -> set[str]:
    """Return the terms that a text links to, in lower case."""
    roles = re.findall(r"\{term\}`([^`]+)`", text)
    return {re.sub(r"^.*<(.+)>$", r"\1", role).lower() for role in roles}


CHAPTERS = {path.stem: prose(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))}


def test_glossary_terms_are_linked_from_chapters():
    terms = glossary()
    assert len(terms) >= 60
    assert len({term.lower() for term in terms}) == len(terms)
    used = set().union(*map(linked, CHAPTERS.values()))
    assert {term.lower() for term in terms} - used == USED_ELSEWHERE
    assert used <= {term.lower() for term in terms}


def test_each_definition_is_short_and_says_where_the_term_is_taught():
    for term, definition in glossary().items():
        words, where = re.fullmatch(r"(.+) \((\{(?:doc|ref)\}`[^`]+`)\)", definition).groups()
        assert words.endswith("."), term
        assert 1 <= len(re.findall(r"[.](?= [A-Z]|$)", words)) <= 3, term
        assert len(words.split()) <= 50, term
        assert "chapters/" in where or f"({where[6:-1]})=" in "".join(CHAPTERS.values()), term


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_chapter_links_a_handful_of_terms_each_once(name):
    roles = re.findall(r"\{term\}`[^`]+`", CHAPTERS[name])
    assert 5 <= len(roles) <= 25
    assert len(linked(CHAPTERS[name])) == len(roles)


def test_the_index_lists_every_chapter_and_sections_that_are_there():
    assert {f"chapters/{name}" for name in CHAPTERS} <= set(LISTED)
    for page, sections in LISTED.items():
        text = CHAPTERS.get(page.removeprefix("chapters/")) or prose(ROOT / f"{page}.md")
        plain = re.sub(r"[`*]", "", text)
        headings = re.findall(r"^#+ (.+)$", plain, re.MULTILINE)
        assert set(sections) <= set(headings), page
        assert all(sections.values()), page


def entries_of(doc: nodes.document, listed: dict, tmp_path: Path) -> tuple[list, list]:
    """Run the transform over a page; return the entries it makes, and its warnings."""
    part = load("index_entries")
    (tmp_path / "backmatter").mkdir()
    (tmp_path / part.LISTED).write_text(yaml.safe_dump({"page": listed}), "utf-8")
    warned: list[str] = []
    transform = part.InsertIndexEntries(doc)
    env = SimpleNamespace(docname="page", note_dependency=lambda path: None)
    env.app = SimpleNamespace(srcdir=tmp_path)
    doc.settings.env = env
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part.logger, "warning", lambda text, location: warned.append(text))
        transform.apply()
    found = [
        entry for node in doc.findall() if node.tagname == "index" for entry in node["entries"]
    ]
    return found, warned


def test_index_entries_lead_to_their_sections_and_a_lost_section_is_named(tmp_path):
    from docutils.utils import new_document

    doc = new_document("page")
    section = nodes.section("", nodes.title("", "Its settings"), ids=["its-settings"])
    doc += section
    listed = {"Its settings": ["stride", "see: step; stride"], "Gone": ["lost"]}
    found, warned = entries_of(doc, listed, tmp_path)
    assert found == [
        ("single", "stride", "its-settings", "", None),
        ("see", "step; stride", "its-settings", "", None),
    ]
    assert warned == ["backmatter/index_entries.yml names the section 'Gone', which is not there"]


def test_the_built_index_leads_to_chapters_by_the_names_of_sections(book_dir):
    text = (book_dir / "genindex.html").read_text("utf-8")
    links = re.findall(r'<a href="(chapters/[^"]+)">([^<]+)</a>', text.split("cnn-letters")[1])
    assert len(links) >= 250
    assert not any(re.fullmatch(r"\[?\d+\]?", name) for _, name in links)
    words = re.findall(r'<span class="cnn-word">([^<]+)</span>((?:(?!<span|<ul).)*)', text, re.S)
    assert len({word for word, places in words if "chapters/" in places}) >= 200
    assert (
        "chapters/convolution.html#nine-numbers-and-a-photograph",
        "Nine numbers and a photograph",
    ) in links
    assert 'href="backmatter/glossary.html#term-receptive-field">Glossary</a>' in text
    assert 'href="genindex.html"' in (book_dir / "intro.html").read_text("utf-8")


def citations(book_dir: Path, page: str) -> list[str]:
    """Return where the citations on a built page lead."""
    text = (book_dir / page).read_text("utf-8")
    return re.findall(r'<a class="[^"]*reference[^"]*" href="([^"#]*#id\d+)"', text)


def test_citations_in_chapters_lead_to_the_chapters_own_list(book_dir):
    for name in CHAPTERS:
        led = citations(book_dir, f"chapters/{name}.html")
        assert len(led) >= 3
        assert all(address.startswith("#") for address in led), name


def test_the_bibliography_has_every_work(book_dir):
    keys = re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text("utf-8"), re.M)
    text = (book_dir / "backmatter/bibliography.html").read_text("utf-8")
    assert len(re.findall(r'<div class="citation"', text)) == len(keys) >= 50


def test_the_page_on_citing_says_what_the_citation_file_says():
    text = prose(BACK / "citing.md")
    fields = dict(re.findall(r"^  (\w+) += \{+(.+?)\}+,?$", text, re.MULTILINE))
    (author,) = CITATION["authors"]
    assert fields["title"] == CITATION["title"]
    assert fields["author"] == author["name"]
    assert fields["version"] == CITATION["version"] == VERSION
    url = CITATION["repository-code"]
    assert fields["url"] == url
    (of_text,) = CITATION["references"]
    assert fields["note"] == "Text and figures: CC BY 4.0; code: BSD 3-Clause"
    assert (of_text["license"], CITATION["license"]) == ("CC-BY-4.0", "BSD-3-Clause")
    year = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["copyright"]
    assert fields["year"] == year
    assert f"version {VERSION}, {year},\n[{url.removeprefix('https://')}]({url})" in text
    assert fields["title"] in text.split("In a sentence")[1]


def test_the_page_on_citing_credits_every_data_set():
    rows = dict(
        (name, (what, licence, ships))
        for name, what, licence, ships in re.findall(
            r"^\| `(\w+)` \| (.+?) \| (.+?) \| (yes|no) \|$", prose(BACK / "citing.md"), re.M
        )
    )
    assert set(rows) == set(CREDITS)
    for name, credit in CREDITS.items():
        what, licence, ships = rows[name]
        assert licence == credit.licence
        assert (f"{{cite:p}}`{credit.key}`" in what) == bool(credit.key)
        assert ships == ("yes" if name in ("photograph", "digits") else "no")


def test_the_newest_version_of_the_changelog_is_the_projects():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (?:\[?Unreleased\]?|(\d+\.\d+\.\d+).*)$", text, re.MULTILINE)
    assert [version for version in versions if version][0] == VERSION
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert "Added" in kinds


def test_the_changelog_counts_what_there_is():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    classes = [thing for thing in vars(explorers).values() if isinstance(thing, type)]
    counted = [one for one in classes if issubclass(one, Explorer)]
    assert (len(CHAPTERS), len(counted)) == (8, 13)
    assert "Eight chapters" in text
    assert "Thirteen explorers" in text


def test_notation_has_a_row_for_every_letter_of_the_size_formula_and_the_recurrences():
    text = prose(BACK / "notation.md")
    rows = re.findall(r"^\| (\$.+?) \| .+ \| .+ \|$", text, re.MULTILINE)
    letters = set(re.findall(r"\$(\w)\$", " ".join(rows)))
    assert {*"nkspdjrahwgu"} <= letters
    for word in ("kernel_size", "stride", "padding", "dilation", "groups", "output_padding"):
        assert f"`{word}`" in text
    for said in ("NCHW", "on each side", "multiply-accumulate", "hue-kernel"):
        assert said in text
