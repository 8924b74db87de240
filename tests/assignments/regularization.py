"""Right and wrong answers to the assignment on regularization."""

from __future__ import annotations

import math

import numpy as np
import torch
from assignment_cases import right, wrong
from torch.nn import functional as F

# 1. learning_rates


def rates_by(
    rise=lambda t, rising, peak: peak * (t + 1) / rising,
    fall=lambda t, steps, rising, peak: (
        peak * (1 + math.cos(math.pi * (t - rising) / (steps - rising))) / 2
    ),
):
    """Return a learning_rates that rises and falls by the given rules."""

    def learning_rates(steps, rising, peak):
        return [
            rise(t, rising, peak) if t < rising else fall(t, steps, rising, peak)
            for t in range(steps)
        ]

    return learning_rates


def half_cosine(share):
    return (1 + math.cos(math.pi * share)) / 2


RATES = {
    "warm-up from 0": {"rise": lambda t, rising, peak: peak * t / rising},
    "warm-up to 1": {"rise": lambda t, rising, peak: (t + 1) / rising},
    "warm-up below the peak": {"rise": lambda t, rising, peak: peak * (t + 1) / (rising + 1)},
    "no warm-up": {"rise": lambda t, rising, peak: peak},
    "cosine from step 0": {
        "fall": lambda t, steps, rising, peak: peak * half_cosine(t / steps),
    },
    "cosine to the end of all steps": {
        "fall": lambda t, steps, rising, peak: peak * half_cosine((t - rising) / steps),
    },
    "cosine reaches 0": {
        "fall": lambda t, steps, rising, peak: (
            peak * half_cosine((t - rising) / max(1, steps - rising - 1))
        ),
    },
    "a quarter of a cosine": {
        "fall": lambda t, steps, rising, peak: (
            peak * math.cos(math.pi / 2 * (t - rising) / (steps - rising))
        ),
    },
    "a whole cosine": {
        "fall": lambda t, steps, rising, peak: peak * half_cosine(2 * (t - rising) / steps),
    },
    "not halved": {
        "fall": lambda t, steps, rising, peak: (
            peak * 2 * half_cosine((t - rising) / (steps - rising))
        ),
    },
    "a straight line": {
        "fall": lambda t, steps, rising, peak: peak * (1 - (t - rising) / (steps - rising)),
    },
    "constant after the warm-up": {"fall": lambda t, steps, rising, peak: peak},
    "factors without the peak": {
        "fall": lambda t, steps, rising, peak: half_cosine((t - rising) / (steps - rising)),
    },
}
for label, rules in RATES.items():
    wrong("learning_rates", label)(rates_by(**rules))


@wrong("learning_rates", "zeros")
def _(steps, rising, peak):
    return np.zeros(steps)


@wrong("learning_rates", "one rate too many")
def _(steps, rising, peak):
    return [*rates_by()(steps, rising, peak), 0.0]


@wrong("learning_rates", "falling part alone")
def _(steps, rising, peak):
    return rates_by()(steps - rising, 0, peak)


@wrong("learning_rates", "not a number without warm-up")
def _(steps, rising, peak):
    rates = np.array(rates_by()(steps, rising, peak))
    return rates if rising else rates * np.nan


@right("learning_rates", "a loop")
def _(steps, rising, peak):
    return rates_by()(steps, rising, peak)


@right("learning_rates", "linspace, float32")
def _(steps, rising, peak):
    up = np.linspace(0, peak, rising + 1)[1:]
    angles = np.linspace(0, np.pi, steps - rising, endpoint=False)
    return np.concatenate([up, peak * np.cos(angles / 2) ** 2]).astype(np.float32)


@right("learning_rates", "torch")
def _(steps, rising, peak):
    t = torch.arange(steps)
    falling = (1 + torch.cos(math.pi * (t - rising) / (steps - rising))) / 2
    return peak * torch.where(t < rising, (t + 1) / max(rising, 1), falling)


# 2. dropout


