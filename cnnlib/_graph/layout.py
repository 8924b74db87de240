"""Which axes of a tensor hold positions: rows and columns of a map, alone or merged with others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cnnlib._check import Pair

__all__ = ["Atom", "Axis", "Map", "feature", "grouped", "kinds_of"]


class Atom(NamedTuple):
    """A part of an axis, of some size.

    Its kind is ``h`` for rows of the map, ``w`` for columns, and empty for what is no position:
    samples and channels. ``h2`` and ``w2`` are rows and columns of a second map: of pairs.
    """

    kind: str
    size: int


Axis = tuple[Atom, ...]


def feature(size: int) -> Axis:
    """Return an axis without positions."""
    return (Atom("", size),)


@dataclass(frozen=True)
class Map:
    """What a tensor is: units of a node of the graph of receptive fields, laid out in axes.

    Attributes
    ----------
    node : str
        The node whose units its values are.
    size : pair of ints
        Rows and columns of that node.
    axes : tuple of Axis
        The tensor's own. Rows or columns of which there are several stand in exactly one of them.
    whole : bool
        Whether each value sees everything, of this map or one before it.
    partner : str or None
        The node of the second map, if the values belong to pairs of positions.
    layer : str
        The layer that made it, by which a branch is named.
    """

    node: str
    size: Pair
    axes: tuple[Axis, ...]
    whole: bool = False
    partner: str | None = None
    layer: str = ""

    def laid(self, axes: Iterable[Axis]) -> Map:
        """Return the same units in other axes."""
        return replace(self, axes=tuple(axes))

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's shape."""
        return tuple(_size(axis) for axis in self.axes)

    def kinds(self) -> set[str]:
        """Return the kinds of the positions, of which there are several, that it holds."""
        return kinds_of(self.axes)

    def kind(self, axis: int) -> str | None:
        """Return what one axis holds alone: rows, columns, or no positions; None if it is mixed."""
        atoms = [atom for atom in self.axes[axis] if atom.size > 1] or self.axes[axis][:1]
        kinds = {atom.kind for atom in atoms}
        if len(kinds) > 1 or (len(atoms) > 1 and kinds != {""}):
            return None
        return kinds.pop() if kinds else ""


def kinds_of(axes: Iterable[Axis]) -> set[str]:
    """Return the kinds of the positions, of which there are several, in some axes."""
    return {atom.kind for axis in axes for atom in axis if atom.kind and atom.size > 1}


def grouped(axes: Sequence[Axis], shape: Sequence[int]) -> tuple[Axis, ...] | None:
    """Return the axes after a view of the same values in another shape, or None if none suits.

    Channels may be taken apart; rows and columns only merged, and parted again where they were.

    Examples
    --------
    >>> image = (feature(2), feature(6), (Atom("h", 4),), (Atom("w", 5),))
    >>> grouped(image, (2, 3, 2, 20))[2:]
    ((Atom(kind='', size=2),), (Atom(kind='h', size=4), Atom(kind='w', size=5)))
    >>> grouped(image, (2, 6, 2, 2, 5)) is None
    True
    """
    left = [atom for axis in axes for atom in axis if atom.size > 1][::-1]
    found = []
    for size in shape:
        axis: list[Atom] = []
        while size > 1:
            atom = left.pop() if left else Atom("", 0)
            if atom.size and size % atom.size == 0:
                axis.append(atom)
                size //= atom.size
            elif atom.kind or not atom.size or atom.size % size:
                return None
            else:
                axis.append(Atom("", size))
                left.append(Atom("", atom.size // size))
                size = 1
        found.append(tuple(axis))
    return tuple(found)


def _size(axis: Axis) -> int:
    size = 1
    for atom in axis:
        size *= atom.size
    return size
