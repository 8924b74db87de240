"""Stacks of layers as text: read and written alike in Python and in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from field_states import random_settings

from cnnlib.explorers import ReceptiveFieldExplorer, _base
from cnnlib.explorers import _stack_text as stacks
from cnnlib.explorers._stack_presets import PRESETS
from cnnlib.receptive_field import Layer

READ = """async ([module, texts]) => {
  const { flatten, parse, upto, write } = await import(module);
  return texts.map((text) => {
    try {
      const stack = parse(text);
      const nodes = flatten(stack);
      return {
        text: write(stack), names: nodes.map(({ name }) => name),
        inputs: nodes.map(({ inputs }) => inputs.map((place) => nodes[place].name)),
        parts: nodes.map((_, place) => write(upto(stack, place))),
      };
    } catch (error) {
      return { error: error.message };
    }
  });
}"""
LETTERS = list("kspdx123(~),-a. ")


def test_a_text_comes_back_in_its_one_form() -> None:
    text = " conv1-k3x3 p1x1 , k5x3s2d1, add-( k3p1 ~ ) "
    stack = stacks.parse(text)
    assert stack == (
        stacks.Window("conv1", (3, 3), (1, 1), (1, 1), (1, 1)),
        stacks.Window("", (5, 3), (2, 2)),
        stacks.Branches("add", ((stacks.Window("", (3, 3), padding=(1, 1)),), ())),
    )
    assert stacks.write(stack) == "conv1-k3p1,k5x3s2,add-(k3p1~)"
    nodes = stacks.nodes(stack, (9, 8))
    assert [node.name for node in nodes] == ["input", "conv1", "layer2", "add.1", "add"]
    assert nodes[-1].inputs == ("add.1", "layer2")
    assert nodes[2].stride == (2, 2)
    assert stacks.nodes(stack, (1, 8), axes=1)[2].kernel_size == (1, 3)


def test_what_a_node_is_computed_from() -> None:
    stack = stacks.parse("k1,(k2,(k3~k4),k5~k6),k7")
    parts = [stacks.write(stacks.upto(stack, place)) for place in range(10)]
    assert parts == [
        "",
        "k1",
        "k1,k2",
        "k1,k2,k3",
        "k1,k2,k4",
        "k1,k2,(k3~k4)",
        "k1,k2,(k3~k4),k5",
        "k1,k6",
        "k1,(k2,(k3~k4),k5~k6)",
        "k1,(k2,(k3~k4),k5~k6),k7",
    ]


def test_the_page_reads_every_text_as_python_does(
    page: Any, serve: Callable[[Path, str], str]
) -> None:
    rng = np.random.default_rng(3)
    texts = [preset["layers"] for preset in PRESETS.values()]
    texts += [random_settings(rng)["layers"] for _ in range(60)]
    for text in texts[10:70]:  # the same with a few letters changed
        letters = list(text) or ["k"]
        for _ in range(rng.integers(1, 4)):
            letters[rng.integers(len(letters))] = LETTERS[rng.integers(len(LETTERS))]
        texts.append("".join(letters))
    address = serve(Path(_base.__file__).parent, "/")
    page.goto(address + "js/field_text.js")
    shown = page.evaluate(READ, [address + "js/field_text.js", texts])
    refused = 0
    for text, found in zip(texts, shown, strict=True):
        try:
            stack = stacks.parse(text)
        except ValueError:
            assert "error" in found, text
            refused += 1
            continue
        nodes = stacks.nodes(stack, (9, 9))
        assert found == {
            "text": stacks.write(stack),
            "names": [node.name for node in nodes],
            "inputs": [list(node.inputs) for node in nodes],
            "parts": [stacks.write(stacks.upto(stack, place)) for place in range(len(nodes))],
        }
    assert 20 < refused < len(texts) - 70


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("conv", "layers must be such as k3, conv1-k3s2p1 or .*, got 'conv'"),
        ("k3,", "layers must be such as .*, got the end of the text"),
        ("k0", "kernel_size from 1 to 64, got 'k0'"),
        ("k3s17", "stride from 1 to 16, got 'k3s17'"),
        ("k3p1p1", "each of k, s, p, d once, padding .*, got 'k3p1p1'"),
        ("k3k3", "each of k, s, p, d once, .*, got 'k3k3'"),
        ("k3(k3~)", "layers must follow each other after commas, got '.k3~.'"),
        ("(k3", "layers must close every branch with '.', got '.k3'"),
        ("k3)", "layers must not close a branch that is not open, got '.'"),
        ("(k3)", "layers must have 2 to 8 branches .*, got 1"),
        ("(((((k3~)~)~)~)~)", "layers must nest branches at most 4 deep"),
        ("a-k3,a-k3", "layers must have names of their own, got 'a' twice"),
        ("layer2-k3,k3", "layers must have names of their own, got 'layer2' twice"),
        (",".join(["k3"] * 150), "layers must be at most 149, got 150"),
        ("k" * 8001, "layers must have at most 8000 characters, got 8001"),
    ],
)
def test_a_text_that_is_no_stack_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ReceptiveFieldExplorer(layers=text)


def test_layers_are_taken_as_they_are() -> None:
    layers = [Layer("conv", (3, 1), 2, padding=(1, 0)), Layer("pool", 2, 2, dilation=3)]
    explorer = ReceptiveFieldExplorer(layers=layers, input_size=32)
    assert explorer.layers == "conv-k3x1s2p1x0,pool-k2s2d3"
    same = Layer("same", 3, padding="same")
    assert ReceptiveFieldExplorer(layers=[same]).layers == "same-k3p1"


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        (3, TypeError, "layers must be text such as .* or a sequence of .*Layer; got 3"),
        ([1], TypeError, r"layers must be text .*; got \[1\]"),
        ([Layer("even", 2, padding="same")], ValueError, "as much padding after as before"),
        ([Layer("pool", 3, 2, ceil_mode=True)], ValueError, "and no ceil_mode, got Layer"),
    ],
)
def test_layers_that_have_no_text_are_refused(
    layers: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ReceptiveFieldExplorer(layers=layers)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layers": "k3,k3", "input_size": 4}, "kernel of 'layer2' fits"),
        ({"layers": "(k3~)", "input_size": 4}, "'block1' merges have equal sizes"),
        ({"layers": "(k4~)", "input_size": 4}, "those of 'block1' end with .*1, 1.*4, 4"),
        ({"input_size": 0}, "input_size must be a whole number from 1 to 512"),
    ],
)
def test_stacks_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ReceptiveFieldExplorer(**settings)


def test_it_describes_itself() -> None:
    assert ReceptiveFieldExplorer().describe() == (
        "18 layers over an input of 32 by 32; a unit of pool5 sees 212 by 212 of it; "
        "unit (0, 0) of 1 by 1 sees rows 0 to 31 and columns 0 to 31, 1024 pixels"
    )
    seven = ReceptiveFieldExplorer(**PRESETS["seven samples, two kernels of 3"])
    assert seven.describe() == (
        "2 layers over an input of 7; a unit of conv2 sees 5 of it; "
        "unit 1 of 3 sees 1 to 5, 5 samples"
    )
    blind = ReceptiveFieldExplorer(layers="k1p3", input_size=2, row=0, col=0)
    assert blind.describe().endswith("unit (0, 0) of 8 by 8 sees padding alone, 0 pixels")
    assert blind.picture().startswith(b"\x89PNG")
    assert not blind.result()[-1]
    np.testing.assert_array_equal(blind.result("torch"), blind.result("numpy"))
