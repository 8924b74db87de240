"""RegularizationExplorer in a real browser: its numbers held to Python's, and ways to choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from book_pages import violations
from playwright.sync_api import expect
from scipy import stats
from sweep_states import make_sweep, random_state

from cnnlib import datasets
from cnnlib.explorers import _sweep_numbers
from cnnlib.explorers.regularization import RegularizationExplorer
from tools.widget_page import open_page, run_python

SWEEP = make_sweep()
RUNS = {each["id"]: each["sizes"] for each in SWEEP["settings"]}
UPDATE = "s => { const e = document.querySelector('[data-explorer]'); e.update(s); }"
ANSWER = "document.querySelector('[data-explorer]').answer()"


@pytest.fixture(autouse=True)
def _small_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sweep_numbers, "load", make_sweep)


def accuracy(setting: str, size: int) -> np.ndarray:
    return np.array(RUNS[setting][str(size)]["test_accuracy"])


def epochs_of(state: dict[str, Any]) -> list[int]:
    epochs: list[int] = SWEEP["epochs"][str(state["size"])]
    return epochs


def by_scipy(values: np.ndarray) -> tuple[float, float]:
    """Return the mean and the half width of its 95 % interval, as SciPy has them."""
    low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    return float(values.mean()), float(high - low) / 2


def start(page: Any, folder: Path, query: str = "", theme: str = "light", **how: Any) -> Any:
    open_page(page, folder, [RegularizationExplorer(name="r", **how)], query, theme=theme)
    return page.locator("[data-explorer]")


def present(page: Any) -> tuple[str, str, str]:
    """Return A's setting and B's, and the epoch, as the page says them once it has answered."""
    page.evaluate(ANSWER)
    letters = {
        dot.get_attribute("data-letter"): dot.get_attribute("data-setting")
        for dot in page.locator(".cnn-reg-one[data-letter]:not([data-letter=''])").all()
    }
    epoch = page.get_by_role("slider", name="Epoch").get_attribute("aria-valuetext")
    return letters["A"], letters.get("B", ""), epoch


def test_a_hundred_random_states_agree_with_python(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    start(page, tmp_path)
    for _ in range(100):
        state = random_state(SWEEP, rng)
        expected = RegularizationExplorer(**state).result()
        page.evaluate(UPDATE, state)
        np.testing.assert_allclose(page.evaluate(ANSWER), expected, rtol=1e-10, atol=1e-12)
        mean, half = by_scipy(accuracy(state["setting"], state["size"]))
        words = f"{100 * mean:.1f} % (95 % interval {100 * (mean - half):.1f} to"
        assert words in page.locator(".cnn-summary").inner_text()


def test_every_number_against_its_definition() -> None:
    state = {"setting": "l2=0.01", "against": "dropout=0.5", "band": "interval"}
    answer = RegularizationExplorer(**state).result()
    run, epochs = RUNS["l2=0.01"]["100"], 5
    (train, sd), (validation, _) = run["train_loss"], run["validation_loss"]
    half = np.array(sd) * stats.t.ppf(0.975, 5) / 6**0.5
    np.testing.assert_allclose(answer[:5], train)
    np.testing.assert_allclose(answer[5:10], train - half)
    np.testing.assert_allclose(answer[10:15], train + half)
    np.testing.assert_allclose(answer[30:35], np.subtract(validation, train))
    tail = answer[35 : 35 + len(run["histogram"]) + 6]
    own, base = accuracy("l2=0.01", 100), accuracy("none", 100)
    expected = [*run["histogram"], run["near_zero"], np.median(run["best_epoch"])]
    np.testing.assert_allclose(tail, [*expected, *by_scipy(own), *by_scipy(own - base)])
    between = 2 * (7 * epochs + 3 + 6)
    other = accuracy("dropout=0.5", 100)
    np.testing.assert_allclose(answer[between : between + 2], by_scipy(own - other))
    assert len(answer) == between + 2 + 4 * len(SWEEP["settings"])
    np.testing.assert_allclose(RegularizationExplorer(**state).result("torch"), answer)


def test_curves_end_where_fewer_than_two_runs_go_on(page: Any, tmp_path: Path) -> None:
    state = {"setting": "early_stopping=2", "metric": "accuracy", "epoch": 4}
    answer = RegularizationExplorer(**state).result()
    sd = RUNS["early_stopping=2"]["100"]["train_accuracy"][1]
    halves = [stats.t.ppf(0.975, n - 1) / n**0.5 * s for n, s in zip((6, 6, 3), sd, strict=False)]
    np.testing.assert_allclose(answer[6:9] - answer[:3], halves)
    root = start(page, tmp_path, **state)
    row = root.locator(".cnn-reg-numbers tbody tr").nth(3)
    expect(row.locator("td").first).not_to_have_text("–")
    root.get_by_role("slider", name="Epoch").press("End")
    expect(row.locator("td").first).to_have_text("–")
    expect(row.locator("td").nth(1)).not_to_have_text("–")


def test_keys_choose_a_dot_and_an_epoch(page: Any, tmp_path: Path) -> None:
    root = start(page, tmp_path, setting="l2=0.01", against="none")
    assert present(page) == ("l2=0.01", "none", "epoch 16")
    root.get_by_role("radio", name="l2 0.01:").focus()
    page.keyboard.press("ArrowDown")
    assert present(page)[0] == "l2=0.1"
    assert page.evaluate("document.activeElement.dataset.setting") == "l2=0.1"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert present(page)[0] == "pooling=none"
    assert root.locator(".cnn-reg-one[tabindex='0']").count() == 1
    root.get_by_role("slider", name="Epoch").press("ArrowLeft")
    assert present(page)[2] == "epoch 8"
    value = RUNS["pooling=none"]["100"]["validation_loss"][0][3]
    expect(root.locator(".cnn-live-text[aria-live]")).to_contain_text(
        f"at epoch 8 training loss {RUNS['pooling=none']['100']['train_loss'][0][3]:.3f}, "
        f"validation loss {value:.3f}"
    )
    root.get_by_text("The curves as a table").click()
    expect(root.locator("tr[aria-current] th").first).to_have_text("8")


def test_a_mouse_chooses_the_nearest_dot_and_drags_the_epoch(page: Any, tmp_path: Path) -> None:
    root = start(page, tmp_path, setting="none")
    mark = root.locator('[data-setting="l2=0.001"] .cnn-reg-mark').bounding_box()
    page.mouse.click(mark["x"] + 3, mark["y"] + 6)
    assert present(page)[0] == "l2=0.001"
    mean, _ = by_scipy(accuracy("l2=0.001", 100))
    expect(root.locator(".cnn-reg-pointed")).to_contain_text(f"l2 0.001: {100 * mean:.1f} %")
    box = root.locator(".cnn-reg-curves svg[role=img]").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 4.2 / 16, box["y"] + 60, steps=3)
    page.mouse.up()
    assert present(page)[2] == "epoch 4"


def test_a_finger_chooses_on_a_phone(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    root = start(page, tmp_path, setting="none")
    mark = root.locator('[data-setting="dropout=0.5"] .cnn-reg-mark')
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.touchscreen.tap(box["x"] + 3, box["y"] + 3)
    assert present(page)[0] == "dropout=0.5"
    plot = root.locator(".cnn-reg-curves svg[role=img]")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.5, box["y"] + 80)
    assert present(page)[2] == "epoch 8"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_only_what_was_run_is_offered(page: Any, tmp_path: Path) -> None:
    root = start(page, tmp_path, setting="l2=0.1", against="none")
    strength = root.get_by_label("A: strength")
    offered = strength.locator("option")
    expect(offered).to_have_text(["l2 0.001", "l2 0.01", "l2 0.1"])
    root.get_by_label("1,000").check()
    expect(root.get_by_role("alert")).to_contain_text("“l2=0.1” was not run with 1000")
    root.get_by_label("A: technique").select_option("l2")
    expect(offered).to_have_text(["l2 0.001", "l2 0.01"])
    assert present(page) == ("l2=0.001", "none", "epoch 9")
    expect(root.get_by_role("alert")).to_be_hidden()
    root.get_by_label("B: technique").select_option("")
    assert present(page)[1] == ""
    expect(root.locator(".cnn-reg-numbers thead th:visible")).to_have_count(1)
    expect(root.locator(".cnn-help", has_text="means of 6 runs (seeds 0 to 5)")).to_contain_text(
        "1000 training digits, 9 epochs unless stopped early"
    )
    few = RegularizationExplorer(techniques=["dropout"], setting="pooling=none")
    ids = [each["id"] for each in few._sweep["settings"]]
    assert ids == ["none", "dropout=0.25", "dropout=0.5", "pooling=none"]
    assert "seconds" not in few._sweep["settings"][0]["sizes"]["100"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("setting=l3", "No setting “l3” was run"),
        ("against=l2=9", "No setting “l2=9” was run"),
        ("size=300", "No training set of 300 digits was run: there are 100, 1000."),
        ("metric=f1", 'metric: "f1" is not one of loss, accuracy'),
        ("band=none", 'band: "none" is not one of sd, interval'),
        ("epoch=1.5", "epoch: 1.5 is not a whole number"),
    ],
)
def test_a_broken_link_is_explained(page: Any, tmp_path: Path, query: str, message: str) -> None:
    start(page, tmp_path, f"?explorer=r&{query}")
    expect(page.get_by_role("alert")).to_contain_text(message)


@pytest.mark.parametrize("seed", range(4))
def test_the_python_that_it_copies_prints_what_is_shown(
    page: Any, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "stored", {"sweep": SWEEP}.__getitem__)
    state = random_state(SWEEP, np.random.default_rng(seed))
    state |= {"setting": "early_stopping=2"} if seed == 0 else {}
    start(page, tmp_path, **state)
    names = run_python(page)
    shown = names["shown"][state["setting"]]
    mean, half = by_scipy(accuracy(state["setting"], state["size"]))
    assert shown["test accuracy"] == pytest.approx((mean, half))
    answer, epochs = page.evaluate(ANSWER), epochs_of(state)
    kept = 3 if state["setting"] == "early_stopping=2" else len(epochs)
    at = _sweep_numbers.place(epochs, state["epoch"])
    assert ("train" in shown) == (at < kept)
    if at < kept:
        train = (answer[at], answer[at + 2 * kept] - answer[at])
        assert shown["train"] == pytest.approx(train)
    if state["against"]:
        own, other = (accuracy(state[key], state["size"]) for key in ("setting", "against"))
        assert names["interval"](names["difference"]) == pytest.approx(by_scipy(own - other))
    changes = RUNS[state["setting"]][str(state["size"])]["changes"]
    changed = {"epochs": SWEEP["manifest"]["epochs"][str(state["size"])]}
    assert names["recipe"].changes() == SWEEP["base"] | changes | changed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_passes_axe_and_fits_a_phone(page: Any, tmp_path: Path, theme: str) -> None:
    start(page, tmp_path, theme=theme, setting="dropout=0.5")
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_python_tells_and_draws_the_state() -> None:
    explorer = RegularizationExplorer(setting="dropout=0.25", size=1000)
    own, base = accuracy("dropout=0.25", 1000), accuracy("none", 1000)
    (mean, half), (more, by) = by_scipy(own), by_scipy(own - base)
    points = [100 * value for value in (mean, half, more, by)]
    assert explorer.describe() == (
        "1000 training digits, 6 seeds: dropout 0.25: test accuracy {:.1f} ± {:.1f} %, "
        "{:+.1f} ± {:.1f} points over the baseline; no technique: test accuracy {:.1f} ± {:.1f} %"
    ).format(*points, *(100 * value for value in by_scipy(base)))
    assert explorer.picture().startswith(b"\x89PNG")
    axes = {each.get_label(): each for each in explorer.draw().axes}
    curves = {line.get_label(): line.get_ydata() for line in axes["left"].lines}
    stored = RUNS["dropout=0.25"]["1000"]["validation_loss"][0]
    np.testing.assert_allclose(curves["dropout 0.25: validation"], stored)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"setting": "x"}, r"setting must be one that was run with 100 digits: none, .* got 'x'"),
        ({"against": "x"}, "against must be one that was run with 100 digits"),
        ({"setting": "l2=0.1", "size": 1000}, "setting must be one that was run with 1000 digits"),
        ({"size": 300}, "size must be one of 100, 1000; got 300"),
        ({"techniques": ["x"]}, "techniques must be of none, l2, .*; got 'x'"),
    ],
)
def test_python_refuses_what_was_not_run(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RegularizationExplorer(**settings)
