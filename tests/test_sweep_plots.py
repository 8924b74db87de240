"""Curves with bands, and means with intervals: what is drawn is what was given."""

from __future__ import annotations

import numpy as np
import pytest

from cnnlib import sweep_plots

EPOCHS = [1, 2, 5, 10]


def line(name: str, *values: float) -> sweep_plots.Line:
    mean = np.array(values)
    return name, EPOCHS, mean, mean - 0.01, mean + 0.02


def test_curves_are_drawn_as_far_as_they_go_and_training_is_dashed() -> None:
    lines = [line("a: validation", 0.9, 0.5, 0.4, 0.45), line("a: training", 0.8, 0.3, 0.1)]
    (axes,) = sweep_plots.curves(lines).axes
    solid, dashed = axes.lines
    assert (solid.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert solid.get_color() == dashed.get_color() == "#0072B2"
    np.testing.assert_allclose(solid.get_xydata().T, [EPOCHS, lines[0][2]])
    np.testing.assert_allclose(dashed.get_xydata().T, [EPOCHS[:3], lines[1][2]])
    band = axes.collections[1].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(0.09)
    assert axes.get_ylim() == pytest.approx((0, 1.05 * 0.47))


def test_accuracies_are_in_percent() -> None:
    lines = [line("a: validation", 0.1, 0.83, 0.9, 0.95)]
    (axes,) = sweep_plots.curves(lines, "accuracy").axes
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [10, 83, 90, 95])
    assert axes.get_ylim() == pytest.approx((85, 100.5))
    assert axes.get_ylabel() == "accuracy, %"


def test_intervals_stand_in_order_and_baseline_is_shaded() -> None:
    dots = [("baseline", 0.9, 0.01), ("better", 0.95, 0.02)]
    (axes,) = sweep_plots.intervals(dots, "baseline").axes
    assert [each.get_text() for each in axes.get_yticklabels()] == ["baseline", "better"]
    data, _, (bars,) = axes.containers[0]
    np.testing.assert_allclose(data.get_xydata(), [[90, 0], [95, 1]])
    np.testing.assert_allclose([part[:, 0] for part in bars.get_segments()], [[89, 91], [93, 97]])
    (shade,) = axes.patches
    assert (shade.get_x(), shade.get_width()) == pytest.approx((89, 2))
    assert axes.yaxis_inverted()
    assert not sweep_plots.intervals(dots).axes[0].patches


def test_both_stand_side_by_side() -> None:
    figure = sweep_plots.curves_and_intervals([line("a", 1, 2, 3, 4)], [("a", 0.5, 0.1)])
    assert [len(axes.lines) > 0 for axes in figure.axes] == [True, True]
    assert [axes.get_xlabel()[:5] for axes in figure.axes] == ["epoch", "test "]
