"""Let pictures load when they come near the view, in room that is kept for them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.images import get_image_size

STYLED = re.compile(r'(<img [^>]*?)style="width: (\d+)px; height: (\d+)px;"')


class LoadLate(SphinxPostTransform):
    """Mark every picture as lazy, and give it its own size unless the source gives one."""

    default_priority = 5  # after MyST-NB has chosen what to show
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the pictures of one page."""
        for image in self.document.findall(nodes.image):
            image["loading"] = "lazy"
            size = get_image_size(Path(self.env.srcdir, image["uri"].lstrip("/")))
            if size and not any(key in image for key in ("width", "height", "scale")):
                image["width"], image["height"] = map(str, size)


def size_as_attributes(body: str) -> str:
    """Turn the sizes that docutils writes as styles into attributes, which keep the proportions.

    Examples
    --------
    >>> size_as_attributes('<img src="a.png" style="width: 20px; height: 10px;" />')
    '<img src="a.png" width="20" height="10" />'
    """
    return STYLED.sub(r'\1width="\2" height="\3"', body)


def keep_room(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Rewrite the sizes in the page's body."""
    if "body" in context:
        context["body"] = size_as_attributes(context["body"])


def setup(app: Sphinx) -> None:
    """Register the transform and connect to Sphinx's events."""
    app.add_post_transform(LoadLate)
    app.connect("html-page-context", keep_room)
