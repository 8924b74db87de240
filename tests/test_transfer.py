"""Transfer learning: its parts, its three ways to begin, and what is stored of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib.experiments import Recipe, digits
from cnnlib.experiments.draws import untrained
from cnnlib.experiments.transfer import (
    WAYS,
    few,
    freeze,
    only,
    replace_head,
    stored,
    transfer,
)

DIGITS = digits()
NEW = only(DIGITS, [5, 6, 7, 8, 9])
RECIPE = Recipe(epochs=3, batch_size=16, learning_rate=0.01)


def test_some_classes_of_the_data() -> None:
    swapped = only(DIGITS, [7, 2])
    for part in range(0, 6, 2):
        labels = DIGITS[part + 1]
        chosen = (labels == 7) | (labels == 2)
        np.testing.assert_array_equal(swapped[part], DIGITS[part][chosen])
        np.testing.assert_array_equal(swapped[part + 1], labels[chosen] == 2)
    with pytest.raises(ValueError, match=r"^classes must be all different, got \[3, 3\]$"):
        only(DIGITS, [3, 3])
    with pytest.raises(ValueError, match=r"^classes must be classes that are in .* got \[10\]$"):
        only(DIGITS, [1, 10])


def test_a_few_of_each_class() -> None:
    small = few(NEW, 10, np.random.default_rng(3))
    assert np.bincount(small.train_labels).tolist() == [2] * 5
    known = {image.tobytes() for image in NEW.train_images}
    assert {image.tobytes() for image in small.train_images} < known
    assert small.validation_images is NEW.validation_images
    other = few(NEW, 10, np.random.default_rng(4))
    assert not np.array_equal(small.train_images, other.train_images)
    for n in (0, len(NEW.train_labels) + 1):
        with pytest.raises(ValueError, match=rf"^n must be an int from 1 to 499, got {n}$"):
            few(NEW, n, np.random.default_rng(0))


def test_a_new_head_and_the_rest_as_it_was() -> None:
    network = untrained(RECIPE, seed=0)
    state = torch.get_rng_state()
    changed, again = (replace_head(network, 5, seed=1) for _ in range(2))
    assert torch.equal(state, torch.get_rng_state())
    assert changed.linear.weight.shape == (5, 128)
    assert network.linear.weight.shape == (10, 128)
    assert torch.equal(changed.linear.weight, again.linear.weight)
    assert changed.linear.weight.abs().max().item() <= 128**-0.5
    assert torch.equal(changed.conv3.weight, network.conv3.weight)
    assert changed.conv3.weight is not network.conv3.weight
    with pytest.raises(TypeError, match=r"^network must be one that ends with a Linear layer, got"):
        replace_head(nn.Sequential(nn.Linear(2, 2), nn.ReLU()), 5, seed=0)
    with pytest.raises(ValueError, match=r"^outputs must be a positive int, got 0$"):
        replace_head(network, 0, seed=0)


@pytest.mark.parametrize("way", WAYS)
def test_what_each_way_changes(way: str) -> None:
    source = None if way == "scratch" else freeze(untrained(RECIPE, seed=7))
    history = transfer(
        RECIPE, few(NEW, 50, np.random.default_rng(0)), way=way, seed=0, source=source
    )
    assert history.state is not None
    begun = replace_head(untrained(RECIPE, 0 if way == "scratch" else 7), 5, seed=0).state_dict()
    kept = {name for name, part in begun.items() if torch.equal(part, history.state[name])}
    kept.discard("linear.weight")
    body = {name for name in begun if not name.startswith("linear")}
    assert kept == (body if way == "frozen" else set())
    assert history.test_accuracy > 0.2


BAD: list[tuple[dict[str, Any], str]] = [
    ({"way": "warm"}, r"^way must be 'scratch', 'frozen' or 'fine-tuned', got 'warm'$"),
    ({"way": "frozen"}, r"^source must be None to begin from scratch, and else a trained .* None$"),
    ({"way": "scratch", "source": nn.Sequential()}, r"^source must be None to begin from scratch,"),
]


@pytest.mark.parametrize(("settings", "match"), BAD)
def test_ways_that_are_none(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        transfer(RECIPE, NEW, seed=0, **settings)


def test_what_is_stored() -> None:
    results = stored()
    seeds = results["manifest"]["seeds"]
    assert len(seeds) >= 5
    assert min(results["source_accuracy"]) > 0.97
    for way in WAYS:
        for size in map(str, results["sizes"]):
            values = np.array(results["accuracy"][way][size])
            assert values.shape == (len(seeds),)
            np.testing.assert_allclose(values * 222, np.rint(values * 222), atol=1e-3)
            epochs = results["manifest"]["recipes"][size]["epochs"]
            assert len(results["curves"][way][size]) == epochs


def test_a_stored_run_comes_out_again() -> None:
    from tools import run_transfer

    results, size = stored(), run_transfer.SIZES[0]
    seed = results["manifest"]["seeds"][0]
    data = few(NEW, size, np.random.default_rng([seed, size]))
    history = transfer(run_transfer.recipe(size), data, way="scratch", seed=seed, device="cpu")
    expected = results["accuracy"]["scratch"][str(size)][0]
    assert history.test_accuracy == pytest.approx(expected, abs=0.05)
