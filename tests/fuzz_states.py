"""What the tests with random links and events share: all explorers, and what Python says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import traitlets

from cnnlib.explorers import (
    ArithmeticExplorer,
    AugmentationExplorer,
    ClassifierHeadExplorer,
    CollapseExplorer,
    ConvolutionExplorer,
    LayerExplorer,
    NetworkBuilder,
    NetworkExplorer,
    PoolingExplorer,
    ReceptiveFieldExplorer,
    RegularizationExplorer,
    ShiftExplorer,
    SignalExplorer,
)

EXPLORERS: dict[str, tuple[type, dict[str, Any]]] = {
    "arithmetic": (ArithmeticExplorer, {}),
    "augmentation": (AugmentationExplorer, {}),
    "head": (ClassifierHeadExplorer, {}),
    "batch": (ClassifierHeadExplorer, {"view": "batch norm"}),
    "collapse": (CollapseExplorer, {}),
    "convolution": (ConvolutionExplorer, {}),
    "photograph": (ConvolutionExplorer, {"photograph": True}),
    "layer": (LayerExplorer, {}),
    "builder": (NetworkBuilder, {}),
    "network": (NetworkExplorer, {}),
    "pooling": (PoolingExplorer, {}),
    "field": (ReceptiveFieldExplorer, {}),
    "regularization": (RegularizationExplorer, {}),
    "shift": (ShiftExplorer, {}),
    "classifier": (ShiftExplorer, {"scene": "classifier"}),
    "signal": (SignalExplorer, {}),
}
"""Every explorer, by a name, with the settings that it is made with; some in two views."""

MAY_BE_REFUSED = ("not on this page", "a page does at most")
"""Parts of what a page says where it refuses what Python would compute."""


def python_says(name: str, state: dict[str, Any]) -> np.ndarray | None:
    """Return what Python computes for a state of the page; None where it refuses."""
    cls, given = EXPLORERS[name]
    try:
        answer: np.ndarray = cls(**{**given, **state}).result("numpy").ravel()
    except (ValueError, TypeError, traitlets.TraitError):
        return None
    return answer


def disagreement(name: str, state: dict[str, Any], answer: str | None, told: str | None) -> str:
    """Return in what the page and Python differ, or "".

    Parameters
    ----------
    name : str
        Of the explorer, in `EXPLORERS`.
    state : dict
        The settings that the page is in.
    answer : str or None
        What it shows, a list as JSON; None where it refuses.
    told : str or None
        What it says is wrong.
    """
    expected = python_says(name, state)
    if answer is None:
        excused = any(part in (told or "") for part in MAY_BE_REFUSED)
        return "" if expected is None or excused else f"the page refuses: {told}"
    if expected is None:
        return "Python refuses what the page shows"
    shown = np.array(json.loads(answer), dtype=float)
    if shown.shape != expected.shape:
        return f"{shown.size} values, and {expected.size} in Python"
    if not np.isfinite(expected).all():
        return "Python's answer is not finite"
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    gap = np.abs(shown - expected)
    worst = int(np.argmax(np.where(np.isnan(gap), np.inf, gap)))
    if gap[worst] <= EXPLORERS[name][0].tolerance * scale:
        return ""
    return f"value {worst} is {shown[worst]}, and {expected[worst]} in Python"