def dropout_by(
    keep=lambda x, p, rng: rng.random(x.shape) >= p,
    scale=lambda p: 1 / (1 - p),
    evaluate=lambda x, p: x,
):
    """Return a dropout that draws and scales by the given rules."""

    def dropout(x, p, training, rng):
        if not training:
            return evaluate(x, p)
        return x * keep(x, p, rng) * scale(p)

    return dropout


def exactly(x, p, rng):
    keep = np.ones(x.size, dtype=bool)
    keep[rng.permutation(x.size)[: round(p * x.size)]] = False
    return keep.reshape(x.shape)


DROPOUT = {
    "not scaled": {"scale": lambda p: 1.0},
    "divided by p": {"scale": lambda p: 1 / max(p, 1e-9)},
    "multiplied by 1 - p": {"scale": lambda p: 1 - p},
    "p is kept": {"keep": lambda x, p, rng: rng.random(x.shape) < p},
    "p is kept, and scaled so": {
        "keep": lambda x, p, rng: rng.random(x.shape) < p,
        "scale": lambda p: 1 / max(p, 1e-9),
    },
    "scaled in evaluation instead": {"scale": lambda p: 1.0, "evaluate": lambda x, p: x * (1 - p)},
    "scaled in evaluation too": {"evaluate": lambda x, p: x * (1 - p)},
    "whole rows": {"keep": lambda x, p, rng: rng.random((*x.shape[:-1], 1)) >= p},
    "whole columns": {"keep": lambda x, p, rng: rng.random(x.shape[-1]) >= p},
    "exactly so many": {"keep": exactly},
    "the global generator": {"keep": lambda x, p, rng: np.random.random(x.shape) >= p},  # noqa: NPY002
    "a generator of its own": {
        "keep": lambda x, p, rng: np.random.default_rng(0).random(x.shape) >= p
    },
    "nothing dropped": {"keep": lambda x, p, rng: True, "scale": lambda p: 1.0},
    "one draw for all": {"keep": lambda x, p, rng: rng.random() >= p},
    "noise added": {"keep": lambda x, p, rng: 1 + p * rng.normal(size=x.shape)},
    "normal draws": {"keep": lambda x, p, rng: rng.normal(size=x.shape) >= p},
}
for label, rules in DROPOUT.items():
    wrong("dropout", label)(dropout_by(**rules))


@wrong("dropout", "zeros")
def _(x, p, training, rng):
    return np.zeros_like(x)


@wrong("dropout", "drops in evaluation")
def _(x, p, training, rng):
    return x * (rng.random(x.shape) >= p) / (1 - p)


@wrong("dropout", "training and evaluation exchanged")
def _(x, p, training, rng):
    return dropout_by()(x, p, not training, rng)


@wrong("dropout", "in place")
def _(x, p, training, rng):
    if training:
        x[rng.random(x.shape) < p] = 0
        x /= 1 - p
    return x


@wrong("dropout", "flattened")
def _(x, p, training, rng):
    return dropout_by()(x, p, training, rng).ravel()


@right("dropout", "a mask")
def _(x, p, training, rng):
    return dropout_by()(x, p, training, rng)


@right("dropout", "binomial draws, float32")
def _(x, p, training, rng):
    keep = rng.binomial(1, 1 - p, size=x.shape) if training else 1
    return (np.where(keep, x / (1 - p), 0) if training else x).astype(np.float32)


@right("dropout", "number by number")
def _(x, p, training, rng):
    y = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        if not training:
            y[place] = x[place]
        elif rng.uniform() >= p:
            y[place] = x[place] / (1 - p)
    return y


@right("dropout", "torch, seeded from rng")
def _(x, p, training, rng):
    x = torch.tensor(x)
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    keep = torch.rand(x.shape, generator=generator) >= p
    return torch.where(keep, x / (1 - p), 0) if training else x


# 3. make_batch


def smooth(labels, classes, smoothing):
    return (1 - smoothing) * np.eye(classes)[labels] + smoothing / classes


def mixed(x, share, order):
    share = share.reshape(-1, *[1] * (x.ndim - 1))
    return share * x + (1 - share) * x[order]


