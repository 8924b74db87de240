"""Two dots under repeated halving: near ones merge, far ones stay two."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnlib import numpy_ops, reference, torch_ops
from cnnlib.downsampling import KINDS
from cnnlib.two_dots import halvings, peaks, two_dots


@pytest.mark.parametrize(
    ("distance", "left"),
    [
        (1, [1, 1, 1, 1]),
        (3, [2, 1, 1, 1]),
        (5, [2, 2, 1, 1]),
        (15, [2, 2, 2, 1]),
        (20, [2, 2, 2, 2]),
    ],
)
def test_near_dots_merge_before_far_ones(distance: int, left: list[int]) -> None:
    """From column 8, a dot at 8 + d is d // 2**k cells off after k halvings."""
    assert [peaks(stage) for stage in halvings(two_dots(distance), 3)] == left


def test_dots_are_apart_while_a_cell_lies_between() -> None:
    for start in range(17):
        for distance in range(1, 24):
            for times, stage in enumerate(halvings(two_dots(distance, start), 3)):
                cells = (start + distance) // 2**times - start // 2**times
                assert peaks(stage) == (2 if cells > 1 else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_backends_agree(kind: str) -> None:
    picture = two_dots(6, start=3)
    expected = halvings(picture, 3, kind, ops=reference)
    import torch

    for ops, given in ((numpy_ops, picture), (torch_ops, torch.tensor(picture))):
        for stage, other in zip(halvings(given, 3, kind, ops=ops), expected, strict=True):
            np.testing.assert_allclose(stage, other, atol=1e-12)


def test_a_stride_loses_dots_between_its_steps() -> None:
    assert [peaks(stage) for stage in halvings(two_dots(3, start=9), 1, "strided")] == [2, 1]
    assert [peaks(stage) for stage in halvings(two_dots(4, start=9), 1, "strided")] == [2, 0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: two_dots(32), ValueError, "distance must be at most 31, so that both dots lie w"),
        (lambda: two_dots(0), ValueError, "distance must be a positive int, got 0"),
        (lambda: two_dots(1, start=-1), ValueError, "start must be a non-negative int, got -1"),
        (lambda: two_dots(1, rows=0), ValueError, "rows must be a positive int, got 0"),
        (lambda: two_dots(1, cols=1.5), TypeError, "cols must be a positive int, got 1.5"),
        (lambda: halvings(two_dots(1), -1), ValueError, "times must be a non-negative int, got"),
    ],
)
def test_bad_input_is_named(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
