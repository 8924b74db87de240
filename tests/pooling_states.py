"""Random states of PoolingExplorer, all legal, for its tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnlib.explorers import PoolingExplorer
from cnnlib.explorers.pooling import KINDS


def random_settings(rng: np.random.Generator, number: int, largest: int = 11) -> dict[str, Any]:
    """Return settings that are legal together; the number chooses the kind of pooling."""
    kind = list(KINDS)[number % len(KINDS)]
    while True:
        kernel_size = int(rng.integers(1, 9))
        shape = rng.integers(1, largest + 1, 2)
        whole = bool(rng.integers(0, 2))  # then many values are equal, and ties come up
        settings = {
            "image": rng.normal(0, 2, shape).round(0 if whole else 2).tolist(),
            "kind": kind,
            "kernel_size": kernel_size,
            "stride": None if rng.integers(0, 3) == 0 else int(rng.integers(1, 9)),
            "padding": int(rng.integers(0, kernel_size // 2 + 1)),
            "dilation": int(rng.integers(1, 4)),
            "ceil_mode": bool(rng.integers(0, 2)),
            "count_include_pad": bool(rng.integers(0, 2)),
            "sigma": int(rng.integers(2, 41)) / 10,
            "relu": bool(rng.integers(0, 2)),
            "row": int(rng.integers(0, 5)),
            "col": int(rng.integers(0, 5)),
        }
        try:
            PoolingExplorer(**settings)
        except ValueError:
            continue
        return settings
