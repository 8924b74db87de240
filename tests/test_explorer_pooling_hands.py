"""PoolingExplorer by mouse, finger and keyboard; links; what it does not offer, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from pooling_states import any_settings, random_settings

from cnnlib.explorers import PoolingExplorer
from cnnlib.explorers.pooling import KINDS
from tools.widget_page import grid_values, open_page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
UPDATE = "s => (e => (e.update(s), e.answer()))(document.querySelector('[data-explorer]'))"
ANSWER = "document.querySelector('[data-explorer]').answer()"
MINUS = "\N{MINUS SIGN}"


def start(page: Any, tmp_path: Path, query: str = "", **settings: Any) -> None:
    """Open a page with one explorer."""
    theme = settings.pop("theme", "light")
    open_page(page, tmp_path, [PoolingExplorer(name="pool", **settings)], query, theme=theme)


def cell(page: Any, grid: str, row: int, col: int) -> Any:
    """Return a cell of a grid."""
    rows = page.locator(f'[role=grid][aria-label="{grid}"] [role=row]')
    return rows.nth(row).locator("[role=gridcell]").nth(col)


def slider(page: Any, name: str) -> Any:
    """Return the slider whose label starts with a name."""
    return page.locator(f".cnn-pool-controls label:has(> span:text-is('{name}')) input")


def outline(page: Any, name: str) -> str:
    """Return the path drawn over the input under a name."""
    path: str = page.locator(f".cnn-panel.cnn-input .cnn-pool-{name}").first.get_attribute("d")
    return path


def test_a_mouse_points_at_outputs_and_at_inputs(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, kernel_size=3, stride=1)
    sums = page.locator(".cnn-arithmetic")
    cell(page, "output", 1, 0).hover()
    expect(sums).to_have_text(
        "output[1, 0] = max(4, 5, 6, 3, 4, 7, 1, 2, 1) = 7; won by input[2, 2]"
    )
    assert outline(page, "window") == "M0 1h3v3h-3z"
    assert outline(page, "winner") == "M2 2h1v1h-1z"
    cell(page, "input", 1, 2).hover()
    expect(sums).to_have_text(
        "input[1, 2] = 6 is in the 4 windows of output[0, 0], output[0, 1], output[1, 0], "
        "output[1, 1]; it wins in none"
    )
    assert page.locator(".cnn-output .cnn-outline").get_attribute("d").count("M") == 4
    cell(page, "input", 2, 2).hover()
    expect(sums).to_contain_text("it wins in all of them")
    page.mouse.move(2, 2)
    expect(sums).to_contain_text("output[0, 0] = max(1, 2, 3")
    page.evaluate(UPDATE, {"kernel_size": 2, "stride": 3})
    cell(page, "input", 0, 2).hover()
    expect(sums).to_have_text("input[0, 2] = 3 is in no window: nothing of it goes on")


def test_a_mouse_paints_and_slides(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, image=np.zeros((4, 4)))
    page.get_by_label("Brush").fill("5")
    cell(page, "input", 1, 1).hover()
    page.mouse.down()
    cell(page, "input", 1, 2).hover()
    page.mouse.up()
    page.wait_for_function(f"{ANSWER}[1] === 5")
    assert grid_values(page, "output") == [[5, 5], [0, 0]]
    slider(page, "stride").fill("1")
    page.wait_for_function(f"{ANSWER}.length === 9")
    expect(page.get_by_label("= window")).not_to_be_checked()
    page.get_by_label("= window").check()
    page.wait_for_function(f"{ANSWER}.length === 4")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".cnn-arithmetic")).to_contain_text("output[0, 1] = max(0, 0, 5, 0) = 5")


def test_a_keyboard_alone_types_chooses_and_points(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    cell(page, "input", 0, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{ANSWER}[0] === 9")
    page.get_by_label("max", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{ANSWER}[0] === 4.75")
    cell(page, "output", 0, 0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cnn-arithmetic")).to_contain_text("output[1, 1] = (7 + 2 + 1 + 0) / 4")
    expect(page.locator("[aria-live]").first).to_contain_text(
        "Output 2 by 2; row 2, column 2 is 2.5."
    )
    slider(page, "window").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{ANSWER}.length === 1")
    slider(page, "window").press("ArrowLeft")
    page.get_by_label("max", exact=True).press("Space")
    expect(page.locator("[aria-live]").first).to_contain_text(
        "row 2, column 2 is 7, won by row 3, column 3 of the map."
    )
    tab_stops = page.evaluate(
        """[...document.querySelectorAll("[role=grid]")].filter(grid => grid.offsetParent)
        .map(grid => grid.querySelectorAll("[tabindex='0']").length)"""
    )
    assert tab_stops == [1, 1]


def test_a_finger_paints_and_points(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    start(page, tmp_path, image=np.zeros((8, 8)), padding=1, stride=1)
    cell(page, "input", 0, 0).tap()
    page.wait_for_function(f"{ANSWER}[0] === 1")
    cell(page, "output", 1, 1).tap()
    expect(page.locator(".cnn-arithmetic")).to_contain_text("output[1, 1] = max(1, 0, 0, 0) = 1")
    page.get_by_text("ReLU before pooling").tap()
    page.wait_for_selector('[role=grid][aria-label="after ReLU"]')
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_only_what_the_kind_has_is_offered(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    labels = ("window", "stride", "padding", "dilation", "sigma", "ceil_mode", "count_include_pad")
    offered = {
        "max": {"window", "stride", "padding", "dilation", "ceil_mode"},
        "average": {"window", "stride", "padding", "ceil_mode", "count_include_pad"},
        "L2 norm": {"window", "stride", "ceil_mode"},
        "Gaussian": {"window", "stride", "sigma"},
        "global max": set(),
        "global average": set(),
    }
    for kind, expected in offered.items():
        page.get_by_label(kind, exact=True).check()
        page.evaluate(ANSWER)  # no frame is waited for
        shown = {name for name in labels if slider(page, name).is_visible()}
        assert shown == expected, kind


def test_sliders_end_at_what_is_legal_and_settings_are_mended(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, image=np.ones((6, 6)), kernel_size=5, padding=2, stride=1)
    ends = {
        name: slider(page, name).evaluate("el => [el.min, el.max]")
        for name in ("window", "padding", "dilation")
    }
    assert ends == {"window": ["1", "8"], "padding": ["0", "2"], "dilation": ["1", "2"]}
    slider(page, "window").fill("2")
    expect(slider(page, "padding")).to_have_value("1")
    slider(page, "window").fill("6")
    page.get_by_label("rows").fill("2")
    page.get_by_label("rows").blur()
    expect(slider(page, "window")).to_have_value("4")
    expect(page.get_by_role("alert")).to_be_hidden()
    expected = PoolingExplorer(image=np.ones((2, 6)), kernel_size=4, padding=1, stride=1)
    assert page.evaluate(ANSWER) == expected.result("reference").ravel().tolist()


def test_the_page_refuses_what_python_refuses_and_nothing_else(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    start(page, tmp_path)
    refused = {kind: 0 for kind in KINDS}
    for _ in range(25):
        for kind in KINDS:
            settings = any_settings(rng, kind, 7)
            legal = page.evaluate(UPDATE, settings) is not None
            assert page.get_by_role("alert").is_hidden() == legal
            if legal:
                PoolingExplorer(**settings)
            else:
                refused[kind] += 1
                with pytest.raises(ValueError, match="must be"):
                    PoolingExplorer(**settings)
    assert refused.pop("global_max") == refused.pop("global_average") == 0
    assert all(3 < count < 24 for count in refused.values()), refused


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"padding": 2},
            "Padding 2 is more than half of a window of 2, and refused: a window could lie in the "
            "padding alone. Legal is 0 to 1.",
        ),
        (
            {"kernel_size": 8, "padding": 1},
            "The window spans 8 cells, and the map has 6 with its padding: take a larger map, a "
            "smaller window or more padding.",
        ),
        (
            {"image": [[1]], "padding": 1, "dilation": 2, "stride": 1},
            f"The first window reads padding alone, so its maximum would be {MINUS}\N{INFINITY}: "
            "take less dilation or padding.",
        ),
    ],
)
def test_what_is_not_legal_is_named_and_mended(
    page: Any, tmp_path: Path, settings: Any, message: str
) -> None:
    start(page, tmp_path)
    page.evaluate(UPDATE, settings)
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(message)
    page.locator("select").select_option("worked example")  # as any change by hand would
    expect(alert).to_be_hidden()
    with pytest.raises(ValueError, match="must be"):
        PoolingExplorer(**settings)


def test_a_link_reopens_the_state_and_an_illegal_part_is_named(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page, tmp_path, stride=1)
    settings = random_settings(np.random.default_rng(3), 1) | {"stride": None}
    page.evaluate(UPDATE, settings)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "stride=window" in link
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-ready]")
    expected = PoolingExplorer(**settings).result("reference")
    np.testing.assert_allclose(grid_values(page, "output"), expected, rtol=1e-5, atol=1e-5)
    start(page, tmp_path, "?explorer=pool&kind=median&stride=0&kernel_size=3&sigma=9&image=1,2;3")
    expect(page.get_by_role("alert")).to_have_text(
        'Part of this link was not used. kind: "median" is not one of max, average, l2, gaussian, '
        "global_max, global_average; stride: 0 is outside 1 to 8; sigma: 9 is outside 0.2 to 4; "
        "image: its rows differ in length."
    )
    assert grid_values(page, "output") == [[7]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page: Any, tmp_path: Path, theme: str) -> None:
    start(page, tmp_path, kind="gaussian", relu=True, stride=1, theme=theme)
    page.add_script_tag(path=str(AXE))
    for changes in ({}, {"kind": "average", "padding": 1}, {"kind": "max", "kernel_size": 4}):
        page.evaluate("s => document.querySelector('[data-explorer]').update(s)", changes)
        found = page.evaluate(
            """async () => (await axe.run('[data-explorer]')).violations
            .map(({id, nodes}) => [id, nodes.map(({target}) => target.join(" "))])"""
        )
        assert found == []


def test_reset_brings_the_first_state_back(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    page.evaluate(UPDATE, random_settings(np.random.default_rng(5), 2))
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function(f"{ANSWER}.length === 4")
    assert grid_values(page, "output") == [[5, 6], [4, 7]]
