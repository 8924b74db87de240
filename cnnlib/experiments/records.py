"""One record for each finished run: a file that is there whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from cnnlib.experiments.data import Data
from cnnlib.experiments.history import History
from cnnlib.experiments.recipe import Recipe

__all__ = ["fingerprint", "read_record", "record_path", "write_record"]

FORMAT = "cnnlib run 1"


def fingerprint(data: Data) -> str:
    """Return what tells data from any other: a hash of every array's type, shape and values.

    Examples
    --------
    >>> from cnnlib.experiments.data import digits
    >>> first, second = digits(100), digits(200)
    >>> fingerprint(first) == fingerprint(digits(100)), fingerprint(first) == fingerprint(second)
    (True, False)
    """
    digest = hashlib.sha256()
    for part in data:
        array = np.ascontiguousarray(part)
        digest.update(f"{array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def record_path(folder: Path, recipe: Recipe, data: str, seed: int) -> Path:
    """Return where the record of a run is, or will be: its name is a hash of all that defines it.

    Parameters
    ----------
    folder : pathlib.Path
        Where a sweep keeps its records.
    recipe : Recipe
        Any change of it, however small, gives another name.
    data : str
        The `fingerprint` of what the run learns from.
    seed : int
        That of the run.

    Examples
    --------
    >>> path = record_path(Path("runs"), Recipe(), "0f3a", seed=1)
    >>> path.suffix, path == record_path(Path("runs"), Recipe(l1=1e-9), "0f3a", seed=1)
    ('.json', False)
    """
    return folder / f"{_hash({'recipe': recipe.to_dict(), 'data': data, 'seed': seed})[:40]}.json"


def write_record(
    folder: Path, history: History, *, data: str, together: Sequence[int] | None = None
) -> Path:
    """Write the record of a finished run, so that nobody ever sees a part of it.

    It is written under another name, given to the disk, and then renamed, which file systems do
    in one step. What a killed process left half written of the same run is removed.

    Parameters
    ----------
    folder : pathlib.Path
        Is there already.
    history : History
        Of the run; its weights are left out.
    data : str
        The `fingerprint` of what the run learned from.
    together : sequence of int, optional
        The seeds that were trained together with it; its own alone unless told otherwise.

    Returns
    -------
    pathlib.Path
        Where it is.
    """
    path = record_path(folder, history.recipe, data, history.seed)
    seeds = [history.seed] if together is None else list(together)
    body = {"format": FORMAT, "data": data, "together": seeds, "history": history.to_dict()}
    part = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.part")
    with part.open("x", encoding="utf-8") as file:
        json.dump({**body, "checksum": _hash(body)}, file)
        file.flush()
        os.fsync(file.fileno())
    # Another process that did the same run may have swept this part away: then its record is there.
    with suppress(FileNotFoundError):
        os.replace(part, path)
    for left in folder.glob(f"{path.stem}.*.part"):
        left.unlink(missing_ok=True)
    return path


def read_record(folder: Path, recipe: Recipe, data: str, seed: int) -> History | None:
    """Return what was recorded of a run, or None if there is no record.

    Parameters
    ----------
    folder, recipe, data, seed
        As `record_path` takes them.

    Returns
    -------
    History or None
        As it was written, without weights.

    Raises
    ------
    ValueError
        If the file is damaged, or is not the record of this run. It says which file it is.
    """
    path = record_path(folder, recipe, data, seed)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        _refuse(path, "is no text")
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        _refuse(path, f"is no JSON ({error})")
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        _refuse(path, f"is not of the format {FORMAT!r}")
    if body.pop("checksum", None) != _hash(body):
        _refuse(path, "was changed after it was written: its checksum differs")
    history = History.from_dict(body["history"])
    if (history.recipe, body["data"], history.seed) != (recipe, data, seed):
        _refuse(path, f"is of another run: seed {history.seed} of {history.recipe}")
    return history


def _hash(value: Any) -> str:
    """Return a hash of what JSON can hold, whatever the order of its names."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse(path: Path, fault: str) -> NoReturn:
    raise ValueError(
        f"folder must hold whole records alone, got {path}, which {fault}; "
        "remove it to have its run done again"
    )
