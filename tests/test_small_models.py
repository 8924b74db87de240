"""The book's small classifiers: what they are made of, count, see and refuse."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnlib import models, network
from cnnlib.network import summarize

COUNTED = [  # name, input, parameters, MACs, receptive field and jump before the last layers
    ("convnet", (1, 28, 28), 29_034, 2_838_080, 16, 4),
    ("lenet", (3, 32, 32), 62_006, 651_720, 16, 4),
    ("binary_classifier", (3, 150, 150), 3_453_121, 236_095_488, 46, 16),
    ("digit_net", (1, 8, 8), 15_418, 452_864, 12, 4),
]
BY_LAYER = {
    "convnet": {"conv1": 416, "bn1": 32, "conv2": 12_832, "bn2": 64, "linear": 15_690},
    "lenet": {"conv1": 456, "conv2": 2_416, "fc3": 48_120, "fc4": 10_164, "fc5": 850},
    "binary_classifier": {
        **{"conv1": 896, "conv2": 18_496, "conv3": 73_856, "conv4": 147_584},
        **{"fc5": 3_211_776, "fc6": 513},
    },
    "digit_net": {
        **{"conv1": 144, "bn1": 32, "conv2": 4_608, "bn2": 64, "conv3": 9_216, "bn3": 64},
        "linear": 1_290,
    },
}
SIZES = {
    "convnet": [(16, 28, 28), (16, 14, 14), (32, 14, 14), (32, 7, 7)],
    "lenet": [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)],
    "binary_classifier": [
        *[(32, 148, 148), (32, 74, 74), (64, 72, 72), (64, 36, 36)],
        *[(128, 34, 34), (128, 17, 17), (128, 15, 15), (128, 7, 7)],
    ],
    "digit_net": [(16, 8, 8), (32, 8, 8), (32, 4, 4), (32, 4, 4), (32, 2, 2)],
}
PARTS = [
    *["conv1", "bn1", "relu1", "conv2", "bn2", "relu2", "pool1"],
    *["conv3", "bn3", "relu3", "pool2", "flatten", "dropout", "linear"],
]


@pytest.mark.parametrize(("name", "size", "parameters", "macs", "sees", "jump"), COUNTED)
def test_counts_and_sight(name, size, parameters, macs, sees, jump):
    with torch.device("meta"):
        summary = summarize(getattr(network, name)(), (1, *size))
    assert (summary.parameters, summary.macs, summary.not_counted) == (parameters, macs, ())
    rows = {row.name: row for row in summary.rows}
    assert {key: row.parameters for key, row in rows.items() if row.parameters} == BY_LAYER[name]
    maps = [row.output_shape[1:] for key, row in rows.items() if key.startswith(("conv", "pool"))]
    assert maps == SIZES[name]
    flat = rows["flatten"]
    assert (flat.receptive_field, flat.jump, flat.whole) == (sees, jump, False)
    assert summary.rows[-1].whole


@pytest.mark.parametrize(("name", "size"), [row[:2] for row in COUNTED])
def test_they_run_and_every_parameter_learns(name, size):
    net = getattr(network, name)()
    output = net(torch.rand(2, *size, generator=torch.Generator().manual_seed(0)))
    assert output.shape == (2, 1 if name == "binary_classifier" else 10)
    output.square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
    if name == "binary_classifier":
        assert ((output > 0) & (output < 1)).all()


def test_the_parts_of_digit_net():
    net = network.digit_net()
    assert [name for name, _ in net.named_children()] == PARTS
    assert (net.dropout.p, net.conv1.bias, net.bn3.eps, net.bn3.momentum) == (0.25, None, 1e-5, 0.1)
    plain = network.digit_net(batch_norm=False, dropout=0)
    assert [name for name, _ in plain.named_children()] == [
        part for part in PARTS if not part.startswith("bn")
    ]
    assert plain.conv1.bias.shape == (16,)
    assert summarize(plain, (1, 1, 8, 8)).parameters == 15_418 - 160 + 80
    assert network.digit_net(5).linear.out_features == 5


@pytest.mark.parametrize(
    ("pool", "expected"),
    [("max", [5, 7]), ("average", [2.5, 4.5]), ("strided", [0, 2])],
)
def test_how_digit_net_halves(pool, expected):
    net = network.digit_net(pool=pool)
    rows = torch.tensor([[0.0, 1, 2, 3], [4, 5, 6, 7]])[None, None]
    for part in (net.pool1, net.pool2):
        assert part(rows).tolist() == [[[expected]]]
    assert summarize(net, (1, 1, 8, 8)).parameters == 15_418


def test_digit_net_without_halving():
    net = network.digit_net(pool="none")
    assert [name for name, _ in net.named_children()] == [p for p in PARTS if "pool" not in p]
    assert net.linear.in_features == 32 * 8 * 8
    assert net(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_a_plan_may_be_changed():
    wide = models.DIGIT_NET._replace(input_size=(3, 16, 16), dropout=None)
    net = models.build_small(wide, 4)
    assert net(torch.zeros(2, 3, 16, 16)).shape == (2, 4)
    assert not any(isinstance(part, nn.Dropout) for part in net)


@pytest.mark.parametrize("name", ["convnet", "lenet", "digit_net"])
def test_models_refuse_what_is_no_count(name):
    with pytest.raises(ValueError, match="^num_classes must be a positive int, got 0$"):
        getattr(network, name)(0)
    with pytest.raises(TypeError, match=r"^num_classes must be a positive int, got 2\.0$"):
        getattr(network, name)(2.0)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"dropout": 1.5}, ValueError, r"^dropout must be a number from 0 to 1, got 1\.5$"),
        ({"dropout": None}, TypeError, "^dropout must be a number from 0 to 1, got None$"),
        ({"batch_norm": 1}, TypeError, "^batch_norm must be True or False, got 1$"),
        ({"pool": "mean"}, ValueError, "^pool must be one of max, average, .*, got 'mean'$"),
        ({"pool": None}, ValueError, "^pool must be one of max, average, .*, got None$"),
    ],
)
def test_digit_net_refuses_what_is_no_setting(changes, error, match):
    with pytest.raises(error, match=match):
        network.digit_net(**changes)
