"""NetworkBuilder by hand: mouse, keyboard and finger; building, moving, undoing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from builder_states import ANSWER, DRAWN, SMALL, layers, start
from playwright.sync_api import expect

from cnnlib.explorers import NetworkBuilder


def current(page: Any) -> str:
    """Return the name of the chosen row."""
    page.evaluate(DRAWN)
    name: str = page.locator(".cnn-layer-name[aria-current]").get_attribute("aria-label")
    return name


def agrees(page: Any, **settings: Any) -> bool:
    """Return whether the page shows what Python computes from `settings`."""
    page.evaluate(DRAWN)
    shown = page.evaluate(ANSWER, None)
    return np.array_equal(shown, NetworkBuilder(**settings).result("torch"))


def test_a_mouse_edits_a_row_in_place(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL)
    row = page.locator(".cnn-build-row")
    row.nth(1).click()
    assert current(page) == "conv"
    below = row.nth(1).locator("xpath=following-sibling::tr[not(@hidden)][1]")
    assert below.get_attribute("class") == "cnn-build-settings"
    steps = [
        ("channels, ×2", "conv8k3p1,relu,maxk2,flatten,linear10"),
        ("kernel, more", "conv8k4p1,relu,maxk2,flatten,linear10"),
        ("stride, more", "conv8k4s2p1,relu,maxk2,flatten,linear10"),
        ("padding, more", "conv8k4s2p2,relu,maxk2,flatten,linear10"),
        ("dilation, more", "conv8k4s2p2d2,relu,maxk2,flatten,linear10"),
    ]
    for label, text in steps:
        page.get_by_role("button", name=label, exact=True).click()
        assert layers(page) == text
        assert agrees(page, **{**SMALL, "layers": text})
    page.get_by_label("bias").uncheck()
    assert layers(page).startswith("conv8k4s2p2d2b0,relu")
    page.locator(".cnn-build-editor select").first.select_option("avg")
    assert layers(page) == "avgk4s2p2,relu,maxk2,flatten,linear10"
    assert page.get_by_label("channels", exact=True).is_hidden()
    assert agrees(page, **{**SMALL, "layers": layers(page)})
    page.locator(".cnn-build-editor select").first.select_option("drop")
    page.get_by_label("percent", exact=True).fill("20")
    page.get_by_label("percent", exact=True).press("Enter")
    assert layers(page).startswith("drop20,relu")
    page.get_by_label("input channels", exact=True).fill("3")
    page.get_by_label("input channels", exact=True).press("Tab")
    page.get_by_role("button", name="input size, more").click()
    page.get_by_role("button", name="batch, ×2").click()
    settings = {"input_shape": [3, 9, 9], "batch_size": 2, "layers": layers(page)}
    assert agrees(page, **settings)
    expect(page.locator("thead")).to_contain_text("MACs, 2 images")


def test_rows_are_added_moved_and_removed(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, input_shape=[2, 8, 8], layers="relu", layer=0)

    def add(kind: str) -> None:
        page.get_by_label("Add below:").select_option(kind)
        page.get_by_role("button", name="Add below this row").click()

    add("conv")
    assert (layers(page), current(page)) == ("conv2k3p1,relu", "conv")
    add("block")
    block = "(conv2k3p1b0,bn,relu,conv2k3p1b0,bn~)"
    assert (layers(page), current(page)) == (f"conv2k3p1,{block},relu", "block")
    assert agrees(page, input_shape=[2, 8, 8], layers=layers(page))
    page.get_by_role("button", name="Move up").click()
    assert (layers(page), current(page)) == (f"{block},conv2k3p1,relu", "block")
    page.get_by_role("button", name="Move down").click()
    page.get_by_role("button", name="Move down").click()
    assert (layers(page), current(page)) == (f"conv2k3p1,relu,{block}", "block")
    assert page.get_by_role("button", name="Move down").is_disabled()
    page.get_by_role("button", name="Add a branch to this block").click()
    assert layers(page) == f"conv2k3p1,relu,{block[:-1]}conv2k1b0)"
    assert current(page) == "block.conv3"
    page.get_by_role("button", name="Remove this layer").click()
    page.locator("[aria-label='block.relu']").click()
    page.get_by_role("button", name="Remove this layer").click()
    assert layers(page) == "conv2k3p1,relu,(conv2k3p1b0,bn,conv2k3p1b0,bn~)"
    page.locator(".cnn-layer-name[aria-label='relu']").click()
    page.get_by_role("button", name="Put a skip around this layer").click()
    assert layers(page) == "conv2k3p1,(relu~),(conv2k3p1b0,bn,conv2k3p1b0,bn~)"
    assert agrees(page, input_shape=[2, 8, 8], layers=layers(page))
    while layers(page):
        page.locator(".cnn-build-row").nth(1).click()
        page.get_by_role("button", name="Remove this layer").click()
    assert current(page) == "input"
    assert agrees(page, input_shape=[2, 8, 8], layers="")
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Redo").click()
    assert layers(page) != ""


def test_a_keyboard_alone_builds_a_network(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL, layer=1)
    keys = page.keyboard
    page.locator(".cnn-layer-name[aria-current]").focus()
    keys.press("Tab")  # into the row's settings
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    keys.press("Tab")
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    assert layers(page).startswith("conv6k3p1")
    keys.press("Tab")
    keys.type("5x")
    page.evaluate(ANSWER, {"batch_size": 4})  # a redraw leaves what is being typed
    keys.type("3")
    keys.press("Tab")
    keys.press("ArrowUp")
    assert layers(page).startswith("conv6k5x3s2p1")
    page.locator(".cnn-layer-name[aria-current]").focus()
    keys.press("ArrowDown")
    assert current(page) == "relu"
    keys.press("End")
    assert current(page) == "linear"
    keys.press("Home")
    assert current(page) == "input"
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Alt+ArrowDown")
    page.wait_for_function("document.activeElement.textContent === 'relu'")
    assert layers(page) == "conv6k5x3s2p1,maxk2,relu,flatten,linear10"
    keys.press("Delete")
    page.wait_for_function("document.activeElement.textContent === 'flatten'")
    assert layers(page) == "conv6k5x3s2p1,maxk2,flatten,linear10"
    keys.press("Control+z")
    assert layers(page) == "conv6k5x3s2p1,maxk2,relu,flatten,linear10"
    keys.press("Control+z")
    keys.press("Control+y")
    assert layers(page) == "conv6k5x3s2p1,maxk2,relu,flatten,linear10"
    keys.press("Control+Shift+z")
    assert layers(page) == "conv6k5x3s2p1,maxk2,flatten,linear10"
    assert agrees(page, **{**SMALL, "layers": layers(page), "batch_size": 4})
    page.get_by_label("Add below:").select_option("relu")
    page.get_by_role("button", name="Add below this row").focus()
    keys.press("Enter")
    page.evaluate(DRAWN)
    keys.press("Enter")  # the button went along below the new row, and has the focus still
    assert layers(page).count("relu") == 2


def test_two_keys_before_a_frame_count_twice(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL, layer=1)
    page.evaluate(
        """() => {
        const one = (label) => document.querySelector(`[aria-label="${label}"]`);
        one("channels, ×2").click();
        one("kernel, more").click();
        one("Add below this row").click();
        one("Move down").click();
        one("Remove this layer").click();
        }"""
    )
    assert layers(page) == "conv8k4p1,relu,maxk2,flatten,linear10"
    page.get_by_role("button", name="Undo").click()
    assert layers(page) == SMALL["layers"]


def test_a_finger_builds(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    start(page, tmp_path, **SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".cnn-build-row").nth(1).tap()
    assert current(page) == "conv"
    page.get_by_role("button", name="channels, ×2").tap()
    page.get_by_role("button", name="Move down").tap()
    assert layers(page) == "relu,conv8k3p1,maxk2,flatten,linear10"
    rect = page.locator(".cnn-build-map").nth(2)
    rect.tap()
    assert current(page) == "pool"
    page.get_by_role("button", name="Remove this layer").tap()
    assert agrees(page, **{**SMALL, "layers": "relu,conv8k3p1,flatten,linear10"})
    context.close()


def test_what_is_typed_wrong_is_explained(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL, layer=1)
    alert = page.get_by_role("alert")
    cases = [
        ("channels", "0", "channels: 0 is no whole number from 1 to 4096", "4"),
        ("channels", "many", '"many" is not a number', "4"),
        ("kernel", "65", "kernel: 65 is outside 1 to 64", "3"),
        ("input size", "3x4x5", 'input size: "3x4x5" is no size', "8"),
        ("batch", "1.5", "batch: 1.5 is no whole number from 1 to 1024", "1"),
    ]
    for label, typed, message, kept in cases:
        box = page.get_by_label(label, exact=True)
        box.fill(typed)
        box.press("Enter")
        expect(alert).to_contain_text(message)
        expect(box).to_have_value(kept)
    page.get_by_text("As text").click()
    text = page.get_by_label("The network as text")
    text.fill("conv4k3 relu")
    text.press("Tab")
    expect(alert).to_contain_text('a comma is missing before "relu"')
    text.fill("conv4k3, relu, flatten")
    text.press("Tab")
    expect(page.locator(".cnn-build-row")).to_have_count(4)
    assert agrees(page, **{**SMALL, "layers": "conv4k3,relu,flatten"})


def test_the_sums_are_written_out(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL, layer=1, batch_size=2)
    sums = page.locator(".cnn-sums")
    expect(sums).to_contain_text("⌊(8 + 2×1 − 3) / 1⌋ + 1 = 8")
    expect(sums).to_contain_text("4 × 1 × 3 × 3 + 4 = 40")
    expect(sums).to_contain_text("4 × 1 × 3 × 3 × 8 × 8 × 2 = 4,608")
    expect(sums).to_contain_text("4 × 4 × 8 × 8 × 2 = 2,048 bytes")
    page.evaluate(ANSWER, {"layer": 5})
    expect(sums).to_contain_text("64 × 10 + 10 = 650")
    summary = page.locator(".cnn-summary")
    expect(summary).to_contain_text("5 layers on an input of 1 × 8 × 8 give 10: 690 parameters")
    expect(summary).to_contain_text("Chosen: linear (linear, 10 features), gives 10")
    expect(page.locator("svg[role=img]")).to_have_attribute(
        "aria-label",
        "Boxes in proportion: input 1 by 8 by 8, conv 4 by 8 by 8, pool 4 by 4 by 4, linear 10",
    )
