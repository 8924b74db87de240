"""The layers around a convolution, worked by hand: extreme logits, averages, columns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from layer_problems import BUILDERS
from strategies import seeded
from torch.nn import functional as F

from cnnlib import numpy_ops, reference, torch_ops

ARRAYS = pytest.mark.parametrize("backend", [reference, numpy_ops])

INF, NAN = np.inf, np.nan
LOGITS = [
    ([0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]),
    ([1000, 1000, 0, -1000], [0.5, 0.5, 0, 0]),
    ([-1e300, -1e300, -1e300, -1e300], [0.25, 0.25, 0.25, 0.25]),
    ([1e308, -1e308, 0, 0], [1, 0, 0, 0]),
    ([-INF, 0, -INF, 0], [0, 0.5, 0, 0.5]),
    ([-INF, -INF, -INF, -INF], [NAN] * 4),
    ([INF, 0, 0, 0], [NAN] * 4),
    ([NAN, 0, 0, 0], [NAN] * 4),
    ([1e-300, -1e-300, 5e-324, 0], [0.25, 0.25, 0.25, 0.25]),
]


@pytest.mark.parametrize(("logits", "expected"), LOGITS)
def test_softmax_of_huge_tiny_and_infinite_logits(logits, expected):
    tensor = torch.tensor(logits, dtype=torch.float64)
    theirs = F.softmax(tensor, 0).numpy()
    np.testing.assert_array_equal(theirs, expected)
    for result in (
        reference.softmax(logits, 0),
        numpy_ops.softmax(logits, 0),
        torch_ops.softmax(tensor, 0).numpy(),
    ):
        np.testing.assert_array_equal(result, expected)
    logs = F.log_softmax(tensor, 0).numpy()
    for backend in (reference, numpy_ops):
        np.testing.assert_allclose(backend.log_softmax(logits, -1), logs, rtol=1e-15)
    np.testing.assert_array_equal(torch_ops.log_softmax(tensor, 0).numpy(), logs)


@pytest.mark.parametrize("logits", [row for row, _ in LOGITS])
@pytest.mark.parametrize("smoothing", [0, 0.25, 1])
@pytest.mark.parametrize("target", [0, 1])
def test_cross_entropy_of_huge_tiny_and_infinite_logits(logits, smoothing, target):
    tensor, wanted = torch.tensor([logits], dtype=torch.float64), torch.tensor([target])
    expected = F.cross_entropy(tensor, wanted, label_smoothing=smoothing).item()
    for backend in (reference, numpy_ops):
        loss = backend.cross_entropy([logits], [target], smoothing)
        np.testing.assert_allclose(loss, expected, rtol=1e-15)
    np.testing.assert_equal(torch_ops.cross_entropy(tensor, wanted, smoothing).item(), expected)


@ARRAYS
def test_cross_entropy_by_hand(backend):
    logits = np.log([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    plain = -(np.log(0.7) + np.log(0.1)) / 2
    assert backend.cross_entropy(logits, [0, 1]) == pytest.approx(plain, abs=1e-15)
    even = -(np.log([0.7, 0.2, 0.1]).mean() + np.log([0.1, 0.1, 0.8]).mean()) / 2
    smooth = 0.9 * plain + 0.1 * even
    assert backend.cross_entropy(logits, [0, 1], 0.1) == pytest.approx(smooth, abs=1e-15)
    assert type(backend.cross_entropy(logits.astype("float32"), [0, 1])) is np.float32


def test_the_mean_over_no_rows_is_nan():
    for backend in (reference, numpy_ops):
        assert np.isnan(backend.cross_entropy(np.ones((0, 3)), []))
        assert np.isnan(backend.cross_entropy(np.ones((0, 3)), np.ones(0, int), 0.1))
    assert torch_ops.cross_entropy(torch.ones(0, 3), torch.ones(0, dtype=torch.long)).isnan()


@ARRAYS
def test_activations_by_hand(backend):
    values = [-INF, -1000, -1e-300, 0, 2, 1e308, INF, NAN]
    np.testing.assert_array_equal(backend.relu(values), [0, 0, 0, 0, 2, 1e308, INF, NAN])
    expected = [0, 0, 0.5, 0.5, 1 / (1 + np.exp(-2)), 1, 1, NAN]
    np.testing.assert_array_equal(backend.sigmoid(values), expected)
    tensor = torch.tensor(values, dtype=torch.float64)
    np.testing.assert_array_equal(torch_ops.relu(tensor).numpy(), backend.relu(values))
    np.testing.assert_allclose(torch_ops.sigmoid(tensor).numpy(), expected, rtol=1e-15)


@ARRAYS
def test_batch_norm_by_hand(backend):
    input = np.array([[1, 10], [3, 10], [5, 10], [7, 10]])
    output, mean, variance = backend.batch_norm(
        input, [100, 10], [1, 2], weight=[2, 1], bias=[1, 5], training=True, momentum=0.5, eps=4
    )
    # Channel 0: mean 4, biased variance 5, unbiased 20 / 3; 5 + 4 is the square of 3.
    np.testing.assert_allclose(output[:, 0], [-1, 1 / 3, 5 / 3, 3], atol=1e-15)
    np.testing.assert_array_equal(output[:, 1], [5, 5, 5, 5])
    np.testing.assert_allclose(mean, [52, 10])
    np.testing.assert_allclose(variance, [0.5 + 10 / 3, 1])
    output, mean, variance = backend.batch_norm([[5.0]], [3], [3], eps=1)
    assert (output.tolist(), mean.tolist(), variance.tolist()) == ([[1]], [3], [3])


@ARRAYS
def test_an_empty_batch_leaves_the_averages(backend):
    for shape in ((0, 2), (0, 2, 3, 3), (3, 2, 0)):
        results = backend.batch_norm(np.ones(shape), [1, 2], [3, 4], training=True)
        tensors = torch.ones(shape), torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
        theirs = torch_ops.batch_norm(*tensors, training=True)
        for result in (results, theirs):
            assert [part.tolist() for part in result[1:]] == [[1, 2], [3, 4]]
            assert result[0].shape == shape


@ARRAYS
def test_nan_reaches_its_own_channel_alone(backend):
    input = np.arange(12.0).reshape(2, 3, 2)
    input[0, 1, 0] = NAN
    output, mean, _ = backend.batch_norm(input, np.zeros(3), np.ones(3), training=True)
    assert np.isnan(output).all(axis=(0, 2)).tolist() == [False, True, False]
    assert np.isnan(mean).tolist() == [False, True, False]
    output, _, _ = backend.batch_norm(input, np.zeros(3), np.ones(3))
    assert np.argwhere(np.isnan(output)).tolist() == [[0, 1, 0]]


@ARRAYS
def test_im2col_by_hand(backend):
    columns = backend.im2col(
        np.arange(1, 9).reshape(1, 2, 2, 2), kernel_size=(2, 1), padding=(0, 1)
    )
    assert columns.tolist() == [[[0, 1, 2, 0], [0, 3, 4, 0], [0, 5, 6, 0], [0, 7, 8, 0]]]


@ARRAYS
def test_a_convolution_is_one_product_of_matrices(backend):
    rng = np.random.default_rng(9)
    input, weight = rng.normal(size=(2, 3, 7, 6)), rng.normal(size=(4, 3, 3, 2))
    settings = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}
    expected = backend.conv2d(input, weight, **settings)
    product = weight.reshape(4, -1) @ backend.im2col(input, (3, 2), **settings)
    np.testing.assert_allclose(product.reshape(expected.shape), expected, atol=1e-12)


@pytest.mark.parametrize("backend", [reference, numpy_ops, torch_ops])
@pytest.mark.parametrize("seed", range(40))
def test_col2im_is_the_adjoint_of_im2col(backend, seed):
    """<im2col(x), y> = <x, col2im(y)> for every x and y."""
    rng = np.random.default_rng([40, seed])
    problem = BUILDERS["im2col"](seeded(rng))
    input = rng.normal(size=problem.arrays["input"].shape)
    take = torch.tensor if backend is torch_ops else np.asarray
    columns = np.asarray(backend.im2col(take(input), **problem.settings))
    other = rng.normal(size=columns.shape)
    size = input.shape[2:]
    image = np.asarray(backend.col2im(take(other), size, **problem.settings))
    np.testing.assert_allclose((columns * other).sum(), (input * image).sum(), atol=1e-11)
    assert image.shape == input.shape
