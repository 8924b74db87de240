"""The bands of `numpy_ops` pooling: any cut gives the same answer, and takes little memory."""

from __future__ import annotations

import numpy as np
import pytest
from pool_problems import BUILDERS, TORCH, special
from strategies import Problem, one_torch_thread, seeded  # noqa: F401

from benchmarks.measure import extra_bytes
from cnnlib import _fast_pool, numpy_ops
from cnnlib.numpy_ops import pooling_gradients

FOLDED = ["max_pool2d", "avg_pool2d", "lp_pool2d", "gaussian_pool2d", "blur_pool2d",
          "max_pool2d_input"]  # fmt: skip


@pytest.fixture(params=[(1, 256), (100, 1), (300, 1), (1000, 256), (2**19, 1)])
def band_bytes(request, monkeypatch):
    """Cut outputs into bands of a row, of some rows, of some images; count any row as wide."""
    bytes, wide = request.param
    monkeypatch.setattr(_fast_pool, "WIDE", wide)
    for module in (_fast_pool, pooling_gradients):
        monkeypatch.setattr(module, "BAND_BYTES", bytes)
    return bytes


@pytest.mark.parametrize("name", FOLDED)
def test_any_cut_gives_torchs_answer(name, band_bytes):
    rng = np.random.default_rng([band_bytes, FOLDED.index(name)])
    for _ in range(100):
        problem = BUILDERS[name](seeded(rng))
        if name.startswith("max"):
            arrays = {**problem.arrays, "input": special(rng, problem.arrays["input"])}
            problem = Problem(arrays, problem.settings)
        expected = TORCH[name](**problem.tensors(), **problem.settings).numpy()
        found = getattr(numpy_ops, name)(**problem.arrays, **problem.settings)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kernel_size", [9, 30, (31, 2)])
def test_windows_much_larger_than_a_band(kernel_size, band_bytes):
    rng = np.random.default_rng(1)
    problem = Problem(
        {"input": rng.normal(size=(2, 3, 33, 40))},
        {"kernel_size": kernel_size, "stride": (2, 3), "padding": (4, 1), "ceil_mode": True},
    )
    for name in ("max_pool2d", "avg_pool2d"):
        expected = TORCH[name](**problem.tensors(), **problem.settings).numpy()
        found = getattr(numpy_ops, name)(**problem.arrays, **problem.settings)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [(1, 1, 1024, 1024), (64, 8, 56, 56), (4, 1, 3, 65536)])
def test_little_memory_beyond_the_result(size):
    image = np.ones(size, np.float32)
    most = 2 * _fast_pool.BAND_BYTES + 50_000
    assert extra_bytes(lambda: numpy_ops.max_pool2d(image, 3, 1, 1)) < most
    assert extra_bytes(lambda: numpy_ops.avg_pool2d(image, 2, 2)) < most
