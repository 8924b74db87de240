"""SignalExplorer in a real browser: held to the reference, by mouse, finger and keyboard."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from cnnlib.explorers import SignalExplorer
from tools.widget_page import grid_values, open_page, run_python

F, G = SignalExplorer().f, SignalExplorer().g
OPERATIONS, MODES = ("convolve", "correlate", "autocorrelate"), ("full", "same", "valid")
DRUM: dict[str, Any] = {"f": [2, 0, 1], "g": [4, 2, 1], "lag": 2}
UPDATE = "s => (e => (e.update(s), e.answer()))(document.querySelector('[data-explorer]'))"


@pytest.fixture(autouse=True)
def _without_errors(page: Any) -> Any:
    """Fail a test during which the page threw or logged anything."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield
    assert errors == []


def start(page: Any, tmp_path: Path, query: str = "", theme: str = "light", **settings: Any) -> Any:
    """Open a page with one explorer; return where it writes the sum out."""
    open_page(page, tmp_path, [SignalExplorer(name="s", **settings)], query, theme=theme)
    return page.locator(".cnn-arithmetic")


def values(page: Any, grid: str) -> list[float]:
    """Return the values of a grid, once the next frame is drawn."""
    page.evaluate("new Promise(requestAnimationFrame)")
    return grid_values(page, grid)[0]


def agrees(page: Any, f: list[float], g: list[float]) -> None:
    """Assert what the signals are, and that the output is their convolution."""
    assert (values(page, "input"), values(page, "kernel")) == (f, g)
    np.testing.assert_allclose(values(page, "output"), np.convolve(f, g), atol=1e-6)


