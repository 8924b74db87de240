"""The data that the book works on: whole, of known sizes, and of known origin."""

from __future__ import annotations

import numpy as np
import pytest

from cnnlib import datasets


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


def test_unknown_data_is_named() -> None:
    with pytest.raises(ValueError, match="name is 'mnist'; legal are 'photograph' and 'digits'"):
        datasets.load("mnist")  # type: ignore[call-overload]
