"""NetworkBuilder's text and traits: what is legal, what is refused, what is shown all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builder_states import random_settings

from cnnlib.explorers import NetworkBuilder
from cnnlib.explorers import _builder_text as texts


def test_the_text_has_one_form() -> None:
    rng = np.random.default_rng(2)
    for _ in range(100):
        text = NetworkBuilder(**random_settings(rng)).layers
        assert texts.write(texts.parse(text)) == text
    messy = " conv8k3x3s1p0d1g1b1 , maxk2s2,( relu ~ ) "
    assert NetworkBuilder(layers=messy).layers == "conv8k3,maxk2,(relu~)"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"layers": 3}, TypeError, "layers must be text such as 'conv16k3p1,.*; got 3"),
        ({"layers": "k3p1"}, ValueError, "layers must be such as conv16k3p1, .* got 'k3p1'"),
        ({"layers": "conv8"}, ValueError, "conv must have a kernel, such as convk2, got 'conv8'"),
        ({"layers": "convk3"}, ValueError, "conv must have a number from 1 to 4096 behind it"),
        ({"layers": "relu4"}, ValueError, "relu must have no number behind it, got 'relu4'"),
        ({"layers": "drop96"}, ValueError, "drop must have a number from 0 to 95 behind it"),
        ({"layers": "maxk2d2"}, ValueError, "max must have k, s, p, each at most once and d from"),
        ({"layers": "reluk2"}, ValueError, "relu must have no settings"),
        ({"layers": "conv8k3k3"}, ValueError, "each at most once and k from 1 to 64"),
        ({"layers": "conv8k65"}, ValueError, "k from 1 to 64, got 'conv8k65'"),
        ({"layers": "conv8k3g2x2"}, ValueError, "g from 1 to 4096, got"),
        ({"layers": "one-conv8k3"}, ValueError, "no names of their own, got 'one-'"),
        ({"layers": "(relu)"}, ValueError, "2 to 8 branches"),
        ({"layers": "relu relu"}, ValueError, "must follow each other after commas"),
        ({"layers": ",".join(["relu"] * 150)}, ValueError, "must be at most 149, got 150"),
        ({"input_shape": 8}, TypeError, "input_shape must be 1 to 1024 channels .*; got 8"),
        ({"input_shape": (1, 8.0, 8)}, TypeError, "input_shape must be 1 to 1024 channels"),
        ({"input_shape": (1, 8)}, ValueError, "rows and columns; got \\(1, 8\\)"),
        ({"input_shape": (1, 513, 8)}, ValueError, "1 to 512 rows and columns"),
        ({"batch_size": 0}, Exception, "batch_size"),
    ],
)
def test_what_is_no_network_is_refused(
    settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        NetworkBuilder(**settings)


def test_a_network_with_a_mistake_is_shown_and_not_built() -> None:
    explorer = NetworkBuilder(layers="conv16k3,linear10")
    assert "a mistake: linear takes a vector, and is given maps of 16 × 6 × 6" in repr(explorer)
    assert explorer.picture().startswith(b"\x89PNG")
    for asked in (explorer.build, explorer.result):
        with pytest.raises(ValueError, match="layers must fit each other: linear takes a vector"):
            asked()
