"""Answers to the assignment on the other layers: right ones and plausible wrong ones."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from assignment_cases import right, wrong
from scipy import signal


@right("softmax", "loops")
def softmax_loops(logits):
    rows = []
    for row in logits:
        powers = [np.exp(z - max(row)) for z in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


@right("softmax", "vectorised, float32")
def softmax_vectorised(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return np.exp(shifted - total).astype(np.float32)


@right("softmax", "torch")
def softmax_torch(logits):
    return torch.softmax(torch.tensor(logits), dim=-1)


@wrong("softmax", "zeros")
def softmax_zeros(logits):
    return np.zeros(logits.shape)


@wrong("softmax", "equal shares")
def softmax_equal(logits):
    return np.full(logits.shape, 1 / logits.shape[1])


@wrong("softmax", "columns for rows")
def softmax_columns(logits):
    return softmax_vectorised(logits.T).T


@wrong("softmax", "sum of the whole array")
def softmax_whole(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


@wrong("softmax", "overflows")
def softmax_naive(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


@wrong("softmax", "one maximum for all rows")
def softmax_one_maximum(logits):
    return softmax_naive(logits - logits.max())


@wrong("softmax", "not normalized")
def softmax_powers(logits):
    return np.exp(logits - logits.max(axis=1, keepdims=True))


@wrong("softmax", "sigmoids")
def softmax_sigmoids(logits):
    return 1 / (1 + np.exp(-logits))


@wrong("softmax", "logits clipped")
def softmax_clipped(logits):
    return softmax_naive(np.clip(logits, -500, 500))


@right("cross_entropy", "loops")
def loss_loops(logits, target):
    n, losses, gradient = len(logits), [], np.zeros(logits.shape)
    for i, (row, label) in enumerate(zip(logits, target, strict=True)):
        top = max(row)
        log_sum = top + np.log(sum(np.exp(z - top) for z in row))
        losses.append(log_sum - row[label])
        for j, z in enumerate(row):
            gradient[i, j] = (np.exp(z - log_sum) - (j == label)) / n
    return sum(losses) / n, gradient


@right("cross_entropy", "vectorised, float32")
def loss_vectorised(logits, target):
    n, c = logits.shape
    p = softmax_vectorised(logits)
    log_sum = np.logaddexp.reduce(logits, axis=1)
    loss = np.mean(log_sum - logits[np.arange(n), target])
    return loss, (p - np.eye(c, dtype=np.float32)[target]) / n


@right("cross_entropy", "torch")
def loss_torch(logits, target):
    z = torch.tensor(logits, requires_grad=True)
    loss = F.cross_entropy(z, torch.tensor(target))
    loss.backward()
    return loss.item(), z.grad


@wrong("cross_entropy", "zeros")
def loss_zeros(logits, target):
    return 0.0, np.zeros(logits.shape)


@wrong("cross_entropy", "sum for mean")
def loss_sum(logits, target):
    loss, gradient = loss_vectorised(logits, target)
    return loss * len(logits), gradient * len(logits)


@wrong("cross_entropy", "sign turned")
def loss_negative(logits, target):
    loss, gradient = loss_vectorised(logits, target)
    return -loss, -gradient


@wrong("cross_entropy", "softmax twice")
def loss_twice(logits, target):
    return loss_vectorised(softmax_vectorised(logits), target)


@wrong("cross_entropy", "base 2")
def loss_bits(logits, target):
    loss, gradient = loss_vectorised(logits, target)
    return loss / np.log(2), gradient


@wrong("cross_entropy", "mean over all entries")
def loss_all_entries(logits, target):
    loss, gradient = loss_vectorised(logits, target)
    return loss / logits.shape[1], gradient / logits.shape[1]


@wrong("cross_entropy", "labels off by one")
def loss_off_by_one(logits, target):
    return loss_vectorised(logits, target - 1)


@wrong("cross_entropy", "label missing in the gradient")
def loss_no_label(logits, target):
    return loss_vectorised(logits, target)[0], softmax_vectorised(logits) / len(logits)


@wrong("cross_entropy", "clipped under the logarithm")
def loss_clipped(logits, target):
    rows = np.arange(len(logits))
    p = softmax_vectorised(logits)[rows, target]
    return -np.log(p + 1e-12).mean(), loss_vectorised(logits, target)[1]


@wrong("cross_entropy", "a loss for each row")
def loss_rows(logits, target):
    rows = np.arange(len(logits))
    losses = np.logaddexp.reduce(logits, axis=1) - logits[rows, target]
    return losses, loss_vectorised(logits, target)[1]


@right("collapse", "loops over taps")
def collapse_loops(first, second):
    (c_mid, c_in, kh, kw), (c_out, _, lh, lw) = first.shape, second.shape
    weight = np.zeros((c_out, c_in, kh + lh - 1, kw + lw - 1), dtype=np.float32)
    for o, i, m in np.ndindex(c_out, c_in, c_mid):
        for a, b, u, v in np.ndindex(kh, kw, lh, lw):
            weight[o, i, a + u, b + v] += second[o, m, u, v] * first[m, i, a, b]
    return weight


@right("collapse", "SciPy's convolve")
def collapse_scipy(first, second):
    return [
        [
            sum(signal.convolve(a, b) for a, b in zip(filters, column, strict=True))
            for column in taps
        ]
        for filters in second
        for taps in [first.swapaxes(0, 1)]
    ]


@right("collapse", "the layers' answer to an impulse, torch")
def collapse_torch(first, second):
    (_, c_in, kh, kw), (_, _, lh, lw) = first.shape, second.shape
    rows, columns = kh + lh - 1, kw + lw - 1
    impulse = torch.zeros(c_in, c_in, 2 * rows - 1, 2 * columns - 1, dtype=torch.float64)
    impulse[range(c_in), range(c_in), rows - 1, columns - 1] = 1
    seen = F.conv2d(F.conv2d(impulse, torch.tensor(first)), torch.tensor(second))
    return seen.flip(2, 3).transpose(0, 1)


@wrong("collapse", "zeros")
def collapse_zeros(first, second):
    return 0 * collapse_loops(first, second)


@wrong("collapse", "second kernel flipped")
def collapse_second_flipped(first, second):
    return collapse_loops(first, second[..., ::-1, ::-1])


@wrong("collapse", "both kernels flipped")
def collapse_flipped(first, second):
    return collapse_loops(first, second)[..., ::-1, ::-1]


@wrong("collapse", "sizes added, not less one")
def collapse_large(first, second):
    return np.pad(collapse_loops(first, second), ((0, 0), (0, 0), (0, 1), (0, 1)))


@wrong("collapse", "axes transposed")
def collapse_transposed(first, second):
    return collapse_loops(first, second).swapaxes(2, 3)


@wrong("collapse", "channels transposed")
def collapse_channels(first, second):
    return collapse_loops(first, second).swapaxes(0, 1)


@wrong("collapse", "first channel between only")
def collapse_first_channel(first, second):
    return collapse_loops(first[:1], second[:, :1])


@wrong("collapse", "last tap forgotten")
def collapse_short(first, second):
    second = second.copy()
    second[..., -1, -1] = 0
    return collapse_loops(first, second)


@wrong("collapse", "taps overwritten, not added")
def collapse_overwritten(first, second):
    weight = collapse_zeros(first, second)
    for u, v in np.ndindex(second.shape[2:]):
        through = np.einsum("om,mihw->oihw", second[:, :, u, v], first)
        weight[:, :, u : u + first.shape[2], v : v + first.shape[3]] = through
    return weight


@right("batch_norm", "loops over channels")
def norm_loops(x, running_mean, running_var, gamma, beta, training=False, momentum=0.1, eps=1e-5):
    y, means, variances = np.zeros(x.shape), running_mean.copy(), running_var.copy()
    for c in range(x.shape[1]):
        values = x[:, c]
        mean, var = running_mean[c], running_var[c]
        if training:
            mean = values.sum() / values.size
            squares = ((values - mean) ** 2).sum()
            var = squares / values.size
            means[c] += momentum * (mean - means[c])
            variances[c] += momentum * (squares / (values.size - 1) - variances[c])
        y[:, c] = gamma[c] * (values - mean) / (var + eps) ** 0.5 + beta[c]
    return y, means, variances


@right("batch_norm", "vectorised, float32")
def norm_vectorised(
    x, running_mean, running_var, gamma, beta, training=False, momentum=0.1, eps=1e-5
):
    values = x.swapaxes(0, 1).reshape(x.shape[1], -1)
    mean, var, count = values.mean(axis=1), values.var(axis=1), values.shape[1]
    if not training:
        momentum, mean, var = 0, running_mean, running_var
        count = np.inf
    y = (x.swapaxes(1, 3) - mean) / np.sqrt(var + eps) * gamma + beta
    unbiased = var if np.isinf(count) else var * count / (count - 1)
    means = (1 - momentum) * running_mean + momentum * mean
    variances = (1 - momentum) * running_var + momentum * unbiased
    return y.swapaxes(1, 3).astype(np.float32), means, variances


@right("batch_norm", "torch")
def norm_torch(x, running_mean, running_var, gamma, beta, training=False, momentum=0.1, eps=1e-5):
    mean, var = torch.tensor(running_mean), torch.tensor(running_var)
    scale, offset = torch.tensor(gamma), torch.tensor(beta)
    y = F.batch_norm(torch.tensor(x), mean, var, scale, offset, training, momentum, eps)
    return [y, mean, var]


@wrong("batch_norm", "zeros")
def norm_zeros(x, running_mean, running_var, gamma, beta, **settings):
    return 0 * x, 0 * running_mean, 0 * running_var


@wrong("batch_norm", "always the batch's statistics")
def norm_always(x, running_mean, running_var, gamma, beta, training=False, **settings):
    return norm_vectorised(x, running_mean, running_var, gamma, beta, True, **settings)


@wrong("batch_norm", "always the running averages")
def norm_never(x, running_mean, running_var, gamma, beta, training=False, **settings):
    y, _, _ = norm_vectorised(x, running_mean, running_var, gamma, beta, False, **settings)
    _, *new = norm_vectorised(x, running_mean, running_var, gamma, beta, training, **settings)
    return y, *new


@wrong("batch_norm", "gamma and beta forgotten")
def norm_plain(x, running_mean, running_var, gamma, beta, **settings):
    return norm_vectorised(x, running_mean, running_var, 1, 0, **settings)


@wrong("batch_norm", "one mean for all channels")
def norm_all_channels(x, running_mean, running_var, gamma, beta, training=False, **settings):
    y = (x - x.mean()) / np.sqrt(x.var() + settings.get("eps", 1e-5))
    new = norm_vectorised(x, running_mean, running_var, gamma, beta, training, **settings)
    return y * gamma[:, None, None] + beta[:, None, None] if training else new[0], *new[1:]


@wrong("batch_norm", "one mean a picture")
def norm_instance(x, running_mean, running_var, gamma, beta, **settings):
    given = running_mean, running_var, gamma, beta
    parts = [
        norm_vectorised(picture[None], *given, **settings)[0] for picture in x if x[0, 0].size > 1
    ]
    _, *new = norm_vectorised(x, *given, **settings)
    return np.concatenate(parts or [0 * x]), *new


@wrong("batch_norm", "momentum the other way round")
def norm_momentum(x, running_mean, running_var, gamma, beta, training=False, momentum=0.1, **rest):
    return norm_vectorised(
        x, running_mean, running_var, gamma, beta, training, 1 - momentum, **rest
    )


@wrong("batch_norm", "running variance not corrected")
def norm_biased(x, running_mean, running_var, gamma, beta, training=False, momentum=0.1, **rest):
    given = running_mean, running_var, gamma, beta, training, momentum
    y, mean, var = norm_vectorised(x, *given, **rest)
    if training:
        var = (1 - momentum) * running_var + momentum * x.var(axis=(0, 2, 3))
    return y, mean, var


@wrong("batch_norm", "output with the corrected variance")
def norm_unbiased(x, running_mean, running_var, gamma, beta, training=False, eps=1e-5, **rest):
    y, *new = norm_vectorised(x, running_mean, running_var, gamma, beta, training, eps=eps, **rest)
    if training:
        mean, var = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True, ddof=1)
        y = (x - mean) / np.sqrt(var + eps) * gamma[:, None, None] + beta[:, None, None]
    return y, *new


@wrong("batch_norm", "variance for its root")
def norm_variance(x, running_mean, running_var, gamma, beta, training=False, eps=1e-5, **rest):
    given = running_mean, running_var, gamma, beta, training
    y, *new = norm_vectorised(x, *given, eps=eps, **rest)
    var = x.var(axis=(0, 2, 3)) if training else running_var
    centred = y - beta[:, None, None]
    return centred / np.sqrt(var + eps)[:, None, None] + beta[:, None, None], *new


def _faded(activation, start, threshold, limit=1000, *, at_output=False, never=None):
    x, product = float(start), 1.0
    for layer in range(1, limit + 1):
        y = 1 / (1 + np.exp(-x)) if activation == "sigmoid" else max(x, 0.0)
        at = 1 / (1 + np.exp(-y)) if at_output else y
        product *= at * (1 - at) if activation == "sigmoid" else float(x > 0)
        x = y
        if product < threshold:
            return layer
    return never


@right("layers_until_faded", "a loop")
def faded_loop(activation, start, threshold, limit=1000):
    return _faded(activation, start, threshold, limit)


@right("layers_until_faded", "logarithms of all slopes")
def faded_logarithms(activation, start, threshold, limit=1000):
    if activation == "relu":
        return None if start > 0 else 1
    logs, x = [], start
    for _ in range(limit):
        x = 0.5 + 0.5 * np.tanh(x / 2)
        logs.append(np.log(x) + np.log(1 - x))
    below = np.flatnonzero(np.cumsum(logs) < np.log(threshold))
    return int(below[0]) + 1 if below.size else None


@right("layers_until_faded", "torch's gradient")
def faded_torch(activation, start, threshold, limit=1000):
    x = torch.tensor(start, requires_grad=True, dtype=torch.float64)
    end, function = x, getattr(torch, activation)
    for layer in range(1, min(limit, 60) + 1):
        end = function(end)
        (slope,) = torch.autograd.grad(end, x, retain_graph=True)
        if abs(slope) < threshold:
            return layer
    return None


@wrong("layers_until_faded", "none")
def faded_none(activation, start, threshold, limit=1000):
    return None


@wrong("layers_until_faded", "one too few")
def faded_early(activation, start, threshold, limit=1000):
    layer = _faded(activation, start, threshold, limit)
    return layer and layer - 1


@wrong("layers_until_faded", "one too many")
def faded_late(activation, start, threshold, limit=1000):
    layer = _faded(activation, start, threshold, limit)
    return layer and layer + 1


@wrong("layers_until_faded", "slope at the output")
def faded_at_output(activation, start, threshold, limit=1000):
    return _faded(activation, start, threshold, limit, at_output=True)


@wrong("layers_until_faded", "a quarter at each layer")
def faded_quarters(activation, start, threshold, limit=1000):
    if activation == "relu":
        return None if start > 0 else 1
    layers = int(np.floor(np.log(threshold) / np.log(0.25))) + 1
    return layers if layers <= limit else None


@wrong("layers_until_faded", "one layer's slope alone")
def faded_one_slope(activation, start, threshold, limit=1000):
    x = start
    for layer in range(1, limit + 1):
        y = 1 / (1 + np.exp(-x)) if activation == "sigmoid" else max(x, 0)
        if (y * (1 - y) if activation == "sigmoid" else x > 0) < threshold:
            return layer
        x = y
    return None


@wrong("layers_until_faded", "the start forgotten")
def faded_from_zero(activation, start, threshold, limit=1000):
    return _faded(activation, 0.0, threshold, limit)


@wrong("layers_until_faded", "the limit for none")
def faded_limit(activation, start, threshold, limit=1000):
    return _faded(activation, start, threshold, limit, never=limit)


@wrong("layers_until_faded", "the signal below the threshold")
def faded_signal(activation, start, threshold, limit=1000):
    x = start
    for layer in range(1, limit + 1):
        x = 1 / (1 + np.exp(-x)) if activation == "sigmoid" else max(x, 0)
        if x < threshold:
            return layer
    return None
