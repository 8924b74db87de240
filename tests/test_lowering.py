"""The ways of cnnlib.lowering: each gives the reference's answer, and takes the memory it says."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from strategies import one_torch_thread, seeded  # noqa: F401

from benchmarks.measure import extra_bytes
from cnnlib import lowering, numpy_ops, reference

WAYS = {
    "mec": lowering.conv2d_mec,
    "fft": lowering.conv2d_fft,
    "winograd": lowering.conv2d_winograd,
}
# How far from the reference in float32, over its largest value.
FLOAT32 = {"mec": 1e-5, "fft": 1e-6, "winograd": 5e-5}

# input, weight, padding
PROBLEMS = {
    "one tile": ((1, 1, 6, 6), (1, 1, 3, 3), 0),
    "one value": ((1, 1, 3, 3), (1, 1, 3, 3), 0),
    "one value in padding": ((1, 1, 1, 1), (2, 1, 3, 3), 1),
    "tiles left over": ((2, 3, 9, 11), (4, 3, 3, 3), 0),
    "five tiles less a value": ((1, 2, 21, 21), (2, 2, 3, 3), (0, 0)),
    "five tiles and a value": ((1, 2, 21, 21), (2, 2, 3, 3), 1),
    "a row": ((2, 2, 1, 17), (3, 2, 3, 3), 1),
    "a column": ((2, 2, 17, 1), (3, 2, 3, 3), 1),
    "wide padding": ((1, 2, 3, 2), (2, 2, 3, 3), (6, 5)),
    "same": ((3, 2, 7, 8), (2, 2, 3, 3), "same"),
    "valid": ((3, 2, 7, 8), (2, 2, 3, 3), "valid"),
}
KERNELS = {
    "a weight": ((2, 2, 4, 5), (3, 2, 1, 1), 0),
    "as large as the image": ((2, 3, 4, 5), (2, 3, 4, 5), 0),
    "larger than the image": ((1, 1, 4, 5), (2, 1, 8, 7), (3, 2)),
    "even, same": ((1, 2, 9, 10), (2, 2, 4, 6), "same"),
    "many blocks": ((2, 1, 101, 75), (1, 1, 2, 3), 1),
    "ragged blocks": ((1, 2, 83, 53), (1, 2, 7, 4), (3, 0)),
}
CALLS = [
    (way, name)
    for way in WAYS
    for name in (PROBLEMS if way == "winograd" else {**PROBLEMS, **KERNELS})
]


def arrays(input_size, weight_size, seed=0):
    """Return an input, a weight and a bias of normal values."""
    rng = np.random.default_rng(seed)
    sizes = input_size, weight_size, weight_size[:1]
    return [rng.standard_normal(size) for size in sizes]


@pytest.fixture(scope="module")
def answers():
    """Return the reference's answer to each problem, worked out once."""
    return {
        name: reference.conv2d(*arrays(input_size, weight_size), padding=padding)
        for name, (input_size, weight_size, padding) in {**PROBLEMS, **KERNELS}.items()
    }


@pytest.mark.parametrize(("way", "name"), CALLS)
def test_each_way_gives_the_reference(way, name, answers):
    *sizes, padding = {**PROBLEMS, **KERNELS}[name]
    output = WAYS[way](*arrays(*sizes), padding=padding)
    assert output.shape == answers[name].shape
    assert output.dtype == np.float64
    assert output.flags.c_contiguous
    np.testing.assert_allclose(output, answers[name], rtol=0, atol=1e-10)


@pytest.mark.parametrize(("way", "name"), CALLS)
def test_float32_is_kept_and_is_as_near_as_is_said(way, name, answers):
    *sizes, padding = {**PROBLEMS, **KERNELS}[name]
    given = [array.astype(np.float32) for array in arrays(*sizes)]
    output = WAYS[way](*given, padding=padding)
    assert output.dtype == np.float32
    largest = np.abs(answers[name]).max()
    np.testing.assert_allclose(output, answers[name], rtol=0, atol=FLOAT32[way] * largest)


