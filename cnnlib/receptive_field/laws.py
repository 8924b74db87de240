"""How the fields of the units along one axis of an endless map follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, inf, isfinite, lcm

import numpy as np
from numpy.typing import NDArray

from cnnlib.receptive_field.taps import Axis, period, taps

__all__ = ["Law", "follow", "union"]

_LONGEST = 2**16  # units in a period: beyond it, a graph is taken to follow no law

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Law:
    """The fields of the units 0, 1, ... of one period; those of the next lie `shift` further on.

    Attributes
    ----------
    first, last : numpy.ndarray
        Shape (period,): the first and the last pixel that each unit sees, as whole floats; inf
        and -inf for a unit that sees none, as a transposed convolution may leave between others.
    shift : int
        Pixels from one period to the next.
    """

    first: Floats
    last: Floats
    shift: int

    @classmethod
    def identity(cls) -> Law:
        """Return the law of the input itself: each unit is a pixel."""
        return cls(np.zeros(1), np.zeros(1), 1)

    @property
    def jump(self) -> Fraction:
        """Pixels from one unit to the next, in the mean."""
        return Fraction(self.shift, len(self.first))

    @cached_property
    def centre(self) -> Fraction | None:
        """Where the mean of the fields' centres, each less its units' jumps, lies."""
        units = np.flatnonzero(np.isfinite(self.first))
        if not len(units):
            return None
        ends = int(self.first[units].sum() + self.last[units].sum())
        return Fraction(ends, 2 * len(units)) - self.jump * Fraction(int(units.sum()), len(units))

    @property
    def largest(self) -> int:
        """Pixels in the largest field; 0 where no unit sees any."""
        return int(max((self.last - self.first).max() + 1, 0))

    @property
    def start(self) -> int | None:
        """First pixel that unit 0 sees, if each field is the one before it, a jump further on."""
        alike = len(self.first) == 1 and isfinite(self.first[0])
        return int(self.first[0]) if alike else None

    def ends(self, units: Ints) -> tuple[Floats, Floats]:
        """Return the first and the last pixel that each of some units sees."""
        turn, phase = np.divmod(units, len(self.first))
        return self.first[phase] + self.shift * turn, self.last[phase] + self.shift * turn


def follow(law: Law, axis: Axis) -> Law | None:
    """Return the law of a node's units, from that of the units that it reads."""
    out, on = period(axis)
    turns = len(law.first) // gcd(len(law.first), on)  # until the law before repeats as well
    count = out * turns
    if count > _LONGEST:
        return None
    owners, read, _ = taps(axis, np.arange(count))
    first, last = np.full(count, inf), np.full(count, -inf)
    begin, end = law.ends(read)
    np.minimum.at(first, owners, begin)
    np.maximum.at(last, owners, end)
    return Law(first, last, law.shift * on * turns // len(law.first))


def union(laws: list[Law | None]) -> Law | None:
    """Return the law of units that see what those of several laws see; None if jumps differ."""
    known = [law for law in laws if law is not None]
    if len(known) < len(laws) or len({law.jump for law in known}) > 1:
        return None
    count = lcm(*(len(law.first) for law in known))
    if count > _LONGEST:
        return None
    ends = [law.ends(np.arange(count)) for law in known]
    first = np.min([begin for begin, _ in ends], axis=0)
    last = np.max([end for _, end in ends], axis=0)
    return _shortest(Law(first, last, int(known[0].jump * count)))


def _shortest(law: Law) -> Law:
    """Return the same law with the shortest period that it has."""
    count = len(law.first)
    for size in range(1, count):
        if count % size or law.shift * size % count:
            continue
        short = Law(law.first[:size], law.last[:size], law.shift * size // count)
        first, last = short.ends(np.arange(count))
        if np.array_equal(first, law.first) and np.array_equal(last, law.last):
            return short
    return law
