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
gradients    of these: relu_input, linear_input, linear_weight, batch_norm_input,
             batch_norm_weight, cross_entropy_input
noise        dropout
columns      im2col, col2im
pooling      max_pool2d, avg_pool2d, lp_pool2d, and adaptive and global pooling
weighted_pooling   gaussian_pool2d, blur_pool2d
pooling_gradients  max_pool2d_input, avg_pool2d_input
"""

from cnnlib.torch_ops.columns import col2im, im2col
from cnnlib.torch_ops.convolution import conv2d, conv2d_input, conv2d_weight, conv_transpose2d
from cnnlib.torch_ops.devices import best_device, describe_device
from cnnlib.torch_ops.gradients import (
    batch_norm_input,
    batch_norm_weight,
    cross_entropy_input,
    linear_input,
    linear_weight,
    relu_input,
)
from cnnlib.torch_ops.layers import batch_norm, flatten, linear, relu, sigmoid
from cnnlib.torch_ops.logits import cross_entropy, log_softmax, softmax
from cnnlib.torch_ops.noise import dropout
from cnnlib.torch_ops.pooling import (
    adaptive_avg_pool2d,
    avg_pool2d,
    global_avg_pool2d,
    global_max_pool2d,
    lp_pool2d,
    max_pool2d,
)
from cnnlib.torch_ops.pooling_gradients import avg_pool2d_input, max_pool2d_input
from cnnlib.torch_ops.signals import autocorrelate, convolve, correlate
from cnnlib.torch_ops.weighted_pooling import blur_pool2d, gaussian_pool2d

__all__ = [
    "adaptive_avg_pool2d",
    "autocorrelate",
    "avg_pool2d",
    "avg_pool2d_input",
    "batch_norm",
    "batch_norm_input",
    "batch_norm_weight",
    "best_device",
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
    "describe_device",
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
