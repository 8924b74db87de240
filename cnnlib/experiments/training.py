"""Training: a recipe, data and a seed in, a history out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlib import _check
from cnnlib.experiments import draws, schedules
from cnnlib.experiments.data import Data, check_data
from cnnlib.experiments.history import History
from cnnlib.experiments.penalties import l1_penalty, l2_penalty
from cnnlib.experiments.recipe import Recipe
from cnnlib.experiments.recording import Record, finished, used_precision
from cnnlib.experiments.stack import Stack
from cnnlib.experiments.targets import mixup_loss
from cnnlib.torch_ops import best_device

__all__ = ["chosen_device", "run_stack", "train"]

OnEpoch = Callable[[tuple[History, ...]], Any]


def train(
    recipe: Recipe,
    data: Data,
    *,
    seed: int,
    device: torch.device | str | None = None,
    on_epoch: Callable[[History], Any] | None = None,
    network: nn.Sequential | None = None,
) -> History:
    """Train a network by a recipe and return what was recorded.

    The recipe, the data and the seed decide everything: on a CPU a second run, with as many
    threads, gives the same bits.

    Parameters
    ----------
    recipe : Recipe
        How.
    data : Data
        On what, as `digits` returns it.
    seed : int
        Of the first weights, the order of the pictures and all else that chance decides.
    device : torch.device, str or None
        Where; None takes `torch_ops.best_device()`.
    on_epoch : callable or None
        Called after each epoch with the history so far; the training stops if it returns False.
    network : torch.nn.Sequential or None
        Where to begin, instead of with random weights; it is not changed, and what of it does not
        require a gradient stays frozen.

    Raises
    ------
    DivergedError
        If the loss becomes NaN or infinite; its `history` holds the epochs before.
    TypeError, ValueError
        If an argument is not legal, or the network does not take the data.

    Examples
    --------
    >>> from cnnlib.experiments.data import digits
    >>> history = train(Recipe(epochs=2), digits(1000), seed=0, device="cpu")
    >>> history.epochs, history.stopped, history.test_accuracy > 0.9
    (2, 'finished', True)
    """
    each = None if on_epoch is None else lambda histories: on_epoch(histories[0])
    networks = None if network is None else [network]
    return run_stack(recipe, data, [seed], device, each, networks)[0]


def run_stack(
    recipe: Recipe,
    data: Data,
    seeds: Sequence[int],
    device: torch.device | str | None = None,
    on_epoch: OnEpoch | None = None,
    networks: Sequence[nn.Sequential] | None = None,
) -> tuple[History, ...]:
    """Train a network for each seed, all in one stack; see `train` and `train_together`."""
    start = time.perf_counter()
    if not isinstance(recipe, Recipe):
        _check.refuse(TypeError, "recipe", "a Recipe", recipe)
    seeds = [_check.integer("seed", seed) for seed in seeds]
    where = chosen_device(device)
    if networks is None:
        networks = [draws.untrained(recipe, seed) for seed in seeds]
    else:
        networks = [deepcopy(network).cpu() for network in networks]
    parts = _on_device(check_data(data), networks[0], recipe, where)
    stack = Stack(networks, channels_last=where.type == "cpu").to(where)
    rngs = draws.generators(seeds)
    records = [Record(recipe, seed, where) for seed in seeds]
    optimizer = _optimizer(recipe, stack)
    batches = -(-len(data.train_labels) // recipe.batch_size)
    rates = iter(recipe.learning_rate * f for f in schedules.factors(recipe, batches))
    best = None if recipe.patience is None else stack.snapshot()
    for _ in range(recipe.epochs):
        stack.train()
        for batch in draws.batches(recipe, parts[0], parts[1], rngs):
            _step(recipe, stack, optimizer, batch, rngs, next(rates))
        stack.eval()
        measured = [*_evaluate(recipe, stack, *parts[:2]), *_evaluate(recipe, stack, *parts[2:4])]
        rows = torch.stack(measured).T.tolist()
        improved = [i for i, record in enumerate(records) if record.update(rows[i])]
        if best is not None and improved:
            stack.keep(best, improved)
        if on_epoch is not None:
            so_far = tuple(record.history(start, len(seeds)) for record in records)
            if on_epoch(so_far) is False:
                for record in records:
                    record.stop("asked")
        if all(record.stopped != "running" for record in records):
            break
    if best is not None:
        stack.restore(best)
    tests = torch.stack(_evaluate(recipe, stack, *parts[4:])).T.tolist()
    return finished(records, stack, tests, start)


def chosen_device(device: torch.device | str | None) -> torch.device:
    """Return the device to train on; None means `torch_ops.best_device()`.

    Raises
    ------
    TypeError, ValueError
        If `device` is none, or none that torch finds here.
    """
    if device is None:
        return best_device()
    if not isinstance(device, (torch.device, str)):
        _check.refuse(TypeError, "device", "a torch.device or its name", device)
    try:
        return torch.zeros(0, device=device).device
    except (RuntimeError, AssertionError, NotImplementedError):
        _check.refuse(ValueError, "device", "a device that torch finds here", str(device))


def _on_device(
    data: Data, network: nn.Sequential, recipe: Recipe, device: torch.device
) -> list[Tensor]:
    """Return the data as tensors on a device, having seen that the network takes them."""
    size = data.train_images.shape[1:]
    try:
        with torch.inference_mode():
            classes = deepcopy(network).eval()(torch.zeros(1, *size)).shape[1]
    except RuntimeError as error:
        legal = f"of pictures that the network, {recipe.model!r}, takes"
        raise ValueError(f"data must be {legal}, got pictures of shape {size}") from error
    highest = max(int(labels.max()) for labels in data[1::2])
    if highest >= classes:
        legal = f"of labels from 0 to {classes - 1}, the outputs of the network"
        _check.refuse(ValueError, "data", legal, highest)
    return [torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in data]


def _optimizer(recipe: Recipe, stack: Stack) -> torch.optim.Optimizer:
    """Return the optimizer; its first group has the weights that decay, its second the others."""
    weights = stack.weights()
    own = {id(weight) for weight in weights}
    others = [p for p in stack.parameters() if p.requires_grad and id(p) not in own]
    groups: list[dict[str, Any]] = [
        {"params": weights, "weight_decay": recipe.weight_decay},
        {"params": others},
    ]
    if not weights:
        _check.refuse(ValueError, "network", "one with some weights to train", "all frozen")
    settings: dict[str, Any] = {"lr": recipe.learning_rate, "weight_decay": 0.0}
    settings["fused"] = weights[0].device.type in ("cpu", "cuda")
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, momentum=recipe.momentum, **settings)
    kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, **settings)


def _step(
    recipe: Recipe,
    stack: Stack,
    optimizer: torch.optim.Optimizer,
    batch: draws.Batch,
    rngs: Sequence[np.random.Generator],
    rate: float,
) -> None:
    """Take one step, all members at once; their losses add up, as none depends on another's."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    with _precision(recipe, batch.images.device):
        logits = stack(batch.images, rngs)
        losses = _losses(logits, batch.labels, recipe.label_smoothing)
        if batch.partner_labels is not None and batch.share is not None:
            others = _losses(logits, batch.partner_labels, recipe.label_smoothing)
            losses = mixup_loss(losses, others, batch.share)
        loss = losses.sum()
        if recipe.l1:
            loss = loss + recipe.l1 * l1_penalty(stack.weights())
        if recipe.l2:
            loss = loss + recipe.l2 * l2_penalty(stack.weights())
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def _losses(logits: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
    """Return each member's mean loss, (k,), of logits (k, n, classes) and labels (k, n)."""
    rows = F.cross_entropy(
        *(logits.flatten(0, 1), labels.flatten()),
        reduction="none",
        label_smoothing=label_smoothing,
    )
    return rows.view(labels.shape).mean(1)


@torch.inference_mode()
def _evaluate(recipe: Recipe, stack: Stack, images: Tensor, labels: Tensor) -> list[Tensor]:
    """Return each member's mean loss and share of right answers, in evaluation mode."""
    loss = torch.zeros(stack.k, device=images.device)
    right = torch.zeros(stack.k, device=images.device)
    for part, answers in zip(images.split(512), labels.split(512), strict=True):
        with _precision(recipe, images.device):
            logits = stack(part.repeat(1, stack.k, 1, 1)).float()
        each = answers.expand(stack.k, -1)
        loss += _losses(logits, each, 0.0) * len(part)
        right += (logits.argmax(2) == each).sum(1)
    return [loss / len(labels), right / len(labels)]


def _precision(recipe: Recipe, device: torch.device) -> torch.autocast:
    """Return the context of the forward pass: autocast on CUDA, if the recipe says so."""
    narrow = used_precision(recipe, device) == "bfloat16"
    return torch.autocast(device.type, torch.bfloat16, enabled=narrow)
