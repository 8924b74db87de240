"""A bare page that holds a few widgets, brought to life as on the book's pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cnnlib.explorers import _base
from cnnlib.explorers._link import SiteScripts, link_site

ROOT = Path(__file__).parents[1]
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


def page_state(widget: Any) -> dict[str, Any]:
    """Return what a built page keeps of a widget: its traits, without its code."""
    state = widget.get_state()
    return {key: value for key, value in state.items() if key not in ("_esm", "_css")}


@cache
def _site() -> SiteScripts:
    return link_site(ROOT / "site" / "mount.js")


def write_page(folder: Path, widgets: Sequence[Any], theme: str = "light") -> Path:
    """Write a page with `widgets` into `folder`, with its script and styles; return its path."""
    states = {w.model_id: {"model_name": "AnyModel", "state": page_state(w)} for w in widgets}
    views = "".join(
        f'<div class="cnn-widget"><div class="cnn-fallback">{w!r}</div>'
        f'<script type="{VIEW}">{json.dumps({"model_id": w.model_id})}</script></div>'
        for w in widgets
    )
    state = json.dumps({"version_major": 2, "version_minor": 0, "state": states}, default=str)
    state = state.replace("</", r"<\/")
    site = _site()
    names = site.of_page([type(w).__module__.split(".")[-1] for w in widgets])
    for name in names:
        (folder / name).write_text(site.texts[name], "utf-8")
    scripts = "".join(f'<script defer src="{name}"></script>' for name in names)
    css = (Path(_base.__file__).parent / "explorers.css").read_text("utf-8")
    (folder / "explorers.css").write_text(css, "utf-8")
    path = folder / "index.html"
    path.write_text(
        f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Widgets</title>'
        f'<link rel="stylesheet" href="explorers.css">{scripts}'
        f'</head><body style="background: {"#111" if theme == "dark" else "#fff"}"><main>'
        f'<h1 style="color: #888; background: #000">Widgets</h1>{views}</main>'
        f'<script type="{STATE}">{state}</script></body></html>',
        "utf-8",
    )
    return path


def open_page(page: Any, folder: Path, widgets: Sequence[Any], query: str = "", **how: Any) -> None:
    """Open a page with `widgets` from disk, and wait until every explorer answers."""
    path = write_page(folder, widgets, **how)
    page.goto(path.as_uri() + query)
    page.wait_for_function(
        "n => document.querySelectorAll('[data-ready]').length === n", arg=len(widgets)
    )


def run_python(page: Any) -> dict[str, Any]:
    """Run the Python that the one explorer of a page offers; return its names.

    What it would print is under ``printed``, a tuple for each call of print.
    """
    from playwright.sync_api import expect

    area = page.locator(".cnn-explorer > .cnn-code", has_text="As Python")
    if area.get_attribute("open") is None:
        area.locator("summary").press("Enter")
    expect(area.locator("code")).to_contain_text("print(")
    printed: list[tuple[Any, ...]] = []
    names: dict[str, Any] = {"print": lambda *values: printed.append(values), "printed": printed}
    exec(area.locator("code").inner_text(), names)
    return names


def grid_values(page: Any, name: str) -> list[list[float]]:
    """Return the values of the cells of the grid `name`, row by row, to seven digits.

    Asking an explorer for its answer has it name the tiny cells that else wait for an idle moment.
    """
    page.evaluate("document.querySelectorAll('[data-explorer]').forEach((el) => el.answer?.())")
    rows: list[list[float]] = page.evaluate(
        """name => [...document.querySelectorAll(`[role=grid][aria-label="${name}"] [role=row]`)]
        .map(row => [...row.querySelectorAll("[role=gridcell]")]
        .map(cell => Number(cell.dataset.value)))""",
        name,
    )
    return rows
