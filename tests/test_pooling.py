"""Pooling: three backends against each other and against torch, on generated problems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pool_problems import BUILDERS, STRATEGIES, TORCH, special
from strategies import Problem, as_tensor, one_torch_thread, seeded  # noqa: F401

from cnnlib import numpy_ops, reference, torch_ops

BACKENDS = (reference, numpy_ops, torch_ops)
BAR = 1e-12


def answer(backend: object, name: str, problem: Problem) -> np.ndarray:
    """Return what a backend gives, as an array."""
    arrays = problem.tensors() if backend is torch_ops else problem.arrays
    with np.errstate(invalid="ignore"):
        return np.asarray(getattr(backend, name)(**arrays, **problem.settings))


def torchs(name: str, problem: Problem) -> np.ndarray:
    """Return what torch itself gives."""
    return TORCH[name](**problem.tensors(), **problem.settings).numpy()


def differs(found: np.ndarray, expected: np.ndarray) -> bool:
    """Tell whether two answers differ in shape, type, or anywhere by more than the bar."""
    if (found.shape, found.dtype) != (expected.shape, expected.dtype):
        return True
    equal = (found == expected) | (np.isnan(found) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        return not (equal | (np.abs(found - expected) <= BAR)).all()


def test_what_differs():
    one = np.array([1.0, np.nan, np.inf])
    assert not differs(one, np.array([1 + 1e-13, np.nan, np.inf]))
    for other in ([1 + 1e-11, np.nan, np.inf], [1, 0, np.inf], [1, np.nan, -np.inf], [np.nan] * 3):
        assert differs(one, np.array(other))
        assert differs(np.array(other), one)
    assert differs(one, one[None])
    assert differs(one, one.astype("float32"))


@pytest.mark.parametrize("name", BUILDERS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_backends_agree_with_torch_and_keep_what_they_are_given(name, data):
    problem = data.draw(STRATEGIES[name])
    before = {key: array.copy() for key, array in problem.arrays.items()}
    expected = torchs(name, problem)
    for backend in (reference, numpy_ops):
        found = answer(backend, name, problem)
        assert not differs(found, expected)
        assert found.flags.writeable
        for array in problem.arrays.values():
            assert not np.shares_memory(array, found)
    tensors = problem.tensors()
    found = getattr(torch_ops, name)(**tensors, **problem.settings).numpy()
    assert not differs(found, expected)
    for key, array in problem.arrays.items():
        np.testing.assert_array_equal(array, before[key])
        np.testing.assert_array_equal(tensors[key].numpy(), before[key])
        assert not np.shares_memory(tensors[key].numpy(), found)


@pytest.mark.parametrize("name", BUILDERS)
def test_a_thousand_problems_against_torch(name):
    integer = seeded(np.random.default_rng([1000, list(BUILDERS).index(name)]))
    problems = [BUILDERS[name](integer) for _ in range(1000)]
    over = [
        (backend.__name__, problem)
        for problem in problems
        for expected in [torchs(name, problem)]
        for backend in BACKENDS
        if differs(answer(backend, name, problem), expected)
    ]
    assert over == []


@pytest.mark.parametrize("name", BUILDERS)
def test_nan_infinity_and_equal_values_as_torch_has_them(name):
    rng = np.random.default_rng([7, list(BUILDERS).index(name)])
    for _ in range(150):
        problem = BUILDERS[name](seeded(rng))
        arrays = {key: special(rng, array) for key, array in problem.arrays.items()}
        problem = Problem(arrays, problem.settings)
        expected = torchs(name, problem)
        for backend in BACKENDS:
            assert not differs(answer(backend, name, problem), expected), (backend, problem)


@pytest.mark.parametrize("name", BUILDERS)
def test_float32_is_kept(name):
    rng = np.random.default_rng([32, list(BUILDERS).index(name)])
    for _ in range(20):
        problem = BUILDERS[name](seeded(rng))
        if problem.settings.get("norm_type", 2) % 2:  # the root of a cancelled sum is ill-posed
            problem = Problem({"input": np.abs(problem.arrays["input"])}, problem.settings)
        problem = problem.astype("float32")
        expected = answer(reference, name, problem)
        for backend in BACKENDS:
            found = answer(backend, name, problem)
            assert found.dtype == np.float32
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64"])
def test_integers_count_as_float64(name, dtype):
    for seed in range(5):
        problem = BUILDERS[name](seeded(np.random.default_rng([5, seed])))
        arrays = {
            key: np.abs(np.rint(40 * array)).clip(0, 120).astype(dtype)
            for key, array in problem.arrays.items()
        }
        expected = torchs(name, Problem(arrays, problem.settings).astype("float64"))
        for backend in BACKENDS:
            assert not differs(answer(backend, name, Problem(arrays, problem.settings)), expected)


def test_the_lowest_integer_is_above_the_padding():
    image = np.full((1, 1, 3, 3), -128, np.int8)
    for backend in BACKENDS:
        given = as_tensor(image) if backend is torch_ops else image
        found = np.asarray(backend.max_pool2d(given, 2, padding=1, ceil_mode=True))
        assert found.dtype == np.float64
        assert (found == -128).all()


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("backend", [reference, numpy_ops])
def test_nested_lists_and_foreign_byte_order(name, backend):
    problem = BUILDERS[name](seeded(np.random.default_rng(3)))
    expected = answer(backend, name, problem)
    foreign = Problem({k: a.astype(">f8") for k, a in problem.arrays.items()}, problem.settings)
    found = answer(backend, name, foreign)
    assert found.dtype.isnative
    np.testing.assert_array_equal(found, expected)
    if all(array.size for array in problem.arrays.values()):
        lists = {key: array.tolist() for key, array in problem.arrays.items()}
        found = getattr(backend, name)(**lists, **problem.settings)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", BUILDERS)
def test_results_live_where_their_arguments_do(name):
    problem = BUILDERS[name](seeded(np.random.default_rng(12)))
    on_cpu = getattr(torch_ops, name)(**problem.tensors(), **problem.settings)
    tensors = {key: tensor.to("meta") for key, tensor in problem.tensors().items()}
    result = getattr(torch_ops, name)(**tensors, **problem.settings)
    assert result.device.type == "meta"
    assert (result.shape, result.dtype) == (on_cpu.shape, on_cpu.dtype)


@pytest.mark.gpu
@pytest.mark.parametrize("name", BUILDERS)
def test_cuda_gives_what_reference_gives(name):
    for seed in range(25):
        problem = BUILDERS[name](seeded(np.random.default_rng([25, seed])))
        expected = answer(reference, name, problem)
        tensors = {key: tensor.cuda() for key, tensor in problem.tensors().items()}
        result = getattr(torch_ops, name)(**tensors, **problem.settings)
        assert result.device.type == "cuda"
        np.testing.assert_allclose(result.cpu().numpy(), expected, rtol=0, atol=1e-10)


@pytest.mark.gpu
def test_cuda_gives_the_gradient_to_the_values_that_the_processor_chooses():
    for seed in range(25):
        rng = np.random.default_rng([26, seed])
        problem = BUILDERS["max_pool2d_input"](seeded(rng))
        arrays = {**problem.arrays, "input": special(rng, problem.arrays["input"])}
        expected = reference.max_pool2d_input(**arrays, **problem.settings)
        tensors = {key: as_tensor(array).cuda() for key, array in arrays.items()}
        result = torch_ops.max_pool2d_input(**tensors, **problem.settings).cpu().numpy()
        np.testing.assert_allclose(result, expected, rtol=0, atol=1e-10)
