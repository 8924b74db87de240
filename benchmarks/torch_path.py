"""What torch_ops takes beside bare torch, forward and backward: the price of checked arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from benchmarks import measure
from cnnlib import torch_ops
from cnnlib.experiments import Recipe, digits
from cnnlib.experiments.draws import untrained

F = torch.nn.functional
Layer = Callable[..., Any]
NAME = "torch-path"
BAR = 1.05
SHORT = 100e-6
"""Seconds: below it a layer has no bar of its own, as a few microseconds are much of it."""

BATCH = 64
# Each layer as DigitNet has it, with the sizes of its tensors and its settings.
LAYERS: dict[str, tuple[tuple[tuple[int, ...], ...], dict[str, Any]]] = {
    "conv2d": (((BATCH, 16, 8, 8), (32, 16, 3, 3)), {"padding": 1}),
    "batch_norm": (((BATCH, 32, 8, 8), (32,), (32,), (32,), (32,)), {"training": True}),
    "relu": (((BATCH, 32, 8, 8),), {}),
    "max_pool2d": (((BATCH, 32, 8, 8),), {"kernel_size": 2}),
    "avg_pool2d": (((BATCH, 32, 8, 8),), {"kernel_size": 2}),
    "linear": (((BATCH, 128), (10, 128), (10,)), {}),
    "cross_entropy": (((BATCH, 10),), {}),
}


def print_times(device: torch.device, seconds: float) -> int:
    """Print times of layers and of a network as ratios to torch's; return how many bars are missed.

    `device` is where the tensors are; each call waits for its answer.
    """
    where = "one thread of the processor" if device.type == "cpu" else str(device)
    print(
        f"\nDigitNet's layers of torch_ops over torch.nn.functional's, batches of {BATCH}, forward"
        f"\nand backward, on {where}: the least of interleaved rounds."
        f"\nThe bar is for the network, and for layers of {SHORT * 1e6:.0f} us or more.\n"
    )
    head = f"{'layer':<16} {'torch':>12} {'torch_ops':>10} {'bar':>5}     {'more':>9}"
    print(head, "-" * len(head), sep="\n")
    missed = 0
    for name in [*LAYERS, "network"]:
        calls = _network(device) if name == "network" else _layer(name, device)
        _agree(name, calls)
        times = measure.interleaved(calls, seconds / 2, choose=min)
        ratio, bar = times["torch_ops"] / times["torch"], times["torch"] >= SHORT
        over = bar and device.type == "cpu" and ratio > BAR
        missed += over
        verdict = f"{BAR:>5} {'over' if over else 'ok':<4}" if bar else f"{'-':>5} {'':<4}"
        more = (times["torch_ops"] - times["torch"]) * 1e6
        print(
            f"{name:<16} {times['torch'] * 1e6:>9.1f} us {ratio:>10.3f} {verdict} {more:>6.1f} us",
            flush=True,
        )
    return missed


def _layer(name: str, device: torch.device) -> dict[str, Callable[[], Tensor]]:
    """Return a layer's calls; each gives the gradient of the first tensor."""
    sizes, settings = LAYERS[name]
    generator = torch.Generator().manual_seed(0)
    tensors = [torch.rand(size, generator=generator).to(device) for size in sizes]
    if name == "cross_entropy":
        tensors.append(torch.randint(10, (BATCH,), generator=generator).to(device))
    for place, tensor in enumerate(tensors):
        averages = name == "batch_norm" and place in (1, 2)
        tensor.requires_grad_(tensor.is_floating_point() and not averages)
    output = _first(getattr(F, name)(*tensors, **settings))
    grad_output = torch.rand(output.shape, generator=generator).to(device)
    return {
        library: partial(_there_and_back, getattr(ops, name), tensors, settings, grad_output)
        for library, ops in (("torch_ops", torch_ops), ("torch", F))
    }


def _there_and_back(
    layer: Layer, tensors: list[Tensor], settings: dict[str, Any], grad_output: Tensor
) -> Tensor:
    inputs = [tensor for tensor in tensors if tensor.requires_grad]
    output = _first(layer(*tensors, **settings))
    return _waited(torch.autograd.grad(output, inputs, grad_output)[0])


def _first(output: Any) -> Tensor:
    """Return the output of a layer that may return its averages too."""
    result: Tensor = output[0] if isinstance(output, tuple) else output
    return result


def _network(device: torch.device) -> dict[str, Callable[[], Tensor]]:
    """Return DigitNet's calls; each gives the gradient of its first weights."""
    net = untrained(Recipe(), seed=0).to(device)
    parameters, averages = dict(net.named_parameters()), dict(net.named_buffers())
    data = digits(100)
    images, labels = (torch.from_numpy(part[:BATCH]).to(device) for part in data[:2])

    def run(ops: Any) -> Tensor:
        x = images
        for k in (1, 2, 3):
            x = ops.conv2d(x, parameters[f"conv{k}.weight"], padding=1)
            mean, variance = averages[f"bn{k}.running_mean"], averages[f"bn{k}.running_var"]
            weight, bias = parameters[f"bn{k}.weight"], parameters[f"bn{k}.bias"]
            x = ops.relu(_first(ops.batch_norm(x, mean, variance, weight, bias, training=True)))
            x = x if k == 1 else ops.max_pool2d(x, 2)
        logits = ops.linear(x.flatten(1), parameters["linear.weight"], parameters["linear.bias"])
        loss = ops.cross_entropy(logits, labels)
        return _waited(torch.autograd.grad(loss, list(parameters.values()))[0])

    return {"torch_ops": partial(run, torch_ops), "torch": partial(run, F)}


def _agree(name: str, calls: dict[str, Callable[[], Tensor]]) -> None:
    """Stop if the two do not give the same gradient; this also calls each for the first time."""
    ours, theirs = calls["torch_ops"](), calls["torch"]()
    if not torch.allclose(ours, theirs, rtol=1e-4, atol=1e-6):
        raise SystemExit(f"the gradient of {name} differs from torch's")


def _waited(tensor: Tensor) -> Tensor:
    """Return a tensor when it is there: a GPU's call returns before its work is done."""
    if tensor.is_cuda:
        torch.cuda.synchronize(tensor.device)
    return tensor
