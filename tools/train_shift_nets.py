"""Train the small classifiers of `cnnlib.shift_nets`, measure them, and store both.

``python -m tools.train_shift_nets`` writes ``cnnlib/data/shift_nets.json``; about two minutes on
one thread. The same versions on the same kind of machine give the same file; elsewhere the last
digits of sums differ, and with them a few answers.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import torch
from torch.nn import functional as F

from cnnlib import datasets, torch_ops
from cnnlib.downsampling import KINDS
from cnnlib.invariance import consistency
from cnnlib.shift_nets import Network, answers, logits, on_canvas, packed, split, unpacked

TARGET = Path(__file__).parents[1] / "cnnlib" / "data" / "shift_nets.json"
CHANNELS = (6, 12, 16)
SEEDS = (0, 1, 2)
EPOCHS, BATCH, RATE = 30, 64, 0.02
ABOUT = (
    "Written by tools/train_shift_nets.py; read by cnnlib/shift_nets.py. networks: weights and "
    "biases in whole steps. measured: kind, seed, share of right answers on the test digits at 0 "
    "to 8 pixels to the right, consistency. digits: two of each class that are for the test, from "
    "scikit-learn's handwritten digits (see cnnlib.datasets.DIGITS_CREDIT)."
)


def untrained(kind: str, generator: torch.Generator) -> Network:
    """Return a network with He's random weights."""
    sizes = [(out, into, 3, 3) for into, out in zip((1, *CHANNELS), CHANNELS, strict=False)]
    sizes.append((10, CHANNELS[-1]))
    weights = []
    for size in sizes:
        gain = 2 if len(size) == 4 else 1
        spread = math.sqrt(gain / math.prod(size[1:]))
        weights.append(torch.randn(size, generator=generator) * spread)
    return Network(kind, tuple(weights), tuple(torch.zeros(size[0]) for size in sizes))


def train(kind: str, seed: int) -> Network:
    """Return a network trained on digits in the middle of the canvas."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = datasets.load("digits")
    chosen, _ = split(labels)
    pictures = torch.tensor(on_canvas(images[chosen]), dtype=torch.float32)
    target = torch.tensor(labels[chosen])
    network = untrained(kind, generator)
    parameters = [part.requires_grad_() for part in (*network.weights, *network.biases)]
    optimizer = torch.optim.Adam(parameters, lr=RATE)
    steps = EPOCHS * math.ceil(len(target) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, total_steps=steps)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(target), generator=generator).split(BATCH):
            loss = F.cross_entropy(logits(network, pictures[batch], ops=torch_ops), target[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    weights, biases = (tuple(part.detach().numpy() for part in parts) for parts in network[1:])
    return Network(kind, weights, biases)


def measure(network: Network) -> tuple[list[float], float]:
    """Return a network's accuracy on the test digits at each shift, and its consistency."""
    images, labels = datasets.load("digits")
    _, chosen = split(labels)
    given = answers(network, images[chosen], ops=torch_ops)
    return (given == labels[chosen]).mean(axis=1).round(6).tolist(), round(consistency(given), 6)


def examples() -> list[dict[str, object]]:
    """Return two digits of each class that are for the test."""
    images, labels = datasets.load("digits")
    _, chosen = split(labels)
    found = []
    for label in range(10):
        for which, place in zip(("a", "another"), chosen[labels[chosen] == label], strict=False):
            image = images[place].astype(int).tolist()
            found.append({"name": f"{which} {label}", "label": label, "image": image})
    return found


def write(stored: dict[str, object], rows: list[list[object]]) -> None:
    """Write all that is stored, a kind of thing a line."""
    parts = {"about": ABOUT, "digits": examples(), "networks": stored, "measured": rows}
    lines = ",\n".join(f'"{name}": {json.dumps(part)}' for name, part in parts.items())
    TARGET.write_text(f"{{{lines}}}\n", encoding="utf-8")


def main() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    stored: dict[str, object] = {}
    rows: list[list[object]] = []
    for kind in KINDS:
        for seed in SEEDS:
            layers = packed(train(kind, seed))
            if seed == SEEDS[0]:
                stored[kind] = layers
            accuracy, same = measure(unpacked(kind, layers))
            rows.append([kind, seed, accuracy, same])
            print(f"{kind:9} seed {seed}: right {accuracy[:4]}, consistency {same:.3f}", flush=True)
    write(stored, rows)


if __name__ == "__main__":
    main()
