"""NetworkBuilder's links, legal and not, and what axe-core says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from book_pages import violations
from builder_states import ANSWER, SMALL, layers, random_settings, start
from playwright.sync_api import expect

from cnnlib.explorers import NetworkBuilder
from cnnlib.explorers._builder_presets import PRESETS


def test_a_link_reopens_the_state(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page, tmp_path)
    rng = np.random.default_rng(8)
    for _ in range(4):
        settings = random_settings(rng)
        shown = page.evaluate(ANSWER, {**settings, "code": "keras"})
        page.get_by_role("button", name="Copy link").click()
        page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
        link = page.evaluate("navigator.clipboard.readText()")
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_selector("[data-ready]")
        assert page.evaluate(ANSWER, None) == shown
        assert page.get_by_label("Keras").is_checked()


ILLEGAL = [
    (
        "layers=conv4k3,<img src=x onerror=alert(1)>",
        'layers: "<imgsrc=xonerror=alert(1" is no layer',
    ),
    ("layers=conv99999k3", 'layers: "conv99999k3" lacks its channels, 1 to 4096'),
    ("layers=convk3", 'layers: "convk3" lacks its channels'),
    ("layers=conv8", 'layers: "conv8" lacks its kernel, such as k3'),
    ("layers=conv8k3s99", 'layers: "conv8k3s99": the stride must be 1 to 64'),
    ("layers=conv8k3k3", 'layers: "conv8k3k3" gives the kernel twice'),
    ("layers=conv8k3g2x2", 'layers: "conv8k3g2x2": the groups is one number'),
    ("layers=maxk2d2", 'layers: "maxk2d2": max pooling has no dilation'),
    ("layers=relu4", 'layers: "relu4": ReLU takes no number'),
    ("layers=one-relu", 'layers: "one-relu": layers have no names of their own'),
    ("layers=one-(relu~)", 'layers: "one-": layers have no names of their own'),
    ("layers=__proto__", 'layers: "__proto__" is no layer'),
    ("layers=(relu", 'layers: "(relu" lacks its )'),
    ("layers=" + "relu," * 149 + "relu", "layers: 150 layers are too many; at most 149"),
    ("layers=" + "(" * 9000, "layers: 9000 characters are too many; at most 8000"),
    ("input_shape=0x8x8", 'input_shape: "0x8x8" is no input'),
    ("input_shape=8", 'input_shape: "8" is no input; write channels, rows and columns such as'),
    ("batch_size=1e9&code=jax", 'code: "jax" is not one of torch, keras'),
]
"""What a link might say, and what the page says to it."""


def test_what_is_not_legal_in_a_link_is_named(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, **SMALL)
    home = page.url
    expected = NetworkBuilder(**SMALL).result().tolist()
    for query, message in ILLEGAL:
        page.goto("about:blank")
        page.goto(f"{home}?explorer=net&{query}&layer=2")
        page.wait_for_selector("[data-ready]")
        expect(page.get_by_role("alert")).to_contain_text(message)
        assert page.evaluate(ANSWER, None) == expected


def test_a_link_to_a_mistake_opens_it(page: Any, tmp_path: Path) -> None:
    query = "?explorer=net&layers=conv16k3,relu,linear10&input_shape=3x9x9"
    start(page, tmp_path, query, **SMALL)
    expect(page.get_by_role("alert")).to_contain_text("linear: it takes a vector, and is given")
    assert page.locator(".cnn-build-row").count() == 4
    page.get_by_role("button", name="Insert flatten").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert layers(page) == "conv16k3,relu,flatten,linear10"


def test_the_largest_network_is_counted_exactly(page: Any, tmp_path: Path) -> None:
    text = ",".join(["conv4096k64p32"] * 30)
    start(page, tmp_path, layers=text, input_shape=[1024, 512, 512], batch_size=1024)
    explorer = NetworkBuilder(layers=text, input_shape=[1024, 512, 512], batch_size=1024)
    shown = np.array(page.evaluate(ANSWER, None), dtype=float)
    np.testing.assert_array_equal(shown, explorer.result("torch"))
    macs = explorer.rows()[1].macs
    assert macs > 2**53
    expect(page.locator(".cnn-col-macs").nth(2)).to_have_text(f"{macs:,}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(theme: str, width: int, browser: Any, tmp_path: Path) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        start(page, tmp_path, theme=theme, **SMALL)
        states: list[dict[str, Any]] = [
            {"layers": "conv4k3,bn,conv4k3,linear10,softmax", "layer": 1},
            {
                key: PRESETS["ResNet basic block that halves"][key]
                for key in ("input_shape", "layers")
            },
            {**{key: PRESETS["VGG16"][key] for key in ("input_shape", "layers")}, "layer": 3},
        ]
        for settings in states if (width, theme) != (1280, "dark") else states[:2]:
            page.evaluate(ANSWER, settings)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
