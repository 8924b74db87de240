"""How a unit's weight is spread over the input: the record, and its closed form for stacks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from cnnlib import _check
from cnnlib._check import Pair

__all__ = ["EffectiveField", "stacked_field"]

Floats = NDArray[np.float64]

_LEAST = 1 - 0.9545  # of the largest share; a Gaussian has 95.45 % of its mass within 2 sigma


@dataclass(frozen=True, repr=False, eq=False)
class EffectiveField:
    """How much each pixel of the input counts for one unit.

    Attributes
    ----------
    layer : str
        Whose unit it is.
    unit : pair of ints
        Its row and column.
    samples : int
        Number of inputs that the shares are the mean of.
    device : str
        Where they were computed.
    shares : numpy.ndarray
        Shape (h, w) of the input, float64: adds up to 1, or is zero where no gradient was found.
    box : pair of pairs of ints, or None
        ((top, left), (bottom, right)) of the pixels that the unit can see at all, if it is known.
    """

    layer: str
    unit: Pair
    samples: int
    device: str
    shares: Floats
    box: tuple[Pair, Pair] | None = None

    @property
    def centre(self) -> tuple[float, float]:
        """Row and column of the shares' centre of mass; nan where there are none."""
        return self._moment(0, 1), self._moment(1, 1)

    @property
    def sigma(self) -> tuple[float, float]:
        """Standard deviations of the fitted Gaussian, the one of the shares' own moments."""
        variances = [
            self._moment(axis, 2) - centre * centre for axis, centre in enumerate(self.centre)
        ]
        rows, columns = (sqrt(max(v, 0.0)) if v == v else nan for v in variances)
        return rows, columns

    @property
    def width(self) -> float:
        """Square root of the number of pixels with over 1 - 95.45 % of the largest share.

        It is the size of the effective field as Luo et al. measure it, to be compared with the
        side of the theoretical one. They compare with the centre's share, in fields where it is
        the largest. A Gaussian's is 4.41 sigma.
        """
        return sqrt(int((self.shares > _LEAST * self.shares.max()).sum()))

    @property
    def ratio(self) -> float | None:
        """`width` over that of the theoretical box, the square root of its area."""
        if self.box is None:
            return None
        (top, left), (bottom, right) = self.box
        return self.width / sqrt((bottom - top + 1) * (right - left + 1))

    def share(self, part: float = 0.5) -> float:
        """Return the share of the pixels around the middle of the box.

        Parameters
        ----------
        part : float
            Height and width of what counts, as a part of the box's, from 0 to 1: all pixels whose
            middles lie within. Where the box is not known, that of the shares that are not 0 is
            taken.
        """
        part = _check.fraction("part", part)
        box = self.box or _around(self.shares)
        if box is None:
            return 0.0
        inside = []
        for low, high, size in zip(*box, self.shares.shape, strict=True):
            away = np.abs(np.arange(size) - (low + high) / 2)
            inside.append(away <= part * (high - low + 1) / 2)
        return float(self.shares[np.ix_(*inside)].sum())

    def __repr__(self) -> str:
        """Return a line for what was measured, and one for each number."""
        inputs = f"{self.samples} random input" + "s" * (self.samples != 1)
        sigma = " and ".join(f"{s:.2f}" for s in self.sigma)
        lines = [
            f"Effective field of unit {self.unit} of {self.layer}, {inputs}, on {self.device}",
            f"sigma, of rows and of columns: {sigma}",
            f"width, by the pixels over {100 * _LEAST:.2f} % of the largest: {self.width:.2f}",
        ]
        if self.box is not None and self.ratio is not None:
            (top, left), (bottom, right) = self.box
            lines += [
                f"theoretical box: rows {top} to {bottom}, columns {left} to {right}",
                f"width over the box's: {self.ratio:.3f}",
                f"share of the box's central half: {self.share():.3f}",
            ]
        return "\n  ".join(lines)

    def _moment(self, axis: int, power: int) -> float:
        weights = self.shares.sum(axis=1 - axis)
        if not weights.any():
            return nan
        return float(weights @ np.arange(len(weights), dtype=float) ** power)


def stacked_field(depth: int, kernel_size: int) -> Floats:
    """Return the effective field of a stack of equal linear layers, exactly, along one axis.

    Each layer takes the mean of `kernel_size` neighbours at stride 1, so the stack takes the mean
    of the mean: the convolution of as many boxes as there are layers. Its variance is the sum of
    theirs, depth (kernel_size^2 - 1) / 12, while its length grows with the depth itself.

    Parameters
    ----------
    depth : int
        Number of layers, at least 0.
    kernel_size : int
        At least 1.

    Returns
    -------
    numpy.ndarray
        Shape (depth (kernel_size - 1) + 1,), float64: the shares of the pixels in the field.

    Raises
    ------
    TypeError, ValueError
        If an argument is not such an int.

    Examples
    --------
    >>> (stacked_field(2, 3) * 9).round(6)
    array([1., 2., 3., 2., 1.])
    """
    depth = _check.integer("depth", depth)
    kernel_size = _check.integer("kernel_size", kernel_size, 1)
    kernel = np.full(kernel_size, 1 / kernel_size)
    return reduce(np.convolve, [kernel] * depth, np.ones(1))


def _around(shares: Floats) -> tuple[Pair, Pair] | None:
    """Return the box of what is not zero."""
    rows, columns = np.nonzero(shares)
    if not len(rows):
        return None
    return (int(rows.min()), int(columns.min())), (int(rows.max()), int(columns.max()))
