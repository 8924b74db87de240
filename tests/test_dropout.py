"""Dropout: the three backends against each other, its expectation, its gradient, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnlib import numpy_ops, reference, torch_ops

BACKENDS = {"reference": reference, "numpy_ops": numpy_ops, "torch_ops": torch_ops}
SHAPES = ((), (0,), (5,), (2, 0, 3), (2, 3, 4), (3, 1, 2, 2))


def called(name: str, input: np.ndarray, *args: Any, **settings: Any) -> np.ndarray:
    """Return what a backend answers, as an array."""
    given = torch.from_numpy(input) if name == "torch_ops" else input
    return np.asarray(BACKENDS[name].dropout(given, *args, **settings))


@given(
    shape=st.sampled_from(SHAPES),
    p=st.sampled_from([0.0, 0.1, 0.5, 0.75, 1.0]) | st.floats(0, 1),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 2**32),
)
def test_the_backends_drop_the_same_values(shape, p, dtype, seed):
    input = np.random.default_rng(seed).normal(size=shape).astype(dtype)
    kept = np.random.default_rng(seed).random(shape) >= p
    expected = np.zeros(shape, dtype)
    expected[kept] = input[kept] / (1 - p)
    for name in BACKENDS:
        found = called(name, input, p, rng=np.random.default_rng(seed))
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, expected, err_msg=name)


@pytest.mark.parametrize("name", BACKENDS)
def test_by_hand(name):
    # default_rng(0) draws 0.637, 0.270, 0.041, 0.017.
    found = called(name, np.array([8.0, -8, 8, np.inf]), 0.2, rng=np.random.default_rng(0))
    assert found.tolist() == [10, -10, 0, 0]


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_the_mean_stays(p):
    count = 200_000
    found = numpy_ops.dropout(np.full(count, 2.0), p, rng=np.random.default_rng(1))
    spread = 2 * np.sqrt(p / (1 - p) / count)  # of the mean of that many
    assert abs(found.mean() - 2) < 5 * spread
    assert abs((found == 0).mean() - p) < 5 * np.sqrt(p * (1 - p) / count)


@pytest.mark.parametrize("name", BACKENDS)
def test_nothing_happens_in_evaluation(name):
    input, rng = np.array([[1.0, -2], [3, np.nan]]), np.random.default_rng(0)
    found = called(name, input, 0.5, training=False, rng=rng)
    np.testing.assert_array_equal(found, input)
    assert not np.shares_memory(found, input)
    assert rng.random() == np.random.default_rng(0).random()  # nothing was drawn


def test_a_torch_generator_draws_on_its_own_device():
    input = torch.ones(1000)
    first, second = (
        torch_ops.dropout(input, 0.25, rng=torch.Generator().manual_seed(3)) for _ in range(2)
    )
    assert torch.equal(first, second)
    assert set(first.tolist()) == {0.0, float(torch.tensor(1.0) / 0.75)}


@pytest.mark.gpu
def test_a_torch_generator_of_the_gpu_draws_there():
    rng = torch.Generator(device="cuda").manual_seed(3)
    found = torch_ops.dropout(torch.ones(1000, device="cuda"), 0.25, rng=rng)
    assert found.device.type == "cuda"
    assert 150 < int((found == 0).sum()) < 350


@pytest.mark.parametrize("p", [0.0, 0.4, 1.0])
def test_the_gradient_goes_where_the_values_went(p):
    input = torch.full((50,), 3.0, dtype=torch.float64, requires_grad=True)
    output = torch_ops.dropout(input, p, rng=np.random.default_rng(2))
    output.sum().backward()
    assert input.grad is not None
    torch.testing.assert_close(input.grad * 3, output.detach())


BAD = [
    ({"p": 1.1}, ValueError, r"p must be .* 1.*got 1\.1"),
    ({"p": -0.1}, ValueError, r"p must be .*got -0\.1"),
    ({"p": float("nan")}, ValueError, r"p must be .*got nan"),
    ({"p": "half"}, TypeError, r"p must be .*got 'half'"),
    ({"training": 1}, TypeError, r"training must be True or False, got 1"),
    ({"rng": 0}, TypeError, r"rng must be a generator, as numpy\.random\.default_rng.*, got 0"),
]


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize(("settings", "error", "message"), BAD)
def test_bad_settings(name, settings, error, message):
    with pytest.raises(error, match=message):
        called(name, np.ones(3), **{"rng": np.random.default_rng(0), **settings})


@pytest.mark.parametrize("name", BACKENDS)
def test_bad_input(name):
    with pytest.raises(TypeError, match="input"):
        BACKENDS[name].dropout("three", rng=np.random.default_rng(0))
