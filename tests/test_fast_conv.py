"""The core of numpy_ops.conv2d: its rule, and both its ways, at every border, within its memory.

The sizes of bands depend on `BAND_BYTES`: small ones let small problems cross many borders, and
one problem of each kind crosses them at the size that is shipped.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from benchmarks.cases import CASES
from benchmarks.measure import extra_bytes
from benchmarks.peers import ours
from cnnlib import _fast_conv, numpy_ops, reference

WAYS = (_fast_conv.by_patches, _fast_conv.by_rows)
NO_PADDING = ((0, 0), (0, 0))

# (n, groups, filters, c, kh, kw, h, w), stride, (above, below), (left, right), dilation
PROBLEMS = {
    "one value": ((1, 1, 1, 1, 1, 1, 1, 1), (1, 1), (0, 0), (0, 0), (1, 1)),
    "kernel as large as the image": ((2, 1, 2, 3, 4, 5, 4, 5), (1, 1), (0, 0), (0, 0), (1, 1)),
    "square": ((3, 1, 4, 2, 3, 3, 9, 9), (1, 1), (1, 1), (1, 1), (1, 1)),
    "groups": ((2, 3, 2, 2, 3, 2, 7, 8), (1, 1), (1, 1), (0, 0), (1, 1)),
    "depthwise": ((2, 5, 1, 1, 3, 3, 8, 11), (1, 1), (1, 1), (1, 1), (1, 1)),
    "wide padding on all sides": ((1, 1, 2, 2, 2, 3, 3, 2), (1, 1), (4, 4), (5, 5), (1, 1)),
    "padding that differs by side": ((2, 1, 2, 2, 3, 4, 6, 7), (1, 1), (0, 3), (2, 1), (1, 1)),
    "a band wholly within the padding": ((1, 1, 1, 1, 1, 1, 2, 2), (1, 1), (6, 6), (6, 6), (1, 1)),
    "stride that divides": ((2, 1, 3, 2, 4, 4, 12, 12), (2, 4), (0, 0), (0, 0), (1, 1)),
    "stride with values left over": ((2, 1, 2, 2, 3, 5, 11, 14), (2, 3), (1, 1), (2, 2), (1, 1)),
    "stride beyond the kernel": ((1, 2, 2, 1, 2, 1, 13, 13), (5, 4), (1, 1), (0, 0), (1, 1)),
    "dilation, one channel": ((1, 1, 2, 1, 3, 3, 11, 12), (1, 1), (2, 2), (3, 3), (3, 2)),
    "dilation, channels": ((2, 1, 2, 3, 3, 2, 10, 9), (1, 1), (1, 1), (1, 1), (2, 3)),
    "stride 2, dilation 2": ((1, 1, 2, 2, 3, 3, 13, 12), (2, 2), (2, 2), (2, 2), (2, 2)),
    "stride 4, dilation 6": ((1, 1, 2, 2, 3, 3, 21, 22), (4, 4), (3, 3), (2, 2), (6, 6)),
    "stride 3, dilation 2": ((2, 2, 1, 2, 4, 3, 15, 13), (3, 3), (1, 1), (2, 2), (2, 2)),
    "a row": ((2, 1, 2, 2, 1, 4, 1, 20), (1, 1), (0, 0), (1, 1), (1, 1)),
    "a column": ((2, 1, 2, 2, 4, 1, 20, 1), (1, 1), (1, 1), (0, 0), (1, 1)),
}


def arrays(sizes, dtype="float64", seed=0):
    """Return an input and a weight for sizes as PROBLEMS has them."""
    n, groups, filters, c, kh, kw, h, w = sizes
    rng = np.random.default_rng(seed)
    input = rng.standard_normal((n, groups * c, h, w)).astype(dtype)
    return input, rng.standard_normal((groups * filters, c, kh, kw)).astype(dtype)


def expected(input, weight, stride, above, left, dilation, groups):
    """Return what the reference makes of an input that is padded beforehand."""
    padded = np.pad(input, ((0, 0), (0, 0), above, left))
    return reference.conv2d(padded, weight, stride=stride, dilation=dilation, groups=groups)


def through(way, monkeypatch, input, weight, stride, above, left, dilation, groups):
    """Return what conv2d_core gives when both its ways are this one."""
    for other in WAYS:
        monkeypatch.setattr(_fast_conv, other.__name__, way)
    return _fast_conv.conv2d_core(input, weight, stride, (above, left), dilation, groups)


def calls_of(name, monkeypatch):
    """Return a list that grows by `name` whenever that function of the module is called."""
    calls, function = [], getattr(_fast_conv, name)
    monkeypatch.setattr(_fast_conv, name, lambda *a, **kw: calls.append(name) or function(*a, **kw))
    return calls


@pytest.fixture(scope="module")
def answers():
    """Return the reference's answer to each problem, worked out once."""
    return {
        name: expected(*arrays(sizes), *settings, groups=sizes[1])
        for name, (sizes, *settings) in PROBLEMS.items()
    }


