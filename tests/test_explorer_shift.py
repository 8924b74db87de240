"""ShiftExplorer in a real browser: both orders held to the reference, and ways to move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from cnnlib.downsampling import KINDS
from cnnlib.equivariance import shift
from cnnlib.explorers import ShiftExplorer
from tools.widget_page import grid_values, open_page, run_python

F = ShiftExplorer().image
DOWN, RIGHT = "Pixels down", "Pixels right"


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Return settings that are legal together."""
    padding = str(rng.choice(["zero", "circular"]))
    pool = str(rng.choice(["none", *KINDS]))
    least = 9 if pool != "none" else 1 if padding == "zero" else 2
    size = rng.integers(least, 13, 2)
    return {
        "relu": bool(rng.integers(2)),
        "pool": pool,
        "image": rng.normal(size=size).round(2).tolist(),
        "kernel": rng.normal(size=rng.choice([1, 3, 5], 2)).round(2).tolist(),
        "dy": int(rng.integers(-8, 9)),
        "dx": int(rng.integers(-8, 9)),
        "stride": int(rng.integers(1, 4)),
        "padding": padding,
    }


def update(page: Any, **settings: Any) -> None:
    """Bring the explorer of the page into another state."""
    page.evaluate("s => document.querySelector('[data-explorer]').update(s)", settings)


def page_answer(page: Any) -> list[float]:
    """Return the numbers that the explorer of the page shows."""
    answer: list[float] = page.evaluate("document.querySelector('[data-explorer]').answer()")
    return answer


def moved_to(page: Any, down: int, right: int) -> None:
    """Assert where the page says that the picture is, and that it drew it there."""
    for name, pixels in ((DOWN, down), (RIGHT, right)):
        expect(page.get_by_role("slider", name=name)).to_have_value(str(pixels))
    np.testing.assert_array_equal(grid_values(page, "shifted input"), shift(F, down, right))


def test_a_hundred_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    open_page(page, tmp_path, [ShiftExplorer(name="any")])
    for _ in range(100):
        settings = random_settings(rng)
        explorer = ShiftExplorer(**settings)
        expected = explorer.result("reference")
        update(page, **settings)
        shown = page.evaluate("document.querySelector('[data-explorer]').answer()")
        np.testing.assert_allclose(shown, expected, atol=1e-10)
        first, second = explorer.orders()
        drawn = {"output": first, "shifted output": second, "difference": first - second}
        for name, values in drawn.items():
            np.testing.assert_allclose(grid_values(page, name), values, rtol=1e-5, atol=1e-5)
        summary = page.locator(".cnn-summary").inner_text()
        differing = explorer.describe().split("differ in ")[1:]
        if differing:
            assert f"differ in {differing[0].split(', by')[0]}" in summary
        else:
            assert summary.endswith("Both orders give the same output.")


def test_the_error_and_its_reason_are_told(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="why", dy=1, dx=3)])
    words = page.locator(".cnn-error")
    numbers = words.locator("dd")
    assert ShiftExplorer(dy=1, dx=3).error() == pytest.approx((2, 6**0.5 / 146**0.5))
    assert numbers.all_inner_texts() == ["2", "0.2027"]
    assert "differ in 3 of 64 cells" in words.inner_text()
    assert "zeros beyond the border" in words.inner_text()
    update(page, padding="circular")
    assert numbers.all_inner_texts() == ["0", "0"]
    assert "agree exactly" in words.inner_text()
    update(page, stride=2)
    assert "3 pixels right are 1.5 cells, compared with 1" in words.inner_text()
    update(page, dy=4, dx=-2)
    assert "4 pixels down are 2 cells; 2 pixels left are 1 cell." in words.inner_text()
    assert numbers.all_inner_texts() == ["0", "0"]
    update(page, image=[row[:7] for row in F])
    assert "7 columns does not divide into steps of 2" in words.inner_text()
    update(page, image=[[0, 0]], stride=1)
    update(page, image=np.eye(3).tolist(), kernel=[[1]], dy=1, dx=1, stride=2, padding="zero")
    assert numbers.all_inner_texts()[0] != "0"


