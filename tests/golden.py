"""Golden vectors: calls and the answers `reference` gives, as plain JSON, for other languages.

Each vector is ``{"name": ..., "args": {...}, "expected": ...}``. ``args`` holds every argument by
the name it has in cnnlib; arrays are nested lists, sizes are ints or lists of two, ``padding`` may
be a string, and a missing bias or weight is null; three
answers are a list. Everything is real and in float64.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from layer_problems import BUILDERS
from pool_problems import BUILDERS as POOL_BUILDERS
from strategies import (
    Integer,
    Problem,
    conv2d_problem,
    conv_transpose2d_problem,
    seeded,
    signal_problem,
)

from cnnlib import reference, shapes

Vector = dict[str, Any]
LAYERS = ("relu", "sigmoid", "softmax", "log_softmax", "cross_entropy", "linear", "batch_norm")
POOLS = tuple(name for name in POOL_BUILDERS if not name.endswith("_input"))


def golden_vectors(rng: np.random.Generator, count: int = 40) -> list[Vector]:
    """Return `count` random vectors of each operation and, of signals, of each rank and mode."""
    integer = seeded(rng)
    vectors = [*_signals(integer, count), *_conv2d(integer, count), *_sizes(integer, count)]
    vectors += [*_transposed(integer, count), *_layers(integer, count)]
    vectors += _pools(integer, count)
    json.dumps(vectors, allow_nan=False)  # refuses what another language could not read
    return vectors


def _signals(integer: Integer, count: int) -> Iterator[Vector]:
    wanted = {
        (name, axes, mode): count
        for name in ("convolve", "correlate", "autocorrelate")
        for axes in (1, 2)
        for mode in ("full", "same", "valid")
    }
    while any(wanted.values()):
        problem = signal_problem(integer, complex_too=False)
        axes, mode = problem.arrays["input"].ndim, problem.settings["mode"]
        alone = Problem({"input": problem.arrays["input"]}, problem.settings)
        for name in ("convolve", "correlate", "autocorrelate"):
            if wanted[name, axes, mode]:
                wanted[name, axes, mode] -= 1
                yield _vector(name, alone if name == "autocorrelate" else problem)


def _conv2d(integer: Integer, count: int) -> Iterator[Vector]:
    for _ in range(count):
        yield _vector("conv2d", conv2d_problem(integer, images=(1, 2)))
    for _ in range(count):  # an image, a filter, as an explorer has them
        problem = conv2d_problem(integer, largest=5, images=(1, 1))
        arrays = {"input": problem.arrays["input"][:, :1], "weight": problem.arrays["weight"][:1]}
        arrays["weight"] = arrays["weight"][:, :1]
        yield _vector("conv2d", Problem(arrays, {**problem.settings, "groups": 1}))


def _sizes(integer: Integer, count: int) -> Iterator[Vector]:
    for _ in range(count):
        problem = conv2d_problem(integer, largest=5, images=(1, 1))
        _, _, h, w = problem.arrays["input"].shape
        _, _, kh, kw = problem.arrays["weight"].shape
        settings = {k: v for k, v in problem.settings.items() if k != "groups"}
        args = {"n": (h, w), "kernel_size": (kh, kw), **settings}
        yield {
            "name": "conv_output_size",
            "args": _plain(args),
            "expected": list(shapes.conv_output_size(**args)),
        }
        n, kernel_size = integer(5, 30), integer(1, 5)
        args = {"n": n, "kernel_size": kernel_size, "stride": integer(1, 4)}
        args |= {"padding": integer(0, 3), "dilation": 1}
        expected = shapes.conv_output_size(**args)
        yield {"name": "conv_output_size", "args": args, "expected": expected}


def _transposed(integer: Integer, count: int) -> Iterator[Vector]:
    for _ in range(count):
        problem = _filled(conv_transpose2d_problem, integer)
        yield _vector("conv_transpose2d", problem)
        args = {k: v for k, v in problem.settings.items() if k != "groups"}
        args["n"] = problem.arrays["input"].shape[2:]
        args["kernel_size"] = problem.arrays["weight"].shape[2:]
        yield {
            "name": "conv_transpose_output_size",
            "args": _plain(args),
            "expected": list(shapes.conv_transpose_output_size(**args)),
        }


def _layers(integer: Integer, count: int) -> Iterator[Vector]:
    for name in LAYERS:
        for _ in range(count):
            yield _vector(name, _filled(BUILDERS[name], integer))


def _pools(integer: Integer, count: int) -> Iterator[Vector]:
    """Yield calls whose settings and answers are finite, as JSON must have them."""
    for name in POOLS:
        found = 0
        while found < count:
            vector = _vector(name, _filled(POOL_BUILDERS[name], integer))
            norm = vector["args"].get("norm_type", 1)
            if np.isfinite(vector["expected"]).all() and np.isfinite(norm):
                found += 1
                yield vector
    for _ in range(count):
        problem = _filled(POOL_BUILDERS["max_pool2d"], integer)
        args = {"n": problem.arrays["input"].shape[2:], **problem.settings}
        expected = list(shapes.pool_output_size(**args))
        yield {"name": "pool_output_size", "args": _plain(args), "expected": expected}


def _filled(build: Callable[[Integer], Problem], integer: Integer) -> Problem:
    """Return the first problem whose arrays have values, and axes: nested lists say no more."""
    while True:
        problem = build(integer)
        if all(array.size and array.ndim for array in problem.arrays.values()):
            return problem


def _vector(name: str, problem: Problem) -> Vector:
    args = {**problem.arrays, **problem.settings}
    if name in ("conv2d", "conv_transpose2d", "linear", "batch_norm"):
        args.setdefault("bias", None)
    if name == "batch_norm":
        args.setdefault("weight", None)
    expected = getattr(reference, name)(**args)
    several = isinstance(expected, tuple)
    values = [part.tolist() for part in expected] if several else expected.tolist()
    return {"name": name, "args": _plain(args), "expected": values}


def _plain(args: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with arrays and pairs as lists."""
    return {
        key: value.tolist() if isinstance(value, np.ndarray)
        else list(value) if isinstance(value, tuple)
        else value
        for key, value in args.items()
    }  # fmt: skip
