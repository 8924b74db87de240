"""ArithmeticExplorer by hand: mouse, keyboard and finger, its words, and its links."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from arithmetic_states import cell, marked, random_settings, update
from playwright.sync_api import expect

from cnnlib.explorers import ArithmeticExplorer
from cnnlib.explorers.arithmetic import EXAMPLES, FIGURES
from tools.widget_page import grid_values, open_page


def test_the_formula_is_written_out_and_says_what_is_left_over(page: Any, tmp_path: Path) -> None:
    figure = FIGURES["padding and strides, one left over"]
    open_page(page, tmp_path, [ArithmeticExplorer(name="formula", **figure)])
    formula = page.locator(".cnn-size")
    expect(formula).to_contain_text("⌊(6 + 2×1 − 1×(3 − 1) − 1) / 2⌋ + 1 = ⌊5 / 2⌋ + 1 = 2 + 1 = 3")
    expect(formula).to_contain_text("the last row and the last column are never reached, padding")
    band = page.locator(".cnn-panel.cnn-input .cnn-band")
    expect(band).to_have_attribute("d", "M-1 6h8v1h-8zM6 -1h1v8h-1z")
    update(page, padding=[0, 1], input_size=[6, 9])
    expect(formula).to_contain_text("3 / 2 leaves 1: the last row is never reached, all input.")
    expect(formula).to_contain_text("8 / 2 is exact: nothing is left over at the end.")
    assert grid_values(page, "input")[5] == [0] * 9
    update(page, **EXAMPLES["strides wider than the kernel"])
    expect(formula).to_contain_text("2 rows and 2 columns of the input are never read")
    update(page, **FIGURES["transposed, output padding"])
    expect(formula).to_contain_text("(3 − 1)×2 − 2×1 + 1×(3 − 1) + 1 + 1 = 6")
    expect(formula).to_contain_text("makes 3 of 5 and 6 alike; output padding 1 chooses 6")
    assert page.locator(".cnn-panel.cnn-input .cnn-band").get_attribute("d") == ""
    update(page, dilation=[3, 3], output_padding=[2, 2])
    expect(formula).to_contain_text("makes 4 of 11, not 3 again")


def test_a_mouse_points_at_either_end(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ArithmeticExplorer(name="mouse")])
    words = page.locator(".cnn-arithmetic")
    cell(page, "output", 1, 2).hover()
    assert words.inner_text() == (
        "output[1, 2] reads input rows 1×2 − 1 + {0, 1, 2} = {1, 2, 3} and columns "
        "2×2 − 1 + {0, 1, 2} = {3, 4, 5}: 9 cells, of which 3 are padding"
    )
    assert marked(page, "input") == {(row, col) for row in (1, 2, 3) for col in (3, 4, 5)}
    cell(page, "input", 1, 2).hover()
    assert words.inner_text() == (
        "input[1, 2] is used by output rows {0, 1} and columns {1}: 2 cells"
    )
    assert marked(page, "output") == {(0, 1), (1, 1)}
    page.mouse.move(1, 1)
    expect(words).to_have_text(re.compile(r"^output\[0, 0\]"))
    cell(page, "input", 4, 4).click()
    page.mouse.move(1, 1)
    expect(words).to_have_text(re.compile(r"^input\[4, 4\]"))


def test_a_keyboard_alone_reaches_everything(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ArithmeticExplorer(name="keys")])
    page.get_by_label("Example").focus()
    for _ in range(3):  # the radios, two groups, and the first slider
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cnn-input .cnn-caption")).to_have_text("input 6 by 6")
    for _ in range(6):  # four sliders more, and the box
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "gridcell"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    words = page.locator(".cnn-arithmetic")
    expect(words).to_have_text(re.compile(r"^input\[1, 5\] is used by output rows \{0, 1\}"))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(words).to_have_text(re.compile(r"^output\[1, 0\] reads"))
    stops = "[...document.querySelectorAll('[role=grid]')].map(grid => "
    stops += "grid.querySelectorAll('[tabindex=\"0\"]').length)"
    assert page.evaluate(stops) == [1, 1]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(words).to_have_text(re.compile(r"^output\[1, 1\]"))


def test_a_finger_points_and_slides(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    figure = FIGURES["transposed, output padding"]
    open_page(page, tmp_path, [ArithmeticExplorer(name="touch", **figure)])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cell(page, "output", 2, 2).tap()
    words = page.locator(".cnn-arithmetic")
    expect(words).to_have_text("output[2, 2] sums input rows {1} and columns {1}: 1 cell")
    assert marked(page, "input") == {(1, 1)}
    page.get_by_role("button", name="Next").tap()
    expect(words).to_have_text(re.compile(r"^input\[0, 1\] adds to output rows .* 3 are cropped$"))
    context.close()


def test_play_slides_the_window_over_all_places(page: Any, tmp_path: Path) -> None:
    page.clock.install()
    open_page(page, tmp_path, [ArithmeticExplorer(name="play", **FIGURES["no padding"])])
    words = page.locator(".cnn-arithmetic")
    page.get_by_role("button", name="Play").click()
    for place in ("0, 1", "1, 0", "1, 1", "0, 0", "0, 1"):
        expect(words).to_have_text(re.compile(rf"^output\[{place}\]"))
        page.clock.run_for(740)
    page.get_by_role("button", name="Pause").click()
    before = words.inner_text()
    page.clock.run_for(3000)
    assert words.inner_text() == before


def test_transposing_goes_back_to_the_size_it_came_from(page: Any, tmp_path: Path) -> None:
    start = ArithmeticExplorer(name="back", input_size=(6, 9), kernel_size=(3, 2), stride=(2, 3))
    open_page(page, tmp_path, [start])
    caption = page.locator(".cnn-output .cnn-caption")
    expect(caption).to_have_text("output 3 by 4")
    page.get_by_role("radio", name="transposed").check()
    expect(caption).to_have_text("output 6 by 9")
    expect(page.get_by_label("Output padding rows")).to_have_value("1")
    page.get_by_role("radio", name="plain").check()
    expect(caption).to_have_text("output 3 by 4")
    page.get_by_role("radio", name="one").check()
    expect(caption).to_have_text("output of 4")
    assert np.shape(grid_values(page, "input")) == (1, 9)


def test_settings_from_elsewhere_that_are_not_legal_are_explained(
    page: Any, tmp_path: Path
) -> None:
    open_page(page, tmp_path, [ArithmeticExplorer(name="wrong")], "?explorer=wrong&input_size=1,9")
    alert = page.get_by_role("alert")
    expect(alert).to_be_hidden()  # a kernel of 3 fits 1 row with 2 of padding
    update(page, padding=[0, 0])
    expect(alert).to_have_text(
        "The kernel spans 3 rows, and the padded input has 1: "
        "pad more, or take a smaller kernel or dilation."
    )
    update(page, padding=[2, 2], transposed=True, input_size=[1, 1])
    expect(alert).to_have_text("Padding 2 crops all 3 rows of the full output: take less.")
    update(page, padding=[0, 0], output_padding=[0, 2])
    expect(alert).to_have_text(
        "Output padding 2 must be less than the stride, 2, or than the dilation, 1."
    )
    update(page, output_padding=[0, 0], input_size=[16, 16])
    expect(alert).to_have_text("The output would have 33 rows; at most 32 are drawn.")
    update(page, input_size=[3, 3])
    expect(alert).to_be_hidden()


def test_a_link_reopens_the_state_and_an_illegal_part_is_named(page: Any, tmp_path: Path) -> None:
    explorer = ArithmeticExplorer(name="link")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, tmp_path, [explorer])
    rng = np.random.default_rng(8)
    for _ in range(4):
        settings = random_settings(rng)
        update(page, **settings)
        words = page.locator(".cnn-arithmetic").inner_text()
        page.get_by_role("button", name="Copy link").click()
        page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
        link = page.evaluate("navigator.clipboard.readText()")
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_selector("[data-ready]")
        expected = ArithmeticExplorer(**settings).result("reference").tolist()
        assert page.evaluate("document.querySelector('[data-explorer]').answer()") == expected
        assert page.locator(".cnn-arithmetic").inner_text() == words
    open_page(page, tmp_path, [explorer], "?explorer=link&stride=9&kernel_size=1,2,3&padding=2,0")
    assert page.get_by_role("alert").inner_text() == (
        "Part of this link was not used. stride: 9 is outside 1 to 4; "
        "kernel_size: 3 numbers given; legal are one or two."
    )
    expected = ArithmeticExplorer(padding=(2, 0)).result("reference").tolist()
    assert page.evaluate("document.querySelector('[data-explorer]').answer()") == expected