def drawn(way, integer):
    """Draw sizes and settings of a call that this way supports."""
    kernel = (3, 3) if way == "winograd" else (integer(1, 6), integer(1, 6))
    pads = integer(0, 3), integer(0, 3)
    h, w = (max(1, k - 2 * p) + integer(0, 9) for k, p in zip(kernel, pads, strict=True))
    n, c, c_out = integer(0, 3), integer(1, 3), integer(1, 3)
    settings = {"padding": pads if pads[0] != pads[1] else pads[0]}
    if way == "mec":
        settings["stride"] = integer(1, 3), integer(1, 4)
    return (n, c, h, w), (c_out, c, *kernel), settings


@pytest.mark.parametrize("way", WAYS)
def test_random_problems(way):
    rng = np.random.default_rng(3)
    for seed in range(60):
        *sizes, settings = drawn(way, seeded(rng))
        given = arrays(*sizes, seed)[: 2 + seed % 2]
        expected = reference.conv2d(*given, **settings)
        output = WAYS[way](*given, **settings)
        assert output.shape == expected.shape
        np.testing.assert_allclose(output, expected, rtol=0, atol=1e-10, err_msg=str(settings))


@pytest.mark.parametrize("band_bytes", [1, 10_000, 40_000])
@pytest.mark.parametrize("block", [1, 2, 5, 64])
def test_winograd_across_the_borders_of_bands_and_blocks(block, band_bytes, monkeypatch):
    monkeypatch.setattr(lowering, "BLOCK", block)
    monkeypatch.setattr(lowering, "BAND_BYTES", band_bytes)
    given = arrays((5, 5, 13, 10), (7, 5, 3, 3))
    output = lowering.conv2d_winograd(*given, padding=1)
    expected = torch.nn.functional.conv2d(*map(torch.from_numpy, given), padding=1)
    np.testing.assert_allclose(output, expected.numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("way", ["mec", "winograd"])
@pytest.mark.usefixtures("one_torch_thread")
def test_many_channels_in_float32(way):
    input, weight, bias = arrays((2, 200, 18, 17), (130, 200, 3, 3))
    tensors = map(torch.from_numpy, (input, weight, bias))
    expected = torch.nn.functional.conv2d(*tensors, padding=1).numpy()
    exact = WAYS[way](input, weight, bias, padding=1)
    rounded = WAYS[way](*(a.astype(np.float32) for a in (input, weight, bias)), padding=1)
    largest = np.abs(expected).max()
    assert np.abs(exact - expected).max() <= 1e-13 * largest
    assert np.abs(rounded - expected).max() <= FLOAT32[way] * largest


def test_many_kernels_by_transforms():
    input, weight, bias = arrays((2, 5, 90, 70), (6, 5, 31, 31))
    tensors = map(torch.from_numpy, (input, weight, bias))
    expected = torch.nn.functional.conv2d(*tensors, padding=15).numpy()
    output = lowering.conv2d_fft(input, weight, bias, padding=15)
    np.testing.assert_allclose(output, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("length", "k", "size"),
    [
        (512, 31, 160),  # four shares: 128 + 30 = 158, then 160 = 2**5 * 5
        (100, 31, 135),  # one share: 130, 131 ... 134 have larger primes; 135 = 3**3 * 5
        (1, 1, 1),
        (7, 1, 8),
        (96, 3, 36),  # three shares of 32: 34, 35 = 5 * 7, 36
    ],
)
def test_lengths_of_blocks(length, k, size):
    assert lowering._block_size(length, k) == size


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "lay",
    [
        lambda a: np.asfortranarray(a),
        lambda a: np.flip(np.flip(a, 3).copy(), 3),
        lambda a: a.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2),
    ],
    ids=["fortran", "reversed", "channels last"],
)
def test_any_layout_and_only_read(way, lay, answers):
    *sizes, padding = PROBLEMS["tiles left over"]
    *given, bias = arrays(*sizes)
    given = [lay(array) for array in given]
    for array in given:
        array.flags.writeable = False
    output = WAYS[way](*given, bias, padding=padding)
    np.testing.assert_allclose(output, answers["tiles left over"], rtol=0, atol=1e-10)
    for array, before in zip(given, arrays(*sizes), strict=False):
        np.testing.assert_array_equal(array, before)
        assert not np.shares_memory(array, output)


