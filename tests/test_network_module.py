"""summarize leaves a module as it was, and says which layer an input does not fit."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib.network import summarize


class Restless(nn.Module):
    """Changes whatever it can when it is run."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.line = nn.Linear(3, 2)
        self.runs, self.seen, self.cache = 0, [], {"first": None}
        self.register_buffer("steps", torch.zeros(()))
        self.register_buffer("last", None)
        self.modes = []

    def forward(self, input):
        output = self.line(self.norm(input)) + torch.rand(2).to(input.device)
        self.runs += 1
        self.seen.append(output)
        self.cache["first"] = output
        self.late = output
        self.steps += 1
        self.norm.running_mean.add_(1)
        self.last = output
        self.line.weight.requires_grad_(False)
        self.line.train()
        return output


def attributes(module):
    """Return all that a module and its parts hold: objects by identity, values by their text."""
    return {
        name: {
            key: (repr(value), {k: id(v) for k, v in value.items()})
            if isinstance(value, dict)
            else (id(value), repr(value))
            for key, value in vars(part).items()
        }
        for name, part in module.named_modules()
    }


@pytest.mark.parametrize("mode", [True, False])
@pytest.mark.parametrize("size", [(4, 3), (4, 7)])
def test_the_module_is_as_it_was_whether_it_fits_or_not(mode, size):
    net = nn.Sequential(Restless(), nn.Dropout()).train(mode)
    net[0].norm.eval()
    net[0].line.weight.grad = torch.ones(2, 3)
    state = copy.deepcopy(net.state_dict())
    before, random = attributes(net), torch.get_rng_state()
    if size == (4, 3):
        assert summarize(net, size).parameters == 14
    else:
        with pytest.raises(ValueError, match=r"^input_size must .* 0\.norm \(BatchNorm1d\)"):
            summarize(net, size)
    after = attributes(net)
    assert after.keys() == before.keys()
    for name in before:
        assert after[name].keys() == before[name].keys(), name
        for key in before[name]:
            assert after[name][key] == before[name][key], (name, key)
    assert net[0].line.weight.requires_grad
    assert [part.training for part in net.modules()] == [mode, mode, False, mode, mode]
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.equal(net[0].line.weight.grad, torch.ones(2, 3))
    for name, value in net.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_batch_norm_is_run_as_in_evaluation():
    net = nn.Sequential(nn.BatchNorm2d(3))  # in training it refuses a single value a channel
    assert summarize(net, (1, 3, 1, 1)).rows[0].parameters == 6
    assert net[0].training
    assert net[0].num_batches_tracked == 0
    assert net[0].running_mean.tolist() == [0, 0, 0]


def test_no_gradients_are_recorded_and_none_pending_are_spoilt():
    seen = []
    net = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3).eval())
    net[0].register_forward_hook(lambda *call: seen.append(call[2].requires_grad))
    loss = net(torch.ones(2, 3)).sum()
    summarize(net, (2, 3))
    assert seen == [True, False]
    assert torch.is_grad_enabled()
    assert net[0].weight.grad is None
    loss.backward()
    assert net[0].weight.grad.shape == (3, 3)
    assert len(net[0]._forward_hooks) == 1


def fits_not(module, size):
    """Return why an input does not fit, after what every such message begins with."""
    with pytest.raises(ValueError, match="^input_size must suit every layer, got ") as caught:
        summarize(module, size)
    assert caught.value.__cause__ is not None
    start = f"input_size must suit every layer, got {size}: "
    assert str(caught.value).startswith(start)
    return str(caught.value).removeprefix(start)


def test_the_first_layer_that_breaks_is_named():
    net = nn.Sequential(nn.Conv2d(1, 2, 5), nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(2, 4, 5)))
    net.append(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)))
    assert summarize(net, (1, 1, 20, 20)).rows[-1].output_shape == (1, 10)
    assert fits_not(net, (1, 1, 28, 28)) == (
        "2.1 (Linear), given (1, 256), is the first that breaks: "
        "it expects 64 features (in_features) but is given 256"
    )
    assert fits_not(net, (1, 1, 12, 12)) == (
        "1.1 (Conv2d), given (1, 2, 4, 4), is the first that breaks: "
        "its kernel of (5, 5) is larger than what it is given: (4, 4)"
    )


