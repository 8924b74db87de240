"""Checks of the calls of gradients of layers, as `_layer_arguments` has them of the layers.

Shapes and settings only, no arrays: all three backends call these, and so refuse alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnlib import _layer_arguments
from cnnlib._arguments import refuse_shape
from cnnlib._layer_arguments import Normalization

Shape = Sequence[int]


def relu_input(input: Shape, grad_output: Shape) -> None:
    """Check a call of relu_input."""
    _like_input(input, grad_output)


def linear_input(weight: Shape, grad_output: Shape) -> None:
    """Check a call of linear_input."""
    if len(weight) != 2 or 0 in weight:
        legal = "an array of two axes (out_features, in_features), neither empty"
        refuse_shape("weight", legal, weight)
    if not grad_output or grad_output[-1] != weight[0]:
        legal = f"of shape (..., out_features) with out_features = {weight[0]}, the rows of weight"
        refuse_shape("grad_output", legal, grad_output)


def linear_weight(input: Shape, grad_output: Shape) -> None:
    """Check a call of linear_weight."""
    if not input or input[-1] == 0:
        legal = "an array of at least one axis (..., in_features), the last not empty"
        refuse_shape("input", legal, input)
    before = tuple(input[:-1])
    if not grad_output or tuple(grad_output[:-1]) != before or grad_output[-1] == 0:
        sizes = ", ".join([*map(str, before), "out_features"])
        legal = f"of shape ({sizes}), the last axis not empty, the others those of input"
        refuse_shape("grad_output", legal, grad_output)


def batch_norm_input(
    input: Shape, weight: Shape | None, grad_output: Shape, eps: object
) -> Normalization:
    """Check a call of batch_norm_input."""
    vectors = {} if weight is None else {"weight": weight}
    call = _layer_arguments.batch_norm(input, vectors, True, 0.1, eps)
    _like_input(input, grad_output)
    return call


def batch_norm_weight(input: Shape, grad_output: Shape, eps: object) -> Normalization:
    """Check a call of batch_norm_weight."""
    return batch_norm_input(input, None, grad_output, eps)


def _like_input(input: Shape, grad_output: Shape) -> None:
    """Refuse a gradient that has not the shape of the input, where the output has it."""
    if tuple(grad_output) != tuple(input):
        refuse_shape("grad_output", f"of input's shape, {tuple(input)}", grad_output)
