"""The operations of `cnnlib.reference`, vectorised: same names, same answers, fast enough to use.

Shapes, types, modes and errors are those of `cnnlib.reference`, where each is explained; sums are
taken in another order, so the last digits may differ. In float32, convolutions with large kernels,
or with many 3x3 ones, go through `cnnlib.lowering`, which costs a digit or so; float64 never does.

signals      convolve, correlate, autocorrelate
convolution  conv2d, conv_transpose2d, and the gradients of the first
layers       relu, sigmoid, linear, flatten, batch_norm
logits       softmax, log_softmax, cross_entropy
columns      im2col, col2im
"""

from cnnlib.numpy_ops.columns import col2im, im2col
from cnnlib.numpy_ops.convolution import conv2d, conv2d_input, conv2d_weight, conv_transpose2d
from cnnlib.numpy_ops.layers import batch_norm, flatten, linear, relu, sigmoid
from cnnlib.numpy_ops.logits import cross_entropy, log_softmax, softmax
from cnnlib.numpy_ops.signals import autocorrelate, convolve, correlate

__all__ = [
    "autocorrelate",
    "batch_norm",
    "col2im",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "conv_transpose2d",
    "convolve",
    "correlate",
    "cross_entropy",
    "flatten",
    "im2col",
    "linear",
    "log_softmax",
    "relu",
    "sigmoid",
    "softmax",
]
