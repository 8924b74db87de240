"""All pages of the built book as one HTML document, ready to be printed.

A page's ids get its name in front, so that they stay unique and links between pages become links
within the document. Explorers are their pictures; answers and solutions, which a reader of the web
unfolds, stand at the end of their chapter. ``edition.js`` numbers links and fills in page numbers.
"""

from __future__ import annotations

import copy
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

HERE = Path(__file__).resolve().parent
TITLE = "Convolutional networks, by hand"
PREFACE = "About this book"
LEFT_OUT = {"For instructors"}
"""Parts of the table of contents that are about the site and a course, not for its readers."""

DROPPED = (
    "script, .headerlink, .toctree-wrapper, .copybtn, iframe, "
    "details.hide, .tag_remove-cell, [hidden]"
)
REFERRING = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers")


def pages(toc: Path) -> list[str]:
    """Return the names of the pages that are printed, in order, home first."""
    table = yaml.safe_load(toc.read_text(encoding="utf-8"))
    parts = [part for part in table["parts"] if part["caption"] not in LEFT_OUT]
    return [table["root"], *(entry["file"] for part in parts for entry in part["chapters"])]


def slug(page: str) -> str:
    """Return what stands in front of a page's ids: ``chapters/pooling`` gives ``pooling``."""
    return posixpath.basename(page)


class Chapter:
    """One page of the built book, on its way into the document."""

    def __init__(self, name: str, html: Path, names: list[str]) -> None:
        self.name = name
        self.slugs = {f"{one}.html": slug(one) for one in names}
        page = BeautifulSoup((html / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        self.styles = [self.beside(link["href"]) for link in page.select("link[rel=stylesheet]")]
        self.soup = page
        self.body = page.select_one("article.bd-article")
        for tag in self.body.select(DROPPED):
            tag.decompose()
        self.show_pictures()
        self.rename()
        self.place_answers()
        self.name_headings()
        self.body.name = "section"
        self.body["id"] = slug(name)

    def name_headings(self) -> None:
        """Have links lead to headings: a section may begin at a page's foot, and they overleaf."""
        for section in self.body.select("section[id]"):
            heading = section.find(re.compile("^h[1-6]$"), recursive=False)
            if heading and not heading.get("id"):
                heading["id"] = section["id"]
                del section["id"]

    def beside(self, address: str) -> str:
        """Return where a file that the page names lies, from ``_build/pdf``."""
        path = posixpath.join(posixpath.dirname(self.name), address.split("?")[0])
        return posixpath.join("../html", posixpath.normpath(path))

    def make(self, markup: str) -> Tag:
        """Return the one element that some HTML describes."""
        return BeautifulSoup(markup, "html.parser").find()

    def show_pictures(self) -> None:
        """Leave of each widget its stand-in, and of each picture its text and its whole self."""
        for widget in self.body.select(".cnn-widget"):
            widget["class"] = ["cnn-printed"]
            for child in widget.select(":scope > .cnn-fallback"):
                child.unwrap()
        for link in self.body.select("a.image-reference"):
            link.unwrap()
        for picture in self.body.select("img"):
            picture["src"] = self.beside(picture["src"])
            del picture["loading"]

    def rename(self) -> None:
        """Put the page's name before its ids, and lead its links to where their targets are now."""
        prefix = slug(self.name)
        known: set[str] = set()
        for tag in self.body.select("[id]"):
            place = f"{prefix}--{tag.attrs.pop('id')}"
            if place not in known:  # sphinx-exercise gives all exercises of a page one inner id
                tag["id"] = place
                known.add(place)
        for key in REFERRING:
            for tag in self.body.select(f"[{key}]"):
                tag[key] = " ".join(f"{prefix}--{one}" for one in str(tag[key]).split())
        for link in self.body.select("a[href]"):
            self.redirect(link)

    def redirect(self, link: Tag) -> None:
        """Turn a link to another page into one within the document; drop it if there is none."""
        if urlsplit(link["href"]).scheme:
            return
        page, place = urldefrag(link["href"].split("?")[0])
        there = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), unquote(page)))
        target = self.slugs.get(there) if page else slug(self.name)
        if target is None:
            link.unwrap()
            return
        link["href"] = f"#{target}--{unquote(place)}" if place else f"#{target}"
        if page and not link.select(".caption-number, .std-term"):
            link["class"] = [*link.get("class", []), "edition-across"]

    def place_answers(self) -> None:
        """Gather what is folded on the web at the chapter's end, and say where."""
        gathered = self.make('<section class="edition-answers"></section>')
        title = self.make(f'<h2 id="{slug(self.name)}--answers">Answers and solutions</h2>')
        questions = self.body.select(".cnn-question-fallback")
        for number, question in enumerate(questions, 1):
            place = f"{slug(self.name)}--answer-{number}"
            question.insert(0, self.make(f'<p class="edition-number">Question {number}</p>'))
            answer = self.make(
                f'<div class="edition-answer" id="{place}"><h3>Question {number}</h3></div>'
            )
            for folded in question.select("details"):
                folded.summary.decompose()
                answer.extend(copy.copy(child) for child in folded.children)
                folded.replace_with(self.pointer("Answer", place))
            gathered.append(answer)
        for solution in self.body.select("details.solution"):
            summary = solution.summary
            heading = self.make("<h3></h3>")
            heading.string = summary.get_text()
            summary.replace_with(heading)
            solution.name = "div"
            solution["class"] = ["edition-answer"]
            solution.insert_before(self.pointer("Solution", solution["id"]))
            gathered.append(solution.extract())
        for folded in self.body.select("details"):
            folded.name = "div"
            folded.summary.name = "p"
        if gathered.contents:
            gathered.insert(0, title)
            self.body.append(gathered)

    def pointer(self, what: str, place: str) -> Tag:
        """Return the line that says on which page something folded stands."""
        return self.make(
            f'<p class="edition-pointer"><a class="edition-across" href="#{place}">{what}</a></p>'
        )