CHANNELS = "it expects 3 channels ({}) but is given 4"
MISFITS = [
    (nn.Conv2d(3, 8, 3), (1, 4, 8, 8), CHANNELS.format("in_channels")),
    (nn.Conv1d(3, 8, 3), (4, 8), CHANNELS.format("in_channels")),
    (nn.ConvTranspose2d(3, 8, 3), (1, 4, 8, 8), CHANNELS.format("in_channels")),
    (nn.BatchNorm2d(3), (1, 4, 8, 8), CHANNELS.format("num_features")),
    (nn.GroupNorm(3, 3), (1, 4, 8, 8), CHANNELS.format("num_channels")),
    (nn.Conv2d(3, 8, 3), (1, 3), "it expects an input of 4 axes, batch first, but is given 2"),
    (nn.Conv2d(3, 8, 3, padding="same"), (1, 4, 8, 8), CHANNELS.format("in_channels")),
    (
        nn.Conv2d(3, 8, (3, 2), dilation=4, padding=(1, 0)),
        (1, 3, 6, 6),
        "its kernel of (3, 2), which spans (9, 5) with dilation (4, 4), is larger than what it is "
        "given: (6, 6), (8, 6) with its padding",
    ),
    (
        nn.Conv1d(3, 8, 9, padding="valid"),
        (1, 3, 8),
        "its kernel of (9,) is larger than what it is given: (8,)",
    ),
    (nn.MaxPool2d(3), (1, 1, 2, 5), "its window of (3, 3) is larger than what it is given: (2, 5)"),
    (nn.AvgPool1d(3), (1, 1, 2), "its window of (3,) is larger than what it is given: (2,)"),
    (nn.Linear(3, 1), (1, 4), "it expects 3 features (in_features) but is given 4"),
    (nn.LSTM(3, 1), (1, 1, 4), "it expects 3 features (input_size) but is given 4"),
    (
        nn.LayerNorm((3, 2)),
        (1, 2, 3),
        "it expects (3, 2) as the last sizes (normalized_shape) but is given (2, 3)",
    ),
    (
        nn.Bilinear(2, 3, 1),
        ((1, 2), (1, 4)),
        "it expects 3 features (in2_features) but is given 4",
    ),
]


@pytest.mark.parametrize(("layer", "size", "why"), MISFITS)
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_what_a_layer_expects_and_is_given(layer, size, why, device):
    message = fits_not(nn.Sequential(layer).to(device) if size[0] == 1 else layer, size)
    assert message.endswith(f"is the first that breaks: {why}")
    assert f"({type(layer).__name__}), given (" in message


class Net(nn.Module):
    """Does what it is told with one layer."""

    def __init__(self, function):
        super().__init__()
        self.line = nn.Linear(3, 2)
        self.function = function

    def forward(self, input):
        return self.function(self.line, input)


def test_a_misfit_in_forward_itself_is_told_in_torchs_words():
    message = fits_not(Net(lambda line, x: line(x) + x), (5, 3))
    assert message.startswith("(root) (Net), given (5, 3), is the first that breaks: The size of ")
    assert fits_not(nn.Unflatten(1, (2, 2)), (1, 3)).startswith("(root) (Unflatten), given (1, 3)")


def test_an_error_that_a_module_catches_is_none():
    def careful(line, x):
        try:
            return line(x)
        except RuntimeError:
            return line(x[:, :3])

    rows = summarize(Net(careful), (1, 4)).rows
    assert [row.parameters for row in rows] == [8, 0]
    assert rows[-1].output_shape == (1, 2)

    def careless(line, x):
        careful(line, x)
        return nn.functional.relu(x) @ x

    assert fits_not(Net(careless), (1, 4)).startswith("(root) (Net)")


def test_other_errors_are_passed_on():
    with pytest.raises(KeyError, match="missing"):
        summarize(Net(lambda line, x: {}["missing"]), (1, 3))
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        summarize(nn.Bilinear(2, 2, 2), (1, 2))
    with pytest.raises(NotImplementedError, match="forward"):
        summarize(nn.ModuleList([nn.ReLU()]), (1, 3))


@pytest.mark.parametrize("module", [None, nn.ReLU, "relu", 3])
def test_what_is_no_module(module):
    match = f"^module must be a torch.nn.Module, got {re.escape(repr(module))}$"
    with pytest.raises(TypeError, match=match):
        summarize(module, (1, 3))


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_modules_that_cannot_be_looked_into():
    scripted = nn.Sequential(torch.jit.script(nn.ReLU()))
    with pytest.raises(TypeError, match="^module must be written in Python, no part of it script"):
        summarize(scripted, (1, 3))
    with pytest.raises(ValueError, match="^module must have .* got Sequential with lazy ones"):
        summarize(nn.Sequential(nn.LazyLinear(3)), (1, 3))


@pytest.mark.parametrize(
    ("size", "error"),
    [
        *((size, TypeError) for size in (3, None, "13", {1, 3}, (1, 3.0), (1, True), ((1, 3), 4))),
        *((size, ValueError) for size in ((), [], (0, 3), (1, -3), ((1, 3), ()), [[1, 0]])),
    ],
)
def test_what_is_no_shape(size, error):
    match = f"^input_size must be a shape, batch first, or .* ints, got {re.escape(repr(size))}$"
    with pytest.raises(error, match=match):
        summarize(nn.ReLU(), size)


def test_what_is_no_dtype():
    with pytest.raises(TypeError, match="^dtype must be a torch.dtype or None, got 'float32'$"):
        summarize(nn.ReLU(), (1,), dtype="float32")


def test_numpys_integers_and_torchs_sizes_are_sizes():
    assert summarize(nn.ReLU(), (np.int64(2), 3)).input_size == (2, 3)
    assert summarize(nn.ReLU(), torch.zeros(2, 3).shape).rows[0].output_shape == (2, 3)
    assert summarize(nn.ReLU(), [2, 3]).input_size == (2, 3)
