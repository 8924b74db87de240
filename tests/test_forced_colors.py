"""What the reader's system asks for: forced colours, more contrast, less motion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from explorer_cases import CASES
from playwright.sync_api import expect
from test_keyboard import open_case, tab_to

from tests.book_pages import violations

STYLE = """([selector, property]) => {
    const el = document.querySelector(selector);
    return el ? getComputedStyle(el).getPropertyValue(property) : `no ${selector}`;
}"""


@pytest.fixture
def forced(browser: Any) -> Any:
    """Return a page whose colours are the reader's."""
    with browser.new_context(
        viewport={"width": 1280, "height": 900}, forced_colors="active", color_scheme="dark"
    ) as context:
        yield context.new_page()


def style(page: Any, selector: str, value: str) -> str:
    """Return a computed style of the first element that `selector` finds."""
    return str(page.evaluate(STYLE, [selector, value]))


PRESSED = [f".cnn-filter[aria-pressed={state}]" for state in ("true", "false")]
MARKS = {  # what is chosen, what is not, and the styles that tell them apart
    "layer": [(*PRESSED, "border-top-width"), (*PRESSED, "border-top-color")],
    "receptive field": [
        (".cnn-fields tr.cnn-current", ".cnn-fields tbody tr:not(.cnn-current)", "outline-style"),
    ],
    "network builder": [
        (".cnn-build-row.cnn-current", ".cnn-build-row:not(.cnn-current)", "outline-style"),
    ],
    "network": [(".cnn-net-bar", ".cnn-net-track > div", "background-color")],
    "regularization": [
        (".cnn-reg-told", ".cnn-reg-mark:not(.cnn-reg-told)", "background-color"),
        (".cnn-reg-a .cnn-reg-line", ".cnn-reg-b .cnn-reg-line", "stroke"),
    ],
    "signal": [(".cnn-mode.cnn-chosen", ".cnn-mode:not(.cnn-chosen)", "stroke")],
}  # fmt: skip
AGAIN = ("photograph", "arithmetic transposed", "shift curves", "two dots", "receptive field 1-D")


@pytest.mark.parametrize("case", [case for case in CASES if case not in AGAIN])
def test_axe_finds_nothing_and_what_is_chosen_is_told_apart(
    case: str, forced: Any, tmp_path: Path
) -> None:
    open_case(forced, tmp_path, case)
    assert forced.evaluate("matchMedia('(forced-colors: active)').matches")
    for chosen, other, value in MARKS.get(case, []):
        found = [style(forced, selector, value) for selector in (chosen, other)]
        assert found[0] != found[1], f"{value} of {chosen}"
        assert not any(text.startswith("no ") for text in found)
    assert violations(forced) == []


def test_cells_have_edges_footprints_and_a_focus_of_system_colours(
    forced: Any, tmp_path: Path
) -> None:
    open_case(forced, tmp_path, "convolution")
    cell = "[role=grid][aria-label=output] [role=gridcell]"
    assert style(forced, cell, "border-top-style") == "solid"
    assert style(forced, cell, "background-color") == style(forced, "body", "background-color")
    system = forced.evaluate(
        """() => Object.fromEntries(["Highlight", "CanvasText"].map((name) => {
            document.body.style.outlineColor = name;
            return [name, getComputedStyle(document.body).outlineColor];
        }))"""
    )
    assert style(forced, ".cnn-input .cnn-outline", "stroke") == system["Highlight"]
    assert style(forced, ".cnn-output .cnn-outline", "stroke") == system["CanvasText"]
    assert forced.locator(".cnn-input .cnn-outline").get_attribute("d").count("M") == 9
    tab_to(forced, "grid output")
    assert style(forced, ":focus", "outline-style") == "solid"
    assert style(forced, ":focus", "outline-width") == "3px"


def test_bars_and_the_check_button_can_be_seen(forced: Any, tmp_path: Path) -> None:
    open_case(forced, tmp_path, "augmentation")
    assert "gradient" in style(forced, ".cnn-aug-bar", "background-image")
    open_case(forced, tmp_path, "choice")
    colors = {style(forced, ".cnn-check-answer", key) for key in ("color", "background-color")}
    assert len(colors) == 2


MOVES = """
window.moves = 0;
addEventListener("animationstart", () => { moves += 1; });
const animate = Element.prototype.animate;
Element.prototype.animate = function (...how) {
    moves += 1;
    return animate.apply(this, how);
};"""
"""Counts what begins to move."""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_nothing_moves_where_less_motion_is_asked_for(
    motion: str, page: Any, tmp_path: Path
) -> None:
    page.emulate_media(reduced_motion=motion)
    page.add_init_script(MOVES)
    open_case(page, tmp_path, "convolution")
    page.get_by_role("radio", name="convolution", exact=True).check()
    expect(page.get_by_role("grid", name="kernel turned")).to_be_visible()
    check_moves(page, motion)
    open_case(page, tmp_path, "signal")
    page.get_by_role("radio", name="cross-correlation").check()
    expect(page.locator(".cnn-summary")).to_contain_text("Cross-correlation")
    page.get_by_role("radio", name="convolution", exact=True).check()
    expect(page.locator(".cnn-summary")).to_contain_text("Convolution")
    check_moves(page, motion)


def check_moves(page: Any, motion: str) -> None:
    """Assert that something has begun to move, or, where less motion is asked for, nothing."""
    if motion == "no-preference":
        page.wait_for_function("moves > 0")
        return
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))")
    assert page.evaluate("moves") == 0


def test_soft_text_and_lines_harden_where_more_contrast_is_asked_for(
    page: Any, tmp_path: Path
) -> None:
    open_case(page, tmp_path, "convolution")
    ink = style(page, ".cnn-title", "color")
    assert style(page, ".cnn-summary", "color") != ink
    page.emulate_media(contrast="more")
    assert style(page, ".cnn-summary", "color") == ink
    assert style(page, ".cnn-explorer", "border-top-color") == ink
