"""``{explorer-gallery}``: every explorer of the book, found in the chapters as they were read.

What is named when a page is read is what ``cnnlib.explorers`` offers: a section a class. Where
each stands, under which name, and its picture are known only when all chapters are there; so
``Hang`` fills the sections in as the page is written.
"""

from __future__ import annotations

import html
import importlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from .widget_outputs import VIEW, is_bundle
from .widget_state import STATE

HEIGHT = 720
"""Pixels of a frame that is not told its height; what is taller scrolls."""

FRAME = """\
<iframe src="{address}"
  title="{title}" width="100%" height="{height}" style="border: 0"></iframe>"""

LISTENER = """\
<script>
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== "ORIGIN") return;
    if (data?.type !== "cnn-height") return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === source) frame.height = Number(data.height);
    }
  });
</script>"""


class Place(NamedTuple):
    """One explorer on a page of the book."""

    docname: str
    kind: str
    """The name of its class."""
    name: str
    """Its name in links."""
    title: str
    picture: nodes.image
    alt: str


def in_words(purpose: str) -> list[nodes.Node]:
    """Return a line of a docstring as a sentence, its code as code.

    Examples
    --------
    >>> [node.astext() for node in in_words("Read ``f(x)``")]
    ['Read ', 'f(x)', '.']
    """
    parts = f"{purpose}.".split("``")
    return [nodes.literal("", one) if at % 2 else nodes.Text(one) for at, one in enumerate(parts)]


def kinds() -> dict[str, str]:
    """Return what each class of explorer is for, by its name: the first line of its docstring."""
    package = importlib.import_module("cnnlib.explorers")
    base = importlib.import_module("cnnlib.explorers._base").Explorer
    classes = {name: getattr(package, name) for name in package.__all__}
    return {
        name: one.__doc__.strip().splitlines()[0].rstrip(".")
        for name, one in classes.items()
        if issubclass(one, base)
    }


def states(env: BuildEnvironment, docname: str) -> dict[str, dict[str, Any]]:
    """Return the states of a page's widgets by their ids, as MyST-NB keeps them."""
    found: dict[str, dict[str, Any]] = {}
    for _, attributes in NbMetadataCollector.get_js_files(env, docname).values():
        if attributes.get("type") == STATE:
            models = json.loads(attributes["body"])["state"]
            found |= {key: model["state"] for key, model in models.items()}
    return found


def places(env: BuildEnvironment, docname: str) -> Iterator[Place]:
    """Yield the named explorers of a page, in their order."""
    known, offered = states(env, docname), kinds()
    if not known:
        return
    for bundle in env.get_doctree(docname).findall(is_bundle):
        parts = {child["mime_type"]: child for child in bundle.children}
        if VIEW not in parts or "image/png" not in parts:
            continue
        model = re.search(r'"model_id": ?"(\w+)"', parts[VIEW].children[0].astext())
        state = known[model[1]] if model else {}
        kind = state.get("_anywidget_id", "").rpartition(".")[2]
        if kind in offered and state.get("name"):
            (picture,) = parts["image/png"].findall(nodes.image)
            alt = " ".join(parts["text/plain"].astext().split())
            yield Place(docname, kind, state["name"], state["title"], picture, alt)


def in_reading_order(env: BuildEnvironment, docname: str) -> Iterator[str]:
    """Yield a page, and after it all those below it in the table of contents."""
    yield docname
    for child in env.toctree_includes.get(docname, []):
        yield from in_reading_order(env, child)


class Gallery(nodes.General, nodes.Element):
    """Stands for the places of one class, until the page is written."""


class ExplorerGallery(SphinxDirective):
    """A section for each class of explorer."""

    def run(self) -> list[nodes.Node]:
        """Return the sections, each with what its class is for."""
        self.env.metadata[self.env.docname]["explorer_gallery"] = True
        found = []
        for name, purpose in kinds().items():
            section = nodes.section(names=[name.lower()])
            section += nodes.title("", name)
            section += nodes.paragraph("", "", *in_words(purpose))
            section += Gallery("", kind=name)
            self.set_source_info(section)
            self.state.document.note_implicit_target(section, section)
            found.append(section)
        return found


