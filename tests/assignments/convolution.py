"""Answers to the assignment on convolution, right and wrong."""

from __future__ import annotations

import numpy as np
import torch
from assignment_cases import right, wrong
from torch.nn import functional

from cnnlib import numpy_ops


def tensor(x):
    """Return an array as a batch of one, with one channel."""
    return torch.as_tensor(np.asarray(x, float))[None, None]


# 1. correlate


@right("correlate", "loops")
def _(f, g):
    output = []
    for place in range(len(f) - len(g) + 1):
        total = 0
        for j in range(len(g)):
            total += f[place + j] * g[j]
        output.append(total)
    return output


@right("correlate", "vectorised")
def _(f, g):
    return np.lib.stride_tricks.sliding_window_view(f, len(g)) @ g


@right("correlate", "torch")
def _(f, g):
    return functional.conv1d(tensor(f), tensor(g))[0, 0]


@wrong("correlate", "zeros")
def _(f, g):
    return np.zeros(len(f) - len(g) + 1)


@wrong("correlate", "g flipped")
def _(f, g):
    return np.convolve(f, g, "valid")


@wrong("correlate", "last place forgotten")
def _(f, g):
    return np.correlate(f, g, "valid")[:-1]


@wrong("correlate", "as long as f")
def _(f, g):
    return np.correlate(f, g, "same")


@wrong("correlate", "every overlap")
def _(f, g):
    return np.correlate(f, g, "full")


@wrong("correlate", "averaged instead of summed")
def _(f, g):
    return np.correlate(f, g, "valid") / len(g)


@wrong("correlate", "last product forgotten")
def _(f, g):
    return np.array([f[i : i + len(g) - 1] @ g[:-1] for i in range(len(f) - len(g) + 1)])


@wrong("correlate", "as whole numbers")
def _(f, g):
    return np.correlate(f, g, "valid").astype(int)


@wrong("correlate", "places reversed")
def _(f, g):
    return np.correlate(f, g, "valid")[::-1]


# 2. convolve


@right("convolve", "loops over the output")
def _(f, g):
    output = [0.0] * (len(f) + len(g) - 1)
    for n in range(len(output)):
        for m in range(len(f)):
            if 0 <= n - m < len(g):
                output[n] += f[m] * g[n - m]
    return output


@right("convolve", "vectorised")
def _(f, g):
    padded = np.pad(np.asarray(f, float), len(g) - 1)
    return np.lib.stride_tricks.sliding_window_view(padded, len(g)) @ g[::-1]


@right("convolve", "torch")
def _(f, g):
    flipped = tensor(np.asarray(g)[::-1].copy())
    return functional.conv1d(tensor(f), flipped, padding=len(g) - 1)[0, 0]


@right("convolve", "through the Fourier transform")
def _(f, g):
    size = len(f) + len(g) - 1
    return np.fft.ifft(np.fft.fft(f, size) * np.fft.fft(g, size)).real


@wrong("convolve", "zeros")
def _(f, g):
    return np.zeros(len(f) + len(g) - 1)


@wrong("convolve", "not flipped")
def _(f, g):
    return np.correlate(f, g, "full")


@wrong("convolve", "whole overlaps only")
def _(f, g):
    return np.convolve(f, g, "valid")


@wrong("convolve", "as long as f")
def _(f, g):
    return np.convolve(f, g, "same")


@wrong("convolve", "one value too many")
def _(f, g):
    return np.append(np.convolve(f, g), 0)


@wrong("convolve", "f flipped instead of g")
def _(f, g):
    return np.convolve(f, g)[::-1]


@wrong("convolve", "copies not added up")
def _(f, g):
    output = np.zeros(len(f) + len(g) - 1)
    for m in range(len(f)):
        output[m : m + len(g)] = f[m] * g
    return output


@wrong("convolve", "circular")
def _(f, g):
    size = max(len(f), len(g))
    short = np.fft.ifft(np.fft.fft(f, size) * np.fft.fft(g, size)).real
    return np.append(short, np.zeros(len(f) + len(g) - 1 - size))


# 3. output_size


@right("output_size", "loops")
def _(n, kernel_size, stride=1, padding=0):
    places, left = 0, 0
    while left + kernel_size <= n + 2 * padding:
        places, left = places + 1, left + stride
    return places


@right("output_size", "floor of a fraction")
def _(n, kernel_size, stride=1, padding=0):
    return int(np.floor((n + 2 * padding - kernel_size) / stride + 1))


@right("output_size", "torch")
def _(n, kernel_size, stride=1, padding=0):
    line, kernel = torch.zeros(1, 1, n), torch.zeros(1, 1, kernel_size)
    return functional.conv1d(line, kernel, stride=stride, padding=padding).shape[-1]


@wrong("output_size", "zero")
def _(n, kernel_size, stride=1, padding=0):
    return 0


