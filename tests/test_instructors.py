"""The pages for instructors: their numbers are the chapters', and the gallery misses nothing."""

from __future__ import annotations

import html
import re
from pathlib import Path

import nbformat
import pytest
import yaml

import cnnlib.explorers
from cnnlib.explorers._base import Explorer
from tools.build_course import chapters, table_of_contents

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "instructors/guide.md").read_text(encoding="utf-8")
SITE = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
KNOWN = chapters(table_of_contents())
KINDS = [
    name
    for name in cnnlib.explorers.__all__
    if issubclass(getattr(cnnlib.explorers, name), Explorer)
]


def text_of(chapter: str) -> str:
    """Return the prose of a chapter."""
    notebook = nbformat.read(ROOT / f"chapters/{chapter}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def stated(chapter: str) -> tuple[int, int]:
    """Return the minutes that a chapter states: all, and those for exercises."""
    (found,) = re.findall(
        r"\*\*Time:\*\* about (\d+) minutes, of which (\d+) are for the", text_of(chapter)
    )
    return int(found[0]), int(found[1])


def test_the_guide_gives_the_minutes_that_the_chapters_state() -> None:
    rows = re.findall(r"^\| \{doc\}`.*? </chapters/(\w+)>` \| (\d+) \| (\d+) \|", GUIDE, re.M)
    assert [name for name, _, _ in rows] == KNOWN
    assert {name: (int(all_), int(some)) for name, all_, some in rows} == {
        name: stated(name) for name in KNOWN
    }


def test_the_guide_names_chapters_by_their_titles_and_has_outcomes_for_each() -> None:
    named = dict(re.findall(r"^\| \{doc\}`(.*?) </chapters/(\w+)>`", GUIDE, re.M))
    outcomes = GUIDE.split("## What students can do afterwards")[1].split("## Three")[0]
    for title, name in named.items():
        assert text_of(name).split("# ", 1)[1].startswith(f"{title}\n")
        assert re.search(rf"^{title}\n: [A-Z].*\n", outcomes, re.M), title


def test_the_schedules_add_up_and_their_courses_can_be_built() -> None:
    plans = GUIDE.split("## Three schedules")[1].split("## In the lecture")[0].split("### ")[1:]
    assert len(plans) == 3
    for plan in plans:
        rows = re.findall(r"^\| \d\. .*? \| ([\w, ]+) \| (\d+) min \|$", plan, re.M)
        taught = [name for names, _ in rows for name in names.split(", ")]
        assert set(taught) <= set(KNOWN)
        assert [int(minutes) for _, minutes in rows] == [
            sum(stated(name)[0] for name in names.split(", ")) for names, _ in rows
        ]
        for asked in re.findall(r'make course CHAPTERS="([^"]*)"', plan):
            assert asked.split() == taught


def code_blocks(page: str) -> list[str]:
    """Return the texts of the blocks of code on a page."""
    found = re.findall(r'(?s)<div class="highlight"><pre>(.*?)</pre>', page)
    return [html.unescape(re.sub(r"<[^>]*>", "", one)) for one in found]


@pytest.fixture(scope="module")
def gallery(book_dir: Path) -> str:
    """Return the built gallery."""
    return (book_dir / "instructors/gallery.html").read_text(encoding="utf-8")


def section(gallery: str, kind: str) -> str:
    """Return the part of the gallery about one class."""
    (found,) = re.findall(rf'(?s)<section id="{kind.lower()}">(.*?)</section>', gallery)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_gallery_has_every_explorer(kind: str, gallery: str) -> None:
    part = section(gallery, kind)
    purpose = getattr(cnnlib.explorers, kind).__doc__.strip().splitlines()[0]
    words = html.unescape(re.sub(r"<[^>]*>", "", part))
    assert purpose.replace("``", "").replace("...", "…") in words.replace("...", "…")
    (picture,) = re.findall(r"<img [^>]*>", part)
    assert len(re.findall(r'alt="([^"]*)"', picture)[0]) > 40
    assert 'loading="lazy"' in picture
    assert re.search(r'width="\d+"', picture)


def named_explorers() -> list[tuple[str, str, str]]:
    """Return page, class and title of each explorer whose output the notebooks store."""
    found = []
    for chapter in KNOWN:
        notebook = nbformat.read(ROOT / f"chapters/{chapter}.ipynb", as_version=4)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                shown = output.get("data", {}).get("text/plain", "")
                if match := re.match(rf"({'|'.join(KINDS)})\((['\"])(.*?)\2: ", shown):
                    found.append((f"chapters/{chapter}.html", match[1], match[3]))
    return found


def test_the_gallery_has_every_explorer_of_every_chapter(gallery: str) -> None:
    listed = named_explorers()
    assert len(listed) >= 24
    assert {kind for _, kind, _ in listed} == set(KINDS)
    for page, kind, title in listed:
        part = section(gallery, kind)
        words = re.escape(html.escape(title, quote=False))
        link = rf'href="\.\./{page}\?explorer=([\w-]+)#explorer-\1">{words}<'
        assert re.search(link, part), (page, title)


def test_every_entry_of_the_gallery_has_its_links_and_its_frame(gallery: str) -> None:
    links = re.findall(r'href="\.\./(\S+?)\?explorer=([\w-]+)#explorer-\2"', gallery)
    alone = re.findall(r'href="\.\./(\S+?)\?embed=([\w-]+)#explorer-\2"', gallery)
    frames = re.findall(
        rf'(?s)<iframe src="{SITE}(\S+)\?embed=([\w-]+)"\s+title="[^"]{{5,}}" width="100%"'
        r' height="720" style="border: 0"></iframe>',
        "\n".join(code_blocks(gallery)),
    )
    assert len(links) >= 25
    assert links == alone == frames
    assert len(set(links)) == len(links)


def test_the_gallery_is_light_and_holds_no_live_explorer(gallery: str, book_dir: Path) -> None:
    assert "widget-view+json" not in gallery
    assert "explorers.js" not in gallery
    pictures = set(re.findall(r'<img [^>]*src="\.\./(_images/[^"]*)"', gallery))
    assert len(pictures) == len(KINDS)
    assert sum((book_dir / one).stat().st_size for one in pictures) < 800_000


def test_links_of_the_gallery_name_explorers_that_are_there(gallery: str, book_dir: Path) -> None:
    for page, name in re.findall(r'href="\.\./(\S+?)\?explorer=([\w-]+)#', gallery):
        text = (book_dir / page).read_text(encoding="utf-8")
        assert f'"name":"{name}"' in text, (page, name)
