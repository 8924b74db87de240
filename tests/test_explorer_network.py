"""NetworkExplorer's numbers in a real browser: every test digit, every layer, against torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from cnnlib import digit_net
from cnnlib.explorers import NetworkExplorer
from cnnlib.explorers._network_layers import SIDES
from cnnlib.models import digit_net as build
from tools.widget_page import grid_values, open_page, run_python

UPDATE = "s => document.querySelector('[data-explorer]').update(s)"
ANSWER = "document.querySelector('[data-explorer]').answer()"
EACH = """([states, from, to]) => {
  const explorer = document.querySelector("[data-explorer]");
  return states.map((state) => (explorer.update(state), explorer.answer().slice(from, to)));
}"""
IMAGES, LABELS = digit_net.test_digits()


def in_torch(name: str, dtype: torch.dtype = torch.float32) -> torch.nn.Sequential:
    """Return a stored network as torch has it."""
    network = build()
    parameters = {key: torch.tensor(value) for key, value in digit_net.stored(name).items()}
    missing, unexpected = network.load_state_dict(parameters, strict=False)
    assert unexpected == []
    assert all(key.endswith("num_batches_tracked") for key in missing)
    return network.to(dtype).eval()


def test_every_test_digit_gives_torchs_logits_and_class(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="all", network="plain")])
    drawings = (IMAGES[:, 0] * 16).astype(int).tolist()
    states = [{"drawing": drawing} for drawing in drawings]
    shown = np.array(page.evaluate(EACH, [states, 64, 94]))
    for name, logits in {"plain": shown[:, :10], "augmented": shown[:, 20:]}.items():
        with torch.no_grad():
            expected = in_torch(name)(torch.tensor(IMAGES)).numpy()
        np.testing.assert_allclose(logits, expected, atol=1e-4)
        np.testing.assert_array_equal(logits.argmax(1), expected.argmax(1))
    wrong = np.flatnonzero(shown[:, :10].argmax(1) != LABELS)
    assert NetworkExplorer()._stored["wrong"]["plain"] == wrong.tolist()


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    """Return a digit, moved or not, and any unit of any layer; some beyond what the layer has."""
    moved = rng.random(4) < 0.6
    return {
        "drawing": (IMAGES[rng.integers(len(IMAGES)), 0] * 16).astype(int).tolist(),
        "network": str(rng.choice(digit_net.NAMES)),
        "down": float(rng.integers(-16, 17) / 4) * moved[0],
        "right": float(rng.integers(-16, 17) / 4) * moved[1],
        "rotate": float(rng.integers(-36, 37) * 5) * moved[2],
        "noise": round(float(rng.integers(0, 21) / 20), 2) * moved[3],
        "seed": int(rng.integers(1000)),
        "layer": str(rng.choice(list(SIDES))),
        "channel": int(rng.integers(128)),
        "row": int(rng.integers(8)),
        "col": int(rng.integers(8)),
        "source": int(rng.integers(32)),
    }


def test_two_hundred_random_states_agree_with_python(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    states = [random_state(rng) for _ in range(200)]
    open_page(page, tmp_path, [NetworkExplorer(name="random")])
    shown = page.evaluate(EACH, [states, 0, 300])
    for state, values in zip(states, shown, strict=True):
        np.testing.assert_allclose(values, NetworkExplorer(**state).result(), atol=1e-9)


def test_python_agrees_with_torchs_own_modules_layer_by_layer() -> None:
    explorer = NetworkExplorer(network="augmented", down=1.5, rotate=-30, noise=0.2, seed=4)
    found = explorer.outputs()
    x = torch.tensor(explorer.seen())
    with torch.no_grad():
        for name, module in in_torch("augmented", torch.float64).named_children():
            x = module(x)
            if name != "dropout":  # which does nothing in evaluation
                np.testing.assert_allclose(found[name], x, atol=1e-12)
    np.testing.assert_allclose(found["softmax"], x.softmax(1), atol=1e-12)


def last_number(text: str) -> float:
    """Return the number that a line of arithmetic ends with."""
    return float(text.rsplit("= ", 1)[1].split(",")[0].replace("\N{MINUS SIGN}", "-"))


def test_the_arithmetic_of_any_unit_ends_with_its_number(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    open_page(page, tmp_path, [NetworkExplorer(name="sum")])
    for layer in SIDES:
        state = {**random_state(rng), "layer": layer, "noise": 0.0}
        page.evaluate(UPDATE, state)
        explorer = NetworkExplorer(**state)
        output = explorer.outputs()[layer][0]
        channel, row, col = explorer.unit
        value = output[channel, row, col] if output.ndim == 3 else output[channel]
        lines = page.locator(".cnn-net-lines p:visible").all_inner_texts()
        assert last_number(lines[-1]) == pytest.approx(value, abs=6e-5, rel=1e-2), layer
        grid = np.array(grid_values(page, "output")).ravel()
        map_ = output[channel] if output.ndim == 3 else output
        np.testing.assert_allclose(grid, map_.ravel(), rtol=1e-5, atol=1e-6)
        expect(page.locator(".cnn-summary")).to_contain_text(f" of {layer}, ")


def test_a_products_line_multiplies_the_window_by_the_slice(page: Any, tmp_path: Path) -> None:
    state = {"layer": "conv2", "channel": 5, "row": 0, "col": 7, "source": 9}
    explorer = NetworkExplorer(name="slice", **state)
    open_page(page, tmp_path, [explorer])
    padded = np.pad(explorer.outputs()["relu1"][0, 9], 1)
    weight = digit_net.stored("plain")["conv2.weight"][5, 9]
    window = padded[0:3, 7:10]
    np.testing.assert_allclose(grid_values(page, "window"), window, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(grid_values(page, "kernel"), weight, rtol=1e-5)
    first, both = page.locator(".cnn-net-lines p:visible").all_inner_texts()
    assert first.startswith("from map 9 of relu1")
    assert last_number(first) == pytest.approx((window * weight).sum(), abs=6e-5)
    assert last_number(both) == pytest.approx(explorer.outputs()["conv2"][0, 5, 0, 7], abs=6e-5)
    assert len(both.split(" + ")) == 16


def test_the_receptive_field_is_framed(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    open_page(page, tmp_path, [NetworkExplorer(name="field")])
    for layer in SIDES:
        state = {**random_state(rng), "layer": layer}
        page.evaluate(UPDATE, state)
        top, left, height, width = NetworkExplorer(**state).sees()
        path = page.locator(".cnn-net-sees").get_attribute("d")
        assert path == f"M{left} {top}H{left + width}V{top + height}H{left}Z"


@pytest.mark.parametrize("layer", ["relu2", "linear", "softmax"])
def test_the_python_that_it_copies_gives_what_is_shown(
    page: Any, tmp_path: Path, layer: str
) -> None:
    moves = {"down": 0.5, "rotate": -20, "noise": 0.1, "seed": 3} if layer != "linear" else {}
    open_page(page, tmp_path, [NetworkExplorer(name="code", layer=layer, channel=6, **moves)])
    names = run_python(page)
    shown = np.array(page.evaluate(ANSWER))
    np.testing.assert_allclose(names["x"].ravel(), shown[:64], atol=1e-9)
    np.testing.assert_allclose(names["logits"][0], shown[64:74], atol=1e-9)
    np.testing.assert_allclose(names["same"][0], shown[64:74], atol=1e-9)
    chosen = shown[94:][3 * 8 + 3 if layer == "relu2" else 6]
    assert float(names["printed"][-1][0]) == pytest.approx(chosen, abs=1e-9)
