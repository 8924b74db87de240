"""Compute again everything that the book stores of trainings: `make experiments`.

The networks of the page, transfer learning, and the sweep over all techniques, at most half an
hour on two cores. Named parts alone: ``make experiments ARGS="digit_net transfer"``. Results
replace the files in ``cnnlib/data``, each of which says how it came about.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from tools import run_sweep, run_transfer, train_digit_net

PARTS: dict[str, Callable[[], int]] = {
    "digit_net": lambda: train_digit_net.main([]),
    "transfer": run_transfer.main,
    "sweep": lambda: run_sweep.main([]),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts, and return the exit status of the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; or all")
    chosen = parser.parse_args(arguments).parts or list(PARTS)
    if unknown := [part for part in chosen if part not in PARTS]:
        parser.error(f"part must be one of {', '.join(PARTS)}, got {', '.join(unknown)}")
    for part in chosen:
        start = time.perf_counter()
        if status := PARTS[part]():
            return status
        print(f"{part}: {(time.perf_counter() - start) / 60:.1f} minutes", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
