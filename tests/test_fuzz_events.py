"""Ten thousand random events, by a seed: no error, no dead explorer, no wrong value."""

from __future__ import annotations

import os
import random
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.book_pages import CHAPTERS, Watch, settle
from tests.fuzz_states import EXPLORERS, disagreement
from tests.test_fuzz_links import start

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVENTS = 620
"""Of each explorer, made within its page; another seed by the environment variable FUZZ_SEED."""
BATCHES = 20
"""After each of these, what the page shows is compared with Python."""
BY_HAND = 40
"""Events of the browser's own mouse and keyboard on each page of the book."""
SEED = int(os.environ.get("FUZZ_SEED", "1"))
KEYS = ["Tab", "Shift+Tab", "ArrowDown", "ArrowRight", "ArrowLeft", "Space", "Home", "PageUp"]
KEYS += ["Escape", "Backspace", "Delete", "5", "-", "x"]


def test_ten_thousand_events_are_sent() -> None:
    assert len(EXPLORERS) * EVENTS + len(CHAPTERS) * BY_HAND >= 10_000


@pytest.mark.parametrize("name", EXPLORERS)
def test_random_events_leave_an_explorer_alive_and_right(
    name: str, page: Page, tmp_path: Path
) -> None:
    seed = zlib.crc32(name.encode()) + SEED
    watch = start(page, tmp_path, name)
    page.evaluate("(seed) => fuzzStart(seed)", seed)
    shown = 0
    for batch in range(BATCHES):
        seen: Any = page.evaluate("(count) => fuzzEvents(count)", EVENTS // BATCHES)
        last = f"seed {seed}, batch {batch}, state {seen['state']}, the last: {seen['log']}"
        assert watch.complaints == [], last
        wrong = disagreement(name, seen["state"], seen["answer"], seen["told"])
        assert wrong == "", f"{wrong}; {last}"
        shown += seen["answer"] is not None
    assert watch.requests == []
    assert shown >= BATCHES / 4
    page.evaluate("() => fuzzStart(0)")
    assert page.evaluate("() => fuzzEvents(1)")["answer"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_hands_leave_a_page_of_the_book_alive(name: str, page: Page, book_url: str) -> None:
    rng = random.Random(f"{name} {SEED}")
    watch = Watch(page)
    page.goto(book_url + name)
    settle(page)
    alive = "[...document.querySelectorAll('[data-explorer]')].filter((one) => one.answer()).length"
    whole = page.evaluate(alive)
    explorers = page.locator("[data-explorer]")
    done = []
    for _ in range(BY_HAND // 8):
        explorer = explorers.nth(rng.randrange(explorers.count()))
        explorer.scroll_into_view_if_needed()
        box = explorer.bounding_box()
        assert box
        top, bottom = max(box["y"], 70), min(box["y"] + box["height"], 890)
        x, y = rng.uniform(box["x"], box["x"] + box["width"]), rng.uniform(top, bottom)
        done.append((round(x), round(y), explorer.get_attribute("data-explorer")))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + rng.uniform(-40, 40), y + rng.uniform(-40, 40), steps=2)
        page.mouse.up()
        page.mouse.wheel(0, rng.uniform(-50, 50))
        for _ in range(3):
            key = rng.choice(KEYS)
            done.append(key)
            page.keyboard.press(key)
    assert watch.complaints == [], done
    assert page.url.startswith(book_url + name), done
    for reset in page.locator("[data-explorer] .cnn-bar").get_by_text("Reset", exact=True).all():
        reset.evaluate("(button) => button.click()")
    assert page.evaluate(alive) == whole == explorers.count(), done
    assert watch.complaints == [], done
    assert watch.strangers(book_url) == []
