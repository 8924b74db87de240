"""The stored classifiers: what is stored of them is what they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnlib import datasets, reference, shift_nets, torch_ops
from cnnlib.downsampling import KINDS
from cnnlib.invariance import consistency
from cnnlib.shift_nets import answers, logits, measured, networks, on_canvas, packed, unpacked

IMAGES, LABELS = datasets.load("digits")
_, TEST = shift_nets.split(LABELS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_stored_figures_are_those_of_the_stored_weights(kind: str) -> None:
    stored = next(row for row in measured() if (row.kind, row.seed) == (kind, 0))
    given = answers(networks()[kind], IMAGES[TEST], ops=torch_ops)
    right = (given == LABELS[TEST]).mean(axis=1)
    np.testing.assert_allclose(right, stored.accuracy, atol=1e-6)
    assert consistency(given) == pytest.approx(stored.consistency, abs=1e-6)
    assert (given[0] == given[4]).all()  # 4 pixels are a whole cell of the last feature map
    assert (given[3] == given[7]).all()


def test_every_kind_was_trained_three_times() -> None:
    assert [(row.kind, row.seed) for row in measured()] == [(k, s) for k in KINDS for s in range(3)]


def test_a_blur_makes_answers_more_consistent_with_every_seed() -> None:
    """What the chapter says of the stored figures: of consistency, not of accuracy."""
    same = {(row.kind, row.seed): row.consistency for row in measured()}
    for seed in range(3):
        assert same["max-blur", seed] > same["max", seed] + 0.1
        assert same["blur", seed] > same["strided", seed] + 0.4


def test_a_quarter_of_each_class_is_for_the_test() -> None:
    train, test = shift_nets.split(LABELS)
    assert sorted([*train, *test]) == list(range(len(LABELS)))
    assert np.bincount(LABELS[test]).tolist() == [n // 4 for n in np.bincount(LABELS)]


def test_a_digit_moves_on_its_canvas_and_stays_whole() -> None:
    for dy, dx in ((0, 0), (8, -8), (-3, 5)):
        canvas = on_canvas(IMAGES[:2], dy, dx)
        assert canvas.shape == (2, 1, 24, 24)
        np.testing.assert_array_equal(
            canvas[:, 0, 8 + dy : 16 + dy, 8 + dx : 16 + dx], IMAGES[:2] / 16
        )
        assert canvas.sum() == pytest.approx(IMAGES[:2].sum() / 16)


@pytest.mark.parametrize("kind", KINDS)
def test_backends_agree(kind: str) -> None:
    import torch

    pictures, network = on_canvas(IMAGES[TEST[:2]], 1, 2), networks()[kind]
    expected = logits(network, pictures)
    np.testing.assert_allclose(logits(network, pictures, ops=reference), expected, atol=1e-9)
    parts: Any = [tuple(torch.tensor(part) for part in parts) for parts in network[1:]]
    other = logits(
        network._replace(weights=parts[0], biases=parts[1]), torch.tensor(pictures), ops=torch_ops
    )
    np.testing.assert_allclose(other, expected, atol=1e-9)


def test_what_is_packed_is_within_half_a_step() -> None:
    rng = np.random.default_rng(0)
    network = networks()["max"]
    weights = tuple(rng.normal(size=w.shape) for w in network.weights)
    again = unpacked("max", packed(network._replace(weights=weights)))
    for before, after in zip(weights, again.weights, strict=True):
        step = abs(before).max() / 127
        assert abs(before - after).max() <= 0.5001 * step
    for kind, each in networks().items():
        assert packed(unpacked(kind, packed(each))) == packed(each)
        assert sum(part.size for part in (*each.weights, *each.biases)) == 2634


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match=r"digits must be of shape \(n, 8, 8\), got \(8, 8\)"):
        on_canvas(IMAGES[0])
    network = networks()["max"]
    short = network._replace(weights=network.weights[:3], biases=network.biases[:3])
    with pytest.raises(ValueError, match="network must be of 4 layers, got 3"):
        logits(short, on_canvas(IMAGES[:1]))
    with pytest.raises(ValueError, match="name is 'nets'; legal are 'digit_net', 'shift_nets', "):
        datasets.stored("nets")
