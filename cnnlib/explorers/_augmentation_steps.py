"""AugmentationExplorer in Python: a picture changed, eight drawn at random, what they show."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from cnnlib import augmentation, datasets, digit_net, numpy_ops

from ._shift_scenes import DIGITS

INK = 16
"""The value of a cell that is all ink."""

DRAWS = 8
"""How many pictures are drawn at random."""

FLIPS = {"none": False, "left-right": "left-right", "up-down": "up-down"}

UPSIDE_DOWN = {0: 0, 1: 1, 6: 9, 8: 8, 9: 6}
"""What a digit turned by 180 degrees reads as, where it reads as any."""

MIRRORED = {0: 0, 1: 1, 8: 8}
OVERTURNED = {0: 0, 1: 1, 3: 3, 8: 8}
"""What a digit mirrored left-right reads as, and one mirrored up-down."""


class Pictures(NamedTuple):
    """What the sliders make of a picture, and eight draws between nothing and that.

    `moved` is the picture before it is blended; pictures are of shape (n, 1, h, w), of ink 1;
    `targets` (1, 10); `shares` are the draws' own shares of the blend, (8,).
    """

    moved: Any
    given: Any
    targets: Any
    draws: Any
    shares: Any


@cache
def portrait() -> list[list[float]]:
    """Return the face in the photograph, 32 by 32, dark as ink: means of 5 by 5 pixels."""
    grey = datasets.load("photograph")[5:165, 50:210] / 255
    small = 1 - grey.reshape(32, 5, 32, 5).mean(axis=(1, 3))
    rows: list[list[float]] = (INK * small).round(1).tolist()
    return rows


@cache
def pictures() -> list[dict[str, Any]]:
    """Return the pictures that are offered: name, label (-1 for no digit) and rows."""
    return [*DIGITS, {"name": "a face", "label": -1, "image": portrait()}]


def change(state: Any) -> dict[str, Any]:
    """Return what is done to the picture, as arguments of `augmentation.matrix`."""
    size = np.shape(state.image)
    crop = None
    if state.crop:
        side, rest = 1 - state.crop, state.crop
        crop = tuple(
            share * n
            for share, n in zip(
                (rest * state.crop_top, rest * state.crop_left, side, side), size * 2, strict=True
            )
        )
    return {
        "shift": (state.down, state.right),
        "rotate": state.rotate,
        "scale": state.scale,
        "flip": FLIPS[state.flip],
        "crop": crop,
        "size": size,
    }


def random_changes(state: Any, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return eight changes, each between nothing and as much as the sliders say, either way."""
    return augmentation.random_settings(
        DRAWS,
        shift=max(abs(state.down), abs(state.right)),
        rotate=abs(state.rotate),
        scale=abs(state.scale - 1),
        crop=state.crop,
        flip=FLIPS[state.flip],
        size=np.shape(state.image),
        rng=rng,
    )


def changed(state: Any, array: Any = np.array) -> Pictures:
    """Return all pictures of a state, of the kind of array that `array` makes."""
    image, partner = (np.array(rows, dtype=float) for rows in (state.image, state.partner))
    if state.lam < 1 and image.shape != partner.shape:
        raise ValueError(
            f"partner must be of the shape of image, {image.shape}, got shape {partner.shape}"
        )
    picture, rng = array(image[None, None] / INK), np.random.default_rng(state.seed)
    other = array(partner[None, None] / INK) if state.lam < 1 else 0 * picture
    moved = affine(picture, array(augmentation.matrix(**change(state))[None]))
    given = state.lam * moved + (1 - state.lam) * other
    noise = np.random.default_rng(state.seed).standard_normal(picture.shape)
    targets = state.lam * _shares(state.label) + (1 - state.lam) * _shares(state.partner_label)
    matrices = np.stack([augmentation.matrix(**each) for each in random_changes(state, rng)])
    shares = 1 - (1 - state.lam) * rng.random(DRAWS)
    own = array(shares[:, None, None, None])
    several = affine(array(np.repeat(image[None, None] / INK, DRAWS, axis=0)), array(matrices))
    draws = own * several + (1 - own) * other
    noises = rng.standard_normal((DRAWS, *picture.shape[1:]))
    return Pictures(
        moved,
        given + array(state.noise * noise),
        array(targets[None]),
        draws + array(state.noise * noises),
        array(shares),
    )


def affine(images: Any, matrices: Any) -> Any:
    """Return `augmentation.affine`, or torch's own where the arrays are torch's."""
    if isinstance(images, np.ndarray):
        return augmentation.affine(images, matrices)
    from torch.nn import functional

    grid = functional.affine_grid(matrices, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def probabilities(name: str, images: Any, ops: Any = numpy_ops, array: Any = np.array) -> Any:
    """Return what a stored network makes of pictures of 8 by 8, shape (n, 10)."""
    parameters = {key: array(value) for key, value in digit_net.stored(name).items()}
    return ops.softmax(digit_net.forward(parameters, images, ops=ops), 1)


def asked(state: Any) -> bool:
    """Return whether a network is asked: there is one, and the picture is of its size."""
    return state.network != "none" and np.shape(state.image) == (8, 8)


def reading(label: int, flip: str, rotate: float) -> int | None:
    """Return what a mirrored and turned digit reads as; None if as none of the ten.

    Up to 45 degrees of tilt change nothing. What is no digit, -1, stays what it is.
    """
    if label < 0:
        return label
    turn = abs((rotate + (180 if flip == "up-down" else 0) + 180) % 360 - 180)
    if 45 < turn < 135:
        return 0 if label == 0 else None
    if flip == "none":
        return label if turn <= 45 else UPSIDE_DOWN.get(label)
    return (MIRRORED if turn <= 45 else OVERTURNED).get(label)


def ink_left(state: Any, moved: Any) -> float:
    """Return the share of the picture's ink that is still to be seen, about 1 where all is."""
    zoom = state.scale / (1 - state.crop)
    whole = float(np.sum(state.image)) / INK * zoom**2
    return float(np.sum(moved)) / whole if whole else 1.0


def truth(state: Any, moved: Any) -> tuple[str, int]:
    """Return whether the label is still true, and what the picture reads as, -1 for no digit.

    Returns
    -------
    verdict : {"gone", "cut", "other", "none", "mixed", "hidden", "true"}
        Hardly any ink is left, or much of it is gone; it reads as another digit, or as none; it
        is blended with a picture of another label; noise hides it; or the label is true.
    reads : int
    """
    left, reads = ink_left(state, moved), reading(state.label, state.flip, state.rotate)
    found = -1 if reads is None else reads
    if left < 0.15:
        return "gone", -1
    if reads is None:
        return "none", -1
    if reads != state.label:
        return "other", found
    if left < 0.6:
        return "cut", found
    if state.lam < 1 and state.partner_label != state.label:
        return "mixed", found
    return ("hidden", -1) if state.noise >= 0.6 else ("true", found)


def _shares(label: int) -> np.ndarray:
    return np.zeros(10) if label < 0 else np.eye(10)[label]
