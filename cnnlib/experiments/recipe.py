"""A recipe: everything that defines a run of training but the data and the seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from numbers import Real
from typing import Any

from cnnlib import _check

__all__ = ["BOOK", "MODELS", "OPTIMIZERS", "POOLS", "PRECISIONS", "SCHEDULES", "Recipe"]

MODELS = ("digit_net", "convnet", "lenet")
OPTIMIZERS = ("sgd", "adam", "adamw")
SCHEDULES = ("constant", "step", "cosine", "warm_up")
POOLS = ("max", "average", "strided", "none")
PRECISIONS = ("float32", "bfloat16")

_CHOICES = {
    "model": MODELS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "pool": POOLS,
    "precision": PRECISIONS,
}
_FROM_ZERO = ("l1", "l2", "weight_decay", "mixup", "noise", "shift", "rotate")
_BELOW_ONE = ("momentum", "dropout", "label_smoothing", "scale", "crop")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that defines a run but the data and the seed: a record that cannot change.

    Attributes
    ----------
    model : 'digit_net', 'convnet' or 'lenet'
        A network of `cnnlib.models`.
    dropout, batch_norm, pool : float, bool, str
        What `cnnlib.models.digit_net` is built with; the others take only the defaults.
    optimizer : 'sgd', 'adam' or 'adamw'
        As `torch.optim` has them, but for `weight_decay` below.
    learning_rate : float
        The highest, where a schedule changes it.
    momentum : float
        Of 'sgd' alone; from 0 to below 1.
    schedule : 'constant', 'step', 'cosine' or 'warm_up'
        As the functions of these names in `schedules`.
    step_epochs, step_factor : int, float
        Of 'step': after every so many epochs the learning rate is multiplied by the factor.
    warm_up : float
        Of 'warm_up': the share of all steps in which the learning rate rises; then it falls as a
        cosine.
    batch_size, epochs : int
        Examples in a step, and passes over the training set.
    l1, l2 : float
        Weights of the penalties in the loss, ``l1 * sum(|w|)`` and ``l2 / 2 * sum(w**2)``, over
        the weights of convolutions and fully connected layers, never biases or batch norm.
    weight_decay : float
        As the optimizer of that name in torch takes it, on the same weights: decoupled for
        'adamw'; for 'sgd' added to the gradient, which is L2 by another name. 'adam' takes none.
    label_smoothing : float
        From 0 to below 1, as `torch.nn.functional.cross_entropy` takes it.
    mixup : float
        Mixes pairs of examples by shares from Beta(mixup, mixup); 0 for none.
    noise : float
        Standard deviation of the normal noise added to the inputs, which go from 0 to 1.
    shift, rotate, scale : float
        Pictures are moved by up to so many pixels, turned by up to so many degrees and scaled by
        up to this share, up or down, drawn anew each time a picture is seen.
    crop : float
        A window of at least 1 - crop of each side, anywhere in the picture, is enlarged to all.
    flip : float
        The share of pictures that are mirrored left to right, from 0 to 1, drawn anew each time
        too. These five are the strengths of `augmentation.random_settings`, whose `flip` is 0.5.
    patience : int or None
        Epochs without a better validation loss after which training stops; the weights of the best
        epoch are kept. None trains to the end and keeps the last.
    precision : 'float32' or 'bfloat16'
        With 'bfloat16' the forward pass runs under autocast on CUDA. Other devices, where that
        saves nothing for networks as small as ours, train in float32; the history says which.

    Raises
    ------
    TypeError, ValueError
        If an attribute is not legal, or does not go with another.

    Examples
    --------
    >>> recipe = Recipe(dropout=0.5, epochs=10)
    >>> recipe.changes()
    {'dropout': 0.5, 'epochs': 10}
    >>> Recipe.from_dict(recipe.to_dict()) == recipe
    True
    """

    model: str = "digit_net"
    dropout: float = 0.0
    batch_norm: bool = True
    pool: str = "max"
    optimizer: str = "adamw"
    learning_rate: float = 0.003
    momentum: float = 0.0
    schedule: str = "constant"
    step_epochs: int = 10
    step_factor: float = 0.1
    warm_up: float = 0.1
    batch_size: int = 64
    epochs: int = 30
    l1: float = 0.0
    l2: float = 0.0
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    mixup: float = 0.0
    noise: float = 0.0
    shift: float = 0.0
    rotate: float = 0.0
    scale: float = 0.0
    crop: float = 0.0
    flip: float = 0.0
    patience: int | None = None
    precision: str = "float32"

    def __post_init__(self) -> None:
        """Refuse what is no recipe; keep each number in its one form, so that equals are equal."""
        checked: dict[str, object] = {
            "learning_rate": _check.positive("learning_rate", self.learning_rate),
            "step_factor": _check.positive("step_factor", self.step_factor),
            "warm_up": _check.fraction("warm_up", self.warm_up),
            "flip": _check.fraction("flip", self.flip),
        }
        for name, legal in _CHOICES.items():
            _choice(name, legal, getattr(self, name))
        for name in ("step_epochs", "batch_size", "epochs"):
            checked[name] = _check.integer(name, getattr(self, name), 1)
        for name in _FROM_ZERO:
            checked[name] = _from_zero(name, getattr(self, name))
        for name in _BELOW_ONE:
            checked[name] = _from_zero(name, getattr(self, name), below=1)
        _check.flag("batch_norm", self.batch_norm)
        if self.patience is not None:
            checked["patience"] = _check.integer("patience", self.patience, 1)
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        self._check_together()

    def _check_together(self) -> None:
        if self.momentum and self.optimizer != "sgd":
            legal = f"0 with the optimizer {self.optimizer!r}, which has its own"
            _check.refuse(ValueError, "momentum", legal, self.momentum)
        if self.weight_decay and self.optimizer == "adam":
            legal = "0 with the optimizer 'adam' ('adamw' decays weights, l2 is for the loss)"
            _check.refuse(ValueError, "weight_decay", legal, self.weight_decay)
        if self.model != "digit_net":
            for name in ("dropout", "batch_norm", "pool"):
                value, usual = getattr(self, name), DEFAULTS[name]
                if value != usual:
                    legal = f"{usual!r}, as only 'digit_net' has a choice, with {self.model!r}"
                    _check.refuse(ValueError, name, legal, value)

    def changes(self, base: Recipe | None = None) -> dict[str, Any]:
        """Return the attributes that differ from those of `base`, or else from the defaults."""
        before = DEFAULTS if base is None else base.to_dict()
        return {name: value for name, value in self.to_dict().items() if value != before[name]}

    def to_dict(self) -> dict[str, Any]:
        """Return all attributes by name, as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """Return the recipe of these attributes, the defaults for those left out.

        Raises
        ------
        ValueError
            If there is no attribute of such a name, or a value is not legal.
        """
        for name in values:
            if name not in DEFAULTS:
                _check.refuse(ValueError, "values", f"of {', '.join(DEFAULTS)} alone", name)
        return cls(**values)


DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Recipe)}


def _choice(name: str, legal: tuple[str, ...], value: object) -> None:
    words = " or ".join([", ".join(map(repr, legal[:-1])), repr(legal[-1])])
    if not isinstance(value, str):
        _check.refuse(TypeError, name, words, value)
    if value not in legal:
        _check.refuse(ValueError, name, words, value)


def _from_zero(name: str, value: object, below: float | None = None) -> float:
    legal = "a number of 0 or more" if below is None else f"a number from 0 to below {below}"
    if isinstance(value, bool) or not isinstance(value, Real):
        _check.refuse(TypeError, name, legal, value)
    if not 0 <= float(value) < (math.inf if below is None else below):
        _check.refuse(ValueError, name, legal, value)
    return float(value)


BOOK = Recipe(
    dropout=0.25,
    schedule="warm_up",
    warm_up=0.3,
    epochs=40,
    weight_decay=0.01,
    shift=0.8,
    rotate=12,
    scale=0.1,
)
"""The recipe by which the book trains the network of its page."""
