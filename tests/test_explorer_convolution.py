"""ConvolutionExplorer in a real browser, held to cnnlib.reference, by mouse and keyboard."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from cnnlib import datasets
from cnnlib.explorers import ConvolutionExplorer
from tools.widget_page import grid_values, open_page, run_python

CORNER = [[1.0, 2.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.5]]


def cell(page: Any, grid: str, row: int, col: int) -> Any:
    """Return a cell of a grid."""
    rows = page.locator(f'[role=grid][aria-label="{grid}"] [role=row]')
    return rows.nth(row).locator("[role=gridcell]").nth(col)


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Return settings whose kernel fits."""
    while True:
        size = rng.integers(1, 12, 2)
        kernel = rng.integers(1, 8, 2)
        settings = {
            "stride": int(rng.integers(1, 5)),
            "padding": int(rng.integers(0, 7)),
            "dilation": int(rng.integers(1, 4)),
        }
        span = settings["dilation"] * (kernel - 1) + 1
        if np.all(span <= size + 2 * settings["padding"]):
            break
    return {
        "image": rng.normal(size=size).round(3).tolist(),
        "kernel": rng.normal(size=kernel).round(3).tolist(),
        "operation": str(rng.choice(["correlate", "convolve"])),
        **settings,
    }


def test_three_hundred_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    open_page(page, tmp_path, [ConvolutionExplorer(name="any")])
    for _ in range(300):
        settings = random_settings(rng)
        expected = ConvolutionExplorer(**settings).result("reference")
        page.evaluate("s => document.querySelector('[data-explorer]').update(s)", settings)
        np.testing.assert_allclose(grid_values(page, "output"), expected, rtol=1e-5, atol=1e-5)


def test_the_photograph_agrees_with_the_reference_in_every_pixel(page: Any, tmp_path: Path) -> None:
    explorer = ConvolutionExplorer(
        name="photo", photograph=True, kernel=CORNER, padding=1, stride=2, operation="convolve"
    )
    open_page(page, tmp_path, [explorer])
    shown = page.evaluate("document.querySelector('[data-explorer]').answer()")
    expected = explorer.result("reference")
    assert expected.shape == (96, 128)
    np.testing.assert_allclose(np.reshape(shown, expected.shape), expected, atol=1e-9)


def test_the_worked_example_is_written_out_window_by_window(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(name="worked", stride=2, padding=1)])
    assert grid_values(page, "input") == datasets.IMAGES["worked example"]
    assert grid_values(page, "output") == [[1, 2], [2, 4]]
    arithmetic = page.locator(".cnn-arithmetic")
    cell(page, "output", 1, 1).hover()
    assert arithmetic.inner_text() == (
        "output[1, 1] = 1×1 + 0×1 + 1×1 + 0×0 + 1×0 + 0×0 + 1×1 + 0×1 + 1×1 = 4"
    )
    cell(page, "output", 0, 1).focus()
    expect(arithmetic).to_have_text(re.compile("= 2$"))
    page.get_by_role("button", name="Next").click()
    expect(arithmetic).to_have_text(re.compile(r"output\[1, 0\]"))
    assert page.locator(".cnn-input .cnn-outline").get_attribute("d").startswith("M-1 1h1v1h-1z")


def test_a_keyboard_alone_types_paints_and_moves(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(name="keys", kernel=[[2.0]])])
    cell(page, "input", 0, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.dataset.value === '-2.5'")
    assert grid_values(page, "output")[1][1] == -5
    page.keyboard.press("End")
    page.keyboard.press("PageDown")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expected = [[0, 2, 2, 0], [0, -5, 0, 1], [2, 0, 2, 0], [0, 2, 0, 2]]
    page.wait_for_function("document.activeElement.dataset.value === '1'")
    assert grid_values(page, "output") == expected
    tab_stops = page.evaluate(
        """[...document.querySelectorAll("[role=grid]")].filter(grid => grid.offsetParent)
        .map(grid => grid.querySelectorAll("[tabindex='0']").length)"""
    )
    assert tab_stops == [1, 1, 1]


def test_text_that_is_no_number_is_explained_and_changes_nothing(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(name="bad", kernel=[[2.0]])])
    before = grid_values(page, "output")
    cell(page, "input", 0, 0).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    assert '"two" is not a number' in page.get_by_role("alert").inner_text()
    assert grid_values(page, "output") == before


