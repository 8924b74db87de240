"""Bring the explorers' script and style to the pages that show widgets, and to no other.

MyST-NB writes the state of a page's widgets into a script tag, each widget with its whole
JavaScript in it. On the static page all explorers share one script instead,
``_static/explorers.js``, so the copies are taken out of the state.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html._assets import _JavaScript

HERE = Path(__file__).resolve().parent
STATE = "application/vnd.jupyter.widget-state+json"
SHARED_BY_THE_SITE = ("_esm", "_css")
EARLY = HERE / "early.js"
MOUNT = HERE.parent / "mount.js"
SCRIPT, STYLE = "explorers.js", "explorers.css"


def explorers_script() -> str:
    """Return the linked script of all explorers, as ``cnnlib`` joins it from its modules."""
    return importlib.import_module("cnnlib.explorers._link").link_site(MOUNT)


def explorers_style() -> str:
    """Return the explorers' style sheet."""
    package = importlib.import_module("cnnlib.explorers")
    return Path(package.__path__[0], STYLE).read_text(encoding="utf-8")


def without_shared_code(body: str) -> str:
    """Take from a widget state what the site's own script and style already hold.

    Parameters
    ----------
    body
        JSON of a page's widget state, as in its script tag.

    Returns
    -------
    str
        The same JSON, safe within a script tag, without each model's ``_esm`` and ``_css``.
    """
    document = json.loads(body)
    for model in document["state"].values():
        for key in SHARED_BY_THE_SITE:
            model["state"].pop(key, None)
    return json.dumps(document, separators=(",", ":")).replace("<", "\\u003c")


def bring_explorers(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Lighten the page's widget state and add the explorers' script and style."""
    scripts = context.get("script_files", [])
    states = [
        (index, script)
        for index, script in enumerate(scripts)
        if getattr(script, "attributes", {}).get("type") == STATE
    ]
    if not states:
        return
    for index, script in states:
        attributes = {**script.attributes, "body": without_shared_code(script.attributes["body"])}
        scripts[index] = _JavaScript(script.filename, priority=script.priority, **attributes)
    early = EARLY.read_text(encoding="utf-8")
    app.add_js_file(None, body=early, priority=100)
    app.add_js_file(SCRIPT, defer="defer", priority=101)
    app.add_css_file(STYLE, priority=850)


def write_explorers(app: Sphinx) -> None:
    """Write the script and the style into the built book's ``_static``.

    They are written before any page is, since Sphinx puts a file's checksum into its link.
    """
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    (static / SCRIPT).write_text(explorers_script(), encoding="utf-8")
    (static / STYLE).write_text(explorers_style(), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx's events."""
    app.connect("builder-inited", write_explorers)
    app.connect("html-page-context", bring_explorers, priority=800)
