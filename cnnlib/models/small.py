"""Small classifiers, written as data: which layer follows which, with its settings."""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal, NamedTuple

from torch import nn

from cnnlib import _check, shapes
from cnnlib.models.plain import Conv, Linear, Plan, Pool
from cnnlib.shapes import Size

__all__ = [
    *("BINARY_CLASSIFIER", "CONVNET", "DIGIT_NET", "LENET", "SmallPlan"),
    *("binary_classifier", "build_small", "convnet", "digit_net", "lenet"),
]

Pooling = Literal["max", "average", "strided", "none"]

_POOLINGS = ("max", "average", "strided", "none")


class SmallPlan(NamedTuple):
    """The layers of a small network, and what goes for all of them.

    A convolution is followed by batch normalization, if there is any, and by a ReLU; a fully
    connected layer by a ReLU, but for the last, which has dropout before it, if there is any.
    """

    input_size: tuple[int, int, int]
    """Channels, rows and columns."""

    layers: Plan
    batch_norm: bool = False
    conv_bias: bool = True
    dropout: float | None = None
    """The part that is dropped; None for no such layer."""

    pool: Pooling = "max"
    """How a `Pool` halves: "strided" keeps its windows' first value, "none" leaves it out."""


CONVNET = SmallPlan(
    (1, 28, 28),
    {
        "conv1": Conv(16, 5, padding=2),
        "pool1": Pool(2, 2),
        "conv2": Conv(32, 5, padding=2),
        "pool2": Pool(2, 2),
        "linear": Linear(10),
    },
    batch_norm=True,
)
LENET = SmallPlan(
    (3, 32, 32),
    {
        "conv1": Conv(6, 5),
        "pool1": Pool(2, 2),
        "conv2": Conv(16, 5),
        "pool2": Pool(2, 2),
        "fc3": Linear(120),
        "fc4": Linear(84),
        "fc5": Linear(10),
    },
)
BINARY_CLASSIFIER = SmallPlan(
    (3, 150, 150),
    {
        "conv1": Conv(32, 3),
        "pool1": Pool(2, 2),
        "conv2": Conv(64, 3),
        "pool2": Pool(2, 2),
        "conv3": Conv(128, 3),
        "pool3": Pool(2, 2),
        "conv4": Conv(128, 3),
        "pool4": Pool(2, 2),
        "fc5": Linear(512),
        "fc6": Linear(1),
    },
)
DIGIT_NET = SmallPlan(
    (1, 8, 8),
    {
        "conv1": Conv(16, 3, padding=1),
        "conv2": Conv(32, 3, padding=1),
        "pool1": Pool(2, 2),
        "conv3": Conv(32, 3, padding=1),
        "pool2": Pool(2, 2),
        "linear": Linear(10),
    },
    batch_norm=True,
    conv_bias=False,
    dropout=0.25,
)


def convnet(num_classes: int = 10) -> nn.Sequential:
    """Build two 5x5 convolutions with batch normalization, for grey images of 28 x 28.

    Parameters
    ----------
    num_classes : int
        Outputs of the last layer; at least 1.

    Returns
    -------
    torch.nn.Sequential
        With torch's own random initial weights, in training mode.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is not a positive int.

    Examples
    --------
    >>> net = convnet()
    >>> net.linear
    Linear(in_features=1568, out_features=10, bias=True)
    >>> sum(p.numel() for p in net.parameters())
    29034
    """
    return build_small(CONVNET, num_classes)


def lenet(num_classes: int = 10) -> nn.Sequential:
    """Build LeNet-5's plan for colour images of 32 x 32; arguments and result as `convnet`'s.

    Notes
    -----
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", 1998, has the sizes, for one grey channel. This one has ReLU for its squashing,
    max pooling for its learned sums, and each filter of the second layer sees all six maps.

    Examples
    --------
    >>> net = lenet()
    >>> net.fc3
    Linear(in_features=400, out_features=120, bias=True)
    >>> sum(p.numel() for p in net.parameters())
    62006
    """
    return build_small(LENET, num_classes)


