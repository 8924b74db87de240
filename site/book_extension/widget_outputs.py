"""Keep a widget and its stand-in together on the page.

A notebook output is a bundle of representations of one thing, of which MyST-NB shows the best.
For a widget that is the script tag alone: nothing where scripts do not run. Here a bundle with
a widget view becomes one container that holds the stand-in (a picture or some HTML) and the
view, in that order, before MyST-NB makes its choice.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

VIEW = "application/vnd.jupyter.widget-view+json"
STAND_INS = ("text/html", "image/svg+xml", "image/png")
WIDGET_CLASS = "cnn-widget"
FALLBACK_CLASS = "cnn-fallback"


def is_bundle(node: nodes.Node) -> bool:
    """Tell whether a node is one of MyST-NB's bundles of representations."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def stand_in(bundle: dict[str, nodes.container]) -> nodes.container | None:
    """Make the container shown where the widget does not run.

    Parameters
    ----------
    bundle
        The representations of one output, by media type.

    Returns
    -------
    container or None
        The first of ``STAND_INS`` that the bundle has; pictures get the bundle's plain text as
        their text alternative.
    """
    for kind in STAND_INS:
        if kind not in bundle:
            continue
        container = nodes.container(classes=[FALLBACK_CLASS])
        container += bundle[kind].children
        for image in container.findall(nodes.image):
            if "text/plain" in bundle:
                image["alt"] = " ".join(bundle["text/plain"].astext().split())
        return container
    return None


class KeepStandIn(SphinxPostTransform):
    """Replace each bundle that has a widget view by the stand-in and the view."""

    default_priority = 3  # MyST-NB's SelectMimeType has 4
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the outputs of one page."""
        for node in list(self.document.findall(is_bundle)):
            bundle = {child["mime_type"]: child for child in node.children}
            if VIEW not in bundle:
                continue
            widget = nodes.container(classes=[WIDGET_CLASS])
            fallback = stand_in(bundle)
            if fallback is not None:
                widget += fallback
            widget += bundle[VIEW].children
            node.replace_self(widget)


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(KeepStandIn)
