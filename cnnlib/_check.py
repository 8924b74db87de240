"""Checks of single arguments, shared by every module of cnnlib; plain Python, no arrays.

Each check returns the value in its one working form, or raises `TypeError` (wrong kind of thing)
or `ValueError` (right kind, illegal value) with a message of one form, whoever calls:
``<argument> must be <what is legal>, got <the value>``.
"""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import NoReturn, TypeGuard

Pair = tuple[int, int]
Sides = tuple[Pair, Pair]

_COUNT = {0: "a non-negative int", 1: "a positive int"}
_INTEGERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
_FLOATS = ("float32", "float64")
_COMPLEX = ("complex64", "complex128")


def show(value: object) -> str:
    """Return `value` as a message should show it: short, and NumPy's integers as plain ones."""
    if _is_int(value):
        value = int(value)
    elif isinstance(value, tuple) and all(_is_int(v) for v in value):
        value = tuple(int(v) for v in value)
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."


def refuse(error: type[Exception], name: str, legal: str, value: object) -> NoReturn:
    """Raise `error` saying what `name` must be and what it was."""
    raise error(f"{name} must be {legal}, got {show(value)}")


def integer(name: str, value: object, minimum: int = 0) -> int:
    """Return `value` as an int of at least `minimum` (0 or 1); a bool is no int."""
    return integer_in(name, _COUNT[minimum], value, value, minimum)


def integer_in(name: str, legal: str, value: object, whole: object, minimum: int) -> int:
    """Return `value`, a part of the argument `whole`, as an int of at least `minimum`."""
    if not _is_int(value):
        refuse(TypeError, name, legal, whole)
    if value < minimum:
        refuse(ValueError, name, legal, whole)
    return int(value)


def pair(name: str, value: object, minimum: int = 0) -> Pair:
    """Return an int or a pair of them as a pair: rows first, then columns."""
    legal = f"{_COUNT[minimum]} or a pair of them"
    if _is_int(value):
        size = integer_in(name, legal, value, value, minimum)
        return size, size
    if not isinstance(value, (tuple, list)):
        refuse(TypeError, name, legal, value)
    if len(value) != 2:
        refuse(ValueError, name, legal, value)
    rows, columns = (integer_in(name, legal, size, value, minimum) for size in value)
    return rows, columns


def index(name: str, value: object, size: int) -> int:
    """Return `value` as the place of one of `size` things, those from the end counted from -1."""
    legal = f"an int from {-size} to {size - 1}"
    if not _is_int(value):
        refuse(TypeError, name, legal, value)
    place = int(value)
    if not -size <= place < size:
        refuse(ValueError, name, legal, value)
    return place % size


def flag(name: str, value: object) -> bool:
    """Return `value`, which is True or False and nothing that counts as either."""
    if not isinstance(value, bool):
        refuse(TypeError, name, "True or False", value)
    return value


def fraction(name: str, value: object) -> float:
    """Return `value` as a float from 0 to 1."""
    number = _number(name, "a number from 0 to 1", value)
    if not 0 <= number <= 1:
        refuse(ValueError, name, "a number from 0 to 1", value)
    return number


def positive(name: str, value: object, infinite: bool = False) -> float:
    """Return `value` as a float above 0, which may be infinite if `infinite` says so."""
    legal = "a positive number or inf" if infinite else "a positive number"
    number = _number(name, legal, value)
    if not (0 < number < math.inf or (infinite and number == math.inf)):
        refuse(ValueError, name, legal, value)
    return number


def sides(total: int) -> Pair:
    """Split `total` zeros over the two sides of an axis; the odd one goes after, as in torch."""
    return total // 2, total - total // 2


def padding_sides(padding: object, kernel_size: Pair, stride: Pair, dilation: Pair) -> Sides:
    """Return a convolution's padding as ((top, bottom), (left, right))."""
    if isinstance(padding, str):
        if padding == "valid":
            return (0, 0), (0, 0)
        if padding != "same":
            legal = "'same', 'valid', a non-negative int or a pair of them"
            refuse(ValueError, "padding", legal, padding)
        if stride != (1, 1):
            refuse(ValueError, "stride", "1 where padding is 'same'", stride)
        rows, columns = (d * (k - 1) for d, k in zip(dilation, kernel_size, strict=True))
        return sides(rows), sides(columns)
    rows, columns = pair("padding", padding)
    return (rows, rows), (columns, columns)


def output_padding(value: object, stride: Pair, dilation: Pair) -> Pair:
    """Return a transposed convolution's output padding, less than its stride or its dilation."""
    extra = pair("output_padding", value)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        legal = f"smaller than the stride, {stride}, or the dilation, {dilation}"
        refuse(ValueError, "output_padding", legal, value)
    return extra


def dtype(name: str, found: str, complex_too: bool = False) -> str:
    """Return the type in which an array of type `found` is computed with; integers as float64."""
    if found in _FLOATS or (complex_too and found in _COMPLEX):
        return found
    if found in _INTEGERS:
        return "float64"
    kinds = (*_FLOATS, *_COMPLEX) if complex_too else _FLOATS
    raise TypeError(
        f"{name} must hold numbers of type {', '.join(kinds)} or integers, got type {found}"
    )


def classes(name: str, found: str) -> None:
    """Refuse an array of type `found` as one that holds classes, counted from 0."""
    if found not in _INTEGERS:
        raise TypeError(f"{name} must hold integers, the classes' numbers, got type {found}")


def widest(dtypes: list[str]) -> str:
    """Return the narrowest of the four types that holds all of `dtypes`, themselves of the four."""
    double = any(name in ("float64", "complex128") for name in dtypes)
    if any(name in _COMPLEX for name in dtypes):
        return "complex128" if double else "complex64"
    return "float64" if double else "float32"


def not_an_array(name: str, value: object) -> NoReturn:
    """Refuse what is no array at all, in the words that suit every backend."""
    raise TypeError(
        f"{name} must be an array of numbers (torch_ops takes a torch.Tensor, the others a NumPy "
        f"array or nested lists), got {type(value).__name__}: {show(value)}"
    )


def _number(name: str, legal: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        refuse(TypeError, name, legal, value)
    return float(value)


def _is_int(value: object) -> TypeGuard[Integral]:
    return isinstance(value, Integral) and not isinstance(value, bool)
