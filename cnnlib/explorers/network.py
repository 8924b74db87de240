"""The explorer of a whole network: draw a digit and watch every feature map."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import digit_net, numpy_ops
from cnnlib.receptive_field import Layer, input_region

from . import _network_layers as layers
from . import _network_picture as picture
from ._base import Digit, Explorer, whole

CHAIN = [
    Layer("conv1", 3, padding=1),
    Layer("conv2", 3, padding=1),
    Layer("pool1", 2, stride=2),
    Layer("conv3", 3, padding=1),
    Layer("pool2", 2, stride=2),
    Layer("linear", 2),
]
"""The layers that widen what a unit sees."""

WIDENS = {"bn1": "conv1", "relu1": "conv1", "bn2": "conv2", "relu2": "conv2", "bn3": "conv3"}
WIDENS |= {"relu3": "conv3", "flatten": "pool2", "softmax": "linear"}
"""For every other layer, the one of `CHAIN` whose units see as much."""


def _within(least: float, most: float) -> traitlets.Float:
    return traitlets.Float(0.0, min=least, max=most).tag(sync=True)


class NetworkExplorer(Explorer):
    """Draw a digit, and see what every layer of a trained network makes of it, down to any unit.

    Parameters
    ----------
    drawing : array_like
        The digit, shape (8, 8), from 0 (paper) to 16 (ink): how many of the 16 pixels of each
        block of a drawing of 32 by 32 are ink.
    label : int
        Which digit it is; -1 if that is not told.
    network : {"plain", "augmented"}
        Trained on the digits as they are, or on shifted, turned and scaled ones.
    down, right : float
        How far it is moved, -4 to 4 pixels.
    rotate : float
        How far it is turned, -180 to 180 degrees, counterclockwise.
    noise : float
        Standard deviation of normal noise that is added, 0 to 1; ink is 1.
    seed : int
        Of the noise, 0 to 999.
    against : {"right", "down", "rotate", "noise"}
        Which of them the probability is plotted against.
    layer : str
        Of the chosen unit, such as "relu1"; channel, row and col count from 0, and the nearest
        that the layer has is taken.
    channel, row, col : int
        The unit. Of "flatten", "linear" and "softmax", `channel` alone counts.
    source : int
        The map of the layer before whose products are written out.
    """

    module = "network.js"

    title = traitlets.Unicode("Draw a digit and watch it go through a network").tag(sync=True)
    drawing = Digit().tag(sync=True)
    label = whole(-1, 9, -1)
    network = traitlets.Enum(list(digit_net.NAMES), "plain").tag(sync=True)
    down = _within(-4, 4)
    right = _within(-4, 4)
    rotate = _within(-180, 180)
    noise = _within(0, 1)
    seed = whole(0, 999, 0)
    against = traitlets.Enum(["right", "down", "rotate", "noise"], "right").tag(sync=True)
    layer = traitlets.Enum(list(layers.SIDES), "relu2").tag(sync=True)
    channel = whole(0, 127, 0)
    row = whole(0, 7, 3)
    col = whole(0, 7, 3)
    source = whole(0, 31, 0)

    _stored = traitlets.Dict().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        if "drawing" not in kwargs:
            kwargs |= {"drawing": layers.first_seven(), "label": kwargs.get("label", 7)}
        super().__init__(**kwargs)
        self._stored = layers.page_data()

    @property
    def unit(self) -> tuple[int, int, int]:
        """Channel, row and column of the chosen unit, as near to those asked for as there are."""
        channels, side = layers.SIDES[self.layer]
        return min(self.channel, channels - 1), min(self.row, side - 1), min(self.col, side - 1)

    def seen(self) -> np.ndarray:
        """Return what the network is given: float64, shape (1, 1, 8, 8), ink 1 and paper 0."""
        return layers.seen(self.drawing, self.down, self.right, self.rotate, self.noise, self.seed)

    def outputs(self, ops: Any = numpy_ops, array: Any = np.asarray) -> dict[str, Any]:
        """Return every layer's output by its name, each with a first axis of one picture."""
        return self._outputs(self.network, ops, array)

    def _outputs(self, name: str, ops: Any, array: Any) -> dict[str, Any]:
        stored = digit_net.stored(name).items()
        return layers.outputs(ops, {key: array(p) for key, p in stored}, array(self.seen()))

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute with one of cnnlib's backends what is shown.

        Returns
        -------
        array
            One after the other: what the network is given, 64 numbers; its ten logits and ten
            probabilities; the ten logits of the other network; and the map of the chosen unit, or
            all of the layer where that is a row of numbers.
        """
        found = self.outputs(ops, array)
        (other,) = set(digit_net.NAMES) - {self.network}
        layer = found[self.layer][0]
        shown = layer if layer.ndim == 1 else layer[self.unit[0]]
        parts = [self.seen(), found["linear"], found["softmax"]]
        parts += [self._outputs(other, ops, array)["linear"], shown]
        return array(np.concatenate([_flat(part) for part in parts]))

    def sees(self) -> tuple[int, int, int, int]:
        """Return top, left, height and width of what the chosen unit sees of the 8 by 8 pixels."""
        name = WIDENS.get(self.layer, self.layer)
        chain = CHAIN[: 1 + [layer.name for layer in CHAIN].index(name)]
        place = self.unit[1:]
        if self.layer == "flatten":
            place = divmod(self.unit[0] % 4, 2)
        region: Any = input_region(chain, place, place, 8)  # every unit sees some of the digit
        (top, left), (bottom, right) = region
        return top, left, bottom - top + 1, right - left + 1

    def draw(self) -> Any:
        """Return a matplotlib Figure: the digit, the answer, and the maps of each block."""
        maps = {name: output[0] for name, output in self.outputs().items()}
        return picture.draw(
            self.seen()[0, 0], maps, self.sees(), "what the network sees: 0 paper, 16 ink"
        )

    def describe(self) -> str:
        """Return one line that tells the state."""
        shares = self.outputs()["softmax"][0]
        first, second = np.argsort(-shares, kind="stable")[:2]
        moved = [f"{self.down:g} down, {self.right:g} right"] if self.down or self.right else []
        moved += [f"turned by {self.rotate:g} degrees"] if self.rotate else []
        moved += [f"with noise of {self.noise:g}"] if self.noise else []
        truth = "a digit" if self.label < 0 else f"a {self.label}"
        way = f" ({', '.join(moved)})" if moved else ""
        return (
            f"{truth}{way} through the {self.network} network, which takes it for a {first} "
            f"({100 * shares[first]:.1f}%), then a {second} ({100 * shares[second]:.1f}%); "
            f"the chosen unit is [{', '.join(map(str, self.unit))}] of {self.layer}"
        )


def _flat(values: Any) -> np.ndarray:
    """Return an array of any backend as one row of float64."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return np.asarray(values, dtype=float).ravel()
