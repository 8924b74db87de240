"""DigitNet in NumPy is the network of torch: forward, backward, in training; and it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from strategies import one_torch_thread  # noqa: F401
from torch.nn import functional as F

from cnnlib import datasets, digit_net, models, numpy_ops, reference, shift_nets, torch_ops
from cnnlib.digit_net import AVERAGES, LEARNED, forward, loss_and_gradients, outputs, train_numpy

IMAGES, LABELS = digit_net.test_digits()
DOUBLE = IMAGES.astype(float)


def parameters(seed: int) -> dict[str, np.ndarray]:
    """Return random parameters in float64, normalizations too, with averages far from 0 and 1."""
    rng = np.random.default_rng(seed)
    found = {name: values.astype(float) for name, values in digit_net.untrained(rng).items()}
    for name, values in found.items():
        if name.startswith("bn"):
            found[name] = values + rng.uniform(0.1, 0.9, values.shape)
    return found


def torchs(given: dict[str, np.ndarray]) -> torch.nn.Sequential:
    """Return torch's network of these parameters, in float64, which drops nothing."""
    net = models.digit_net(dropout=0).double()
    net.load_state_dict({name: torch.tensor(values) for name, values in given.items()})
    return net


def test_the_names_are_torchs():
    net = models.digit_net()
    assert sorted(LEARNED) == sorted(name for name, _ in net.named_parameters())
    assert sorted(digit_net.untrained(np.random.default_rng(0))) == sorted([*LEARNED, *AVERAGES])
    for name, values in digit_net.untrained(np.random.default_rng(0)).items():
        assert values.shape == tuple(net.state_dict()[name].shape)
        assert values.dtype == np.float32
    assert sum(parameters(0)[name].size for name in LEARNED) == 15_418


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("training", [False, True])
def test_forward_is_torchs_layer_by_layer(seed, training):
    given, batch = parameters(seed), DOUBLE[:32]
    net, x = torchs(given).train(training), torch.tensor(batch)
    found = outputs(given, batch, training=training)
    assert list(found) == ["images", *(name for name, _ in net.named_children())]
    for name, layer in net.named_children():
        x = layer(x)
        np.testing.assert_allclose(found[name], x.detach().numpy(), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(forward(given, batch, training=training), found["linear"])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [2, 64])
def test_every_gradient_is_autograds(seed, size):
    given = parameters(10 + seed)
    before = {name: values.copy() for name, values in given.items()}
    net = torchs(given).train()
    loss = F.cross_entropy(net(torch.tensor(DOUBLE[:size])), torch.tensor(LABELS[:size]))
    loss.backward()
    step = loss_and_gradients(given, DOUBLE[:size], LABELS[:size])
    assert step.loss == pytest.approx(loss.item(), abs=1e-12)
    assert sorted(step.gradients) == sorted(LEARNED)
    for name, parameter in net.named_parameters():
        wanted = parameter.grad.numpy()
        assert np.abs(wanted).max() > 1e-6, f"{name} has no gradient to speak of"
        np.testing.assert_allclose(step.gradients[name], wanted, rtol=0, atol=1e-8)
        np.testing.assert_allclose(step.gradients[name], wanted, rtol=1e-7, atol=1e-10)
    assert sorted(step.averages) == sorted(AVERAGES)
    for name in AVERAGES:
        wanted = net.state_dict()[name].numpy()
        assert np.abs(wanted - given[name]).max() > 1e-3
        np.testing.assert_allclose(step.averages[name], wanted, rtol=0, atol=1e-12)
    for name, values in before.items():
        np.testing.assert_array_equal(given[name], values)


def test_gradients_with_dropout_are_autograds():
    given = parameters(20)
    keep = numpy_ops.dropout(np.ones((16, 128)), 0.5, rng=np.random.default_rng(0))
    net = torchs(given).train()
    hidden = net[:-1](torch.tensor(DOUBLE[:16])) * torch.tensor(keep)
    F.cross_entropy(net.linear(hidden), torch.tensor(LABELS[:16])).backward()
    step = loss_and_gradients(given, DOUBLE[:16], LABELS[:16], keep=keep)
    for name, parameter in net.named_parameters():
        np.testing.assert_allclose(step.gradients[name], parameter.grad, rtol=0, atol=1e-8)