def batch_by(smoothed=smooth, mix_pictures=mixed, mix_targets=mixed):
    """Return a make_batch that smooths and mixes by the given rules."""

    def make_batch(pictures, labels, classes, smoothing, share, order):
        targets = smoothed(labels, classes, smoothing)
        return mix_pictures(pictures, share, order), mix_targets(targets, share, order)

    return make_batch


def over_the_others(labels, classes, smoothing):
    hot = np.eye(classes)[labels]
    return (1 - smoothing) * hot + smoothing / (classes - 1) * (1 - hot)


def one_by_one(x, share, order):
    x = x.copy()
    for i, j in enumerate(order):
        x[i] = share[i] * x[i] + (1 - share[i]) * x[j]
    return x


def along_the_last(x, share, order):
    if x.shape[-1] != len(share):
        return mixed(x, share, order)
    return share * x + (1 - share) * x[order]


def backwards(x, share, order):
    return mixed(x, share, np.argsort(order))


BATCH = {
    "spread over the others": {"smoothed": over_the_others},
    "smoothing added alone": {
        "smoothed": lambda labels, k, e: np.eye(k)[labels] + e / k,
    },
    "not divided by the classes": {
        "smoothed": lambda labels, k, e: (1 - e) * np.eye(k)[labels] + e,
    },
    "not smoothed": {"smoothed": lambda labels, k, e: np.eye(k)[labels]},
    "classes counted in the labels": {
        "smoothed": lambda labels, k, e: smooth(labels, labels.max() + 1, e),
    },
    "transposed targets": {"mix_targets": lambda x, share, order: mixed(x, share, order).T},
    "share of the other picture": {
        "mix_pictures": lambda x, share, order: mixed(x, 1 - share, order),
    },
    "share of the other everywhere": {
        "mix_pictures": lambda x, share, order: mixed(x, 1 - share, order),
        "mix_targets": lambda x, share, order: mixed(x, 1 - share, order),
    },
    "one share for all": {
        "mix_pictures": lambda x, share, order: mixed(x, 0 * share + share[0], order),
        "mix_targets": lambda x, share, order: mixed(x, 0 * share + share[0], order),
    },
    "shares along the last axis": {
        "mix_pictures": along_the_last,
        "mix_targets": along_the_last,
    },
    "partners already mixed": {"mix_pictures": one_by_one},
    "order read backwards": {"mix_pictures": backwards, "mix_targets": backwards},
    "pictures not mixed": {"mix_pictures": lambda x, share, order: x},
    "targets not mixed": {"mix_targets": lambda x, share, order: x},
    "targets of the larger share": {
        "mix_targets": lambda x, share, order: np.where(share[:, None] >= 0.5, x, x[order]),
    },
    "targets smoothed twice": {
        "mix_targets": lambda x, share, order: (lambda y: y @ smoother(y))(mixed(x, share, order)),
    },
    "partners added whole": {"mix_pictures": lambda x, share, order: x + x[order]},
}


def smoother(y):
    return smooth(np.arange(y.shape[1]), y.shape[1], 0.2)


for label, rules in BATCH.items():
    wrong("make_batch", label)(batch_by(**rules))


@wrong("make_batch", "zeros")
def _(pictures, labels, classes, smoothing, share, order):
    return np.zeros_like(pictures), np.zeros((len(labels), classes))


@wrong("make_batch", "labels mixed as numbers")
def _(pictures, labels, classes, smoothing, share, order):
    return mixed(pictures, share, order), mixed(labels, share, order)


@wrong("make_batch", "targets first")
def _(pictures, labels, classes, smoothing, share, order):
    found = batch_by()(pictures, labels, classes, smoothing, share, order)
    return found[1], found[0]


@wrong("make_batch", "pictures changed in place")
def _(pictures, labels, classes, smoothing, share, order):
    pictures[:], targets = batch_by()(pictures, labels, classes, smoothing, share, order)
    return pictures, targets


@right("make_batch", "broadcast")
def _(pictures, labels, classes, smoothing, share, order):
    return batch_by()(pictures, labels, classes, smoothing, share, order)


