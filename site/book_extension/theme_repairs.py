"""Mend what the theme does wrong on every page, each fault in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

LAUNCH = "launch-buttons"
REPLACED = {
    # A bibliography is a list; the role that docutils gives its entries is deprecated.
    'role="doc-biblioentry"': 'role="listitem"',
    # A summary's own words are its name.
    ' aria-label="Toggle hidden content"': "",
}


def mend_names_and_roles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put right the names and roles that accessibility tools reject, in the page's body."""
    for wrong, right in REPLACED.items():
        if "body" in context:
            context["body"] = context["body"].replace(wrong, right)


def launch_notebooks_alone(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Take the launch button from pages that Binder and Colab could not open as a notebook."""
    if not context.get("page_source_suffix", "").endswith(".ipynb"):
        buttons = context.get("header_buttons", [])
        buttons[:] = [button for button in buttons if button.get("label") != LAUNCH]


def give_index_the_home_page(app: Sphinx, exception: Exception | None) -> None:
    """Write the home page to ``index.html`` too, in place of a redirect."""
    home = Path(app.outdir, f"{app.config.root_doc}.html")
    if exception is None and home.is_file():
        Path(app.outdir, "index.html").write_bytes(home.read_bytes())


def setup(app: Sphinx) -> None:
    """Connect to Sphinx's events."""
    app.connect("html-page-context", mend_names_and_roles)
    app.connect("html-page-context", launch_notebooks_alone, priority=900)
    app.connect("build-finished", give_index_the_home_page)
