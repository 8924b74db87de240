"""Every explorer by keyboard alone: what Tab reaches, whether it is seen, and a task.

Nothing here clicks or moves the focus but keys, from the start of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorer_cases import CASES
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
def test_tab_reaches_all_shows_where_it_is_and_leaves_and_keys_work_it(
    name: str, page: Any, tmp_path: Path
) -> None:
    open_case(page, tmp_path, name)
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
    work_every_control(page, name)


def work_every_control(page: Any, name: str) -> None:
    """Go through the page again, and have arrow keys change each thing that they should."""
    dead = []
    worked = 0
    for _ in range(80):
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


@dataclass
class Task:
    """Keys to press at controls, what they set, and where the answer is shown."""

    case: str
    steps: list[tuple[str, list[str]]]
    changes: dict[str, Any]
    grid: str | None = None
    part: slice | None = None
    text: Callable[[Any], tuple[str, str]] | None = None


def pixels(rows: list[list[float]], row: int, col: int, value: float) -> list[list[float]]:
    """Return `rows` with one cell changed."""
    changed = [list(line) for line in rows]
    changed[row][col] = value
    return changed


CORNER = [[1.0, 2.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.5]]
MAP = [[1.0, 3.0, 2.0, 0.0], [4.0, 6.0, 1.0, 5.0], [7.0, 2.0, 3.0, 1.0], [0.0, 8.0, 4.0, 2.0]]

TASKS = [
    Task(
        "convolution",
        [("grid kernel", ["ArrowDown", "-", "2", ".", "5", "Enter"]),
         ("grid output", ["ArrowDown", "End"])],
        {"kernel": pixels(CORNER, 1, 0, -2.5)}, "output",
        text=lambda e: ("[aria-label=Arithmetic] strong", f"{e.result()[1, 4]:g}"),
    ),
    Task(
        "photograph",
        [("Output row", ["ArrowRight"] * 3), ("Output column", ["ArrowRight"] * 2)],
        {"row": 3, "col": 2}, "output value", slice(3 * 256 + 2, 3 * 256 + 3),
    ),
    Task(
        "signal",
        [("grid input", ["ArrowRight", "7", "Enter"]), ("Slide to", ["ArrowRight"])],
        {"f": [1, 7, 0, 2]}, "output",
        text=lambda e: (".cnn-arithmetic strong", f"{e.result()[3]:g}"),
    ),
    Task(
        "arithmetic", [("kernel", ["ArrowRight"]), ("padding", ["ArrowLeft"])],
        {"kernel_size": 4, "padding": 0}, "output", slice(-3, None),
    ),
    Task(
        "arithmetic transposed", [("stride", ["ArrowLeft"])], {"stride": 1},
        "output", slice(-9, None),
    ),
    Task(
        "layer", [("dilation", ["ArrowRight"]), ("grid output", [])], {"dilation": 2}, "output",
    ),
    Task(
        "collapse", [("ReLU between the layers", ["Space"]), ("grid output", ["ArrowRight"])],
        {"relu": True}, "output", slice(0, 64),
    ),
    Task(
        "classifier head", [("grid input", ["ArrowRight", "3", "Enter"])],
        {"logits": [4.0, 3.0, -1.0, 0.5]}, "output", slice(0, 4),
    ),
    Task("batch norm", [("Scale γ", ["ArrowLeft"] * 5)], {"gamma": 1.0}, "output", slice(0, 32)),
    Task(
        "pooling",
        [("max", ["ArrowRight"]), ("grid input", ["Delete"]), ("Next", ["Enter"])],
        {"kind": "average", "image": pixels(MAP, 0, 0, 0.0)}, "output",
        text=lambda e: ("[aria-label=Arithmetic] strong:last-of-type", f"{e.result()[0, 1]:g}"),
    ),
    Task("shift", [("Move right", ["Enter"])], {"dx": 4}, "output", slice(0, 64)),
    Task("shift curves", [("Move right", ["Enter"])], {"dx": 2}, "output", slice(0, 16)),
    Task("two dots", [("Distance", ["ArrowRight"] * 6)], {"distance": 9}),
    Task("sequence", [("Shift right by", ["ArrowRight"])], {"dx": 2}, "max pooling", slice(0, 4)),
    Task("classifier", [("Pixels right", ["ArrowRight"])], {"dx": 3}),
    Task("receptive field", [("input", ["ArrowUp"])], {"input_size": 33}),
    Task(
        "receptive field 1-D", [("input", ["ArrowUp"] * 2)], {"input_size": 9},
        text=lambda e: (".cnn-current .cnn-field-r", "5"),
    ),
    Task(
        "network builder", [("batch", ["ArrowUp"])], {"batch_size": 2},
        text=lambda e: (".cnn-build-table tfoot .cnn-col-bytes", "92.8 KB"),
    ),
    Task("network", [("Shift right", ["ArrowRight"] * 4)], {"right": 1.0}),
    Task("regularization", [("100", ["ArrowRight"])], {"size": 200}),
    Task("augmentation", [("turn", ["ArrowRight"] * 3)], {"rotate": 15.0}, "output", slice(0, 64)),
]  # fmt: skip


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.case)
def test_keys_alone_do_a_task_and_the_value_shown_is_that_of_cnnlib(
    task: Task, page: Any, tmp_path: Path
) -> None:
    widget = open_case(page, tmp_path, task.case)
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


def test_every_explorer_has_its_task() -> None:
    assert [task.case for task in TASKS] == [
        name for name in CASES if name not in ("choice", "number")
    ]


@pytest.mark.parametrize(
    ("name", "stop", "keys"),
    [
        ("choice", "yes", ["ArrowDown", "Enter"]),
        ("number", "What is a half?", ["1", "/", "2", "Enter"]),
    ],
)
def test_keys_alone_answer_a_question(
    name: str, stop: str, keys: list[str], page: Any, tmp_path: Path
) -> None:
    open_case(page, tmp_path, name)
    tab_to(page, stop)
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_contain_text("Correct.")
