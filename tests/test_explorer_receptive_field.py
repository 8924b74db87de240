"""ReceptiveFieldExplorer's answers, held to cnnlib.receptive_field, to torch and to the papers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from field_states import ANSWER, DRAWN, random_settings, rows_shown
from playwright.sync_api import expect

from cnnlib import models
from cnnlib.explorers import ReceptiveFieldExplorer
from cnnlib.explorers import _stack_text as stacks
from cnnlib.explorers._stack_presets import PRESETS
from tools.widget_page import open_page

VGG16_AT_32 = """32,1,1 32,1,3 32,1,5 16,2,6 16,2,10 16,2,14 8,4,16 8,4,24 8,4,32 8,4,40 4,8,44
4,8,60 4,8,76 4,8,92 2,16,100 2,16,132 2,16,164 2,16,196 1,32,212"""
"""n, j and r of each row, from the syllabus."""

PUBLISHED = {  # Araujo, Norris and Sim 2019, for the networks that stride where torch's do
    "VGG16 at 224": ("pool5", 212),
    "AlexNet": ("pool5", 195),
    "ResNet-18": ("layer4.1", 435),
}


def test_two_hundred_random_stacks_agree_with_cnnlib(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    open_page(page, tmp_path, [ReceptiveFieldExplorer(name="any")])
    kinds: Counter[str] = Counter()
    for number in range(200):
        settings = random_settings(rng)
        explorer = ReceptiveFieldExplorer(**settings)
        expected = explorer.result("numpy")
        shown = page.evaluate(ANSWER, settings)
        np.testing.assert_allclose(shown, expected, rtol=1e-9, atol=1e-12, err_msg=str(settings))
        rows = 8 * len(explorer.fields())
        top, bottom, left, right, count = expected[rows : rows + 5]
        kinds["branches"] += "(" in settings["layers"]
        kinds["gaps"] += count < (bottom - top + 1) * (right - left + 1)
        kinds["misaligned"] += any(field.misaligned for field in explorer.fields())
        if number % 5 == 0:
            box = explorer.box()
            ends = [-1] * 4 if box is None else np.transpose(box).ravel().tolist()
            assert [top, bottom, left, right] == ends
    assert min(kinds.values()) > 10, kinds


def test_branches_of_unlike_jumps_have_no_one_number(page: Any, tmp_path: Path) -> None:
    settings = {"layers": "(k1s2~k5),k3", "input_size": 9, "layer": 3}
    explorer = ReceptiveFieldExplorer(name="unlike", **settings)
    assert explorer.fields()[3].jump is None
    open_page(page, tmp_path, [explorer])
    np.testing.assert_allclose(page.evaluate(ANSWER, None), explorer.result("torch"))
    assert rows_shown(page)[3] == ["block1", "5", "–", "–", "–"]
    expect(page.locator(".cnn-size")).to_contain_text("Misaligned: block1.2 (jump 1, centre 2)")


def test_the_gradient_gives_the_same() -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        settings = {**random_settings(rng), "show": "effective"}
        explorer = ReceptiveFieldExplorer(**settings)
        np.testing.assert_allclose(
            explorer.result("torch"), explorer.result("numpy"), rtol=1e-9, atol=1e-12
        )


def test_vgg16_at_32_row_by_row(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ReceptiveFieldExplorer(name="vgg")])
    rows = rows_shown(page)
    assert [row[0] for row in rows][:4] == ["input", "conv1_1", "conv1_2", "pool1"]
    assert [",".join(row[1:4]) for row in rows] == VGG16_AT_32.split()
    assert rows[-1][4] == "-90"
    numbers = page.locator(".cnn-recurrence")
    expect(numbers.nth(2)).to_have_text("rout = rin + d(k − 1) jin= 196 + 1×(2 − 1)×16 = 212")
    page.locator("[data-place='11']").click()
    expect(numbers.nth(2)).to_have_text("rout = rin + d(k − 1) jin= 44 + 1×(3 − 1)×8 = 60")
    expect(numbers.nth(0)).to_contain_text("= ⌊(4 + 2×1 − 1×(3 − 1) − 1) / 1⌋ + 1 = 4")
    expect(numbers.nth(1)).to_contain_text("= 8 × 1 = 8")
    expect(numbers.nth(3)).to_contain_text("= −18 − 1×8 = −26")


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_networks(name: str, page: Any, tmp_path: Path) -> None:
    layer, field = PUBLISHED[name]
    explorer = ReceptiveFieldExplorer(name="net", **PRESETS[name])
    assert explorer.chosen()[0] == layer or name == "AlexNet"
    open_page(page, tmp_path, [explorer])
    expect(page.locator(".cnn-current .cnn-field-r")).to_have_text(str(field))


def test_the_networks_are_those_of_the_book() -> None:
    for name, plan in (("VGG16 at 224", models.VGG16), ("AlexNet", models.ALEXNET)):
        stack = stacks.parse(PRESETS[name]["layers"])
        layers = {key: layer for key, layer in plan.items() if not isinstance(layer, models.Linear)}
        for item in stack:
            if isinstance(item, stacks.Window) and item.name in layers:
                layer = layers.pop(item.name)
                assert item.kernel_size == (layer.kernel_size,) * 2
                assert item.stride == (layer.stride,) * 2
                assert item.padding == (getattr(layer, "padding", 0),) * 2
        assert layers == {}


@pytest.mark.parametrize("name", ["ResNet-18", "ResNet-50"])
def test_the_resnets_are_those_of_the_book(name: str) -> None:
    with torch.device("meta"):
        modules = dict(getattr(models, name.lower().replace("-", ""))().named_modules())
    explorer = ReceptiveFieldExplorer(**PRESETS[name])
    windows = {node.name: node for node in explorer.nodes() if node.op == "window"}
    assert windows.pop("avgpool").kernel_size == (7, 7)
    pool = windows.pop("maxpool")
    assert (pool.kernel_size, pool.stride, pool.padding) == ((3, 3), (2, 2), ((1, 1), (1, 1)))
    convolutions = {
        key.removesuffix(".0") if "downsample" in key else key: module
        for key, module in modules.items()
        if isinstance(module, torch.nn.Conv2d)
    }
    assert windows.keys() == convolutions.keys()
    for key, module in convolutions.items():
        node = windows[key]
        assert (node.kernel_size, node.stride) == (module.kernel_size, module.stride)
        assert node.padding == tuple((p, p) for p in module.padding)


def test_the_first_fully_connected_layer_of_vgg16_sees_404() -> None:
    explorer = ReceptiveFieldExplorer(**{**PRESETS["VGG16 at 224"], "layer": -1})
    assert explorer.fields()[-1].receptive_field == (404, 404)
    assert explorer.chosen()[0] == "fc6"


def test_every_example_can_be_chosen(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [ReceptiveFieldExplorer(name="examples", input_size=33)])
    choice = page.get_by_label("Example")
    expect(choice).to_have_value("")
    page.get_by_label("how much it counts").check()
    for name, preset in PRESETS.items():
        choice.select_option(name)
        expected = ReceptiveFieldExplorer(**preset, show="effective").result("numpy")
        page.evaluate(DRAWN)
        np.testing.assert_allclose(page.evaluate(ANSWER, None), expected, rtol=1e-9, atol=1e-12)
        expect(choice).to_have_value(name)


def test_dilations_of_two_read_a_checkerboard(page: Any, tmp_path: Path) -> None:
    explorer = ReceptiveFieldExplorer(name="grid", **PRESETS["dilations 2, 2, 2: gridding"])
    shares = explorer.shares()
    assert np.argwhere(shares).min(0).tolist() == [9, 9]
    assert not shares[10::2].any()
    assert not shares[:, 10::2].any()
    assert np.count_nonzero(shares) == 49
    open_page(page, tmp_path, [explorer])
    facts = page.locator(".cnn-facts")
    expect(facts).to_contain_text("49 of its 169")
    drawn = page.evaluate("""() => {
      const canvas = document.querySelector(".cnn-field-map canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, 31, 31);
      return Array.from({ length: 31 * 31 }, (_, k) => data[4 * k + 3] > 0);
    }""")
    np.testing.assert_array_equal(np.reshape(drawn, (31, 31)), shares > 0)
    page.get_by_label("Example").select_option("dilations 1, 2, 4: a pyramid")
    expect(facts).to_contain_text("readsall of it")