def test_gradients_are_slopes():
    given, batch = parameters(30), DOUBLE[:8]
    step = loss_and_gradients(given, batch, LABELS[:8])
    rng = np.random.default_rng(0)

    def loss(changes: dict[str, np.ndarray]) -> float:
        moved = {name: given[name] + changes.get(name, 0) for name in given}
        return float(numpy_ops.cross_entropy(forward(moved, batch, training=True), LABELS[:8]))

    for name in LEARNED:
        way = rng.normal(size=given[name].shape) * 1e-6
        slope = (loss({name: way}) - loss({name: -way})) / 2
        assert slope == pytest.approx((step.gradients[name] * way).sum(), rel=1e-4, abs=1e-13)


@pytest.mark.parametrize("ops", [reference, torch_ops])
def test_every_backend_walks_both_ways(ops):
    given, batch, labels = parameters(40), DOUBLE[:2], LABELS[:2]
    expected = loss_and_gradients(given, batch, labels)
    logits = forward(given, batch)
    arrays: Any = [given, batch, labels]
    if ops is torch_ops:
        arrays = [{k: torch.tensor(v) for k, v in given.items()}, *map(torch.tensor, arrays[1:])]
    found = loss_and_gradients(*arrays, ops=ops)
    assert float(found.loss) == pytest.approx(float(expected.loss), abs=1e-12)
    for part, wanted in (
        (found.gradients, expected.gradients),
        (found.averages, expected.averages),
    ):
        for name, values in wanted.items():
            np.testing.assert_allclose(part[name], values, rtol=0, atol=1e-10)
    np.testing.assert_allclose(forward(*arrays[:2], ops=ops), logits, rtol=0, atol=1e-10)


@pytest.mark.gpu
def test_cuda_walks_both_ways() -> None:
    given, batch, labels = parameters(41), DOUBLE[:16], LABELS[:16]
    expected = loss_and_gradients(given, batch, labels)
    on_gpu = {name: torch.tensor(values, device="cuda") for name, values in given.items()}
    arrays = torch.tensor(batch, device="cuda"), torch.tensor(labels, device="cuda")
    found = loss_and_gradients(on_gpu, *arrays, ops=torch_ops)
    for name, values in expected.gradients.items():
        assert found.gradients[name].device.type == "cuda"
        np.testing.assert_allclose(found.gradients[name].cpu(), values, rtol=0, atol=1e-8)


def test_it_learns_the_digits_alike_every_time():
    """Of the digits that are for training, in six epochs; those of the test it has not seen."""
    images, labels = datasets.load("digits")
    chosen, _ = shift_nets.split(labels)
    given = images[chosen, None] / 16, labels[chosen]
    told: list[tuple[int, float]] = []
    trained = train_numpy(
        *given, rng=np.random.default_rng(0), epochs=6, on_epoch=lambda *row: told.append(row)
    )
    assert [epoch for epoch, _ in told] == [1, 2, 3, 4, 5, 6]
    assert tuple(loss for _, loss in told) == trained.losses
    assert trained.losses[0] > 0.5
    assert trained.losses[-1] < 0.05
    right = forward(trained.parameters, IMAGES).argmax(axis=1) == LABELS
    assert right.mean() > 0.97
    assert all(values.dtype == np.float32 for values in trained.parameters.values())
    again = train_numpy(given[0][:200], given[1][:200], rng=np.random.default_rng(1), epochs=2)
    twice = train_numpy(given[0][:200], given[1][:200], rng=np.random.default_rng(1), epochs=2)
    assert again.losses == twice.losses
    for name, values in again.parameters.items():
        np.testing.assert_array_equal(values, twice.parameters[name])


