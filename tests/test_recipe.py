"""Recipes: legal ones are records, others are refused by name; and their way through JSON."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from cnnlib.experiments import BOOK, Recipe
from cnnlib.experiments.recipe import DEFAULTS, POOLS
from cnnlib.models import digit_net

WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"model": "vgg"}, ValueError, r"^model must be 'digit_net', 'convnet' or 'lenet', got 'vgg'$"),
    ({"model": 3}, TypeError, r"^model must be .*, got 3$"),
    ({"optimizer": "rmsprop"}, ValueError, r"^optimizer must be 'sgd', 'adam' or 'adamw', got"),
    ({"schedule": "linear"}, ValueError, r"^schedule must be 'constant', 'step', 'cosine' or"),
    ({"pool": "min"}, ValueError, r"^pool must be 'max', 'average', 'strided' or 'none', got"),
    ({"precision": "float16"}, ValueError, r"^precision must be 'float32' or 'bfloat16', got"),
    ({"learning_rate": 0}, ValueError, r"^learning_rate must be a positive number, got 0$"),
    ({"learning_rate": "1"}, TypeError, r"^learning_rate must be a positive number, got '1'$"),
    ({"step_factor": -1}, ValueError, r"^step_factor must be a positive number, got -1$"),
    ({"warm_up": 1.5}, ValueError, r"^warm_up must be a number from 0 to 1, got 1.5$"),
    ({"step_epochs": 0}, ValueError, r"^step_epochs must be a positive int, got 0$"),
    ({"batch_size": 0.5}, TypeError, r"^batch_size must be a positive int, got 0.5$"),
    ({"epochs": 0}, ValueError, r"^epochs must be a positive int, got 0$"),
    ({"patience": 0}, ValueError, r"^patience must be a positive int, got 0$"),
    ({"batch_norm": 1}, TypeError, r"^batch_norm must be True or False, got 1$"),
    ({"flip": "no"}, TypeError, r"^flip must be a number from 0 to 1, got 'no'$"),
    ({"flip": 1.5}, ValueError, r"^flip must be a number from 0 to 1, got 1.5$"),
    ({"momentum": 0.9}, ValueError, r"^momentum must be 0 with the optimizer 'adamw', which"),
    (
        {"optimizer": "adam", "weight_decay": 0.1},
        ValueError,
        r"^weight_decay must be 0 with the optimizer 'adam' .*, got 0.1$",
    ),
    (
        {"model": "convnet", "dropout": 0.5},
        ValueError,
        r"^dropout must be 0.0, as only 'digit_net' has a choice, with 'convnet', got 0.5$",
    ),
    ({"model": "lenet", "pool": "none"}, ValueError, r"^pool must be 'max', as only"),
]
WRONG += [
    ({name: value}, ValueError, rf"^{name} must be a number of 0 or more, got {value}$")
    for name in ("l1", "l2", "weight_decay", "mixup", "noise", "shift", "rotate")
    for value in (-1, float("nan"), float("inf"))
]
WRONG += [
    ({name: value}, ValueError, rf"^{name} must be a number from 0 to below 1, got {value}$")
    for name in ("momentum", "dropout", "label_smoothing", "scale", "crop")
    for value in (-0.5, 1, float("nan"))
]
WRONG.append(({"noise": True}, TypeError, r"^noise must be a number of 0 or more, got True$"))


@pytest.mark.parametrize(("changes", "error", "match"), WRONG, ids=[str(w[0]) for w in WRONG])
def test_what_is_no_recipe(changes: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        Recipe(**changes)


def test_a_recipe_is_a_record() -> None:
    assert Recipe(rotate=12) == Recipe(rotate=12.0)
    assert len({Recipe(), Recipe(), Recipe(l1=0.1)}) == 2
    assert repr(Recipe(rotate=12)) == repr(Recipe(rotate=12.0))
    with pytest.raises(FrozenInstanceError):
        Recipe().epochs = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        Recipe("digit_net")  # type: ignore[misc]


def test_numbers_of_numpy_count_as_plain_ones() -> None:
    recipe = Recipe(epochs=np.int64(3), l2=np.float64(0.5), patience=np.int32(2))
    assert recipe == Recipe(epochs=3, l2=0.5, patience=2)
    assert json.dumps(recipe.to_dict()) == json.dumps(
        Recipe(epochs=3, l2=0.5, patience=2).to_dict()
    )


@pytest.mark.parametrize("recipe", [Recipe(), BOOK, Recipe(patience=5, flip=0.5, crop=0.25)])
def test_recipes_go_through_json(recipe: Recipe) -> None:
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe
    assert Recipe.from_dict(recipe.changes()) == recipe


def test_what_is_changed() -> None:
    assert Recipe().changes() == {}
    assert Recipe(l1=0.5, epochs=3).changes(Recipe(epochs=3)) == {"l1": 0.5}
    with pytest.raises(ValueError, match=r"^values must be of model, .* alone, got 'depth'$"):
        Recipe.from_dict({"depth": 3})


def test_the_documented_attributes_are_those_there_are() -> None:
    for name in DEFAULTS:
        assert any(name in line.split(" : ")[0] for line in str(Recipe.__doc__).splitlines()), name


@pytest.mark.parametrize("pool", POOLS)
def test_the_ways_to_pool_are_those_of_the_network(pool: Any) -> None:
    assert digit_net(pool=pool) is not None
