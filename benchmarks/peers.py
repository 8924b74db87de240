"""The same convolution by other means: torch, the ways of `cnnlib.lowering`, and usual ones.

Each function takes (input, weight, stride, padding), arrays of one type, and returns an array.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.signal import correlate2d

from benchmarks.cases import Case
from cnnlib import lowering, numpy_ops


def ours(input: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Call `cnnlib.numpy_ops.conv2d`, its checks of arguments included."""
    return numpy_ops.conv2d(input, weight, stride=stride, padding=padding)


def torch_conv2d(input: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Call `torch.nn.functional.conv2d` on the arrays' own memory."""
    with torch.inference_mode():
        return torch.nn.functional.conv2d(
            torch.from_numpy(input), torch.from_numpy(weight), stride=stride, padding=padding
        ).numpy()


def whole_im2col(input: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """View all windows by strides, copy them into one matrix, multiply once."""
    n, c_out = len(input), len(weight)
    padded = np.pad(input, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(1, 4, 5, 0, 2, 3)
    h_out, w_out = windows.shape[-2:]
    product = weight.reshape(c_out, -1) @ windows.reshape(weight[0].size, -1)
    return np.ascontiguousarray(product.reshape(c_out, n, h_out, w_out).swapaxes(0, 1))


def scipy_correlate2d(
    input: np.ndarray, weight: np.ndarray, stride: int, padding: int
) -> np.ndarray:
    """Correlate each channel of each image with each filter's slice for it; sum over channels.

    SciPy knows no stride: every place is computed, and the strided ones are kept.
    """
    padded = np.pad(input, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return np.array(
        [
            [
                sum(map(correlate2d, image, filter, ["valid"] * len(filter)))[::stride, ::stride]
                for filter in weight
            ]
            for image in padded
        ]
    )


def mec(input: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Call `cnnlib.lowering.conv2d_mec`."""
    return lowering.conv2d_mec(input, weight, stride=stride, padding=padding)


def fft(input: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Call `cnnlib.lowering.conv2d_fft`; the stride is 1."""
    return lowering.conv2d_fft(input, weight, padding=padding)


def winograd(input: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Call `cnnlib.lowering.conv2d_winograd`; the stride is 1, kernels are 3x3."""
    return lowering.conv2d_winograd(input, weight, padding=padding)


def applies(name: str, case: Case) -> bool:
    """Tell whether a way can compute a case, and in reasonable memory."""
    c_out, c_in, *kernel = case.weight_size
    if name == "winograd":
        return case.stride == 1 and kernel == [3, 3]
    return name != "fft" or (case.stride == 1 and c_out * c_in <= 256)
