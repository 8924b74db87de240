"""The book's models are those of their papers: layers, shapes, and the counts published of them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnlib import network
from cnnlib.network import Row, summarize

PUBLISHED = [
    ("alexnet", 61_100_840, 714_188_480),
    ("vgg11", 132_863_336, 7_609_090_048),
    ("vgg16", 138_357_544, 15_470_264_320),
]


@pytest.mark.parametrize(("name", "parameters", "macs"), PUBLISHED)
def test_published_counts(name, parameters, macs):
    with torch.device("meta"):
        model = getattr(network, name)()
    summary = summarize(model, (1, 3, 224, 224))
    assert (summary.parameters, summary.macs, summary.not_counted) == (parameters, macs, ())
    assert summary.parameters == sum(p.numel() for p in model.parameters())
    assert summarize(model, (8, 3, 224, 224)).macs == 8 * macs
    assert summary.rows[-1] == Row("fc8", "Linear", (1, 1000), 4_097_000, 4_096_000)


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


@pytest.mark.parametrize("name", ["alexnet", "vgg11", "vgg16"])
def test_models_refuse_what_is_no_count(name):
    with pytest.raises(ValueError, match="^num_classes must be a positive int, got 0$"):
        getattr(network, name)(0)
    with pytest.raises(TypeError, match=r"^num_classes must be a positive int, got 2\.0$"):
        getattr(network, name)(2.0)
