"""NetworkBuilder's Python, run: torch's rows and Keras's, and that both compute the same."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from builder_states import ANSWER, random_settings, start
from torch import nn

from cnnlib.explorers import NetworkBuilder
from cnnlib.explorers._builder_presets import PRESETS
from cnnlib.network import summarize

CODE = """settings => {
  document.querySelector("[data-explorer]").update(settings);
  document.querySelector(".cnn-explorer > details.cnn-code").open = true;
  document.querySelector("[data-explorer]").update({});
  return document.querySelector(".cnn-code code").textContent;
}"""
"""Put settings into the explorer; return the Python that it offers."""


@pytest.fixture(scope="module")
def keras() -> Iterator[Any]:
    """Return Keras on torch, which is here anyway, on the processor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        found = importlib.import_module("keras")
        assert found.backend.backend() == "torch"
        yield found


def run(code: str) -> Any:
    """Run code that the page offers, without its prints; return its network."""
    names: dict[str, Any] = {"print": lambda *_: None}
    exec(code.replace("net.summary()\n", ""), names)
    return names["net"]


def states() -> list[dict[str, Any]]:
    """Return the small examples and random networks."""
    rng = np.random.default_rng(3)
    small = {key: preset for key, preset in PRESETS.items() if key not in ("AlexNet", "VGG16")}
    found = [{k: v for k, v in one.items() if k != "note"} for one in small.values()]
    return found + [{**random_settings(rng), "batch_size": 2} for _ in range(24)]


