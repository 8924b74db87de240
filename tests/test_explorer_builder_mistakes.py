"""NetworkBuilder's mistakes and hints: named at their row, and mended by their button."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from builder_states import ANSWER, DRAWN, layers, mistaken, start
from playwright.sync_api import expect

from cnnlib.explorers import NetworkBuilder
from cnnlib.explorers import _builder_text as texts
from cnnlib.explorers._builder_presets import PRESETS
from cnnlib.explorers._builder_torch import layer_module, module

FAULT = """() => {
  const row = document.querySelector(".cnn-build-row.cnn-fault");
  const note = row?.nextElementSibling;
  return row && {
    name: row.querySelector("button").getAttribute("aria-label"),
    text: note.hidden ? "" : note.querySelector("span").textContent,
    mends: [...note.querySelectorAll("button")].map((one) => one.textContent),
    filled: [...document.querySelectorAll(".cnn-build-row")].filter((one) =>
      one.querySelector(".cnn-col-output").textContent).length,
  };
}"""
"""What the page says is wrong, and how many rows it could compute."""

MISTAKES = [
    (
        "conv4k3,relu,linear10",
        ("linear", "it takes a vector, and is given maps of 4 × 6 × 6"),
        {"Insert flatten": "conv4k3,relu,flatten,linear10"},
    ),
    (
        "conv4k3,flatten,maxk2,linear10",
        ("pool", "it takes maps, and is given a vector of 144"),
        {"Put it before flatten": "conv4k3,maxk2,flatten,linear10"},
    ),
    (
        "conv4k3b0,relu,flatten,bn,linear10",
        ("bn", "it takes maps, and is given a vector of 144"),
        {
            "Put it before flatten": "conv4k3b0,relu,bn,flatten,linear10",
            "Make it BatchNorm1d": "conv4k3b0,relu,flatten,bn1d,linear10",
        },
    ),
    (
        "conv4k3b0,bn1d,relu",
        ("bn", "it takes a vector, and is given maps of 4 × 6 × 6"),
        {"Make it BatchNorm2d": "conv4k3b0,bn,relu"},
    ),
    (
        "conv8k3,relu,conv6k3g4",
        ("conv2", "4 groups must divide both: 8 channels in and 6 out"),
        {"Groups 2": "conv8k3,relu,conv6k3g2", "Channels 8": "conv8k3,relu,conv8k3g4"},
    ),
    (
        "conv4k3,relu,conv4k8x3",
        ("conv2", "its kernel spans 8 rows, and the padded map has 6: nothing would be left"),
        {"Padding 1×0": "conv4k3,relu,conv4k8x3p1x0", "Kernel 6×3": "conv4k3,relu,conv4k6x3"},
    ),
    (
        "conv4k3,maxk4,relu,maxk2",
        ("pool2", "its kernel spans 2 rows, and the padded map has 1"),
        {"Kernel 1": "conv4k3,maxk4,relu,maxk1s2", "Remove it": "conv4k3,maxk4,relu"},
    ),
    (
        "maxk3s1p2",
        ("pool", "its padding, 2, is more than half its window, 3"),
        {"Padding 1": "maxk3s1p1"},
    ),
    (
        "(conv4k3s2p1b0,bn~),relu",
        ("block", "its branches end with 4 × 4 × 4 and 1 × 8 × 8, and only maps of one shape"),
        {"Project the skip": "(conv4k3s2p1b0,bn~conv4k1s2b0,bn),relu"},
    ),
    (
        "(conv1k3,relu,conv1k5~)",
        ("block", "its branches end with 1 × 2 × 2 and 1 × 8 × 8"),
        {
            "Pad so that sizes stay": "(conv1k3p1,relu,conv1k5p2~)",
            "Project the skip": "(conv1k3,relu,conv1k5~conv1k1s4b0,bn)",
        },
    ),
    (
        "(conv1k3p1,flatten~),linear2",
        ("block.flatten", "a block adds maps: this can come only after it"),
        {"Put it after block": "(conv1k3p1~),flatten,linear2"},
    ),
    (
        "flatten,(relu~),linear2",
        ("block", "a block adds maps, and this is a vector of 64"),
        {"Put it before flatten": "(relu~),flatten,linear2"},
    ),
]
"""A network on 1 x 8 x 8; the row that is wrong and why; each mend, and what it makes."""


@pytest.mark.parametrize(("text", "fault", "mends"), MISTAKES)
def test_a_mistake_is_named_at_its_row_and_mended(
    text: str, fault: tuple[str, str], mends: dict[str, str], page: Any, tmp_path: Path
) -> None:
    start(page, tmp_path, layers=text)
    name, why = fault
    assert NetworkBuilder(layers=text).fault()[0] == name  # type: ignore[index]
    for number, (mend, mended) in enumerate(mends.items()):
        page.evaluate(ANSWER, {"layers": text, "layer": number})
        found = page.evaluate(FAULT)
        assert found["name"] == name
        assert found["text"].startswith(f"Does not fit: {why}")
        assert found["mends"] == list(mends)
        expect(page.get_by_role("alert")).to_contain_text(f"{name}: {why}")
        page.get_by_role("button", name=mend, exact=True).click()
        assert layers(page) == mended
        expect(page.get_by_role("alert")).to_be_hidden()
        expected = NetworkBuilder(layers=mended).result("torch")
        np.testing.assert_array_equal(page.evaluate(ANSWER, None), expected)
        page.get_by_role("button", name="Undo").click()
        assert layers(page) == text


def test_random_mistakes_are_where_torch_breaks(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    start(page, tmp_path)
    seen: Counter[str] = Counter()
    for _ in range(60):
        settings = mistaken(rng)
        explorer = NetworkBuilder(**settings)
        fault = explorer.fault()
        assert fault is not None
        assert page.evaluate(ANSWER, settings) is None
        found = page.evaluate(FAULT)
        assert (found["name"], found["filled"]) == (fault.name, len(explorer.rows())), settings
        seen[found["text"].split(",")[0].split(":")[1][:14]] += 1
        if found["mends"]:
            page.locator(".cnn-build-note button").locator("visible=true").first.click()
            mended = {**settings, "layers": layers(page)}
            after = NetworkBuilder(**mended)
            assert after.fault() is None or (after.layers, after.fault()) != (
                settings["layers"],
                fault,
            )
            seen["mended"] += 1
    assert seen["mended"] > 50
    assert len(seen) > 5, seen


def test_a_prefix_that_is_right_runs_in_torch_and_one_layer_more_does_not() -> None:
    rng = np.random.default_rng(6)
    broken = 0
    for _ in range(60):
        settings = mistaken(rng)
        stack = texts.parse(settings["layers"])
        shape = tuple(settings["input_shape"])
        good = [n for n in range(len(stack) + 1) if not _fault(stack[:n], settings)]
        assert good == list(range(len(good)))
        net = module(stack[: len(good) - 1], shape).eval()
        after = stack[len(good) - 1]
        output = net(torch.zeros(2, *shape))
        if not isinstance(after, texts.Layer) or after.kind in ("linear", "gap"):
            continue  # a block; or what torch does to rows of a map, or to a whole batch of vectors
        with pytest.raises((RuntimeError, ValueError, IndexError)):
            layer_module(after, tuple(output.shape[1:])).eval()(output)
        broken += 1
    assert broken > 20


def _fault(stack: Any, settings: dict[str, Any]) -> bool:
    chosen = {**settings, "layers": texts.write(stack)}
    return NetworkBuilder(**chosen).fault() is not None


HINTS = [
    (
        "conv4k3,relu,flatten,linear3,softmax",
        "softmax",
        "nn.CrossEntropyLoss takes the logits",
        "Remove it",
    ),
    ("conv4k3,bn,relu", "conv", "bn subtracts the mean, and this bias with it", "No bias"),
    ("conv4k3,conv4k3,relu", "conv2", "nothing nonlinear is between conv1 and this", "Insert ReLU"),
    (
        "conv4k3b0,bn,avgk2,conv4k3,relu",
        "conv2",
        "nothing nonlinear is between conv1",
        "Insert ReLU",
    ),
    ("flatten,linear3,relu", "relu", "logits may be negative", "Remove it"),
    ("conv4k3,relu,relu,maxk2", "relu2", "a second ReLU changes nothing", "Remove it"),
    ("flatten,flatten,linear3", "flatten2", "this is a vector already", "Remove it"),
    ("maxk2s3,conv4k1", "pool", "its stride is wider than its kernel", "Stride as the kernel"),
    ("conv4k3p3,relu", "conv", "at the border it reads padding alone", "Half the kernel"),
    (
        "flatten,linear1,softmax",
        "softmax",
        "of one value alone, softmax is always 1",
        "Make it a sigmoid",
    ),
]
"""A network that is legal, the row of its hint, its words, and what would change it."""


@pytest.mark.parametrize(("text", "name", "words", "mend"), HINTS)
def test_hints(text: str, name: str, words: str, mend: str, page: Any, tmp_path: Path) -> None:
    start(page, tmp_path, layers=text)
    (note,) = page.locator(".cnn-build-note[data-kind=hint]").locator("visible=true").all()
    expect(note).to_contain_text(words)
    row = note.locator("xpath=preceding-sibling::tr[contains(@class, 'cnn-build-row')][1]")
    assert row.locator("button").get_attribute("aria-label") == name
    assert page.evaluate(ANSWER, None) is not None  # a hint hides nothing
    note.get_by_role("button", name=mend).click()
    page.evaluate(DRAWN)
    expect(page.locator(".cnn-build-note[data-kind=hint]").locator("visible=true")).to_have_count(0)
    assert layers(page) != text


def test_the_examples_need_no_hint_but_one(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    for name, preset in PRESETS.items():
        page.evaluate(ANSWER, {key: value for key, value in preset.items() if key != "note"})
        wanted = 2 if name.startswith("ConvNet") else 0  # biases that its batch norms take away
        expect(page.locator(".cnn-build-note").locator("visible=true")).to_have_count(wanted)
