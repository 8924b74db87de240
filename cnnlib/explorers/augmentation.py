"""The explorer of augmentation: a picture changed, its label kept, and where that is untrue."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnnlib import datasets, plots

from . import _augmentation_steps as steps
from ._base import Explorer, Matrix, whole

MOST = 32
"""How many rows or columns a picture may have."""

SIX, THREE = (steps.DIGITS[2 * label] for label in (6, 3))


def _between(least: float, most: float, default: float) -> traitlets.Float:
    return traitlets.Float(default, min=least, max=most).tag(sync=True)


def _called(label: int) -> str:
    if label < 0:
        return "a picture of no digit"
    return f"{'an' if label == 8 else 'a'} {label}"


class AugmentationExplorer(Explorer):
    """Move, turn, scale, crop, mirror, blend and blur a picture with noise, and watch its label.

    Below the picture are eight as training would see them, each drawn between nothing and what is
    set, either way.

    Parameters
    ----------
    image : array_like
        The picture, up to 32 by 32, from 0 (paper) to 16 (ink).
    label : int
        Which digit it is; -1 for none.
    down, right : float
        How far it is moved, -8 to 8 pixels.
    rotate : float
        How far it is turned, -180 to 180 degrees, counterclockwise.
    scale : float
        How large it becomes, 0.5 to 1.9.
    flip : {"none", "left-right", "up-down"}
        How it is mirrored.
    crop : float
        The share of each side that is cut off, 0 to 0.75; the rest is enlarged.
    crop_top, crop_left : float
        Where the cut lies: 0 keeps the first rows or columns, 1 the last.
    noise : float
        Standard deviation of normal noise that is added, 0 to 1; ink is 1.
    lam : float
        The picture's own share of a blend with another, 0 to 1.
    partner, partner_label
        The other picture, of the same shape, and its label.
    seed : int
        Of all that is random, 0 to 9,999.
    network : {"plain", "augmented", "none"}
        Which trained network reads the pictures, those of 8 by 8: trained on digits as they are,
        or on changed ones; with "none" their weights do not come along.
    """

    module = "augmentation.js"

    title = traitlets.Unicode("Change a picture, keep its label: is it still true?").tag(sync=True)
    image = Matrix(MOST, default_value=SIX["image"]).tag(sync=True)
    label = whole(-1, 9, 6)
    down = _between(-8, 8, 0)
    right = _between(-8, 8, 0.8)
    rotate = _between(-180, 180, 12)
    scale = _between(0.5, 1.9, 1.1)
    flip = traitlets.Enum(list(steps.FLIPS), "none").tag(sync=True)
    crop = _between(0, 0.75, 0)
    crop_top = _between(0, 1, 0.5)
    crop_left = _between(0, 1, 0.5)
    noise = _between(0, 1, 0)
    lam = _between(0, 1, 1)
    partner = Matrix(MOST, default_value=THREE["image"]).tag(sync=True)
    partner_label = whole(-1, 9, 3)
    seed = whole(0, 9999, 0)
    network = traitlets.Enum(["plain", "augmented", "none"], "augmented").tag(sync=True)

    _pictures: Any = traitlets.List().tag(sync=True)
    _networks = traitlets.Dict().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pictures = steps.pictures()
        if self.network != "none":  # their weights are many: no other page carries them
            self._networks = datasets.stored("digit_net")["networks"]
        self.result()

    @traitlets.validate("image", "partner")
    def _inked(self, proposal: Any) -> list[list[float]]:
        rows: list[list[float]] = proposal["value"]
        least, most = np.min(rows), np.max(rows)
        if least < 0 or most > steps.INK:
            raise ValueError(
                f"{proposal['trait'].name} must hold numbers from 0 to {steps.INK}; "
                f"got {least:g} to {most:g}"
            )
        return rows

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute, with one of cnnlib's backends, what the page shows.

        Returns
        -------
        array
            One after the other: the changed picture, its ten shares of a label, the eight draws,
            their own shares of the blend; then, where a network is asked, the ten probabilities
            of the changed picture and of each draw.
        """
        made = steps.changed(self, array)
        parts = [made.given, made.targets, made.draws, made.shares]
        if steps.asked(self):
            parts += [
                steps.probabilities(self.network, pictures, ops, array)
                for pictures in (made.given, made.draws)
            ]
        flat = [np.asarray(part.cpu() if hasattr(part, "cpu") else part).ravel() for part in parts]
        return array(np.concatenate(flat))

    def truth(self) -> tuple[str, int]:
        """Return whether the label is still true, and what the picture reads as."""
        return steps.truth(self, steps.changed(self).moved)

    def draw(self) -> Any:
        """Return a matplotlib Figure: the picture, what becomes of it, and the first four draws.

        Its numbers are rounded to one digit after the point.
        """
        made = steps.changed(self)
        panels = [
            (np.array(self.image) / steps.INK, "input", _called(self.label)),
            (np.asarray(made.given)[0, 0], "output", "changed"),
            *((draw[0], "output", f"draw {k + 1}") for k, draw in enumerate(made.draws[:4])),
        ]
        return plots.grids(
            [(np.round(values, 1) + 0.0, role, title) for values, role, title in panels], width=14.0
        )

    def describe(self) -> str:
        """Return one line that tells the state."""
        done = [
            f"moved {abs(pixels):g} {ahead if pixels > 0 else back}"
            for pixels, ahead, back in ((self.down, "down", "up"), (self.right, "right", "left"))
            if pixels
        ]
        done += [f"turned by {self.rotate:g} degrees"] if self.rotate else []
        done += [f"scaled by {self.scale:g}"] if self.scale != 1 else []
        done += [f"mirrored {self.flip}"] if self.flip != "none" else []
        done += [f"cropped by {self.crop:g}"] if self.crop else []
        done += [f"blended, {self.lam:g} of it its own"] if self.lam < 1 else []
        done += [f"noise of {self.noise:g}"] if self.noise else []
        name = _called(self.label)
        verdict, reads = self.truth()
        told = {
            "gone": "hardly anything of it is left",
            "cut": "much of it is gone",
            "other": f"it reads as {_called(reads)}",
            "none": "it reads as no digit",
            "mixed": "its label is shared out",
            "hidden": "noise hides it",
            "true": "its label is still true",
        }
        return f"{name}, {', '.join(done) or 'as it is'}: {told[verdict]}"
