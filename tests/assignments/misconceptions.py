"""Answers to the assignment on what is often taught wrong: right ones and plausible wrong ones."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from assignment_cases import right, wrong


@right("count_places", "the formula")
def places_formula(n, kernel_size, stride=1, padding=0):
    places = math.floor((n + 2 * padding - kernel_size) / stride) + 1
    return [places, n + 2 * padding - (places - 1) * stride - kernel_size]


@right("count_places", "lists what is read")
def places_listed(n, kernel_size, stride=1, padding=0):
    axis = list(range(n + 2 * padding))
    windows = [axis[i : i + kernel_size] for i in axis[::stride]]
    windows = [window for window in windows if len(window) == kernel_size]
    return len(windows), len(axis) - 1 - max(max(window) for window in windows)


@right("count_places", "torch's gradient")
def places_torch(n, kernel_size, stride=1, padding=0):
    axis = torch.zeros(1, 1, n + 2 * padding, requires_grad=True)
    output = F.conv1d(axis, torch.ones(1, 1, kernel_size), stride=stride)
    output.sum().backward()
    last = int(axis.grad.flatten().nonzero().max())
    return np.array([output.shape[-1], axis.shape[-1] - 1 - last])


@wrong("count_places", "zeros")
def places_zeros(n, kernel_size, stride=1, padding=0):
    return 0, 0


@wrong("count_places", "brackets forgotten")
def places_brackets(n, kernel_size, stride=1, padding=0):
    return n + 2 * padding - kernel_size / stride + 1, 0


@wrong("count_places", "floor forgotten")
def places_float(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size) / stride + 1, 0


@wrong("count_places", "rounded up")
def places_ceil(n, kernel_size, stride=1, padding=0):
    return math.ceil((n + 2 * padding - kernel_size) / stride) + 1, 0


@wrong("count_places", "the first place not counted")
def places_off_by_one(n, kernel_size, stride=1, padding=0):
    return divmod(n + 2 * padding - kernel_size, stride)


@wrong("count_places", "padding at one end")
def places_one_end(n, kernel_size, stride=1, padding=0):
    return places_formula(n + padding, kernel_size, stride)


@wrong("count_places", "unread of the axis without padding")
def places_unpadded(n, kernel_size, stride=1, padding=0):
    return places_formula(n, kernel_size, stride, padding)[0], (n - kernel_size) % stride


@wrong("count_places", "the two in the wrong order")
def places_swapped(n, kernel_size, stride=1, padding=0):
    return places_formula(n, kernel_size, stride, padding)[::-1]


@wrong("count_places", "unread as the rest of n over the stride")
def places_remainder(n, kernel_size, stride=1, padding=0):
    return places_formula(n, kernel_size, stride, padding)[0], (n + 2 * padding) % stride


def _seen(layers):
    seen = {0}
    for kernel_size, stride, dilation in reversed(layers):
        seen = {place * stride + tap * dilation for place in seen for tap in range(kernel_size)}
    return sorted(seen)


@right("places_seen", "recursion")
def seen_recursion(layers, output=0):
    if not layers:
        return [output]
    *before, (kernel_size, stride, dilation) = layers
    starts = [output * stride + tap * dilation for tap in range(kernel_size)]
    return sorted({place for start in starts for place in seen_recursion(before, start)})


@right("places_seen", "convolves rows of ones")
def seen_upsampled(layers):
    row, jump = np.ones(1), 1
    for kernel_size, stride, dilation in layers:
        taps = np.zeros((kernel_size - 1) * dilation * jump + 1)
        taps[:: dilation * jump] = 1
        row, jump = np.convolve(row, taps), jump * stride
    return np.flatnonzero(row)


@right("places_seen", "torch's gradient")
def seen_torch(layers):
    row = torch.zeros(1, 1, 400, dtype=torch.float64, requires_grad=True)
    y = row
    for kernel_size, stride, dilation in layers:
        y = F.conv1d(y, torch.ones(1, 1, kernel_size).double(), None, stride, 0, dilation)
    y[0, 0, 0].backward()
    return row.grad.flatten().nonzero().flatten()


@wrong("places_seen", "nothing")
def seen_nothing(layers):
    return []


@wrong("places_seen", "all that is spanned")
def seen_span(layers):
    return list(range(_seen(layers)[-1] + 1))


@wrong("places_seen", "how many")
def seen_count(layers):
    return len(_seen(layers))


@wrong("places_seen", "dilation ignored")
def seen_dense(layers):
    return _seen([(kernel_size, stride, 1) for kernel_size, stride, _ in layers])


@wrong("places_seen", "stride ignored")
def seen_stride_1(layers):
    return _seen([(kernel_size, 1, dilation) for kernel_size, _, dilation in layers])


@wrong("places_seen", "layers in the wrong order")
def seen_backwards(layers):
    return _seen(layers[::-1])


@wrong("places_seen", "the last layer only")
def seen_last(layers):
    return _seen(layers[-1:])


@wrong("places_seen", "a place for each way")
def seen_repeated(layers):
    seen = [0]
    for kernel_size, stride, dilation in reversed(layers):
        seen = [place * stride + tap * dilation for place in seen for tap in range(kernel_size)]
    return sorted(seen)


@wrong("places_seen", "the stride moves the taps")
def seen_stride_taps(layers):
    return _seen([(k, 1, dilation * stride) for k, stride, dilation in layers])


@wrong("places_seen", "half the pixels")
def seen_half(layers):
    return _seen(layers)[:: layers[-1][2]]


@right("dropout", "a mask of booleans")
def dropout_mask(x, p, training, rng):
    if not training:
        return x
    return np.where(rng.random(x.shape) >= p, x / (1 - p), 0)


@right("dropout", "loops over numbers, float32")
def dropout_loops(x, p, training, rng):
    y = x.astype(np.float32)
    if training:
        for place in np.ndindex(x.shape):
            y[place] = 0 if rng.uniform() < p else x[place] / (1 - p)
    return y


@right("dropout", "torch, seeded by rng")
def dropout_torch(x, p, training, rng):
    y = torch.tensor(x)
    if not training:
        return y
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    keep = torch.full(x.shape, 1 - p, dtype=torch.float64)
    return y * torch.bernoulli(keep, generator=generator) / (1 - p)


@right("dropout", "binomial")
def dropout_binomial(x, p, training, rng):
    return x * rng.binomial(1, 1 - p, x.shape) / (1 - p) if training else x.copy()


@wrong("dropout", "zeros")
def dropout_zeros(x, p, training, rng):
    return np.zeros(x.shape)


@wrong("dropout", "nothing dropped")
def dropout_none(x, p, training, rng):
    return x.copy()


@wrong("dropout", "not scaled")
def dropout_unscaled(x, p, training, rng):
    return (1 - p) * dropout_mask(x, p, True, rng) if training else x


@wrong("dropout", "scaled in evaluation")
def dropout_late(x, p, training, rng):
    return (1 - p) * dropout_mask(x, p, training, rng)


@wrong("dropout", "divided by p")
def dropout_by_p(x, p, training, rng):
    return np.where(rng.random(x.shape) >= p, x / p, 0) if training else x


@wrong("dropout", "p is what is kept")
def dropout_kept(x, p, training, rng):
    return np.where(rng.random(x.shape) < p, x / p, 0) if training else x


@wrong("dropout", "in evaluation too")
def dropout_always(x, p, training, rng):
    return dropout_mask(x, p, True, rng)


@wrong("dropout", "whole rows")
def dropout_rows(x, p, training, rng):
    kept = rng.random(x.shape[:1] + (1,) * (x.ndim - 1)) >= p
    return x * kept / (1 - p) if training else x


@wrong("dropout", "the same seed at each call")
def dropout_seeded(x, p, training, rng):
    return dropout_mask(x, p, training, np.random.default_rng(0))


@wrong("dropout", "randomness of its own")
def dropout_unseeded(x, p, training, rng):
    return dropout_mask(x, p, training, np.random.default_rng())


@wrong("dropout", "exactly the share")
def dropout_exact(x, p, training, rng):
    kept = np.arange(x.size) >= round(p * x.size)
    return x * rng.permutation(kept).reshape(x.shape) / (1 - p) if training else x


def _adam(w, gradient, m, v, t, rate=0.1, correct=True, root=np.sqrt):
    m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
    first, second = (1 - 0.9**t, 1 - 0.999**t) if correct else (1, 1)
    return w - rate * (m / first) / (root(v / second) + 1e-8), m, v


@right("adam_step", "vectorised")
def adam_vectorised(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    penalty = decay * w
    if not decoupled:
        return _adam(w, gradient + penalty, m, v, t, rate)
    w, m, v = _adam(w, gradient, m, v, t, rate)
    return w - rate * penalty, m, v


@right("adam_step", "loops over numbers, float32")
def adam_loops(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    w, m, v = (array.astype(np.float32) for array in (w, m, v))
    for place in np.ndindex(w.shape):
        g = gradient[place] + (0 if decoupled else decay * w[place])
        m[place] += 0.1 * (g - m[place])
        v[place] += 0.001 * (g * g - v[place])
        w[place] *= 1 - rate * decay if decoupled else 1
        size = np.sqrt(v[place] / (1 - 0.999**t)) + 1e-8
        w[place] -= rate * m[place] / (1 - 0.9**t) / size
    return [w, m, v]


@right("adam_step", "torch's optimizers")
def adam_torch(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    parameter = torch.nn.Parameter(torch.tensor(w))
    parameter.grad = torch.tensor(gradient)
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    optimizer = kind([parameter], lr=rate, weight_decay=decay)
    state = {"step": torch.tensor(t - 1.0), "exp_avg": torch.tensor(m)}
    state["exp_avg_sq"] = torch.tensor(v)
    optimizer.state[parameter] = state
    optimizer.step()
    return parameter.detach(), state["exp_avg"], state["exp_avg_sq"]


@wrong("adam_step", "nothing")
def adam_nothing(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return w, m, v


@wrong("adam_step", "plain gradient descent")
def adam_descent(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return w - rate * (gradient + decay * w), m, v


@wrong("adam_step", "decoupled taken for L2")
def adam_always_l2(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return adam_vectorised(w, gradient, m, v, t, rate, decay)


@wrong("adam_step", "L2 taken for decoupled")
def adam_always_decoupled(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return adam_vectorised(w, gradient, m, v, t, rate, decay, True)


@wrong("adam_step", "the two mixed up")
def adam_mixed_up(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return adam_vectorised(w, gradient, m, v, t, rate, decay, not decoupled)


@wrong("adam_step", "averages not corrected")
def adam_uncorrected(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    penalty = decay * w
    shrunk = w - rate * penalty if decoupled else w
    return _adam(shrunk, gradient + (not decoupled) * penalty, m, v, t, rate, correct=False)


@wrong("adam_step", "root forgotten")
def adam_no_root(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return _adam(w, gradient + decay * w, m, v, t, rate, root=lambda size: size)


@wrong("adam_step", "steps counted from 0")
def adam_late(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return adam_vectorised(w, gradient, m, v, t + 1, rate, decay, decoupled)


@wrong("adam_step", "decay without the rate")
def adam_no_rate(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    decay = decay / rate if decoupled else decay
    return adam_vectorised(w, gradient, m, v, t, rate, decay, decoupled)


@wrong("adam_step", "penalty without its half")
def adam_double(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    decay = decay if decoupled else 2 * decay
    return adam_vectorised(w, gradient, m, v, t, rate, decay, decoupled)


@wrong("adam_step", "uphill")
def adam_uphill(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    return adam_vectorised(w, gradient, m, v, t, -rate, decay, decoupled)


@wrong("adam_step", "changes what it is given")
def adam_in_place(w, gradient, m, v, t, rate=0.1, decay=0.0, decoupled=False):
    new = adam_vectorised(w, gradient, m, v, t, rate, decay, decoupled)
    w[...], m[...], v[...] = new
    return w, m, v


@right("lowest_loss", "the formula")
def loss_formula(classes, softmaxes):
    gap = math.inf
    for _ in range(softmaxes):
        gap = -math.expm1(-gap) / (1 + (classes - 1) * math.exp(-gap))
    return math.log1p((classes - 1) * math.exp(-gap))


@right("lowest_loss", "sure at first, float32")
def loss_sure(classes, softmaxes):
    logits = np.zeros(classes, dtype=np.float32)
    logits[-1] = 50
    for _ in range(softmaxes):
        logits = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    return np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[-1]


@right("lowest_loss", "torch")
def loss_torch(classes, softmaxes):
    logits = torch.zeros(1, classes)
    logits[0, 1] = 200
    for _ in range(softmaxes):
        logits = logits.softmax(dim=1)
    return F.cross_entropy(logits, torch.tensor([1]))


@wrong("lowest_loss", "zero")
def loss_zero(classes, softmaxes):
    return 0.0


@wrong("lowest_loss", "a guess")
def loss_guess(classes, softmaxes):
    return math.log(classes)


@wrong("lowest_loss", "one softmax too few")
def loss_fewer(classes, softmaxes):
    return loss_formula(classes, max(softmaxes - 1, 0))


@wrong("lowest_loss", "one softmax too many")
def loss_more(classes, softmaxes):
    return loss_formula(classes, softmaxes + 1)


@wrong("lowest_loss", "always one softmax")
def loss_always_one(classes, softmaxes):
    return loss_formula(classes, 1)


@wrong("lowest_loss", "two classes")
def loss_two_classes(classes, softmaxes):
    return loss_formula(2, softmaxes)


@wrong("lowest_loss", "one class too many")
def loss_off_by_one(classes, softmaxes):
    return loss_formula(classes + 1, softmaxes)


@wrong("lowest_loss", "surely wrong")
def loss_highest(classes, softmaxes):
    logits = np.zeros(classes)
    logits[1] = 100
    for _ in range(softmaxes):
        logits = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    return np.log(np.exp(logits).sum()) - logits[0]


@wrong("lowest_loss", "not sure enough")
def loss_unsure(classes, softmaxes):
    logits = np.eye(classes)[0]
    for _ in range(softmaxes):
        logits = np.exp(logits) / np.exp(logits).sum()
    return np.log(np.exp(logits).sum()) - logits[0]


@wrong("lowest_loss", "base 2")
def loss_bits(classes, softmaxes):
    return loss_formula(classes, softmaxes) / math.log(2)