@pytest.mark.parametrize("band_bytes", [1, 300, 1500, 6000, _fast_conv.BAND_BYTES])
@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("way", WAYS)
def test_either_way_gives_the_reference(way, name, band_bytes, answers, monkeypatch):
    monkeypatch.setattr(_fast_conv, "BAND_BYTES", band_bytes)
    sizes, *settings = PROBLEMS[name]
    output = through(way, monkeypatch, *arrays(sizes), *settings, groups=sizes[1])
    np.testing.assert_allclose(output, answers[name], rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("way", WAYS)
def test_float32_stays_float32(way, name, answers, monkeypatch):
    sizes, *settings = PROBLEMS[name]
    input, weight = arrays(sizes, "float32")
    output = through(way, monkeypatch, input, weight, *settings, groups=sizes[1])
    assert output.dtype == np.float32
    largest = np.abs(answers[name]).max()
    np.testing.assert_allclose(output, answers[name], rtol=0, atol=1e-5 * largest)


@pytest.mark.parametrize(
    ("way", "sizes"),
    [
        (_fast_conv.by_patches, (1, 1, 2, 2, 3, 3, 92, 83)),
        (_fast_conv.by_patches, (50, 1, 2, 2, 3, 3, 14, 12)),
        (_fast_conv.by_rows, (1, 1, 1, 1, 3, 3, 190, 180)),
        (_fast_conv.by_rows, (13, 1, 1, 1, 3, 3, 52, 50)),
    ],
)
def test_bands_as_shipped(way, sizes, monkeypatch):
    bands = calls_of("copy_padded", monkeypatch)
    settings = ((1, 1), (1, 1), (1, 1), (1, 1))
    output = through(way, monkeypatch, *arrays(sizes), *settings, groups=1)
    assert len(bands) > 1, "the problem has become too small to cross a border"
    wanted = expected(*arrays(sizes), *settings, groups=1)
    np.testing.assert_allclose(output, wanted, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("weight_size", "width", "stride", "chosen"),
    [
        ((1, 1, 3, 3), 5, 1, "by_rows"),  # 3 * 1 filter <= 1 channel * 3 rows; 3 <= 3 wide
        ((1, 1, 3, 3), 4, 1, "by_patches"),  # 3 > 2 wide
        ((1, 1, 2, 3), 40, 1, "by_patches"),  # 3 > 2
        ((2, 2, 3, 1), 6, 1, "by_rows"),  # 6 <= 6; 6 <= 6 wide
        ((3, 2, 3, 1), 64, 1, "by_patches"),  # 9 > 6
        ((1, 2, 3, 1), 64, 2, "by_rows"),  # 3 <= 6 / 2
        ((1, 2, 3, 1), 64, 3, "by_patches"),  # 3 > 6 / 3
    ],
)
def test_the_rule_that_chooses(weight_size, width, stride, chosen, monkeypatch):
    taken = [calls_of(way.__name__, monkeypatch) for way in WAYS]
    rng = np.random.default_rng(1)
    input = rng.standard_normal((1, weight_size[1], 5, width))
    weight = rng.standard_normal(weight_size)
    output = _fast_conv.conv2d_core(input, weight, (1, stride), NO_PADDING, (1, 1), 1)
    assert sum(taken, []) == [chosen]
    wanted = reference.conv2d(input, weight, stride=(1, stride))
    np.testing.assert_allclose(output, wanted, rtol=0, atol=1e-10)


PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "dtype": np.float32}


