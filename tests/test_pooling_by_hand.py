"""Pooling on cases worked out by hand, and at its edges, in all three backends."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from strategies import as_tensor

from cnnlib import numpy_ops, reference, torch_ops
from cnnlib.shapes import pool_output_size

BACKENDS = pytest.mark.parametrize("backend", [reference, numpy_ops, torch_ops])
INF, NAN = np.inf, np.nan
MAP = [[1, 2, 3, 0], [4, 5, 6, 1], [3, 4, 7, 2], [1, 2, 1, 0]]


def pooled(backend: ModuleType, name: str, plane: Any, *args: Any, **settings: Any) -> np.ndarray:
    """Return what an operation makes of one channel of one image."""
    image = np.array([[plane]], np.float64)
    given = as_tensor(image) if backend is torch_ops else image
    result = np.asarray(getattr(backend, name)(given, *args, **settings))
    assert result.shape[:2] == (1, 1)
    return result[0, 0]


@BACKENDS
def test_the_map_of_the_chapter(backend):
    assert pooled(backend, "max_pool2d", MAP, 2).tolist() == [[5, 6], [4, 7]]
    assert pooled(backend, "avg_pool2d", MAP, 2).tolist() == [[3, 2.5], [2.5, 2.5]]
    norms = pooled(backend, "lp_pool2d", MAP, 2, 2)
    np.testing.assert_allclose(norms, np.sqrt([[46, 46], [30, 54]]), rtol=1e-15)
    assert norms.round(3).tolist() == [[6.782, 6.782], [5.477, 7.348]]
    assert pooled(backend, "global_avg_pool2d", MAP).tolist() == [[2.625]]
    assert pooled(backend, "global_max_pool2d", MAP).tolist() == [[7]]
    assert pooled(backend, "adaptive_avg_pool2d", MAP, 2).tolist() == [[3, 2.5], [2.5, 2.5]]


@BACKENDS
def test_a_quarter_of_the_activations_is_left(backend):
    image = np.zeros((1, 4, 32, 32))
    result = backend.max_pool2d(as_tensor(image) if backend is torch_ops else image, 2)
    assert (image.size, np.asarray(result).size) == (4096, 1024)


@BACKENDS
def test_a_shift_by_one_changes_the_answer(backend):
    assert pooled(backend, "max_pool2d", [[0, 0, 1, 1, 0, 0, 1, 1]], (1, 2)).tolist() == [
        [0, 1, 0, 1]
    ]
    assert pooled(backend, "max_pool2d", [[1, 0, 0, 1, 1, 0, 0, 1]], (1, 2)).tolist() == [
        [1, 1, 1, 1]
    ]


@BACKENDS
def test_padding_is_below_every_value_for_a_maximum_and_zero_for_a_mean(backend):
    plane = [[-4, -8]]
    row = {"kernel_size": (1, 2), "padding": (0, 1)}
    assert pooled(backend, "max_pool2d", plane, **row).tolist() == [[-4, -8]]
    assert pooled(backend, "avg_pool2d", plane, **row).tolist() == [[-2, -4]]
    row["count_include_pad"] = False
    assert pooled(backend, "avg_pool2d", plane, **row).tolist() == [[-4, -8]]


@BACKENDS
def test_a_last_window_that_hangs_over(backend):
    plane = [[1, 2, 3, 4, 9]]
    assert pooled(backend, "max_pool2d", plane, (1, 2)).tolist() == [[2, 4]]
    row = {"kernel_size": (1, 2), "ceil_mode": True}
    assert pooled(backend, "max_pool2d", plane, **row).tolist() == [[2, 4, 9]]
    assert pooled(backend, "avg_pool2d", plane, **row).tolist() == [[1.5, 3.5, 9]]
    # The one value of the last window counts for two, as in torch: 9 + 9, and the root of 81 + 81.
    assert pooled(backend, "lp_pool2d", plane, 1, **row).tolist() == [[3, 7, 18]]
    expected = np.sqrt([[5, 25, 162]])
    np.testing.assert_allclose(pooled(backend, "lp_pool2d", plane, 2, **row), expected, rtol=1e-15)
    assert pooled(backend, "lp_pool2d", plane, INF, **row).tolist() == [[2, 4, 9]]


@BACKENDS
def test_padding_counts_and_what_hangs_over_it_does_not(backend):
    # Padded: 0 2 4 6 0, and one place beyond, under the third window of two with stride 2.
    row = {"kernel_size": (1, 2), "padding": (0, 1), "stride": 2, "ceil_mode": True}
    assert pooled(backend, "avg_pool2d", [[2, 4, 6]], **row).tolist() == [[1, 5]]
    row = {"kernel_size": (1, 4), "padding": (0, 1), "stride": 3, "ceil_mode": True}
    assert pooled(backend, "avg_pool2d", [[2, 4, 6]], **row).tolist() == [[3, 3]]
    row["count_include_pad"] = False
    assert pooled(backend, "avg_pool2d", [[2, 4, 6]], **row).tolist() == [[4, 6]]


@BACKENDS
def test_a_window_larger_than_the_input_hangs_over_it(backend):
    plane = [[1, 2, 3]]
    row = {"kernel_size": (1, 4), "stride": (1, 2), "ceil_mode": True}
    assert pool_output_size((1, 3), (1, 4), (1, 2), ceil_mode=True) == (1, 1)
    assert pooled(backend, "max_pool2d", plane, **row).tolist() == [[3]]
    assert pooled(backend, "avg_pool2d", plane, **row).tolist() == [[2]]
    assert pooled(backend, "lp_pool2d", plane, 1, **row).tolist() == [[8]]


@BACKENDS
def test_dilation(backend):
    plane = [[9, 1, 2, 3, 4, 5]]
    row = {"kernel_size": (1, 2), "stride": 1, "dilation": (1, 3)}
    assert pooled(backend, "max_pool2d", plane, **row).tolist() == [[9, 4, 5]]


@BACKENDS
def test_a_window_that_meets_padding_alone(backend):
    # Taps two apart around a row of one value: one falls before it and one behind.
    settings = {"kernel_size": (1, 2), "stride": 1, "padding": (0, 1), "dilation": (1, 2)}
    assert pooled(backend, "max_pool2d", [[5], [7]], **settings).tolist() == [[-INF], [-INF]]
    image, grads = np.array([[[[5.0], [7.0]]]]), np.array([[[[1.0], [1.0]]]])
    if backend is torch_ops:
        image, grads = as_tensor(image).requires_grad_(), as_tensor(grads)
        backend.max_pool2d(image, **settings).backward(grads)
        assert image.grad.tolist() == [[[[0], [0]]]]
        image = image.detach()
    found = np.asarray(backend.max_pool2d_input(image, grads, **settings))
    assert found.tolist() == [[[[0], [0]]]]


@BACKENDS
@pytest.mark.parametrize("n", range(1, 5))
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_dilations_wider_than_the_input(backend, n, ceil_mode):
    """Torch's forward pass is right there; its gradient is not asked for."""
    plane = np.random.default_rng(n).normal(size=(n, 6))
    settings = {"stride": (3, 2), "padding": 1, "dilation": (n + 1, 2), "ceil_mode": ceil_mode}
    image = torch.tensor(plane)[None, None]
    expected = torch.nn.functional.max_pool2d(image, 2, **settings)
    found = pooled(backend, "max_pool2d", plane, 2, **settings)
    np.testing.assert_array_equal(found, expected[0, 0].numpy())