@wrong("output_size", "first place forgotten")
def _(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size) // stride


@wrong("output_size", "floor forgotten")
def _(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size) / stride + 1


@wrong("output_size", "rounded up")
def _(n, kernel_size, stride=1, padding=0):
    return -(-(n + 2 * padding - kernel_size) // stride) + 1


@wrong("output_size", "padding at one end")
def _(n, kernel_size, stride=1, padding=0):
    return (n + padding - kernel_size) // stride + 1


@wrong("output_size", "brackets forgotten")
def _(n, kernel_size, stride=1, padding=0):
    return n + 2 * padding - kernel_size // stride + 1


@wrong("output_size", "one added before dividing")
def _(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size + 1) // stride


@wrong("output_size", "stride ignored")
def _(n, kernel_size, stride=1, padding=0):
    return n + 2 * padding - kernel_size + 1


@wrong("output_size", "padding ignored")
def _(n, kernel_size, stride=1, padding=0):
    return (n - kernel_size) // stride + 1


# 4. conv2d


def windows(image, kernel):
    """Return every window of a picture: an array of shape (rows, columns, kh, kw)."""
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)


@right("conv2d", "loops")
def conv2d_loops(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    output = []
    for row in range(h - kh + 1):
        line = []
        for column in range(w - kw + 1):
            total = 0
            for i in range(kh):
                for j in range(kw):
                    total += image[row + i, column + j] * kernel[i, j]
            line.append(total)
        output.append(line)
    return output


@right("conv2d", "vectorised")
def _(image, kernel):
    return (windows(image, kernel) * kernel).sum(axis=(2, 3))


@right("conv2d", "a kernel cell at a time")
def _(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    output = np.zeros((h - kh + 1, w - kw + 1))
    for (i, j), weight in np.ndenumerate(kernel):
        output += weight * image[i : i + h - kh + 1, j : j + w - kw + 1]
    return output


@right("conv2d", "torch")
def _(image, kernel):
    return functional.conv2d(tensor(image), tensor(kernel))[0, 0]


def plain(image, kernel):
    """Return the right answer, for others to spoil."""
    return numpy_ops.correlate(image, kernel, "valid")


@wrong("conv2d", "zeros")
def _(image, kernel):
    return np.zeros(plain(image, kernel).shape)


@wrong("conv2d", "kernel turned")
def _(image, kernel):
    return plain(image, kernel[::-1, ::-1])


@wrong("conv2d", "kernel transposed")
def _(image, kernel):
    output = plain(image, np.ones(kernel.shape))
    return output * 0 + np.einsum(
        "rcij,ij->rc", windows(image, kernel), kernel.T.reshape(kernel.shape)
    )


@wrong("conv2d", "output transposed")
def _(image, kernel):
    return plain(image, kernel).T


@wrong("conv2d", "last row and column forgotten")
def _(image, kernel):
    return plain(image, kernel)[:-1, :-1]


@wrong("conv2d", "size of a square picture")
def _(image, kernel):
    size = len(image) - len(kernel) + 1
    return plain(image, kernel)[:size, :size]


@wrong("conv2d", "padded to the picture's size")
def _(image, kernel):
    return numpy_ops.correlate(image, kernel, "same")


@wrong("conv2d", "averaged")
def _(image, kernel):
    return plain(image, kernel) / kernel.size


@wrong("conv2d", "products not summed in full")
def _(image, kernel):
    return (windows(image, kernel) * kernel).sum(axis=2)[..., 0]


@wrong("conv2d", "output turned")
def _(image, kernel):
    return plain(image, kernel)[::-1, ::-1]


@wrong("conv2d", "the picture is changed")
def _(image, kernel):
    output = np.array(plain(image, kernel))
    image[0, 0] = 0
    return output


# 5. conv2d_strided


@right("conv2d_strided", "loops")
def _(image, kernel, stride=1, padding=0):
    (h, w), (kh, kw) = image.shape, kernel.shape
    rows = (h + 2 * padding - kh) // stride + 1
    columns = (w + 2 * padding - kw) // stride + 1
    output = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            for i in range(kh):
                for j in range(kw):
                    y, x = row * stride + i - padding, column * stride + j - padding
                    if 0 <= y < h and 0 <= x < w:
                        output[row, column] += image[y, x] * kernel[i, j]
    return output


@right("conv2d_strided", "vectorised")
def _(image, kernel, stride=1, padding=0):
    kept = windows(np.pad(image, padding), kernel)[::stride, ::stride]
    return np.tensordot(kept, kernel, axes=2)


@right("conv2d_strided", "torch")
def _(image, kernel, stride=1, padding=0):
    return functional.conv2d(tensor(image), tensor(kernel), stride=stride, padding=padding)[0, 0]


@right("conv2d_strided", "part 4, thinned")
def _(image, kernel, stride=1, padding=0):
    return np.array(conv2d_loops(np.pad(image, padding), kernel))[::stride, ::stride]


def strided(image, kernel, stride=1, padding=0):
    """Return the right answer, for others to spoil."""
    return plain(np.pad(image, padding), kernel)[::stride, ::stride]


@wrong("conv2d_strided", "zeros")
def _(image, kernel, stride=1, padding=0):
    return strided(image, kernel, stride, padding) * 0


@wrong("conv2d_strided", "kernel turned")
def _(image, kernel, stride=1, padding=0):
    return strided(image, kernel[::-1, ::-1], stride, padding)


@wrong("conv2d_strided", "stride ignored")
def _(image, kernel, stride=1, padding=0):
    return strided(image, kernel, 1, padding)


@wrong("conv2d_strided", "padding ignored")
def _(image, kernel, stride=1, padding=0):
    return strided(image, kernel, stride)


@wrong("conv2d_strided", "padded at the top and left only")
def _(image, kernel, stride=1, padding=0):
    padded = np.pad(image, ((padding, 0), (padding, 0)))
    return strided(padded, kernel, stride)


@wrong("conv2d_strided", "padded with the edge")
def _(image, kernel, stride=1, padding=0):
    return strided(np.pad(image, padding, mode="edge"), kernel, stride)


@wrong("conv2d_strided", "starts one pixel in")
def _(image, kernel, stride=1, padding=0):
    full = strided(image, kernel, 1, padding)
    return full[stride - 1 :: stride, stride - 1 :: stride]


@wrong("conv2d_strided", "stride down only")
def _(image, kernel, stride=1, padding=0):
    return strided(image, kernel, 1, padding)[::stride]


@wrong("conv2d_strided", "size rounded up")
def _(image, kernel, stride=1, padding=0):
    padded = np.pad(image, ((padding, padding + stride - 1), (padding, padding + stride - 1)))
    return strided(padded, kernel, stride)


@wrong("conv2d_strided", "stride inside the window")
def _(image, kernel, stride=1, padding=0):
    spread = np.zeros([stride * (size - 1) + 1 for size in kernel.shape])
    spread[::stride, ::stride] = kernel
    return strided(image, spread, stride, padding)


# 6. equivariance_gap


@right("equivariance_gap", "loops")
def _(layer, image, dx):
    def moved(x):
        output = np.empty_like(np.asarray(x, float))
        for column in range(x.shape[1]):
            output[:, (column + dx) % x.shape[1]] = x[:, column]
        return output

    largest = 0.0
    for one, other in zip(layer(moved(image)).flat, moved(layer(image)).flat, strict=True):
        largest = max(largest, abs(one - other))
    return largest


@right("equivariance_gap", "shifted back")
def _(layer, image, dx):
    back = np.roll(layer(np.roll(image, dx, axis=1)), -dx, axis=1)
    return np.max(np.abs(back - layer(image)))


@right("equivariance_gap", "torch")
def _(layer, image, dx):
    first = torch.as_tensor(layer(np.roll(image, dx, axis=1)))
    last = torch.roll(torch.as_tensor(layer(image)), dx, dims=1)
    return (first - last).abs().max()


@wrong("equivariance_gap", "always zero")
def _(layer, image, dx):
    return 0.0


@wrong("equivariance_gap", "invariance instead")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, dx, axis=1)) - layer(image)).max()


