"""NetworkExplorer by mouse, finger and keyboard: drawn on, walked through, moved; its curves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from book_pages import violations
from playwright.sync_api import expect

from cnnlib import digit_net
from cnnlib.explorers import NetworkExplorer
from tools.widget_page import grid_values, open_page

UPDATE = "s => document.querySelector('[data-explorer]').update(s)"
ANSWER = "document.querySelector('[data-explorer]').answer()"
BLANK = np.zeros((8, 8)).tolist()
IMAGES, LABELS = digit_net.test_digits()


def counted(bitmap: np.ndarray) -> np.ndarray:
    """Return how much ink each block of 4 by 4 holds."""
    return bitmap.reshape(8, 4, 8, 4).sum((1, 3))


def line(from_: tuple[float, float], to: tuple[float, float], width: float) -> np.ndarray:
    """Return the pixels whose middle lies within half a width of a line, 32 by 32."""
    middles = np.stack(np.meshgrid(np.arange(32), np.arange(32), indexing="ij"), -1) + 0.5
    way = np.subtract(to, from_)
    share = ((middles - from_) @ way / max(way @ way, 1e-12)).clip(0, 1)
    return np.hypot(*(middles - from_ - share[..., None] * way).transpose(2, 0, 1)) <= width / 2


def sheet(page: Any) -> dict[str, float]:
    """Return where the sheet to draw on is, in view."""
    page.locator(".cnn-net-sheet").scroll_into_view_if_needed()
    box: dict[str, float] = page.locator(".cnn-net-sheet").bounding_box()
    return box


def at(box: dict[str, float], down: float, right: float) -> tuple[float, float]:
    """Return where a place of the 32 by 32 pixels is on the screen."""
    return box["x"] + right / 32 * box["width"], box["y"] + down / 32 * box["height"]


def rubbed(page: Any) -> np.ndarray:
    """Return the drawing, as the page has it."""
    return np.array(grid_values(page, "drawing"))


def test_a_mouse_draws_and_rubs_out(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="pen", drawing=BLANK)])
    box = sheet(page)
    page.mouse.move(*at(box, 4, 16))
    page.mouse.down()
    page.mouse.move(*at(box, 28, 16))
    page.mouse.up()
    expected = counted(line((4, 16), (28, 16), 4))
    np.testing.assert_array_equal(rubbed(page), expected)
    shown = np.array(page.evaluate(ANSWER))
    np.testing.assert_allclose(
        shown, NetworkExplorer(drawing=expected.tolist()).result(), atol=1e-9
    )
    page.get_by_label("eraser").check()
    page.get_by_role("slider", name="Width").fill("8")
    page.mouse.move(*at(box, 24, 4))
    page.mouse.down()
    page.mouse.move(*at(box, 24, 30), steps=4)
    page.mouse.up()
    rest = line((4, 16), (28, 16), 4) & ~line((24, 4), (24, 30), 8)
    np.testing.assert_array_equal(rubbed(page), counted(rest))
    page.get_by_role("button", name="Fill the box").click()
    rows = rubbed(page).sum(axis=1)
    assert rows[0] > 0
    assert rows[7] > 0
    page.get_by_role("button", name="Clear").click()
    np.testing.assert_array_equal(rubbed(page), 0)
    page.get_by_role("button", name="Fill the box").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no ink yet")


def test_a_finger_draws(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_page(page, tmp_path, [NetworkExplorer(name="touch", drawing=BLANK)])
    box = sheet(page)
    session = context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [dict(zip("xy", at(box, *place), strict=True)) for place in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (16, 4))
    touch("touchMove", (16, 28))
    touch("touchEnd")
    np.testing.assert_array_equal(rubbed(page), counted(line((16, 4), (16, 28), 4)))
    context.close()


def test_the_keyboard_types_and_paints_cells(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="keys", drawing=BLANK)])
    cells = page.locator('[role=grid][aria-label="drawing"]')
    assert cells.locator('[tabindex="0"]').count() == 1
    cells.locator('[tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    expected = np.zeros((8, 8))
    expected[1, 1:3] = 12, 16
    np.testing.assert_array_equal(rubbed(page), expected)
    assert np.array(page.evaluate(ANSWER))[:64].reshape(8, 8).tolist() == (expected / 16).tolist()
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A cell of 17 is outside 0 (paper) to 16")
    page.get_by_label("cells").check()
    page.get_by_role("slider", name="Ink").fill("5")
    box = sheet(page)
    page.mouse.click(*at(box, 30, 30))
    expected[7, 7] = 5
    np.testing.assert_array_equal(rubbed(page), expected)


def test_test_digits_are_taken_one_by_one_and_those_it_gets_wrong(
    page: Any, tmp_path: Path
) -> None:
    explorer = NetworkExplorer(name="digits")
    open_page(page, tmp_path, [explorer])
    number = page.get_by_role("spinbutton", name="Test digit")
    expect(number).to_have_value(str(np.flatnonzero(LABELS == 7)[0]))
    number.fill("444")
    number.press("Enter")
    np.testing.assert_array_equal(rubbed(page) / 16, IMAGES[444, 0])
    expect(page.get_by_role("combobox", name="It is a")).to_have_value(str(LABELS[444]))
    page.get_by_role("button", name="Next").click()
    np.testing.assert_array_equal(rubbed(page) / 16, IMAGES[0, 0])
    page.get_by_role("button", name="Previous").click()
    expect(number).to_have_value("444")
    for name in digit_net.NAMES:
        page.evaluate(UPDATE, {"network": name, "right": 2})
        number.fill("444")
        number.press("Enter")
        for place in explorer._stored["wrong"][name]:
            page.get_by_role("button", name="One it gets wrong").click()
            expect(number).to_have_value(str(place))
            expect(page.locator(".cnn-net-verdict")).to_have_text(f"wrong: it is a {LABELS[place]}")
            expect(page.get_by_role("slider", name="Shift right")).to_have_value("0")
    number.fill("445")
    number.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("445 is outside 0 to 444")
    page.mouse.click(*at(sheet(page), 2, 2))
    expect(number).to_have_value("")


def test_units_are_chosen_on_the_maps_and_walked_through(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="unit")])
    maps = page.get_by_role("img", name="pool1: 32 maps of 4 × 4")
    maps.scroll_into_view_if_needed()
    box = maps.bounding_box()
    across, down = box["width"] / 79, box["height"] / 9  # 16 maps of 4 with gaps; two rows of them
    page.mouse.click(box["x"] + (2 * 5 + 3.5) * across, box["y"] + (5 + 1.5) * down)
    summary = page.locator(".cnn-summary")
    expect(summary).to_contain_text("Chosen: row 1, column 3 of map 18 of pool1")
    expect(page.get_by_role("combobox", name="Layer")).to_have_value("pool1")
    page.locator('[role=grid][aria-label="output"] [tabindex="0"]').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(summary).to_contain_text("Chosen: row 2, column 2 of map 18 of pool1")
    value = NetworkExplorer().outputs()["pool1"][0, 18, 2, 2]
    expect(page.locator(".cnn-net-lines .cnn-won")).to_have_text(f"{value:.4g}")
    page.get_by_role("combobox", name="Layer").select_option("conv3")
    filter_ = page.get_by_role("img", name="filter: 32 slices of 3 × 3")
    box = filter_.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 5.5 / 31, box["y"] + box["height"] * 1.5 / 15)
    expect(page.locator(".cnn-net-lines")).to_contain_text("from map 1 of pool1")
    logits = page.get_by_role("img", name="linear: 10 numbers")
    box = logits.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.65, box["y"] + box["height"] / 2)
    expect(summary).to_contain_text("Chosen: number 6 of linear")
    page.get_by_role("slider", name="map", exact=True).fill("2")
    expect(summary).to_contain_text("Chosen: number 2 of linear")


@pytest.mark.parametrize("against", ["right", "rotate", "noise"])
def test_the_curve_is_what_python_gives(page: Any, tmp_path: Path, against: str) -> None:
    given = {"down": 0.5, "seed": 2, "against": against}
    open_page(page, tmp_path, [NetworkExplorer(name="curve", **given)])
    plot = page.locator(".cnn-net-curves [role=img]")
    expect(plot).to_have_attribute("aria-label", re.compile("Probability of 7 against"))
    label = plot.get_attribute("aria-label")
    for name in digit_net.NAMES:
        told = re.search(f"{name} ([^;]*)", label)[1].split(", ")
        assert len(told) == {"right": 17, "rotate": 25, "noise": 17}[against]
        for pair in told:
            share, place = pair.split(" at ")
            moved = {against: float(place.replace("−", "-"))}
            explorer = NetworkExplorer(**given | {"network": name} | moved)
            expected = explorer.outputs()["softmax"][0, 7]
            if share not in ("<0.1%", ">99.9%"):
                assert float(share[:-1]) / 100 == pytest.approx(expected, abs=0.0051)


def test_the_networks_are_compared(page: Any, tmp_path: Path) -> None:
    place = NetworkExplorer()._stored["wrong"]["plain"][0]
    drawing = (IMAGES[place, 0] * 16).astype(int).tolist()
    label = int(LABELS[place])
    open_page(page, tmp_path, [NetworkExplorer(name="two", drawing=drawing, label=label)])
    answers = {
        name: int(NetworkExplorer(drawing=drawing, network=name).outputs()["linear"].argmax())
        for name in digit_net.NAMES
    }
    expect(page.locator(".cnn-net-winner")).to_have_text(str(answers["plain"]))
    expect(page.locator(".cnn-net-other")).to_contain_text(f"digits: {answers['augmented']}, ")
    page.get_by_label("shifted and turned digits").check()
    expect(page.locator(".cnn-net-winner")).to_have_text(str(answers["augmented"]))
    expect(page.locator(".cnn-net-other")).to_contain_text(f"are: {answers['plain']}, ")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_passes_axe_and_fits_a_phone(page: Any, tmp_path: Path, theme: str) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="axe", noise=0.3)], theme=theme)
    for details in page.locator("details").all():
        if details.get_attribute("open") is None:
            details.locator("summary").click()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
