"""Figures of shifts show the numbers that they are given."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from cnnlib import shift_plots
from cnnlib.invariance import Response


def lines(axes: Any) -> dict[str, list[float]]:
    return {line.get_label(): line.get_ydata().tolist() for line in axes.lines}


def test_curves_draw_each_line_in_each_panel() -> None:
    given = {"max": [0.0, 1, np.inf], "blur": [0.0, 0.5, 0]}
    figure = shift_plots.curves([("error", given), ("score", {"max": [1.0, -0.5, 1]})])
    first, second = figure.axes
    drawn = lines(first)
    np.testing.assert_array_equal(drawn["max"], [0, 1, np.nan])
    assert drawn["blur"] == given["blur"]
    assert lines(second) == {"max": [1, -0.5, 1]}
    assert second.get_ylim()[0] < -0.5
    assert first.get_ylim() == (-0.05, 1.05)
    same = shift_plots.curves([("", {"": [0.0, 2]}), ("", {"": [1.0, 1]})], alike=True)
    assert {axes.get_ylim() for axes in same.axes} == {(-0.1, 2.1)}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["max", "blur"]
    figure.savefig(io.BytesIO())


def test_a_single_line_has_no_legend_and_an_odd_panel_no_neighbour() -> None:
    figure = shift_plots.curves([(str(k), {"": [0.0, 1]}) for k in range(3)])
    assert len(figure.axes) == 3
    assert not figure.legends


def test_lines_differ_in_more_than_colour() -> None:
    assert len({marker for _, marker, _ in shift_plots.LOOKS}) == len(shift_plots.LOOKS)


def test_pairs_stand_side_by_side_on_one_scale() -> None:
    still, moved = np.array([0.0, 1, 0]), np.array([2.0, 0, 0])
    figure = shift_plots.pairs([("x", "input", still, moved), ("y", "output", still, still)])
    images = [axes.images[0] for axes in figure.axes]
    np.testing.assert_array_equal(images[1].get_array(), [moved])
    assert {image.get_clim() for image in images} == {(-2, 2)}
    assert [axes.get_title() for axes in figure.axes] == ["of x", "of shift(x)", "", ""]
    assert figure.axes[2].get_ylabel() == "y"


def test_responses_give_both_panels() -> None:
    figure = shift_plots.responses({"max": [Response(0, 0, 0, 1), Response(0, 1, 0.5, 0.25)]})
    error, score = figure.axes
    assert lines(error) == {"max": [0, 0.5]}
    assert lines(score) == {"max": [1, 0.25]}