def middle(page: Any, selector: str, index: int = 0) -> tuple[float, float]:
    box = page.locator(selector).nth(index).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arithmetic = start(page, tmp_path)
    for number in range(162):
        f, g = (rng.normal(0, 2, rng.integers(1, 25)).round(2).tolist() for _ in "fg")
        operation, mode = OPERATIONS[number % 3], MODES[number // 3 % 3]
        state = {"f": f, "g": g, "operation": operation, "mode": mode, "lag": number % 47}
        explorer = SignalExplorer(**state)
        expected = explorer.result("reference")
        np.testing.assert_allclose(page.evaluate(UPDATE, state), expected, atol=1e-10)
        np.testing.assert_allclose(grid_values(page, "output")[0], expected, rtol=1e-5, atol=1e-5)
        # the sum that is written out: the sample it names, its pairs, and what they add up to
        index, flips = min(number % 47, len(expected) - 1), operation == "convolve"
        lag, other = explorer._start() + index, dict(enumerate(explorer._kernel()))
        js = [lag - m if flips else m - lag for m in range(len(f))]
        pairs = [(a, other[j]) for a, j in zip(f, js, strict=True) if j in other]
        name, _, terms, value = arithmetic.text_content().replace("\u2212", "-").split(" = ")
        assert name == (f"output[{lag}]" if flips else f"output at lag {lag}")
        assert [tuple(map(float, term.split("×"))) for term in terms.split(" + ")] == pairs
        assert float(value) == pytest.approx(expected[index], abs=1e-4)


def test_the_drum_example_is_written_out_and_as_polynomials(page: Any, tmp_path: Path) -> None:
    arithmetic = start(page, tmp_path, **DRUM)
    assert values(page, "output") == [8, 4, 6, 2, 1]
    expect(arithmetic).to_have_text("output[2] = Σ f[m] · g[2 − m] = 2×1 + 0×2 + 1×4 = 6")
    assert page.locator(".cnn-product-label").all_text_contents() == ["2", "0", "4"]
    assert "values from 1 to 8. Here, output[2] = 6." in page.locator(".cnn-summary").inner_text()
    lines = page.get_by_role("group", name="polynomial product").locator("p")
    expect(lines).to_have_count(0)
    page.get_by_label("as polynomials").check()
    texts = ["f(x) = 2 + x2", "g(x) = 4 + 2x + x2", "f(x) g(x) = 8 + 4x + 6x2 + 2x3 + x4"]
    expect(lines).to_have_text([*texts, "The marked term: (2)(x2) + (0x)(2x) + (x2)(4) = 6x2"])
    page.get_by_label("cross-correlation").check()
    page.get_by_label("valid", exact=True).check()
    expect(arithmetic).to_have_text("output at lag 0 = Σ f[m] · g[m] = 2×4 + 0×2 + 1×1 = 9")
    expect(lines.nth(1)).to_have_text("g(1/x) = 4 + 2x−1 + x−2")
    expect(lines.nth(2)).to_have_text("f(x) g(1/x) = 2x−2 + 4x−1 + 9 + 2x + 4x2")
    expect(page.locator(".cnn-left-out")).to_have_text(["2x−2", "4x−1", "2x", "4x2"])


def test_a_mouse_drags_stems_and_what_slides(page: Any, tmp_path: Path) -> None:
    arithmetic = start(page, tmp_path)
    x, y = middle(page, ".cnn-grip", 1)
    page.mouse.move(x, y)
    page.mouse.down()
    for down, value in ((0, 3.0), (22, 1.0), (500, -4.0), (-500, 4.0), (11, 2.0)):
        page.mouse.move(x, y + down, steps=3)
        agrees(page, [F[0], value, *F[2:]], G)
    page.mouse.up()
    x, y = middle(page, ".cnn-kernel .cnn-grip")
    page.mouse.click(x, y + 33)  # beside the head, which comes to the pointer
    agrees(page, [F[0], 2, *F[2:]], [0, *G[1:]])
    x, y = middle(page, ".cnn-card")
    column = page.locator(".cnn-slide").bounding_box()["width"] / 12
    page.mouse.move(x, y)
    page.mouse.down()
    for columns, sample in ((2, 2), (40, 9), (5, 5)):
        page.mouse.move(x + columns * column, y, steps=3)
        expect(arithmetic).to_contain_text(f"output[{sample}] = Σ")
        assert middle(page, ".cnn-card") == pytest.approx((x + sample * column, y), abs=1)
    page.mouse.up()
    for place in (".cnn-stem.cnn-output circle", "[aria-label=output] [role=gridcell]"):
        for point, sample in ((middle(page, place, 4), 4), ((1, 1), 5)):  # a look, and back
            page.mouse.move(*point)
            expect(arithmetic).to_contain_text(f"output[{sample}] = Σ")


def test_a_finger_drags_a_stem_and_what_slides(page: Any, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 1600})
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    arithmetic = start(page, tmp_path)

    def drag(x: float, y: float, right: float, down: float) -> None:
        for step, kind in enumerate(["touchStart", *["touchMove"] * 5, "touchEnd"]):
            point = {"x": x + right * step / 5, "y": y + down * step / 5}
            points = [] if kind == "touchEnd" else [point]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = middle(page, ".cnn-grip", 2)
    drag(x, y + 30, 0, 22)  # beside the head a finger scrolls
    agrees(page, F, G)
    drag(x, y, 0, 22)
    agrees(page, [*F[:2], 0, *F[3:]], G)
    column = page.locator(".cnn-slide").bounding_box()["width"] / 12
    drag(*middle(page, ".cnn-card"), 3 * column, 0)
    expect(arithmetic).to_contain_text("output[3] = Σ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_keyboard_alone_does_everything(page: Any, tmp_path: Path) -> None:
    arithmetic = start(page, tmp_path)

    def tab() -> Any:
        page.keyboard.press("Tab")
        return page.evaluate("document.activeElement.closest('[role=grid]')?.ariaLabel")

    def press_in(grid: str, *keys: str) -> None:
        assert grid in (tab() for _ in range(40))
        for key in keys:
            page.keyboard.press(key)
            page.evaluate("new Promise(requestAnimationFrame)")

    press_in("input", "ArrowRight", "ArrowRight", "Home")  # leaves no second tab stop behind
    assert [stop for stop in iter(tab, "output") if stop] == ["kernel"]
    assert tab() is None
    press_in("input", "ArrowRight", *"-2.5", "Enter", "PageUp", "PageUp", "End", "PageDown")
    agrees(page, [1, -1.5, *F[2:7], 0.5], G)
    press_in("kernel", "Delete", "ArrowRight", *"7", "Escape", "End", "PageUp")
    press_in("output", "ArrowRight", "ArrowRight", *"5")
    expect(arithmetic).to_contain_text("output[2] = Σ")
    agrees(page, [1, -1.5, *F[2:7], 0.5], [0, 2, 1.5])


@pytest.mark.parametrize(("motion", "turns"), [("no-preference", 1), ("reduce", 0)])
def test_slider_and_play_slide_it(page: Any, tmp_path: Path, motion: str, turns: int) -> None:
    page.emulate_media(reduced_motion=motion)
    arithmetic = start(page, tmp_path, **DRUM)
    track = page.get_by_role("slider", name="Slide to")
    track.fill("4")
    expect(arithmetic).to_contain_text("output[4] = Σ")
    track.press("ArrowLeft")
    expect(arithmetic).to_contain_text("output[3] = Σ")
    page.clock.install(time=0)
    page.clock.pause_at(1)
    for press, samples in (("Play", (4, 0, 1, 2)), ("Pause", (2, 2))):
        page.get_by_role("button", name=press).click()
        for sample in samples:
            page.clock.run_for(705 if sample != 4 else 30)
            expect(arithmetic).to_contain_text(f"output[{sample}] = Σ")
    page.get_by_label("cross-correlation").check()
    page.clock.run_for(30)
    assert page.locator(".cnn-copy").evaluate("el => el.getAnimations().length") == turns


def test_presets_keep_their_form_at_another_length(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, f=[1, 2])
    preset = page.get_by_label("Signal g")

    def resize(n: int) -> list[float]:
        page.get_by_label("length of g").fill(str(n))
        page.keyboard.press("Enter")
        return values(page, "kernel")

    m = np.arange(9)
    forms = {"ramp": (m + 1) / 9, "exponential": 0.7**m, "sine": np.sin(np.pi * m / 4)}
    for name, form in {**forms, "box": np.ones(9), "impulse": np.eye(9)[4]}.items():
        preset.select_option(name)
        resize(6)
        assert resize(9) == form.round(2).tolist()
        expect(preset).to_have_value(name)
    preset.select_option("random")
    drawn = values(page, "kernel")
    assert {2 * value for value in drawn} <= set(range(-4, 5))
    assert resize(11) == resize(25) == [*drawn, 0, 0]
    expect(page.get_by_role("alert")).to_have_text("length: 25 is outside 1 to 24")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_bands_choose_the_mode(page: Any, tmp_path: Path, operation: str) -> None:
    arithmetic = start(page, tmp_path, operation=operation, lag=7)
    name = arithmetic.inner_text().split(" = ")[0]
    for mode in ("same", "full", "valid"):
        page.locator(f".cnn-mode[data-mode={mode}]").click()
        expected = SignalExplorer(operation=operation, mode=mode).result("reference")
        assert values(page, "output") == expected.tolist()
        assert arithmetic.inner_text().split(" = ")[0] == name  # the same sample
        expect(page.get_by_label(mode, exact=True)).to_be_checked()
        for index in (0, -1):  # the output's cells stand below its stems
            stem = middle(page, ".cnn-stem.cnn-output:not(.cnn-dropped) circle", index)
            cell = middle(page, "[aria-label=output] [role=gridcell]", index)
            assert stem[0] == pytest.approx(cell[0], abs=1.5)
    alone = operation == "autocorrelate"  # which leaves g out
    expect(page.get_by_role("grid", name="kernel")).to_be_visible(visible=not alone)
    assert (page.evaluate(UPDATE, {"g": [7, -3, 2]}) == expected.tolist()) == alone


def test_illegal_text_and_links_are_named_and_nothing_is_lost(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    alert = page.get_by_role("alert")
    page.locator("[aria-label=kernel] [role=gridcell]").nth(1).focus()
    for text in ("two", " ", "1e999"):
        for key in ("Enter", *text, "Enter"):
            page.keyboard.press(key)
        expect(alert).to_contain_text(f'"{text}" is not a number; type one')
        agrees(page, F, G)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    agrees(page, F, [3, 5, 1])
    expect(alert).to_be_hidden()
    start(page, tmp_path, f"?explorer=s&f=1,x&g={'1,' * 24}1&operation=fold&mode=same&lag=99")
    assert alert.inner_text().startswith('Part of this link was not used. f: "x" is not a number;')
    for part in ("g: 25 numbers given", 'operation: "fold" is not one of', "lag: 99 is outside"):
        expect(alert).to_contain_text(part)
    assert values(page, "output") == SignalExplorer(mode="same").result("reference").tolist()


def test_in_the_dark_its_python_gives_what_is_shown(page: Any, tmp_path: Path) -> None:
    arithmetic = start(page, tmp_path, theme="dark", polynomial=True)
    for role, hue in (("i", "108, 184, 240"), ("k", "242, 154, 208"), ("o", "95, 211, 165")):
        expect(arithmetic.locator(f".cnn-{role}").first).to_have_css("color", f"rgb({hue})")
    signals = [[0.1, -2, 1e-7, 4e6, 0.5], [3, 1 / 3]]
    for operation, mode, (f, g) in product(OPERATIONS, MODES, (signals, signals[::-1])):
        shown = page.evaluate(UPDATE, {"f": f, "g": g, "operation": operation, "mode": mode})
        printed = [array for (array,) in run_python(page)["printed"]]
        assert [type(array) for array in printed] == [np.ndarray, torch.Tensor]
        for array in printed:
            np.testing.assert_allclose(array, shown, rtol=1e-12, atol=1e-9)


def test_a_link_reopens_the_state_and_reset_the_first(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page, tmp_path, **DRUM)
    body = page.locator(".cnn-body")
    first = body.inner_text()
    state = {"f": [0.1, -2, 1e-7, 0], "g": [4, 5], "operation": "correlate", "mode": "same"}
    answer = page.evaluate(UPDATE, {**state, "lag": 3, "polynomial": True})
    shown = body.inner_text()
    assert all(part in shown for part in ("output at lag 2 =", "The marked term"))
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    page.get_by_role("button", name="Reset").click()
    agrees(page, DRUM["f"], DRUM["g"])
    assert body.inner_text() == first
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    page.wait_for_selector("[data-ready]")
    assert (page.evaluate(UPDATE, {}), body.inner_text()) == (answer, shown)
