"""reference gives what is worked out by hand; every other backend is held to reference."""

from __future__ import annotations

import numpy as np
import pytest

from cnnlib.reference import (
    autocorrelate,
    conv2d,
    conv2d_input,
    conv2d_weight,
    conv_transpose2d,
    convolve,
    correlate,
)

CHECKERBOARD = [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
BARS = [[1, 1, 1], [0, 0, 0], [1, 1, 1]]


def same(result: np.ndarray, expected: object) -> None:
    """Assert exact equality of shape and values."""
    assert result.shape == np.shape(expected)
    np.testing.assert_array_equal(result, expected)


def image(*rows: list[float]) -> np.ndarray:
    """Return rows as a batch of one image of one channel, or as one filter."""
    return np.array([[rows]], dtype=float)


def test_polynomials_multiply():
    # (1 + 2x + 3x^2)(4 + 5x) = 4 + 13x + 22x^2 + 15x^3
    same(convolve([1, 2, 3], [4, 5]), [4, 13, 22, 15])
    square = convolve([1, 1], [1, 1])
    same(convolve(square, square), [1, 4, 6, 4, 1])  # (1 + x)^4


def test_decimal_numbers_multiply_digit_by_digit():
    digits = convolve([1, 2], [3, 4])  # 21 x 43, units first, before carrying
    same(digits, [3, 10, 8])
    assert sum(d * 10**i for i, d in enumerate(digits)) == 21 * 43


def test_seven_values_and_a_kernel_of_three_give_five():
    signal, kernel = [1, 2, 0, -1, 3, 1, 2], [1, 0, -1]
    same(correlate(signal, kernel, "valid"), [1, 3, -3, -2, 1])
    same(convolve(signal, kernel, "valid"), [-1, -3, 3, 2, -1])


@pytest.mark.parametrize(
    ("operation", "input", "kernel", "full", "same_", "valid"),
    [
        (convolve, [1, 2, 3], [1, 10, 100], [1, 12, 123, 230, 300], [12, 123, 230], [123]),
        (convolve, [1, 2, 3], [1, 10], [1, 12, 23, 30], [1, 12, 23], [12, 23]),
        (convolve, [1, 2], [1, 10, 100], [1, 12, 120, 200], [12, 120], [12, 120]),
        (correlate, [1, 2, 3], [1, 10, 100], [100, 210, 321, 32, 3], [210, 321, 32], [321]),
        (correlate, [1, 2, 3], [1, 10], [10, 21, 32, 3], [10, 21, 32], [21, 32]),
        (correlate, [1, 2], [1, 10, 100], [100, 210, 21, 2], [210, 21], [210, 21]),
        (convolve, [5], [2], [10], [10], [10]),
        (correlate, [5], [2], [10], [10], [10]),
    ],
)
def test_modes(operation, input, kernel, full, same_, valid):
    same(operation(input, kernel), full)
    same(operation(input, kernel, "full"), full)
    same(operation(input, kernel, "same"), same_)
    same(operation(input, kernel, mode="valid"), valid)


def test_two_dimensions():
    square = [[1, 2], [3, 4]]
    same(convolve(square, [[1, 10]]), [[1, 12, 20], [3, 34, 40]])
    same(convolve(square, [[1], [10]]), [[1, 2], [13, 24], [30, 40]])
    same(correlate(square, [[1, 10]]), [[10, 21, 2], [30, 43, 4]])
    same(correlate(square, [[1], [10]]), [[10, 20], [31, 42], [3, 4]])
    same(correlate(square, square, "valid"), [[1 + 4 + 9 + 16]])
    same(convolve(square, square, "valid"), [[4 + 6 + 6 + 4]])


def test_convolution_commutes_and_correlation_conjugates_backwards():
    rng = np.random.default_rng(1)
    for shapes in ((5, 3), ((4, 2), (3, 3))):
        a, b = (rng.normal(size=s) + 1j * rng.normal(size=s) for s in shapes)
        np.testing.assert_allclose(convolve(a, b), convolve(b, a))
        np.testing.assert_allclose(correlate(a, b), np.flip(correlate(b, a)).conj())
        assert not np.allclose(correlate(a, b), correlate(b, a))
        np.testing.assert_allclose(correlate(a, b), convolve(a, np.flip(b).conj()))


def test_correlation_conjugates_its_second_argument():
    # lag -1: i conj(i) = 1; lag 0: i conj(1) + 2 conj(i) = -i; lag 1: 2 conj(1) = 2
    same(correlate([1j, 2], [1, 1j]), [1, -1j, 2])
    same(convolve([1j, 2], [1, 1j]), [1j, 1, 2j])


def test_an_echo_is_found_at_its_lag():
    pulse = [1, -1, 2]
    signal = np.zeros(12)
    signal[7:10] = pulse
    assert np.argmax(correlate(signal, pulse)) - (len(pulse) - 1) == 7
    assert np.argmax(correlate(signal, pulse, "valid")) == 7


def test_autocorrelation():
    same(autocorrelate([1, 2, 3]), [3, 8, 14, 8, 3])
    same(autocorrelate([1, 2, 3], "same"), [8, 14, 8])
    same(autocorrelate([1, 2, 3, 4], "same")[4 // 2], 30)
    same(autocorrelate([1, 2, 3], "valid"), [14])
    same(autocorrelate([1j, 2]), [2j, 5, -2j])
    same(autocorrelate([[1, 2], [3, 4]]), [[4, 11, 6], [14, 30, 14], [6, 11, 4]])


def test_the_worked_example():
    result = conv2d([[CHECKERBOARD]], [[BARS]], stride=2, padding=1)
    same(result, [[[[1, 2], [2, 4]]]])


def test_every_window_of_the_worked_example():
    padded = np.pad(CHECKERBOARD, 1)
    windows = [[padded[y : y + 3, x : x + 3] for x in (0, 2)] for y in (0, 2)]
    sums = [[int((window * BARS).sum()) for window in row] for row in windows]
    assert sums == [[1, 2], [2, 4]]


def test_an_impulse_shows_the_kernel_turned_by_conv2d_and_upright_by_convolve():
    impulse = np.zeros((5, 5))
    impulse[2, 2] = 1
    kernel = np.arange(1, 10).reshape(3, 3)
    same(conv2d([[impulse]], [[kernel]])[0, 0], [[9, 8, 7], [6, 5, 4], [3, 2, 1]])
    same(convolve(impulse, kernel, "valid"), kernel)
    same(correlate(impulse, kernel, "valid"), np.flip(kernel))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [21, 32, 43, 54]),
        ({"stride": (1, 2)}, [21, 43]),
        ({"stride": (1, 3)}, [21, 54]),
        ({"padding": (0, 1)}, [10, 21, 32, 43, 54, 5]),
        ({"padding": (0, 1), "stride": (1, 2)}, [10, 32, 54]),
        ({"padding": "valid"}, [21, 32, 43, 54]),
        ({"padding": "same"}, [21, 32, 43, 54, 5]),  # the odd zero goes after
        ({"dilation": (1, 3)}, [41, 52]),
        ({"padding": "same", "dilation": (1, 3)}, [30, 41, 52, 3, 4]),  # one before, two after
        ({"bias": [100]}, [121, 132, 143, 154]),
    ],
)
def test_conv2d_of_one_row(settings, expected):
    same(conv2d(image([1, 2, 3, 4, 5]), image([1, 10]), **settings)[0, 0, 0], expected)


