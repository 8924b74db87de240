"""Random states of PoolingExplorer, all legal, for its tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnlib.explorers import PoolingExplorer
from cnnlib.explorers.pooling import KINDS


def any_settings(rng: np.random.Generator, kind: str, largest: int) -> dict[str, Any]:
    """Return settings that are each legal, alone."""
    whole = bool(rng.integers(0, 2))  # then many values are equal, and ties come up
    return {
        "image": rng.normal(0, 2, rng.integers(1, largest + 1, 2))
        .round(0 if whole else 2)
        .tolist(),
        "kind": kind,
        "kernel_size": int(rng.integers(1, 9)),
        "stride": None if rng.integers(0, 3) == 0 else int(rng.integers(1, 9)),
        "padding": int(rng.integers(0, 5)),
        "dilation": int(rng.integers(1, 4)),
        "ceil_mode": bool(rng.integers(0, 2)),
        "count_include_pad": bool(rng.integers(0, 2)),
        "sigma": int(rng.integers(2, 41)) / 10,
        "relu": bool(rng.integers(0, 2)),
        "row": int(rng.integers(0, 5)),
        "col": int(rng.integers(0, 5)),
    }


def random_settings(rng: np.random.Generator, number: int, largest: int = 11) -> dict[str, Any]:
    """Return settings that are legal together; the number chooses the kind of pooling."""
    kind = list(KINDS)[number % len(KINDS)]
    while True:
        settings = any_settings(rng, kind, largest)
        try:
            PoolingExplorer(**settings)
        except ValueError:
            continue
        return settings
