"""Several seeds at once: each run is what it would be alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from test_training import ALL_AT_ONCE, PLAIN, SHORT, SMALL
from torch import nn

from cnnlib.experiments import Data, DivergedError, History, Recipe, train, train_together
from cnnlib.experiments.draws import untrained
from cnnlib.experiments.ensemble import GROUP, group_size
from cnnlib.experiments.history import CURVES
from cnnlib.experiments.stack import Stack
from cnnlib.experiments.training import run_stack


def pictures(n: int, size: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    return rng.random((n, *size), dtype=np.float32), rng.integers(0, 10, n)


def fake(size: tuple[int, int, int]) -> Data:
    return Data(*pictures(40, size), *pictures(20, size), *pictures(30, size))


def assert_same(together: History, alone: History) -> None:
    """See that two histories agree within what the order of float32 sums may change."""
    assert (together.recipe, together.seed) == (alone.recipe, alone.seed)
    assert (together.best_epoch, together.stopped) == (alone.best_epoch, alone.stopped)
    for name in CURVES:
        np.testing.assert_allclose(getattr(together, name), getattr(alone, name), atol=2e-3)
    assert together.test_loss == pytest.approx(alone.test_loss, abs=2e-3)
    assert together.mean_square == pytest.approx(alone.mean_square, rel=2e-3)
    assert list(together.state) == list(alone.state)
    for name, part in alone.state.items():
        assert together.state[name].shape == part.shape, name
        torch.testing.assert_close(together.state[name], part, rtol=0, atol=5e-3)


@pytest.mark.parametrize(
    "recipe",
    [
        SHORT,
        replace(ALL_AT_ONCE, learning_rate=0.001),
        replace(PLAIN, batch_norm=False, pool="average", momentum=0.9, l2=0.01),
        replace(PLAIN, pool="none", mixup=1, optimizer="adam", learning_rate=0.001),
    ],
    ids=["short", "all at once", "sgd", "adam"],
)
def test_each_run_is_what_it_is_alone(recipe: Recipe) -> None:
    seeds = [3, 0, 8]
    together = train_together(recipe, SMALL, seeds=seeds, device="cpu")
    for history, seed in zip(together, seeds, strict=True):
        assert_same(history, train(recipe, SMALL, seed=seed, device="cpu"))


@pytest.mark.parametrize(("model", "size"), [("convnet", (1, 28, 28)), ("lenet", (3, 32, 32))])
def test_the_other_models(model: str, size: tuple[int, int, int]) -> None:
    recipe = Recipe(model=model, epochs=1, batch_size=16, learning_rate=0.001, noise=0.1)
    stack = run_stack(recipe, fake(size), [0, 1], "cpu")
    one_by_one = train_together(recipe, fake(size), seeds=[0, 1], device="cpu")
    for history, alone in zip(stack, one_by_one, strict=True):
        assert_same(history, alone)


def test_a_stack_gives_each_network_its_own_answers_and_gradients() -> None:
    networks = [untrained(Recipe(dropout=0.25), seed) for seed in range(3)]
    x = torch.rand(5, 3, 8, 8)
    stack = Stack(networks, channels_last=True).eval()
    logits = stack(x)
    assert logits.shape == (3, 5, 10)
    logits.square().sum().backward()
    for member, network in enumerate(networks):
        own = network.eval()(x[:, member : member + 1])
        torch.testing.assert_close(logits[member], own, rtol=1e-4, atol=1e-5)
        own.square().sum().backward()
        got = stack.layers[0].weight.grad.chunk(3)[member]
        torch.testing.assert_close(got, network.conv1.weight.grad, rtol=1e-3, atol=1e-4)
        state = stack.state(member)
        assert list(state) == list(network.state_dict())
        assert all(torch.equal(state[name], part) for name, part in network.state_dict().items())


def test_weights_are_kept_and_put_back_member_by_member() -> None:
    stack = Stack([untrained(Recipe(), seed) for seed in range(3)])
    first = stack.snapshot()
    copies = stack.snapshot()
    with torch.no_grad():
        for part in stack.parameters():
            part.add_(1)
    stack.keep(copies, [1])
    stack.restore(copies)
    for name, part in stack.snapshot().items():
        grown = torch.tensor([0.0, 1.0, 0.0]).view(3, *[1] * (part.ndim - 1))
        grown = grown if "running" not in name else torch.zeros_like(grown)
        torch.testing.assert_close(part, first[name] + grown)


def test_who_stops_early_waits_for_nobody() -> None:
    recipe = Recipe(epochs=25, learning_rate=0.02, batch_norm=False, patience=2)
    seeds = range(4)
    together = train_together(recipe, SMALL, seeds=seeds, device="cpu")
    assert len({history.epochs for history in together}) > 1
    for history in together:
        assert history.epochs == history.best_epoch + 2
        assert min(history.validation_loss) == history.validation_loss[history.best_epoch - 1]
        network = untrained(recipe, 0)
        network.load_state_dict(history.state)
        with torch.inference_mode():
            answers = network.eval()(torch.from_numpy(SMALL.test_images)).argmax(1).numpy()
        assert history.test_accuracy == pytest.approx((answers == SMALL.test_labels).mean())


def test_one_that_diverges_leaves_the_others_alone() -> None:
    networks = [untrained(PLAIN, seed) for seed in range(3)]
    with torch.no_grad():
        networks[1].conv1.weight[0, 0, 0, 0] = math.nan
    with pytest.raises(DivergedError, match=r"^the loss of seed 1 became NaN") as caught:
        run_stack(PLAIN, SMALL, [0, 1, 2], "cpu", networks=networks)
    assert caught.value.history.seed == 1
    ended = caught.value.histories
    assert [history.stopped for history in ended] == ["finished", "diverged", "finished"]
    assert ended[1].epochs == 0
    for seed in (0, 2):
        assert_same(ended[seed], train(PLAIN, SMALL, seed=seed, device="cpu"))


def test_all_that_diverge_are_told_of() -> None:
    recipe = replace(PLAIN, learning_rate=1e35)
    seeds = list(range(GROUP + 1))
    with pytest.raises(DivergedError, match=r"in epoch 1, .* holds the 0 epochs before$") as caught:
        train_together(recipe, SMALL, seeds=seeds, device="cpu")
    assert [history.seed for history in caught.value.histories] == seeds


def test_runs_are_stopped_by_who_watches_them() -> None:
    recipe = replace(SHORT, epochs=9)
    calls: list[list[int]] = []

    def watch(histories: tuple[History, ...]) -> bool:
        calls.append([history.seed for history in histories])
        return histories[0].epochs < 2

    histories = train_together(recipe, SMALL, seeds=range(7), device="cpu", on_epoch=watch)
    assert calls == [[0, 1, 2, 3, 4]] * 2
    assert [(history.epochs, history.stopped) for history in histories] == [(2, "asked")] * GROUP


def test_how_many_go_together() -> None:
    cpu, cuda = torch.device("cpu"), torch.device("cuda")
    assert group_size(SMALL, cpu, 10) == 5
    assert group_size(fake((1, 28, 28)), cpu, 10) == 1
    assert group_size(fake((1, 28, 28)), cuda, 10) == 10


@pytest.mark.parametrize("seeds", [[], [1, 1]])
def test_seeds_that_are_none(seeds: Any) -> None:
    with pytest.raises(ValueError, match=r"^seeds must be at least one, all different, got \["):
        train_together(SHORT, SMALL, seeds=seeds)


def test_a_seed_that_is_none() -> None:
    with pytest.raises(TypeError, match=r"^seeds must be a non-negative int, got 'a'$"):
        train_together(SHORT, SMALL, seeds="ab")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^network must be a Sequential of .*, got Tanh as '0'$"):
        Stack([nn.Sequential(nn.Tanh())])


@pytest.mark.gpu
def test_together_on_cuda() -> None:
    recipe = replace(ALL_AT_ONCE, learning_rate=0.001)
    together = train_together(recipe, SMALL, seeds=[0, 1], device="cuda")
    for seed, history in enumerate(together):
        alone = train(recipe, SMALL, seed=seed, device="cpu")
        np.testing.assert_allclose(history.train_loss, alone.train_loss, rtol=0.05)