@wrong("equivariance_gap", "sign kept")
def _(layer, image, dx):
    return (layer(np.roll(image, dx, axis=1)) - np.roll(layer(image), dx, axis=1)).max()


@wrong("equivariance_gap", "mean instead of largest")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, dx, axis=1)) - np.roll(layer(image), dx, axis=1)).mean()


@wrong("equivariance_gap", "shifted down")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, dx, axis=0)) - np.roll(layer(image), dx, axis=0)).max()


@wrong("equivariance_gap", "shifted as one line")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, dx)) - np.roll(layer(image), dx)).max()


@wrong("equivariance_gap", "shifted left")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, -dx, axis=1)) - np.roll(layer(image), -dx, axis=1)).max()


@wrong("equivariance_gap", "always by one column")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, 1, axis=1)) - np.roll(layer(image), 1, axis=1)).max()


@wrong("equivariance_gap", "one side shifted back")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, dx, axis=1)) - np.roll(layer(image), -dx, axis=1)).max()


@wrong("equivariance_gap", "zeros move in")
def _(layer, image, dx):
    def moved(x):
        return np.pad(x, ((0, 0), (dx, 0)))[:, : x.shape[1]]

    return np.abs(layer(moved(image)) - moved(layer(image))).max()


@wrong("equivariance_gap", "a difference a pixel")
def _(layer, image, dx):
    return np.abs(layer(np.roll(image, dx, axis=1)) - np.roll(layer(image), dx, axis=1))
