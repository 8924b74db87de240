"""One widget of each kind, as the tests of accessibility open them on bare pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnlib import datasets
from cnnlib.explorers import (
    ArithmeticExplorer,
    AugmentationExplorer,
    ClassifierHeadExplorer,
    CollapseExplorer,
    ConvolutionExplorer,
    LayerExplorer,
    MultipleChoice,
    NetworkBuilder,
    NetworkExplorer,
    NumericQuestion,
    PoolingExplorer,
    ReceptiveFieldExplorer,
    RegularizationExplorer,
    ShiftExplorer,
    SignalExplorer,
)

CORNER = [[1.0, 2.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.5]]
MAP = [[1.0, 3.0, 2.0, 0.0], [4.0, 6.0, 1.0, 5.0], [7.0, 2.0, 3.0, 1.0], [0.0, 8.0, 4.0, 2.0]]

CASES: dict[str, Callable[[], Any]] = {
    "convolution": lambda: ConvolutionExplorer(
        image=np.eye(5).tolist(), kernel=CORNER, padding=1, name="one"
    ),
    "photograph": lambda: ConvolutionExplorer(
        photograph=True, kernel=datasets.KERNELS["Sobel, across"], padding=1, name="one"
    ),
    "signal": lambda: SignalExplorer(
        f=[1, 3, 0, 2], g=[4, 2, 1], operation="convolve", lag=2, polynomial=True, name="one"
    ),
    "arithmetic": lambda: ArithmeticExplorer(input_size=8, axes=1, stride=2, name="one"),
    "arithmetic transposed": lambda: ArithmeticExplorer(
        transposed=True, input_size=3, kernel_size=3, stride=2, padding=1, pointed="input",
        name="one",
    ),
    "layer": lambda: LayerExplorer(
        in_channels=3, out_channels=2, height=5, width=5, kernel_size=3, name="one"
    ),
    "collapse": lambda: CollapseExplorer(image=np.eye(8).tolist(), padding="zero", name="one"),
    "classifier head": lambda: ClassifierHeadExplorer(
        logits=[4.0, 1.0, -1.0, 0.5], target=1, twice=True, name="one"
    ),
    "batch norm": lambda: ClassifierHeadExplorer(
        view="batch norm", gamma=1.5, beta=0.5, name="one"
    ),
    "pooling": lambda: PoolingExplorer(image=MAP, name="one"),
    "shift": lambda: ShiftExplorer(dy=0, dx=3, name="one"),
    "shift curves": lambda: ShiftExplorer(
        padding="circular", relu=True, pool="max", dy=0, dx=1, name="one"
    ),
    "two dots": lambda: ShiftExplorer(scene="two dots", distance=3, dx=0, name="one"),
    "sequence": lambda: ShiftExplorer(scene="sequence", dx=1, name="one"),
    "classifier": lambda: ShiftExplorer(scene="classifier", dy=0, dx=2, name="one"),
    "receptive field": lambda: ReceptiveFieldExplorer(name="one"),
    "receptive field 1-D": lambda: ReceptiveFieldExplorer(
        axes=1, input_size=7, layers="layer1-k3,layer2-k3,layer3-k3", layer=2, col=0, name="one"
    ),
    "network builder": lambda: NetworkBuilder(name="one"),
    "network": lambda: NetworkExplorer(name="one"),
    "regularization": lambda: RegularizationExplorer(setting="dropout=0.6", size=100, name="one"),
    "augmentation": lambda: AugmentationExplorer(name="one"),
    "choice": lambda: MultipleChoice(
        name="q-order", prompt="Is a < b?", choices=["yes", "no"], correct=1,
        feedback=["Look again.", "Since b < a."],
    ),
    "number": lambda: NumericQuestion(
        name="q-half", prompt="What is a half?", answer=0.5, hint="Cut 1 in two.",
        explanation="1 divided by 2.",
    ),
}  # fmt: skip