class EmbedListener(SphinxDirective):
    """The script that lets frames follow the height of what they show."""

    def run(self) -> list[nodes.Node]:
        """Return it as a block to copy."""
        origin = re.match(r"https?://[^/]+", self.config.html_baseurl)
        if origin is None:
            raise self.error("html: baseurl: in _config.yml must be the site's address")
        return [code(LISTENER.replace("ORIGIN", origin[0]))]


def code(text: str) -> nodes.literal_block:
    """Return a block of HTML to copy."""
    return nodes.literal_block(text, text, language="html")


def frame(base: str, place: Place) -> str:
    """Return the frame that shows one explorer, as HTML to paste.

    Examples
    --------
    >>> print(frame("https://a.b/", Place("c/d", "E", "f", "A <title>", None, "")))
    <iframe src="https://a.b/c/d.html?embed=f"
      title="A &lt;title&gt;" width="100%" height="720" style="border: 0"></iframe>
    """
    address = f"{base.rstrip('/')}/{place.docname}.html?embed={place.name}"
    return FRAME.format(address=address, title=html.escape(place.title), height=HEIGHT)


class Hang(SphinxPostTransform):
    """Fill in where each class of explorer stands, with a picture and the frames to paste."""

    default_priority = 4  # before pictures are given their sizes

    def run(self, **kwargs: object) -> None:
        """Go through the sections of one page."""
        waiting = list(self.document.findall(Gallery))
        if not waiting:
            return
        root = self.config.root_doc
        found = [one for name in in_reading_order(self.env, root) for one in places(self.env, name)]
        for node in waiting:
            shown = [place for place in found if place.kind == node["kind"]]
            if not shown:
                raise ValueError(f"no chapter shows {node['kind']} under a name of its own")
            node.replace_self([self.picture(shown[0]), self.listing(shown)])

    def address(self, place: Place, query: str) -> str:
        """Return the address of a place, from this page."""
        page = self.app.builder.get_relative_uri(self.env.docname, place.docname)
        return f"{page}?{query}={place.name}#explorer-{place.name}"

    def picture(self, place: Place) -> nodes.container:
        """Return the picture of a class: that of its first place."""
        image = place.picture.deepcopy()
        image["alt"] = place.alt
        return nodes.container("", image, classes=["cnn-gallery-picture"])

    def listing(self, found: list[Place]) -> nodes.bullet_list:
        """Return the places of a class: links, and a frame to paste."""
        listing = nodes.bullet_list(classes=["cnn-gallery"])
        for place in found:
            chapter = self.env.titles[place.docname].astext()
            line = nodes.paragraph()
            line += link(place.title, self.address(place, "explorer"))
            line += nodes.Text(f", in {chapter}; ")
            line += link("alone", self.address(place, "embed"), f"{place.title}, alone on its page")
            listing += nodes.list_item("", line, code(frame(self.config.html_baseurl, place)))
        return listing


def link(text: str, address: str, label: str = "") -> nodes.reference:
    """Return a link; `label` says where it leads to those who hear it out of its line."""
    node = nodes.reference("", text, refuri=address, internal=True)
    if label:
        node["reftitle"] = label
    return node


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have the gallery written whenever anything was read: any chapter may have changed."""
    return [name for name in env.found_docs if env.metadata[name].get("explorer_gallery")]


def setup(app: Sphinx) -> None:
    """Register the directives, the transform, and connect to Sphinx's events."""
    app.add_directive("explorer-gallery", ExplorerGallery)
    app.add_directive("embed-listener", EmbedListener)
    app.add_post_transform(Hang)
    app.connect("env-updated", write_again)
