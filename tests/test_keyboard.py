"""Every explorer by keyboard alone: what Tab reaches, whether it is seen, and a task.

Nothing here clicks or moves the focus but keys, from the start of the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorer_cases import CASES
from explorer_tasks import ANSWERS, TASKS, Task
from playwright.sync_api import expect

from tools.widget_page import grid_values, write_page

NAME = """(el) => {
    const grid = el.closest("[role=grid]");
    if (grid && el.getAttribute("role") === "gridcell") return `grid ${grid.ariaLabel}`;
    const by = document.getElementById(el.getAttribute("aria-labelledby"))?.textContent;
    const label = el.labels?.[0]?.querySelector("span")?.textContent ?? el.labels?.[0]?.textContent;
    return el.ariaLabel || by || label || el.textContent.trim() || el.tagName.toLowerCase();
}"""

HERE = f"""() => {{
    const el = document.activeElement;
    if (!el || el === document.body) return null;
    const seen = (one) => {{
        const style = getComputedStyle(one);
        return style.outlineStyle === "auto" ||
            (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    }};
    const box = el.getBoundingClientRect();
    return {{
        name: ({NAME})(el),
        kind: el.getAttribute("role") ?? (el.type || el.tagName.toLowerCase()),
        seen: el.matches(":focus-visible") && (seen(el) || [...el.children].some(seen)),
        inside: box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0,
        order: [...document.querySelectorAll("*")].indexOf(el),
    }};
}}"""

STOPS = f"""() => {{
    const every = "button, select, input, textarea, summary, [tabindex='0']";
    const stops = [...document.querySelectorAll(every)].filter((el) =>
        el.checkVisibility({{ visibilityProperty: true }}) && !el.disabled && el.tabIndex >= 0);
    const groups = new Set();
    return stops.filter((el) => {{
        if (el.type !== "radio") return true; // those of ARIA have one tab stop as it is
        const first = !groups.has(el.name);
        groups.add(el.name);
        return first;
    }}).map((el) => (el.type === "radio" || el.getAttribute("role") === "radio"
        ? "radio"
        : ({NAME})(el)));
}}"""
"""What Tab should stop at: of radio buttons with one name, one."""

VALUE = """() => {
    const el = document.activeElement;
    if (el.type === "checkbox") return String(el.checked);
    if (el.getAttribute("role") === "gridcell") {
        return [el.closest("[role=row]").ariaRowIndex, el.ariaColIndex].join();
    }
    if (el.type === "radio") return `${el.value} ${el.checked}`;
    return el.value ?? el.textContent;
}"""

MOVES = {
    "range": ("ArrowRight", "ArrowLeft"),
    "select-one": ("ArrowDown", "ArrowUp"),
    "number": ("ArrowUp", "ArrowDown"),
    "checkbox": ("Space", "Space"),
    "gridcell": ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"),
}
"""The keys that change what has the focus: at least one of them does."""


def open_case(page: Any, folder: Path, name: str) -> Any:
    """Open a bare page with one widget, with nothing focused; return the widget."""
    widget = CASES[name]()
    page.goto(write_page(folder, [widget]).as_uri())
    expect(page.locator("[data-ready], [data-question]")).to_have_count(1)
    return widget


@pytest.mark.parametrize("name", CASES)
def test_keys_alone_reach_all_do_a_task_and_work_every_control(
    name: str, page: Any, tmp_path: Path
) -> None:
    widget = open_case(page, tmp_path, name)
    go_through(page)
    if name in ANSWERS:
        answer_question(page, *ANSWERS[name])
    else:
        do_task(page, widget, TASKS[name])
    leave(page)
    work_every_control(page, name)


def go_through(page: Any) -> None:
    """Tab from the start of the page past its end: all is reached, in order, and is seen."""
    expected = page.evaluate(STOPS)
    stops = []
    for _ in range(len(expected) + 5):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            break
        stops.append(here)
    else:
        pytest.fail(f"Tab never leaves: {[stop['name'] for stop in stops[-5:]]}")
    assert [stop["name"] for stop in stops if not (stop["seen"] and stop["inside"])] == []
    orders = [stop["order"] for stop in stops]
    assert orders == sorted(orders)
    reached = [stop["name"] for stop in stops if stop["kind"] != "radio"]
    assert sorted(reached) == sorted(stop for stop in expected if stop != "radio")
    radios = [stop for stop in stops if stop["kind"] == "radio"]
    assert len(radios) == expected.count("radio")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(HERE)["name"] == stops[-1]["name"]
    page.keyboard.press("Tab")
    assert page.evaluate(HERE) is None


def leave(page: Any) -> None:
    """Tab out of the page, so that the next Tab is at its start."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate(HERE) is None:
            return
    pytest.fail("Tab never leaves")


def work_every_control(page: Any, name: str) -> None:
    """Go through the page, and have arrow keys change each thing that they should."""
    dead = []
    worked = 0
    for _ in range(90):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            break
        before = page.evaluate(VALUE)
        for key in MOVES.get(here["kind"], ()):
            page.keyboard.press(key)
            if page.evaluate(VALUE) != before:
                worked += 1
                break
        else:
            if here["kind"] in MOVES and not single(page):
                dead.append(here["name"])
    assert dead == []
    assert worked >= (name not in ("choice", "number"))


def single(page: Any) -> bool:
    """Return whether what has the focus is a grid of one cell or a list of one choice."""
    found: bool = page.evaluate(
        """() => {
            const el = document.activeElement;
            const grid = el.closest("[role=grid]");
            if (grid) return grid.querySelectorAll("[role=gridcell]").length === 1;
            return el.options?.length === 1;
        }"""
    )
    return found


def tab_to(page: Any, name: str) -> None:
    """Press Tab until what has the focus is called `name`."""
    for _ in range(90):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here and here["name"] == name:
            return
    pytest.fail(f"Tab does not reach {name!r}")


def do_task(page: Any, widget: Any, task: Task) -> None:
    """Do a task by keys; the values shown must be those of cnnlib."""
    for name, keys in task.steps:
        tab_to(page, name)
        for key in keys:
            page.keyboard.press(key)
    for key, value in task.changes.items():
        setattr(widget, key, value)
    expected = np.asarray(widget.result("reference")).ravel()
    shown = np.asarray(page.evaluate("document.querySelector('[data-explorer]').answer()"))
    np.testing.assert_allclose(shown, expected, rtol=1e-6, atol=1e-6)
    if task.grid:
        cells = np.concatenate(grid_values(page, task.grid))
        np.testing.assert_allclose(cells, expected[task.part or slice(None)], rtol=1e-5, atol=1e-6)
    if task.text:
        selector, text = task.text(widget)
        expect(page.locator(selector)).to_have_text(text.replace("-", "−"))


def answer_question(page: Any, stop: str, keys: list[str]) -> None:
    """Answer a question by keys, and be told that it is right."""
    tab_to(page, stop)
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_contain_text("Correct.")
