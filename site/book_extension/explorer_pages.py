"""Bring the explorers' scripts and style to the pages that show widgets, and to no other.

MyST-NB writes the state of a page's widgets into a script tag, each widget with its whole
JavaScript in it. On the static page a widget's modules come in scripts that all pages share,
``_static/explorers*.js``, of which a page loads those that its own widgets need; so the copies are
taken out of the state. Large values move to tags of their own, once each.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html._assets import _JavaScript

from .widget_state import STATE, lighten

HERE = Path(__file__).resolve().parent
EARLY = HERE / "early.js"
MOUNT = HERE.parent / "mount.js"
STYLE = "explorers.css"
SHOWN = re.compile(r'"model_id": ?"(\w+)"')


def explorers_scripts() -> Any:
    """Return the linked scripts of all explorers, as ``cnnlib`` joins them from its modules."""
    return importlib.import_module("cnnlib.explorers._link").link_site(MOUNT)


def explorers_style() -> str:
    """Return the explorers' style sheet."""
    package = importlib.import_module("cnnlib.explorers")
    return Path(package.__path__[0], STYLE).read_text(encoding="utf-8")


def bring_explorers(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Lighten the page's widget state and add the explorers' scripts and style."""
    scripts = context.get("script_files", [])
    states = [
        (index, script)
        for index, script in enumerate(scripts)
        if getattr(script, "attributes", {}).get("type") == STATE
    ]
    if not states:
        return
    widgets: list[str] = []
    shown = set(SHOWN.findall(context["body"]))
    for index, script in states:
        light = lighten(script.attributes["body"], shown)
        attributes = {**script.attributes, "body": light.state}
        scripts[index] = _JavaScript(script.filename, priority=script.priority, **attributes)
        context["body"] += light.tags
        widgets += light.widgets
    early = EARLY.read_text(encoding="utf-8")
    app.add_js_file(None, body=early, priority=100)
    for name in explorers_scripts().of_page(widgets):
        app.add_js_file(name, defer="defer", priority=101)
    app.add_css_file(STYLE, priority=850)


def write_explorers(app: Sphinx) -> None:
    """Write the scripts and the style into the built book's ``_static``.

    They are written before any page is, since Sphinx puts a file's checksum into its link.
    """
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    for name, text in explorers_scripts().texts.items():
        (static / name).write_text(text, encoding="utf-8")
    (static / STYLE).write_text(explorers_style(), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx's events."""
    app.connect("builder-inited", write_explorers)
    app.connect("html-page-context", bring_explorers, priority=800)
