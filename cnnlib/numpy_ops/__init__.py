"""The operations of `cnnlib.reference`, vectorised: same names, same answers, fast enough to use.

Shapes, types, modes and errors are those of `cnnlib.reference`, where each is explained; sums are
taken in another order, so the last digits may differ. In float32, convolutions with large kernels,
or with many 3x3 ones, go through `cnnlib.lowering`, which costs a digit or so; float64 never does.

signals      convolve, correlate, autocorrelate
convolution  conv2d, conv_transpose2d, and the gradients of the first
layers       relu, sigmoid, linear, flatten, batch_norm
logits       softmax, log_softmax, cross_entropy
gradients    of these: relu_input, linear_input, linear_weight, batch_norm_input,
             batch_norm_weight, cross_entropy_input
noise        dropout
columns      im2col, col2im
pooling      max_pool2d, avg_pool2d, lp_pool2d, and adaptive and global pooling
weighted_pooling   gaussian_pool2d, blur_pool2d
pooling_gradients  max_pool2d_input, avg_pool2d_input
"""

from cnnlib.numpy_ops.columns import col2im, im2col
from cnnlib.numpy_ops.convolution import conv2d, conv2d_input, conv2d_weight, conv_transpose2d
from cnnlib.numpy_ops.gradients import (
    batch_norm_input,
    batch_norm_weight,
    cross_entropy_input,
    linear_input,
    linear_weight,
    relu_input,
)
from cnnlib.numpy_ops.layers import batch_norm, flatten, linear, relu, sigmoid
from cnnlib.numpy_ops.logits import cross_entropy, log_softmax, softmax
from cnnlib.numpy_ops.noise import dropout
from cnnlib.numpy_ops.pooling import (
    adaptive_avg_pool2d,
    avg_pool2d,
    global_avg_pool2d,
    global_max_pool2d,
    lp_pool2d,
    max_pool2d,
)
from cnnlib.numpy_ops.pooling_gradients import avg_pool2d_input, max_pool2d_input
from cnnlib.numpy_ops.signals import autocorrelate, convolve, correlate
from cnnlib.numpy_ops.weighted_pooling import blur_pool2d, gaussian_pool2d

__all__ = [
    "adaptive_avg_pool2d",
    "autocorrelate",
    "avg_pool2d",
    "avg_pool2d_input",
    "batch_norm",
    "batch_norm_input",
    "batch_norm_weight",
    "blur_pool2d",
    "col2im",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "conv_transpose2d",
    "convolve",
    "correlate",
    "cross_entropy",
    "cross_entropy_input",
    "dropout",
    "flatten",
    "gaussian_pool2d",
    "global_avg_pool2d",
    "global_max_pool2d",
    "im2col",
    "linear",
    "linear_input",
    "linear_weight",
    "log_softmax",
    "lp_pool2d",
    "max_pool2d",
    "max_pool2d_input",
    "relu",
    "relu_input",
    "sigmoid",
    "softmax",
]
