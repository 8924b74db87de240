"""What is measured: convolutions of common shapes, each with what it may take."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from cnnlib.shapes import conv_output_size


@dataclass(frozen=True)
class Case:
    """One convolution, without bias.

    `speed` is the most that `numpy_ops.conv2d` may take, in times of torch's; `memory` the most
    extra memory, in times of input, weight and output together.
    """

    name: str
    input_size: tuple[int, int, int, int]
    weight_size: tuple[int, int, int, int]
    stride: int
    padding: int
    speed: float
    memory: float = 4.5

    def arrays(self, dtype: str = "float32") -> tuple[np.ndarray, np.ndarray]:
        """Return an input and a weight, the same ones on every call."""
        rng = np.random.default_rng(0)
        input = rng.standard_normal(self.input_size).astype(dtype)
        return input, rng.standard_normal(self.weight_size).astype(dtype)

    @property
    def held(self) -> int:
        """Bytes of input, weight and output together, in float32."""
        n, _, h, w = self.input_size
        c_out, _, kh, kw = self.weight_size
        h_out = conv_output_size(h, kh, self.stride, self.padding)
        w_out = conv_output_size(w, kw, self.stride, self.padding)
        return 4 * (prod(self.input_size) + prod(self.weight_size) + n * c_out * h_out * w_out)

    def __str__(self) -> str:
        images, (c_out, _, kh, kw) = self.input_size, self.weight_size
        text = f"({','.join(map(str, images))}) {c_out} of {kh}x{kw}"
        text += f" stride {self.stride}" if self.stride > 1 else ""
        return text + (f" pad {self.padding}" if self.padding else "")


CASES = [
    Case("batch", (10, 3, 28, 28), (16, 3, 5, 5), 1, 0, speed=2.75),
    Case("lenet", (64, 6, 14, 14), (16, 6, 5, 5), 1, 0, speed=3.0),
    Case("vgg-early", (1, 64, 224, 224), (64, 64, 3, 3), 1, 1, speed=1.6),
    Case("vgg-middle", (1, 256, 56, 56), (256, 256, 3, 3), 1, 1, speed=1.1),
    Case("alexnet", (1, 3, 227, 227), (96, 3, 11, 11), 4, 0, speed=2.5),
    Case("filter-3", (1, 1, 512, 512), (1, 1, 3, 3), 1, 1, speed=0.4),
    Case("filter-31", (1, 1, 512, 512), (1, 1, 31, 31), 1, 15, speed=0.12),
]
