"""CollapseExplorer in a real browser: two layers and one, by mouse, finger and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from playwright.sync_api import expect

from cnnlib.explorers import CollapseExplorer
from tools.widget_page import grid_values, open_page, run_python

OUTPUTS = ("output", "combined output", "difference")
SHIFT = [[0, 0, 0], [0, 0, 1], [0, 0, 0]]  # reads the pixel to the right
BACK = [[0, 0, 0], [1, 0, 0], [0, 0, 0]]  # reads the pixel to the left
NOTHING = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
UPDATE = "s => (e => (e.update(s), e.answer()))(document.querySelector('[data-explorer]'))"


def start(page: Any, tmp_path: Path, query: str = "", **settings: Any) -> None:
    """Open a page with one explorer."""
    open_page(page, tmp_path, [CollapseExplorer(name="two", **settings)], query)


def cell(page: Any, grid: str, row: int, col: int) -> Any:
    """Return a cell of a grid."""
    rows = page.locator(f'[role=grid][aria-label="{grid}"] [role=row]')
    return rows.nth(row).locator("[role=gridcell]").nth(col)


def random_settings(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Return settings that are legal together; each padding with ReLU and without."""
    padding = ("valid", "zero")[number % 2]
    size = rng.integers(5 if padding == "valid" else 1, 13, 2)
    whole = number % 3 == 0
    values = [rng.normal(0, 2, shape) for shape in (size, (3, 3), (3, 3))]
    image, first, second = (v.round(0 if whole else 2).tolist() for v in values)
    return {
        "image": image,
        "first": first,
        "second": second,
        "padding": padding,
        "relu": bool(number // 2 % 2),
    }


def test_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    start(page, tmp_path)
    for number in range(150):
        settings = random_settings(rng, number)
        explorer = CollapseExplorer(**settings)
        expected = explorer.result("reference")
        shown = page.evaluate(UPDATE, settings)
        np.testing.assert_allclose(np.reshape(shown, expected.shape), expected, atol=1e-10)
        for name, values in zip(OUTPUTS, expected, strict=True):
            np.testing.assert_allclose(grid_values(page, name), values, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(
            grid_values(page, "combined kernel"), explorer.combined(), rtol=1e-5, atol=1e-5
        )
        difference = np.array(grid_values(page, "difference"))
        if not settings["relu"]:  # zero, not merely small: everywhere, or inside the border
            inner = difference if settings["padding"] == "valid" else difference[1:-1, 1:-1]
            assert not inner.any()
        verdict = page.locator(".cnn-verdict strong").inner_text()
        differing = np.count_nonzero(difference)
        assert ("differ in" in verdict) == bool(differing)
        if differing:
            assert f"{differing} of {difference.size}" in verdict
            assert explorer.describe().endswith(f"{differing} of {difference.size} cells")
        else:
            assert explorer.describe().endswith("they give the same output")


def test_the_combined_kernel_is_what_torch_sees_of_two_layers(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    first, second = rng.integers(-3, 4, (2, 3, 3)).astype(float)
    start(page, tmp_path, first=first, second=second)
    impulse = torch.zeros(1, 1, 9, 9, dtype=torch.float64)
    impulse[0, 0, 4, 4] = 1
    for kernel in (first, second):
        impulse = F.conv2d(impulse, torch.from_numpy(kernel)[None, None])
    answer = impulse[0, 0].flip(0, 1).numpy()  # a layer's answer to an impulse is its kernel turned
    np.testing.assert_array_equal(grid_values(page, "combined kernel"), answer)


def test_relu_and_padding_part_the_two(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    words = page.locator(".cnn-error")
    assert not np.any(grid_values(page, "difference"))
    expect(words).to_contain_text("agree in all 16 cells")
    page.get_by_label("zeros").check()
    expect(words).to_contain_text("Only the border differs, in 6 of 28 cells; the 36 inside it")
    difference = np.array(grid_values(page, "difference"))
    assert difference[0].tolist() == [0, 1, 1, 0, 0, 0, 0, -3]
    assert not difference[1:-1, 1:-1].any()
    page.get_by_label("none").check()
    page.get_by_label("ReLU between the layers").check()
    expect(words).to_contain_text("ReLU set 12 of 36 cells between the layers to 0")
    assert np.any(grid_values(page, "difference"))
    assert np.min(grid_values(page, "between")) == 0
    page.evaluate(UPDATE, {"first": NOTHING, "second": BACK})
    expect(words).to_contain_text("ReLU found no negative value")
    assert not np.any(grid_values(page, "difference"))


def test_one_pixel_is_lost_at_the_border(page: Any, tmp_path: Path) -> None:
    """Right, then left: two padded layers lose the first column, the one keeps it."""
    start(page, tmp_path, image=[[1, 2, 3]], first=SHIFT, second=BACK, padding="zero")
    assert grid_values(page, "between") == [[2, 3, 0]]
    assert grid_values(page, "output") == [[0, 2, 3]]
    assert grid_values(page, "combined output") == [[1, 2, 3]]
    assert grid_values(page, "difference") == [[-1, 0, 0]]


def test_a_cell_and_a_weight_are_written_out(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, image=[[1, 2, 3]], first=SHIFT, second=BACK, padding="zero")
    sums = page.locator(".cnn-arithmetic")
    cell(page, "output", 0, 1).hover()
    expect(sums.locator("div")).to_have_text(
        ["A[0, 1] = 2×1 = 2", "B[0, 1] = 2×1 = 2", "A \N{MINUS SIGN} B = 0"]
    )
    assert page.locator(".cnn-between .cnn-outline").get_attribute("d").count("M") == 3
    cell(page, "combined kernel", 2, 2).focus()
    zeros = " + ".join(["0×0"] * 3)
    expect(sums).to_have_text(f"combined[2, 2] = {zeros} + 1×1 + 0×0 + 0×0 + {zeros} = 1")
    cell(page, "combined kernel", 0, 1).focus()
    expect(sums).to_have_text("combined[0, 1] = 0×0 + 0×0 = 0")
    assert page.locator(".cnn-at-second .cnn-outline").get_attribute("d").count("M") == 2


def test_a_keyboard_alone_changes_kernels_and_switches(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, image=np.ones((5, 5)), first=NOTHING, second=NOTHING)
    cell(page, "second kernel", 0, 0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("-2")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.dataset.value === '-2'")
    assert grid_values(page, "output") == grid_values(page, "combined output") == [[-2]]
    cell(page, "kernel", 0, 0).focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("PageDown")
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[0] === -1")
    page.get_by_label("ReLU between the layers").focus()
    page.keyboard.press("Space")
    page.get_by_label("none").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('[data-explorer]').answer().length === 75")
    expected = CollapseExplorer(
        image=np.ones((5, 5)),
        first=[[0, 0, 0], [0, 1, 0], [0, 0, -0.5]],
        second=[[0, 0, 0], [0, -2, 0], [0, 0, 0]],
        padding="zero",
        relu=True,
    ).result("reference")
    np.testing.assert_allclose([grid_values(page, name) for name in OUTPUTS], expected)


def test_a_mouse_paints_and_drags_a_weight(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, image=np.zeros((5, 5)), first=NOTHING, second=NOTHING)
    cell(page, "input", 2, 1).hover()
    page.mouse.down()
    cell(page, "input", 2, 2).hover()
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[0] === 1")
    x, y, width, _ = cell(page, "second kernel", 1, 1).bounding_box().values()
    page.mouse.move(x + width / 2, y + 10)
    page.mouse.down()
    page.mouse.move(x + width / 2, y - 14)
    page.mouse.up()
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[0] === 2")
    assert grid_values(page, "combined kernel")[2] == [0, 0, 2, 0, 0]


def test_a_finger_paints_and_switches(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    start(page, tmp_path, image=np.zeros((5, 5)), first=[[-1, 0, 0], *NOTHING[1:]], second=NOTHING)
    cell(page, "input", 1, 1).tap()
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[1] === -1")
    page.get_by_label("ReLU between the layers").tap()
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[0] === 0")
    assert grid_values(page, "difference") == [[1]]
    context.close()


@pytest.mark.parametrize("padding", ["valid", "zero"])
@pytest.mark.parametrize("relu", [False, True])
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, padding: str, relu: bool
) -> None:
    kernel = np.random.default_rng(2).normal(size=(3, 3)).round(2)
    start(page, tmp_path, second=kernel, padding=padding, relu=relu)
    names = run_python(page)
    for way, grid in (("two", "output"), ("one", "combined output")):
        shown = grid_values(page, grid)
        np.testing.assert_allclose(names[way], shown, rtol=1e-6, atol=1e-6)
        assert isinstance(names[f"same_{way}"], torch.Tensor)
        np.testing.assert_allclose(names[f"same_{way}"], shown, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(names["difference"], grid_values(page, "difference"), atol=1e-6)


def test_a_picture_that_is_too_small_is_named_and_mended(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    page.evaluate(UPDATE, {"image": [[1, 2, 3]]})
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("a picture of 1 by 3 is too small: without padding")
    page.get_by_label("zeros").check()
    expect(alert).to_be_hidden()
    expected = CollapseExplorer(image=[[1, 2, 3]], padding="zero").result("reference")
    np.testing.assert_allclose([grid_values(page, name) for name in OUTPUTS], expected)


def test_a_link_reopens_the_state_and_an_illegal_part_is_named(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page, tmp_path)
    settings = random_settings(np.random.default_rng(3), 3)
    page.evaluate(UPDATE, settings)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-ready]")
    expected = CollapseExplorer(**settings).result("reference")
    np.testing.assert_allclose(
        [grid_values(page, name) for name in OUTPUTS], expected, rtol=1e-5, atol=1e-5
    )
    start(page, tmp_path, "?explorer=two&first=1,2;3,4&relu=1")
    expect(page.get_by_role("alert")).to_have_text(
        "Part of this link was not used. first: 2 by 2 is not 3 by 3."
    )
    expect(page.get_by_label("ReLU between the layers")).to_be_checked()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"first": [[1, 2], [3, 4]]}, r"first must have 3 rows and 3 columns; got \(2, 2\)"),
        ({"image": np.ones((4, 9))}, r"image must have at least 5 rows and 5 .* shape \(4, 9\)"),
        ({"image": np.ones((13, 9))}, r"image must be a matrix of 1 to 12 .* shape \(13, 9\)"),
    ],
)
def test_settings_that_are_not_legal_are_refused(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CollapseExplorer(**settings)