def test_torch_code_builds_what_is_shown(page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    blocks = 0
    for settings in states():
        net = run(page.evaluate(CODE, {"batch_size": 1, **settings, "code": "torch"}))
        explorer = NetworkBuilder(**settings)
        size = (explorer.batch_size, *explorer.input_shape)
        skipped = ("Identity", "Sequential")
        shown = [row for row in summarize(net, size).rows if row.kind not in skipped]
        layers = [row for row in explorer.rows()[1:] if not row.name.split(".")[-1][:5] == "block"]
        blocks += len(layers) < len(explorer.rows()) - 1
        assert [(row.output_shape[1:], row.parameters, row.macs) for row in shown] == [
            (row.shape, row.parameters, row.macs) for row in layers
        ]
        assert list(net.state_dict()) == list(explorer.build().state_dict())
    assert blocks >= 5


@pytest.mark.parametrize("name", ["AlexNet", "VGG16"])
def test_torch_code_of_the_large_examples(name: str, page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    settings = {key: value for key, value in PRESETS[name].items() if key != "note"}
    with torch.device("meta"):
        net = run(page.evaluate(CODE, {**settings, "code": "torch"}))
    assert sum(p.numel() for p in net.parameters()) == page.evaluate(ANSWER, None)[-3]


def test_keras_code_builds_what_is_shown(page: Any, tmp_path: Path, keras: Any) -> None:
    start(page, tmp_path)
    for settings in states():
        net = run(page.evaluate(CODE, {"batch_size": 1, **settings, "code": "keras"}))
        explorer = NetworkBuilder(**settings)
        rows = explorer.rows()
        statistics = sum(row.parameters for row in rows if ".bn" in f".{row.name}")
        total = sum(row.parameters for row in rows)
        assert net.count_params() == total + statistics  # Keras counts the running means too
        assert sum(np.prod(weight.shape) for weight in net.trainable_weights) == total
        assert net.output_shape[1:] == (*rows[-1].shape[1:], rows[-1].shape[0])
        shapes = {layer.name: tuple(layer.output.shape[1:]) for layer in net.layers}
        for row in rows[1:]:
            wanted = (*row.shape[1:], row.shape[0])
            shown = shapes[row.name.replace(".", "_")]
            assert shown == wanted or _strides_apart(net, row.name, wanted)
    keras.utils.clear_session()


def _strides_apart(net: Any, name: str, wanted: tuple[int, ...]) -> bool:
    """Return whether a layer's stride is a layer of its own, since Keras has none with dilation."""
    layer = net.get_layer(name.replace(".", "_"))
    (after,) = {node.operation for node in layer._outbound_nodes}
    return type(after).__name__ == "MaxPooling2D" and tuple(after.output.shape[1:]) == wanted


@pytest.mark.parametrize("name", ["AlexNet", "VGG16"])
def test_keras_code_of_the_large_examples(name: str, page: Any, tmp_path: Path) -> None:
    start(page, tmp_path)
    settings = {key: value for key, value in PRESETS[name].items() if key != "note"}
    code = page.evaluate(CODE, {**settings, "code": "keras"})
    assert code.count("layers.Conv2D(") == settings["layers"].count("conv")
    assert code.count("layers.Dense(") == settings["layers"].count("linear")
    assert "layers.ZeroPadding2D(1),\n    layers.Conv2D(" in code


def copied(net: nn.Module, model: Any) -> None:
    """Give a Keras model the weights of a torch module."""
    for name, part in net.named_modules():
        own = name.replace(".branches.", ".").split(".")
        layer_name = "_".join(piece for piece in own if not piece.isdigit())
        if isinstance(part, nn.Conv2d):
            values = [part.weight.permute(2, 3, 1, 0), part.bias]
        elif isinstance(part, (nn.BatchNorm2d, nn.BatchNorm1d)):
            for tensor in (part.weight, part.bias, part.running_mean):
                nn.init.normal_(tensor)
            nn.init.uniform_(part.running_var, 0.5, 2)
            values = [part.weight, part.bias, part.running_mean, part.running_var]
        elif isinstance(part, nn.Linear):
            values = [part.weight.T, part.bias]
        else:
            continue
        given = [value.detach().numpy() for value in values if value is not None]
        model.get_layer(layer_name).set_weights(given)


@pytest.mark.filterwarnings("ignore:[\\s\\S]*softmax over axis -1:UserWarning")  # of one channel
def test_torch_and_keras_compute_the_same(page: Any, tmp_path: Path, keras: Any) -> None:
    torch.manual_seed(0)
    start(page, tmp_path)
    rng = np.random.default_rng(4)
    kinds = dict.fromkeys(("max", "avg", "(", "g2", "d2", "p1"), 0)
    for _ in range(24):
        settings = random_settings(rng)
        settings["layers"] = settings["layers"].partition("flatten")[0].rstrip(",")
        net = run(page.evaluate(CODE, {**settings, "code": "torch"})).eval()
        model = run(page.evaluate(CODE, {**settings, "code": "keras"}))
        copied(net, model)
        images = rng.standard_normal((2, *settings["input_shape"])).astype("float32")
        with torch.no_grad():
            expected = net(torch.from_numpy(images)).numpy()
            shown = np.asarray(model(images.transpose(0, 2, 3, 1), training=False).cpu())
        np.testing.assert_allclose(
            shown.transpose(0, 3, 1, 2), expected, rtol=1e-3, atol=1e-4, err_msg=str(settings)
        )
        for word in kinds:
            kinds[word] += word in settings["layers"]
    assert min(kinds.values()) > 1, kinds
    keras.utils.clear_session()


def test_digit_net_in_keras(page: Any, tmp_path: Path, keras: Any) -> None:
    torch.manual_seed(1)
    start(page, tmp_path)
    explorer = NetworkBuilder()
    net = explorer.build().eval()
    code = page.evaluate(CODE, {"code": "keras"})
    assert "# Flatten goes row by row, with the channels of each pixel together" in code
    model = run(code)
    copied(net, model)
    linear = net.linear.weight.detach().reshape(10, 32, 2, 2).permute(2, 3, 1, 0).reshape(128, 10)
    model.get_layer("linear").set_weights([linear.numpy(), net.linear.bias.detach().numpy()])
    images = torch.rand(3, 1, 8, 8)
    with torch.no_grad():
        expected = net(images).numpy()
        shown = np.asarray(model(images.permute(0, 2, 3, 1), training=False).cpu())
    np.testing.assert_allclose(shown, expected, rtol=1e-3, atol=1e-4)
    keras.utils.clear_session()
