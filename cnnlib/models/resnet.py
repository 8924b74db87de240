"""Residual networks, written as data: how many blocks of which kind each stage has."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from torch import Tensor, nn

from cnnlib import _check

__all__ = [
    *("RESNET18", "RESNET50", "BasicBlock", "Bottleneck", "ResNetPlan"),
    *("build_resnet", "resnet18", "resnet50"),
]


class _Block(nn.Module):
    """A path of convolutions, added to what it was given; a subclass lays the path."""

    expansion: int
    """How many times the width its output has."""

    relu: nn.ReLU
    downsample: nn.Module | None

    def path(self, input: Tensor) -> Tensor:
        """Return what the convolutions make of an input of shape (n, c_in, h, w)."""
        raise NotImplementedError

    def forward(self, input: Tensor) -> Tensor:
        """Add the path's output to the input, or to its projection where the shape changes."""
        skip = input if self.downsample is None else self.downsample(input)
        return self.relu(self.path(input) + skip)


class BasicBlock(_Block):
    """Two 3x3 convolutions and a skip; the first of them strides.

    Parameters
    ----------
    c_in : int
        Channels of the input.
    width : int
        Channels of both convolutions, and of the output.
    stride : int
        Of the first convolution and of the skip's projection.
    """

    expansion = 1

    def __init__(self, c_in: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.downsample = _projection(c_in, width, stride)

    def path(self, input: Tensor) -> Tensor:
        """Return what the two convolutions make of an input of shape (n, c_in, h, w)."""
        hidden = self.relu(self.bn1(self.conv1(input)))
        return self.bn2(self.conv2(hidden))


class Bottleneck(_Block):
    """A 1x1 convolution to fewer channels, a 3x3 one there, a 1x1 one to four times as many.

    Parameters
    ----------
    c_in : int
        Channels of the input.
    width : int
        Channels of the first two convolutions; the output has four times as many.
    stride : int
        Of the 3x3 convolution, or of the first 1x1 one; and of the skip's projection.
    stride_in_1x1 : bool
        Whether the first 1x1 convolution strides, as in the paper, rather than the 3x3 one.
    """

    expansion = 4

    def __init__(
        self, c_in: int, width: int, stride: int = 1, *, stride_in_1x1: bool = False
    ) -> None:
        super().__init__()
        first, second = (stride, 1) if stride_in_1x1 else (1, stride)
        self.conv1 = nn.Conv2d(c_in, width, 1, first, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, second, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU()
        self.downsample = _projection(c_in, 4 * width, stride)

    def path(self, input: Tensor) -> Tensor:
        """Return what the three convolutions make of an input of shape (n, c_in, h, w)."""
        hidden = self.relu(self.bn1(self.conv1(input)))
        hidden = self.relu(self.bn2(self.conv2(hidden)))
        return self.bn3(self.conv3(hidden))


class ResNetPlan(NamedTuple):
    """The kind of block, and how many of them each of the four stages has."""

    block: type[BasicBlock] | type[Bottleneck]
    stages: tuple[int, int, int, int]


RESNET18 = ResNetPlan(BasicBlock, (2, 2, 2, 2))
RESNET50 = ResNetPlan(Bottleneck, (3, 4, 6, 3))


def resnet18(num_classes: int = 1000) -> nn.Sequential:
    """Build ResNet with 18 weight layers for images of 3 x 224 x 224, and others.

    Parameters
    ----------
    num_classes : int
        Outputs of the last layer; at least 1.

    Returns
    -------
    torch.nn.Sequential
        With torch's own random initial weights, in training mode. Its parts have the names that
        torchvision gives them, so the weights that others publish under these names fit.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is not a positive int.

    Notes
    -----
    K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", 2016,
    table 1, with projections where a skip changes shape (option B).

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     net = resnet18()
    >>> net.layer2[0].conv1
    Conv2d(64, 128, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)
    """
    return build_resnet(RESNET18, num_classes)


def resnet50(num_classes: int = 1000, *, stride_in_1x1: bool = False) -> nn.Sequential:
    """Build ResNet with 50 weight layers for images of 3 x 224 x 224, and others.

    Parameters
    ----------
    num_classes : int
        Outputs of the last layer; at least 1.
    stride_in_1x1 : bool
        Where a bottleneck strides: in its 3x3 convolution, as torch's networks do; or, if True, in
        its first 1x1 convolution, as in the paper. Parameters are as many; what a unit sees is not.

    Returns
    -------
    torch.nn.Sequential
        As `resnet18` returns.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is not a positive int, or `stride_in_1x1` neither True nor False.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     net, paper = resnet50(), resnet50(stride_in_1x1=True)
    >>> net.layer2[0].conv1.stride, net.layer2[0].conv2.stride
    ((1, 1), (2, 2))
    >>> paper.layer2[0].conv1.stride, paper.layer2[0].conv2.stride
    ((2, 2), (1, 1))
    """
    return build_resnet(RESNET50, num_classes, stride_in_1x1=stride_in_1x1)


def build_resnet(
    plan: ResNetPlan, num_classes: int = 1000, *, stride_in_1x1: bool = False
) -> nn.Sequential:
    """Build the residual network of a plan; arguments and result as `resnet50`'s.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     net = build_resnet(ResNetPlan(Bottleneck, (3, 4, 23, 3)))  # ResNet-101
    >>> len(net.layer3)
    23
    """
    num_classes = _check.integer("num_classes", num_classes, 1)
    stride_in_1x1 = _check.flag("stride_in_1x1", stride_in_1x1)
    parts: OrderedDict[str, nn.Module] = OrderedDict(
        conv1=nn.Conv2d(3, 64, 7, 2, padding=3, bias=False),
        bn1=nn.BatchNorm2d(64),
        relu=nn.ReLU(),
        maxpool=nn.MaxPool2d(3, 2, padding=1),
    )
    channels = 64
    for i, count in enumerate(plan.stages):
        width = 64 * 2**i
        stage = nn.Sequential()
        for j in range(count):
            stride = 2 if i > 0 and j == 0 else 1
            if plan.block is Bottleneck:
                stage.append(Bottleneck(channels, width, stride, stride_in_1x1=stride_in_1x1))
            else:
                stage.append(plan.block(channels, width, stride))
            channels = plan.block.expansion * width
        parts[f"layer{i + 1}"] = stage
    parts["avgpool"] = nn.AdaptiveAvgPool2d(1)
    parts["flatten"] = nn.Flatten()
    parts["fc"] = nn.Linear(channels, num_classes)
    return nn.Sequential(parts)


def _projection(c_in: int, c_out: int, stride: int) -> nn.Sequential | None:
    """Return what brings the skip to the path's shape, or None where it has that shape."""
    if stride == 1 and c_in == c_out:
        return None
    return nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))
