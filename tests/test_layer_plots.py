"""A layer's figure has each slice under its channel; a training's figure has each curve."""

from __future__ import annotations

import numpy as np

from cnnlib import layer_plots, plots

INPUT = np.arange(18.0).reshape(2, 3, 3)
WEIGHT = np.arange(-12.0, 12).reshape(3, 2, 2, 2)
OUTPUT = np.arange(12.0).reshape(3, 2, 2)


def test_each_slice_stands_below_its_channel_and_before_its_output():
    figure = layer_plots.layer(INPUT, WEIGHT, OUTPUT)
    cells = np.array(figure.axes).reshape(4, 3)
    assert not cells[0, 2].images
    for c in range(2):
        np.testing.assert_array_equal(cells[0, c].images[0].get_array(), INPUT[c])
        for f in range(3):
            np.testing.assert_array_equal(cells[f + 1, c].images[0].get_array(), WEIGHT[f, c])
            assert cells[f + 1, c].get_title() == f"filter {f}, slice {c}"
    for f in range(3):
        np.testing.assert_array_equal(cells[f + 1, 2].images[0].get_array(), OUTPUT[f])
        assert cells[f + 1, 2].title.get_color() == plots.HUES["output"]


def test_all_slices_share_one_scale():
    figure = layer_plots.layer(INPUT, WEIGHT, OUTPUT)
    cells = np.array(figure.axes).reshape(4, 3)
    assert {axes.images[0].get_clim() for axes in cells[1:, :2].flat} == {(-12, 12)}
    assert {axes.images[0].get_clim() for axes in cells[0, :2]} == {(-17, 17)}


def test_losses_are_drawn_as_given_and_can_be_told_apart():
    runs = {"NumPy": np.array([4.0, 2.0, 1.0]), "torch": np.array([4.0, 2.0, 1.0])}
    (axes,) = layer_plots.losses(runs).axes
    assert axes.get_yscale() == "log"
    assert [line.get_label() for line in axes.lines] == list(runs)
    for line, values in zip(axes.lines, runs.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), values)
    first, second = axes.lines
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_color() != second.get_color()