@right("make_batch", "loops, smoothed after mixing")
def _(pictures, labels, classes, smoothing, share, order):
    mixed_pictures, targets = [], []
    for i, j in enumerate(order):
        keep = float(share[i])
        mixed_pictures.append(keep * pictures[i] + (1 - keep) * pictures[j])
        row = [0.0] * classes
        row[labels[i]] += keep
        row[labels[j]] += 1 - keep
        targets.append([(1 - smoothing) * q + smoothing / classes for q in row])
    return mixed_pictures, targets


@right("make_batch", "torch, float32")
def _(pictures, labels, classes, smoothing, share, order):
    x, keep = torch.tensor(pictures).float(), torch.tensor(share).float()
    hot = F.one_hot(torch.tensor(labels), classes).float()
    q = torch.lerp(hot, torch.full_like(hot, 1 / classes), smoothing)
    other = torch.tensor(order)
    return torch.lerp(x[other], x, keep[:, None, None, None]), torch.lerp(
        q[other], q, keep[:, None]
    )


@right("make_batch", "a matrix that mixes")
def _(pictures, labels, classes, smoothing, share, order):
    n = len(labels)
    mix = np.diag(share)
    mix[np.arange(n), order] += 1 - share
    flat = pictures.reshape(n, -1)
    return (mix @ flat).reshape(pictures.shape), mix @ smooth(labels, classes, smoothing)


# 4. early_stopping


def stopping_by(
    better=lambda loss, best: loss < best,
    over=lambda waited, patience: waited >= patience,
    result=lambda best, stop: (best, stop),
):
    """Return an early_stopping that follows the given rules."""

    def early_stopping(losses, patience):
        best, lowest = 1, math.inf
        for epoch, loss in enumerate(losses, start=1):
            if better(loss, lowest):
                best, lowest = epoch, loss
            if over(epoch - best, patience):
                return result(best, epoch)
        return result(best, len(losses))

    return early_stopping


STOPPING = {
    "zeros": {"result": lambda best, stop: (0, 0)},
    "an equal loss is better": {"better": lambda loss, best: loss <= best},
    "one epoch too late": {"over": lambda waited, patience: waited > patience},
    "one epoch too early": {"over": lambda waited, patience: waited >= max(1, patience - 1)},
    "counted from 0": {"result": lambda best, stop: (best - 1, stop - 1)},
    "stop and best exchanged": {"result": lambda best, stop: (stop, best)},
    "the last epoch is kept": {"result": lambda best, stop: (stop, stop)},
    "best alone": {"result": lambda best, stop: best},
    "number of epochs waited": {"result": lambda best, stop: (best, stop - best)},
    "higher is better": {"better": lambda loss, best: best == math.inf or loss > best},
}
for label, rules in STOPPING.items():
    wrong("early_stopping", label)(stopping_by(**rules))


@wrong("early_stopping", "lowest loss of all")
def _(losses, patience):
    best = int(np.argmin(losses)) + 1
    return best, min(best + patience, len(losses))


@wrong("early_stopping", "right stop, lowest loss of all")
def _(losses, patience):
    return int(np.argmin(losses)) + 1, stopping_by()(losses, patience)[1]


@wrong("early_stopping", "compared with the epoch before")
def _(losses, patience):
    best = waited = 0
    for epoch, loss in enumerate(losses):
        waited = waited + 1 if epoch and loss >= losses[epoch - 1] else 0
        best = epoch if loss < losses[best] else best
        if waited >= patience:
            return best + 1, epoch + 1
    return best + 1, len(losses)


@wrong("early_stopping", "bad epochs counted in all")
def _(losses, patience):
    best = waited = 0
    for epoch, loss in enumerate(losses):
        if epoch and loss >= losses[best]:
            waited += 1
        elif loss < losses[best]:
            best = epoch
        if waited >= patience:
            return best + 1, epoch + 1
    return best + 1, len(losses)


@wrong("early_stopping", "never stops")
def _(losses, patience):
    return int(np.argmin(losses)) + 1, len(losses)


@wrong("early_stopping", "nothing where patience never runs out")
def _(losses, patience):
    best, stop = stopping_by()(losses, patience)
    return (best, stop) if stop - best >= patience else None


@right("early_stopping", "one loop")
def _(losses, patience):
    return stopping_by()(losses, patience)


