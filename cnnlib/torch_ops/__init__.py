"""The operations of `cnnlib.reference` on torch tensors, on whatever device they live.

Shapes, modes and errors are those of `cnnlib.reference`, where each is explained, and so are the
types: float32 and float64 are kept, integers count as float64 (on "mps", which has none, as
float32), and where arguments differ the widest type wins. Results stay on the arguments' device
and carry gradients back to them, to any order.

On CUDA torch may round the factors of float32 convolutions to ten bits ("TF32"); that is torch's
setting, ``torch.backends.cudnn.allow_tf32``, and is left as it is.

devices      best_device, describe_device
signals      convolve, correlate, autocorrelate
convolution  conv2d, conv_transpose2d, and the gradients of the first
layers       relu, sigmoid, linear, flatten, batch_norm
logits       softmax, log_softmax, cross_entropy
columns      im2col, col2im
"""

from cnnlib.torch_ops.columns import col2im, im2col
from cnnlib.torch_ops.convolution import conv2d, conv2d_input, conv2d_weight, conv_transpose2d
from cnnlib.torch_ops.devices import best_device, describe_device
from cnnlib.torch_ops.layers import batch_norm, flatten, linear, relu, sigmoid
from cnnlib.torch_ops.logits import cross_entropy, log_softmax, softmax
from cnnlib.torch_ops.signals import autocorrelate, convolve, correlate

__all__ = [
    "autocorrelate",
    "batch_norm",
    "best_device",
    "col2im",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "conv_transpose2d",
    "convolve",
    "correlate",
    "cross_entropy",
    "describe_device",
    "flatten",
    "im2col",
    "linear",
    "log_softmax",
    "relu",
    "sigmoid",
    "softmax",
]
