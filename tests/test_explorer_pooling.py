"""PoolingExplorer in a real browser, held to cnnlib.reference: values, words, counts, Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from pooling_states import random_settings

from cnnlib.explorers import PoolingExplorer
from cnnlib.explorers.pooling import KINDS, WORKED
from tools.widget_page import grid_values, open_page, run_python

UPDATE = "s => (e => (e.update(s), e.answer()))(document.querySelector('[data-explorer]'))"
SHOWN = """settings => {
  const root = document.querySelector("[data-explorer]");
  root.update(settings);
  const values = (name) => [...root.querySelectorAll(`[aria-label="${name}"] [role=row]`)]
    .map((row) => [...row.children].map((cell) => Number(cell.dataset.value)));
  const text = (selector) => root.querySelector(selector).textContent;
  return {
    answer: root.answer(), output: values("output"), relu: values("after ReLU"),
    written: text(".cnn-arithmetic strong.cnn-o"), size: text(".cnn-panel.cnn-output .cnn-caption"),
  };
}"""
MINUS, INFINITY, ROOT = "\N{MINUS SIGN}", "\N{INFINITY}", "\N{SQUARE ROOT}"


def start(page: Any, tmp_path: Path, query: str = "", **settings: Any) -> None:
    """Open a page with one explorer."""
    open_page(page, tmp_path, [PoolingExplorer(name="pool", **settings)], query)


def arithmetic(page: Any) -> str:
    """Return the arithmetic that is written out."""
    text: str = page.locator(".cnn-arithmetic").inner_text()
    return text


def test_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    start(page, tmp_path)
    for number in range(200):
        settings = random_settings(rng, number)
        expected = PoolingExplorer(**settings).result("reference")
        shown = page.evaluate(SHOWN, settings)
        answer = np.reshape(shown["answer"], expected.shape)
        np.testing.assert_allclose(answer, expected, atol=1e-10)
        np.testing.assert_allclose(shown["output"], expected, rtol=1e-5, atol=1e-5)
        if settings["relu"]:
            np.testing.assert_array_equal(shown["relu"], np.maximum(settings["image"], 0))
        value = expected[
            min(settings["row"], expected.shape[0] - 1), min(settings["col"], expected.shape[1] - 1)
        ]
        written = float(shown["written"].replace(MINUS, "-"))
        assert written == pytest.approx(value, abs=6e-5)
        assert shown["size"] == f"output {expected.shape[0]} by {expected.shape[1]}"


def test_the_winner_is_the_first_of_the_largest(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    start(page, tmp_path)
    for number in range(60):
        settings = random_settings(rng, 4 * (number % 2))  # max and global max by turns
        explorer = PoolingExplorer(**settings)
        image = torch.tensor(settings["image"], dtype=torch.float64)[None, None]
        image = image.relu() if settings["relu"] else image
        if settings["kind"] == "max":
            kernel, stride = settings["kernel_size"], settings["stride"]
            names = ("padding", "dilation", "ceil_mode")
            how = {name: settings[name] for name in names}
            _, places = torch.nn.functional.max_pool2d_with_indices(image, kernel, stride, **how)
        else:
            _, places = torch.nn.functional.adaptive_max_pool2d_with_indices(image, 1)
        page.evaluate(UPDATE, settings)
        rows, cols = explorer.result().shape
        place = int(
            places[0, 0, min(settings["row"], rows - 1), min(settings["col"], cols - 1)],
        )
        y, x = divmod(place, image.shape[3])
        assert f"won by {'relu' if settings['relu'] else 'input'}[{y}, {x}]" in arithmetic(page)
        drawn = page.locator(".cnn-pool-winner").nth(int(settings["relu"])).get_attribute("d")
        assert drawn == f"M{x} {y}h1v1h-1z"
        marked = page.locator(".cnn-pool-won").nth(int(settings["relu"])).get_attribute("d")
        assert marked.count("M") == len(np.unique(places.numpy()))


def test_the_worked_example_is_written_out(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, row=0, col=1)
    assert grid_values(page, "input") == WORKED
    outputs = {
        "max": [[5, 6], [4, 7]],
        "average": [[3, 2.5], [2.5, 2.5]],
        "l2": [[6.782, 6.782], [5.477, 7.348]],
        "global_average": [[2.625]],
        "global_max": [[7]],
    }
    sums = {
        "max": "output[0, 1] = max(3, 0, 6, 1) = 6; won by input[1, 2]",
        "average": "output[0, 1] = (3 + 0 + 6 + 1) / 4 = 10 / 4 = 2.5",
        "l2": f"output[0, 1] = {ROOT}(3² + 0² + 6² + 1²) = {ROOT}46 = 6.7823",
        "global_average": "output[0, 0] = (1 + 2 + 3 + 0 + 4 + 5 + 6 + 1 + 3 + 4 + 7 + 2 + 1 + 2 "
        "+ 1 + 0) / 16 = 42 / 16 = 2.625",
        "global_max": "output[0, 0] = max(1, 2, 3, 0, 4, 5, 6, 1, 3, 4, 7, 2, 1, 2, 1, 0) = 7; "
        "won by input[2, 2]",
    }
    for kind, expected in outputs.items():
        page.get_by_label(KINDS[kind], exact=True).check()
        expect(page.locator(".cnn-arithmetic")).to_have_text(sums[kind])
        np.testing.assert_allclose(grid_values(page, "output"), expected, atol=5e-4)
    page.evaluate(UPDATE, {"kind": "gaussian", "kernel_size": 3, "sigma": 1 / np.log(4) ** 0.5})
    np.testing.assert_allclose(
        grid_values(page, "weights"), np.outer([1, 2, 1], [1, 2, 1]) / 16, rtol=1e-6
    )
    assert arithmetic(page).startswith("output[0, 0] = 0.0625×1 + 0.125×2 + 0.0625×3 + 0.125×4")


def test_padding_counts_as_it_is_drawn(page: Any, tmp_path: Path) -> None:
    image = [[-1, -2, -3], [-4, -5, -6], [-7, -8, -9]]
    start(page, tmp_path, image=image, padding=1)
    drawn = page.locator(".cnn-panel.cnn-input").first.locator(".cnn-pool-pad-values text")
    assert grid_values(page, "output") == [[-1, -2], [-4, -5]]
    assert drawn.all_text_contents() == [f"{MINUS}{INFINITY}"] * 16
    assert arithmetic(page) == (
        f"output[0, 0] = max({MINUS}{INFINITY}, {MINUS}{INFINITY}, {MINUS}{INFINITY}, {MINUS}1) "
        f"= {MINUS}1; won by input[0, 0]"
    )
    page.get_by_label("average", exact=True).check()
    expect(drawn.first).to_have_text("0")
    assert arithmetic(page) == (
        f"output[0, 0] = (0 + 0 + 0 + {MINUS}1) / 4 = {MINUS}1 / 4 = {MINUS}0.25; "
        "3 zeros of the padding counted"
    )
    page.get_by_label("count_include_pad").uncheck()
    expect(page.locator(".cnn-arithmetic")).to_have_text(
        f"output[0, 0] = ({MINUS}1) / 1 = {MINUS}1 / 1 = {MINUS}1; 3 of the window's 4 not counted"
    )
    expect(drawn).to_have_count(0)


def test_a_partial_window_is_drawn_and_told(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, image=[[1, 2, 3]] * 3, kind="l2", row=1, col=1)
    words = page.locator(".cnn-size")
    assert "The last row and the last column are in no window; ceil_mode would add a partial" in (
        words.inner_text()
    )
    page.get_by_label("ceil_mode").check()
    expect(words).to_contain_text(
        "The last window is partial: 1 of its 2 rows, and of its 2 columns, lies beyond the map."
    )
    assert arithmetic(page) == (
        f"output[1, 1] = {ROOT}((3²)×4/1) = {ROOT}36 = 6; "
        "a partial window counts as if its mean square filled all 4"
    )
    beyond = page.locator(".cnn-input .cnn-pool-beyond").first
    assert beyond.get_attribute("d") == "M0 3h4v1h-4zM3 0h1v3h-1z"
    page.evaluate(UPDATE, {"kind": "max", "kernel_size": 2, "stride": 4, "padding": 1})
    assert "= 2, not 3" not in words.inner_text()
    page.evaluate(UPDATE, {"kernel_size": 3, "stride": 4, "image": [[1.0] * 3] * 3})
    expect(words).to_contain_text("= 1, not 2: window 2 would start in the padding after the map")


@pytest.mark.parametrize("relu", [False, True])
def test_counts_of_activations_and_of_active_units(page: Any, tmp_path: Path, relu: bool) -> None:
    image = np.random.default_rng(5).normal(size=(8, 8)).round(1)
    image[0, :4] = 0
    start(page, tmp_path, image=image, relu=relu, channels=3)
    rows = page.locator(".cnn-pool-costs tbody tr")
    numbers = [row.locator(".cnn-count").all_inner_texts() for row in rows.all()]
    pooled = image.reshape(4, 2, 4, 2).max(axis=(1, 3))
    counts = [
        [np.count_nonzero(image) / 64, np.count_nonzero(pooled) / 16],
        [np.count_nonzero(image > 0) / 64, np.count_nonzero(pooled > 0) / 16],
    ]
    assert numbers[0] == ["192", "48"]
    for shown, shares in zip(numbers[1:], counts, strict=True):
        assert [float(text.rstrip("%")) for text in shown] == pytest.approx(
            [100 * share for share in shares], abs=0.06
        )
    assert "cnn-now" in rows.nth(2 if relu else 1).get_attribute("class")
    cost = page.locator(".cnn-cost")
    assert "Parameters: 0." in cost.inner_text()
    assert "passes on 25% of the activations" in cost.inner_text()


def test_the_count_of_the_text_is_one_of_its_states(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, image=np.ones((32, 32)), channels=4)
    first = page.locator(".cnn-pool-costs tbody tr").first
    assert first.locator(".cnn-count").all_inner_texts() == ["4,096", "1,024"]
    assert first.locator(".cnn-times").all_inner_texts() == ["32×32×4 =", "16×16×4 ="]


def test_the_row_of_pairs_and_the_same_moved_by_one(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    page.locator("select").select_option("0 0 1 1 in every row")
    page.wait_for_function("document.querySelector('[data-explorer]').answer().length === 16")
    assert grid_values(page, "output") == [[0, 1, 0, 1]] * 4
    page.locator("select").select_option("the same, moved by one")
    page.wait_for_function("document.querySelector('[data-explorer]').answer()[0] === 1")
    assert grid_values(page, "input") == [[1, 0, 0, 1, 1, 0, 0, 1]] * 8
    assert grid_values(page, "output") == [[1, 1, 1, 1]] * 4


@pytest.mark.parametrize("number", range(18))
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, number: int
) -> None:
    start(page, tmp_path, **random_settings(np.random.default_rng(number), number))
    names = run_python(page)
    shown = grid_values(page, "output")
    np.testing.assert_allclose(names["output"], shown, rtol=1e-6, atol=1e-6)
    assert isinstance(names["same"], torch.Tensor)
    np.testing.assert_allclose(names["same"], shown, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"padding": 2}, r"padding must be at most half the kernel size, \(2, 2\), got"),
        ({"kernel_size": 5}, "kernel_size must be no larger than the padded input"),
        ({"kernel_size": 4, "dilation": 2}, "kernel_size must be no larger than the padded input"),
        (
            {"image": [[1]], "padding": 1, "dilation": 2, "stride": 1},
            r"dilation must be smaller, or padding, .* shape \(1, 1\); got 2 and 1",
        ),
        ({"image": np.ones((33, 2))}, r"image must be a matrix of 1 to 32 .* shape \(33, 2\)"),
    ],
)
def test_settings_that_are_not_legal_are_refused(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PoolingExplorer(**settings)


def test_describe_tells_the_settings_that_apply() -> None:
    assert PoolingExplorer(padding=1).describe() == (
        "max pooling of a 4 by 4 map, window 2 by 2, stride 2, padding 1, dilation 1, ceil_mode "
        "False: output 3 by 3, from 0 to 7"
    )
    assert PoolingExplorer(kind="global_average", relu=True).describe() == (
        "global average pooling of a 4 by 4 map after ReLU: output 1 by 1, from 2.625 to 2.625"
    )


def frames(explorer: PoolingExplorer) -> list[set[tuple[float, ...]]]:
    """Return the frames in each panel of the picture: left, top, width and height."""
    return [
        {(*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in axes.patches}
        for axes in explorer.draw().axes
    ]


def test_the_picture_frames_an_output_and_its_window() -> None:
    assert frames(PoolingExplorer(row=0, col=1)) == [{(1.5, -0.5, 2, 2)}, {(0.5, -0.5, 1, 1)}]
    after_relu = PoolingExplorer(kind="average", padding=1, relu=True, row=9, col=0)
    assert frames(after_relu) == [set(), {(-1.5, 2.5, 2, 2)}, {(-0.5, 1.5, 1, 1)}]
    apart = PoolingExplorer(dilation=2, stride=1, row=1)
    corners = {(x - 0.5, y + 0.5, 1, 1) for x in (0, 2) for y in (0, 2)}
    assert frames(apart) == [corners, {(-0.5, 0.5, 1, 1)}]
    assert frames(PoolingExplorer(kind="global_max"))[0] == {(-0.5, -0.5, 4, 4)}
