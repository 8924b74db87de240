"""Integer arithmetic alone: sizes of outputs, counts of parameters, products and bytes.

Sizes take an int or a pair (rows, columns). Where every size given is an int the answer is an
int, and holds for each axis alone; where any is a pair the answer is a pair. The counts are those
of 2-D layers: there an int k means k by k.

sizes   conv_output_size, conv_transpose_output_size, pool_output_size, same_padding
counts  conv_parameters, linear_parameters, conv_macs, activation_bytes
"""

from cnnlib.shapes.counts import activation_bytes, conv_macs, conv_parameters, linear_parameters
from cnnlib.shapes.sizes import (
    Size as Size,
)
from cnnlib.shapes.sizes import (
    conv_output_size,
    conv_transpose_output_size,
    pool_output_size,
    same_padding,
)

__all__ = [
    "activation_bytes",
    "conv_macs",
    "conv_output_size",
    "conv_parameters",
    "conv_transpose_output_size",
    "linear_parameters",
    "pool_output_size",
    "same_padding",
]
