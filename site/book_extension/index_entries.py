"""Fill the book's index: which words lead to which sections, and what the index page shows of it.

``backmatter/index_entries.yml`` names the words, so that notebooks stay free of Sphinx's markup.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

LISTED = "backmatter/index_entries.yml"
INDEX = "genindex"

logger = logging.getLogger(__name__)


def entry(text: str, place: str) -> tuple[str, str, str, str, None]:
    """Return what Sphinx keeps of one entry.

    >>> entry("pooling; max", "how")
    ('single', 'pooling; max', 'how', '', None)
    >>> entry("see: deconvolution; transposed convolution", "how")
    ('see', 'deconvolution; transposed convolution', 'how', '', None)
    """
    kind, _, rest = text.partition(": ")
    return ("see", rest, place, "", None) if kind == "see" else ("single", text, place, "", None)


class InsertIndexEntries(SphinxTransform):
    """Give a page's sections the index entries that are listed for them, by their titles."""

    default_priority = 840  # before Sphinx collects entries, at 850

    def apply(self, **kwargs: object) -> None:
        """Go through the sections of one page."""
        path = Path(self.app.srcdir, LISTED)
        pages = yaml.safe_load(path.read_text(encoding="utf-8"))
        if self.env.docname not in pages:
            return
        self.env.note_dependency(str(path))
        listed = dict(pages[self.env.docname])
        for section in list(self.document.findall(nodes.section)):
            place = section["ids"][0]
            words = listed.pop(section[0].astext(), [])
            if words:
                section.insert(1, addnodes.index(entries=[entry(text, place) for text in words]))
        for title in listed:
            message = f"{LISTED} names the section {title!r}, which is not there"
            logger.warning(message, location=self.env.docname)


def titles(env: BuildEnvironment) -> dict[str, str]:
    """Return the title of every section in the book, by its address from the index page."""
    found = {}
    for page, contents in env.tocs.items():
        for link in contents.findall(nodes.reference):
            if not link.get("refuri", page).startswith(page):
                continue  # a page listed below another
            found[f"{page}.html{link.get('anchorname', '')}"] = link.astext()
    return found


def name_places(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Tell the index page what to call the places that it links to."""
    if pagename == INDEX:
        known = titles(app.env)
        context["place"] = lambda address: known.get(address) or known[address.partition("#")[0]]


def setup(app: Sphinx) -> None:
    """Register the transform, and connect to the index page."""
    app.add_transform(InsertIndexEntries)
    app.connect("html-page-context", name_places)
