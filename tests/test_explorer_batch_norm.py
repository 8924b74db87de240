"""ClassifierHeadExplorer's other view, batch norm, in a real browser: by mouse, finger and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from playwright.sync_api import expect

from cnnlib.explorers import ClassifierHeadExplorer
from tools.widget_page import grid_values, open_page

ANSWER = "document.querySelector('[data-explorer]').answer()"
BATCH_NORM: dict[str, Any] = {"view": "batch norm"}


def start(page: Any, tmp_path: Path, query: str = "", **settings: Any) -> None:
    """Open a page with one explorer."""
    open_page(page, tmp_path, [ClassifierHeadExplorer(name="c", **settings)], query)


def cell(page: Any, grid: str, row: int, col: int) -> Any:
    """Return a cell of a grid."""
    rows = page.locator(f'[role=grid][aria-label="{grid}"] [role=row]')
    return rows.nth(row).locator("[role=gridcell]").nth(col)


def row(page: Any, grid: str) -> list[float]:
    """Return the values of a grid of one row, once the next frame is drawn."""
    page.evaluate("new Promise(requestAnimationFrame)")
    return grid_values(page, grid)[0]


def test_training_steps_move_the_running_statistics_as_torch_does(
    page: Any, tmp_path: Path
) -> None:
    start(page, tmp_path, **BATCH_NORM, training=False, gamma=2.0, beta=-1.0)
    layer = torch.nn.BatchNorm1d(1, dtype=torch.float64)
    torch.nn.init.constant_(layer.weight, 2)
    torch.nn.init.constant_(layer.bias, -1)
    batch = torch.tensor(ClassifierHeadExplorer().batch, dtype=torch.float64)[:, None]
    step = page.get_by_role("button", name="One training step")
    for _ in range(3):
        layer(batch)
        before = page.evaluate(ANSWER)[-1]
        step.click()
        page.wait_for_function(f"before => {ANSWER}.at(-1) !== before", arg=before)
    parts = [layer.eval()(batch).detach().ravel(), layer.running_mean, layer.running_var]
    np.testing.assert_allclose(page.evaluate(ANSWER), torch.cat(parts), atol=1e-10)
    expect(page.get_by_label("Running mean")).to_have_value(f"{layer.running_mean.item():.5g}")
    page.get_by_role("button", name="Start over").click()
    page.wait_for_function(f"{ANSWER}.at(-1) === 1")


def test_training_normalizes_and_evaluation_does_not_see_the_batch(
    page: Any, tmp_path: Path
) -> None:
    start(page, tmp_path, **BATCH_NORM, gamma=3.0, beta=1.5)
    output = np.array(grid_values(page, "output"))
    assert (output.shape, output.mean().round(4), output.std().round(3)) == ((4, 8), 1.5, 3)
    expect(page.locator(".cnn-norm .cnn-output .cnn-caption")).to_have_text(
        "after: mean 1.5, deviation 3"
    )
    cell(page, "input", 0, 0).focus()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.wait_for_function(f"was => {ANSWER}[1] !== was", arg=output[0, 1])
    assert not np.isclose(grid_values(page, "output"), output).any()
    page.get_by_label("evaluation").check()
    page.wait_for_function(f"{ANSWER}[0] > 28")
    settled = np.array(grid_values(page, "output"))
    page.get_by_role("grid", name="input").locator("[tabindex='0']").focus()
    page.keyboard.press("Delete")
    page.wait_for_function(f"{ANSWER}[0] === 1.5")
    same = np.isclose(grid_values(page, "output"), settled)
    assert same.sum() == 31
    assert not same[0, 0]
    cell(page, "output", 0, 0).hover()
    expect(page.locator(".cnn-arithmetic:visible")).to_contain_text(
        "= 3 × (0 \N{MINUS SIGN} 0) / √(1 + 1.00e\N{MINUS SIGN}5) + 1.5 = 1.5"
    )


def test_histograms_count_every_value(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **BATCH_NORM)
    page.get_by_role("combobox", name="Batch").select_option("one outlier")
    page.get_by_role("combobox", name="values").select_option("16")
    page.wait_for_function(f"{ANSWER}.length === 18")
    heights = page.evaluate(
        """[...document.querySelectorAll(".cnn-norm .cnn-plot")].map(plot =>
        [...plot.querySelectorAll(".cnn-bin")].map(bin => Number(bin.getAttribute("height"))))"""
    )
    for values, shown in zip(("input", "output"), heights, strict=True):
        numbers = np.ravel(grid_values(page, values))
        both = [np.ravel(grid_values(page, name)) for name in ("input", "output")]
        low, high = min(0, *map(np.min, both)), max(0, *map(np.max, both))
        room = 0.06 * (high - low)
        counts, _ = np.histogram(numbers, 24, (low - room, high + room))
        np.testing.assert_allclose(np.array(shown) / sum(shown), counts / 16, atol=1e-9)


def test_a_finger_drags_a_value_and_switches_the_view(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900}, has_touch=True)
    page = context.new_page()
    start(page, tmp_path, batch=[1.0, 3.0] * 4)
    page.get_by_role("radio", name="batch norm").tap()
    page.wait_for_function(f"{ANSWER}.length === 10")
    np.testing.assert_allclose(row(page, "output"), [-1, 1] * 4, atol=1e-4)
    cell(page, "input", 0, 7).tap()
    page.keyboard.type("-5")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{ANSWER}[7] < -2")
    expected = ClassifierHeadExplorer(**BATCH_NORM, batch=[1, 3, 1, 3, 1, 3, 1, -5])
    np.testing.assert_allclose(page.evaluate(ANSWER), expected.result("reference"), atol=1e-12)
    page.get_by_label("evaluation").tap()
    page.wait_for_function(f"{ANSWER}[7] > -5 && {ANSWER}[7] < -4.9")
    context.close()