def binary_classifier() -> nn.Sequential:
    """Build four 3x3 convolutions for colour images of 150 x 150, and one probability at the end.

    Returns
    -------
    torch.nn.Sequential
        With torch's own random initial weights, in training mode. Its output, (n, 1), has been
        through the logistic function: the probability of one of two classes.

    Notes
    -----
    The network of F. Chollet, "Deep learning with Python", 2017, section 5.2, for cats and dogs.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):  # shapes alone: no memory for the weights
    ...     net = binary_classifier()
    >>> net.fc5
    Linear(in_features=6272, out_features=512, bias=True)
    >>> sum(p.numel() for p in net.parameters())
    3453121
    """
    net = build_small(BINARY_CLASSIFIER, 1)
    net.add_module("sigmoid", nn.Sigmoid())
    return net


def digit_net(
    num_classes: int = 10,
    *,
    dropout: float = 0.25,
    batch_norm: bool = True,
    pool: Pooling = "max",
) -> nn.Sequential:
    """Build DigitNet: three 3x3 convolutions for grey images of 8 x 8, small enough for a page.

    Parameters
    ----------
    num_classes : int
        Outputs of the last layer; at least 1.
    dropout : float from 0 to 1
        The part of the 128 features that training drops before the last layer.
    batch_norm : bool
        Whether each convolution is followed by batch normalization; if not, it has a bias.
    pool : {"max", "average", "strided", "none"}
        How the two halvings are done: by the largest value of each 2 x 2 window, by the mean, by
        the first value alone, or not at all, which leaves 2,048 features.

    Returns
    -------
    torch.nn.Sequential
        With torch's own random initial weights, in training mode. Its parts are conv1, bn1, relu1,
        conv2, bn2, relu2, pool1, conv3, bn3, relu3, pool2, flatten, dropout and linear.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.

    Examples
    --------
    >>> net = digit_net()
    >>> sum(p.numel() for p in net.parameters())
    15418
    >>> net.linear
    Linear(in_features=128, out_features=10, bias=True)
    """
    batch_norm = _check.flag("batch_norm", batch_norm)
    dropout = _check.fraction("dropout", dropout)
    if pool not in _POOLINGS:
        _check.refuse(ValueError, "pool", f"one of {', '.join(_POOLINGS)}", pool)
    plan = DIGIT_NET._replace(batch_norm=batch_norm, conv_bias=not batch_norm)
    return build_small(plan._replace(dropout=dropout, pool=pool), num_classes)


def build_small(plan: SmallPlan, num_classes: int) -> nn.Sequential:
    """Build the network of a plan, its last layer with `num_classes` outputs.

    Examples
    --------
    >>> plan = SmallPlan((1, 4, 4), {"conv1": Conv(2, 3), "linear": Linear(10)})
    >>> build_small(plan, 3)
    Sequential(
      (conv1): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))
      (relu1): ReLU()
      (flatten): Flatten(start_dim=1, end_dim=-1)
      (linear): Linear(in_features=8, out_features=3, bias=True)
    )
    """
    num_classes = _check.integer("num_classes", num_classes, 1)
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels, rows, columns = plan.input_size
    size: Size = rows, columns
    features = 0  # none before the first fully connected layer
    for name, layer in plan.layers.items():
        number = name.removeprefix("conv").removeprefix("fc")
        if isinstance(layer, Conv):
            layers[name] = nn.Conv2d(channels, *layer, bias=plan.conv_bias)
            if plan.batch_norm:
                layers[f"bn{number}"] = nn.BatchNorm2d(layer.channels)
            layers[f"relu{number}"] = nn.ReLU()
            channels, size = layer.channels, shapes.conv_output_size(size, *layer[1:])
        elif isinstance(layer, Pool):
            if plan.pool != "none":
                layers[name] = _halving(plan.pool, layer)
                size = shapes.pool_output_size(size, *layer)
        else:
            last = name == list(plan.layers)[-1]
            if not features:
                h, w = _check.pair("size", size)
                layers["flatten"], features = nn.Flatten(), channels * h * w
            if last and plan.dropout is not None:
                layers["dropout"] = nn.Dropout(plan.dropout)
            layers[name] = nn.Linear(features, num_classes if last else layer.features)
            if not last:
                layers[f"relu{number}"] = nn.ReLU()
            features = layer.features
    return nn.Sequential(layers)


def _halving(pool: Pooling, layer: Pool) -> nn.Module:
    """Return the module that halves as `pool` says."""
    if pool == "strided":
        return nn.MaxPool2d(1, layer.stride)  # of one value, the largest is that value
    return (nn.MaxPool2d if pool == "max" else nn.AvgPool2d)(*layer)
