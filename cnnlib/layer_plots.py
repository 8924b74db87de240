"""Figures of a whole layer: its slices under their channels, and how its training went."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cnnlib.plots import HUES, show_grid

DASHES = ("-", "--", ":", "-.")
"""One for each curve in turn, so that curves which coincide can both be seen."""


def layer(input: np.ndarray, weight: np.ndarray, output: np.ndarray) -> Figure:
    """Draw a convolutional layer: each slice of each filter below the channel that it meets.

    The top row holds the input's channels. Each row below holds one filter, slice by slice, and at
    its end the output channel that the filter makes.

    Parameters
    ----------
    input : numpy.ndarray
        Shape (c_in, h, w).
    weight : numpy.ndarray
        Shape (c_out, c_in, kh, kw).
    output : numpy.ndarray
        Shape (c_out, h_out, w_out).

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    c_out, c_in, _, _ = weight.shape
    figure = Figure(figsize=(1.9 * (c_in + 1), 1.95 * (c_out + 1)), layout="constrained")
    cells = figure.subplots(c_out + 1, c_in + 1, squeeze=False)
    limits = [max(1e-12, float(np.abs(part).max())) for part in (input, weight, output)]
    cells[0, c_in].set_axis_off()
    for c in range(c_in):
        show_grid(cells[0, c], input[c], "input", f"channel {c}", limits[0])
    for f in range(c_out):
        for c in range(c_in):
            title = f"filter {f}, slice {c}"
            show_grid(cells[f + 1, c], weight[f, c], "kernel", title, limits[1])
        show_grid(cells[f + 1, c_in], output[f], "output", f"output {f}", limits[2])
    return figure


def losses(curves: Mapping[str, np.ndarray], width: float = 8.0) -> Figure:
    """Draw the loss of each training step, on a logarithmic axis, one curve for each run.

    Parameters
    ----------
    curves : mapping of str to numpy.ndarray
        The name of each run, and its losses, of shape (steps,), above zero.
    width : float
        Of the figure, in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no window.
    """
    figure = Figure(figsize=(width, 0.42 * width), layout="constrained")
    axes = figure.subplots()
    hues = [HUES["input"], HUES["kernel"], HUES["output"], "0.3"]
    for number, (name, values) in enumerate(curves.items()):
        place = number % len(DASHES)
        thick = 5 - 3 * min(number, 1)
        axes.plot(values, DASHES[place], color=hues[place], linewidth=thick, label=name)
    axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel("mean squared error")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure
