"""Checks of calls that are made again and again with the same shapes and settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, cast

import torch

__all__ = ["remembered"]

Check = TypeVar("Check", bound=Callable[..., object])

# In a pair or a list, equal values may be of different kinds, as True and 1; in these they cannot,
# or lru_cache tells them apart by their type.
_PLAIN = frozenset({int, float, bool, str, type(None), torch.Size})


def remembered(check: Check) -> Check:
    """Return a check of shapes and settings that remembers what it has let pass.

    A layer in training is called thousands of times with the same ones. What is refused is refused
    each time anew.

    Examples
    --------
    >>> calls = []
    >>> check = remembered(lambda shape, stride: calls.append(stride))
    >>> for stride in (2, 2, True, (2, 2), (2, 2)):
    ...     check(torch.Size([1, 3]), stride)
    >>> calls
    [2, True, (2, 2), (2, 2)]
    """
    memory = lru_cache(maxsize=256, typed=True)(check)

    @wraps(check)
    def call(*arguments: object) -> object:
        if _PLAIN.issuperset(map(type, arguments)):
            return memory(*arguments)
        return check(*arguments)

    return cast(Check, call)
