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
    max_pool2d: ["input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"],
    avg_pool2d: ["input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"],
    lp_pool2d: ["input", "norm_type", "kernel_size", "stride", "ceil_mode"],
    gaussian_pool2d: ["input", "kernel_size", "sigma", "stride"],
    blur_pool2d: ["input", "stride"],
    adaptive_avg_pool2d: ["input", "output_size"],
    global_avg_pool2d: ["input"], global_max_pool2d: ["input"],
    pool_output_size: ["n", "kernel_size", "stride", "padding", "dilation", "ceil_mode"],
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
    files = ("ops.js", "layers_ops.js", "pool_ops.js")
    modules = [f"{address}js/{file}" for file in files]
    shown = page.evaluate(RUN, {"modules": modules, "vectors": vectors})
    assert len(shown) == len(vectors) == 40 * (22 + 9 + 9)
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


MESSAGES = """async ([ops, layers]) => {
  const { tensor, nested } = await import(ops);
  const { batch_norm, conv_transpose2d, cross_entropy, linear, log_softmax, softmax } =
    await import(layers);
  const message = (call) => {
    try {
      return call();
    } catch (error) {
      return error.message;
    }
  };
  const [one, two] = [tensor([0]), tensor([[1, 2]])];
  return {
    dim: message(() => softmax(two, 2)),
    below: message(() => log_softmax(two, -3)),
    classes: message(() => cross_entropy(two, [2])),
    rows: message(() => cross_entropy(two, [0, 1])),
    training: message(() => batch_norm(tensor([[1]]), one, one, null, null, true)),
    features: message(() => linear(two, tensor([[1]]))),
    channels: message(() => conv_transpose2d(tensor([[[[1]]]]), tensor([[[[1]]], [[[1]]]]))),
    output: message(() => conv_transpose2d(tensor([[[[1]]]]), tensor([[[[1]]]]), null, 1, 1)),
    huge: nested(softmax(tensor([1e308, -1e308, -Infinity]), 0)),
    logs: nested(log_softmax(tensor([[0, -2000], [-Infinity, 0]]), 1)).map(String),
    nothing: nested(softmax(tensor([-Infinity, -Infinity]), 0)).map(String),
  };
}"""


def test_calls_of_layers_that_cannot_be_and_logits_far_apart(
    page: Any, serve: Callable[[Path, str], str]
) -> None:
    address = serve(Path(_base.__file__).parent, "/")
    page.goto(address + "js/ops.js")
    modules = [address + "js/ops.js", address + "js/layers_ops.js"]
    assert page.evaluate(MESSAGES, modules) == {
        "dim": "dim is 2; legal are -2 to 1",
        "below": "dim is -3; legal are -2 to 1",
        "classes": "target must be 1 classes from 0 to 1, got 2",
        "rows": "target must be 1 classes from 0 to 1, got 0, 1",
        "training": "training needs more than 1 value a channel; input has 1",
        "features": "weight takes 1 features; input has 2",
        "channels": "weight has 2 channels in 1 groups; input has 1",
        "output": "a padding of 1 leaves no output, -1 by -1",
        "huge": [1, 0, 0],
        "logs": ["0,-2000", "-Infinity,0"],
        "nothing": ["NaN", "NaN"],
    }


POOLING = """async ([ops, pools]) => {
  const { tensor, nested } = await import(ops);
  const { adaptive_avg_pool2d, avg_pool2d, blur_pool2d, gaussian_pool2d, gaussian_weights,
    lp_pool2d, max_pool2d, pool_output_size } = await import(pools);
  const message = (call) => {
    try {
      return call();
    } catch (error) {
      return error.message;
    }
  };
  const [two, row] = [tensor([[1, -2], [3, -4]]), tensor([[1, 2, 3]])];
  return {
    padding: message(() => max_pool2d(two, 3, 1, [1, 2])),
    window: message(() => avg_pool2d(two, 3)),
    dilation: message(() => max_pool2d(two, 2, 1, 1, 4)),
    size: message(() => pool_output_size(4, 0)),
    steps: message(() => pool_output_size(4, 2, 1.5)),
    three: message(() => pool_output_size(4, [2, 2, 2])),
    norm: message(() => lp_pool2d(two, 0, 2)),
    sigma: message(() => gaussian_pool2d(two, 2, -1)),
    mirror: message(() => blur_pool2d(row)),
    output: message(() => adaptive_avg_pool2d(two, 0)),
    largest: nested(lp_pool2d(two, Infinity, 2)),
    root: nested(lp_pool2d(two, 3, 2)).map(String),
    nan: nested(max_pool2d(tensor([[NaN, 2, 5]]), [1, 2], 1)).map((values) => values.map(String)),
    alone: nested(max_pool2d(two, 2, 1, 1, 3)).map((values) => values.map(String)),
    narrow: nested(gaussian_weights([1, 2], 1e-200)),
  };
}"""


def test_pooling_that_cannot_be_and_values_at_its_edges(
    page: Any, serve: Callable[[Path, str], str]
) -> None:
    address = serve(Path(_base.__file__).parent, "/")
    page.goto(address + "js/ops.js")
    fit = "does not fit the padded input"
    mend = "pad more, or take a smaller window or dilation"
    whole = "legal are whole numbers from 1, one or a pair"
    assert page.evaluate(POOLING, [address + "js/ops.js", address + "js/pool_ops.js"]) == {
        "padding": "padding is 1, 2; legal is at most half the kernel size, 3 by 3",
        "window": f"a window spanning 3 by 3 {fit}, 2 by 2: {mend}",
        "dilation": f"a window spanning 5 by 5 {fit}, 4 by 4: {mend}",
        "size": f"kernel_size is 0, 0; {whole}",
        "steps": f"stride is 1.5, 1.5; {whole}",
        "three": f"kernel_size is 2, 2, 2; {whole}",
        "norm": "norm_type is 0; legal are numbers above 0",
        "sigma": "sigma is -1; legal are numbers above 0",
        "mirror": "an input of 1 by 3 has no value to reflect; legal is 2 by 2 and more",
        "output": f"output_size is 0, 0; {whole}",
        "largest": [[4]],
        "root": ["NaN"],
        "nan": [["NaN", "5"]],
        "alone": [["-Infinity"]],
        "narrow": [[0.5, 0.5]],
    }
