"""AugmentationExplorer in a real browser, held to Python: pictures, labels, draws, words, code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from cnnlib.explorers import AugmentationExplorer
from cnnlib.explorers import _augmentation_steps as steps
from tools.widget_page import grid_values, open_page, run_python

UPDATE = "s => (e => (e.update(s), e.answer()))(document.querySelector('[data-explorer]'))"
PICTURES = {each["name"]: each for each in steps.pictures()}
STILL = {"right": 0, "rotate": 0, "scale": 1}


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Return any state: a stored digit, a drawing of any size, or the face."""
    kind = rng.integers(4)
    size = tuple(int(n) for n in rng.integers(1, 13, 2)) if kind == 1 else (8, 8)
    drawn = rng.integers(0, 17, (2, *size)) * rng.integers(0, 2, (2, *size))
    image, partner = drawn.tolist()
    if kind > 1:
        image, partner = (steps.DIGITS[k]["image"] for k in rng.choice(20, 2, replace=False))

    def some(least: float, most: float, none: float) -> float:
        return none if rng.integers(2) else round(rng.uniform(least, most), 2)

    return {
        "image": image,
        "partner": partner,
        "label": int(rng.choice([*range(-1, 10), 6, 6, 9, 9])),
        "partner_label": int(rng.integers(-1, 10)),
        "down": some(-8, 8, 0) / 2,
        "right": some(-8, 8, 0) / 2,
        "rotate": [0.0, 90.0, 180.0, some(-180, 180, 12)][rng.integers(4)],
        "scale": some(0.5, 1.9, 1),
        "flip": str(rng.choice(["none", "left-right", "up-down"])),
        "crop": some(0, 0.75, 0),
        "crop_top": some(0, 1, 0.5),
        "crop_left": some(0, 1, 0.5),
        "noise": some(0, 1, 0),
        "lam": some(0, 1, 1),
        "seed": int(rng.integers(0, 10000)),
        "network": str(rng.choice(["plain", "augmented"])),
    }


def start(page: Any, tmp_path: Path, query: str = "", **settings: Any) -> None:
    """Open a page with one explorer."""
    open_page(page, tmp_path, [AugmentationExplorer(name="aug", **settings)], query)


