"""How time and memory are measured."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping

import numpy as np

Call = Callable[[], object]

# A call that takes longer (in seconds) is timed once, not in every round.
SLOW = 0.5


def interleaved(
    calls: Mapping[str, Call],
    seconds: float,
    clock: Callable[[], float] = time.process_time,
    rounds: int = 15,
    choose: Callable[[list[float]], float] = statistics.median,
) -> dict[str, float]:
    """Return each call's time in seconds, over rounds in which every call has its turn.

    Of the times of a call, `choose` takes one: the median, unless told otherwise. Each round goes
    through the calls the other way round, as the first has a harder time than those after it.

    A turn calls twice and times the second, which finds the caches as its own. What disturbs the
    machine for a while thus disturbs all calls alike. The clock counts the time that processors
    spent on this process, all its threads together: on an idle machine that is what passes, and on
    a busy one it leaves out the turns of other programs. There are at least `rounds` rounds, and
    more until `seconds` have passed.
    """
    times = {name: [_timed(call, clock)] for name, call in calls.items()}
    quick = {name: call for name, call in calls.items() if times[name][0] < SLOW}
    for name in quick:
        times[name].clear()
    end = time.perf_counter() + seconds
    done = 0
    while done < rounds or time.perf_counter() < end:
        for name, call in sorted(quick.items(), reverse=done % 2 == 1):
            call()
            times[name].append(_timed(call, clock))
        done += 1
    return {name: choose(taken) for name, taken in times.items()}


def extra_bytes(call: Callable[[], np.ndarray]) -> int:
    """Return the most memory that a call held at once, as Python sees it, beyond its result."""
    call()
    tracemalloc.start()
    try:
        result = call()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - result.nbytes


def _timed(call: Call, clock: Callable[[], float]) -> float:
    start = clock()
    call()
    return clock() - start
