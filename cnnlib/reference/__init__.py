"""Each operation's definition as loops over NumPy scalars: slow, plain, and the oracle.

Nothing here is clever; everything else in cnnlib is tested against it. Arrays may be given as
nested lists. float32 and float64 are kept (signals may also be complex64 or complex128); integers
count as float64; where arguments differ the widest type wins. Arguments are never changed, NaN and
infinity follow the arithmetic. Every function raises `TypeError` for arrays that hold no numbers
and for settings of a wrong kind, `ValueError` for shapes that do not fit and settings out of range.

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

from cnnlib.reference.columns import col2im, im2col
from cnnlib.reference.convolution import conv2d, conv2d_input, conv2d_weight, conv_transpose2d
from cnnlib.reference.gradients import (
    batch_norm_input,
    batch_norm_weight,
    cross_entropy_input,
    linear_input,
    linear_weight,
    relu_input,
)
from cnnlib.reference.layers import batch_norm, flatten, linear, relu, sigmoid
from cnnlib.reference.logits import cross_entropy, log_softmax, softmax
from cnnlib.reference.noise import dropout
from cnnlib.reference.pooling import (
    adaptive_avg_pool2d,
    avg_pool2d,
    global_avg_pool2d,
    global_max_pool2d,
    lp_pool2d,
    max_pool2d,
)
from cnnlib.reference.pooling_gradients import avg_pool2d_input, max_pool2d_input
from cnnlib.reference.signals import autocorrelate, convolve, correlate
from cnnlib.reference.weighted_pooling import blur_pool2d, gaussian_pool2d

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
