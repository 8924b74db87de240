"""ArithmeticExplorer's answers, held to cnnlib.reference, to torch and to published figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from arithmetic_states import RANGES, fits, links, marked, random_settings, update
from playwright.sync_api import expect

from cnnlib.explorers import ArithmeticExplorer
from cnnlib.explorers.arithmetic import EXAMPLES, FIGURES
from tools.widget_page import open_page, run_python

# Dumoulin and Visin: (i, k, s, p, d) -> o, and of the transposed ones (i, k, s, p, a) -> o.
PLAIN = {
    "no padding": (4, 3, 1, 0, 1, 2),
    "padding": (5, 4, 1, 2, 1, 6),
    "half padding: the size stays": (5, 3, 1, 1, 1, 5),
    "padding and strides": (5, 3, 2, 1, 1, 3),
    "padding and strides, one left over": (6, 3, 2, 1, 1, 3),
    "dilation": (7, 3, 1, 0, 2, 3),
}
TRANSPOSED = {
    "transposed": (2, 3, 1, 0, 0, 4),
    "transposed, strides": (2, 3, 2, 0, 0, 5),
    "transposed, output padding": (3, 3, 2, 1, 1, 6),
}
OUTPUTS = {name: numbers[-1] for name, numbers in {**PLAIN, **TRANSPOSED}.items()}

SLIDERS = """keys => Object.fromEntries(keys.map((key, k) => {
  const setting = document.querySelectorAll(".cnn-setting")[k];
  const inputs = [...setting.querySelectorAll("input")];
  return [key, setting.offsetParent && inputs.map(({ min, max }) => [Number(min), Number(max)])];
}))"""
"""The least and the most that the sliders of each setting offer; null for one that is hidden."""

SHOW = """settings => {
  const explorer = document.querySelector("[data-explorer]");
  explorer.update(settings);
  const values = name => [...explorer.querySelectorAll(`[aria-label=${name}] [role=gridcell]`)]
    .map(cell => Number(cell.dataset.value));
  return [explorer.answer(), values("input"), values("output")];
}"""
"""Put settings into the explorer; return its answer, and what its grids show."""


@pytest.mark.parametrize("name", FIGURES)
def test_the_published_figures_come_out_exactly(name: str) -> None:
    i, k, s, p, last, size = {**PLAIN, **TRANSPOSED}[name]
    key = "output_padding" if name in TRANSPOSED else "dilation"
    settings: dict[str, Any] = {"input_size": i, "kernel_size": k, "stride": s, "padding": p}
    plain = ArithmeticExplorer(**settings, **{key: last}, transposed=name in TRANSPOSED)
    figure = ArithmeticExplorer(**FIGURES[name])
    assert figure.output_size() == plain.output_size() == (size, size)
    assert figure.result()[:2].tolist() == [size, size]
    assert plain.describe() == figure.describe()


def test_the_counts_are_those_of_the_dependencies() -> None:
    rng = np.random.default_rng(1)
    for _ in range(15):
        explorer = ArithmeticExplorer(**random_settings(rng))
        used, reads = explorer.counts("reference")
        expected = np.zeros_like(used), np.zeros_like(reads)
        for row, col, y, x in links(explorer):
            expected[0][row, col] += 1
            expected[1][y, x] += 1
        np.testing.assert_array_equal(used, expected[0])
        np.testing.assert_array_equal(reads, expected[1])


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"stride": 0}, ValueError, r"stride must be a whole number from 1 to 4, .*; got 0"),
        ({"kernel_size": (3, 8)}, ValueError, r"kernel_size must be .*; got \(3, 8\)"),
        ({"padding": (1, 1, 1)}, ValueError, r"two of them for \(rows, columns\); got \(1, 1, 1\)"),
        ({"dilation": 1.5}, TypeError, "dilation must be a whole number .*; got 1.5"),
        ({"input_size": True}, TypeError, "input_size must be .*; got True"),
        ({"input_size": 2, "padding": 0}, ValueError, "kernel_size must be no larger than"),
        ({"transposed": True, "output_padding": 2}, ValueError, "output_padding must be"),
        ({"transposed": True, "input_size": 16, "stride": 4}, ValueError, "would be 61 by 61; at"),
    ],
)
def test_illegal_settings_are_named(
    settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ArithmeticExplorer(**settings)


def test_two_hundred_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    open_page(page, tmp_path, [ArithmeticExplorer(name="any")])
    for _ in range(200):
        settings = random_settings(rng)
        explorer = ArithmeticExplorer(**settings)
        answer, used, reads = page.evaluate(SHOW, settings)
        np.testing.assert_allclose(answer, explorer.result("reference"), atol=1e-12)
        assert tuple(answer[:2]) == explorer.output_size()
        assert answer[2:] == used + reads


def test_the_cells_that_light_up_are_those_that_depend_on_each_other(
    page: Any, tmp_path: Path
) -> None:
    rng = np.random.default_rng(2)
    open_page(page, tmp_path, [ArithmeticExplorer(name="links")])
    for _ in range(25):
        settings = random_settings(rng)
        explorer = ArithmeticExplorer(**settings)
        update(page, **settings)
        ends = {"input": explorer._pair("input_size"), "output": explorer.output_size()}
        own, other = settings["pointed"], "output" if settings["pointed"] == "input" else "input"
        at = min(settings["row"], ends[own][0] - 1), min(settings["col"], ends[own][1] - 1)
        assert marked(page, own) == {at}
        inside = {
            (row, col)
            for row, col in marked(page, other)
            if 0 <= row < ends[other][0] and 0 <= col < ends[other][1]
        }
        pairs = links(explorer)
        if own == "input":
            assert inside == {pair[2:] for pair in pairs if pair[:2] == at}
        else:
            assert inside == {pair[:2] for pair in pairs if pair[2:] == at}


def test_the_published_figures_can_be_chosen(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ArithmeticExplorer(name="figures", input_size=9)])
    choice = page.get_by_label("Example")
    for name, size in OUTPUTS.items():
        choice.select_option(name)
        expect(page.locator(".cnn-output .cnn-caption")).to_have_text(f"output {size} by {size}")
        expect(page.locator(".cnn-size .cnn-o")).to_have_text(str(size))
        expected = ArithmeticExplorer(**FIGURES[name]).result("reference")
        shown = page.evaluate("document.querySelector('[data-explorer]').answer()")
        assert shown == expected.tolist()
    for name in EXAMPLES:
        choice.select_option(name)
        expect(choice).to_have_value(name)
    page.get_by_label("Dilation").last.fill("2")
    expect(choice).to_have_value("")


def test_sliders_go_just_as_far_as_is_legal(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    open_page(page, tmp_path, [ArithmeticExplorer(name="limits", **EXAMPLES["rectangular"])])
    for _ in range(20):
        settings = {**random_settings(rng), "axes": 2}
        try:
            ArithmeticExplorer(**settings)
        except ValueError:  # the rows of what was a signal
            continue
        update(page, **settings)
        shown = page.evaluate(SLIDERS, list(RANGES))
        for key, (low, high) in RANGES.items():
            every = range(low, high + 1)
            legal = [[v for v in every if fits(settings, key, at, v)] for at in (0, 1)]
            if key == "output_padding" and not settings["transposed"]:
                assert shown[key] is None
            else:
                assert shown[key] == [[values[0], values[-1]] for values in legal], (settings, key)


def test_the_python_that_it_copies_gives_what_is_shown(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    open_page(page, tmp_path, [ArithmeticExplorer(name="code")])
    states = [random_settings(rng) for _ in range(30)]
    for settings in [*states, *FIGURES.values(), *EXAMPLES.values()]:
        update(page, **settings)
        explorer = ArithmeticExplorer(**settings)
        names = run_python(page)
        used, reads = explorer.counts("reference")
        size = explorer.output_size()
        assert names["size"] == (size[1] if explorer.axes == 1 else size)
        np.testing.assert_array_equal(names["reads"][0, 0], reads)
        np.testing.assert_array_equal(names["used"][0, 0], used)
        same = names["same"]
        assert isinstance(same, torch.Tensor)
        np.testing.assert_array_equal(same[0, 0].reshape(size), reads)
