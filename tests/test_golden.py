"""The golden vectors are of every kind, plain JSON, right, and the same each time."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
from golden import golden_vectors

from cnnlib import numpy_ops, shapes


def test_golden_vectors():
    vectors = golden_vectors(np.random.default_rng(7), count=5)
    assert vectors == golden_vectors(np.random.default_rng(7), count=5)
    assert vectors != golden_vectors(np.random.default_rng(8), count=5)
    assert json.loads(json.dumps(vectors)) == vectors
    assert Counter(vector["name"] for vector in vectors) == {
        "convolve": 30,
        "correlate": 30,
        "autocorrelate": 30,
        "conv2d": 10,
        "conv_output_size": 10,
    }
    for vector in vectors:
        assert set(vector) == {"name", "args", "expected"}
        module = shapes if vector["name"] == "conv_output_size" else numpy_ops
        result = getattr(module, vector["name"])(**vector["args"])
        assert np.shape(result) == np.shape(vector["expected"])
        np.testing.assert_allclose(result, vector["expected"], atol=1e-12)


def test_golden_vectors_cover_every_setting():
    calls = [v["args"] for v in golden_vectors(np.random.default_rng(0)) if v["name"] == "conv2d"]
    paddings = [call["padding"] for call in calls]
    assert {"same", "valid"} <= {p for p in paddings if isinstance(p, str)}
    assert {int, list, str} == {type(p) for p in paddings}
    for setting in ("stride", "dilation"):
        assert {int, list} == {type(call[setting]) for call in calls}
    assert {1, 2, 3} == {call["groups"] for call in calls}
    assert any(call["bias"] for call in calls)
    assert any(call["bias"] is None for call in calls)
    assert {len(call["input"]) for call in calls} == {1, 2}
