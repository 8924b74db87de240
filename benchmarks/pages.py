"""How long a reader waits: ``python -m benchmarks.pages`` measures the built book in Chromium.

Prints, for the home page and each chapter: the bytes that came over the wire (gzip), the time
from navigation start until every explorer in view answers, and the time from an input event to
the frame that shows its answer. The last two also with the processor slowed down four times.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from cnnlib import datasets
from cnnlib.explorers import ConvolutionExplorer
from tools import build_book, chromium
from tools.serve import serving
from tools.widget_page import open_page

KERNEL = [[0.1 * (row - 2) * (col - 1) for col in range(5)] for row in range(5)]
PAGES = (
    "intro.html",
    "chapters/convolution.html#explorer-photo",
    "chapters/convolutional_layer.html#explorer-sizes",
    "chapters/layers.html#explorer-collapse",
    "chapters/pooling.html#explorer-pooling",
)
EXPLORERS = {
    "32 by 32, kernel 5 by 5": ConvolutionExplorer(
        name="large", image=datasets.IMAGES["rings, 32 by 32"], kernel=KERNEL, padding=2
    ),
    "photograph, kernel 5 by 5": ConvolutionExplorer(
        name="photo", photograph=True, kernel=KERNEL, padding=2
    ),
}
WATCH_READY = """
window.readyAt = new Map();
new MutationObserver(() => {
  for (const el of document.querySelectorAll("[data-explorer][data-ready]")) {
    if (!readyAt.has(el)) readyAt.set(el, performance.now());
  }
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-ready"] });
"""
READY = """() => Math.max(...[...readyAt].filter(([el]) => {
  const box = el.getBoundingClientRect();
  return box.top < innerHeight && box.bottom > 0;
}).map(([, time]) => time))"""
WATCH_INPUT = """() => {
  window.waits = [];
  addEventListener("input", ({ timeStamp }) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => waits.push(performance.now() - timeStamp);
    channel.port2.postMessage(0);
  }), true);
}"""


def slow_down(page: Page, rate: float) -> None:
    """Have the page's processor run `rate` times slower."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})


def ready(browser: Browser, address: str, rate: float, rounds: int = 7) -> float:
    """Return the median ms from navigation start until the explorers in view answer."""
    times = []
    for _ in range(rounds):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        slow_down(page, rate)
        page.add_init_script(WATCH_READY)
        page.goto(address)
        page.wait_for_selector("[data-explorer][data-ready]")
        page.wait_for_timeout(300)
        times.append(page.evaluate(READY))
        context.close()
    return statistics.median(times)


def weight(browser: Browser, address: str) -> tuple[float, set[str]]:
    """Return the kB received for a page read to its end, and the hosts that were asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
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


def answer(browser: Browser, explorer: Any, rate: float) -> tuple[float, float]:
    """Return median and 95th percentile, in ms, from input event to the frame that answers it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    with tempfile.TemporaryDirectory() as folder:
        open_page(page, Path(folder), [explorer])
        slow_down(page, rate)
        page.evaluate(WATCH_INPUT)
        weights = page.get_by_text("Weight").locator("..").locator("input")
        weights.scroll_into_view_if_needed()
        box = weights.bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 10, y)
        page.mouse.down()
        for step in range(100):
            page.mouse.move(box["x"] + 10 + step % (box["width"] - 20), y)
            page.wait_for_timeout(25)
        page.mouse.up()
        waits = sorted(page.evaluate("waits"))
    context.close()
    if len(waits) < 30:
        raise RuntimeError(f"only {len(waits)} input events were seen")
    return statistics.median(waits), waits[int(0.95 * len(waits))]


def main() -> None:
    """Print the table."""
    path = chromium.find()
    if path is None:
        raise SystemExit(chromium.HELP)
    with sync_playwright() as playwright, serving(build_book.HTML, "/book/") as address:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        print(f"{'page':34} {'kB received':>12} {'ready, ms':>10} {'at 1/4 speed':>13}  hosts")
        for place in PAGES:
            size, hosts = weight(browser, address + place)
            fast, slow = (ready(browser, address + place, rate) for rate in (1, 4))
            name = place.split("#")[0]
            print(f"{name:34} {size:12.0f} {fast:10.0f} {slow:13.0f}  {', '.join(sorted(hosts))}")
        print(
            f"\n{'input to frame, ms':34} {'median':>9} {'p95':>6} {'at 1/4 speed':>14} {'p95':>6}"
        )
        for name, explorer in EXPLORERS.items():
            row = [*answer(browser, explorer, 1), *answer(browser, explorer, 4)]
            print(f"{name:34} {row[0]:9.1f} {row[1]:6.1f} {row[2]:14.1f} {row[3]:6.1f}")
        browser.close()


if __name__ == "__main__":
    main()
