"""Calls with bad arguments: made to all three backends, which must refuse them in one voice."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
from strategies import as_tensor

from cnnlib import numpy_ops, reference, torch_ops

ONES = np.ones
Calls = dict[str, dict[str, Any]]

CLASSES = np.array([0, 2, 1, 0])
GOOD_LAYERS: Calls = {
    "relu": {"input": ONES((2, 3))},
    "sigmoid": {"input": ONES((2, 3))},
    "softmax": {"input": ONES((2, 3)), "dim": 1},
    "log_softmax": {"input": ONES((2, 3)), "dim": 1},
    "cross_entropy": {"input": ONES((4, 3)), "target": CLASSES},
    "linear": {"input": ONES((2, 3)), "weight": ONES((5, 3)), "bias": ONES(5)},
    "flatten": {"input": ONES((2, 3, 4))},
    "batch_norm": {
        "input": ONES((4, 3, 2)),
        "running_mean": ONES(3),
        "running_var": ONES(3),
        "weight": ONES(3),
        "bias": ONES(3),
        "training": True,
    },
    "im2col": {"input": ONES((2, 3, 5, 6)), "kernel_size": 3},
    "col2im": {"columns": ONES((2, 27, 12)), "output_size": (5, 6), "kernel_size": 3},
}
WINDOW = {"input": ONES((2, 3, 5, 6)), "kernel_size": 3}
GOOD_POOLS: Calls = {
    "max_pool2d": WINDOW,
    "avg_pool2d": WINDOW,
    "lp_pool2d": {**WINDOW, "norm_type": 2},
    "gaussian_pool2d": {**WINDOW, "sigma": 1.0},
    "blur_pool2d": {"input": ONES((2, 3, 5, 6))},
    "adaptive_avg_pool2d": {"input": ONES((2, 3, 5, 6)), "output_size": 2},
    "global_avg_pool2d": {"input": ONES((2, 3, 5, 6))},
    "global_max_pool2d": {"input": ONES((2, 3, 5, 6))},
    "max_pool2d_input": {**WINDOW, "grad_output": ONES((2, 3, 1, 2))},
    "avg_pool2d_input": {
        "input_size": (2, 3, 5, 6),
        "kernel_size": 3,
        "grad_output": ONES((2, 3, 1, 2)),
    },
}
GOOD_GRADIENTS: Calls = {
    "relu_input": {"input": ONES((2, 3)), "grad_output": ONES((2, 3))},
    "linear_input": {"weight": ONES((5, 3)), "grad_output": ONES((2, 5))},
    "linear_weight": {"input": ONES((2, 3)), "grad_output": ONES((2, 5))},
    "batch_norm_input": {
        "input": ONES((4, 3, 2)),
        "weight": ONES(3),
        "grad_output": ONES((4, 3, 2)),
    },
    "batch_norm_weight": {"input": ONES((4, 3, 2)), "grad_output": ONES((4, 3, 2))},
    "cross_entropy_input": {"input": ONES((4, 3)), "target": CLASSES},
}


def refused_alike(good: Calls) -> tuple[Callable[..., Any], Callable[..., None]]:
    """Return `outcome` and `assert_refused` for operations whose good arguments are `good`."""

    def outcome(backend: ModuleType, name: str, changes: dict[str, Any]) -> Any:
        """Call with good arguments but for `changes`; return what it raised, or gave."""
        arguments = {**good[name], **changes}
        if backend is torch_ops:
            arguments = {
                key: as_tensor(a) if isinstance(a, np.ndarray) and a.dtype.kind in "biufc" else a
                for key, a in arguments.items()
            }
        try:
            return getattr(backend, name)(**arguments)
        except (TypeError, ValueError) as error:
            return error

    def assert_refused(
        name: str, changes: dict[str, Any], error: type[Exception], match: str
    ) -> None:
        """Assert that every backend raises just `error`, with one message, which matches."""
        backends = (reference, numpy_ops, torch_ops)
        outcomes = [outcome(backend, name, changes) for backend in backends]
        assert [type(o) for o in outcomes] == [error] * 3
        messages = {str(o) for o in outcomes}
        assert len(messages) == 1, messages
        assert re.search(match, messages.pop())

    return outcome, assert_refused
