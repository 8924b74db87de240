"""How soon feature maps follow the pen: ``python -m benchmarks.pen`` draws in NetworkExplorer.

Prints the time from a move of the pen to the frame with the maps that it leads to, in 95 of 100
moves, at full speed and with the processor slowed down four times; the wait for the next frame, up
to 16 ms, is part of it. With ``--check``, the exit status is 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.waiting import WINDOW, slow_down
from cnnlib.explorers import NetworkExplorer
from tools import chromium
from tools.widget_page import open_page

BARS = {1: 20.0, 4: 80.0}
"""ms by how many times slower the processor is."""

MOVES = 200
WATCH = """() => {
  window.waits = [];
  addEventListener("pointermove", ({ timeStamp }) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => waits.push(performance.now() - timeStamp);
    channel.port2.postMessage(0);
  }), true);
}"""


def follow(browser: Browser, rate: float) -> tuple[float, float]:
    """Return median and 95th percentile, in ms, from a move of the pen to its frame."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    with tempfile.TemporaryDirectory() as folder:
        blank = [[0.0] * 8] * 8
        open_page(page, Path(folder), [NetworkExplorer(name="measured", drawing=blank)])
        sheet = page.locator(".cnn-net-sheet").bounding_box()
        if sheet is None:
            raise RuntimeError("the sheet to draw on is not in sight")
        middle = sheet["x"] + sheet["width"] / 2, sheet["y"] + sheet["height"] / 2
        page.mouse.move(*middle)
        page.mouse.down()
        page.wait_for_timeout(500)
        slow_down(page, rate)
        page.evaluate(WATCH)
        for move in range(MOVES):
            reach = sheet["width"] * 0.47 * move / MOVES  # a spiral outwards, so that ink is new
            turn = 2 * math.pi * move / 40
            page.mouse.move(middle[0] + reach * math.cos(turn), middle[1] + reach * math.sin(turn))
            page.wait_for_timeout(30 + move % 17)  # so that moves fall anywhere in a frame
        page.mouse.up()
        page.wait_for_timeout(200)
        waits = sorted(page.evaluate("waits"))
    context.close()
    if len(waits) < MOVES * 0.9:
        raise RuntimeError(f"only {len(waits)} of {MOVES} moves were seen")
    return statistics.median(waits), waits[int(0.95 * len(waits))]


def main(arguments: list[str] | None = None) -> int:
    """Print the times; with ``--check``, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a bar is missed")
    chosen = parser.parse_args(arguments)
    path = chromium.find()
    if path is None:
        raise SystemExit(chromium.HELP)
    over = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        print(f"{'pen to feature maps, ms':32} {'median':>7} {'p95':>6} {'bar':>4}")
        for rate, bar in BARS.items():
            median, p95 = follow(browser, rate)
            over += p95 > bar
            speed = "full speed" if rate == 1 else f"{rate} times slower"
            print(
                f"{speed:32} {median:7.1f} {p95:6.1f} {bar:4.0f} {'ok' if p95 <= bar else 'over'}"
            )
        browser.close()
    return int(chosen.check and over > 0)


if __name__ == "__main__":
    raise SystemExit(main())
