"""NetworkBuilder's answers, held to cnnlib.shapes, to torch's own run and to the book's models."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from builder_states import ANSWER, DRAWN, random_settings, start
from playwright.sync_api import expect

from cnnlib import models
from cnnlib.explorers import NetworkBuilder
from cnnlib.explorers._builder_presets import PRESETS
from cnnlib.network import Summary, summarize

MODELS = {
    "DigitNet": models.digit_net,
    "ConvNet, 28 × 28": models.convnet,
    "LeNet's plan in colour, 32 × 32": models.lenet,
    "binary classifier, 150 × 150": models.binary_classifier,
    "AlexNet": models.alexnet,
    "VGG16": models.vgg16,
    "ResNet basic block": lambda: models.BasicBlock(64, 64),
    "ResNet basic block that halves": lambda: models.BasicBlock(64, 128, 2),
}

PARAMETERS = {
    "DigitNet": 15_418,
    "ConvNet, 28 × 28": 29_034,
    "LeNet's plan in colour, 32 × 32": 62_006,
    "binary classifier, 150 × 150": 3_453_121,
    "LeNet-5, as commonly written": 61_706,
    "AlexNet": 61_100_840,
    "VGG16": 138_357_544,
    "ResNet basic block": 73_984,
    "ResNet basic block that halves": 230_144,
}


def preset(name: str, **settings: Any) -> NetworkBuilder:
    """Return an explorer of one of the examples."""
    chosen = {key: value for key, value in PRESETS[name].items() if key != "note"}
    return NetworkBuilder(**chosen, **settings)


def told(summary: Summary) -> list[tuple[Any, ...]]:
    """Return a summary's rows of layers, without skips and without what adds branches."""
    rows = [row for row in summary.rows if row.kind not in ("Identity", "Add")]
    keys = ("output_shape", "parameters", "macs", "receptive_field", "jump", "start")
    return [(row.kind, *(getattr(row, key) for key in keys)) for row in rows]


@pytest.mark.parametrize("name", MODELS)
def test_the_examples_are_the_models_of_the_book(name: str) -> None:
    explorer = preset(name, batch_size=3)
    size = (3, *explorer.input_shape)
    with torch.device("meta"):
        book, own = summarize(MODELS[name](), size), summarize(explorer.build(), size)
    if name.startswith(
        "ResNet"
    ):  # the book's block computes its skip last, adds, and then has ReLU
        assert sorted(map(repr, told(own))) == sorted(map(repr, told(book)))
    else:
        assert told(own) == told(book)
        assert (own.parameters, own.macs) == (book.parameters, book.macs)


def test_digit_nets_weights_fit_what_is_built() -> None:
    net = models.digit_net()
    built = NetworkBuilder().build()
    built.load_state_dict(net.state_dict())
    image = torch.rand(2, 1, 8, 8)
    assert torch.equal(built.eval()(image), net.eval()(image))


@pytest.mark.parametrize("name", PRESETS)
def test_the_examples_row_by_row(name: str, page: Any, tmp_path: Path) -> None:
    explorer = preset(name, batch_size=2)
    start(page, tmp_path, **{key: getattr(explorer, key) for key in ("input_shape", "layers")})
    expect(page.get_by_label("Example")).to_have_value(name)
    expected = explorer.result("torch")
    np.testing.assert_array_equal(page.evaluate(ANSWER, {"batch_size": 2}), expected)
    np.testing.assert_array_equal(explorer.result("numpy"), expected)
    assert expected[-3] == PARAMETERS[name]
    page.evaluate(DRAWN)
    row = page.locator(".cnn-build-row")
    assert row.count() == len(explorer.rows())
    for shown, one in zip(row.all(), explorer.rows(), strict=True):
        assert shown.locator("button").get_attribute("aria-label") == one.name
        cells = [shown.locator(f".cnn-col-{key}") for key in ("output", "parameters", "macs")]
        wanted = ["×".join(f"{n:,}" for n in one.shape), f"{one.parameters:,}", f"{one.macs:,}"]
        assert [cell.text_content() for cell in cells] == wanted
    total = page.locator("tfoot .cnn-col-parameters")
    expect(total).to_have_text(f"{PARAMETERS[name]:,}")


def test_what_the_notes_say() -> None:
    rows = preset("binary classifier, 150 × 150").rows()
    assert (
        round(100 * max(row.parameters for row in rows) / sum(row.parameters for row in rows)) == 93
    )
    assert "93%" in PRESETS["binary classifier, 150 × 150"]["note"]
    assert "61,706" in PRESETS["LeNet-5, as commonly written"]["note"]


def test_two_hundred_random_networks(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    start(page, tmp_path)
    kinds: Counter[str] = Counter()
    for number in range(200):
        settings = random_settings(rng)
        explorer = NetworkBuilder(**settings)
        shown = page.evaluate(ANSWER, settings)
        against = explorer.result("torch" if number % 2 else "numpy")
        np.testing.assert_array_equal(shown, against, err_msg=str(settings))
        for word in ("(", "gap", "flatten", "linear", "bn1d", "g2", "d2", "avg", "softmax"):
            kinds[word] += word in settings["layers"]
    assert min(kinds.values()) > 10, kinds


def test_numpy_and_torch_agree_on_random_networks() -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        explorer = NetworkBuilder(**random_settings(rng))
        np.testing.assert_array_equal(explorer.result("numpy"), explorer.result("torch"))