@pytest.mark.parametrize(
    ("input_size", "weight_size", "changes", "chosen"),
    [
        ((1, 1, 79, 79), (1, 1, 30, 30), {}, "conv2d_fft"),  # 900 weights, 50 * 50 places
        ((1, 1, 79, 78), (1, 1, 30, 30), {}, None),  # 50 * 49 places
        ((1, 1, 78, 80), (1, 1, 29, 31), {}, None),  # 899 weights
        ((1, 4, 79, 79), (4, 4, 30, 30), {}, "conv2d_fft"),  # 16 kernels
        ((1, 1, 79, 79), (17, 1, 30, 30), {}, None),  # 17
        ((1, 1, 79, 79), (1, 1, 30, 30), {"dtype": np.float64}, None),
        ((1, 1, 79, 79), (1, 1, 30, 30), {"padding": 3}, "conv2d_fft"),
        ((1, 1, 79, 79), (1, 1, 30, 30), {"padding": "same"}, None),  # 14 above, 15 below
        ((1, 1, 179, 79), (1, 1, 30, 30), {"stride": (2, 1)}, None),
        ((1, 1, 179, 79), (1, 1, 30, 30), {"dilation": (2, 1)}, None),
        ((1, 2, 79, 79), (2, 1, 30, 30), {"groups": 2}, None),
        ((1, 128, 50, 50), (128, 128, 3, 3), {"padding": 1}, "conv2d_winograd"),
        ((4, 128, 27, 27), (128, 128, 3, 3), {}, "conv2d_winograd"),  # 4 * 25 * 25 places
        ((1, 128, 49, 50), (128, 128, 3, 3), {"padding": 1}, None),
        ((1, 127, 50, 50), (128, 127, 3, 3), {"padding": 1}, None),
        ((1, 128, 50, 50), (127, 128, 3, 3), {"padding": 1}, None),
        ((1, 128, 50, 50), (128, 128, 3, 1), {}, None),
        ((1, 128, 50, 50), (128, 128, 3, 3), {"padding": 1, "dtype": np.float64}, None),
    ],
)
def test_the_rule_that_takes_transforms(input_size, weight_size, changes, chosen, monkeypatch):
    settings = {**PLAIN, **changes}
    dtype = settings.pop("dtype")
    taken = []

    def instead(name):
        return lambda input, weight, padding: taken.append(name) or np.zeros(1, dtype)

    for name in ("conv2d_fft", "conv2d_winograd"):
        monkeypatch.setattr(_fast_conv, name, instead(name))
    for way in WAYS:
        monkeypatch.setattr(_fast_conv, way.__name__, lambda *arguments: None)
    numpy_ops.conv2d(np.ones(input_size, dtype), np.ones(weight_size, dtype), **settings)
    assert taken == ([chosen] if chosen else [])


TRANSFORMED = {
    "conv2d_fft": ((1, 2, 70, 66), (2, 2, 31, 31), 10),
    "conv2d_winograd": ((1, 128, 50, 50), (128, 128, 3, 3), 1),
}


@pytest.mark.parametrize("name", TRANSFORMED)
def test_transforms_give_what_the_other_ways_give(name, monkeypatch):
    input_size, weight_size, padding = TRANSFORMED[name]
    taken = calls_of(name, monkeypatch)
    rng = np.random.default_rng(4)
    input, weight, bias = (rng.normal(size=s) for s in (input_size, weight_size, weight_size[:1]))
    wanted = numpy_ops.conv2d(input, weight, bias, padding=padding)
    assert taken == []
    given = (array.astype(np.float32) for array in (input, weight, bias))
    output = numpy_ops.conv2d(*given, padding=padding)
    assert taken == [name]
    assert output.dtype == np.float32
    largest = np.abs(wanted).max()
    np.testing.assert_allclose(output, wanted, rtol=0, atol=5e-5 * largest)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e18])
