"""Give each page the scripts and styles it needs, once, and none that holds up its first paint."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html._assets import _JavaScript

STYLE_DIR = Path(__file__).resolve().parent.parent / "style"
STYLE_PARTS = ("book", "icons", "layout", "blocks", "code", "embed", "print")
"""The book's own style, in the order of the cascade; joined into one file."""

NEEDED_WHERE = {
    "mathjax/": r'class="math',
    "design-tabs.js": r'["\s]sd-tab-',
    "sphinx-design": r'["\s]sd-',
    "mystnb": r"-Color-|class=\"output (traceback|stderr)",
    "exercise.css": r'class="exercise',
    "clipboard": r'class="highlight',
    "copybutton": r'class="highlight',
}
"""Assets by the beginning of their name, and what in a page's body calls for them."""

WORKS_AT_ONCE = {"search"}
"""Pages whose own inline scripts count on the others having run."""


def write_style(app: Sphinx) -> None:
    """Join the book's style into ``_static/book.css``, before any page links to it."""
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    parts = [(STYLE_DIR / f"{part}.css").read_text(encoding="utf-8") for part in STYLE_PARTS]
    (static / "book.css").write_text("\n".join(parts), encoding="utf-8")


def is_needed(filename: str, body: str) -> bool:
    """Tell whether a page has any use for an asset.

    Examples
    --------
    >>> is_needed("_static/exercise.css", '<div class="exercise admonition">')
    True
    >>> is_needed("_static/exercise.css", "<p>No exercise here.</p>")
    False
    """
    name = filename.removeprefix("_static/")
    return all(
        re.search(pattern, body)
        for beginning, pattern in NEEDED_WHERE.items()
        if name.startswith(beginning)
    )


def deferred(script: _JavaScript) -> _JavaScript:
    """Return the same script, run after the page is parsed; inline scripts stay as they are."""
    if not script.filename:
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return _JavaScript(script.filename, priority=script.priority, **attributes)


def names_the_page(script: _JavaScript) -> bool:
    """Tell the theme's inline script that only its version menu, which we have not, reads."""
    return script.attributes.get("body", "").startswith("DOCUMENTATION_OPTIONS.pagename")


def choose_assets(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Drop what the page does not need and second copies; defer the scripts that are left."""
    body = context.get("body", "")
    styles, scripts = context["css_files"], context["script_files"]
    styles[:] = [style for style in styles if is_needed(str(style.filename), body)]
    needed = [s for s in scripts if is_needed(str(s.filename), body) and not names_the_page(s)]
    scripts[:] = dict.fromkeys(needed)
    if pagename not in WORKS_AT_ONCE:
        scripts[:] = map(deferred, scripts)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx's events, the page's after all that add to its assets."""
    app.connect("builder-inited", write_style)
    app.connect("html-page-context", choose_assets, priority=900)