@BACKENDS
def test_nan_and_infinity_in_a_maximum(backend):
    plane = [[NAN, 1, -INF, -INF, INF, NAN, -INF, 3]]
    found = pooled(backend, "max_pool2d", plane, (1, 2))
    np.testing.assert_array_equal(found, [[NAN, -INF, NAN, 3]])
    found = pooled(backend, "max_pool2d", plane, (1, 3), stride=1, padding=(0, 1))
    np.testing.assert_array_equal(found, [[NAN, NAN, 1, INF, NAN, NAN, NAN, 3]])
    np.testing.assert_array_equal(pooled(backend, "global_max_pool2d", plane), [[NAN]])
    np.testing.assert_array_equal(pooled(backend, "global_max_pool2d", [[-INF]]), [[-INF]])


@BACKENDS
def test_powers_of_negative_values(backend):
    def one(norm_type: float, values: list[int]) -> float:
        return pooled(backend, "lp_pool2d", [values], norm_type, (1, 2)).item()

    assert one(1, [-3, 1]) == -2
    assert one(1, [-3, 4]) == 1
    assert one(2, [-3, 4]) == 5
    assert one(3, [-3, 4]) == pytest.approx(37 ** (1 / 3), rel=1e-15)
    assert np.isnan(one(3, [3, -4]))
    assert np.isnan(one(2.5, [-3, 4]))
    assert one(INF, [-3, 2]) == 3
    assert one(2, [0, 0]) == 0
    assert one(np.float32(2), [3, -4]) == 5


@BACKENDS
def test_a_bell_of_three(backend):
    # 1 at the centre, 1/2 beside it, 1/4 at the corners.
    sigma = 1 / np.sqrt(2 * np.log(2))
    for place, expected in (((1, 1), 4), ((0, 1), 2), ((2, 0), 1)):
        plane = np.zeros((3, 3))
        plane[place] = 16
        found = pooled(backend, "gaussian_pool2d", plane, 3, sigma)
        np.testing.assert_allclose(found, [[expected]], rtol=1e-14)