@right("early_stopping", "running minimum, float32")
def _(losses, patience):
    losses = np.asarray(losses)
    before = np.concatenate([[np.inf], np.minimum.accumulate(losses)[:-1]])
    epochs = np.arange(1, len(losses) + 1)
    best = np.maximum.accumulate(np.where(losses < before, epochs, 0))
    over = np.flatnonzero(epochs - best >= patience)
    stop = over[0] if len(over) else len(losses) - 1
    return np.array([best[stop], epochs[stop]], dtype=np.float32)


@right("early_stopping", "torch, recomputed in each epoch")
def _(losses, patience):
    losses = torch.tensor(losses)
    for stop in range(1, len(losses) + 1):
        best = (losses[:stop] == losses[:stop].min()).nonzero()[0, 0] + 1
        if stop - best >= patience:
            break
    return torch.tensor([best, stop])


@right("early_stopping", "a counter that is set back")
def _(losses, patience):
    best, waited, stop = 0, 0, len(losses)
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[best] else waited + 1
        best = epoch if waited == 0 else best
        if waited == patience:
            stop = epoch + 1
            break
    return [best + 1, stop]


# 5. adam_step


def adam_by(
    first=lambda m, g: 0.9 * m + 0.1 * g,
    second=lambda v, g: 0.999 * v + 0.001 * g**2,
    hats=lambda m, v, t: (m / (1 - 0.9**t), v / (1 - 0.999**t)),
    move=lambda m, v: m / (np.sqrt(v) + 1e-8),
    pull=lambda w, strength: strength * w,
    shrink=lambda w, rate, strength: (1 - rate * strength) * w,
    ways=("l2", "decay"),
):
    """Return an adam_step made of the given parts."""

    def adam_step(w, gradient, m, v, t, rate, strength, way):
        if way == ways[0]:
            gradient = gradient + pull(w, strength)
        if way == ways[1]:
            w = shrink(w, rate, strength)
        m, v = first(m, gradient), second(v, gradient)
        return w - rate * move(*hats(m, v, t)), m, v

    return adam_step


ADAM = {
    "no correction": {"hats": lambda m, v, t: (m, v)},
    "correction one step late": {
        "hats": lambda m, v, t: (m / (1 - 0.9 ** (t + 1)), v / (1 - 0.999 ** (t + 1)))
    },
    "correction by a product": {"hats": lambda m, v, t: (m / (1 - 0.9), v / (1 - 0.999))},
    "no root": {"move": lambda m, v: m / (v + 1e-8)},
    "gradient not squared": {"second": lambda v, g: 0.999 * v + 0.001 * np.abs(g)},
    "shares exchanged": {"first": lambda m, g: 0.1 * m + 0.9 * g},
    "gradient added whole": {"first": lambda m, g: 0.9 * m + g},
    "second mean forgets fast": {"second": lambda v, g: 0.9 * v + 0.1 * g**2},
    "plain descent": {"move": lambda m, v: m},
    "uphill": {"move": lambda m, v: -m / (np.sqrt(v) + 1e-8)},
    "twice the pull": {"pull": lambda w, strength: 2 * strength * w},
    "pull of L1": {"pull": lambda w, strength: strength * np.sign(w)},
    "no pull": {"pull": lambda w, strength: 0 * w},
    "shrinks without the rate": {"shrink": lambda w, rate, strength: (1 - strength) * w},
    "grows": {"shrink": lambda w, rate, strength: (1 + rate * strength) * w},
    "no shrinking": {"shrink": lambda w, rate, strength: w},
    "ways exchanged": {"ways": ("decay", "l2")},
    "L2 in both": {"ways": ("decay", "")},
    "decay in both": {"ways": ("", "l2")},
}
for label, parts in ADAM.items():
    wrong("adam_step", label)(adam_by(**parts))


@wrong("adam_step", "zeros")
def _(w, gradient, m, v, t, rate, strength, way):
    return 0 * w, 0 * w, 0 * w


@wrong("adam_step", "L2 past the averages")
def _(w, gradient, m, v, t, rate, strength, way):
    new, m, v = adam_by(ways=("", "decay"))(w, gradient, m, v, t, rate, strength, way)
    return (new - rate * strength * w if way == "l2" else new), m, v


