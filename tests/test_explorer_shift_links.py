"""ShiftExplorer's scenes as they are chosen, linked, refused, read aloud and touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from book_pages import violations
from playwright.sync_api import expect

from cnnlib.explorers import ShiftExplorer
from tools.widget_page import open_page

SCENES = ["picture", "two dots", "sequence", "classifier"]


def test_scenes_are_chosen_and_linked(page: Any, tmp_path: Path) -> None:
    explorer = ShiftExplorer(name="scene")
    open_page(page, tmp_path, [explorer])
    expect(page.get_by_label("a classifier")).to_have_count(0)
    page.get_by_label("two dots").check()
    expect(page.get_by_role("combobox", name="By")).to_have_value("max")
    page.get_by_label("a sequence").check()
    expect(page.get_by_role("grid", name="max pooling", exact=True)).to_be_visible()
    page.get_by_label("a picture").check()
    expect(page.get_by_role("grid", name="difference")).to_be_visible()
    query = "?explorer=scene&scene=two%20dots&pool=max&distance=7&halvings=1"
    open_page(page, tmp_path, [explorer], query)
    expect(page.locator(".cnn-summary")).to_contain_text("Two dots 7 columns apart")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("scene=dots", 'scene: "dots" is not one of picture, two dots, sequence, classifier'),
        ("pool=mean", 'pool: "mean" is not one of none, max'),
        ("distance=24", "distance: 24 is outside 1 to 23"),
        ("halvings=1.5", "halvings: 1.5 is not a whole number"),
        ("sequence=1,2,3", "sequence: 3 numbers given; at least 4 are needed"),
        ("drawing=1,2;3,4", "drawing: 2 by 2 is not 8 by 8"),
        ("drawing=" + ";".join(["0,0,0,0,0,0,0,17"] * 8), "its numbers are not all from 0 to 16"),
        ("scene=classifier", 'make the explorer with scene="classifier"'),
        ("pool=max-blur&image=1,2;3,4", "A feature map of 2 by 2 is too small to be halved by bl"),
    ],
)
def test_a_broken_link_is_explained(page: Any, tmp_path: Path, query: str, message: str) -> None:
    open_page(page, tmp_path, [ShiftExplorer(name="bad")], f"?explorer=bad&{query}")
    expect(page.get_by_role("alert")).to_contain_text(message)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_passes_axe_and_fits_a_phone(page: Any, tmp_path: Path, theme: str) -> None:
    pool = {"relu": True, "pool": "max"}
    widgets = [
        ShiftExplorer(name=f"axe{k}", scene=scene, **(pool if k == 0 else {}))
        for k, scene in enumerate(SCENES)
    ]
    open_page(page, tmp_path, widgets, theme=theme)
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_finger_drags_along_a_curve(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_page(page, tmp_path, [ShiftExplorer(name="touch", dy=0, dx=0)])
    plot = page.get_by_role("img", name="Invariance score")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * (36 + 2 / 8 * 252) / 300, box["y"] + 40)
    expect(page.get_by_role("slider", name="Pixels right")).to_have_value("2")
    context.close()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sequence": [1, 2, 3]}, "sequence must be 4 to 16 numbers; got 3"),
        ({"drawing": [[1]]}, r"drawing must be 8 by 8 numbers from 0 to 16; got \(1, 1\)"),
        ({"drawing": np.full((8, 8), 17)}, "drawing must be .* got .* 17 to 17"),
        ({"image": [[1, 2]], "pool": "max"}, "input must be at least 2 by 2 pixels"),
    ],
)
def test_python_refuses_what_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ShiftExplorer(**settings)


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_has_its_picture_and_one_answer(scene: str) -> None:
    explorer = ShiftExplorer(scene=scene, dy=-1, dx=2)
    expected = explorer.result("reference")
    np.testing.assert_allclose(explorer.result("numpy"), expected, atol=1e-12)
    np.testing.assert_allclose(explorer.result("torch"), expected, atol=1e-12)
    assert explorer.picture().startswith(b"\x89PNG")
    assert bool(explorer._networks) == (scene == "classifier")
