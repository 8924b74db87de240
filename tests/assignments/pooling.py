"""Answers to the assignment on pooling: right ones and plausible wrong ones."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from assignment_cases import right, wrong


@right("pool_size", "the formula")
def size_formula(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    stride = kernel_size if stride is None else stride
    if not ceil_mode:
        return (n + 2 * padding - kernel_size) // stride + 1
    count = int(np.ceil((n + 2 * padding - kernel_size) / stride)) + 1
    return count - ((count - 1) * stride >= n + padding)


@right("pool_size", "counts the windows")
def size_counted(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    count, start, ends = 0, -padding, False
    while start < n and not ends:
        ends = start + kernel_size >= n + padding
        count += ceil_mode or start + kernel_size <= n + padding
        start += stride or kernel_size
    return count


@right("pool_size", "asks torch")
def size_torch(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return F.max_pool1d(torch.zeros(1, 1, n), kernel_size, stride, padding, 1, ceil_mode).shape[-1]


@wrong("pool_size", "zero")
def size_zero(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return 0


@wrong("pool_size", "a stride of 1 by default")
def size_stride_1(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return size_formula(n, kernel_size, stride or 1, padding, ceil_mode)


@wrong("pool_size", "the start not counted")
def size_off_by_one(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return size_formula(n, kernel_size, stride, padding, ceil_mode) - 1


@wrong("pool_size", "floor forgotten")
def size_float(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return (n + 2 * padding - kernel_size) / (stride or kernel_size) + 1


@wrong("pool_size", "n over the kernel")
def size_quotient(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return (n + 2 * padding) // (stride or kernel_size)


@wrong("pool_size", "padding at one end")
def size_one_end(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return size_formula(n + padding, kernel_size, stride, 0, ceil_mode)


@wrong("pool_size", "ceil_mode ignored")
def size_floor(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return size_formula(n, kernel_size, stride, padding)


@wrong("pool_size", "windows that start behind the input counted")
def size_ceil(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    free, stride = n + 2 * padding - kernel_size, stride or kernel_size
    return (-(-free // stride) if ceil_mode else free // stride) + 1


@wrong("pool_size", "one more with ceil_mode")
def size_one_more(n, kernel_size, stride=None, padding=0, ceil_mode=False):
    return size_formula(n, kernel_size, stride, padding) + ceil_mode


def _windows(x, kernel_size, stride, padding, fill):
    around = ((0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x.astype(float), around, constant_values=fill)
    views = np.lib.stride_tricks.sliding_window_view(padded, (kernel_size, kernel_size), (1, 2))
    stride = stride or kernel_size
    return views[:, ::stride, ::stride]


@right("max_pool", "loops over numbers")
def max_loops(x, kernel_size, stride=None, padding=0):
    (_, h, w), stride = x.shape, stride or kernel_size
    return [
        [
            [
                max(
                    plane[u, v]
                    for u in range(max(top, 0), min(top + kernel_size, h))
                    for v in range(max(left, 0), min(left + kernel_size, w))
                )
                for left in range(-padding, w + padding - kernel_size + 1, stride)
            ]
            for top in range(-padding, h + padding - kernel_size + 1, stride)
        ]
        for plane in x
    ]


@right("max_pool", "vectorised, float32")
def max_vectorised(x, kernel_size, stride=None, padding=0):
    return _windows(x, kernel_size, stride, padding, -np.inf).max((3, 4)).astype(np.float32)


@right("max_pool", "torch")
def max_torch(x, kernel_size, stride=None, padding=0):
    return F.max_pool2d(torch.tensor(x).double()[None], kernel_size, stride, padding)[0]


@wrong("max_pool", "zeros")
def max_zeros(x, kernel_size, stride=None, padding=0):
    return 0 * max_vectorised(x, kernel_size, stride, padding)


@wrong("max_pool", "zeros in the padding")
def max_zero_padding(x, kernel_size, stride=None, padding=0):
    return _windows(x, kernel_size, stride, padding, 0).max((3, 4))


@wrong("max_pool", "the average")
def max_average(x, kernel_size, stride=None, padding=0):
    return _windows(x, kernel_size, stride, padding, 0).mean((3, 4))


@wrong("max_pool", "the smallest")
def max_smallest(x, kernel_size, stride=None, padding=0):
    return _windows(x, kernel_size, stride, padding, np.inf).min((3, 4))


@wrong("max_pool", "the largest in size")
def max_size(x, kernel_size, stride=None, padding=0):
    return max_vectorised(abs(x), kernel_size, stride, padding)


@wrong("max_pool", "begins with 0")
def max_from_zero(x, kernel_size, stride=None, padding=0):
    return np.maximum(max_vectorised(x, kernel_size, stride, padding), 0)


@wrong("max_pool", "stride within the window")
def max_strided(x, kernel_size, stride=None, padding=0):
    inside = _windows(x, kernel_size, stride, padding, -np.inf)
    stride = stride or kernel_size
    return inside[..., ::stride, ::stride].max((3, 4))


@wrong("max_pool", "stride ignored")
def max_dense(x, kernel_size, stride=None, padding=0):
    return max_vectorised(x, kernel_size, 1, padding)


@wrong("max_pool", "axes transposed")
def max_transposed(x, kernel_size, stride=None, padding=0):
    return max_vectorised(x, kernel_size, stride, padding).swapaxes(1, 2)


@wrong("max_pool", "channels mixed")
def max_channels(x, kernel_size, stride=None, padding=0):
    y = max_vectorised(x, kernel_size, stride, padding)
    return np.broadcast_to(y.max(axis=0), y.shape)


@wrong("max_pool", "windows one place late")
def max_late(x, kernel_size, stride=None, padding=0):
    return max_vectorised(np.roll(x, -1, axis=(1, 2)), kernel_size, stride, padding)


@right("avg_pool", "loops over numbers")
def avg_loops(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    (c, h, w), stride, k = x.shape, stride or kernel_size, kernel_size
    tops = range(-padding, h + padding - k + 1, stride)
    lefts = range(-padding, w + padding - k + 1, stride)
    y = np.zeros((c, len(tops), len(lefts)), dtype=np.float32)
    for f, i, j in np.ndindex(y.shape):
        top, left = tops[i], lefts[j]
        part = x[f, max(top, 0) : max(top + k, 0), max(left, 0) : max(left + k, 0)]
        y[f, i, j] = part.sum() / (k * k if count_include_pad else part.size)
    return y


@right("avg_pool", "vectorised")
def avg_vectorised(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    sums = _windows(x, kernel_size, stride, padding, 0).sum((3, 4))
    if count_include_pad:
        return sums / kernel_size**2
    return sums / _windows(np.ones(x.shape), kernel_size, stride, padding, 0).sum((3, 4))


@right("avg_pool", "torch")
def avg_torch(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    settings = {"count_include_pad": count_include_pad}
    return F.avg_pool2d(torch.tensor(x).double()[None], kernel_size, stride, padding, **settings)[0]


@wrong("avg_pool", "zeros")
def avg_zeros(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return 0 * avg_vectorised(x, kernel_size, stride, padding)


@wrong("avg_pool", "sums")
def avg_sums(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return _windows(x, kernel_size, stride, padding, 0).sum((3, 4))


@wrong("avg_pool", "padding always counts")
def avg_always(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return avg_vectorised(x, kernel_size, stride, padding)


@wrong("avg_pool", "padding never counts")
def avg_never(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return avg_vectorised(x, kernel_size, stride, padding, False)


@wrong("avg_pool", "the two mixed up")
def avg_mixed_up(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return avg_vectorised(x, kernel_size, stride, padding, not count_include_pad)


@wrong("avg_pool", "zeros of the input not counted")
def avg_nonzero(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    if count_include_pad:
        return avg_vectorised(x, kernel_size, stride, padding)
    counts = _windows((x != 0).astype(float), kernel_size, stride, padding, 0).sum((3, 4))
    return avg_sums(x, kernel_size, stride, padding) / np.maximum(counts, 1)


@wrong("avg_pool", "divided by the side")
def avg_side(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return kernel_size * avg_vectorised(x, kernel_size, stride, padding, count_include_pad)


@wrong("avg_pool", "whole numbers")
def avg_whole(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return avg_vectorised(x, kernel_size, stride, padding, count_include_pad).astype(int)


@wrong("avg_pool", "axes transposed")
def avg_transposed(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    y = avg_vectorised(x, kernel_size, stride, padding, count_include_pad)
    return y.swapaxes(1, 2)


@wrong("avg_pool", "the maximum")
def avg_maximum(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    return max_vectorised(x, kernel_size, stride, padding)


def _back(x, gradient, kernel_size, stride, place, add=True):
    stride, back = stride or kernel_size, np.zeros(x.shape)
    for i, j in np.ndindex(gradient.shape):
        top, left = i * stride, j * stride
        window = x[top : top + kernel_size, left : left + kernel_size]
        for u, v in place(window):
            back[top + u, left + v] = gradient[i, j] + add * back[top + u, left + v]
    return back


def _first(window):
    return [np.unravel_index(window.argmax(), window.shape)]


@right("max_pool_gradient", "loops over numbers")
def gradient_loops(x, gradient, kernel_size, stride=None):
    stride, back = stride or kernel_size, [[0.0] * x.shape[1] for _ in x]
    for i, j in np.ndindex(*gradient.shape):
        best = None
        for u in range(i * stride, i * stride + kernel_size):
            for v in range(j * stride, j * stride + kernel_size):
                if best is None or x[u, v] > x[best]:
                    best = u, v
        back[best[0]][best[1]] += gradient[i, j]
    return back


@right("max_pool_gradient", "vectorised, float32")
def gradient_vectorised(x, gradient, kernel_size, stride=None):
    stride, back = stride or kernel_size, np.zeros(x.shape, dtype=np.float32)
    views = _windows(x[None], kernel_size, stride, 0, 0)[0].reshape(*gradient.shape, -1)
    u, v = np.divmod(views.argmax(-1), kernel_size)
    rows, columns = np.indices(gradient.shape) * stride
    np.add.at(back, (rows + u, columns + v), gradient)
    return back


@right("max_pool_gradient", "torch")
def gradient_torch(x, gradient, kernel_size, stride=None):
    given = torch.tensor(x, requires_grad=True)
    F.max_pool2d(given[None], kernel_size, stride)[0].backward(torch.tensor(gradient))
    return given.grad


@wrong("max_pool_gradient", "zeros")
def gradient_zeros(x, gradient, kernel_size, stride=None):
    return np.zeros(x.shape)


@wrong("max_pool_gradient", "to every value")
def gradient_everywhere(x, gradient, kernel_size, stride=None):
    return _back(x, gradient, kernel_size, stride, lambda window: np.ndindex(window.shape))


@wrong("max_pool_gradient", "shared out evenly")
def gradient_shared(x, gradient, kernel_size, stride=None):
    return gradient_everywhere(x, gradient / kernel_size**2, kernel_size, stride)


@wrong("max_pool_gradient", "to all that share the maximum")
def gradient_all_ties(x, gradient, kernel_size, stride=None):
    ties = lambda window: np.argwhere(window == window.max())  # noqa: E731
    return _back(x, gradient, kernel_size, stride, ties)


@wrong("max_pool_gradient", "to the last of the ties")
def gradient_last_tie(x, gradient, kernel_size, stride=None):
    return _back(
        x, gradient, kernel_size, stride, lambda window: np.argwhere(window == window.max())[-1:]
    )


@wrong("max_pool_gradient", "column by column among the ties")
def gradient_columns_first(x, gradient, kernel_size, stride=None):
    return gradient_vectorised(x.T, gradient.T, kernel_size, stride).T


@wrong("max_pool_gradient", "replaced, not added")
def gradient_replaced(x, gradient, kernel_size, stride=None):
    return _back(x, gradient, kernel_size, stride, _first, add=False)


@wrong("max_pool_gradient", "ones for the gradient")
def gradient_ones(x, gradient, kernel_size, stride=None):
    return gradient_vectorised(x, np.ones(gradient.shape), kernel_size, stride)


@wrong("max_pool_gradient", "times the value")
def gradient_times_value(x, gradient, kernel_size, stride=None):
    return x * gradient_vectorised(x, gradient, kernel_size, stride)


@wrong("max_pool_gradient", "stride ignored")
def gradient_side_by_side(x, gradient, kernel_size, stride=None):
    return gradient_vectorised(np.pad(x, (0, 20)), gradient, kernel_size)[: len(x), : x.shape[1]]


def _kept(layer, n, rows, moves=None):
    kept = []
    for shift in range(n):
        for row in rows:
            y, shifted = layer(row), layer(np.roll(row, shift))
            ts = range(len(y)) if moves is None else moves(shift, len(y))
            if not any(np.allclose(shifted, np.roll(y, t)) for t in ts):
                break
        else:
            kept.append(shift)
    return kept


@right("kept_shifts", "loops")
def shifts_loops(layer, n, rng):
    return _kept(layer, n, rng.uniform(size=(20, n)))


@right("kept_shifts", "all shifts at once")
def shifts_at_once(layer, n, rng):
    lucky = np.ones(n, dtype=bool)
    for row in rng.normal(size=(30, n)):
        outputs = np.stack([np.asarray(layer(np.roll(row, s))) for s in range(n)])
        moved = np.stack([np.roll(outputs[0], t) for t in range(outputs.shape[1])])
        gaps = np.abs(outputs[:, None] - moved).max(axis=2).min(axis=1)
        lucky &= gaps < 1e-9
    return np.flatnonzero(lucky)


@right("kept_shifts", "torch")
def shifts_torch(layer, n, rng):
    kept = list(range(n))
    for _ in range(20):
        row = torch.tensor(rng.normal(size=n))
        y = torch.tensor(np.array(layer(row.numpy())))
        for s in list(kept):
            shifted = torch.tensor(np.array(layer(row.roll(s).numpy())))
            if not any(torch.allclose(shifted, y.roll(t)) for t in range(len(y))):
                kept.remove(s)
    return kept


@wrong("kept_shifts", "none")
def shifts_none(layer, n, rng):
    return []


@wrong("kept_shifts", "all")
def shifts_all(layer, n, rng):
    return list(range(n))


@wrong("kept_shifts", "invariance")
def shifts_invariant(layer, n, rng):
    return _kept(layer, n, rng.normal(size=(20, n)), lambda shift, m: [0])


@wrong("kept_shifts", "the output moves as far as the input")
def shifts_same(layer, n, rng):
    return _kept(layer, n, rng.normal(size=(20, n)), lambda shift, m: [shift])


@wrong("kept_shifts", "the output moves in proportion")
def shifts_proportional(layer, n, rng):
    return _kept(layer, n, rng.normal(size=(20, n)), lambda shift, m: [shift * m // n])


@wrong("kept_shifts", "rows of ones")
def shifts_ones(layer, n, rng):
    return _kept(layer, n, np.ones((20, n)))


@wrong("kept_shifts", "one row")
def shifts_one_row(layer, n, rng):
    return _kept(layer, n, rng.normal(size=(1, n)))


@wrong("kept_shifts", "0 left out")
def shifts_from_one(layer, n, rng):
    return shifts_loops(layer, n, rng)[1:]


@wrong("kept_shifts", "multiples of n over m")
def shifts_multiples(layer, n, rng):
    return list(range(0, n, n // len(layer(np.zeros(n)))))
