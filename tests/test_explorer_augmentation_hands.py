"""AugmentationExplorer by mouse, finger and keyboard; links; screen readers; narrow pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from book_pages import violations
from playwright.sync_api import expect
from test_explorer_augmentation import PICTURES, STILL, UPDATE, random_settings, start

from cnnlib.explorers import AugmentationExplorer
from tools.widget_page import grid_values, open_page

ANSWER = "document.querySelector('[data-explorer]').answer()"


def cell(page: Any, grid: str, row: int, col: int) -> Any:
    """Return a cell of a grid."""
    rows = page.locator(f'[role=grid][aria-label="{grid}"] [role=row]')
    return rows.nth(row).locator("[role=gridcell]").nth(col)


def slider(page: Any, name: str) -> Any:
    """Return the slider of that name."""
    return page.locator(f".cnn-aug-controls label:has(> span:text-is('{name}')) input")


@pytest.mark.parametrize(
    ("look", "picture", "words"),
    [
        ("a 6 upside down", "a 6", "The label says 6. This is a 9."),
        ("a mirrored 2", "a 2", "The label says 2. This is no digit."),
        ("a 1 moved out", "a 1", "and the label still says 1."),
        ("a 7 cropped", "a 7", "7"),
        ("half 6, half 3", "a 6", "the label is shared out alike"),
        ("a mirrored face", "a face", "It still shows what it showed."),
    ],
)
def test_a_look_sets_all_of_the_state(
    page: Any, tmp_path: Path, look: str, picture: str, words: str
) -> None:
    start(page, tmp_path, noise=0.5, crop=0.3, flip="up-down")
    page.get_by_role("button", name=look).click()
    expect(page.locator(".cnn-aug-verdict")).to_contain_text(words)
    expect(page.get_by_role("combobox", name="Picture")).to_have_value(picture)
    np.testing.assert_array_equal(grid_values(page, "input"), PICTURES[picture]["image"])
    expect(slider(page, "noise")).to_have_value("0")
    assert page.get_by_role("alert").is_hidden()


def test_a_mouse_paints_and_points(page: Any, tmp_path: Path) -> None:
    blank = np.zeros((8, 8))
    start(page, tmp_path, image=blank, **{**STILL, "right": 0.5})
    slider(page, "Brush").fill("8")
    cell(page, "input", 2, 2).hover()
    page.mouse.down()
    cell(page, "input", 2, 3).hover()
    page.mouse.up()
    page.wait_for_function(f"{ANSWER}[2 * 8 + 3] === 0.5")
    assert np.array(grid_values(page, "output"))[2].tolist() == [0, 0, 0.25, 0.5, 0.25, 0, 0, 0]
    cell(page, "output", 2, 4).hover()
    sums = page.locator(".cnn-aug-sums")
    minus = "\N{MULTIPLICATION SIGN}"
    expect(sums).to_have_text(f"changed[2, 4] = 0.5 {minus} 0.5 + 0.5 {minus} 0 = 0.25")
    outline = page.locator(".cnn-aug-stage .cnn-input .cnn-outline").first
    expect(outline).to_have_attribute("d", "M3 2h1v1h-1zM4 2h1v1h-1z")
    cell(page, "output", 2, 0).hover()
    expect(sums).to_have_text(f"changed[2, 0] = 0.5 {minus} 0 = 0")
    page.mouse.move(2, 2)
    expect(sums).to_contain_text("Point at a pixel")
    page.evaluate(UPDATE, {"right": 8, "noise": 0.1, "lam": 0.5})
    cell(page, "output", 0, 3).hover()
    expect(sums).to_contain_text("nothing: it lies beyond the picture = 0; 0.5 of that + 0.5")
    expect(sums).to_contain_text("+ noise")


def test_a_keyboard_alone_types_turns_and_draws_again(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **STILL)
    cell(page, "input", 0, 0).focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{ANSWER}[0] === 0.75")
    expect(page.get_by_role("combobox", name="Picture")).to_have_value("")
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(
        "A pixel of 17 is outside 0 (paper) to 16 (ink)."
    )
    slider(page, "turn").focus()
    page.keyboard.press("End")
    expect(page.locator(".cnn-aug-verdict")).to_contain_text("This is a 9.")
    expect(page.locator("[aria-live]").first).to_contain_text(
        re.compile(r"A 6, turned by 180 degrees: it reads as a 9\. The network reads \d, \d+")
    )
    page.wait_for_function(f"Math.abs({ANSWER}[63] - 0.75) < 1e-12")
    cell(page, "output", 7, 7).focus()
    expect(page.locator(".cnn-aug-sums")).to_contain_text("changed[7, 7] = 1")
    page.get_by_role("button", name="Draw again").press("Enter")
    expect(page.get_by_role("spinbutton", name="seed")).to_have_value("1")
    page.get_by_label("left-right").focus()
    page.keyboard.press("Space")
    expect(page.locator(".cnn-aug-verdict")).to_contain_text("This is no digit.")
    page.get_by_role("button", name="No change").press("Enter")
    expect(slider(page, "turn")).to_have_value("0")
    expect(page.get_by_label("no", exact=True)).to_be_checked()


def test_a_finger_draws_on_a_phone(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    start(page, tmp_path, **STILL)
    page.get_by_role("combobox", name="Picture").select_option("blank")
    cell(page, "input", 3, 4).tap()
    page.wait_for_function(f"{ANSWER}[3 * 8 + 4] === 1")
    page.get_by_text("up-down").tap()
    page.wait_for_function(f"{ANSWER}[4 * 8 + 4] === 1")
    cell(page, "output", 4, 4).tap()
    expect(page.locator(".cnn-aug-sums")).to_contain_text("changed[4, 4] = 1")
    page.get_by_role("button", name="half 6, half 3").tap()
    expect(page.get_by_role("grid", name="other picture")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_blend_is_offered_where_sizes_agree(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **STILL)
    partner = page.get_by_role("grid", name="other picture")
    expect(partner).to_be_hidden()
    page.get_by_role("combobox", name="blend with").select_option("a 9")
    expect(slider(page, "own share \N{GREEK SMALL LETTER LAMDA}")).to_have_value("0.5")
    expect(partner).to_be_visible()
    expect(page.locator(".cnn-aug-labels li:visible").nth(1)).to_contain_text("9")
    cell(page, "other picture", 0, 0).focus()
    page.keyboard.type("16")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{ANSWER}[0] === 0.5")
    expect(page.get_by_role("combobox", name="blend with")).to_have_value("")
    page.get_by_role("combobox", name="Picture").select_option("a face")
    expect(partner).to_be_hidden()
    expect(page.get_by_role("combobox", name="blend with")).to_be_hidden()
    expect(page.locator(".cnn-aug-labels")).to_contain_text("It reads pictures of 8 by 8 alone.")
    page.evaluate(UPDATE, {"lam": 0.5})
    expect(page.get_by_role("alert")).to_have_text(
        "The other picture is 8 by 8, this one 32 by 32: only pictures of one size can be blended."
    )


def test_the_cut_moves_within_the_picture(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **STILL)
    expect(slider(page, "from top")).to_be_hidden()
    slider(page, "crop").fill("0.5")
    expect(slider(page, "from top")).to_be_visible()
    slider(page, "from top").fill("1")
    slider(page, "from left").fill("0")
    settings = {**STILL, "crop": 0.5, "crop_top": 1, "crop_left": 0}
    expected = AugmentationExplorer(**settings).result()
    np.testing.assert_allclose(page.evaluate(ANSWER), expected, atol=1e-9)


def test_a_link_reopens_the_state_and_an_illegal_part_is_named(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page, tmp_path)
    settings = random_settings(np.random.default_rng(9))
    shown = page.evaluate(UPDATE, settings)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-ready]")
    assert page.evaluate(ANSWER) == shown
    query = "?explorer=aug&image=1,17&rotate=200&flip=both&seed=0.5&label=10&scale=1&noise=0.5"
    start(page, tmp_path, query)
    expect(page.get_by_role("alert")).to_have_text(
        "Part of this link was not used. image: its numbers are not all from 0 to 16; "
        "rotate: 200 is outside -180 to 180; "
        'flip: "both" is not one of none, left-right, up-down; seed: 0.5 is not a whole number; '
        "label: 10 is outside -1 to 9."
    )
    expect(slider(page, "noise")).to_have_value("0.5")
    page.get_by_role("button", name="Reset").click()
    expect(slider(page, "noise")).to_have_value("0")


def test_without_a_network_it_says_so(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, network="none")
    expect(page.locator(".cnn-aug-labels")).to_contain_text("No network is on this page.")
    assert len(page.evaluate(ANSWER)) == 64 + 10 + 8 * 64 + 8
    assert page.get_by_text("Read by a network").count() == 0
    page.evaluate(UPDATE, {"network": "plain"})
    expect(page.get_by_role("alert")).to_contain_text("make the explorer with a network")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_passes_axe_and_fits_a_phone(page: Any, tmp_path: Path, theme: str) -> None:
    states: list[dict[str, Any]] = [{}, {"lam": 0.6, "noise": 0.2, "crop": 0.3}, {"rotate": 180}]
    states.append({"image": PICTURES["a face"]["image"], "label": -1, "network": "none"})
    widgets = [AugmentationExplorer(name=f"axe{k}", **state) for k, state in enumerate(states)]
    open_page(page, tmp_path, widgets, theme=theme)
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