@BACKENDS
@pytest.mark.parametrize("sigma", [1e-320, 1e-200, 1e-3])
def test_a_bell_so_narrow_that_the_nearest_values_are_all(backend, sigma):
    assert pooled(backend, "gaussian_pool2d", MAP, 3, sigma, 1).tolist() == [[5, 6], [4, 7]]
    assert pooled(backend, "gaussian_pool2d", MAP, 2, sigma).tolist() == [[3, 2.5], [2.5, 2.5]]
    assert pooled(backend, "gaussian_pool2d", MAP, 4, sigma).tolist() == [[5.5]]


@BACKENDS
@pytest.mark.parametrize("sigma", [1e9, 1e300])
def test_a_bell_so_wide_that_it_is_flat(backend, sigma):
    expected = pooled(backend, "avg_pool2d", MAP, 3, 1)
    found = pooled(backend, "gaussian_pool2d", MAP, 3, sigma, 1)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


@BACKENDS
def test_blur(backend):
    # Reflected, the rows read 4 0 4 0 4 0 4 0 4: the mean of any three, weighted 1 2 1, is 2.
    plane = [[0, 4, 0, 4, 0, 4, 0]] * 2
    assert pooled(backend, "blur_pool2d", plane).tolist() == [[2, 2, 2, 2]]
    assert pooled(backend, "blur_pool2d", plane, stride=(1, 3)).tolist() == [[2, 2, 2]] * 2
    corner = [[16, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert pooled(backend, "blur_pool2d", corner, 1).tolist() == [[4, 2, 0], [2, 1, 0], [0, 0, 0]]
    middle = [[0, 0, 0], [0, 16, 0], [0, 0, 0]]
    assert pooled(backend, "blur_pool2d", middle, 1).tolist() == [[4, 4, 4]] * 3
    found = pooled(backend, "blur_pool2d", MAP)
    assert found.tolist() == [[3, 3.25], [3.25, 3.875]]


@BACKENDS
def test_windows_of_an_adaptive_mean(backend):
    # Seven values in three: 0 to 2, 2 to 4, 4 to 6; neighbours share one.
    plane = [[3, 0, 6, 0, 9, 0, 3]]
    assert pooled(backend, "adaptive_avg_pool2d", plane, (1, 3)).tolist() == [[3, 5, 4]]
    assert pooled(backend, "adaptive_avg_pool2d", [[1, 3]], (1, 3)).tolist() == [[1, 2, 3]]
    assert pooled(backend, "adaptive_avg_pool2d", [[7]], 2).tolist() == [[7, 7], [7, 7]]
    assert pooled(backend, "adaptive_avg_pool2d", [[NAN, 1, 2]], (1, 2)).tolist()[0][1] == 1.5


@BACKENDS
@pytest.mark.parametrize(
    "call",
    [
        lambda ops, a: ops.max_pool2d(a, 2, padding=1),
        lambda ops, a: ops.avg_pool2d(a, 2),
        lambda ops, a: ops.lp_pool2d(a, 2, 2),
        lambda ops, a: ops.gaussian_pool2d(a, 2, 1.0),
        lambda ops, a: ops.blur_pool2d(a),
        lambda ops, a: ops.adaptive_avg_pool2d(a, 2),
        lambda ops, a: ops.max_pool2d_input(a, a[:, :, :2, :2], 2),
        lambda ops, a: ops.avg_pool2d_input((0, 3, 4, 4), a[:, :, :2, :2], 2),
    ],
)
def test_an_empty_batch(backend: ModuleType, call: Callable[..., Any]):
    empty = np.zeros((0, 3, 4, 4), np.float32)
    result = call(backend, as_tensor(empty) if backend is torch_ops else empty)
    assert np.asarray(result).dtype == np.float32
    assert len(result) == 0
    assert result.shape[1] == 3


@BACKENDS
def test_windows_of_one_value_keep_all(backend):
    for name, args in (
        ("max_pool2d", (1,)),
        ("avg_pool2d", (1,)),
        ("lp_pool2d", (1, 1)),
        ("gaussian_pool2d", (1, 2)),
        ("adaptive_avg_pool2d", (4,)),
    ):
        assert pooled(backend, name, MAP, *args).tolist() == MAP
        assert pooled(backend, name, [[-5]], *(args if args != (4,) else (1,))).tolist() == [[-5]]


def test_inference_mode():
    with torch.inference_mode():
        image = torch.arange(16.0).reshape(1, 1, 4, 4)
        output = torch_ops.max_pool2d(image, 2)
        grads = torch_ops.max_pool2d_input(image, output, 2)
        assert grads[0, 0, 1].tolist() == [0, 5, 0, 7]
        grads = torch_ops.avg_pool2d_input((1, 1, 4, 4), output, 2)
        assert grads[0, 0, 1].tolist() == [1.25, 1.25, 1.75, 1.75]
