"""Lead references to the pages that a course leaves out to the whole book, on its public site.

``make course`` builds some chapters of the book, and says with ``book_inventory`` where the whole
book's Sphinx inventory is: the list of its pages, labels and terms. A reference to a page that is
not among those being built becomes a link to the same place below ``html_baseurl``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join
from sphinx.util.inventory import InventoryFile

KINDS = {
    "doc": ("std:doc",),
    "ref": ("std:label",),
    "numref": ("std:label",),
    "term": ("std:term",),
    "myst": ("std:label", "std:term"),
}
"""Where the inventory lists what a kind of reference points to."""

SOURCES = (".ipynb", ".md")


class Found(NamedTuple):
    """Something of the whole book."""

    address: str
    """Its page and place in it, from the site's root."""
    title: str


class WholeBook:
    """What there is in the whole book, by the names that references use."""

    def __init__(self, inventory: Path, base: str) -> None:
        with inventory.open("rb") as file:
            self.entries = InventoryFile.load(file, base.rstrip("/") + "/", posixpath.join)
        self.pages = set(self.entries["std:doc"])
        self.base = base.rstrip("/") + "/"

    def find(self, reference: addnodes.pending_xref) -> Found | None:
        """Return what a reference points to; None if the whole book has no such thing."""
        kind, target = reference["reftype"], reference["reftarget"]
        if kind == "doc":
            return self.page(docname_join(reference["refdoc"], target))
        if kind == "myst":
            path, _, place = target.partition("#")
            name, suffix = posixpath.splitext(docname_join(reference["refdoc"], path))
            if suffix in SOURCES:
                return self.page(name, place)
        for listed in KINDS.get(kind, ()):
            if entry := self.entries.get(listed, {}).get(target.lower()):
                return Found(entry[2].removeprefix(self.base), entry[3])
        return None

    def page(self, name: str, place: str = "") -> Found | None:
        """Return a page of the whole book, or a place on it."""
        if name not in self.pages:
            return None
        _, _, address, title = self.entries["std:doc"][name]
        return Found(address.removeprefix(self.base) + (f"#{place}" if place else ""), title)


def outward(
    document: nodes.document, book: WholeBook, env: BuildEnvironment
) -> Iterator[tuple[addnodes.pending_xref, Found]]:
    """Yield the references of a document that lead to pages not being built."""
    for reference in list(document.findall(addnodes.pending_xref)):
        found = book.find(reference)
        if found and posixpath.splitext(found.address.partition("#")[0])[0] not in env.found_docs:
            yield reference, found


class LeadOutward(SphinxPostTransform):
    """Turn the references of one page that lead to left-out pages into links to the public site."""

    default_priority = 3  # before any other reads them

    def run(self, **kwargs: object) -> None:
        """Go through the references of one page."""
        if not self.config.book_inventory:
            return
        book = WholeBook(Path(self.config.book_inventory), self.config.html_baseurl)
        for reference, found in outward(self.document, book, self.env):
            link = nodes.reference("", "", refuri=book.base + found.address, internal=False)
            if reference["refexplicit"]:
                link += [child.deepcopy() for child in reference.children]
            else:
                link += nodes.inline("", found.title)
            reference.replace_self(link)


def setup(app: Sphinx) -> None:
    """Register the setting and the transform."""
    app.add_config_value("book_inventory", "", "env")
    app.add_post_transform(LeadOutward)
