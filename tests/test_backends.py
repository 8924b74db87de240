"""numpy_ops and torch_ops give what reference gives, and what torch gives."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from strategies import (
    Problem,
    as_tensor,
    conv2d_gradient_problems,
    conv2d_problem,
    conv2d_problems,
    conv_transpose2d_problem,
    conv_transpose2d_problems,
    one_torch_thread,  # noqa: F401
    seeded,
    signal_problem,
    signal_problems,
)
from torch.nn import functional as F

from cnnlib import numpy_ops, reference, torch_ops

often = settings(max_examples=150, deadline=None)
BAR = 1e-10


def assert_all_agree(name: str, problem: Problem) -> None:
    """Assert that the three backends give the same values, shape and type for one call."""
    before = {key: array.copy() for key, array in problem.arrays.items()}
    expected = getattr(reference, name)(**problem.arrays, **problem.settings)
    fast = getattr(numpy_ops, name)(**problem.arrays, **problem.settings)
    tensor = getattr(torch_ops, name)(**problem.tensors(), **problem.settings)
    for result in (fast, tensor.numpy()):
        assert result.shape == expected.shape
        assert result.dtype == expected.dtype
        np.testing.assert_allclose(result, expected, rtol=0, atol=BAR)
    for key, array in problem.arrays.items():
        np.testing.assert_array_equal(array, before[key])
        assert not np.shares_memory(array, fast)
        assert not np.shares_memory(array, expected)


@often
@given(signal_problems)
def test_signals(problem):
    assert_all_agree("convolve", problem)
    assert_all_agree("correlate", problem)
    alone = Problem({"input": problem.arrays["input"]}, problem.settings)
    assert_all_agree("autocorrelate", alone)


@often
@given(conv2d_problems)
def test_conv2d(problem):
    assert_all_agree("conv2d", problem)


@often
@given(conv_transpose2d_problems)
def test_conv_transpose2d(problem):
    assert_all_agree("conv_transpose2d", problem)


@often
@given(conv2d_gradient_problems)
def test_gradients(problem):
    grad_output = reference.conv2d(**problem.arrays, **problem.settings)
    input, weight = problem.arrays["input"], problem.arrays["weight"]
    for name, arrays, size in (
        ("conv2d_input", {"weight": weight}, {"input_size": input.shape}),
        ("conv2d_weight", {"input": input}, {"weight_size": weight.shape}),
    ):
        call = Problem({**arrays, "grad_output": grad_output}, {**size, **problem.settings})
        assert_all_agree(name, call)


@often
@given(signal_problems)
def test_signals_are_scipys(problem):
    input, kernel = problem.arrays.values()
    mode = problem.settings["mode"]
    for name in ("convolve", "correlate"):
        expected = getattr(scipy.signal, name)(input, kernel, mode, method="direct")
        for backend in (reference, numpy_ops):
            result = getattr(backend, name)(input, kernel, mode)
            assert result.shape == expected.shape
            np.testing.assert_allclose(result, expected, rtol=0, atol=BAR)


@often
@given(signal_problems)
def test_full_and_valid_are_scipys_2d_functions(problem):
    input, kernel = problem.arrays.values()
    if input.ndim == 1 or any(k > n for k, n in zip(kernel.shape, input.shape, strict=True)):
        input, kernel = np.outer(input.ravel()[:4], input.ravel()[:4]), kernel.reshape(1, -1)[:, :1]
    for mode in ("full", "valid"):
        np.testing.assert_allclose(
            numpy_ops.convolve(input, kernel, mode),
            scipy.signal.convolve2d(input, kernel, mode),
            rtol=0,
            atol=BAR,
        )
        np.testing.assert_allclose(
            numpy_ops.correlate(input, kernel, mode),
            scipy.signal.correlate2d(input, kernel, mode),
            rtol=0,
            atol=BAR,
        )


def torch_conv2d(arrays: dict[str, torch.Tensor], settings: dict[str, Any]) -> torch.Tensor:
    """Return torch's own conv2d, without its remark on what padding='same' may cost."""
    settings = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
        return F.conv2d(**arrays, **settings)


def differences_from_torch(rng: np.random.Generator) -> list[float]:
    """Draw one problem for each operation; return how far numpy_ops and torch_ops are from torch.

    torch's gradients are those of its autograd.
    """
    found = []

    def compare(name: str, expected: torch.Tensor, *args: Any, **settings: Any) -> None:
        for backend, convert in ((numpy_ops, np.asarray), (torch_ops, torch.as_tensor)):
            given_args = [convert(a) if isinstance(a, np.ndarray) else a for a in args]
            result = np.asarray(getattr(backend, name)(*given_args, **settings))
            assert result.shape == tuple(expected.shape)
            assert result.dtype == np.float64
            found.append(float(np.abs(result - expected.detach().numpy()).max(initial=0)))

    call = conv2d_problem(seeded(rng), largest=5)
    arrays = {key: a.copy() for key, a in call.arrays.items()}
    tensors = {key: torch.tensor(a) for key, a in arrays.items()}
    compare("conv2d", torch_conv2d(tensors, call.settings), *arrays.values(), **call.settings)

    call = conv2d_problem(seeded(rng), strings=False, largest=5)
    input, weight = (call.arrays[key].copy() for key in ("input", "weight"))
    tensors = {key: as_tensor(a).requires_grad_() for key, a in call.arrays.items()}
    output = torch_conv2d(tensors, call.settings)
    grad_output = rng.normal(size=tuple(output.shape))
    output.backward(torch.tensor(grad_output))
    expected = tensors["input"].grad, tensors["weight"].grad
    compare("conv2d_input", expected[0], input.shape, weight, grad_output, **call.settings)
    compare("conv2d_weight", expected[1], input, weight.shape, grad_output, **call.settings)

    call = conv_transpose2d_problem(seeded(rng), largest=5)
    arrays = {key: a.copy() for key, a in call.arrays.items()}
    tensors = {key: torch.tensor(a) for key, a in arrays.items()}
    settings = {k: tuple(v) if isinstance(v, list) else v for k, v in call.settings.items()}
    expected = F.conv_transpose2d(**tensors, **settings)
    compare("conv_transpose2d", expected, *arrays.values(), **settings)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_two_thousand_problems_against_torch(seed):
    rng = np.random.default_rng([2000, seed])
    differences = [d for _ in range(500) for d in differences_from_torch(rng)]
    assert len(differences) == 500 * 8
    assert sum(not d <= BAR for d in differences) == 0, f"the largest is {max(differences)}"