def contents_list(chapters: list[Chapter]) -> str:
    """Return the table of contents: chapters and their sections."""
    rows = []
    for chapter in chapters:
        letters = chapter.name == "genindex"  # whose sections are letters
        for heading in chapter.body.select("h1" if letters else "h1, h2"):
            section = heading.find_parent("section")
            place = heading.get("id") or section["id"]
            row = f'<a href="#{place}"><span>{heading.get_text()}</span></a>'
            rows.append(f'<li class="edition-{heading.name}">{row}</li>')
    return f'<ol class="edition-contents">{"".join(rows)}</ol>'


def document(html: Path, toc: Path, version: str) -> str:
    """Return the document, to be written to ``_build/pdf``."""
    names = pages(toc)
    chapters = [Chapter(name, html, names) for name in names]
    chapters[0].body.select_one("h1").string = PREFACE
    styles = list(dict.fromkeys(style for chapter in chapters for style in chapter.styles))
    links = "".join(f'<link rel="stylesheet" href="{style}">\n' for style in styles)
    own = (HERE / "edition.css").read_text(encoding="utf-8")
    running = "\n".join(
        f'#{slug(one.name)} {{ page: p{at}; }} @page p{at} {{ @top-left {{ content: "{name}"; }} }}'
        for at, one in enumerate(chapters)
        for name in [one.body.select_one("h1").get_text().replace('"', "'")]
    )
    front = (HERE / "front.html").read_text(encoding="utf-8")
    front = front.replace("{version}", version).replace("{contents}", contents_list(chapters))
    body = "\n".join(str(chapter.body) for chapter in chapters)
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light">
<head>
<meta charset="utf-8">
<title>{TITLE}</title>
{links}<style>{own}
{running}</style>
<style id="edition-notes"></style>
<script defer src="../html/_static/mathjax/load.js"></script>
</head>
<body>
<main class="bd-main">
{front}
{body}
</main>
<script>{(HERE / "edition.js").read_text(encoding="utf-8")}</script>
</body>
</html>
"""