@wrong("adam_step", "v without the penalty")
def _(w, gradient, m, v, t, rate, strength, way):
    _, _, plain = adam_by(ways=("", ""))(w, gradient, m, v, t, rate, strength, way)
    _, m, _ = adam_by()(w, gradient, m, v, t, rate, strength, way)
    w = (1 - rate * strength) * w if way == "decay" else w
    return w - rate * m / (1 - 0.9**t) / (np.sqrt(plain / (1 - 0.999**t)) + 1e-8), m, plain


@wrong("adam_step", "decay after the step")
def _(w, gradient, m, v, t, rate, strength, way):
    new, m, v = adam_by(ways=("l2", ""))(w, gradient, m, v, t, rate, strength, way)
    return (new * (1 - rate * strength) if way == "decay" else new), m, v


@wrong("adam_step", "hats kept")
def _(w, gradient, m, v, t, rate, strength, way):
    w, m, v = adam_by()(w, gradient, m, v, t, rate, strength, way)
    return w, m / (1 - 0.9**t), v / (1 - 0.999**t)


@wrong("adam_step", "in place")
def _(w, gradient, m, v, t, rate, strength, way):
    w[:], m[:], v[:] = adam_by()(w, gradient, m, v, t, rate, strength, way)
    return w, m, v


@wrong("adam_step", "weights alone")
def _(w, gradient, m, v, t, rate, strength, way):
    return adam_by()(w, gradient, m, v, t, rate, strength, way)[0]


@right("adam_step", "formulas")
def _(w, gradient, m, v, t, rate, strength, way):
    return adam_by()(w, gradient, m, v, t, rate, strength, way)


@right("adam_step", "number by number")
def _(w, gradient, m, v, t, rate, strength, way):
    new = np.zeros((3, *w.shape))
    for place in np.ndindex(*w.shape):
        g = gradient[place] + (strength * w[place] if way == "l2" else 0.0)
        first = m[place] + (g - m[place]) * 0.1
        second = v[place] + (g * g - v[place]) * 0.001
        step = first / (1 - 0.9**t) / (math.sqrt(second / (1 - 0.999**t)) + 1e-8)
        lost = strength * w[place] if way == "decay" else 0.0
        new[(slice(None), *place)] = w[place] - rate * (step + lost), first, second
    return list(new)


@right("adam_step", "torch's optimizers, float32")
def _(w, gradient, m, v, t, rate, strength, way):
    weight = torch.nn.Parameter(torch.tensor(w, dtype=torch.float32))
    weight.grad = torch.tensor(gradient, dtype=torch.float32)
    kind = torch.optim.Adam if way == "l2" else torch.optim.AdamW
    optimizer = kind([weight], lr=rate, weight_decay=strength)
    state = {"step": torch.tensor(t - 1.0)}
    state["exp_avg"] = torch.tensor(m, dtype=torch.float32)
    state["exp_avg_sq"] = torch.tensor(v, dtype=torch.float32)
    optimizer.state[weight] = state
    optimizer.step()
    return weight.detach(), state["exp_avg"], state["exp_avg_sq"]


@right("adam_step", "float32 arrays")
def _(w, gradient, m, v, t, rate, strength, way):
    w, gradient, m, v = (part.astype(np.float32) for part in (w, gradient, m, v))
    return adam_by()(w, gradient, m, v, t, rate, strength, way)


# 6. surely_better


def better_by(
    difference=lambda scores, baseline: scores - baseline,
    error=lambda d, scores, baseline: d.std(ddof=1) / np.sqrt(len(d)),
    quantile=lambda q: q,
    chosen=lambda mean, low, high: low > 0,
    names=list,
):
    """Return a surely_better that compares by the given rules."""

    def surely_better(baseline, settings, q):
        intervals = {}
        for name, scores in settings.items():
            d = difference(scores, baseline)
            half = quantile(q) * error(d, scores, baseline)
            intervals[name] = d.mean(), d.mean() - half, d.mean() + half
        return intervals, names(name for name, each in intervals.items() if chosen(*each))

    return surely_better


