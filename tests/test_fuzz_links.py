"""Five thousand broken links, opened in a browser: each is explained, and none does any harm."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.book_pages import Watch
from tests.fuzz_links import broken_link
from tests.fuzz_states import EXPLORERS, disagreement
from tools.widget_page import open_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("fuzz_page.js")
COSTLY = {"augmentation": 100, "photograph": 70, "network": 150, "classifier": 150}
USUAL = 380
"""How many links each explorer opens; the costly ones, fewer."""
COMPARED = 30
"""How many of each explorer's answers are compared with Python's: those after the first few."""


def start(page: Page, folder: Path, name: str) -> Watch:
    """Open a page with one explorer and the script that opens links; return a watch over it."""
    cls, given = EXPLORERS[name]
    open_page(page, folder, [cls(name=name, **given)])
    watch = Watch(page)
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    return watch


def test_five_thousand_links_are_opened() -> None:
    assert sum(COSTLY.get(name, USUAL) for name in EXPLORERS) >= 5000


@pytest.mark.parametrize("name", EXPLORERS)
def test_broken_links_do_no_harm(name: str, page: Page, tmp_path: Path) -> None:
    rng = random.Random(f"links to {name}")
    queries = [broken_link(rng, name) for _ in range(COSTLY.get(name, USUAL))]
    asked = sorted(rng.sample(range(len(queries)), COMPARED))
    watch = start(page, tmp_path, name)
    opened = page.evaluate("([queries, asked]) => fuzzLinks(queries, asked)", [queries, asked])
    refused = 0
    for at, (query, seen) in enumerate(zip(queries, opened, strict=True)):
        told = f"{query[:300]}: {(seen['told'] or '')[:300]}"
        assert seen["alive"], told
        assert seen["finite"], told
        assert seen["markup"] == 0, told
        assert len(seen["told"] or "") < 1500, told
        refused += seen["told"] is not None
        if at in asked:
            assert disagreement(name, seen["state"], seen["answer"], seen["told"]) == "", told
    assert len(queries) / 10 < refused < len(queries)
    assert watch.complaints == []
    assert watch.requests == []


@pytest.mark.parametrize("name", ["convolution", "field", "layer"])
def test_a_page_opened_by_a_broken_link_lives(name: str, page: Page, tmp_path: Path) -> None:
    rng = random.Random(f"pages of {name}")
    cls, given = EXPLORERS[name]
    watch = Watch(page)
    explorer = cls(name=name, **given)
    for _ in range(10):
        query = broken_link(rng, name)
        open_page(page, tmp_path, [explorer], query)
        page.get_by_role("button", name="Reset").click()
        answer: Any = page.evaluate("document.querySelector('[data-explorer]').answer()")
        assert len(answer) == explorer.result().size, query
    assert watch.complaints == []


HARMFUL = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]


def test_names_that_every_object_has_are_no_settings(page: Page, tmp_path: Path) -> None:
    cls, _ = EXPLORERS["convolution"]
    query = "&".join(f"{key}=1" for key in HARMFUL)
    open_page(page, tmp_path, [cls(name="convolution")], f"?explorer=convolution&{query}&stride=2")
    assert page.get_by_role("alert").first.is_hidden()
    assert page.evaluate("[({}).constructor === Object, Object.keys(Object.prototype).length]") == [
        True,
        0,
    ]
    shown = page.evaluate("document.querySelector('[data-explorer]').answer()")
    assert shown == cls(stride=2).result().ravel().tolist()


def test_a_text_that_never_ends_is_refused_and_cut_short(page: Page, tmp_path: Path) -> None:
    start(page, tmp_path, "convolution")
    long = ["kernel=" + "1" * 60_000, "operation=" + "x" * 40_000]
    queries = [f"?explorer=convolution&{one}" for one in long]
    first, second = page.evaluate("(queries) => fuzzLinks(queries, [])", queries)
    assert "kernel: 60000 characters are too many; at most 50000 are read." in first["told"]
    assert f'operation: "{"x" * 60}…" is not one of correlate, convolve.' in second["told"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("nn.Conv2d(constructor=1)", "Conv2d has no argument constructor; it has in_channels, "),
        ("nn.Conv2d(toString, 1, 1)", "toString is a name, and what it stands for is not known"),
        ("nn.Conv2d(__proto__, 1, 1)", "__proto__ is a name, and what it stands for is not known"),
        (f"nn.Conv2d({'(' * 600}", "610 characters are too many; at most 500 are read"),
        (f"nn.Conv2d({'(' * 400}", "a bracket ( is never closed"),
    ],
)
def test_a_hostile_call_is_explained(call: str, told: str, page: Page, tmp_path: Path) -> None:
    start(page, tmp_path, "layer")
    field = page.get_by_role("textbox", name="The call")
    field.fill(call)
    field.press("Enter")
    page.get_by_role("alert").filter(has_text=told).first.wait_for()
