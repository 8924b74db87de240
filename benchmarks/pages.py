"""How long a reader waits: ``python -m benchmarks.pages`` measures the built book in Chromium.

Prints, for the home page and for each chapter opened at its first explorer: the bytes that came
over the wire (gzip), and the time from navigation start until every explorer in view answers; for
each explorer at its largest, the time from a key press to the frame that shows its answer. Times
are also taken with the processor slowed down four times. With ``--check``, the exit status is 1 if
a bar is missed.
"""

from __future__ import annotations

import argparse

from playwright.sync_api import Browser, sync_playwright

from benchmarks import waiting
from benchmarks.explorers import CASES
from tools import build_book, chromium
from tools.serve import serving

SLOW = 4
READY = 1500.0
"""ms until a page's explorers in view answer, at a quarter of the speed."""

ANSWER, ANSWER_SLOW = 20.0, 60.0
"""ms from a key press to the frame that answers it, in 95 of 100 presses; at a quarter of the
speed. Waiting for the next frame, up to 16 ms, is part of it."""


def weight(browser: Browser, address: str) -> tuple[float, set[str]]:
    """Return the kB received for a page read to its end, and the hosts that were asked."""
    context = browser.new_context(viewport=waiting.WINDOW)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    hosts: set[str] = set()
    session.on("Network.loadingFinished", lambda e: received.append(e["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(address)
    for _ in range(60):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(30)
    page.wait_for_load_state("networkidle")
    context.close()
    return sum(received) / 1000, hosts


def places() -> list[str]:
    """Return the home page, and each chapter at its first explorer."""
    chapters = sorted((build_book.HTML / "chapters").glob("*.html"))
    return ["intro.html"] + [
        f"chapters/{path.name}#explorer-{waiting.first_explorer(path)}" for path in chapters
    ]


def verdict(*within: bool) -> str:
    return "ok" if all(within) else "over"


def print_pages(browser: Browser, home: str) -> int:
    """Print what each page weighs and when it answers; return how many are over the bar."""
    print(f"{'page':44} {'kB':>6} {'ready, ms':>10} {'at 1/4 speed':>13} {'bar':>6}       hosts")
    over = 0
    for place in places():
        size, hosts = weight(browser, home + place)
        fast, slow = (waiting.ready(browser, home + place, rate) for rate in (1, SLOW))
        over += slow > READY
        print(
            f"{place:44} {size:6.0f} {fast:10.0f} {slow:13.0f} {READY:6.0f} "
            f"{verdict(slow <= READY):5} {', '.join(sorted(hosts))}",
            flush=True,
        )
    return over


def print_answers(browser: Browser, names: list[str]) -> int:
    """Print how soon each explorer answers; return how many are over a bar."""
    head = f"{'key press to frame, ms':40} {'median':>7} {'p95':>6} {'bar':>4}"
    print(f"\n{head} {'at 1/4 speed':>13} {'p95':>6} {'bar':>4}")
    over = 0
    for case in CASES:
        if names and not any(name in case.name for name in names):
            continue
        median, p95 = waiting.answer(browser, case, 1)
        slow_median, slow_p95 = waiting.answer(browser, case, SLOW)
        within = p95 <= ANSWER, slow_p95 <= ANSWER_SLOW
        over += not all(within)
        print(
            f"{case.name:40} {median:7.1f} {p95:6.1f} {ANSWER:4.0f} {slow_median:13.1f} "
            f"{slow_p95:6.1f} {ANSWER_SLOW:4.0f} {verdict(*within)}",
            flush=True,
        )
    return over


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; with ``--check``, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names of explorers: these alone")
    parser.add_argument("--check", action="store_true", help="fail if a bar is missed")
    chosen = parser.parse_args(arguments)
    path = chromium.find()
    if path is None:
        raise SystemExit(chromium.HELP)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        over = 0
        if not chosen.names:
            with serving(build_book.HTML, "/book/") as home:
                over += print_pages(browser, home)
        over += print_answers(browser, chosen.names)
        browser.close()
    print(f"\n{over} over the bar" if over else "\nall bars met")
    return int(chosen.check and over > 0)


if __name__ == "__main__":
    raise SystemExit(main())