@pytest.mark.parametrize("way", WAYS)
def test_lists_and_integers(way):
    output = WAYS[way]([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]], np.ones((1, 1, 3, 3), int), [5])
    assert output.dtype == np.float64
    np.testing.assert_allclose(output, [[[[50.0]]]], rtol=0, atol=1e-10)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_seen_and_silent(way, value):
    input, weight = np.ones((2, 1, 12, 12)), np.ones((1, 1, 3, 3))
    input[0, 0, 5, 5] = value
    plain = np.isfinite(numpy_ops.conv2d(input, weight, padding=1))
    finite = np.isfinite(WAYS[way](input, weight, padding=1))
    assert not finite[~plain].any()
    assert finite[1].all()
    if way == "mec":
        np.testing.assert_array_equal(finite, plain)
    if way == "winograd":  # rows 4 to 6 of the output see it: tiles of rows 4 to 7
        np.testing.assert_array_equal(np.flatnonzero(~finite[0, 0].all(axis=1)), [4, 5, 6, 7])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "changes",
    [
        {"input": np.ones((3, 5, 5))},
        {"input": np.ones((1, 3, 5, 5))},
        {"input": "image"},
        {"weight": np.ones((4, 2, 3))},
        {"bias": np.ones(3)},
        {"padding": -1},
        {"padding": 1.5},
        {"padding": "full"},
        {"input": np.ones((1, 2, 2, 2))},
    ],
    ids=str,
)
def test_bad_input_is_refused_as_conv2d_refuses_it(way, changes):
    call = {"input": np.ones((1, 2, 5, 5)), "weight": np.ones((4, 2, 3, 3)), **changes}
    with pytest.raises((TypeError, ValueError)) as plain:
        numpy_ops.conv2d(**call)
    with pytest.raises(plain.type, match=f"^{re.escape(str(plain.value))}$"):
        WAYS[way](**call)


def test_a_bad_stride_of_mec_is_refused():
    with pytest.raises(ValueError, match="stride must be .*, got 0"):
        lowering.conv2d_mec(np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)), stride=0)


def test_winograd_refuses_other_kernels():
    match = r"^weight must be an array \(c_out, c_in, 3, 3\), got shape \(1, 1, 5, 3\)$"
    with pytest.raises(ValueError, match=match):
        lowering.conv2d_winograd(np.ones((1, 1, 9, 9)), np.ones((1, 1, 5, 3)))


def test_mec_copies_a_value_once_for_each_column_of_the_kernel():
    input, weight = np.ones((3, 4, 60, 50), np.float32), np.ones((2, 4, 5, 5), np.float32)
    lowered = 60 * 46 * 4 * 5 * 4  # rows, columns of output, channels, kw, bytes
    extra = extra_bytes(lambda: lowering.conv2d_mec(input, weight))
    assert lowered <= extra <= 1.1 * lowered


@pytest.mark.parametrize(
    ("way", "weight_size"), [("fft", (2, 1, 9, 9)), ("winograd", (3, 4, 3, 3))]
)
def test_extra_memory_does_not_grow_with_the_image(way, weight_size):
    weight = np.ones(weight_size, np.float32)

    def extra(height):
        input = np.ones((1, weight_size[1], height, 300), np.float32)
        return extra_bytes(lambda: WAYS[way](input, weight, padding=1))

    assert extra(1504) <= 1.1 * extra(752)