def test_a_step_is_momentums():
    """Two steps of one batch, by hand from the gradients."""
    rng = np.random.default_rng(5)
    trained = train_numpy(
        *(IMAGES[:8], LABELS[:8]),
        **{"rng": rng, "epochs": 2, "learning_rate": 0.5, "momentum": 0.5, "dropout": 0},
    )
    rng = np.random.default_rng(5)
    given = digit_net.untrained(rng)
    orders = []
    for _ in range(2):
        orders.append(rng.permutation(8))
        rng.random((8, 128))  # drawn for dropout
    first = loss_and_gradients(given, IMAGES[orders[0]], LABELS[orders[0]])
    moved = {name: given[name] - np.float32(0.5) * first.gradients[name] for name in LEARNED}
    moved |= first.averages
    second = loss_and_gradients(moved, IMAGES[orders[1]], LABELS[orders[1]])
    for name in LEARNED:
        wanted = given[name] - 0.75 * first.gradients[name] - 0.25 * second.gradients[name]
        np.testing.assert_allclose(trained.parameters[name], wanted, rtol=1e-4, atol=1e-5)
    for name in AVERAGES:
        np.testing.assert_allclose(trained.parameters[name], second.averages[name], atol=1e-5)


GOOD: dict[str, Any] = {"images": IMAGES[:4], "labels": LABELS[:4]}
PARAMETERS = digit_net.stored("plain")


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"rng": 0}, TypeError, "rng must be a generator, .*, got 0"),
        ({"epochs": 0}, ValueError, "epochs must be a positive int, got 0"),
        ({"epochs": 1.5}, TypeError, r"epochs must be a positive int, got 1\.5"),
        ({"batch_size": 0}, ValueError, "batch_size must be a positive int, got 0"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be a positive number, got 0"),
        ({"momentum": 1}, ValueError, "momentum must be a number from 0 to below 1, got 1"),
        ({"momentum": -0.1}, ValueError, r"momentum must be a number from 0 to .*, got -0\.1"),
        ({"dropout": 1.0}, ValueError, r"dropout must be a number from 0 to below 1, got 1\.0"),
        ({"dropout": "no"}, TypeError, "dropout must be a number from 0 to .*, got 'no'"),
        ({"labels": LABELS[:3]}, ValueError, r"labels must be .* got shape \(3,\) for 4"),
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, ValueError, "labels must be .* for 0"),
        ({"labels": LABELS[:4] / 2}, TypeError, "target must hold integers.* got type float64"),
        ({"images": IMAGES[:4, 0]}, ValueError, r"images must be .* got shape \(4, 8, 8\)"),
    ],
)
def test_bad_calls_of_training(changes, error, match):
    call = {**GOOD, "epochs": 1, "rng": np.random.default_rng(0), **changes}
    with pytest.raises(error, match=f"^{match}$"):
        train_numpy(**call)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        (
            {"parameters": {}},
            ValueError,
            r"parameters must be .* holds 'conv1.weight', .* got \[\]",
        ),
        ({"parameters": None}, TypeError, "parameters must be a mapping .*, got None"),
        ({"images": None}, TypeError, "images must be an array of numbers .*, got NoneType: None"),
        (
            {"images": np.ones((2, 3, 8, 8))},
            ValueError,
            r"images must be of shape \(n, 1, 8, 8\), got shape \(2, 3, 8, 8\)",
        ),
        ({"images": np.ones((2, 1, 28, 28))}, ValueError, r"images must be .*\(2, 1, 28, 28\)"),
        ({"training": 1}, TypeError, "training must be True or False, got 1"),
    ],
)
def test_bad_calls_of_forward(changes, error, match):
    call = {"parameters": PARAMETERS, "images": IMAGES[:2], **changes}
    with pytest.raises(error, match=f"^{match}$"):
        forward(**call)


@pytest.mark.parametrize("keep", [np.ones(128), np.ones((3, 128)), np.ones((1, 128)), 0.5])
def test_factors_of_dropout_for_other_features(keep):
    with pytest.raises(
        ValueError, match=r"^keep must be an array of shape \(n, 128\) = \(2, 128\)"
    ):
        loss_and_gradients(PARAMETERS, IMAGES[:2], LABELS[:2], keep=keep)
