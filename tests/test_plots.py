"""Figures show the arrays they were given: values, places, hues and scales."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from cnnlib import plots

MATRIX = np.array([[1.0, -2.0, 0.0], [0.5, 4.0, 0.25]])


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_grids_draw_each_matrix_on_a_scale_symmetric_about_zero():
    figure = plots.grids([(MATRIX, "input", "I"), (np.zeros((2, 2)), "output", "O")])
    first, second = figure.axes
    (drawn,) = first.images
    np.testing.assert_array_equal(drawn.get_array(), MATRIX)
    assert drawn.get_clim() == (-4, 4)
    assert drawn.get_cmap().name == plots.VALUES
    assert first.get_title() == "I"
    low, high = second.images[0].get_clim()
    assert low == -high < 0


def test_grids_frame_a_matrix_in_the_hue_of_its_role():
    (axes,) = plots.grids([(MATRIX, "kernel", "K")]).axes
    hues = {to_hex(spine.get_edgecolor(), keep_alpha=False) for spine in axes.spines.values()}
    assert hues == {plots.HUES["kernel"].lower()}


def test_a_frame_lies_around_its_cells_and_may_reach_beyond():
    (axes,) = plots.grids([(MATRIX, "input", "I")]).axes
    plots.frame(axes, -1, 1, 3, 2, "kernel")
    (box,) = (patch for patch in axes.patches if isinstance(patch, Rectangle))
    assert (box.get_xy(), box.get_width(), box.get_height()) == ((0.5, -1.5), 2, 3)
    assert to_hex(box.get_edgecolor()) == plots.HUES["kernel"].lower()
    assert not box.get_fill()
    assert not box.get_clip_on()


def test_grids_write_numbers_where_they_can_be_read():
    small, large = plots.grids(
        [(MATRIX, "input", "small"), (np.ones((15, 2)), "input", "large")]
    ).axes
    assert texts(small) == ["1", "\N{MINUS SIGN}2", "0", "0.5", "4", "0.25"]
    assert texts(large) == []


def test_stems_start_at_the_index_they_are_told():
    values = np.array([1.0, 2.0, 3.0])
    (axes,) = plots.stems([(values, "output", "lags", -2)]).axes
    dots = axes.lines[0]
    np.testing.assert_array_equal(dots.get_xdata(), [-2, -1, 0])
    np.testing.assert_array_equal(dots.get_ydata(), values)
    assert dots.get_color() == plots.HUES["output"]


@pytest.mark.parametrize("aligned", [False, True])
def test_aligned_stems_share_their_axis(aligned):
    panels = [(np.ones(3), "input", "f", 0), (np.ones(9), "output", "f * g", 0)]
    upper, lower = plots.stems(panels, aligned=aligned).axes
    assert (upper.get_xlim() == lower.get_xlim()) is aligned


def test_windows_frame_and_leave_bare_the_window_named():
    corners = [(0, 0, "first"), (1, 2, "second"), (2, 0, "third")]
    figure = plots.windows(np.arange(24.0).reshape(4, 6), corners, (2, 3))
    for axes, (row, col, title) in zip(figure.axes, corners, strict=False):
        (frame,) = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        assert frame.get_xy() == (col - 0.5, row - 0.5)
        assert (frame.get_width(), frame.get_height()) == (3, 2)
        veil = axes.images[1].get_array()[..., 3]
        bare = np.argwhere(veil == 0)
        assert bare.min(axis=0).tolist() == [row, col]
        assert bare.max(axis=0).tolist() == [row + 1, col + 2]
        assert len(bare) == 6
        assert axes.get_title() == title
    assert not figure.axes[3].axison


def test_pictures_are_grey_from_black_to_white_unless_signed():
    picture = np.linspace(-2, 2, 401).reshape(1, -1)
    grey, signed, rest = plots.pictures(
        [(picture, "plain", False), (picture, "edges", True)], columns=3
    ).axes
    assert grey.images[0].get_cmap().name == "gray"
    assert grey.images[0].get_clim() == (0, 1)
    low, high = signed.images[0].get_clim()
    assert low == -high
    assert high == pytest.approx(1.98)
    assert signed.images[0].get_cmap().name == plots.VALUES
    assert not rest.images
