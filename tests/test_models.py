"""The book's models are those of their papers: layers, shapes, and the counts published of them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnlib import models, network
from cnnlib.network import summarize

PUBLISHED = [
    ("alexnet", 61_100_840, 714_188_480),
    ("vgg11", 132_863_336, 7_609_090_048),
    ("vgg16", 138_357_544, 15_470_264_320),
    ("vgg19", 143_667_240, 19_632_062_464),
    ("resnet18", 11_689_512, 1_814_073_344),
    ("resnet50", 25_557_032, 4_089_184_256),
]
HEADS = {"resnet18": ("fc", 512), "resnet50": ("fc", 2048)}


@pytest.mark.parametrize(("name", "parameters", "macs"), PUBLISHED)
def test_published_counts(name, parameters, macs):
    with torch.device("meta"):
        model = getattr(network, name)()
    summary = summarize(model, (1, 3, 224, 224))
    assert (summary.parameters, summary.macs, summary.not_counted) == (parameters, macs, ())
    assert summary.parameters == sum(p.numel() for p in model.parameters())
    assert summarize(model, (8, 3, 224, 224)).macs == 8 * macs
    head, features = HEADS.get(name, ("fc8", 4096))
    last = summary.rows[-1]
    assert (last.name, last.kind, last.output_shape) == (head, "Linear", (1, 1000))
    assert (last.parameters, last.macs) == (1000 * features + 1000, 1000 * features)
    assert last.whole


def test_the_layers_of_alexnet():
    with torch.device("meta"):
        rows = summarize(network.alexnet(), (1, 3, 224, 224)).rows
    sizes = {row.name: row.output_shape[1:] for row in rows}
    assert {name: size for name, size in sizes.items() if name.startswith(("conv", "pool"))} == {
        "conv1": (64, 55, 55),
        "pool1": (64, 27, 27),
        "conv2": (192, 27, 27),
        "pool2": (192, 13, 13),
        "conv3": (384, 13, 13),
        "conv4": (256, 13, 13),
        "conv5": (256, 13, 13),
        "pool5": (256, 6, 6),
    }
    after = ["relu6", "drop6", "fc7", "relu7", "drop7", "fc8"]
    assert [row.name for row in rows[-8:]] == ["flatten", "fc6", *after]


def test_the_layers_of_vgg():
    with torch.device("meta"):
        models = {name: getattr(network, name)(num_classes=10) for name in ("vgg11", "vgg16")}
    filters = {
        name: [layer.out_channels for layer in model if isinstance(layer, nn.Conv2d)]
        for name, model in models.items()
    }
    assert filters["vgg11"] == [64, 128, 256, 256, 512, 512, 512, 512]
    assert filters["vgg16"] == [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    assert models["vgg16"].fc8.out_features == 10
    macs = {r.name: r.macs for r in summarize(models["vgg16"], (1, 3, 224, 224)).rows}
    assert macs["conv1_2"] == macs["conv2_2"] == macs["conv3_2"] == macs["conv4_2"] == 1_849_688_064


@pytest.mark.parametrize("name", [name for name, *_ in PUBLISHED])
def test_models_refuse_what_is_no_count(name):
    with pytest.raises(ValueError, match="^num_classes must be a positive int, got 0$"):
        getattr(network, name)(0)
    with pytest.raises(TypeError, match=r"^num_classes must be a positive int, got 2\.0$"):
        getattr(network, name)(2.0)


@pytest.mark.parametrize("stride_in_1x1", [False, True])
def test_a_bottleneck_strides_in_one_place(stride_in_1x1):
    with torch.device("meta"):
        net = network.resnet50(stride_in_1x1=stride_in_1x1)
    strides = {
        name: layer.stride[0]
        for name, layer in net.named_modules()
        if isinstance(layer, nn.Conv2d) and layer.stride != (1, 1)
    }
    place = "conv1" if stride_in_1x1 else "conv2"
    stages = [f"layer{i}.0.{part}" for i in (2, 3, 4) for part in (place, "downsample.0")]
    assert strides == dict.fromkeys(["conv1", *stages], 2)
    summary = summarize(net, (1, 3, 224, 224))
    assert summary.parameters == 25_557_032
    sizes = {row.name: row.output_shape for row in summary.rows if row.kind == "ReLU"}
    assert sizes["layer4.2.relu"] == (1, 2048, 7, 7)


def test_a_block_adds_its_path_to_its_input():
    for block in (models.BasicBlock(8, 8), models.Bottleneck(8, 2), models.BasicBlock(4, 8, 2)):
        block.eval().double()
        input = torch.randn(2, block.conv1.in_channels, 6, 6, dtype=torch.float64)
        skip = input if block.downsample is None else block.downsample(input)
        assert torch.equal(block(input), (block.path(input) + skip).relu())
        assert block(input).shape == (2, 8, 6 // block.conv1.stride[0], 6 // block.conv1.stride[0])
        last = "bn3" if isinstance(block, models.Bottleneck) else "bn2"
        nn.init.zeros_(getattr(block, last).weight)  # the path then adds nothing
        assert torch.equal(block(input), skip.relu())


def test_resnet_refuses_what_is_no_flag():
    with pytest.raises(TypeError, match="^stride_in_1x1 must be True or False, got 1$"):
        network.resnet50(stride_in_1x1=1)
