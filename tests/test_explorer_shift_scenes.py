"""ShiftExplorer's curves, two dots, sequence and classifier, in a real browser against Python."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from cnnlib import datasets
from cnnlib.downsampling import KINDS
from cnnlib.explorers import ShiftExplorer
from tools.widget_page import grid_values, open_page, run_python

IMAGES, LABELS = datasets.load("digits")
SCENES = ["two dots", "sequence", "classifier"]
ANSWER = "document.querySelector('[data-explorer]').answer()"
UPDATE = "s => document.querySelector('[data-explorer]').update(s)"
ROOM = ShiftExplorer()._images["letter F, with room"]


def answer(page: Any) -> np.ndarray:
    """Return the numbers that the explorer of the page shows."""
    return np.array(page.evaluate(ANSWER))


def test_sixty_random_pairs_of_dots_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    open_page(page, tmp_path, [ShiftExplorer(name="dots", scene="two dots")])
    for _ in range(60):
        settings = {
            "distance": int(rng.integers(1, 24)),
            "halvings": int(rng.integers(0, 4)),
            "pool": str(rng.choice(["none", *KINDS])),
            "dx": int(rng.integers(-8, 9)),
        }
        page.evaluate(UPDATE, settings)
        explorer = ShiftExplorer(scene="two dots", **settings)
        np.testing.assert_allclose(answer(page), explorer.result(), atol=1e-12)
        told = explorer.describe().split(": ", 1)[1]
        expect(page.locator(".cnn-summary")).to_have_text(re.compile(re.escape(f": {told}.")))


def test_near_dots_merge_and_far_ones_do_not(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="dots", scene="two dots", dx=0, distance=3)])
    words = page.locator(".cnn-error")
    expect(words).to_contain_text("One dot is left to see.")
    expect(words).to_contain_text(
        "Fewer than 9 columns apart they always merge; 16 or more, never."
    )
    assert grid_values(page, "halved 3 times") == [[0] * 5, [0, 1, 0, 0, 0]]
    distance = page.get_by_role("slider", name="Distance")
    distance.focus()
    page.keyboard.press("End")
    expect(words).to_contain_text("The two dots are still two.")
    assert grid_values(page, "halved 3 times") == [[0] * 5, [0, 1, 0, 1, 0]]
    page.get_by_role("slider", name="Halvings").fill("1")
    expect(page.get_by_role("grid", name="halved twice")).to_be_hidden()
    page.get_by_role("combobox", name="By").select_option("strided")
    page.get_by_role("slider", name="Moved right").fill("1")
    expect(words).to_contain_text("a dot that does not lie in one is gone")


def test_forty_random_sequences_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    open_page(page, tmp_path, [ShiftExplorer(name="row", scene="sequence")])
    for _ in range(40):
        settings = {
            "sequence": rng.normal(size=rng.integers(4, 17)).round(2).tolist(),
            "dx": int(rng.integers(-8, 9)),
        }
        page.evaluate(UPDATE, settings)
        expected = ShiftExplorer(scene="sequence", **settings).result("reference")
        np.testing.assert_allclose(answer(page), expected, atol=1e-12)


def test_the_sequence_shifted_by_one(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="row", scene="sequence", dx=1)])
    assert grid_values(page, "shifted input") == [[1, 0, 0, 1, 1, 0, 0, 1]]
    assert grid_values(page, "max pooling") == [[0, 1, 0, 1]]
    assert grid_values(page, "max pooling of the shifted") == [[1, 1, 1, 1]]
    assert grid_values(page, "blurred max pooling of the shifted") == [[0.75] * 4]
    numbers = page.locator(".cnn-way-numbers").first.locator("dd")
    assert numbers.all_inner_texts() == ["1", "0.707"]  # 1 = |(1, 0, 1, 0)| / |(0, 1, 0, 1)|
    page.get_by_role("slider", name="Shift right by").press("ArrowRight")
    assert grid_values(page, "max pooling of the shifted") == [[1, 0, 1, 0]]
    expect(page.locator(".cnn-ways-list .cnn-help")).to_contain_text("2 places are 1 whole cell of")
    for numbers in page.locator(".cnn-way-numbers").all():
        assert numbers.locator("dd").first.inner_text() == "0"
    page.locator('[aria-label="input"] [role=gridcell]').first.focus()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    assert grid_values(page, "max pooling") == [[5, 1, 0, 1]]
    expect(page.get_by_role("combobox", name="Sequence")).to_have_value("")


def test_twelve_random_digits_agree_with_the_networks(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    open_page(page, tmp_path, [ShiftExplorer(name="net", scene="classifier")])
    for place in rng.choice(len(IMAGES), 12, replace=False):
        dy, dx = (int(n) for n in rng.integers(-8, 9, 2))
        settings = {"drawing": IMAGES[place].tolist(), "label": int(LABELS[place])}
        settings |= {"dy": dy, "dx": dx}
        page.evaluate(UPDATE, settings)
        explorer = ShiftExplorer(scene="classifier", **settings)
        np.testing.assert_allclose(answer(page), explorer.result(), atol=1e-9)


def test_a_digit_is_painted_and_moved(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="net", scene="classifier", dy=0, dx=1)])
    expect(page.locator(".cnn-error")).to_contain_text("2 of 5 take it for a 0.")
    drawn = page.locator(".cnn-nets figure").first
    expect(drawn.locator("figcaption")).to_contain_text("95% right, 84% consistent")
    expect(drawn.get_by_role("img")).to_have_attribute("aria-label", re.compile(r"0% at 1 \(6\)"))
    page.locator('[aria-label="input"] [tabindex="0"]').focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".cnn-error")).to_contain_text("All five take it for a 0.")
    np.testing.assert_array_equal(
        np.array(grid_values(page, "input"))[8:16, 12:20] * 16, ShiftExplorer().drawing
    )
    page.get_by_role("combobox", name="Digit").select_option(label="a 7")
    expect(page.get_by_role("combobox", name="It is a")).to_have_value("7")
    corner = page.locator('[aria-label="drawing"] [role=gridcell]').first
    corner.focus()
    page.keyboard.press(" ")
    assert grid_values(page, "drawing")[0][0] == 16
    expect(page.get_by_role("combobox", name="Digit")).to_have_value("")
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A pixel of 17 is outside 0 (paper) to 16")


def test_curves_show_what_python_gives_and_move_along(page: Any, tmp_path: Path) -> None:
    given = {"image": ROOM, "relu": True, "pool": "max", "dy": 0, "dx": 3}
    open_page(page, tmp_path, [ShiftExplorer(name="pool", **given)])
    curve = ShiftExplorer(**given).curve()
    assert [(each.dy, each.dx) for each in curve] == [(0, p) for p in range(9)]
    assert [each.error == 0 for each in curve] == [True, False] * 4 + [True]
    table = page.locator(".cnn-curves .cnn-code")
    table.locator("summary").click()
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(len(curve))
    for row, each in zip(rows.all(), curve, strict=True):
        shown = [float(text) for text in row.locator("th, td").all_inner_texts()]
        np.testing.assert_allclose(shown, [each.dx, each.error, each.score], atol=6e-5)
    expect(table.locator("[aria-current]")).to_have_text(re.compile("^3"))
    plot = page.get_by_role("img", name="Equivariance error")
    box = plot.bounding_box()
    at = [box["x"] + box["width"] * (36 + share * 252) / 300 for share in (4 / 8, 7 / 8)]
    page.mouse.move(at[0], box["y"] + 60)
    page.mouse.down()
    expect(page.get_by_role("slider", name="Pixels right")).to_have_value("4")
    page.mouse.move(at[1], box["y"] + 60, steps=3)
    page.mouse.up()
    expect(page.get_by_role("slider", name="Pixels right")).to_have_value("7")
    expect(table.locator("[aria-current]")).to_have_text(re.compile("^7"))
    page.evaluate(UPDATE, {"dy": -4, "dx": 1})
    expect(table.locator("thead th").first).to_have_text("pixels up, and 1 right")
    expect(plot).to_have_attribute("aria-label", re.compile("pixels up, and 1 right: .* at 8$"))


def test_pointing_marks_all_that_a_halved_cell_reads(page: Any, tmp_path: Path) -> None:
    given = {"kernel": [[1]], "dy": 0, "dx": 0}
    open_page(page, tmp_path, [ShiftExplorer(name="seen", **given)])
    spans = {"max": (2, 4), "strided": (2, 3), "blur": (1, 4), "max-blur": (1, 5)}
    for pool, (first, end) in spans.items():
        page.evaluate(UPDATE, {"pool": pool})
        cells = page.locator('[aria-label="output"] [role=gridcell]')
        cells.nth(int(len(cells.all()) ** 0.5) + 1).hover()
        outline = page.locator(".cnn-square .cnn-outline").nth(1).get_attribute("d")
        assert len(re.findall("M", outline)) == (end - first) ** 2
        assert f"M{first} {first}h" in outline
        assert f"M{end - 1} {end - 1}h" in outline
        page.mouse.move(0, 0)


@pytest.mark.parametrize("scene", SCENES)
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, scene: str
) -> None:
    settings = {"distance": 6, "dy": -2, "dx": -5, "sequence": [1, 2, 0, 3, 5]}
    open_page(page, tmp_path, [ShiftExplorer(name="code", scene=scene, **settings)])
    for pool in KINDS if scene == "two dots" else ["none"]:
        page.evaluate(UPDATE, {"pool": pool, "halvings": 2})
        names = run_python(page)
        shown = answer(page)
        if scene == "two dots":
            flat = np.concatenate([stage.ravel() for stage in names["stages"]])
            np.testing.assert_allclose(flat, shown[: flat.size], atol=1e-12)
            np.testing.assert_allclose(names["x"][0, 0], names["stages"][-1], atol=1e-12)
        elif scene == "sequence":
            pairs = [row for pair in names["halved"].values() for row in pair]
            np.testing.assert_allclose(np.concatenate(pairs), shown, atol=1e-12)
            np.testing.assert_array_equal(
                torch.nn.functional.max_pool1d(names["each"], 2)[0], names["halved"]["max"][1]
            )
        else:
            shares = np.concatenate(list(names["chances"].values()))
            np.testing.assert_allclose(shares, shown[:45], atol=1e-9)
            assert np.concatenate(list(names["answers"].values())).tolist() == shown[45:].tolist()
            assert float(names["same"]) == pytest.approx(names["chances"]["max"][5])
