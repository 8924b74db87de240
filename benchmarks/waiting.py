"""How long a reader waits: for the explorers in view, and from a key press to its answer."""

from __future__ import annotations

import json
import re
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from benchmarks.explorers import Case
from tools.widget_page import STATE, VIEW, open_page

WINDOW = {"width": 1280, "height": 900}
PRESSES = 120
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
WATCH_KEYS = """() => {
  window.waits = [];
  addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => waits.push(performance.now() - timeStamp);
    channel.port2.postMessage(0);
  }), true);
}"""
SLIDER = """name => [...document.querySelectorAll("input[type=range]")].find((input) =>
  input.offsetParent && (input.ariaLabel ?? input.closest("label").textContent).startsWith(name))"""


def slow_down(page: Page, rate: float) -> None:
    """Have the page's processor run `rate` times slower."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})


def first_explorer(path: Path) -> str:
    """Return the name of the first explorer of a built page that has one, questions aside."""
    text = path.read_text("utf-8")
    tags = f'<script type="{re.escape(STATE)}">(.*?)</script>'
    states = {
        key: model["state"]
        for body in re.findall(tags, text, re.DOTALL)
        for key, model in json.loads(body)["state"].items()
    }
    for body in re.findall(f'<script type="{re.escape(VIEW)}">(.*?)</script>', text, re.DOTALL):
        state = states.get(json.loads(body)["model_id"], {})  # none where it needs a kernel
        if state.get("name") and "question" not in state["_anywidget_id"]:
            return str(state["name"])
    raise LookupError(f"{path.name} shows no explorer with a name")


def ready(browser: Browser, address: str, rate: float, rounds: int = 7) -> float:
    """Return the median ms from navigation start until the explorers in view answer."""
    times = []
    for _ in range(rounds):
        context = browser.new_context(viewport=WINDOW)
        page = context.new_page()
        slow_down(page, rate)
        page.add_init_script(WATCH_READY)
        page.goto(address)
        page.wait_for_selector("[data-explorer][data-ready]")
        page.wait_for_timeout(300)
        times.append(page.evaluate(READY))
        context.close()
    return statistics.median(times)


def control_of(page: Page, case: Case) -> tuple[Locator, tuple[str, str]]:
    """Return what is moved, and the keys that move it there and back."""
    if case.keys:
        return page.locator(case.control).first, case.keys
    if case.is_cell:
        grid = page.locator(f'[role=grid][aria-label="{case.control}"]')
        return grid.locator("[role=gridcell]").first, ("PageUp", "PageDown")
    found = page.evaluate_handle(SLIDER, case.control).as_element()
    if found is None:
        raise LookupError(f"{case.name}: there is no slider {case.control!r}")
    found.evaluate("input => input.setAttribute('data-moved', '')")
    middle = "input => { input.value = (Number(input.min) + Number(input.max)) / 2 }"
    found.evaluate(middle)
    return page.locator("[data-moved]"), ("ArrowRight", "ArrowLeft")


def answer(browser: Browser, case: Case, rate: float) -> tuple[float, float]:
    """Return median and 95th percentile, in ms, from a key press to the frame that answers it.

    The wait for the next frame, up to 16 ms, is part of both.
    """
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    with tempfile.TemporaryDirectory() as folder:
        open_page(page, Path(folder), [case.kind(name="measured", **case.settings)])
        control, keys = control_of(page, case)
        control.focus()
        page.keyboard.press(keys[0])
        page.wait_for_timeout(500)
        slow_down(page, rate)
        page.evaluate(WATCH_KEYS)
        for press in range(PRESSES):
            page.keyboard.press(keys[1 - press % 2])
            page.wait_for_timeout(40 + press % 17)  # so that presses fall anywhere in a frame
        waits = sorted(page.evaluate("waits"))
    context.close()
    if len(waits) < PRESSES * 0.9:
        raise RuntimeError(f"{case.name}: only {len(waits)} of {PRESSES} key presses were seen")
    return statistics.median(waits), waits[int(0.95 * len(waits))]
