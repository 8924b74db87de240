"""Train the two networks of `cnnlib.digit_net` and store them, with what they reach.

``python -m tools.train_digit_net`` writes ``cnnlib/data/digit_net.json``; half a minute.
"""

from __future__ import annotations

import base64
import json
import math
import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from cnnlib import datasets, models
from cnnlib.digit_net import NAMES, packed
from cnnlib.shift_nets import split

TARGET = Path(__file__).parents[1] / "cnnlib" / "data" / "digit_net.json"
SEED, EPOCHS, BATCH, RATE, DECAY = 0, 40, 64, 3e-3, 1e-2
ABOUT = (
    "Written by tools/train_digit_net.py; read by cnnlib/digit_net. networks: float32 values, "
    "little-endian, in base64, under the names of models.digit_net's state_dict. test: digits that "
    "are for the test, 0 (paper) to 16 (ink), a byte a pixel, in base64; from scikit-learn's "
    "handwritten digits (see cnnlib.datasets.DIGITS_CREDIT)."
)


def augmented(images: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Return images (n, 1, 8, 8), each shifted, turned and scaled at random."""
    n = len(images)

    def draw(most: float, *size: int) -> torch.Tensor:
        return (torch.rand(n, *size, generator=rng) * 2 - 1) * most

    angle, scale, shift = draw(math.radians(12)), 1 + draw(0.1), draw(0.8 / 4, 2)
    cos, sin = angle.cos() / scale, angle.sin() / scale
    rows = torch.stack([cos, -sin, shift[:, 0], sin, cos, shift[:, 1]], dim=1)
    grid = F.affine_grid(rows.reshape(n, 2, 3), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def train(name: str, seed: int) -> torch.nn.Module:
    """Return a network trained on the digits that are for training, ready to be asked."""
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    images, labels = datasets.load("digits")
    chosen, _ = split(labels)
    pictures = torch.tensor(images[chosen, None] / 16, dtype=torch.float32)
    target = torch.tensor(labels[chosen])
    net = models.digit_net()
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * math.ceil(len(target) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, total_steps=steps)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(target), generator=rng).split(BATCH):
            seen = pictures[batch]
            if name == "augmented":
                seen = augmented(seen, rng)
            loss = F.cross_entropy(net(seen), target[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def parameters(net: torch.nn.Module) -> dict[str, np.ndarray]:
    """Return what a network knows, but for how many batches its normalizations have seen."""
    return {
        name: value.numpy()
        for name, value in net.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def main() -> None:
    torch.set_num_threads(1)
    images, labels = datasets.load("digits")
    _, test = split(labels)
    seen, wanted = torch.tensor(images[test, None] / 16, dtype=torch.float32), labels[test]
    networks, accuracy = {}, {}
    for name in NAMES:
        net = train(name, SEED)
        with torch.no_grad():
            right = int((net(seen).argmax(1).numpy() == wanted).sum())
        networks[name] = packed(parameters(net))
        accuracy[name] = round(right / len(wanted), 6)
        print(f"{name:9} {right} of {len(wanted)} right", flush=True)
    manifest = {
        "command": "python -m tools.train_digit_net",
        "seed": SEED,
        "epochs": EPOCHS,
        "accuracy": accuracy,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
        },
        "device": "cpu",
        "date": datetime.now(UTC).date().isoformat(),
    }
    ink = base64.b64encode(images[test].astype(np.uint8).tobytes()).decode("ascii")
    stored = {"images": ink, "labels": wanted.tolist()}
    parts = {"about": ABOUT, "manifest": manifest, "networks": networks, "test": stored}
    lines = ",\n".join(f'"{name}": {json.dumps(part)}' for name, part in parts.items())
    TARGET.write_text(f"{{{lines}}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
