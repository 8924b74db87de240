"""An explorer as it is heard: Chromium's accessibility tree, and what is said of changes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from explorer_cases import CASES
from playwright.sync_api import expect
from test_keyboard import open_case, tab_to

CONTROLS = ("button", "slider", "spinbutton", "combobox", "checkbox", "radio", "textbox")
NAMED = (*CONTROLS, "grid", "image", "radiogroup")


def tree(page: Any) -> list[dict[str, Any]]:
    """Return the nodes of Chromium's accessibility tree that are not ignored."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [node for node in nodes if not node["ignored"]]


def role(node: dict[str, Any]) -> str:
    """Return the role of a node."""
    return str(node["role"]["value"])


def name(node: dict[str, Any]) -> str:
    """Return what a node is called."""
    return str(node.get("name", {}).get("value", "")).strip()


@pytest.mark.parametrize("case", CASES)
def test_all_has_a_name_of_its_own_and_a_step_is_told_in_words(
    case: str, page: Any, tmp_path: Path
) -> None:
    open_case(page, tmp_path, case)
    nodes = tree(page)
    check_names(nodes)
    check_grids_and_pictures(page)
    check_headings(page, nodes, case)
    for slider, words in SAYS.get(case, {}).items():
        place = page.get_by_role("slider", name=slider)
        expect(place).to_have_attribute("aria-valuetext", words)
    if case in STEPS:
        check_step(page, *STEPS[case])


def check_names(nodes: list[dict[str, Any]]) -> None:
    """Assert that all that needs a name has one, and no two controls the same."""
    by_id = {node["nodeId"]: node for node in nodes}
    assert len([node for node in nodes if role(node) in CONTROLS]) >= 2
    assert [role(node) for node in nodes if role(node) in NAMED and not name(node)] == []

    def where(node: dict[str, Any]) -> str:
        """Return the group of radio buttons that a node is in."""
        while node and role(node) != "radiogroup":
            node = by_id.get(node.get("parentId", ""), {})
            if not node:
                return ""
        return name(node)

    called = Counter(
        (role(node), name(node), where(node) if role(node) == "radio" else "")
        for node in nodes
        if role(node) in (*CONTROLS, "grid", "radiogroup")
    )
    assert [key for key, times in called.items() if times > 1] == []


def check_grids_and_pictures(page: Any) -> None:
    """Assert that grids tell their size, and pictures what they show."""
    wrong = page.evaluate(
        """() => [...document.querySelectorAll("[role=grid]")].filter((grid) => {
            const rows = [...grid.querySelectorAll("[role=row]")];
            if (!grid.checkVisibility()) return false;
            return !grid.ariaLabel || grid.ariaRowCount !== String(rows.length) ||
                rows.some((row, r) => row.ariaRowIndex !== String(r + 1) ||
                    row.childElementCount !== Number(grid.ariaColCount) ||
                    [...row.children].some((cell, c) => cell.ariaColIndex !== String(c + 1)));
        }).map((grid) => grid.ariaLabel)"""
    )
    assert wrong == []
    untold = page.evaluate(
        """() => [...document.querySelectorAll("[data-explorer] :is(svg, canvas, img)")]
            .filter((el) => !el.closest("[aria-hidden=true], [role=img][aria-label]"))
            .map((el) => el.outerHTML.slice(0, 90))"""
    )
    assert untold == []


def check_headings(page: Any, nodes: list[dict[str, Any]], case: str) -> None:
    """Assert that headings go down a level at a time, and that few places speak."""
    levels = [
        next(int(one["value"]["value"]) for one in node["properties"] if one["name"] == "level")
        for node in nodes
        if role(node) == "heading"
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert len(levels) > 1 or case in ("choice", "number")
    assert page.locator("output, [role=status], [role=alert], [aria-live]").count() <= 4


STEPS = {
    "convolution": ("Next", ["Enter"], r"^Row 1, column 2 is 0\.$"),
    "photograph": ("Output column", ["ArrowRight"], r"^Row 1, column 2 is 0\.0667\.$"),
    "signal": ("Next", ["Enter"], r"^Here, output\[3\] = 11\.$"),
    "arithmetic": ("stride", ["ArrowLeft"], r"stride 1, .*Output of 8\."),
    "layer": ("stride", ["ArrowRight"], r"^nn\.Conv2d\(3, 2, 3, stride=2\) makes \(1, 2, 2, 2\)"),
    "collapse": (
        "ReLU between the layers",
        ["Space"],
        "^Two 3 by 3 convolutions with ReLU",
    ),
    "classifier head": ("Temperature T", ["ArrowRight"], "^Softmax of 4 logits at temperature 1.1"),
    "batch norm": ("Scale γ", ["ArrowRight"], r"γ = 1\.6.*After: mean 0\.5, deviation 1\.6\."),
    "pooling": ("Next", ["Enter"], r"^Output 2 by 2; row 1, column 2 is 5, won by row 2, column 4"),
    "shift": ("Move right", ["Enter"], "^8 by 8 picture shifted 0 down, 4 right"),
    "two dots": ("Distance", ["ArrowRight"], "^Two dots 4 columns apart"),
    "sequence": (
        "Shift right by",
        ["ArrowRight"],
        "max pooling gives 0 1 0 1 and 1 0 1 0",
    ),
    "classifier": ("Move right", ["Enter"], "^A 0 moved 0 down and 3 right"),
    "receptive field 1-D": ("input", ["ArrowUp"], "over an input of 8"),
    "network builder": ("batch", ["ArrowUp"], "92.8 KB"),
    "network": ("Shift right", ["ArrowRight"] * 4, "^The digit shifted 1 right"),
    "regularization": ("100", ["ArrowRight"], "^200 training digits, 10 seeds"),
    "augmentation": ("turn", ["ArrowRight"], "turned by 13 degrees"),
}


SAYS = {
    "convolution": {"Output cell": "1 of 25: row 1, column 1"},
    "augmentation": {"turn": "12 degrees"},
}
"""What sliders say in place of their numbers: units and places."""


def check_step(page: Any, stop: str, keys: list[str], told: str) -> None:
    """Take a step by keys; what is said of it is what is new alone."""
    tab_to(page, stop)
    for key in keys:
        page.keyboard.press(key)
    live = page.locator(".cnn-live-text[aria-live]").first
    expect(live).to_have_text(re.compile(told))
    spoken = live.inner_text()
    assert not re.search(r"(?<![\w)])-\d", spoken)  # a hyphen is not read out, a minus is
