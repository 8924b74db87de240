"""Many runs at once: over recipes, data and seeds, in processes here or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral
from pathlib import Path
from typing import Any, NamedTuple

import torch
from joblib import Parallel, delayed  # type: ignore[import-untyped]
from tqdm.auto import tqdm  # type: ignore[import-untyped]

from cnnlib import _check
from cnnlib.experiments.data import Data, check_data
from cnnlib.experiments.ensemble import group_size, train_together
from cnnlib.experiments.history import DivergedError, History
from cnnlib.experiments.recipe import Recipe
from cnnlib.experiments.records import fingerprint, read_record, write_record
from cnnlib.torch_ops import best_device

__all__ = ["sweep"]

Source = Data | Callable[[], Data]


class Unit(NamedTuple):
    """What one process does in one go: a recipe, on data, with seeds that are trained together."""

    recipe: Recipe
    source: Source
    data: str
    seeds: tuple[int, ...]
    folder: Path

    def recorded(self) -> list[History | None]:
        """Return what is recorded of each seed."""
        return [read_record(self.folder, self.recipe, self.data, seed) for seed in self.seeds]


def sweep(
    recipes: Iterable[Recipe],
    data: Source | Mapping[str, Source],
    seeds: Iterable[int],
    *,
    folder: str | os.PathLike[str],
    jobs: int = -1,
    together: int | None = None,
    progress: bool = True,
) -> list[History]:
    """Run every recipe on all data with every seed, and keep a record of each run.

    A run that has its record in `folder` is not done again. So a sweep that was stopped, in
    whatever way and at any moment, goes on when it is called again, and has lost only the runs it
    was at. Its records are those of a sweep that was never stopped: each process computes with
    one thread, and seeds are trained together in the same groups.

    Parameters
    ----------
    recipes : iterable of Recipe
        What to run, each once.
    data : Data, or a function without arguments that returns one, or a mapping of names to these
        What to learn from. Data goes to each process; of a function only the name does, so that
        what is large is read where it is used.
    seeds : iterable of int
        From 0, each once.
    folder : str or path
        Where the records are; made if it is not there. Every machine must see it.
    jobs : int
        Processes, as `joblib.Parallel` counts them: -1 is one for each core.
    together : int, optional
        How many seeds at most are trained together, which is faster for small networks; unless
        told otherwise, as many as `train_together` takes at a time.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    list of History
        Without weights; by recipe, then by data, then by seed, in the order given. A run whose
        loss became NaN or infinite has stopped 'diverged', and the others go on.

    Raises
    ------
    TypeError, ValueError
        If an argument is not legal, or a record is damaged or foreign; see `read_record`.

    Notes
    -----
    Within ``joblib.parallel_config(backend="dask")`` the same call runs on the Dask cluster that
    the process is a client of, and after ``ray.util.joblib.register_ray()`` within
    ``joblib.parallel_config(backend="ray")`` on a Ray cluster.

    Examples
    --------
    >>> import tempfile
    >>> from cnnlib.experiments.data import digits
    >>> recipes = [Recipe(epochs=1), Recipe(epochs=1, dropout=0.5)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     runs = sweep(recipes, digits(20), range(2), folder=folder, jobs=1, progress=False)
    ...     again = sweep(recipes, digits(20), range(2), folder=folder, jobs=1, progress=False)
    >>> [(run.recipe.dropout, run.seed) for run in runs], runs == again
    ([(0.0, 0), (0.0, 1), (0.5, 0), (0.5, 1)], True)
    """
    place = Path(folder).resolve()
    chosen, numbers, sources = _recipes(recipes), _seeds(seeds), _sources(data)
    processes = _jobs(jobs)
    size = None if together is None else _check.integer("together", together, 1)
    _check.flag("progress", progress)
    known = [(source, *_known(source, size, len(numbers))) for source in sources]

    place.mkdir(parents=True, exist_ok=True)
    units = [
        Unit(recipe, source, mark, numbers[first : first + group], place)
        for recipe in chosen
        for source, mark, group in known
        for first in range(0, len(numbers), group)
    ]
    missing = [unit for unit in units if None in unit.recorded()]
    runs = len(chosen) * len(known) * len(numbers)
    done = runs - sum(len(unit.seeds) for unit in missing)
    with tqdm(total=runs, initial=done, unit="run", disable=not progress) as bar:
        for count in _in_parallel(missing, processes):
            bar.update(count)
    return [history for unit in units for history in _finished(unit)]


def _in_parallel(units: list[Unit], jobs: int) -> Iterator[int]:
    """Do units in processes; yield how many runs each had, as they end."""
    try:
        parallel = Parallel(jobs, batch_size=1, return_as="generator_unordered")
    except ValueError:  # a backend that hands everything over in the end: Ray's, multiprocessing's
        parallel = Parallel(jobs, batch_size=1)
    yield from parallel(delayed(_do)(unit) for unit in units)


def _do(unit: Unit) -> int:
    """Train the seeds of a unit, write a record of each that has none, and return their number."""
    data = unit.source if isinstance(unit.source, Data) else check_data(unit.source())
    if fingerprint(data) != unit.data:
        raise ValueError("data must be the same whenever the function is called, got another one")
    with _one_thread():
        try:
            histories = train_together(unit.recipe, data, seeds=unit.seeds)
        except DivergedError as error:
            histories = error.histories
    # Of a group that was stopped halfway some have records: they were trained again, the same way.
    for history, before in zip(histories, unit.recorded(), strict=True):
        if before is None:
            write_record(unit.folder, history, data=unit.data, together=unit.seeds)
    return len(unit.seeds)


def _finished(unit: Unit) -> list[History]:
    """Return the records of a unit that was done."""
    histories = [history for history in unit.recorded() if history is not None]
    if len(histories) < len(unit.seeds):
        legal = "a folder that every process sees"
        _check.refuse(ValueError, "folder", f"{legal}, with what it wrote", str(unit.folder))
    return histories


@contextmanager
def _one_thread() -> Iterator[None]:
    """Hold torch to one thread: processes share the cores, and sums come out the same."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _known(source: Source, together: int | None, seeds: int) -> tuple[str, int]:
    """Return what data is known by, and how many of so many seeds are trained together on it."""
    data = check_data(source if isinstance(source, Data) else source())
    return fingerprint(data), together or group_size(data, best_device(), seeds)


def _jobs(jobs: object) -> int:
    if isinstance(jobs, bool) or not isinstance(jobs, Integral):
        _check.refuse(TypeError, "jobs", "an int but 0", jobs)
    if jobs == 0:
        _check.refuse(ValueError, "jobs", "an int but 0", jobs)
    return int(jobs)


def _recipes(recipes: Iterable[object]) -> list[Recipe]:
    chosen = []
    for recipe in recipes:
        if not isinstance(recipe, Recipe):
            _check.refuse(TypeError, "recipes", "of the type Recipe", recipe)
        chosen.append(recipe)
    if not chosen or len(set(chosen)) < len(chosen):
        _check.refuse(ValueError, "recipes", "at least one, and each once", chosen)
    return chosen


def _seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    chosen = tuple(_check.integer("seeds", seed) for seed in seeds)
    if not chosen or len(set(chosen)) < len(chosen):
        _check.refuse(ValueError, "seeds", "at least one, and each once", chosen)
    return chosen


def _sources(data: Any) -> list[Source]:
    sources: list[Source] = []
    for source in data.values() if isinstance(data, Mapping) else [data]:
        if not isinstance(source, Data) and not callable(source):
            legal = "a Data, a function that returns one, or a mapping of names to these"
            _check.refuse(TypeError, "data", legal, type(source).__name__)
        sources.append(source)
    if not sources:
        _check.refuse(ValueError, "data", "at least one", data)
    return sources
