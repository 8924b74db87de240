"""ReceptiveFieldExplorer by hand: mouse, keyboard and finger; editing and folding."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from field_states import ANSWER, DRAWN, SMALL, agrees, current, rows_shown, stack_text, start
from playwright.sync_api import expect

from cnnlib.explorers._stack_presets import PRESETS


def unit(page: Any) -> str:
    """Return the unit that the caption names."""
    page.evaluate(DRAWN)
    found = re.search(r"unit (.*) of", page.locator(".cnn-field-stage .cnn-caption").inner_text())
    assert found is not None
    return found[1]


def test_a_mouse_chooses_layers_and_drags_the_box(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL)
    assert current(page) == "c"
    assert agrees(page, **SMALL)
    page.locator("tr", has_text="a3×3").click()
    assert current(page) == "a"
    assert unit(page) == "(5, 5)"
    page.wait_for_function("document.querySelector('.cnn-facts').innerText.includes('3 × 3')")
    assert agrees(page, **SMALL, layer=1)
    box = page.locator(".cnn-field-map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] - 2, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "document.querySelector('.cnn-field .cnn-caption').innerText.includes('11, 0')"
    )
    assert agrees(page, **SMALL, layer=1, row=11, col=0)
    page.mouse.move(box["x"] + 50, box["y"] + 50)  # let go: nothing follows the pointer
    page.locator("tr", has_text="c3×3").click()
    page.wait_for_function(
        "document.querySelector('.cnn-field .cnn-caption').innerText.includes('of c')"
    )
    assert unit(page) == "(3, 0)"  # the nearest to where the box was
    small = page.locator(".cnn-unit-map").bounding_box()
    page.mouse.click(small["x"] + small["width"] * 0.9, small["y"] + small["height"] * 0.3)
    page.wait_for_function(
        "document.querySelector('.cnn-field .cnn-caption').innerText.includes('1, 3')"
    )
    assert agrees(page, **SMALL, row=1, col=3)


def test_a_keyboard_alone_builds_a_stack(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, layers="a-k3p1", input_size=9)
    keys = page.keyboard
    page.get_by_label("Example").focus()
    keys.press("Tab")
    keys.press("ArrowUp")  # the input: 10
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowRight")  # how much it counts
    keys.press("Tab")
    keys.type("5x")
    page.evaluate(ANSWER, {"show": "effective"})  # a redraw leaves what is being typed
    keys.type("3")
    keys.press("Tab")
    keys.press("ArrowUp")  # stride 2
    for _ in range(3):  # padding, dilation, and the first button
        keys.press("Tab")
    keys.press("Enter")
    page.wait_for_function("document.querySelectorAll('.cnn-fields tbody tr').length === 3")
    assert stack_text(page) == "a-k5x3s2p1,k5x3s2p1"
    while page.evaluate("document.activeElement.className") != "cnn-layer-name":
        keys.press("Tab")
    keys.press("Home")
    assert current(page) == "input"
    keys.press("ArrowDown")
    assert current(page) == "a"
    keys.press("Alt+ArrowDown")
    page.wait_for_function("document.querySelector('textarea').value === 'k5x3s2p1,a-k5x3s2p1'")
    assert current(page) == "a"
    page.wait_for_function("document.activeElement.textContent === 'a'")
    keys.press("ArrowUp")
    keys.press("Delete")
    page.wait_for_function("document.querySelector('textarea').value === 'a-k5x3s2p1'")
    while not page.evaluate("document.activeElement.classList.contains('cnn-field-map')"):
        keys.press("Tab")
    page.evaluate(
        """keys => keys.forEach(key => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true })))""",
        ["ArrowLeft", "ArrowDown"],  # both before the page is drawn again
    )
    settings = {"layers": "a-k5x3s2p1", "input_size": 10, "layer": 1, "show": "effective"}
    page.wait_for_function(
        "document.querySelector('.cnn-field .cnn-caption').innerText.includes('(2, 1)')"
    )
    assert agrees(page, **settings, row=2, col=1)
    page.get_by_role("slider", name="row").focus()
    keys.press("Home")
    page.wait_for_function(
        "document.querySelector('.cnn-field .cnn-caption').innerText.includes('(0, 1)')"
    )
    assert agrees(page, **settings, row=0, col=1)


def test_a_finger_chooses_and_edits(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    start(page, tmp_path, **SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("tr", has_text="b").first.tap()
    expect(page.locator(".cnn-chosen-name")).to_have_text("b")
    page.get_by_role("button", name="kernel, more").tap()
    page.wait_for_function("document.querySelector('textarea').value === 'a-k3p1,b-k4s2p1,c-k3'")
    settings = {**SMALL, "layers": "a-k3p1,b-k4s2p1,c-k3", "layer": 2}
    assert agrees(page, **settings)
    box = page.locator(".cnn-field-map").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 8, box["y"] + 8)
    page.wait_for_function(
        "document.querySelector('.cnn-field .cnn-caption').innerText.includes('0, 5')"
    )
    assert agrees(page, **settings, row=0, col=5)
    context.close()


def test_branches_are_built_and_taken_apart(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, layers="a-k3p1,b-k3p1", input_size=9, layer=1)
    steps = [
        ("Put a skip around this layer", "(a-k3p1~),b-k3p1", "block1"),
        ("Add a branch here", "(a-k3p1~k1),b-k3p1", "block1.2"),
        ("Add a layer after this one", "(a-k3p1~k1,k1),b-k3p1", "block1.3"),
        ("kernel, more", "(a-k3p1~k1,k2),b-k3p1", "block1.3"),
    ]
    for label, text, chosen in steps:
        page.get_by_role("button", name=label, exact=True).click()
        page.wait_for_function(
            "text => document.querySelector('textarea').value === text", arg=text
        )
        assert current(page) == chosen
    fault = "block1: its branches end with maps of 9 by 9 and 8 by 8, which cannot meet"
    expect(page.get_by_role("alert")).to_contain_text(fault)
    row = page.locator("tr.cnn-fault")
    expect(row).to_contain_text("9×9 and 8×8 cannot meet")
    assert rows_shown(page)[5] == ["b", "", "", "", ""]
    steps = [
        ("kernel, more", "(a-k3p1~k1,k3),b-k3p1", "block1.3"),
        ("padding, more", "(a-k3p1~k1,k3p1),b-k3p1", "block1.3"),
        ("Move towards the input", "(a-k3p1~k3p1,k1),b-k3p1", "block1.2"),
        ("Remove this layer", "(a-k3p1~k1),b-k3p1", "block1.2"),
        ("Remove this layer", "(a-k3p1~),b-k3p1", "block1"),
        ("Move away from the input", "b-k3p1,(a-k3p1~)", "block2"),
        ("Remove this layer", "b-k3p1", "b"),
    ]
    for label, text, chosen in steps:
        page.get_by_role("button", name=label, exact=True).click()
        page.wait_for_function(
            "text => document.querySelector('textarea').value === text", arg=text
        )
        assert current(page) == chosen
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_text("The stack as text").click()
    page.get_by_label("The stack as text").fill("k3 k3")
    page.get_by_label("The stack as text").press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("k3k3")


def test_long_networks_open_folded(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **PRESETS["ResNet-50"])
    names = [row[0] for row in rows_shown(page)]
    assert len(names) == 1 + 2 + 16 + 1
    assert names[-2:] == ["layer4.2", "avgpool"]
    page.get_by_label("Layers of layer3.0").click()
    shown = [row[0] for row in rows_shown(page)]
    assert shown[10:15] == ["conv1", "conv2", "conv3", "downsample", "layer3.0"]
    assert page.locator(".cnn-edge").count() == 24
    page.get_by_label("layer3.0.conv2", exact=True).click()
    assert current(page) == "layer3.0.conv2"
    page.get_by_label("Layers of layer3.0").click()
    page.wait_for_function("document.querySelectorAll('.cnn-fields tbody tr').length === 20")
    expect(page.locator(".cnn-layer-name[aria-current]")).to_have_text("layer3.0")
    page.evaluate(ANSWER, {"layer": 5})
    assert current(page) == "layer1.0.conv3"


def test_a_layer_that_does_not_fit_is_named_at_its_row(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, layers="a-k3,b-k3,c-k3", input_size=9, layer=2)
    page.get_by_label("kernel", exact=True).fill("8x3")
    page.get_by_label("kernel", exact=True).press("Tab")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("b: its kernel spans 8 rows, and the padded map has 7; pad more")
    assert rows_shown(page)[1:] == [
        ["a", "7", "1", "3", "0"],
        ["b", "", "", "", "kernel spans 8, map has 7"],
        ["c", "", "", "", ""],
    ]
    expect(page.locator("tr.cnn-fault")).to_contain_text("b")
    page.get_by_label("kernel", exact=True).fill("nine")
    page.get_by_label("kernel", exact=True).press("Tab")
    expect(alert).to_contain_text('kernel: "nine" is no size; type one such as 3, or 3x1')
    page.get_by_role("button", name="padding, more").click()
    expect(alert).to_contain_text("c: its kernel spans 3 rows, and the padded map has 2")
    assert rows_shown(page)[2] == ["b", "2×7", "1", "10×5", "-1"]
    page.get_by_role("button", name="padding, more").click()
    expect(alert).to_be_hidden()
    assert agrees(page, layers="a-k3,b-k8x3p2,c-k3", input_size=9, layer=2)


def test_the_mouse_reads_a_pixel(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **PRESETS["dilations 2, 2, 2: gridding"])
    box = page.locator(".cnn-field-map").bounding_box()
    centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    words = page.locator(".cnn-pointed")
    page.mouse.move(*centre)
    expect(words).to_have_text("pixel (15, 15): read")
    pixel = box["width"] / (43 * 1.04)  # the view: 31 pixels, 6 on each side, and a rim
    page.mouse.move(centre[0] + pixel, centre[1])
    expect(words).to_have_text("pixel (15, 16): not read")
    page.mouse.move(box["x"] + 2, centre[1])
    expect(words).to_have_text(re.compile(r"pixel \(15, −\d\): outside"))
    page.get_by_label("how much it counts").check()
    expect(words).to_have_text("")
    page.wait_for_function("!document.querySelector('.cnn-legend').hidden")
    box = page.locator(".cnn-field-map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(words).to_have_text("pixel (15, 15): 6.7%")  # (7 / 27) squared


def test_a_signal_is_drawn_as_a_cone(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **PRESETS["seven samples, two kernels of 3"])
    lit = page.locator(".cnn-dot.cnn-lit")
    assert page.locator(".cnn-dot").count() == 7 + 5 + 3
    assert lit.count() == 5 + 3
    bold = [text.inner_html() for text in page.locator(".cnn-cone text.cnn-lit").all()]
    assert bold == ["1", "2", "3", "4", "5"]
    page.locator(".cnn-dot").nth(7).click()  # unit 0 of the first layer
    expect(page.locator(".cnn-chosen-name")).to_have_text("conv1")
    assert [text.inner_html() for text in page.locator(".cnn-cone text.cnn-lit").all()] == list(
        "012"
    )
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.get_by_label("how much it counts").check()
    page.wait_for_function("document.querySelector('.cnn-cone text.cnn-lit').textContent === '11'")
    shares = [text.inner_html() for text in page.locator(".cnn-cone text.cnn-lit").all()]
    assert shares == ["11", "22", "33", "22", "11"]
    expect(page.locator(".cnn-legend")).to_contain_text("The middle half of the box has 67%")
    page.evaluate(ANSWER, {"input_size": [50, 50]})  # too long to draw every unit
    expect(page.locator(".cnn-cone-box")).to_be_hidden()
    expect(page.locator(".cnn-field-map")).to_be_visible()
