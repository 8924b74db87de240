"""The stored DigitNets are what their file claims: weights, digits, accuracies, how they came."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from strategies import one_torch_thread  # noqa: F401

from cnnlib import datasets, digit_net, models, shift_nets
from cnnlib.digit_net import AVERAGES, LEARNED, NAMES, forward, packed, stored, unpacked
from cnnlib.experiments import BOOK, Recipe, digits, train
from tools import train_digit_net

IMAGES, LABELS = digit_net.test_digits()
FILE = datasets.stored("digit_net")
MANIFEST = FILE["manifest"]
EACH = pytest.mark.parametrize("name", NAMES)


def torchs(name: str, dtype: torch.dtype) -> np.ndarray:
    """Return the logits that torch's network of the stored weights gives the test digits."""
    net = models.digit_net()
    net.load_state_dict({key: torch.tensor(value) for key, value in stored(name).items()})
    with torch.inference_mode():
        return net.eval().to(dtype)(torch.tensor(IMAGES, dtype=dtype)).numpy()


@EACH
def test_the_accuracy_is_that_of_the_weights(name):
    claimed = MANIFEST["accuracy"][name][0]
    logits = forward(stored(name), IMAGES)
    assert logits.dtype == np.float32
    for found in (logits, torchs(name, torch.float32)):
        assert (found.argmax(axis=1) == LABELS).mean() == pytest.approx(claimed, abs=1e-6)


@EACH
def test_the_logits_are_torchs(name):
    np.testing.assert_allclose(
        forward(stored(name), IMAGES), torchs(name, torch.float32), rtol=0, atol=1e-4
    )
    double = {key: value.astype(float) for key, value in stored(name).items()}
    np.testing.assert_allclose(
        forward(double, IMAGES.astype(float)), torchs(name, torch.float64), rtol=0, atol=1e-11
    )


def test_the_test_digits_are_those_that_no_network_has_seen():
    images, labels = datasets.load("digits")
    _, chosen = shift_nets.split(labels)
    np.testing.assert_array_equal(IMAGES * 16, images[chosen, None])
    np.testing.assert_array_equal(LABELS, labels[chosen])
    data = digits()
    np.testing.assert_array_equal(IMAGES, data.test_images)
    assert train_digit_net.test_set(data) == FILE["test"]
    assert (IMAGES.dtype, LABELS.dtype) == (np.float32, np.int64)


@EACH
def test_what_is_stored_is_whole(name):
    parameters, expected = stored(name), models.digit_net().state_dict()
    assert sorted(parameters) == sorted([*LEARNED, *AVERAGES])
    for key, values in parameters.items():
        assert values.shape == tuple(expected[key].shape)
        assert values.dtype == np.float32
        assert np.isfinite(values).all()
        assert values.flags.writeable
    assert packed(parameters) == FILE["networks"][name]
    again = unpacked(packed(parameters))
    for key, values in parameters.items():
        np.testing.assert_array_equal(again[key], values)


@EACH
def test_the_recipe_is_the_books(name):
    assert MANIFEST["recipes"][name] == train_digit_net.RECIPES[name].to_dict()
    assert MANIFEST["seeds"] == list(train_digit_net.SEEDS)
    assert set(MANIFEST["versions"]) == {"python", "torch", "numpy"}
    assert train_digit_net.RECIPES[name].changes(BOOK) == (
        {} if name == "augmented" else {"shift": 0, "rotate": 0, "scale": 0}
    )


def test_what_the_book_promises_of_its_recipe_was_reached():
    """Five seeds each; and what the augmentation adds, of which the chapter speaks."""
    plain, augmented = (np.array(MANIFEST["accuracy"][name]) for name in NAMES)
    assert len(plain) == len(augmented) == 5
    assert augmented.mean() >= train_digit_net.ACCURACY
    assert augmented.mean() > plain.mean()


def test_a_shorter_run_of_the_tool_stores_what_it_trained(tmp_path, monkeypatch, capsys):
    short = Recipe(epochs=2)
    monkeypatch.setattr(train_digit_net, "RECIPES", dict.fromkeys(NAMES, short))
    monkeypatch.setattr(train_digit_net, "SEEDS", (3,))
    monkeypatch.setattr(train_digit_net, "TARGET", tmp_path / "digit_net.json")
    assert train_digit_net.main([]) == 0
    assert capsys.readouterr().out.count("of the test digits right") == 2
    written = json.loads((tmp_path / "digit_net.json").read_text("utf-8"))
    assert list(written) == list(FILE)
    assert list(written["manifest"]) == list(MANIFEST)
    history = train(short, digits(), seed=3, device="cpu")
    again = unpacked(written["networks"]["plain"])
    for key, values in again.items():
        np.testing.assert_array_equal(values, history.state[key].numpy())
    right = (forward(again, IMAGES).argmax(axis=1) == LABELS).mean()
    assert written["manifest"]["accuracy"]["plain"][0] == pytest.approx(right, abs=1e-6)


def test_the_check_fails_where_the_promise_is_not_kept(monkeypatch, capsys):
    monkeypatch.setitem(train_digit_net.RECIPES, "augmented", Recipe(epochs=1))
    monkeypatch.setattr(train_digit_net, "SEEDS", (0,))
    before = train_digit_net.TARGET.read_bytes()
    for accuracy, seconds, status in ((0.1, 600, 0), (1.01, 600, 1), (0.1, 0, 1)):
        monkeypatch.setattr(train_digit_net, "ACCURACY", accuracy)
        monkeypatch.setattr(train_digit_net, "SECONDS", seconds)
        assert train_digit_net.main(["--check"]) == status
        assert "mean" in capsys.readouterr().out
    assert train_digit_net.TARGET.read_bytes() == before


def test_training_again_comes_to_much_the_same():
    """On another kind of machine sums differ in their last digits, and then a few answers."""
    history = train(train_digit_net.RECIPES["plain"], digits(), seed=0, device="cpu")
    claimed = MANIFEST["accuracy"]["plain"]
    assert history.test_accuracy == pytest.approx(np.mean(claimed), abs=0.015)
    spread = stored("plain")
    for key in ("conv1.weight", "conv3.weight", "linear.weight"):
        found = history.state[key].numpy()
        assert np.std(found) == pytest.approx(np.std(spread[key]), rel=0.1)


def test_bad_names_are_refused():
    with pytest.raises(ValueError, match="^name is 'best'; legal are 'plain', 'augmented'$"):
        stored("best")
