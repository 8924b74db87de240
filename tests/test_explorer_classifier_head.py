"""ClassifierHeadExplorer in a real browser: logits, loss and gradient, by mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from playwright.sync_api import expect

from cnnlib.explorers import ClassifierHeadExplorer
from tools.widget_page import grid_values, open_page, run_python

UPDATE = "s => (e => (e.update(s), e.answer()))(document.querySelector('[data-explorer]'))"
ANSWER = "document.querySelector('[data-explorer]').answer()"


def start(page: Any, tmp_path: Path, query: str = "", **settings: Any) -> None:
    """Open a page with one explorer."""
    open_page(page, tmp_path, [ClassifierHeadExplorer(name="c", **settings)], query)


def cell(page: Any, grid: str, row: int, col: int) -> Any:
    """Return a cell of a grid."""
    rows = page.locator(f'[role=grid][aria-label="{grid}"] [role=row]')
    return rows.nth(row).locator("[role=gridcell]").nth(col)


def row(page: Any, grid: str) -> list[float]:
    """Return the values of a grid of one row, once the next frame is drawn."""
    page.evaluate("new Promise(requestAnimationFrame)")
    return grid_values(page, grid)[0]


def random_settings(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Return settings that are legal together, of both views; logits now small, now huge."""
    logits = rng.normal(0, (1, 5, 1000, 3e5)[number // 2 % 4], rng.integers(2, 7))
    batch = rng.normal(rng.normal(0, 5), rng.uniform(0.01, 5), 8 * rng.integers(1, 5))
    return {
        "view": ("head", "batch norm")[number % 2],
        "logits": logits.clip(-1e6, 1e6).round(2).tolist(),
        "target": int(rng.integers(len(logits))),
        "temperature": float(rng.uniform(0.1, 10).__round__(1)),
        "twice": bool(number // 8 % 2),
        "batch": batch.round(2).tolist(),
        "gamma": float(rng.uniform(-5, 5).__round__(1)),
        "beta": float(rng.uniform(-5, 5).__round__(1)),
        "training": bool(number // 4 % 2),
        "running_mean": float(rng.normal().__round__(3)),
        "running_var": float(rng.uniform(0, 4).__round__(3)),
    }


def test_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    start(page, tmp_path)
    for number in range(160):
        settings = random_settings(rng, number)
        expected = ClassifierHeadExplorer(**settings).result("reference")
        shown = np.array(page.evaluate(UPDATE, settings))
        np.testing.assert_allclose(shown, expected, rtol=1e-9, atol=1e-9)
        assert np.isfinite(shown).all()
        near = {"rtol": 1e-5, "atol": 1e-5}
        if settings["view"] == "batch norm":
            n = len(settings["batch"])
            np.testing.assert_allclose(np.ravel(grid_values(page, "output")), expected[:n], **near)
            continue
        c = len(settings["logits"])
        parts = {"output": 0, "gradient": c + 1}
        if settings["twice"]:
            parts |= {"softmax twice": 2 * c + 1, "gradient through both": 3 * c + 2}
        for name, first in parts.items():
            values = grid_values(page, name)[0]
            np.testing.assert_allclose(values, expected[first : first + c], **near)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_losses_and_gradients_are_those_of_autograd(temperature: float) -> None:
    explorer = ClassifierHeadExplorer(
        logits=[2, 1, -1.5, 0.5, 3], target=3, temperature=temperature, twice=True
    )
    z = torch.tensor([explorer.logits], dtype=torch.float64, requires_grad=True)
    target = torch.tensor([3])
    once = F.cross_entropy(z / temperature, target)
    both = F.cross_entropy(F.softmax(z / temperature, 1), target)
    first, second = (torch.autograd.grad(loss, z)[0].numpy()[0] for loss in (once, both))
    answer = explorer.result("reference")
    np.testing.assert_allclose(answer[[5, 16]], [once.item(), both.item()], atol=1e-12)
    np.testing.assert_allclose(answer[6:11], first, atol=1e-12)
    np.testing.assert_allclose(answer[17:], second, atol=1e-12)


def test_two_softmaxes_cost_what_the_words_say(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, logits=[100, 0, 0, 0], target=0)
    words = page.locator(".cnn-error:visible")
    expect(words).to_contain_text("Here it is all but 0")
    expect(page.get_by_role("grid", name="softmax twice")).to_have_count(0)
    page.get_by_label("softmax applied twice").check()
    expect(words).to_contain_text("log(1 + 3/e) = 0.7437")
    floor = np.log1p(3 / np.e)
    np.testing.assert_allclose(page.evaluate(ANSWER)[13], floor)
    page.evaluate(UPDATE, {"logits": [0, 0, 0, 0], "target": 2})
    once, twice = (np.array(row(page, name)) for name in ("gradient", "gradient through both"))
    ratio = np.linalg.norm(once) / np.linalg.norm(twice)
    assert ratio == pytest.approx(4)
    expect(words).to_contain_text("Through two softmaxes, the gradient is 4 times shorter.")
    cell(page, "gradient", 0, 2).hover()
    sums = page.locator(".cnn-arithmetic:visible")
    minus = "\N{MINUS SIGN}"
    expect(sums).to_have_text(
        f"∂L/∂z[2] = (p[2] {minus} 1) / T = (0.25 {minus} 1) / 1 = {minus}0.75"
    )
    cell(page, "gradient through both", 0, 2).hover()
    expect(sums).to_contain_text(f"0.25 × ({minus}0.75 {minus} 0) / 1 = {minus}0.1875")


def test_a_mouse_drags_a_logit(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, logits=[0, 0])
    assert row(page, "output") == [0.5, 0.5]
    box = page.locator(".cnn-grip").nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 22, steps=3)
    page.mouse.up()
    zero, raised = row(page, "input")
    assert (zero, raised > 0.2) == (0, True)
    expected = [1 / (1 + np.exp(raised)), 1 / (1 + np.exp(-raised))]
    np.testing.assert_allclose(row(page, "output"), expected, atol=1e-6)


def test_a_keyboard_alone_changes_the_head(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, logits=[0, 0], target=0)
    cell(page, "input", 0, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("1000")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.dataset.value === '1000'")
    assert row(page, "output") == [0, 1]
    expect(page.locator(".cnn-loss:visible")).to_have_text(
        "loss = log Σ exp(z / T) \N{MINUS SIGN} z[true] / T = 1000"
    )
    page.get_by_label("Classes").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.wait_for_function(f"{ANSWER}.length === 7")
    page.keyboard.press("ArrowRight")
    page.get_by_label("Temperature T").focus()
    page.keyboard.press("End")
    page.wait_for_function(f"{ANSWER}[3] < 0.001")
    expected = ClassifierHeadExplorer(logits=[0, 1000, 0], target=1, temperature=10)
    np.testing.assert_allclose(page.evaluate(ANSWER), expected.result("reference"), atol=1e-12)
    cell(page, "input", 0, 0).focus()
    page.keyboard.type("1e7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("10000000 is outside -1e6 to 1e6")
    assert row(page, "input") == [0, 1000, 0]


def test_fewer_classes_keep_a_legal_true_class(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, logits=[1, 2, 3], target=2)
    page.get_by_label("Classes").fill("2")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{ANSWER}.length === 5")
    expect(page.get_by_role("radio", name="1", exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="2", exact=True)).to_be_hidden()


@pytest.mark.parametrize("view", ["head", "batch norm"])
@pytest.mark.parametrize("flag", [False, True])
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, view: str, flag: bool
) -> None:
    settings = {**random_settings(np.random.default_rng(1), 2), "view": view}
    start(page, tmp_path, **{**settings, "twice": flag, "training": flag})
    shown = page.evaluate(ANSWER)
    names = run_python(page)
    c = len(settings["logits"])
    if view == "head":
        parts = [("probabilities", slice(c)), ("loss", c), ("gradient", slice(c + 1, 2 * c + 1))]
        same = [(f"same_{name}", part) for name, part in parts]
        if flag:
            parts += [("twice", slice(2 * c + 1, 3 * c + 1)), ("twice_loss", 3 * c + 1)]
            same += [
                ("same_twice_loss", 3 * c + 1),
                ("same_twice_gradient", slice(3 * c + 2, None)),
            ]
    else:
        parts = [("output", slice(-2)), ("new_mean", -2), ("new_var", -1)]
        same = [("same_output", slice(-2)), ("same_mean", -2), ("same_var", -1)]
    for name, part in [*parts, *same]:
        value = names[name].detach() if name.startswith("same") else names[name]
        assert isinstance(value, torch.Tensor) == name.startswith("same")
        np.testing.assert_allclose(np.ravel(value), np.ravel(shown[part]), atol=1e-10)


def test_a_link_reopens_the_state_and_illegal_parts_are_named(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page, tmp_path)
    settings = random_settings(np.random.default_rng(3), 3)
    page.evaluate(UPDATE, settings)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-ready]")
    for view in ("batch norm", "head"):
        expected = ClassifierHeadExplorer(**{**settings, "view": view}).result("reference")
        np.testing.assert_allclose(page.evaluate(UPDATE, {"view": view}), expected, atol=1e-10)
    start(page, tmp_path, "?explorer=c&logits=5&batch=1,2,3&temperature=0&target=2")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("logits: 1 numbers given; legal are 2 to 6")
    expect(alert).to_contain_text("batch: 3 numbers given; legal are 8, 16, 24 or 32")
    expect(alert).to_contain_text("temperature: 0 is outside 0.1 to 10")
    expected = ClassifierHeadExplorer(target=2).result("reference")
    np.testing.assert_allclose(page.evaluate(ANSWER), expected, atol=1e-12)
    start(page, tmp_path, "?explorer=c&target=5")
    expect(alert).to_contain_text("target is 5; legal are the classes 0 to 3")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"logits": [1]}, "logits must be 2 to 6 numbers; got 1"),
        ({"logits": [1, 2e6]}, "logits must be numbers from -1e6 to 1e6; got 2000000.0"),
        ({"batch": [1, 2, 3]}, "batch must be 8, 16, 24 or 32 numbers; got 3"),
        ({"target": 4}, "target is 4; legal are the classes 0 to 3"),
    ],
)
def test_settings_that_are_not_legal_are_refused(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClassifierHeadExplorer(**settings)
