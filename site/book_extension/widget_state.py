"""What a static page keeps of its widgets' state: no code, and each large value once.

In a notebook the state of every widget is whole: presets, weights, stored results. On a page with
several widgets that would repeat them, so a value that is large, or that recurs, moves into a
script tag of its own at the end of the page, and the widgets' states name it:
``{"cnn-shared": 0}`` stands for what ``<script id="cnn-shared-0">`` holds. ``mount.js`` reads it
when a widget first asks for it. A widget's own JavaScript sees no difference.
"""

from __future__ import annotations

import collections
import json
from collections.abc import Container
from typing import Any, NamedTuple

STATE = "application/vnd.jupyter.widget-state+json"
SHARED_BY_THE_SITE = ("_esm", "_css")
SHARED = "cnn-shared"
LARGE = 20_000
"""Characters of JSON from which a value has a tag of its own: nobody waits for it to be read."""
RECURRING = 500
"""The same where several widgets have the value."""


class Light(NamedTuple):
    """A page's widget state, made lighter."""

    state: str
    """JSON, safe within a script tag."""
    tags: str
    """The script tags with the values that were moved out, as HTML."""
    widgets: list[str]
    """The names of the modules whose widgets the page shows, each once."""


def safe(value: object) -> str:
    r"""Return JSON that may stand within a script tag.

    Examples
    --------
    >>> safe({"a": "</script>"})
    '{"a":"\\u003c/script>"}'
    """
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def lighten(body: str, shown: Container[str]) -> Light:
    """Take from a widget state what the site's scripts hold, and what need not stand there twice.

    Parameters
    ----------
    body
        JSON of a page's widget state, as in its script tag.
    shown
        The models that the page shows; a chapter may make others, to compute with them.

    Returns
    -------
    Light
        The same state without the models that the page does not show, or that only a kernel brings
        to life (layouts, say), without each model's ``_esm`` and ``_css``, and with references in
        place of what is in ``tags``.
    """
    document = json.loads(body)
    models = document["state"].items()
    document["state"] = {
        key: model for key, model in models if key in shown and "_anywidget_id" in model["state"]
    }
    own: list[dict[str, Any]] = [model["state"] for model in document["state"].values()]
    for state in own:
        for key in SHARED_BY_THE_SITE:
            state.pop(key, None)
    texts = {(at, key): safe(value) for at, state in enumerate(own) for key, value in state.items()}
    count = collections.Counter(texts.values())
    moved: dict[str, int] = {}
    for (at, key), text in texts.items():
        if len(text) >= (RECURRING if count[text] > 1 else LARGE):
            own[at][key] = {SHARED: moved.setdefault(text, len(moved))}
    tags = "".join(
        f'<script type="application/json" id="{SHARED}-{at}">{text}</script>'
        for text, at in moved.items()
    )
    widgets = [state["_anywidget_id"].split(".")[-2] for state in own]
    return Light(safe(document), tags, list(dict.fromkeys(widgets)))
