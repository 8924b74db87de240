"""The networks that NetworkBuilder offers, as text that `_builder_text` reads."""

from __future__ import annotations

from typing import Any


def _convolutions(channels: tuple[int, ...], end: str) -> str:
    """Return 3x3 convolutions that keep the size, a ReLU after each, and what ends them."""
    return ",".join([f"conv{count}k3p1,relu" for count in channels] + [end])


def _head(*features: int, drop: int = 0) -> str:
    """Return fully connected layers, all but the last with a ReLU and, if any, dropout after."""
    after = ",relu" + (f",drop{drop}" if drop else "")
    parts = [f"linear{count}{after}" for count in features[:-1]]
    return ",".join(["flatten", *parts, f"linear{features[-1]}"])


def _preset(input_shape: tuple[int, int, int], note: str, *layers: str) -> dict[str, Any]:
    return {"input_shape": list(input_shape), "layers": ",".join(layers), "note": note}


_BASIC = "({first},bn,relu,conv{count}k3p1b0,bn~{skip}),relu"

PRESETS = {
    "DigitNet": _preset(
        (1, 8, 8),
        "The network of this book that runs in its pages: digits of 8 × 8.",
        "conv16k3p1b0,bn,relu,conv32k3p1b0,bn,relu,maxk2",
        "conv32k3p1b0,bn,relu,maxk2,flatten,drop25,linear10",
    ),
    "ConvNet, 28 × 28": _preset(
        (1, 28, 28),
        "Two 5 × 5 convolutions with batch norm, for grey pictures such as MNIST's; 29,034 counts "
        "the biases that batch norm takes away again.",
        "conv16k5p2,bn,relu,maxk2,conv32k5p2,bn,relu,maxk2,flatten,linear10",
    ),
    "LeNet's plan in colour, 32 × 32": _preset(
        (3, 32, 32),
        "LeNet-5's plan with ReLU and max pooling, for colour pictures such as CIFAR-10's.",
        "conv6k5,relu,maxk2,conv16k5,relu,maxk2",
        _head(120, 84, 10),
    ),
    "binary classifier, 150 × 150": _preset(
        (3, 150, 150),
        "Cats against dogs: Chollet 2017, section 5.2. 93% of its parameters are in one layer.",
        *(f"conv{count}k3,relu,maxk2" for count in (32, 64, 128, 128)),
        _head(512, 1),
        "sigmoid",
    ),
    "LeNet-5, as commonly written": _preset(
        (1, 32, 32),
        "61,706 parameters. LeCun et al. 1998 have 60,000: there each of the 16 filters sees some "
        "of the six maps, and pooling has weights.",
        "conv6k5,tanh,avgk2,conv16k5,tanh,avgk2,flatten,linear120,tanh,linear84,tanh,linear10",
    ),
    "AlexNet": _preset(
        (3, 224, 224),
        "In one piece, as Krizhevsky 2014 has it and torchvision ships it.",
        "conv64k11s4p2,relu,maxk3s2,conv192k5p2,relu,maxk3s2",
        _convolutions((384, 256, 256), "maxk3s2"),
        _head(4096, 4096, 1000, drop=50),
    ),
    "VGG16": _preset(
        (3, 224, 224),
        "Simonyan and Zisserman 2015, configuration D.",
        *(
            _convolutions((count,) * depth, "maxk2")
            for count, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
        ),
        _head(4096, 4096, 1000, drop=50),
    ),
    "ResNet basic block": _preset(
        (64, 56, 56),
        "He et al. 2016: two convolutions, and a skip around them.",
        _BASIC.format(first="conv64k3p1b0", count=64, skip=""),
    ),
    "ResNet basic block that halves": _preset(
        (64, 56, 56),
        "The first block of a stage: it strides, and a 1 × 1 convolution brings the skip along.",
        _BASIC.format(first="conv128k3s2p1b0", count=128, skip="conv128k1s2b0,bn"),
    ),
}
"""Settings of NetworkBuilder by name, each with a note about the network."""
