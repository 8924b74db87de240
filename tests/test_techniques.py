"""Each technique of regularization against its formula, or against torch's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from cnnlib import augmentation
from cnnlib.experiments import (
    EarlyStopping,
    Recipe,
    decay_weights,
    l1_penalty,
    l2_penalty,
    mixup,
    mixup_loss,
    smooth_labels,
)
from cnnlib.experiments.pictures import affine, random_matrices
from cnnlib.experiments.schedules import cosine, factors, warm_up
from cnnlib.experiments.stack import Stack

RATE, DECAY = 0.1, 0.3


def descend(kind: Any, decay: str, **settings: Any) -> torch.Tensor:
    """Take five steps on a bumpy function of three weights, decayed in one of three ways."""
    weight = torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64, requires_grad=True)
    if decay == "torch":
        settings["weight_decay"] = DECAY
    optimizer = kind([weight], lr=RATE, **settings)
    for _ in range(5):
        loss = (weight * torch.tensor([1.0, 10.0, 0.1])).sin().sum()
        if decay == "loss":
            loss = loss + DECAY * l2_penalty([weight])
        optimizer.zero_grad()
        loss.backward()
        if decay == "outside":
            decay_weights([weight], RATE, DECAY)
        optimizer.step()
    return weight.detach()


def test_l2_in_the_loss_is_weight_decay_under_sgd() -> None:
    expected = descend(torch.optim.SGD, "loss")
    torch.testing.assert_close(descend(torch.optim.SGD, "torch"), expected)
    torch.testing.assert_close(descend(torch.optim.SGD, "outside"), expected)


def test_with_momentum_it_is_what_torch_adds_to_the_gradient() -> None:
    """Decay outside of the loss has no momentum, and so differs here."""
    expected = descend(torch.optim.SGD, "loss", momentum=0.9)
    torch.testing.assert_close(descend(torch.optim.SGD, "torch", momentum=0.9), expected)
    outside = descend(torch.optim.SGD, "outside", momentum=0.9)
    assert (outside - expected).abs().max() > 0.01


def test_l2_in_the_loss_is_not_weight_decay_under_adam() -> None:
    in_loss = descend(torch.optim.Adam, "loss")
    torch.testing.assert_close(descend(torch.optim.Adam, "torch"), in_loss)  # Adam's own is L2
    decoupled = descend(torch.optim.AdamW, "torch")
    torch.testing.assert_close(descend(torch.optim.Adam, "outside"), decoupled)
    assert (in_loss - decoupled).abs().max() > 0.01


def test_the_gradients_of_penalties() -> None:
    weight = torch.tensor([3.0, -4.0, 0.0], requires_grad=True)
    l1_penalty([weight]).backward()
    assert weight.grad is not None
    assert weight.grad.tolist() == [1, -1, 0]
    weight.grad = None
    l2_penalty([weight]).backward()
    assert weight.grad.tolist() == [3, -4, 0]


def test_dropout_keeps_the_expectation() -> None:
    stack = Stack([torch.nn.Sequential(torch.nn.Dropout(0.25)) for _ in range(2)])
    draws = [np.random.default_rng(seed) for seed in (0, 1)]
    x = torch.full((2, 400, 500), 3.0)
    dropped = stack.train()(x, draws)
    assert sorted(set(dropped.flatten().tolist())) == [0, 4]  # 3 / (1 - 0.25)
    assert dropped.mean().item() == pytest.approx(3, abs=0.02)
    assert (dropped == 0).float().mean().item() == pytest.approx(0.25, abs=0.005)
    assert not torch.equal(dropped[0], dropped[1])
    torch.testing.assert_close(stack.eval()(x, draws), x)


@given(st.integers(0, 999), st.sampled_from([0.0, 0.1, 0.75]))
def test_smoothing_against_torch(seed: int, smoothing: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(7, 5, generator=generator)
    labels = torch.randint(5, (7,), generator=generator)
    smooth = smooth_labels(labels, 5, smoothing)
    torch.testing.assert_close(
        -(smooth * logits.log_softmax(1)).sum(1).mean(),
        F.cross_entropy(logits, labels, label_smoothing=smoothing),
    )


@given(st.integers(0, 999))
def test_the_loss_of_mixup_is_that_of_mixed_labels(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(6, 4, generator=generator)
    labels = torch.randint(4, (6,), generator=generator)
    partners, share = torch.randperm(6, generator=generator), torch.rand((), generator=generator)
    own, other = (F.cross_entropy(logits, y, reduction="none") for y in (labels, labels[partners]))
    mixed = mixup(F.one_hot(labels, 4).float(), share, partners)
    expected = F.cross_entropy(logits, mixed, reduction="none")
    torch.testing.assert_close(mixup_loss(own, other, share), expected)


def test_mixed_pictures() -> None:
    images = torch.arange(3.0).reshape(3, 1, 1, 1) * torch.ones(3, 1, 2, 2)
    mixed = mixup(images, torch.tensor([1.0, 0.5, 0.0]), torch.tensor([2, 2, 0]))
    assert mixed[:, 0, 1, 1].tolist() == [0, 1.5, 0]


SCHEDULERS: dict[str, Any] = {
    "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1),
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=8, gamma=0.3),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=24),
    "warm_up": lambda o: torch.optim.lr_scheduler.SequentialLR(
        o,
        [
            torch.optim.lr_scheduler.LinearLR(o, start_factor=1 / 6, total_iters=5),
            torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=18),
        ],
        milestones=[6],
    ),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_schedules_are_those_of_torch(name: str) -> None:
    recipe = Recipe(schedule=name, epochs=6, step_epochs=2, step_factor=0.3, warm_up=0.25)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = SCHEDULERS[name](optimizer)
    rates = []
    for _ in range(24):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert factors(recipe, steps_in_epoch=4) == pytest.approx(rates, abs=1e-12)


def test_the_ends_of_schedules() -> None:
    assert [warm_up(t, 4, rising=0) for t in range(4)] == [cosine(t, 4) for t in range(4)]
    assert [warm_up(t, 4, rising=4) for t in range(4)] == [0.25, 0.5, 0.75, 1]
    assert cosine(0, 1) == 1


STRENGTHS = st.fixed_dictionaries(
    {
        "shift": st.sampled_from([0, 0.8]),
        "rotate": st.sampled_from([0, 35]),
        "scale": st.sampled_from([0, 0.3]),
        "crop": st.sampled_from([0, 0.4]),
        "flip": st.sampled_from([0, 0.5]),
    }
)


@given(st.integers(0, 999), STRENGTHS, st.sampled_from([(8, 8), (5, 7)]))
def test_pictures_change_as_augmentation_changes_them(
    seed: int, strengths: dict[str, Any], size: tuple[int, int]
) -> None:
    images = np.random.default_rng(seed).random((4, 2, *size))
    drawn = random_matrices(4, **strengths, size=size, rng=np.random.default_rng(seed))
    settings = augmentation.random_settings(
        4,
        **{**strengths, "flip": strengths["flip"] > 0},
        size=size,
        rng=np.random.default_rng(seed),
    )
    one_by_one = np.stack([augmentation.matrix(**each) for each in settings])
    np.testing.assert_allclose(drawn, one_by_one, atol=1e-12)
    changed = affine(torch.from_numpy(images), torch.from_numpy(drawn))
    np.testing.assert_allclose(changed, augmentation.affine(images, one_by_one), atol=1e-9)


def test_patience_counts_epochs_without_a_lower_loss() -> None:
    losses = [5, 4, 4, 6, 3, 3.5, float("nan"), 3, 2]
    stopping = EarlyStopping(patience=3)
    better = [stopping.update(loss) for loss in losses[:7]]
    assert better == [True, True, False, False, True, False, False]
    assert not stopping.stop
    assert not stopping.update(losses[7])
    assert stopping.stop
    assert (stopping.best, stopping.best_epoch, stopping.epoch) == (3, 5, 8)
    endless = EarlyStopping(patience=None)
    for _ in range(99):
        endless.update(1.0)
    assert not endless.stop
    assert endless.best_epoch == 1
