"""ReceptiveFieldExplorer's links, legal and not, and what axe-core says of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from book_pages import violations
from field_states import ANSWER, SMALL, agrees, random_settings, start
from playwright.sync_api import expect

from cnnlib.explorers import ReceptiveFieldExplorer
from cnnlib.explorers._stack_presets import PRESETS
from tools.widget_page import open_page


def test_a_link_reopens_the_state(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page, tmp_path)
    rng = np.random.default_rng(8)
    for _ in range(4):
        settings = random_settings(rng)
        shown = page.evaluate(ANSWER, settings)
        page.get_by_role("button", name="Copy link").click()
        page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
        link = page.evaluate("navigator.clipboard.readText()")
        assert re.fullmatch(r"\S*\?[\w=&,.~()!*'-]*#explorer-field", link.replace("%2B", ""))
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_selector("[data-ready]")
        assert page.evaluate(ANSWER, None) == shown


ILLEGAL = [
    (
        "layers=k3,<img src=x onerror=alert(1)>",
        'layers: "<imgsrc=xonerror=alert(1" is no layer',
    ),
    ("layers=k99999999", 'layers: "k9999": the kernel must be 1 to 64'),
    ("layers=k3s99", 'layers: "k3s99": the stride must be 1 to 16'),
    ("layers=k3k3", 'layers: "k3k3" gives the kernel twice'),
    ("layers=(((((k3~)~)~)~)~)", "layers: branches are nested more than 4 deep"),
    ("layers=" + "k3p1," * 150 + "k3p1", "layers: 151 layers are too many; at most 149"),
    ("layers=" + "(" * 9000, "layers: 9000 characters are too many; at most 8000"),
    ("layers=(k3", 'layers: "(k3" lacks its )'),
    ("layers=k3)", 'layers: no branch is open that ")" could end'),
    ("layers=(k3)", 'layers: "(k3)" has 1 branches; 2 to 8 go between'),
    ("layers=a-k3,a-k3", 'layers: two layers are named "a"'),
    ("layers=__proto__-k3", 'layers: "__proto__-k3" is no layer'),
    ("input_size=0", "input_size: input: 0 is outside 1 to 512"),
    ("input_size=3x4x5", 'input_size: input: "3x4x5" is no size'),
    ("layer=1e9&show=all", 'layer: 1000000000 is outside -1 to 149; show: "all" is not one of'),
]
"""What a link might say, and what the page says to it."""


def test_what_is_not_legal_in_a_link_is_named(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL)
    home = page.url
    for query, message in ILLEGAL:
        page.goto("about:blank")
        page.goto(f"{home}?explorer=field&{query}&col=3")
        page.wait_for_selector("[data-ready]")
        expect(page.get_by_role("alert")).to_contain_text(message)
        assert agrees(page, **SMALL, col=3)


def test_a_link_cannot_keep_the_page_busy(page: Any, tmp_path: Path) -> None:
    layers = ",".join(["k64p32"] * 140)
    start(page, tmp_path, f"?explorer=field&layers={layers}&input_size=512&layer=140", **SMALL)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("million steps; a page does at most 300. Take fewer layers")
    assert page.locator(".cnn-fields tbody tr").count() == 141
    page.locator("tr", has_text="layer264×64").first.click()  # two layers are not too much
    expect(alert).to_be_hidden()
    expect(page.locator(".cnn-current .cnn-field-r")).to_have_text("127")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(theme: str, width: int, browser: Any, tmp_path: Path) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        explorer = ReceptiveFieldExplorer(name="field", **SMALL)
        open_page(page, tmp_path, [explorer], theme=theme)
        states: list[dict[str, Any]] = [
            {"layers": "k3,(k3~k2),k9"},
            {**PRESETS["seven samples, two kernels of 3"]},
            {**PRESETS["ResNet-18"], "show": "effective"},
        ]
        for settings in states if (width, theme) == (1280, "light") else states[2:]:
            page.evaluate(ANSWER, settings)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
