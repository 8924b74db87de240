"""Augmentation by hand, against torch's affine_grid and grid_sample, and against its formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import arrays_of, as_tensor
from torch.nn import functional as F

from cnnlib.augmentation import add_noise, affine, crop, matrix, mixup, random_settings
from cnnlib.equivariance import shift

RNG = np.random.default_rng
PICTURE = np.arange(1.0, 13).reshape(1, 1, 3, 4)


def torch_affine(images: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """Return what torch makes of pictures and matrices."""
    theta = torch.from_numpy(np.broadcast_to(matrices, (len(images), 2, 3)).copy())
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    sampled = F.grid_sample(as_tensor(images), grid, align_corners=False)
    return sampled.numpy()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_affine_is_torchs_grid_sample(data: st.DataObject) -> None:
    def integer(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    n, c, h, w = integer(1, 3), integer(1, 3), integer(1, 9), integer(1, 9)
    images = arrays_of(integer)(n, c, h, w)
    rng = RNG(integer(0, 2**32 - 1))
    matrices = rng.normal(size=(n, 2, 3)) * 10.0 ** integer(-2, 1)
    if integer(0, 1):
        matrices = matrices + np.eye(2, 3)
    if integer(0, 1):
        matrices = matrices[0]
    dtype = ("float32", "float64")[integer(0, 1)]
    images, matrices = images.astype(dtype), matrices.astype(dtype)
    result = affine(images, matrices)
    assert result.dtype == dtype
    # Where torch's float32 rounds to the other side of an edge, it may differ by more.
    if dtype == "float64":
        np.testing.assert_allclose(result, torch_affine(images, matrices), atol=1e-9)
    else:
        exact = affine(images.astype(float), matrices.astype(float))
        np.testing.assert_allclose(result, exact, atol=1e-3 * (1 + abs(matrices).max()))


def random_change(rng: np.random.Generator, h: int, w: int) -> dict[str, Any]:
    """Return any change of a picture."""
    return {
        "shift": tuple(rng.uniform(-3, 3, 2)),
        "rotate": rng.uniform(-180, 180),
        "scale": rng.uniform(0.5, 2),
        "flip": [False, True, "left-right", "up-down"][rng.integers(4)],
        "crop": None if rng.integers(2) else (*rng.uniform(0, 2, 2), *rng.uniform(2, 5, 2)),
        "size": (h, w),
    }


def test_a_matrix_leads_back_through_every_step_in_turn() -> None:
    """Three places of the old picture, followed forward by hand, are where the matrix looks."""
    rng = RNG(0)
    for _ in range(200):
        h, w = rng.integers(1, 10, 2)
        change = random_change(rng, int(h), int(w))
        found = matrix(**change)
        row, column = rng.uniform(-10, 10, (2, 3))  # pixels, from the upper left corner
        top, left, height, width = change["crop"] or (0, 0, h, w)
        y, x = (row - top) * h / height - h / 2, (column - left) * w / width - w / 2
        x = -x if change["flip"] in (True, "left-right") else x
        y = -y if change["flip"] == "up-down" else y
        angle, zoom = np.radians(change["rotate"]), change["scale"]
        # Counterclockwise as one sees it, where y runs down.
        x, y = (
            zoom * (np.cos(angle) * x + np.sin(angle) * y),
            zoom * (np.cos(angle) * y - np.sin(angle) * x),
        )
        y, x = y + change["shift"][0], x + change["shift"][1]
        places = np.stack([2 * x / w, 2 * y / h, np.ones(3)])
        expected = np.stack([2 * column / w - 1, 2 * row / h - 1])
        np.testing.assert_allclose(found @ places, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, PICTURE[0, 0]),
        ({"shift": (1, -1)}, shift(PICTURE[0, 0], 1, -1)),
        ({"flip": True}, PICTURE[0, 0, :, ::-1]),
        ({"flip": "left-right"}, PICTURE[0, 0, :, ::-1]),
        ({"flip": "up-down"}, PICTURE[0, 0, ::-1]),
        ({"rotate": 180}, PICTURE[0, 0, ::-1, ::-1]),
        ({"rotate": -360}, PICTURE[0, 0]),
        ({"flip": True, "rotate": 180}, PICTURE[0, 0, ::-1]),
        ({"flip": True, "shift": (0, 1)}, shift(PICTURE[0, 0, :, ::-1], 0, 1)),
        ({"shift": (9, 0)}, np.zeros((3, 4))),
        ({"crop": (1, 1, 3, 4)}, crop(PICTURE[0, 0], 1, 1, (3, 4))),
    ],
)
def test_changes_that_keep_pixels_whole(change: dict[str, Any], expected: np.ndarray) -> None:
    result = affine(PICTURE, matrix(**change, size=(3, 4)))
    np.testing.assert_allclose(result[0, 0], expected, atol=1e-12)


def test_a_quarter_turn_is_counterclockwise() -> None:
    square = np.array([[1.0, 2], [3, 4]])
    turned = affine(square[None, None], matrix(rotate=90, size=2))[0, 0]
    np.testing.assert_array_equal(turned, np.rot90(square))
    np.testing.assert_array_equal(turned, [[2, 4], [1, 3]])


def test_a_crop_is_enlarged_and_a_scale_spreads() -> None:
    row = np.array([[[[0.0, 4, 8, 12]]]])
    halves = affine(row, matrix(crop=(0, 0, 1, 2), size=(1, 4)))
    np.testing.assert_allclose(halves[0, 0], [[0, 1, 3, 5]])  # places -1/4, 1/4, 3/4, 5/4
    doubled = affine(row, matrix(scale=2, size=(1, 4)))
    np.testing.assert_allclose(doubled[0, 0], [[3, 5, 7, 9]])  # places 3/4, 5/4, 7/4, 9/4
    np.testing.assert_array_equal(crop(row, 0, -1, (1, 3)), [[[[0, 0, 4]]]])
    np.testing.assert_array_equal(crop(row, 2, 7, 2), np.zeros((1, 1, 2, 2)))


def test_empty_pictures_and_far_places() -> None:
    assert affine(np.zeros((0, 1, 8, 8)), matrix()).shape == (0, 1, 8, 8)
    assert affine(np.zeros((2, 0, 8, 8)), matrix()).shape == (2, 0, 8, 8)
    far = affine(PICTURE, np.array([[1e300, 0, 0], [0, 1, -1e300]]))
    np.testing.assert_array_equal(far, np.zeros_like(PICTURE))
    spoilt = np.full((1, 1, 3, 4), np.nan)
    np.testing.assert_array_equal(affine(spoilt, matrix(shift=(5, 0), size=(3, 4))), 0 * PICTURE)


def test_noise_is_normal_and_depends_on_its_generator_alone() -> None:
    noisy = add_noise(np.full((100, 100), 3, np.float32), 0.5, rng=RNG(1))
    assert noisy.dtype == np.float32
    assert noisy.mean() == pytest.approx(3, abs=0.02)
    assert noisy.std() == pytest.approx(0.5, abs=0.01)
    np.testing.assert_array_equal(noisy, add_noise(np.full((100, 100), 3, "f4"), 0.5, rng=RNG(1)))
    np.testing.assert_array_equal(
        add_noise([[1, 2]], 2, rng=RNG(5)), [[1, 2]] + 2 * RNG(5).standard_normal((1, 2))
    )


def test_the_loss_of_a_blend_is_the_blend_of_losses() -> None:
    rng = RNG(2)
    images, labels = rng.normal(size=(6, 1, 3, 3)), rng.integers(0, 4, 6)
    partners, lam = rng.permutation(6), rng.uniform(size=6)
    mixed, targets = mixup(images, np.eye(4)[labels], lam, partners)
    np.testing.assert_allclose(targets.sum(axis=1), 1)
    shares = lam[:, None, None, None]
    np.testing.assert_allclose(mixed, shares * images + (1 - shares) * images[partners])
    logits = torch.from_numpy(rng.normal(size=(6, 4)))
    own, other = (torch.from_numpy(k) for k in (labels, labels[partners]))
    both = [F.cross_entropy(logits, k, reduction="none").numpy() for k in (own, other)]
    blend = F.cross_entropy(logits, torch.from_numpy(targets), reduction="none").numpy()
    np.testing.assert_allclose(blend, lam * both[0] + (1 - lam) * both[1])


def test_draws_stay_within_their_bounds_and_change_alone() -> None:
    bounds: dict[str, Any] = {"shift": 2, "rotate": 30, "scale": 0.2, "crop": 0.25, "flip": True}
    drawn = random_settings(2000, **bounds, size=(8, 6), rng=RNG(3))
    for name, middle, most in (("rotate", 0, 30), ("scale", 1, 0.2)):
        off = np.array([each[name] for each in drawn]) - middle
        assert most * 0.99 < abs(off).max() <= most
        assert abs(off.mean()) < most / 20
    shifts = np.array([each["shift"] for each in drawn])
    assert 1.98 < abs(shifts).max() <= 2
    assert np.mean([each["flip"] for each in drawn]) == pytest.approx(0.5, abs=0.03)
    top, left, height, width = np.array([each["crop"] for each in drawn]).T
    assert 6 <= height.min() < 6.05
    np.testing.assert_allclose(width / height, 6 / 8)
    assert top.min() >= 0 <= left.min()
    assert (top + height).max() <= 8
    assert (left + width).max() <= 6
    for name in bounds:
        alone = random_settings(50, **{name: bounds[name]}, size=(8, 6), rng=RNG(3))
        assert [each[name] for each in alone] == [each[name] for each in drawn[:50]]
    still = random_settings(3, rng=RNG(0))
    for each in still:
        np.testing.assert_array_equal(matrix(**each), np.eye(2, 3))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"shift": 1}, TypeError, "shift must be 2 finite numbers, got 1"),
        ({"shift": (1, 2, 3)}, ValueError, r"shift must be 2 finite numbers, got \(1, 2, 3\)"),
        ({"rotate": np.inf}, ValueError, "rotate must be a finite number, got inf"),
        ({"rotate": "90"}, TypeError, "rotate must be a finite number, got '90'"),
        ({"scale": 0}, ValueError, "scale must be a positive number, got 0"),
        ({"flip": "sideways"}, ValueError, "flip must be False, True, 'left-right' or 'up-down'"),
        ({"crop": (0, 0, 0, 4)}, ValueError, "crop must be of a height and width above 0"),
        ({"size": 0}, ValueError, "size must be a positive int or a pair of them, got 0"),
    ],
)
def test_a_matrix_that_cannot_be(change: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        matrix(**change)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: affine(np.ones((2, 2)), matrix()), ValueError, r"images must be of shape \(n, c"),
        (
            lambda: affine(np.ones((2, 1, 4, 4)), np.ones((3, 2, 3))),
            ValueError,
            r"matrices must be of shape \(2, 3\) or \(2, 2, 3\), one for each .*, got \(3, 2, 3\)",
        ),
        (lambda: affine(PICTURE, np.full((2, 3), np.nan)), ValueError, "matrices must be finite"),
        (lambda: crop(np.ones(3), 0, 0, 2), ValueError, "images must be of shape .*h, w"),
        (lambda: crop(PICTURE, 0.5, 0, 2), TypeError, "top must be an int, got 0.5"),
        (lambda: add_noise(PICTURE, -1, rng=RNG()), ValueError, "sd must be at least 0, got -1"),
        (lambda: add_noise(PICTURE, 1, rng=0), TypeError, "rng must be a numpy.random.Generator"),
        (
            lambda: mixup(PICTURE, [1], 0.5, [0]),
            ValueError,
            r"targets must be of shape \(1, classes\), got \(1,\)",
        ),
        (
            lambda: mixup(PICTURE, [[1]], 1.5, [0]),
            ValueError,
            "lam must be a number from 0 to 1, or 1 of them, got 1.5",
        ),
        (lambda: mixup(PICTURE, [[1]], 1, [1]), ValueError, "partners must be 1 ints from 0 to 0"),
        (lambda: mixup(PICTURE, [[1]], 1, [0.0]), TypeError, "partners must be 1 ints from 0 to 0"),
        (
            lambda: random_settings(1, scale=1, rng=RNG()),
            ValueError,
            "scale must be from 0, below 1, got 1",
        ),
        (
            lambda: random_settings(1, shift=-1, rng=RNG()),
            ValueError,
            "shift must be at least 0, got -1",
        ),
        (lambda: random_settings(1, flip=2, rng=RNG()), ValueError, "flip must be False, True"),
    ],
)
def test_calls_that_cannot_be(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
