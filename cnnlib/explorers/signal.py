"""The one-dimensional explorer: flip, slide, multiply and sum two signals."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import plots

from ._base import Explorer, Vector, whole

MOST = 24
"""How many values a signal may have."""

NAMES = {
    "convolve": "convolution",
    "correlate": "cross-correlation",
    "autocorrelate": "autocorrelation",
}


class SignalExplorer(Explorer):
    """Slide one signal over another and watch each output sample come about.

    Parameters
    ----------
    f, g : array_like
        Shape (n,) and (k,), 1 to 24 values each. Autocorrelation uses `f` alone.
    operation : {"convolve", "correlate", "autocorrelate"}
        What is computed, as `cnnlib.reference` defines it.
    mode : {"full", "same", "valid"}
        Which output samples are kept.
    lag : int
        Index, among those kept, of the output sample whose arithmetic is written out.
    polynomial : bool
        Also show the signals as polynomials, whose product has the output as coefficients.
    """

    module = "signal.js"

    title = traitlets.Unicode("Flip, slide, multiply, sum").tag(sync=True)
    f = Vector(MOST, default_value=[1.0, 3.0, 2.0, 0.0, -1.0, -2.0, 0.0, 1.0]).tag(sync=True)
    g = Vector(MOST, default_value=[3.0, 2.0, 1.0]).tag(sync=True)
    operation = traitlets.Enum(list(NAMES), "convolve").tag(sync=True)
    mode = traitlets.Enum(["full", "same", "valid"], "full").tag(sync=True)
    lag = whole(0, 2 * MOST - 2, 0)
    polynomial = traitlets.Bool(False).tag(sync=True)

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute the output, shape (samples,), with one of cnnlib's backends."""
        if self.operation == "autocorrelate":
            return ops.autocorrelate(array(self.f), mode=self.mode)
        compute = ops.convolve if self.operation == "convolve" else ops.correlate
        return compute(array(self.f), array(self.g), mode=self.mode)

    def _kernel(self) -> list[float]:
        """Return the signal that slides: `g`, or `f` itself in autocorrelation."""
        kernel: list[float] = self.f if self.operation == "autocorrelate" else self.g
        return kernel

    def _start(self) -> int:
        """Return the index (for a convolution) or the lag of the first output sample."""
        n, k = len(self.f), len(self._kernel())
        start = {"full": 0, "same": (k - 1) // 2, "valid": min(n, k) - 1}[self.mode]
        return start if self.operation == "convolve" else start - (k - 1)

    def draw(self) -> Any:
        """Return a matplotlib Figure of the signals and the output."""
        panels = [(np.array(self.f), "input", "f", 0)]
        if self.operation != "autocorrelate":
            panels.append((np.array(self.g), "kernel", "g", 0))
        title = f"{NAMES[self.operation]}, mode {self.mode}"
        panels.append((self.result(), "output", title, self._start()))
        return plots.stems(panels)

    def describe(self) -> str:
        """Return one line that tells the state."""
        output = self.result()
        pair = f"{len(self.f)} values"
        if self.operation != "autocorrelate":
            pair = f"{pair} with {len(self.g)}"
        return (
            f"{NAMES[self.operation]} of {pair}, mode {self.mode}: {len(output)} output samples, "
            f"from {output.min():.4g} to {output.max():.4g}"
        )
