"""The explorers at their largest, each with the control that has the most to compute and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlib import datasets, explorers
from cnnlib.explorers._builder_presets import PRESETS

RINGS = datasets.IMAGES["rings, 32 by 32"]
KERNEL = [[0.1 * (row - 2) * (col - 1) for col in range(5)] for row in range(5)]
LARGE = np.pad(datasets.IMAGES["letter F"], 8).tolist()
NOISE = np.random.default_rng(0).normal(size=(32, 32)).round(2)


@dataclass(frozen=True)
class Case:
    """An explorer, and which control is moved: a slider by its label, unless said otherwise."""

    name: str
    kind: type[Any]
    settings: dict[str, Any]
    control: str
    is_cell: bool = False
    """Whether `control` names a grid, whose first cell is moved."""
    keys: tuple[str, str] | None = None
    """Keys that move `control` there and back; it is then found by that CSS selector."""


CASES = (
    Case(
        "convolution, 32 by 32, kernel 5 by 5",
        explorers.ConvolutionExplorer,
        {"image": RINGS, "kernel": KERNEL, "padding": 2},
        "Weight",
    ),
    Case(
        "convolution, photograph, 5 by 5",
        explorers.ConvolutionExplorer,
        {"photograph": True, "kernel": KERNEL, "padding": 2},
        "Weight",
    ),
    Case(
        "pooling, 32 by 32, windows 4 by 4",
        explorers.PoolingExplorer,
        {"image": RINGS, "kind": "gaussian", "kernel_size": 4, "stride": 1},
        "sigma",
    ),
    Case(
        "signal, 16 by 16 samples",
        explorers.SignalExplorer,
        {"f": NOISE[0, :16].tolist(), "g": NOISE[1, :16].tolist()},
        "Slide to",
    ),
    Case(
        "arithmetic, 16 by 16",
        explorers.ArithmeticExplorer,
        {"axes": 2, "input_size": 16, "kernel_size": 5, "stride": 1, "padding": 2},
        "kernel",
    ),
    Case(
        "layer, 8 channels to 16",
        explorers.LayerExplorer,
        {"in_channels": 8, "out_channels": 16, "height": 32, "width": 32, "padding": 1},
        "kernel",
    ),
    Case(
        "collapse, 12 by 12",
        explorers.CollapseExplorer,
        {"image": NOISE[:12, :12].tolist(), "padding": "zero"},
        "kernel",
        is_cell=True,
    ),
    Case("head, temperature", explorers.ClassifierHeadExplorer, {}, "Temperature"),
    Case("head, batch norm", explorers.ClassifierHeadExplorer, {"view": "batch norm"}, "Scale"),
    Case("shift, picture 24 by 24", explorers.ShiftExplorer, {"image": LARGE}, "Pixels right"),
    Case("shift, two dots", explorers.ShiftExplorer, {"scene": "two dots"}, "Moved right"),
    Case("shift, sequence", explorers.ShiftExplorer, {"scene": "sequence"}, "Shift right by"),
    Case("shift, classifier", explorers.ShiftExplorer, {"scene": "classifier"}, "Pixels right"),
    Case(
        "receptive field, VGG16's box",
        explorers.ReceptiveFieldExplorer,
        {"input_size": 64, "layer": 8},
        "column",
    ),
    Case(
        "receptive field, what counts",
        explorers.ReceptiveFieldExplorer,
        {"input_size": 64, "layer": 8, "show": "effective"},
        "column",
    ),
    Case(
        "layer, window alone, 7 by 7",
        explorers.LayerExplorer,
        {"in_channels": 64, "out_channels": 64, "height": 56, "width": 56, "kernel_size": 7},
        "stride",
    ),
    Case("network, turned", explorers.NetworkExplorer, {}, "Turn"),
    Case(
        "network builder, VGG16",
        explorers.NetworkBuilder,
        {"input_shape": [3, 224, 224], "layers": PRESETS["VGG16"]["layers"]},
        '[aria-label="input size"]',
        keys=("ArrowUp", "ArrowDown"),
    ),
    Case("augmentation, turned", explorers.AugmentationExplorer, {}, "turn"),
    Case("regularization, epoch by epoch", explorers.RegularizationExplorer, {}, "Epoch"),
)
