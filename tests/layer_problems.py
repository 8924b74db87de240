"""Random problems for the layers around a convolution, in the manner of `strategies`."""

from __future__ import annotations

import numpy as np
from strategies import Integer, Problem, arrays_of, pair_or_int, strategy_of


def elementwise_problem(integer: Integer) -> Problem:
    """Build a call of relu or sigmoid, on an array of any rank, axes empty too."""
    shape = [integer(0, 4) for _ in range(integer(0, 4))]
    return Problem({"input": spread(integer, *shape)})


def softmax_problem(integer: Integer) -> Problem:
    """Build a call of softmax or log_softmax."""
    shape = [integer(0, 4) for _ in range(integer(1, 4))]
    dim = integer(-len(shape), len(shape) - 1)
    return Problem({"input": spread(integer, *shape)}, {"dim": dim})


def cross_entropy_problem(integer: Integer) -> Problem:
    """Build a call of cross_entropy; the batch is not empty, since the mean would be NaN."""
    n, c = integer(1, 6), integer(1, 6)
    target = np.array([integer(0, c - 1) for _ in range(n)], ("uint8", "int64")[integer(0, 1)])
    smoothing = (0.0, 0.1, 0.5, 1.0, 0, 1)[integer(0, 5)]
    arrays = {"input": spread(integer, n, c), "target": target}
    return Problem(arrays, {"label_smoothing": smoothing})


def linear_problem(integer: Integer) -> Problem:
    """Build a call of linear, on any number of axes before the last."""
    batch = [integer(0, 3) for _ in range(integer(0, 3))]
    n_in, n_out = integer(1, 6), integer(1, 5)
    values = arrays_of(integer)
    arrays = {"input": values(*batch, n_in), "weight": values(n_out, n_in)}
    if integer(0, 1):
        arrays["bias"] = values(n_out)
    return Problem(arrays)


def flatten_problem(integer: Integer) -> Problem:
    """Build a call of flatten."""
    shape = [integer(0, 3) for _ in range(integer(2, 5))]
    return Problem({"input": arrays_of(integer)(*shape)})


def batch_norm_problem(integer: Integer) -> Problem:
    """Build a call of batch_norm, in either mode, whose channels are far from constant."""
    rest = [integer(1, 3) for _ in range(integer(0, 3))]
    n, c = integer(0, 4), integer(1, 4)
    training = bool(integer(0, 1))
    if training and n * int(np.prod(rest)) == 1:
        n = 2
    rng = np.random.default_rng(integer(0, 2**32 - 1))
    scale, shift = rng.uniform(0.5, 3, size=(c, *[1] * len(rest))), rng.normal()
    values = arrays_of(integer)
    arrays = {
        "input": rng.normal(size=(n, c, *rest)) * scale + shift,
        "running_mean": values(c),
        "running_var": np.abs(values(c)) + 0.1,
    }
    if integer(0, 1):
        order = np.argsort(rng.random(arrays["input"].ndim))  # axes in another order in memory
        copied = arrays["input"].transpose(order).copy()
        arrays["input"] = copied.transpose(np.argsort(order))
    for name in ("weight", "bias"):
        if integer(0, 1):
            arrays[name] = values(c)
    settings = {"training": training}
    if integer(0, 1):
        settings |= {"momentum": integer(0, 4) / 4, "eps": (1e-5, 1e-3, 1)[integer(0, 2)]}
    return Problem(arrays, settings)


def im2col_problem(integer: Integer) -> Problem:
    """Build a call of im2col."""
    shape, settings, _ = _columns(integer)
    return Problem({"input": arrays_of(integer)(*shape)}, settings)


def col2im_problem(integer: Integer) -> Problem:
    """Build a call of col2im."""
    (n, c, h, w), settings, (taps, positions) = _columns(integer)
    columns = arrays_of(integer)(n, c * taps, positions)
    return Problem({"columns": columns}, {"output_size": pair_or_int(integer, (h, w)), **settings})


def spread(integer: Integer, *shape: int) -> np.ndarray:
    """Return logits: small, or so large and so far apart that a plain exp would overflow."""
    factor = (0.01, 1.0, 30.0, 3000.0)[integer(0, 3)]
    if not shape:
        return np.array(arrays_of(integer)(1)[0] * factor)
    array = arrays_of(integer)(*shape)
    return array if factor == 1 else array * factor


def _columns(integer: Integer) -> tuple[tuple[int, ...], dict[str, object], tuple[int, int]]:
    kernel, stride = (integer(1, 3), integer(1, 3)), (integer(1, 3), integer(1, 3))
    dilation, padding = (integer(1, 2), integer(1, 2)), (integer(0, 2), integer(0, 2))
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    h, w = (max(1, span - 2 * p) + integer(0, 4) for span, p in zip(spans, padding, strict=True))
    rows, columns = (
        (size + 2 * p - span) // s + 1
        for size, p, span, s in zip((h, w), padding, spans, stride, strict=True)
    )
    settings: dict[str, object] = {
        "kernel_size": pair_or_int(integer, kernel),
        "stride": pair_or_int(integer, stride),
        "padding": pair_or_int(integer, padding),
        "dilation": pair_or_int(integer, dilation),
    }
    shape = integer(0, 2), integer(1, 3), h, w
    return shape, settings, (kernel[0] * kernel[1], rows * columns)


BUILDERS = {
    "relu": elementwise_problem,
    "sigmoid": elementwise_problem,
    "softmax": softmax_problem,
    "log_softmax": softmax_problem,
    "cross_entropy": cross_entropy_problem,
    "linear": linear_problem,
    "flatten": flatten_problem,
    "batch_norm": batch_norm_problem,
    "im2col": im2col_problem,
    "col2im": col2im_problem,
}
STRATEGIES = {name: strategy_of(build) for name, build in BUILDERS.items()}
