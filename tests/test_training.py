"""Runs of training: what they depend on, what they record, what they keep, and how they end."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlib.experiments import (
    BOOK,
    WEIGHT_BINS,
    Data,
    DivergedError,
    History,
    Recipe,
    digits,
    train,
)
from cnnlib.experiments.draws import generators, untrained
from cnnlib.models import digit_net
from cnnlib.shift_nets import split

SMALL = digits(100)
SHORT = Recipe(epochs=2, batch_size=32)
PLAIN = Recipe(epochs=1, batch_size=32, optimizer="sgd", learning_rate=0.1)
ALL_AT_ONCE = Recipe(
    **{"epochs": 2, "dropout": 0.25, "l1": 1e-4, "l2": 1e-3, "label_smoothing": 0.1},
    **{"mixup": 0.4, "noise": 0.1, "shift": 1, "rotate": 10, "scale": 0.1, "crop": 0.2},
    **{"flip": 0.5, "schedule": "warm_up", "weight_decay": 0.01, "patience": 2},
)


def run(recipe: Recipe, data: Data = SMALL, **settings: Any) -> History:
    return train(recipe, data, **{"seed": 0, "device": "cpu", **settings})


def measure(network: nn.Sequential, images: np.ndarray, labels: np.ndarray) -> list[float]:
    with torch.inference_mode():
        logits, answers = network.eval()(torch.from_numpy(images)), torch.from_numpy(labels)
        right = (logits.argmax(1) == answers).float().mean()
        return [F.cross_entropy(logits, answers).item(), right.item()]


@pytest.mark.parametrize("recipe", [SHORT, ALL_AT_ONCE], ids=["short", "all at once"])
def test_recipe_data_and_seed_decide_every_bit(recipe: Recipe) -> None:
    random, of_numpy = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first, second, other = run(recipe), run(recipe), run(recipe, seed=1)
    assert replace(first, seconds=0) == replace(second, seconds=0)
    assert first.state is not None
    assert second.state is not None
    assert all(torch.equal(first.state[name], second.state[name]) for name in first.state)
    assert first.train_loss != other.train_loss
    assert torch.equal(random, torch.get_rng_state())
    assert (of_numpy == np.random.get_state()[1]).all()  # noqa: NPY002


def test_a_run_is_what_a_loop_in_plain_torch_does() -> None:
    network = untrained(PLAIN, seed=0)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    order = torch.from_numpy(generators([0])[0].permutation(100))
    for batch in order.split(32):
        images, labels = (torch.from_numpy(part)[batch] for part in SMALL[:2])
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()
    history = run(PLAIN)
    assert history.state is not None
    for name, part in network.state_dict().items():
        torch.testing.assert_close(history.state[name], part, rtol=1e-4, atol=1e-5)
    expected = [measure(network, *SMALL[i : i + 2]) for i in (0, 2, 4)]
    got = [
        [history.train_loss[0], history.train_accuracy[0]],
        [history.validation_loss[0], history.validation_accuracy[0]],
        [history.test_loss, history.test_accuracy],
    ]
    np.testing.assert_allclose(got, expected, atol=1e-4)


def test_l2_in_a_recipe_is_weight_decay_under_sgd_and_not_under_adam() -> None:
    for momentum in (0.0, 0.9):
        base = replace(PLAIN, momentum=momentum)
        with_l2, decayed = run(replace(base, l2=0.5)), run(replace(base, weight_decay=0.5))
        assert with_l2.test_loss == pytest.approx(decayed.test_loss, abs=1e-4)
        assert with_l2.mean_square == pytest.approx(decayed.mean_square, rel=1e-4)
        assert with_l2.mean_square < 0.9 * run(base).mean_square
    with_l2, decayed = run(replace(SHORT, l2=0.5)), run(replace(SHORT, weight_decay=0.5))
    assert abs(with_l2.mean_square - decayed.mean_square) > 0.1 * decayed.mean_square


TECHNIQUES = {name: getattr(ALL_AT_ONCE, name) for name in ALL_AT_ONCE.changes(Recipe())}
TECHNIQUES |= {"pool": "average", "batch_norm": False, "optimizer": "adam", "batch_size": 50}
del TECHNIQUES["epochs"], TECHNIQUES["patience"]


@pytest.mark.parametrize("name", TECHNIQUES)
def test_every_technique_changes_what_is_learned(name: str) -> None:
    base = replace(PLAIN, epochs=2)
    changed = run(replace(base, **{name: TECHNIQUES[name]}))
    assert changed.train_loss != run(base).train_loss


def test_l1_makes_weights_sparse() -> None:
    recipe = Recipe(epochs=10, optimizer="adam", learning_rate=0.01)
    assert run(replace(recipe, l1=0.02)).near_zero > 10 * run(recipe).near_zero


def test_the_best_weights_are_kept() -> None:
    recipe = Recipe(epochs=40, learning_rate=0.02, batch_norm=False, patience=3)
    stopped = run(recipe)
    assert stopped.stopped == "patience"
    assert stopped.epochs == stopped.best_epoch + 3 < 40
    losses = stopped.validation_loss
    assert min(losses) == losses[stopped.best_epoch - 1] < losses[-1]
    network = digit_net(dropout=0, batch_norm=False)
    network.load_state_dict(stopped.state)
    assert measure(network, *SMALL[2:4])[0] == pytest.approx(min(losses), abs=1e-5)
    assert measure(network, *SMALL[4:]) == pytest.approx(
        [stopped.test_loss, stopped.test_accuracy], abs=1e-5
    )
    to_the_end = run(replace(recipe, patience=None, epochs=stopped.epochs))
    assert to_the_end.validation_loss == losses
    assert to_the_end.best_epoch == stopped.best_epoch
    network.load_state_dict(to_the_end.state)
    assert measure(network, *SMALL[2:4])[0] == pytest.approx(losses[-1], abs=1e-5)


def test_the_end_of_a_loss_that_is_no_number() -> None:
    recipe = replace(PLAIN, epochs=9, schedule="step", step_epochs=2, step_factor=1e35)
    with pytest.raises(
        DivergedError, match=r"^the loss of seed 7 became NaN or infinite"
    ) as caught:
        run(recipe, seed=7)
    history = caught.value.history
    assert history.stopped == "diverged"
    assert history.epochs == len(history.validation_accuracy) == 2
    assert history.train_loss == run(replace(PLAIN, epochs=2), seed=7).train_loss
    assert history.test_loss is None
    assert history.state is None
    assert "in epoch 3, with a learning rate of up to 0.1; " in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.history == history
    assert str(again) == str(caught.value)


def test_a_run_is_stopped_by_who_watches_it() -> None:
    seen: list[History] = []

    def watch(history: History) -> bool:
        seen.append(history)
        return history.epochs < 3

    history = run(replace(SHORT, epochs=9), on_epoch=watch)
    assert [each.epochs for each in seen] == [1, 2, 3]
    assert [each.stopped for each in seen] == ["running"] * 3
    assert seen[1].test_loss is None
    assert (history.epochs, history.stopped) == (3, "asked")
    assert history.train_loss == seen[2].train_loss
    assert history.test_loss is not None
    assert run(SHORT, on_epoch=lambda history: None).stopped == "finished"


def test_histories_go_through_json() -> None:
    history = run(ALL_AT_ONCE)
    again = History.from_dict(json.loads(json.dumps(history.to_dict())))
    assert again == history
    assert again.state is None
    assert history.device.startswith("cpu: ")
    assert history.precision == "float32"
    assert history.versions["torch"] == torch.__version__
    assert history.seconds > 0
    with pytest.raises(ValueError, match=r"^values must have every attribute but state, got no "):
        History.from_dict({})


def test_the_statistics_are_of_the_weights_kept() -> None:
    history = run(SHORT)
    names = ("conv1", "conv2", "conv3", "linear")
    values = np.concatenate([np.ravel(history.state[f"{name}.weight"]) for name in names])
    assert history.mean_square == pytest.approx((values.astype(float) ** 2).mean())
    assert history.near_zero == pytest.approx((abs(values) < 1e-3).mean())
    assert len(history.histogram) == len(WEIGHT_BINS) - 1
    assert sum(history.histogram) == pytest.approx(1)
    inside = (values >= WEIGHT_BINS[20]) & (values < WEIGHT_BINS[21])
    assert history.histogram[20] == pytest.approx(inside.mean())


def test_what_is_frozen_stays() -> None:
    network = untrained(SHORT, seed=5)
    run(SHORT, network=network)  # moves no weight of it
    for name, part in network.named_parameters():
        part.requires_grad_(name.startswith("linear"))
    before = {name: part.clone() for name, part in network.state_dict().items()}
    history = run(replace(SHORT, weight_decay=0.1, l2=0.1), network=network)
    assert network.conv1.weight.grad is None
    for name, part in before.items():
        assert torch.equal(network.state_dict()[name], part)
        if name != "bn1.num_batches_tracked":
            assert torch.equal(history.state[name], part) != name.startswith("linear"), name
    network.requires_grad_(False)
    with pytest.raises(ValueError, match=r"^network must be one with some weights to train, got"):
        run(SHORT, network=network)


def test_the_split_of_the_digits() -> None:
    parts = [digits(n) for n in (100, 200, 1000)]
    rows = [{image.tobytes() for image in part.train_images} for part in parts]
    assert [len(part.train_labels) for part in parts] == [100, 200, 1000]
    assert rows[0] < rows[1] < rows[2]
    whole = np.bincount(parts[2].train_labels) / 1000
    for part in parts:
        shares = np.bincount(part.train_labels) / len(part.train_labels)
        assert abs(shares - whole).max() <= 1.5 / len(part.train_labels)
        for i in range(2, 6):
            np.testing.assert_array_equal(part[i], parts[0][i])
    from cnnlib import datasets

    images, labels = datasets.load("digits")
    _, test = split(labels)
    np.testing.assert_array_equal(parts[0].test_images[:, 0] * 16, images[test])
    np.testing.assert_array_equal(parts[0].test_labels, labels[test])
    seen = np.concatenate([parts[2].train_images, parts[2].validation_images])
    assert len({image.tobytes() for image in seen} | rows[2]) == 1352
    parts[0].train_images[:] = 0  # is the caller's own
    assert digits(100).train_images.any()
    for size in (9, 1001):
        with pytest.raises(
            ValueError, match=rf"^train_size must be an int from 10 to 1000, got {size}"
        ):
            digits(size)
    with pytest.raises(TypeError, match=r"^train_size must be an int from 10 to 1000, got 0.5$"):
        digits(0.5)  # type: ignore[arg-type]


BAD_DATA: list[tuple[dict[str, Any], type[Exception], str]] = [
    (
        {"train_images": np.zeros((3, 8, 8), "f4")},
        ValueError,
        r"^train_images must be an array \(n,",
    ),
    ({"test_images": np.zeros((445, 1, 9, 8), "f4")}, ValueError, r"^test_images must be an array"),
    ({"test_images": np.zeros((445, 1, 8, 8))}, TypeError, r"^test_images must be of type float32"),
    ({"train_labels": np.zeros(99, "i8")}, ValueError, r"^train_labels must be of shape \(100,\)"),
    ({"train_labels": np.zeros(100)}, TypeError, r"^train_labels must be of type int64, got"),
    ({"test_labels": np.full(445, -1)}, ValueError, r"^test_labels must be the numbers of classes"),
    (
        {"test_labels": np.full(445, 10)},
        ValueError,
        r"^data must be of labels from 0 to 9, the out",
    ),
]


@pytest.mark.parametrize(("changes", "error", "match"), BAD_DATA)
def test_data_that_is_none(changes: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        run(SHORT, SMALL._replace(**changes))


def test_arguments_that_are_none() -> None:
    with pytest.raises(TypeError, match=r"^recipe must be a Recipe, got {}$"):
        train({}, SMALL, seed=0)  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match=r"^data must be a Data, as digits\(\) returns, got 'list'$"
    ):
        train(SHORT, [], seed=0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^seed must be a non-negative int, got -1$"):
        run(SHORT, seed=-1)
    with pytest.raises(
        ValueError, match=r"^device must be a device that torch finds here, got 'gpu'"
    ):
        run(SHORT, device="gpu")
    with pytest.raises(TypeError, match=r"^device must be a torch.device or its name, got 0$"):
        run(SHORT, device=0)
    with pytest.raises(ValueError, match=r"^data must be of pictures that the network, 'convnet',"):
        run(Recipe(model="convnet"))
    with pytest.raises(TypeError, match=r"^network must be a Sequential of Conv2d, .* as '1'$"):
        run(SHORT, network=nn.Sequential(nn.Flatten(), nn.Tanh(), nn.Linear(64, 10)))


def test_the_book_s_recipe_learns() -> None:
    history = run(replace(BOOK, epochs=6), digits())
    assert history.test_accuracy > 0.93
    assert history.train_loss[0] > history.train_loss[-1]


@pytest.mark.gpu
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_training_on_cuda(precision: str) -> None:
    recipe = replace(BOOK, epochs=6, precision=precision)
    history = run(recipe, digits(), device="cuda")
    assert history.device.startswith("cuda:0: ")
    assert history.precision == precision
    assert history.state["conv1.weight"].device.type == "cpu"
    assert history.test_accuracy == pytest.approx(run(recipe, digits()).test_accuracy, abs=0.03)
