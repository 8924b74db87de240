"""Networks without branches, written as data: which layer follows which, with its settings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from torch import nn

from cnnlib import _check, shapes
from cnnlib.shapes import Size

__all__ = [
    *("ALEXNET", "VGG11", "VGG16", "VGG19", "Conv", "Linear", "Plan", "Pool"),
    *("alexnet", "vgg11", "vgg16", "vgg19"),
]


class Conv(NamedTuple):
    """A 2-D convolution with a bias, and a ReLU after it."""

    channels: int
    kernel_size: int
    stride: int = 1
    padding: int = 0


class Pool(NamedTuple):
    """Max pooling."""

    kernel_size: int
    stride: int


class Linear(NamedTuple):
    """A fully connected layer with a bias; all but the last have a ReLU and dropout after them."""

    features: int


Plan = dict[str, Conv | Pool | Linear]


def _vgg(blocks: Sequence[Sequence[int]]) -> Plan:
    """Return VGG's plan: blocks of 3x3 convolutions, given by their channels, each then halved."""
    plan: Plan = {}
    for i, block in enumerate(blocks, start=1):
        for j, channels in enumerate(block, start=1):
            plan[f"conv{i}_{j}"] = Conv(channels, 3, padding=1)
        plan[f"pool{i}"] = Pool(2, 2)
    return {**plan, "fc6": Linear(4096), "fc7": Linear(4096), "fc8": Linear(1000)}


ALEXNET: Plan = {
    "conv1": Conv(64, 11, stride=4, padding=2),
    "pool1": Pool(3, 2),
    "conv2": Conv(192, 5, padding=2),
    "pool2": Pool(3, 2),
    "conv3": Conv(384, 3, padding=1),
    "conv4": Conv(256, 3, padding=1),
    "conv5": Conv(256, 3, padding=1),
    "pool5": Pool(3, 2),
    "fc6": Linear(4096),
    "fc7": Linear(4096),
    "fc8": Linear(1000),
}
VGG11 = _vgg([[64], [128], [256, 256], [512, 512], [512, 512]])
VGG16 = _vgg([[64, 64], [128, 128], [256] * 3, [512] * 3, [512] * 3])
VGG19 = _vgg([[64, 64], [128, 128], [256] * 4, [512] * 4, [512] * 4])


def alexnet(num_classes: int = 1000) -> nn.Sequential:
    """Build AlexNet for images of 3 x 224 x 224: five convolutions, three fully connected layers.

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

    Notes
    -----
    The form in one piece of A. Krizhevsky, "One weird trick for parallelizing convolutional neural
    networks", 2014. The network of 2012 has 96 and 256 filters where this has 64 and 192, 384 in
    the fourth layer, groups that let it run on two GPUs, and local response normalization.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):  # shapes alone: no memory for the weights
    ...     net = alexnet()
    >>> net.conv1
    Conv2d(3, 64, kernel_size=(11, 11), stride=(4, 4), padding=(2, 2))
    >>> net.fc6
    Linear(in_features=9216, out_features=4096, bias=True)
    """
    return _build(ALEXNET, num_classes)


def vgg11(num_classes: int = 1000) -> nn.Sequential:
    """Build VGG with 11 weight layers for images of 3 x 224 x 224; arguments as `alexnet`'s.

    Notes
    -----
    Configuration A of K. Simonyan and A. Zisserman, "Very deep convolutional networks for
    large-scale image recognition", 2015, table 1.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     net = vgg11()
    >>> net.conv5_2
    Conv2d(512, 512, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    """
    return _build(VGG11, num_classes)


def vgg16(num_classes: int = 1000) -> nn.Sequential:
    """Build VGG with 16 weight layers for images of 3 x 224 x 224; arguments as `alexnet`'s.

    Notes
    -----
    Configuration D of the paper that `vgg11` names.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     net = vgg16()
    >>> sum(isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)) for layer in net)
    16
    """
    return _build(VGG16, num_classes)


def vgg19(num_classes: int = 1000) -> nn.Sequential:
    """Build VGG with 19 weight layers for images of 3 x 224 x 224; arguments as `alexnet`'s.

    Notes
    -----
    Configuration E of the paper that `vgg11` names.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     net = vgg19()
    >>> sum(isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)) for layer in net)
    19
    """
    return _build(VGG19, num_classes)


def _build(plan: Plan, num_classes: int) -> nn.Sequential:
    """Turn a plan into layers, for images of 3 x 224 x 224; ReLU and dropout take its names on."""
    num_classes = _check.integer("num_classes", num_classes, 1)
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels, features = 3, 0  # features: none before the first fully connected layer
    size: Size = 224
    last = list(plan)[-1]
    for name, layer in plan.items():
        number = name.removeprefix("conv").removeprefix("fc")
        if isinstance(layer, Conv):
            layers[name] = nn.Conv2d(channels, *layer)
            layers[f"relu{number}"] = nn.ReLU()
            channels = layer.channels
            size = shapes.conv_output_size(size, *layer[1:])
        elif isinstance(layer, Pool):
            layers[name] = nn.MaxPool2d(*layer)
            size = shapes.pool_output_size(size, *layer)
        else:
            if not features:
                layers["flatten"] = nn.Flatten()
                h, w = _check.pair("size", size)
                features = channels * h * w
            layers[name] = nn.Linear(features, num_classes if name == last else layer.features)
            features = layer.features
            if name != last:
                layers[f"relu{number}"] = nn.ReLU()
                layers[f"drop{number}"] = nn.Dropout()
    return nn.Sequential(layers)
