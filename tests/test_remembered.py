"""What torch_ops remembers of calls that passed lets nothing else pass."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cnnlib import torch_ops
from cnnlib._remembered import remembered
from cnnlib._tensors import alike, as_tensors, with_bias

X, WEIGHT = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)


@pytest.mark.parametrize(
    ("good", "bad", "error"),
    [
        ({"stride": 1}, {"stride": True}, TypeError),
        ({"stride": 1}, {"stride": 1.0}, TypeError),
        ({"stride": (1, 1)}, {"stride": (True, 1)}, TypeError),
        ({"stride": (1, 1)}, {"stride": (1, 1.0)}, TypeError),
        ({"padding": 0}, {"padding": False}, TypeError),
        ({"groups": 1}, {"groups": 1.0}, TypeError),
        ({"padding": "same"}, {"padding": "sane"}, ValueError),
    ],
)
def test_what_only_looks_like_a_legal_call(good: Any, bad: Any, error: type[Exception]) -> None:
    for _ in range(3):
        torch_ops.conv2d(X, WEIGHT, **good)
        with pytest.raises(error, match=f"^{next(iter(bad))} must be "):
            torch_ops.conv2d(X, WEIGHT, **bad)


def test_a_window_of_1_after_true() -> None:
    for _ in range(2):
        assert torch_ops.max_pool2d(X, 2, ceil_mode=True).shape == (1, 1, 2, 2)
        with pytest.raises(TypeError, match=r"^ceil_mode must be True or False, got 1$"):
            torch_ops.max_pool2d(X, 2, ceil_mode=1)  # type: ignore[arg-type]


def test_classes_are_looked_at_each_time() -> None:
    logits = torch.zeros(3, 4)
    for wrong in (4, -1, -100, 2**40, -(2**63)):
        for smoothing in (0.0, 0.1):
            torch_ops.cross_entropy(logits, torch.tensor([0, 3, 1]), smoothing)
            with pytest.raises(
                ValueError, match=rf"^target must be .* from 0 to 3, .* got {wrong}$"
            ):
                torch_ops.cross_entropy(logits, torch.tensor([0, wrong, 1]), smoothing)


def test_lists_and_numbers_that_have_no_hash_are_checked_too() -> None:
    seen = []
    check = remembered(lambda *arguments: seen.append(arguments))
    for _ in range(2):
        check(torch.Size([1]), [1, 1])
        check(torch.Size([1]), 1)
        check([1], 1)
    assert len(seen) == 5


def test_alike_are_only_dense_tensors_of_one_type_on_one_device() -> None:
    one, other = torch.ones(2), torch.zeros(3)
    assert alike(one, other)
    assert as_tensors(a=one, b=other)[1] is other
    assert with_bias(one, other, None) == (one, other, None)
    assert not alike(one, None)
    assert not alike([1.0])
    assert not alike(one, other.double())
    assert not alike(one.int())
    assert not alike(one.half())
    assert not alike(one.to_sparse())
    assert not alike(one, other.to_sparse())
    assert not alike(one, other.to("meta"))
