"""The assignments of a course folder."""

from __future__ import annotations

from pathlib import Path


def names(course: Path) -> list[str]:
    """Return the names of all assignments."""
    return sorted(path.parent.name for path in (course / "source").glob("*/*.ipynb"))


def check_names(course: Path, asked: list[str]) -> list[str]:
    """Return the assignments asked for, all if none is.

    Raises
    ------
    ValueError
        If there is no such assignment, or one is asked for twice; it is named.
    """
    known = names(course)
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise ValueError(
            f"no assignment {', '.join(map(repr, unknown))}: there are {', '.join(known)}"
        )
    repeated = sorted({name for name in asked if asked.count(name) > 1})
    if repeated:
        raise ValueError(f"asked for more than once: {', '.join(map(repr, repeated))}")
    return asked or known
