"""Answers to the assignment on the convolutional layer: right ones and plausible wrong ones."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from assignment_cases import right, wrong


@right("output_size", "the formula")
def size_formula(n, kernel_size, stride=1, padding=0, dilation=1):
    free = n + 2 * padding - dilation * (kernel_size - 1) - 1
    if free < 0:
        raise ValueError("does not fit")
    return int(np.floor(free / stride)) + 1


@right("output_size", "counts the places")
def size_counted(n, kernel_size, stride=1, padding=0, dilation=1):
    count, start = 0, -padding
    while start + dilation * (kernel_size - 1) < n + padding:
        count, start = count + 1, start + stride
    if count == 0:
        raise ValueError("does not fit")
    return count


@right("output_size", "asks torch")
def size_torch(n, kernel_size, stride=1, padding=0, dilation=1):
    if n + 2 * padding < dilation * (kernel_size - 1) + 1:
        raise ValueError("does not fit")
    line, kernel = torch.zeros(1, 1, n), torch.zeros(1, 1, kernel_size)
    return F.conv1d(line, kernel, None, stride, padding, dilation).shape[-1]


@wrong("output_size", "zero")
def size_zero(n, kernel_size, stride=1, padding=0, dilation=1):
    return 0


@wrong("output_size", "floor forgotten")
def size_float(n, kernel_size, stride=1, padding=0, dilation=1):
    if n + 2 * padding < dilation * (kernel_size - 1) + 1:
        raise ValueError("does not fit")
    return (n + 2 * padding - dilation * (kernel_size - 1) - 1) / stride + 1


@wrong("output_size", "rounded up")
def size_ceil(n, kernel_size, stride=1, padding=0, dilation=1):
    return -(-(n + 2 * padding - dilation * (kernel_size - 1) - 1) // stride) + 1


@wrong("output_size", "the start not counted")
def size_off_by_one(n, kernel_size, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (kernel_size - 1) - 1) // stride


@wrong("output_size", "padding at one end")
def size_one_end(n, kernel_size, stride=1, padding=0, dilation=1):
    return size_formula(n + padding, kernel_size, stride, 0, dilation)


@wrong("output_size", "dilation times kernel")
def size_stretched(n, kernel_size, stride=1, padding=0, dilation=1):
    return size_formula(n, dilation * kernel_size, stride, padding)


@wrong("output_size", "dilation ignored")
def size_dense(n, kernel_size, stride=1, padding=0, dilation=1):
    return size_formula(n, kernel_size, stride, padding)


@wrong("output_size", "never refuses")
def size_lenient(n, kernel_size, stride=1, padding=0, dilation=1):
    return max(0, (n + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1)


@right("conv2d", "loops over numbers")
def conv_loops(x, weight, bias, stride=1, padding=0, groups=1):
    (_, h, w), (c_out, seen, kh, kw) = x.shape, weight.shape
    y = []
    for f in range(c_out):
        first = f * groups // c_out * seen
        rows = []
        for top in range(-padding, h + padding - kh + 1, stride):
            row = []
            for left in range(-padding, w + padding - kw + 1, stride):
                total = bias[f]
                for c, u, v in np.ndindex(seen, kh, kw):
                    if 0 <= top + u < h and 0 <= left + v < w:
                        total += x[first + c, top + u, left + v] * weight[f, c, u, v]
                row.append(total)
            rows.append(row)
        y.append(rows)
    return y


@right("conv2d", "vectorised, float32")
def conv_vectorised(x, weight, bias, stride=1, padding=0, groups=1):
    kernel = weight.shape[2:]
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    views = np.lib.stride_tricks.sliding_window_view(padded, kernel, axis=(1, 2))
    views = views[:, ::stride, ::stride]
    parts = zip(np.split(views, groups), np.split(weight, groups), strict=True)
    y = np.concatenate([np.einsum("cijuv,fcuv->fij", part, own) for part, own in parts])
    return (y + bias[:, None, None]).astype(np.float32)


@right("conv2d", "torch")
def conv_torch(x, weight, bias, stride=1, padding=0, groups=1):
    tensors = [torch.tensor(array) for array in (x, weight, bias)]
    return F.conv2d(tensors[0][None], *tensors[1:], stride, padding, 1, groups)[0]


@wrong("conv2d", "zeros")
def conv_zeros(x, weight, bias, stride=1, padding=0, groups=1):
    return np.zeros_like(conv_vectorised(x, weight, bias, stride, padding, groups))


@wrong("conv2d", "kernel flipped")
def conv_flipped(x, weight, bias, stride=1, padding=0, groups=1):
    return conv_vectorised(x, weight[..., ::-1, ::-1], bias, stride, padding, groups)


@wrong("conv2d", "bias forgotten")
def conv_no_bias(x, weight, bias, stride=1, padding=0, groups=1):
    return conv_vectorised(x, weight, 0 * bias, stride, padding, groups)


@wrong("conv2d", "bias in every channel")
def conv_many_biases(x, weight, bias, stride=1, padding=0, groups=1):
    return conv_vectorised(x, weight, bias * weight.shape[1], stride, padding, groups)


@wrong("conv2d", "first slice only")
def conv_first_slice(x, weight, bias, stride=1, padding=0, groups=1):
    weight = weight * (np.arange(weight.shape[1]) == 0)[:, None, None]
    return conv_vectorised(x, weight, bias, stride, padding, groups)


@wrong("conv2d", "axes transposed")
def conv_transposed(x, weight, bias, stride=1, padding=0, groups=1):
    y = conv_vectorised(x, weight, bias, stride, padding, groups)
    return y.transpose(0, 2, 1)


@wrong("conv2d", "padded with the border's values")
def conv_edge(x, weight, bias, stride=1, padding=0, groups=1):
    around = ((0, 0), (padding, padding), (padding, padding))
    return conv_vectorised(np.pad(x, around, mode="edge"), weight, bias, stride, 0, groups)


@wrong("conv2d", "stride ignored")
def conv_dense(x, weight, bias, stride=1, padding=0, groups=1):
    return conv_vectorised(x, weight, bias, 1, padding, groups)


@wrong("conv2d", "last window forgotten")
def conv_short(x, weight, bias, stride=1, padding=0, groups=1):
    return conv_vectorised(x, weight, bias, stride, padding, groups)[:, :-1, :-1]


@wrong("conv2d", "all filters see the first group")
def conv_first_group(x, weight, bias, stride=1, padding=0, groups=1):
    return conv_vectorised(x[: weight.shape[1]], weight, bias, stride, padding)


@wrong("conv2d", "filters dealt out in turn")
def conv_dealt(x, weight, bias, stride=1, padding=0, groups=1):
    order = np.arange(len(weight)).reshape(-1, groups).T.ravel()
    y = conv_vectorised(x, weight[order], bias[order], stride, padding, groups)
    return y[np.argsort(order)]


@right("cost", "the formulas")
def cost_formula(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    sides = [(n + 2 * padding - k) // stride + 1 for n, k in zip(size, kernel_size, strict=True)]
    weights = c_out * (c_in // groups) * kernel_size[0] * kernel_size[1]
    return weights + bool(bias) * c_out, weights * sides[0] * sides[1]


@right("cost", "counts by loops")
def cost_counted(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    parameters = macs = 0
    for _ in range(c_out):
        parameters += int(bias)
        for _ in range(c_in // groups * kernel_size[0] * kernel_size[1]):
            parameters += 1
            for _ in range(0, size[0] + 2 * padding - kernel_size[0] + 1, stride):
                macs += len(range(0, size[1] + 2 * padding - kernel_size[1] + 1, stride))
    return [parameters, macs]


@right("cost", "asks torch")
def cost_torch(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    layer = torch.nn.Conv2d(c_in, c_out, kernel_size, stride, padding, groups=groups, bias=bias)
    output = layer(torch.zeros(1, c_in, *size))
    parameters = sum(p.numel() for p in layer.parameters())
    return np.array([parameters, output.numel() * layer.weight[0].numel()])


@wrong("cost", "zeros")
def cost_zeros(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    return 0, 0


@wrong("cost", "biases forgotten")
def cost_no_bias(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    return cost_formula(size, c_in, c_out, kernel_size, stride, padding, groups, False)


@wrong("cost", "biases even without")
def cost_always_bias(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    return cost_formula(size, c_in, c_out, kernel_size, stride, padding, groups)


@wrong("cost", "a bias for the layer")
def cost_one_bias(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    parameters, macs = cost_formula(size, c_in, c_out, kernel_size, stride, padding, groups, False)
    return parameters + int(bias), macs


@wrong("cost", "groups ignored")
def cost_no_groups(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    return cost_formula(size, c_in, c_out, kernel_size, stride, padding, bias=bias)


@wrong("cost", "input's size for output's")
def cost_input_size(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    parameters, _ = cost_formula(size, c_in, c_out, kernel_size, 1, 0, groups, bias)
    return parameters, (parameters - bias * c_out) * size[0] * size[1]


@wrong("cost", "axes transposed")
def cost_transposed(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    return cost_formula(size[::-1], c_in, c_out, kernel_size, stride, padding, groups, bias)


@wrong("cost", "additions of the bias counted")
def cost_bias_added(size, c_in, c_out, kernel_size, stride=1, padding=0, groups=1, bias=True):
    parameters, macs = cost_formula(size, c_in, c_out, kernel_size, stride, padding, groups, bias)
    weights = kernel_size[0] * kernel_size[1] * c_in // groups
    return parameters, macs + macs // weights


@right("im2col", "loops over taps")
def im2col_taps(x, kernel_size, stride=1, padding=0):
    (c, h, w), (kh, kw) = x.shape, kernel_size
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    h, w = h + 2 * padding - kh + 1, w + 2 * padding - kw + 1
    taps = np.ndindex(c, kh, kw)
    return [padded[i, u : u + h : stride, v : v + w : stride].ravel() for i, u, v in taps]


@right("im2col", "vectorised, float32")
def im2col_vectorised(x, kernel_size, stride=1, padding=0):
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    views = views[:, ::stride, ::stride].transpose(0, 3, 4, 1, 2)
    taps = x.shape[0] * kernel_size[0] * kernel_size[1]
    return views.reshape(taps, -1).astype(np.float32)


@right("im2col", "torch's unfold")
def im2col_torch(x, kernel_size, stride=1, padding=0):
    return F.unfold(torch.tensor(x)[None], kernel_size, 1, padding, stride)[0]


@wrong("im2col", "zeros")
def im2col_zeros(x, kernel_size, stride=1, padding=0):
    return np.zeros_like(im2col_vectorised(x, kernel_size, stride, padding))


@wrong("im2col", "windows as rows")
def im2col_rows(x, kernel_size, stride=1, padding=0):
    return im2col_vectorised(x, kernel_size, stride, padding).T


@wrong("im2col", "channels innermost")
def im2col_channels_last(x, kernel_size, stride=1, padding=0):
    columns = im2col_vectorised(x, kernel_size, stride, padding)
    return columns.reshape(len(x), -1, columns.shape[1]).swapaxes(0, 1).reshape(columns.shape)


@wrong("im2col", "windows read column by column")
def im2col_transposed(x, kernel_size, stride=1, padding=0):
    columns = im2col_vectorised(x, kernel_size, stride, padding)
    taps = columns.reshape(len(x), *kernel_size, -1)
    return taps.swapaxes(1, 2).reshape(columns.shape)


@wrong("im2col", "windows flipped")
def im2col_flipped(x, kernel_size, stride=1, padding=0):
    columns = im2col_vectorised(x, kernel_size, stride, padding)
    return columns.reshape(len(x), -1, columns.shape[1])[:, ::-1].reshape(columns.shape)


@wrong("im2col", "stride ignored")
def im2col_dense(x, kernel_size, stride=1, padding=0):
    return im2col_vectorised(x, kernel_size, 1, padding)


@wrong("im2col", "last windows forgotten")
def im2col_short(x, kernel_size, stride=1, padding=0):
    return im2col_vectorised(x[:, :-1, :-1], kernel_size, stride, padding)


@wrong("im2col", "padding ignored")
def im2col_unpadded(x, kernel_size, stride=1, padding=0):
    return im2col_vectorised(x, kernel_size, stride)


@right("find_adjoint", "one random pair")
def adjoint_pair(forward, candidates, input_shape, output_shape, rng):
    x, y = rng.normal(size=input_shape), rng.normal(size=output_shape)
    for name, backward in candidates.items():
        if abs(np.sum(forward(x) * y) - np.sum(x * backward(y))) < 1e-8:
            return name
    return None


@right("find_adjoint", "whole matrices")
def adjoint_matrices(forward, candidates, input_shape, output_shape, rng):
    def matrix(function, shape):
        units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
        return np.stack([np.asarray(function(unit)).ravel() for unit in units], axis=1)

    transposed = matrix(forward, input_shape).T
    for name, backward in candidates.items():
        if np.allclose(matrix(backward, output_shape), transposed):
            return name


@right("find_adjoint", "many pairs, torch, float32")
def adjoint_torch(forward, candidates, input_shape, output_shape, rng):
    worst = dict.fromkeys(candidates, 0.0)
    for _ in range(10):
        x, y = rng.uniform(-1, 1, input_shape), rng.uniform(-1, 1, output_shape)
        ahead = torch.tensor(forward(x) * y).float().sum()
        for name, backward in candidates.items():
            gap = abs(ahead - torch.tensor(x * backward(y)).float().sum())
            worst[name] = max(worst[name], float(gap))
    best = min(worst, key=worst.get)
    return best if worst[best] < 1e-4 else None


@wrong("find_adjoint", "none")
def adjoint_none(forward, candidates, input_shape, output_shape, rng):
    return None


@wrong("find_adjoint", "the first")
def adjoint_first(forward, candidates, input_shape, output_shape, rng):
    return next(iter(candidates))


@wrong("find_adjoint", "the last")
def adjoint_last(forward, candidates, input_shape, output_shape, rng):
    return list(candidates)[-1]


@wrong("find_adjoint", "the inverse")
def adjoint_inverse(forward, candidates, input_shape, output_shape, rng):
    y = forward(rng.normal(size=input_shape))
    for name, backward in candidates.items():
        if np.allclose(forward(backward(y)), y):
            return name
    return None


@wrong("find_adjoint", "arrays of ones")
def adjoint_ones(forward, candidates, input_shape, output_shape, rng):
    x, y = np.ones(input_shape), np.ones(output_shape)
    for name, backward in candidates.items():
        if np.isclose(np.vdot(forward(x), y), np.vdot(x, backward(y))):
            return name
    return None


@wrong("find_adjoint", "exactly equal")
def adjoint_exact(forward, candidates, input_shape, output_shape, rng):
    x, y = rng.normal(size=input_shape), rng.normal(size=output_shape)
    for name, backward in candidates.items():
        if np.sum(forward(x) * y) == np.sum(x * backward(y)):
            return name
    return None


@wrong("find_adjoint", "the nearest, never none")
def adjoint_nearest(forward, candidates, input_shape, output_shape, rng):
    x, y = rng.normal(size=input_shape), rng.normal(size=output_shape)
    want = np.vdot(forward(x), y)
    gaps = {name: abs(np.vdot(x, back(y)) - want) for name, back in candidates.items()}
    return min(gaps, key=gaps.get)


@wrong("find_adjoint", "the sign overlooked")
def adjoint_sign(forward, candidates, input_shape, output_shape, rng):
    x, y = rng.normal(size=input_shape), rng.normal(size=output_shape)
    want = np.vdot(forward(x), y)
    for name, backward in candidates.items():
        if np.isclose(abs(np.vdot(x, backward(y))), abs(want)):
            return name
    return None