def test_two_hundred_random_states_agree_with_python(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    start(page, tmp_path)
    summary = page.locator(".cnn-summary")
    verdicts = set()
    explorer = AugmentationExplorer(network="none")
    for _ in range(200):
        settings = random_settings(rng)
        with explorer.hold_trait_notifications():
            explorer.set_trait("image", settings["image"])
            for name, value in settings.items():
                explorer.set_trait(name, value)
        shown = page.evaluate(UPDATE, settings)
        np.testing.assert_allclose(shown, explorer.result(), atol=1e-9)
        told = explorer.describe()
        words = summary.inner_text().replace("−", "-")
        assert words.startswith(f"{told[0].upper()}{told[1:]}.")
        verdicts.add(explorer.truth()[0])
    assert verdicts == {"gone", "cut", "other", "none", "mixed", "hidden", "true"}


def test_the_grids_show_what_is_computed(page: Any, tmp_path: Path) -> None:
    settings = {"down": 1, "noise": 0.2, "lam": 0.7, "rotate": -30}
    start(page, tmp_path, **settings)
    explorer = AugmentationExplorer(**settings)
    given = steps.changed(explorer).given[0, 0]
    np.testing.assert_allclose(grid_values(page, "output"), given, atol=1e-6)
    np.testing.assert_array_equal(grid_values(page, "input"), explorer.image)
    np.testing.assert_array_equal(grid_values(page, "other picture"), explorer.partner)


@pytest.mark.parametrize(
    ("label", "flip", "rotate", "reads"),
    [
        (6, "none", 0, 6),
        (6, "none", 180, 9),
        (9, "none", -170, 6),
        (6, "none", 90, None),
        (6, "none", 45, 6),
        (6, "up-down", 0, None),
        (6, "left-right", 180, None),
        (6, "up-down", 180, None),
        (2, "left-right", 0, None),
        (8, "left-right", 20, 8),
        (3, "up-down", 0, 3),
        (3, "left-right", 180, 3),
        (3, "left-right", 0, None),
        (0, "up-down", 75, 0),
        (7, "none", 180, None),
        (1, "up-down", 180, 1),
        (-1, "up-down", 100, -1),
    ],
)
def test_what_a_turned_and_mirrored_digit_reads_as(
    label: int, flip: str, rotate: float, reads: int | None
) -> None:
    assert steps.reading(label, flip, rotate) == reads


@pytest.mark.parametrize(
    ("settings", "verdict", "words"),
    [
        ({"rotate": 180}, ("other", 9), "The label says 6. This is a 9."),
        ({"rotate": 90}, ("none", -1), "The label says 6. This is no digit."),
        ({"right": 7}, ("gone", -1), "and the label still says 6."),
        ({"right": 3.5}, ("cut", 6), "Is this still a 6?"),
        ({"lam": 0.5}, ("mixed", 6), "the label is shared out alike"),
        ({"noise": 0.8}, ("hidden", -1), "Noise this strong hides"),
        ({"rotate": 20}, ("true", 6), "Still a 6: the label is true."),
        ({"lam": 0.5, "partner_label": 6}, ("true", 6), "Still a 6: the label is true."),
        ({"image": np.zeros((8, 8)).tolist()}, ("true", 6), "Still a 6"),
    ],
)
def test_whether_the_label_is_true_is_said(
    page: Any, tmp_path: Path, settings: dict[str, Any], verdict: Any, words: str
) -> None:
    settings = {**STILL, **settings}
    explorer = AugmentationExplorer(**settings)
    assert explorer.truth() == verdict
    start(page, tmp_path, **settings)
    box = page.locator(".cnn-aug-verdict")
    expect(box).to_contain_text(words)
    kind = {"true": "same", "mixed": "mixed"}.get(verdict[0], "differ")
    expect(box).to_have_attribute("data-verdict", kind)


@pytest.mark.parametrize("network", ["plain", "augmented"])
def test_the_network_reads_a_6_upside_down_as_it_does_in_python(
    page: Any, tmp_path: Path, network: str
) -> None:
    settings = {**STILL, "rotate": 180, "network": network}
    start(page, tmp_path, **settings)
    shares = AugmentationExplorer(**settings).result()[-90:].reshape(9, 10)
    rows = page.locator(".cnn-aug-labels li:visible")
    expect(rows).to_have_count(1 + 3)
    order = np.argsort(-shares[0], kind="stable")
    for row, k in zip(rows.all()[1:], order, strict=False):
        assert row.locator(".cnn-aug-class").inner_text() == str(k)
        told = f"{np.floor(100 * shares[0, k] + 0.5):.0f}\N{NARROW NO-BREAK SPACE}%"
        assert row.locator(".cnn-aug-share").inner_text() == told
    expect(page.locator(".cnn-aug-verdict")).to_contain_text(f"reads it as a {order[0]}")
    for figure, share in zip(
        page.locator(".cnn-aug-figures figure").all(), shares[1:], strict=True
    ):
        assert figure.locator(".cnn-aug-read").inner_text().startswith(f"read {share.argmax()}\n")
        assert figure.get_attribute("data-read") == ("same" if share.argmax() == 6 else "other")


def test_draws_change_with_the_seed_and_come_again(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    pictures = page.locator(".cnn-aug-figures canvas")
    first = [each.get_attribute("aria-label") for each in pictures.all()]
    assert len(set(first)) == 8
    assert first[0].startswith("Draw 1: moved ")
    page.get_by_role("button", name="Draw again").click()
    expect(page.get_by_role("spinbutton", name="seed")).to_have_value("1")
    expect(pictures.first).not_to_have_attribute("aria-label", first[0])
    page.get_by_role("spinbutton", name="seed").fill("0")
    page.get_by_role("spinbutton", name="seed").press("Enter")
    expect(pictures.first).to_have_attribute("aria-label", first[0])
    assert [each.get_attribute("aria-label") for each in pictures.all()] == first


@pytest.mark.parametrize("seed", range(6))
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, seed: int
) -> None:
    settings = random_settings(np.random.default_rng(seed)) | {"lam": [1, 0.6][seed % 2]}
    start(page, tmp_path)
    shown = np.array(page.evaluate(UPDATE, settings))
    names = run_python(page)
    area = np.size(settings["image"])
    np.testing.assert_allclose(names["given"].ravel(), shown[:area], atol=1e-9)
    np.testing.assert_allclose(names["target"][0], shown[area : area + 10], atol=1e-9)
    draws = shown[area + 10 : 9 * area + 10]
    np.testing.assert_allclose(names["draws"].ravel(), draws, atol=1e-9)
    assert isinstance(names["same_moved"], torch.Tensor)
    made = steps.changed(AugmentationExplorer(**settings))
    np.testing.assert_allclose(names["same_moved"], made.moved, atol=1e-9)
    if area == 64:
        np.testing.assert_allclose(names["read"].ravel(), shown[-90:], atol=1e-9)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image": [[17]]}, "image must hold numbers from 0 to 16; got 17 to 17"),
        ({"partner": [[-1, 2]]}, "partner must hold numbers from 0 to 16; got -1 to 2"),
        ({"image": np.zeros((33, 3))}, r"image must be a matrix of 1 to 32 .*got shape \(33, 3\)"),
        ({"image": [[1, 2]], "lam": 0.5}, r"partner must be of the shape of image, \(1, 2\), got"),
    ],
)
def test_python_refuses_what_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        AugmentationExplorer(**settings)


def test_backends_agree_on_pictures_of_any_size() -> None:
    rng = np.random.default_rng(1)
    for _ in range(12):
        explorer = AugmentationExplorer(**{**random_settings(rng), "network": "none"})
        np.testing.assert_allclose(explorer.result("torch"), explorer.result(), atol=1e-12)
    assert explorer._networks == {}