BETTER = {
    "baseline minus setting": {"difference": lambda scores, baseline: baseline - scores},
    "the setting's own interval": {"difference": lambda scores, baseline: scores},
    "divided by n": {"error": lambda d, a, b: d.std() / np.sqrt(len(d))},
    "spread of single differences": {"error": lambda d, a, b: d.std(ddof=1)},
    "divided by n, not its root": {"error": lambda d, a, b: d.std(ddof=1) / len(d)},
    "unpaired": {"error": lambda d, a, b: np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(d))},
    "variance": {"error": lambda d, a, b: d.var(ddof=1) / np.sqrt(len(d))},
    "pairs sorted apart": {"difference": lambda a, b: np.sort(a) - np.sort(b)},
    "a quantile of its own": {"quantile": lambda q: 1.96},
    "quantile forgotten": {"quantile": lambda q: 1.0},
    "half the width": {"quantile": lambda q: q / 2},
    "better by the mean": {"chosen": lambda mean, low, high: mean > 0},
    "surely other": {"chosen": lambda mean, low, high: low > 0 or high < 0},
    "surely worse": {"chosen": lambda mean, low, high: high < 0},
    "possibly better": {"chosen": lambda mean, low, high: high > 0},
    "not below zero": {"chosen": lambda mean, low, high: low >= 0},
    "names sorted": {"names": sorted},
    "names in a string": {"names": ", ".join},
    "number of names": {"names": lambda each: [len(list(each))]},
}
for label, rules in BETTER.items():
    wrong("surely_better", label)(better_by(**rules))


@wrong("surely_better", "zeros")
def _(baseline, settings, quantile):
    return dict.fromkeys(settings, (0.0, 0.0, 0.0)), []


@wrong("surely_better", "all names")
def _(baseline, settings, quantile):
    return better_by()(baseline, settings, quantile)[0], list(settings)


@wrong("surely_better", "names alone")
def _(baseline, settings, quantile):
    return better_by()(baseline, settings, quantile)[1]


@wrong("surely_better", "half-widths for ends")
def _(baseline, settings, quantile):
    intervals, names = better_by()(baseline, settings, quantile)
    return {
        name: (mean, high - mean, high - mean) for name, (mean, _, high) in intervals.items()
    }, names


@wrong("surely_better", "first setting alone")
def _(baseline, settings, quantile):
    name = next(iter(settings))
    return better_by()(baseline, {name: settings[name]}, quantile)


@right("surely_better", "NumPy, float32 intervals")
def _(baseline, settings, quantile):
    intervals, names = better_by()(baseline, settings, quantile)
    return {name: np.array(each, dtype=np.float32) for name, each in intervals.items()}, names


@right("surely_better", "loops")
def _(baseline, settings, quantile):
    intervals, names = {}, []
    for name in settings:
        d = [float(a) - float(b) for a, b in zip(settings[name], baseline, strict=True)]
        mean = sum(d) / len(d)
        variance = sum((x - mean) ** 2 for x in d) / (len(d) - 1)
        half = quantile * math.sqrt(variance / len(d))
        intervals[name] = [mean, mean - half, mean + half]
        if mean > half:
            names.append(name)
    return intervals, tuple(names)


@right("surely_better", "all settings at once")
def _(baseline, settings, quantile):
    d = np.stack(list(settings.values())) - baseline
    half = quantile * np.sqrt(d.var(axis=1, ddof=1) / d.shape[1])
    ends = np.stack([d.mean(1), d.mean(1) - half, d.mean(1) + half], axis=1)
    keys = np.array(list(settings))
    return dict(zip(settings, ends, strict=True)), keys[ends[:, 1] > 0]


@right("surely_better", "torch")
def _(baseline, settings, quantile):
    intervals = {}
    for name, scores in settings.items():
        d = torch.as_tensor(scores) - torch.as_tensor(baseline)
        half = quantile * d.std() / len(d) ** 0.5
        intervals[name] = torch.stack([d.mean(), d.mean() - half, d.mean() + half])
    return intervals, [name for name, ends in intervals.items() if ends[1] > 0]
