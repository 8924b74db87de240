"""The data that the book works on: whole, of known sizes, and of known origin."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlib import datasets

ROOT = Path(__file__).parents[1]


def test_the_photograph_is_grey() -> None:
    photograph = datasets.load("photograph")
    assert photograph.shape == (192, 256)
    assert photograph.dtype == np.uint8
    assert photograph.min() < 20 < 235 < photograph.max()


def test_the_digits_are_those_of_the_repository() -> None:
    """Their description gives 1,797 pictures of 8 by 8 whole numbers, 0 to 16, in 10 classes."""
    images, labels = datasets.load("digits")
    assert images.shape == (1797, 8, 8)
    assert images.dtype == np.float64
    assert labels.dtype == np.int64
    assert set(np.unique(images)) == set(range(17))
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert images[0].sum() == 294


def test_who_made_the_digits_and_under_which_licence_is_said() -> None:
    assert "Alpaydin" in datasets.DIGITS_CREDIT
    assert "CC BY 4.0" in datasets.DIGITS_CREDIT


def test_every_data_set_has_its_source_and_licence() -> None:
    names = ["photograph", "digits", "mnist", "fashion_mnist", "cifar10"]
    assert list(datasets.CREDITS) == names
    licences = [datasets.CREDITS[name].licence for name in names]
    assert licences == ["public domain", "CC BY 4.0", "CC BY-SA 3.0", "MIT", "none stated"]
    cited = {key for *_, key in datasets.CREDITS.values() if key}
    assert cited <= set(re.findall(r"@\w+\{(\w+)", (ROOT / "references.bib").read_text("utf-8")))
    assert datasets.CREDITS["photograph"].citation == datasets.PHOTOGRAPH_CREDIT
    assert datasets.CREDITS["digits"].citation == datasets.DIGITS_CREDIT


def test_unknown_data_is_named() -> None:
    legal = "name must be one of 'photograph', 'digits', 'mnist', 'fashion_mnist', 'cifar10'"
    with pytest.raises(ValueError, match=f"{legal}, got 'letters'"):
        datasets.load("letters")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="folder must be left out: 'digits' ships with .*got 'x'"):
        datasets.load("digits", folder="x")  # type: ignore[call-overload]


def test_parts_have_the_shares_of_the_whole() -> None:
    labels = np.repeat([3, 5, 9], [10, 20, 70])
    parts = datasets.stratified_split(labels, [10, 50, 7], rng=np.random.default_rng(0))
    counts = [[int((labels[part] == k).sum()) for k in (3, 5, 9)] for part in parts]
    assert counts == [[1, 2, 7], [5, 10, 35], [1, 1, 5]]  # of 0.7, 1.4, 4.9: two places remain
    every = np.concatenate(parts)
    assert len(set(every.tolist())) == 67
    for part in parts:
        assert (np.diff(part) > 0).all()
        assert part.dtype == np.int64


def test_parts_depend_on_their_generator_alone() -> None:
    labels = datasets.load("digits")[1]
    first, again, other = (
        datasets.stratified_split(labels, [352, 1000], rng=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).any()
    whole = datasets.stratified_split(labels, [1797], rng=np.random.default_rng(0))
    np.testing.assert_array_equal(whole[0], np.arange(1797))


def test_any_sizes_that_fit_are_filled() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        labels = rng.integers(0, rng.integers(1, 8), rng.integers(1, 40))
        cuts = np.sort(rng.integers(0, len(labels) + 1, 3))
        sizes = np.diff(cuts, prepend=0).tolist()
        parts = datasets.stratified_split(labels, sizes, rng=rng)
        assert [len(part) for part in parts] == sizes
        assert len(set(np.concatenate(parts).tolist())) == sum(sizes)
        shares = np.bincount(labels) * sizes[0] / len(labels)
        found = np.bincount(labels[parts[0]], minlength=len(shares))
        assert (abs(found - shares) < 1).all()


@pytest.mark.parametrize(
    ("labels", "sizes", "error", "message"),
    [
        ([[1, 2]], [1], TypeError, r"labels must be one axis of integers, got .*shape \(1, 2\)"),
        ([0.5], [1], TypeError, "labels must be one axis of integers, got .*float64"),
        (
            [1, 2],
            1,
            TypeError,
            "sizes must be a list of non-negative ints, 2 in all at most, got 1",
        ),
        ([1, 2], [1.0], TypeError, "sizes must be a list of non-negative ints"),
        ([1, 2], [-1], ValueError, r"sizes must be a list of non-negative ints.*got \[-1\]"),
        ([1, 2], [2, 1], ValueError, r"2 in all at most, got \[2, 1\]"),
    ],
)
def test_splits_that_cannot_be(
    labels: Any, sizes: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        datasets.stratified_split(labels, sizes, rng=np.random.default_rng(0))


def test_a_split_wants_a_generator() -> None:
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator, got 0"):
        datasets.stratified_split([1], [1], rng=0)  # type: ignore[arg-type]