def test_channels_add_up_within_a_group():
    input = np.array([3, 5]).reshape(1, 2, 1, 1)
    weight = np.array([10, 100]).reshape(1, 2, 1, 1)
    same(conv2d(input, weight).ravel(), [530])
    same(conv2d(input, weight.swapaxes(0, 1), groups=2).ravel(), [30, 500])
    same(conv2d(input, weight.swapaxes(0, 1), [1, 2], groups=2).ravel(), [31, 502])
    four = np.array([1, 10, 100, 1000]).reshape(4, 1, 1, 1)  # two filters for each channel
    same(conv2d(input, four, groups=2).ravel(), [3, 30, 500, 5000])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [1, 12, 120, 200]),
        ({"padding": (0, 1)}, [12, 120]),
        ({"stride": (1, 2)}, [1, 10, 102, 20, 200]),
        ({"stride": (1, 2), "output_padding": (0, 1)}, [1, 10, 102, 20, 200, 0]),
        ({"stride": (1, 2), "output_padding": (0, 1), "padding": (0, 1)}, [10, 102, 20, 200]),
        ({"stride": (1, 4)}, [1, 10, 100, 0, 2, 20, 200]),
        ({"dilation": (1, 2)}, [1, 2, 10, 20, 100, 200]),
        ({"bias": [1000]}, [1001, 1012, 1120, 1200]),
    ],
)
def test_conv_transpose2d_of_one_row(settings, expected):
    same(conv_transpose2d(image([1, 2]), image([1, 10, 100]), **settings)[0, 0, 0], expected)


def test_conv_transpose2d_takes_input_channels_first():
    input = np.array([3, 5]).reshape(1, 2, 1, 1)
    weight = np.array([[1, 2, 3], [10, 20, 30]]).reshape(2, 3, 1, 1)
    same(conv_transpose2d(input, weight).ravel(), [53, 106, 159])
    same(conv_transpose2d(input, weight, groups=2).ravel(), [3, 6, 9, 50, 100, 150])


def test_gradients_of_one_row():
    # output = [x0 + 10 x1, x1 + 10 x2, x2 + 10 x3], loss = output @ [1, 2, 3]
    weight, grads = image([1, 10]), image([1, 2, 3])
    same(conv2d_input((1, 1, 1, 4), weight, grads), image([1, 12, 23, 30]))
    same(conv2d_weight(image([1, 2, 3, 4]), weight.shape, grads), image([14, 20]))


def test_input_that_no_window_reaches_gets_no_gradient():
    grad = conv2d_input((1, 1, 1, 4), image([1, 10]), image([7]), stride=3)
    same(grad, image([7, 70, 0, 0]))
    grad = conv2d_input((1, 1, 1, 2), image([1, 10]), image([7, 7, 7]), padding=(0, 1))
    same(grad, image([77, 77]))


def test_an_empty_batch():
    weight = np.ones((4, 1, 3, 3))
    empty = np.ones((0, 2, 5, 6))
    same(conv2d(empty, weight, groups=2), np.ones((0, 4, 3, 4)))
    same(conv_transpose2d(empty, np.ones((2, 4, 3, 3))), np.ones((0, 4, 7, 8)))
    same(conv2d_input((0, 2, 5, 6), weight, np.ones((0, 4, 3, 4)), groups=2), empty)
    same(
        conv2d_weight(empty, weight.shape, np.ones((0, 4, 3, 4)), groups=2), np.zeros((4, 1, 3, 3))
    )


def test_results_are_new_and_arguments_untouched():
    signal, kernel = np.array([1.0, 2.0]), np.array([1.0])
    signal.flags.writeable = False
    result = convolve(signal, kernel)
    result += 1
    same(signal, [1, 2])
    same(result, [2, 3])