def test_a_mouse_paints_the_picture_and_drags_a_weight(page: Any, tmp_path: Path) -> None:
    image = np.zeros((5, 5)).tolist()
    open_page(page, tmp_path, [ConvolutionExplorer(name="paint", image=image, kernel=[[1.0]])])
    cell(page, "input", 2, 0).hover()
    page.mouse.down()
    for col in (1, 2, 3):
        cell(page, "input", 2, col).hover()
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[13] === 1")
    assert grid_values(page, "output")[2] == [1, 1, 1, 1, 0]
    box = cell(page, "kernel", 0, 0).bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 10 - 24)
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[13] === 2")
    assert grid_values(page, "kernel") == [[2]]


def test_a_finger_paints_the_picture(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    image = np.zeros((3, 3)).tolist()
    open_page(page, tmp_path, [ConvolutionExplorer(name="touch", image=image, kernel=[[1.0]])])
    cell(page, "input", 1, 2).tap()
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[5] === 1")
    assert grid_values(page, "output") == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
    context.close()


def test_convolution_turns_the_kernel(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(name="turn", kernel=CORNER)])
    page.get_by_label("convolution", exact=True).check()
    page.wait_for_selector('[role=grid][aria-label="kernel turned"]')
    assert grid_values(page, "kernel turned") == [[0.5, 0, 0], [0, -1, 0], [0, 2, 1]]
    expected = ConvolutionExplorer(kernel=CORNER, operation="convolve").result("reference")
    np.testing.assert_allclose(grid_values(page, "output"), expected)


def test_a_kernel_that_does_not_fit_is_named_and_mended(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(name="fit", padding=1)])
    dilation = page.get_by_label("dilation")
    dilation.fill("3")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text() == (
        "a kernel spanning 7 by 7 does not fit the padded input, 6 by 6: "
        "pad more, or take a smaller kernel or dilation"
    )
    page.get_by_label("padding").fill("2")
    alert.wait_for(state="hidden")
    expected = ConvolutionExplorer(padding=2, dilation=3).result("reference")
    np.testing.assert_allclose(grid_values(page, "output"), expected)


@pytest.mark.parametrize("operation", ["correlate", "convolve"])
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, operation: str
) -> None:
    explorer = ConvolutionExplorer(
        name="code", kernel=CORNER, operation=operation, stride=2, padding=1
    )
    open_page(page, tmp_path, [explorer])
    names = run_python(page)
    shown = grid_values(page, "output")
    np.testing.assert_allclose(names["output"], shown, rtol=1e-6)
    assert isinstance(names["same"], torch.Tensor)
    np.testing.assert_allclose(names["same"], shown, rtol=1e-6)


def test_a_link_reopens_the_state_and_an_illegal_part_is_named(page: Any, tmp_path: Path) -> None:
    explorer = ConvolutionExplorer(name="link")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, tmp_path, [explorer])
    settings = random_settings(np.random.default_rng(3))
    page.evaluate("s => document.querySelector('[data-explorer]').update(s)", settings)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-ready]")
    expected = ConvolutionExplorer(**settings).result("reference")
    np.testing.assert_allclose(grid_values(page, "output"), expected, rtol=1e-5, atol=1e-5)
    open_page(page, tmp_path, [explorer], "?explorer=link&stride=9&padding=1")
    assert page.get_by_role("alert").inner_text() == (
        "Part of this link was not used. stride: 9 is outside 1 to 4."
    )
    expected = ConvolutionExplorer(padding=1).result("reference")
    np.testing.assert_allclose(grid_values(page, "output"), expected)


def test_reset_brings_the_first_state_back(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ConvolutionExplorer(name="again", stride=2, padding=1)])
    settings = json.loads(json.dumps(random_settings(np.random.default_rng(5))))
    page.evaluate("s => document.querySelector('[data-explorer]').update(s)", settings)
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("document.querySelector('[data-explorer]').answer().length === 4")
    assert grid_values(page, "output") == [[1, 2], [2, 4]]