BUILDERS = {
    "convolve": lambda integer: signal_problem(integer, complex_too=False),
    "correlate": lambda integer: signal_problem(integer, complex_too=False),
    "conv2d": conv2d_problem,
    "conv_transpose2d": conv_transpose2d_problem,
}


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("seed", range(10))
def test_float32_is_kept(name, seed):
    problem = BUILDERS[name](seeded(np.random.default_rng([32, seed]))).astype("float32")
    expected = getattr(reference, name)(**problem.arrays, **problem.settings)
    fast = getattr(numpy_ops, name)(**problem.arrays, **problem.settings)
    tensor = getattr(torch_ops, name)(**problem.tensors(), **problem.settings)
    for result in (expected, fast, tensor.numpy()):
        assert result.dtype == np.float32
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


REAL = ["float32", "float64", "int8", "int64", "uint8"]
COMPLEX = ["complex64", "complex128"]


def result_dtypes(name: str, first: str, second: str, shape: tuple[int, ...]) -> set[str]:
    """Return the types that the backends give for arguments of two types, by name."""
    arrays = np.ones(shape, first), np.ones(shape, second)
    return {
        getattr(reference, name)(*arrays).dtype.name,
        getattr(numpy_ops, name)(*arrays).dtype.name,
        str(getattr(torch_ops, name)(*map(as_tensor, arrays)).dtype).removeprefix("torch."),
    }


@pytest.mark.parametrize("first", REAL)
@pytest.mark.parametrize("second", REAL)
def test_the_wider_of_two_real_types_wins_and_integers_count_as_float64(first, second):
    expected = {"float32" if first == second == "float32" else "float64"}
    assert result_dtypes("conv2d", first, second, (1, 1, 2, 2)) == expected
    assert result_dtypes("conv_transpose2d", first, second, (1, 1, 2, 2)) == expected
    assert result_dtypes("convolve", first, second, (2,)) == expected


@pytest.mark.parametrize("first", REAL + COMPLEX)
@pytest.mark.parametrize("second", COMPLEX)
def test_the_wider_of_two_types_wins_with_complex_ones(first, second):
    single = first in ("float32", "complex64") and second == "complex64"
    expected = {"complex64" if single else "complex128"}
    assert result_dtypes("convolve", first, second, (2,)) == expected
    assert result_dtypes("correlate", second, first, (2, 2)) == expected


def test_integers_do_not_overflow():
    image = np.full((1, 1, 2, 2), 200, np.uint8)
    for backend, convert in ((reference, np.array), (numpy_ops, np.array), (torch_ops, as_tensor)):
        assert backend.conv2d(convert(image), convert(image)).item() == 160000
        total = backend.convolve(convert(image[0, 0, 0]), convert(image[0, 0, 0]))
        assert total.tolist() == [40000.0, 80000.0, 40000.0]


def test_foreign_byte_order():
    image = np.arange(9.0).reshape(1, 1, 3, 3)
    for dtype in (">f8", ">f4"):
        result = numpy_ops.conv2d(image.astype(dtype), image.astype(dtype))
        assert result.dtype.isnative
        assert result.item() == 204


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_reach_only_what_they_touch(value):
    rng = np.random.default_rng(5)
    input, weight = rng.normal(size=(2, 2, 9, 9)), rng.normal(size=(4, 2, 3, 3))
    input[1, 0, 4, 4] = value
    expected = reference.conv2d(input, weight, padding=1)
    bad = ~np.isfinite(expected)
    assert bad.any(axis=1)[1, 3:6, 3:6].all()
    assert bad.sum() == 4 * 9
    np.testing.assert_allclose(numpy_ops.conv2d(input, weight, padding=1), expected)
    tensors = torch.tensor(input), torch.tensor(weight)
    np.testing.assert_allclose(torch_ops.conv2d(*tensors, padding=1).numpy(), expected)
    for filters in (weight[:1], weight):  # few filters and many go different ways
        fast = numpy_ops.conv2d(input, filters, stride=2, padding=1)
        np.testing.assert_allclose(fast, expected[:, : len(filters), ::2, ::2])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_in_a_signals_kernel(value):
    with np.errstate(invalid="ignore"):
        expected = reference.convolve([1, 0, 2], [value, 1])
    assert np.isfinite(expected).tolist() == [False, False, False, True]
    np.testing.assert_array_equal(numpy_ops.convolve([1, 0, 2], [value, 1]), expected)
    tensors = torch.tensor([1.0, 0.0, 2.0]), torch.tensor([value, 1.0])
    np.testing.assert_array_equal(torch_ops.convolve(*tensors).numpy(), expected)
    plane = numpy_ops.convolve([[1, 0, 2]], [[value, 1]])
    np.testing.assert_array_equal(plane[0], expected)
