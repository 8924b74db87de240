"""How reference and numpy_ops take arrays: as they are, or from nested lists, in one type.

float32 and float64 (and complex64 and complex128 for signals) are kept; integers of any width
count as float64, so that none can overflow unseen; where arguments differ the widest type wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlib import _check

Array = npt.NDArray[Any]
ArrayLike = npt.ArrayLike


def as_arrays(complex_too: bool = False, **arguments: object) -> list[Array]:
    """Return the arguments, by name and in order, as arrays of their common type."""
    arrays = [_as_array(name, value) for name, value in arguments.items()]
    types = [
        _check.dtype(name, array.dtype.name, complex_too)
        for name, array in zip(arguments, arrays, strict=True)
    ]
    common = np.dtype(_check.widest(types))
    return [np.asarray(array, dtype=common) for array in arrays]


def as_classes(name: str, value: object) -> Array:
    """Return an argument that holds integers, the numbers of classes."""
    array = _as_array(name, value)
    if array.size == 0 and not isinstance(value, np.ndarray):
        array = array.astype(np.int64)  # an empty list says nothing of its type
    _check.classes(name, array.dtype.name)
    return array


def with_bias(input: object, weight: object, bias: object) -> tuple[Array, Array, Array | None]:
    """Return a layer's arguments as `as_arrays` does; a bias may be None."""
    if bias is None:
        input_array, weight_array = as_arrays(input=input, weight=weight)
        return input_array, weight_array, None
    input_array, weight_array, bias_array = as_arrays(input=input, weight=weight, bias=bias)
    return input_array, weight_array, bias_array


def as_given(optional: Mapping[str, object], **required: object) -> dict[str, Array]:
    """Return arguments by name as `as_arrays` does, without the optional ones that are None."""
    given = {name: value for name, value in optional.items() if value is not None}
    arguments = {**required, **given}
    return dict(zip(arguments, as_arrays(False, **arguments), strict=True))


def _as_array(name: str, value: object) -> Array:
    if isinstance(value, np.ndarray) and not isinstance(value, np.ma.MaskedArray):
        return np.asarray(value)
    if not isinstance(value, (list, tuple)):
        _check.not_an_array(name, value)
    try:
        return np.asarray(value)
    except ValueError:
        _check.refuse(ValueError, name, "an array, or nested lists of even lengths", value)
