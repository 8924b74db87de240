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
columns      im2col, col2im
"""

from cnnlib.reference.columns import col2im, im2col
from cnnlib.reference.convolution import conv2d, conv2d_input, conv2d_weight, conv_transpose2d
from cnnlib.reference.layers import batch_norm, flatten, linear, relu, sigmoid
from cnnlib.reference.logits import cross_entropy, log_softmax, softmax
from cnnlib.reference.signals import autocorrelate, convolve, correlate

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