@pytest.mark.parametrize("which", ["input", "weight"])
@pytest.mark.parametrize("name", TRANSFORMED)
def test_values_that_transforms_would_spread_go_another_way(name, which, value, monkeypatch):
    input_size, weight_size, padding = TRANSFORMED[name]
    taken = calls_of(name, monkeypatch)
    input, weight = np.ones(input_size, np.float32), np.ones(weight_size, np.float32)
    {"input": input, "weight": weight}[which][0, 0, 2, 2] = value
    output = numpy_ops.conv2d(input, weight, padding=padding)
    assert taken == []
    plain = numpy_ops.conv2d(input.astype(float), weight.astype(float), padding=padding)
    np.testing.assert_allclose(output, plain.astype(np.float32), rtol=1e-6)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "lay",
    [
        lambda a: np.asfortranarray(a),
        lambda a: np.flip(np.flip(a, 3).copy(), 3),
        lambda a: np.repeat(np.repeat(a, 2, axis=1), 3, axis=3)[:, ::2, :, ::3],
        lambda a: a.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2),
    ],
    ids=["fortran", "reversed", "every other", "channels last"],
)
def test_any_layout_and_only_read(way, lay, answers, monkeypatch):
    sizes, *settings = PROBLEMS["groups"]
    input, weight = (lay(array) for array in arrays(sizes))
    for array in (input, weight):
        array.flags.writeable = False
    output = through(way, monkeypatch, input, weight, *settings, groups=sizes[1])
    assert output.flags.c_contiguous
    assert output.flags.owndata
    np.testing.assert_allclose(output, answers["groups"], rtol=0, atol=1e-10)
    for array, before in zip((input, weight), arrays(sizes), strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("way", WAYS)
def test_nan_and_infinity_stay_within_their_windows(way, monkeypatch):
    input = np.ones((1, 1, 6, 30))
    input[0, 0, 2, 0], input[0, 0, 4, 29] = np.nan, np.inf
    weight = np.ones((1, 1, 3, 3))
    settings = ((1, 1), (1, 1), (1, 1), (1, 1))
    output = through(way, monkeypatch, input, weight, *settings, groups=1)[0, 0]
    rows, columns = np.indices(output.shape)
    near_nan = (abs(rows - 2) <= 1) & (columns <= 1)
    near_infinity = (abs(rows - 4) <= 1) & (columns >= 28)
    np.testing.assert_array_equal(np.isnan(output), near_nan)
    np.testing.assert_array_equal(np.isposinf(output), near_infinity)
    assert set(output[~near_nan & ~near_infinity]) <= {4.0, 6.0, 9.0}


@pytest.mark.parametrize("way", WAYS)
def test_overflow_is_silent(way, monkeypatch):
    input, weight = np.full((1, 1, 4, 9), 3e38, np.float32), np.ones((1, 1, 2, 2), np.float32)
    settings = ((1, 1), (0, 0), (0, 0), (1, 1))
    output = through(way, monkeypatch, input, weight, *settings, groups=1)
    np.testing.assert_array_equal(output, np.full((1, 1, 3, 8), np.inf, np.float32))


@pytest.mark.parametrize(
    ("input_size", "weight_size"),
    [((0, 2, 5, 5), (3, 2, 3, 3)), ((2, 0, 5, 5), (3, 0, 3, 3)), ((2, 2, 5, 5), (0, 2, 3, 3))],
    ids=["no images", "no channels", "no filters"],
)
def test_of_nothing_comes_zero(input_size, weight_size):
    output = _fast_conv.conv2d_core(
        np.ones(input_size), np.ones(weight_size), (1, 1), NO_PADDING, (1, 1), 1
    )
    np.testing.assert_array_equal(output, np.zeros((input_size[0], weight_size[0], 3, 3)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_ways_agree_at_full_size(case, monkeypatch):
    input, weight = case.arrays("float64")
    pads = (case.padding, case.padding)
    patches, rows = (
        through(way, monkeypatch, input, weight, (case.stride,) * 2, pads, pads, (1, 1), 1)
        for way in WAYS
    )
    largest = np.abs(patches).max()
    np.testing.assert_allclose(rows, patches, rtol=0, atol=1e-12 * largest)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_extra_memory(case):
    call = partial(ours, *case.arrays(), case.stride, case.padding)
    assert extra_bytes(call) <= case.memory * case.held


@pytest.mark.parametrize("weight_size", [(1, 1, 7, 7), (24, 1, 7, 7)], ids=["rows", "patches"])
def test_extra_memory_does_not_grow_with_the_image(weight_size):
    weight = np.ones(weight_size, np.float32)

    def extra(height):
        input = np.ones((1, 1, height, 300), np.float32)
        return extra_bytes(partial(ours, input, weight, 1, 3))

    assert extra(1200) <= 1.2 * extra(300)
