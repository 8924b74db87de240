"""Build many courses, and look for links that lead astray in each.

``python -m tools.check_courses`` builds every chapter alone and ten random choices of chapters in
random orders, warnings as errors. The choices come from ``--seed``, so that a failure can be built
again. Exit status 1 if any course fails.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from tools.build_book import BUILD, ROOT
from tools.build_course import CHAPTERS, build, chapters, entries, table_of_contents
from tools.links import dead, links_of


def public_site() -> str:
    """Return the address of the public site, which ends with a slash."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return str(config["html"]["baseurl"])


def courses(known: Sequence[str], subsets: int, seed: int) -> list[list[str]]:
    """Return every chapter alone, then random choices of two or more in random orders.

    Examples
    --------
    >>> courses(["a", "b", "c"], subsets=2, seed=0)
    [['a'], ['b'], ['c'], ['b', 'a', 'c'], ['b', 'c', 'a']]
    """
    rng = random.Random(seed)
    alone = [[name] for name in known]
    return alone + [rng.sample(known, rng.randint(2, len(known))) for _ in range(subsets)]


def faults(html: Path, names: Sequence[str]) -> list[str]:
    """Return what is wrong with a built course's pages and links; empty where all is well."""
    links = links_of(html)
    site = public_site()
    book = {f"{name}.html" for name in ["intro", *entries(table_of_contents())]}
    found = [f"dead: {one}" for one in dead(links, html)]
    wanted = {f"{CHAPTERS}{name}.html" for name in names}
    there = {page for page in links if page.startswith(CHAPTERS)}
    found += [f"not as asked: {page}" for page in sorted(there ^ wanted)]
    for page, on_page in links.items():
        for address in on_page.addresses:
            target = address.removeprefix(site).partition("#")[0].partition("?")[0]
            if not address.startswith(site) or not target:
                continue
            if target in links:
                found.append(f"leads outside though it is here: {page}: {address}")
            elif target not in book:
                found.append(f"nothing there: {page}: {address}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subsets", type=int, default=10, help="how many random choices; 10")
    parser.add_argument("--seed", type=int, default=6, help="where they come from; 6")
    options = parser.parse_args(arguments)
    failed = 0
    folder = BUILD / "checked"
    asked = courses(chapters(table_of_contents()), options.subsets, options.seed)
    for at, names in enumerate(asked, start=1):
        began = time.perf_counter()
        status = build(names, folder)
        wrong = ["not built"] if status else faults(folder / "html", names)
        failed += bool(wrong)
        seconds = time.perf_counter() - began
        verdict = "FAILS" if wrong else "good"
        print(f"{at:3}/{len(asked)} {verdict} {seconds:4.0f} s  {' '.join(names)}", flush=True)
        for one in wrong:
            print(f"      {one}", flush=True)
    print(f"{len(asked) - failed} of {len(asked)} courses are good.")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
