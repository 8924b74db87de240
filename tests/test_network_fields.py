"""What summarize says a layer sees is what gradients reach, in random networks and known ones."""

from __future__ import annotations

import random

import pytest
import torch
from network_problems import CHANNELS, gradient_box, positive, random_network
from torch import nn

from cnnlib import network
from cnnlib.models import Bottleneck, ResNetPlan, build_resnet
from cnnlib.network import receptive_field_box, summarize


def boxes(net, size, units, rng):
    """Return for some units of a network's output the box of the gradient."""
    input = torch.ones(1, CHANNELS, *size, dtype=torch.float64, requires_grad=True)
    output = positive(net)(input)
    found = {}
    for _ in range(units):
        unit = tuple(rng.randrange(n) for n in output.shape[2:])
        total = output[0, :, unit[0], unit[1]].sum()
        (gradient,) = torch.autograd.grad(total, input, retain_graph=True)
        found[unit] = gradient_box(gradient)
    return found


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_boxes_are_those_of_the_gradient_and_fields_those_of_the_boxes(first):
    of_one_form = 0
    for seed in range(first, first + 50):
        rng = random.Random(seed)
        size = (rng.randint(9, 20), rng.randint(9, 20))
        net = nn.Sequential(random_network(rng, size, plain=seed % 2 == 0), nn.Identity())
        shape = (1, CHANNELS, *size)
        summary = summarize(net, shape)
        (row,) = [row for row in summary.rows if row.name == "1"]
        assert summary.not_read == ()
        for unit, expected in boxes(net, size, 2, rng).items():
            assert receptive_field_box(net, shape, "1", unit) == expected, (seed, unit)
            endless = receptive_field_box(net, shape, "1", unit, clipped=False)
            if row.receptive_field is None or endless is None:
                continue  # misaligned; or between the taps of a transposed convolution
            field = pair(row.receptive_field)
            assert all(last - start < r for start, last, r in zip(*endless, field, strict=True))
            if row.start is not None:
                starts = zip(pair(row.start), unit, pair(row.jump), strict=True)
                start = tuple(s + u * j for s, u, j in starts)
                assert endless == (
                    start,
                    tuple(s + r - 1 for s, r in zip(start, field, strict=True)),
                )
                of_one_form += 1
    assert of_one_form > 15


PUBLISHED = {  # K. Simonyan and A. Zisserman's and A. Krizhevsky's, as A. Araujo and others count
    "alexnet": {"conv1": 11, "pool1": 19, "conv2": 51, "conv3": 99, "conv5": 163, "pool5": 195},
    "vgg11": {"pool1": 4, "pool2": 10, "pool3": 30, "pool4": 70, "pool5": 150, "fc6": 342},
    "vgg16": {"pool1": 6, "pool2": 16, "pool3": 44, "pool4": 100, "pool5": 212, "fc6": 404},
    "vgg19": {"pool1": 6, "pool2": 16, "pool3": 52, "pool4": 124, "pool5": 268, "fc6": 460},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_fields_of_networks_without_branches(name):
    with torch.device("meta"):
        summary = summarize(getattr(network, name)(), (1, 3, 224, 224))
    rows = {row.name: row for row in summary.rows}
    found = {layer: rows[layer].receptive_field for layer in PUBLISHED[name]}
    assert found == PUBLISHED[name]
    assert (rows["pool5"].jump, rows["pool5"].whole) == (32, False)
    assert (rows["fc6"].whole, rows["fc8"].receptive_field) == (True, rows["fc6"].receptive_field)
    assert (summary.not_read, summary.misaligned) == ((), ())


def test_vgg16_on_small_images_row_by_row():
    with torch.device("meta"):
        features = network.vgg16()[:31]
    rows = summarize(features, (1, 3, 32, 32)).rows
    found = [(r.output_shape[2], r.jump, r.receptive_field) for r in rows if r.kind != "ReLU"]
    assert found == [
        *((32, 1, 3), (32, 1, 5), (16, 2, 6), (16, 2, 10), (16, 2, 14), (8, 4, 16)),
        *((8, 4, 24), (8, 4, 32), (8, 4, 40), (4, 8, 44), (4, 8, 60), (4, 8, 76), (4, 8, 92)),
        *((2, 16, 100), (2, 16, 132), (2, 16, 164), (2, 16, 196), (1, 32, 212)),
    ]


# A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural networks",
# Distill, 2019: 483, 1027 and 1507 for ResNets whose 3x3 convolutions have stride 1 before a step
# down. Torch's stride in the 3x3 one, so the same three see less.
RESNETS = [((3, 4, 6, 3), 483, 427), ((3, 4, 23, 3), 1027, 971), ((3, 8, 36, 3), 1507, 1451)]


@pytest.mark.parametrize(("stages", "in_1x1", "in_3x3"), RESNETS)
def test_resnets_of_both_conventions(stages, in_1x1, in_3x3):
    for stride_in_1x1, expected in [(True, in_1x1), (False, in_3x3)]:
        with torch.device("meta"):
            net = build_resnet(ResNetPlan(Bottleneck, stages), stride_in_1x1=stride_in_1x1)
            summary = summarize(net, (1, 3, 224, 224))
        rows = {row.name: row for row in summary.rows}
        last = rows[f"layer4.{stages[3] - 1}.relu"]
        assert (last.receptive_field, last.jump, last.whole) == (expected, 32, False)
        assert last.start == -(expected // 2)
        assert rows["fc"].whole
        assert (summary.not_read, summary.misaligned) == ((), ())


def test_resnet18_by_stage_and_by_gradient():
    net = network.resnet18()
    shape = (1, 3, 470, 470)
    rows = {row.name: row for row in summarize(net.to("meta"), shape).rows}
    fields = [rows[f"layer{i}.1.relu"].receptive_field for i in (1, 2, 3, 4)]
    assert fields == [43, 99, 211, 435]
    assert receptive_field_box(net, shape, "layer4.1.relu", (7, 7)) == ((7, 7), (441, 441))
