"""Mend what the theme does wrong on every page, each fault in one place."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx


def emit_scripts_once(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Drop the second copy of scripts that extensions have registered twice."""
    scripts = context.get("script_files", [])
    scripts[:] = dict.fromkeys(scripts)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx's events, after all that add to a page's scripts."""
    app.connect("html-page-context", emit_scripts_once, priority=900)
