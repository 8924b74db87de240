"""The explorers' own operations, in a real browser, against golden vectors from the reference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from golden import golden_vectors

from cnnlib.explorers import _base

RUN = """async ({modules, vectors}) => {
  const ops = Object.assign({}, ...await Promise.all(modules.map((module) => import(module))));
  const order = {
    convolve: ["input", "kernel", "mode"], correlate: ["input", "kernel", "mode"],
    autocorrelate: ["input", "mode"],
    conv2d: ["input", "weight", "bias", "stride", "padding", "dilation", "groups"],
    conv_output_size: ["n", "kernel_size", "stride", "padding", "dilation"],
    conv_transpose2d: ["input", "weight", "bias", "stride", "padding", "output_padding", "groups",
      "dilation"],
    conv_transpose_output_size: ["n", "kernel_size", "stride", "padding", "output_padding",
      "dilation"],
    relu: ["input"], sigmoid: ["input"],
    softmax: ["input", "dim"], log_softmax: ["input", "dim"],
    cross_entropy: ["input", "target", "label_smoothing"],
    linear: ["input", "weight", "bias"],
    batch_norm: ["input", "running_mean", "running_var", "weight", "bias", "training", "momentum",
      "eps"],
  };
  const arrays = ["input", "kernel", "weight", "bias", "running_mean", "running_var"];
  return vectors.map(({name, args}) => {
    const values = order[name].map((key) =>
      arrays.includes(key) && args[key] ? ops.tensor(args[key]) : args[key]);
    const result = ops[name](...values);
    if (name === "batch_norm") return result.map(ops.nested);
    return result.shape ? ops.nested(result) : result;
  });
}"""


def test_ops_js_agrees_with_the_reference(page: Any, serve: Callable[[Path, str], str]) -> None:
    vectors = golden_vectors(np.random.default_rng(2), count=40)
    address = serve(Path(_base.__file__).parent, "/")
    page.goto(address + "js/ops.js")
    modules = [address + "js/ops.js", address + "js/layers_ops.js"]
    shown = page.evaluate(RUN, {"modules": modules, "vectors": vectors})
    assert len(shown) == len(vectors) == 40 * (22 + 9)
    for vector, result in zip(vectors, shown, strict=True):
        parts = [(result, vector["expected"])]
        if vector["name"] == "batch_norm":
            parts = list(zip(result, vector["expected"], strict=True))
        for got, expected in parts:
            np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-10, err_msg=str(vector))


def test_a_mode_that_does_not_exist_is_refused(
    page: Any, serve: Callable[[Path, str], str]
) -> None:
    address = serve(Path(_base.__file__).parent, "/")
    page.goto(address + "js/ops.js")
    message = page.evaluate(
        """async (module) => {
          const { convolve, tensor } = await import(module);
          try {
            convolve(tensor([1, 2]), tensor([1]), "whole");
          } catch (error) {
            return error.message;
          }
        }""",
        address + "js/ops.js",
    )
    assert message == 'mode is "whole"; legal are "full", "same" and "valid"'
