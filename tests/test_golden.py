"""The golden vectors are of every kind, plain JSON, right, and the same each time."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
from golden import LAYERS, POOLS, golden_vectors

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
        "conv_transpose2d": 5,
        "conv_transpose_output_size": 5,
        **dict.fromkeys(LAYERS, 5),
        **dict.fromkeys(POOLS, 5),
        "pool_output_size": 5,
    }
    for vector in vectors:
        assert set(vector) == {"name", "args", "expected"}
        module = shapes if vector["name"].endswith("output_size") else numpy_ops
        result = getattr(module, vector["name"])(**vector["args"])
        parts = [(result, vector["expected"])]
        if vector["name"] == "batch_norm":
            parts = list(zip(result, vector["expected"], strict=True))
        for got, expected in parts:
            assert np.shape(got) == np.shape(expected)
            np.testing.assert_allclose(got, expected, atol=1e-12)


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


def test_golden_vectors_of_batch_norm_cover_both_modes_and_every_choice():
    vectors = golden_vectors(np.random.default_rng(0))
    calls = [vector["args"] for vector in vectors if vector["name"] == "batch_norm"]
    for name in ("weight", "bias"):
        assert {call[name] is None for call in calls} == {True, False}
    assert {call["training"] for call in calls} == {True, False}
    assert any("momentum" in call and call["training"] for call in calls)


def test_golden_vectors_of_pooling_cover_every_setting():
    vectors = [v for v in golden_vectors(np.random.default_rng(0)) if v["name"] in POOLS]
    assert len(POOLS) == 8
    calls = [v["args"] for v in vectors if v["name"] in ("max_pool2d", "avg_pool2d")]
    for setting in ("kernel_size", "padding", "stride"):
        assert {int, list} <= {type(call[setting]) for call in calls if setting in call}
    assert any("stride" not in call for call in calls)
    assert {call["ceil_mode"] for call in calls} == {True, False}
    assert {call.get("count_include_pad") for call in calls} == {True, False, None}
    assert all(dilation in [call.get("dilation") for call in calls] for dilation in (1, 2, 3))
    norms = {vector["args"].get("norm_type") for vector in vectors}
    assert {1, 2, 2.5, 4} <= norms