def test_buttons_and_keys_move_the_picture(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="keys", dy=0, dx=0)])
    page.get_by_role("button", name="Move up").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    moved_to(page, -1, -1)
    page.locator('[aria-label="shifted input"] [tabindex="0"]').focus()
    for key in ("Shift+ArrowDown", "Shift+ArrowDown", "ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    moved_to(page, 1, 0)
    for _ in range(10):
        page.keyboard.press("Shift+ArrowRight")
    moved_to(page, 1, 8)
    page.get_by_role("slider", name=DOWN).focus()
    page.keyboard.press("Home")
    moved_to(page, -8, 8)
    page.get_by_role("button", name="back to no shift").click()
    moved_to(page, 0, 0)


def test_a_mouse_drags_the_picture(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="drag", dy=1, dx=3)])
    box = page.locator('[aria-label="shifted input"]').bounding_box()
    side = box["width"] / 8
    page.mouse.move(box["x"] + 4 * side, box["y"] + 4 * side)
    page.mouse.down()
    page.mouse.move(box["x"] + 2.3 * side, box["y"] + 6 * side, steps=4)
    moved_to(page, 3, 1)
    page.mouse.up()
    page.mouse.move(box["x"], box["y"])
    moved_to(page, 3, 1)


def test_a_finger_drags_the_picture(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_page(page, tmp_path, [ShiftExplorer(name="touch", dy=0, dx=0)])
    grid = page.locator('[aria-label="shifted input"]')
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    side = box["width"] / 8
    finger = context.new_cdp_session(page)
    for kind, steps in (("touchStart", 0), ("touchMove", 1), ("touchMove", 2), ("touchEnd", None)):
        points = (
            []
            if steps is None
            else [{"x": box["x"] + (6 - steps) * side, "y": box["y"] + (2 + steps / 2) * side}]
        )
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    moved_to(page, 1, -2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_pointing_at_an_output_shows_what_each_order_read(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="point", dy=1, dx=3, padding="circular")])
    page.locator('[aria-label="output"] [role=gridcell]').nth(8 * 2 + 4).hover()
    assert page.locator(".cnn-arithmetic").inner_text() == "A[2, 4] = 3, B[2, 4] = 3, A − B = 0"
    outlines = page.locator(".cnn-square .cnn-outline")
    marked = [outline.get_attribute("d") for outline in outlines.all()]
    first = {"input": marked[0], "shifted input": marked[1], "conv(x)": marked[4]}
    assert first["shifted input"].startswith("M3 1h1v1h-1zM4 1")
    assert first["input"].startswith("M0 0h1v1h-1zM1 0")
    assert first["conv(x)"] == "M1 1h1v1h-1z"


@pytest.mark.parametrize("seed", range(6))
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, seed: int
) -> None:
    settings = random_settings(np.random.default_rng(seed))
    settings["padding"] = ("zero", "circular")[seed % 2]
    settings |= {"pool": ["none", *KINDS][seed], "relu": seed % 2 == 1}
    size = (5, 3) if seed == 0 else (9, 12)
    settings["image"] = np.random.default_rng(seed).normal(size=size).round(2).tolist()
    open_page(page, tmp_path, [ShiftExplorer(name="code", **settings)])
    names = run_python(page)
    for prefix in ("", "same_"):
        for name, grid in (("first", "output"), ("second", "shifted output")):
            values = names[prefix + name]
            assert isinstance(values, torch.Tensor if prefix else np.ndarray)
            np.testing.assert_allclose(values[0, 0], grid_values(page, grid), atol=1e-5)
    assert [each[3] for each in names["curve"]] == pytest.approx(page_answer(page)[-9:], abs=1e-9)


def test_settings_that_cannot_be_are_named(page: Any, tmp_path: Path) -> None:
    explorer = ShiftExplorer(name="bad", kernel=[[1.0]] * 5, image=[[1, 2, 3]])
    open_page(page, tmp_path, [explorer])
    alert = page.get_by_role("alert")
    page.get_by_label("circular").check()
    expect(alert).to_contain_text("A 1 by 3 picture is too small to be wrapped round by 2 rows")
    page.get_by_label("zero", exact=True).check()
    expect(alert).to_be_hidden()
    columns = page.get_by_role("spinbutton", name="columns").nth(1)
    columns.fill("2")
    columns.press("Enter")
    expect(alert).to_contain_text("columns: 2 is not 1 or 2, 4")
    expect(columns).to_have_value("1")
    open_page(page, tmp_path, [explorer], "?explorer=bad&kernel=1,1;1,1&dx=2")
    expect(alert).to_contain_text("kernel: 2 by 2 is not odd in both directions")
    expect(page.get_by_role("slider", name=RIGHT)).to_have_value("2")


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"kernel": [[1, 2]]}, ValueError, "kernel must have odd numbers of rows and columns"),
        ({"kernel": [[1.0]] * 7}, ValueError, "kernel must be a matrix of 1 to 5"),
        ({"image": [[1]], "kernel": [[1, 2, 3, 4, 5]], "padding": "circular"}, ValueError, "input"),
    ],
)
def test_python_refuses_what_cannot_be(
    settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ShiftExplorer(**settings)
