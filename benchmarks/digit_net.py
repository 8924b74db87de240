"""What a step of training DigitNet takes in NumPy beside torch: forward, backward, the update."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from benchmarks import measure
from cnnlib import digit_net, models
from cnnlib.digit_net import LEARNED, loss_and_gradients

NAME = "digit-net"
BATCH, RATE = 64, 1e-6


def print_times(seconds: float) -> None:
    """Print the time of a step in NumPy as a ratio to torch's; no bar."""
    print(
        f"\nProcessor time of a step of training DigitNet on {BATCH} digits: medians of"
        "\ninterleaved rounds. numpy: cnnlib.digit_net, from numpy_ops. torch: autograd, SGD.\n"
    )
    times = measure.interleaved(_checked_calls(), seconds)
    head = f"{'case':<45} {'torch':>10} {'numpy':>10}"
    print(head, "-" * len(head), sep="\n")
    taken = f"{times['torch'] * 1e3:>7.2f} ms {times['numpy'] / times['torch']:>10.2f}"
    print(f"{NAME:<45} {taken}", flush=True)


def _checked_calls() -> dict[str, Callable[[], object]]:
    """Return the calls to time, having seen that both come to the same loss and gradients."""
    images, labels = (part[:BATCH] for part in digit_net.test_digits())
    parameters = digit_net.stored("augmented")
    net = models.digit_net(dropout=0)
    net.load_state_dict({name: torch.tensor(values) for name, values in parameters.items()})
    pictures, target = torch.from_numpy(images), torch.from_numpy(labels)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)

    def by_numpy() -> float:
        step = loss_and_gradients(parameters, images, labels)
        for name in LEARNED:
            parameters[name] = parameters[name] - np.float32(RATE) * step.gradients[name]
        parameters.update(step.averages)
        return float(step.loss)

    def by_torch() -> float:
        loss = F.cross_entropy(net(pictures), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    losses = by_numpy(), by_torch()
    if not abs(losses[0] - losses[1]) < 1e-5:
        raise SystemExit(f"the losses of a step differ: {losses}")
    for name, values in net.named_parameters():
        if not np.abs(parameters[name] - values.detach().numpy()).max() < 1e-5:
            raise SystemExit(f"after a step {name} differs")
    return {"numpy": by_numpy, "torch": by_torch}
