"""Operations that see many values at once: sums, norms, softmax, matrix products, attention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnnlib._graph.layout import Map, feature
from cnnlib._graph.steps import Constant, Operation, Steps, Unread

__all__ = ["SUMS"]


def reduction(op: Operation, steps: Steps) -> Any:
    """Read a sum, mean, maximum or the like, along some axes or all."""
    (map,) = op.maps()
    if "other" in op.arguments:
        raise Unread(f"computes {op.name} of two maps")
    dims = op.arguments.get("dim")
    every = range(len(map.axes))
    axes = every if dims is None or dims == [] else [dims] if isinstance(dims, int) else dims
    found = steps.summed(map, axes, bool(op.arguments.get("keepdim")))
    return (found,) * len(op.shapes) if len(op.shapes) > 1 else found


def softmax(op: Operation, steps: Steps) -> Map:
    """Read a softmax: each unit sees all along one axis."""
    return steps.spread(op.map("self"), [op["dim"]])


def batch_norm(op: Operation, steps: Steps) -> Any:
    """Read batch normalization, by fixed numbers or by those of what it is given."""
    map = op.map("input")
    op.constant("weight", "bias", "running_mean", "running_var")
    given = op.arguments.get("training", "no_training" not in op.name)
    found = steps.spread(map, {*range(len(map.axes))} - {1}) if given else map
    return _first(found, op)


def layer_norm(op: Operation, steps: Steps) -> Any:
    """Read layer normalization, over the last axes."""
    op.constant("weight", "bias")
    found = steps.spread(op.map("input"), range(-len(op["normalized_shape"]), 0))
    return _first(found, op)


def group_norm(op: Operation, steps: Steps) -> Any:
    """Read group normalization, over all axes but that of the samples."""
    op.constant("weight", "bias")
    map = op.map("input")
    return _first(steps.spread(map, range(1, len(map.axes))), op)


def matrix_product(first: str, second: str) -> Callable[[Operation, Steps], Map]:
    """Return what reads a product of two matrices, or of two stacks of them."""

    def read(op: Operation, steps: Steps) -> Map:
        if isinstance(op.arguments.get("self"), Map) and first != "self":
            raise Unread("adds a map to a matrix product of others")
        return product(steps, op[first], op[second])

    return read


def linear(op: Operation, steps: Steps) -> Map:
    """Read a fully connected layer: it sees all along the last axis."""
    map = op.map("input")
    op.constant("weight", "bias")
    return map.laid([*steps.summed(map, [-1]).axes, feature(op.shape[-1])])


def vector_product(op: Operation, steps: Steps) -> Map:
    """Read the product of a matrix and a vector, or of two vectors."""
    given = [op[name] for name in ("self", "vec", "vec2", "tensor") if name in op.arguments]
    maps = [steps.summed(value, [-1]) for value in given if isinstance(value, Map)]
    return steps.meet(maps, op.shape)


def product(steps: Steps, left: Map | Constant, right: Map | Constant) -> Map:
    """Return the product of (..., m, k) and (..., k, n)."""
    if not isinstance(right, Map):
        assert isinstance(left, Map)
        found = steps.summed(left, [-1])
        return found.laid([*found.axes, feature(right.shape[-1])])
    turned = right.laid([*right.axes[:-2], right.axes[-1], right.axes[-2]])  # (..., n, k)
    columns = steps.summed(turned, [-1])
    if not isinstance(left, Map):
        return columns.laid([*columns.axes[:-1], feature(left.shape[-2]), columns.axes[-1]])
    rows = steps.summed(left, [-1])
    if rows.partner or columns.partner:
        raise Unread("multiplies pairs of positions with others")
    before = rows.axes[:-1]
    if rows.kind(-1) == "" or columns.kind(-1) == "":
        shape = [*rows.shape, columns.shape[-1]]
        return steps.meet(
            [rows.laid([*rows.axes, ()]), columns.laid([*columns.axes[:-1], (), columns.axes[-1]])],
            shape,
        )
    if any(atom.kind and atom.size > 1 for axis in before for atom in axis):
        raise Unread("pairs some of the positions with each other")
    second = tuple(atom._replace(kind=f"{atom.kind}2"[-2:]) for atom in columns.axes[-1])
    whole = rows.whole or columns.whole
    return replace(rows, axes=(*rows.axes, second), whole=whole, partner=columns.node)


def attention(op: Operation, steps: Steps) -> Any:
    """Read attention that torch computes in one piece: each unit sees those of all keys."""
    if op.arguments.get("is_causal") or any(
        op.arguments.get(name) is not None for name in ("attn_mask", "attn_bias", "mask")
    ):
        raise Unread("masks attention")
    query, key, value = (op.map(name) for name in ("query", "key", "value"))
    if query.kind(-1) != "" or key.kind(-1) != "" or value.kind(-1) != "":
        raise Unread("attends along channels")
    if query.node == key.node == value.node:
        return _first(steps.spread(query, [-2]), op)
    found = [steps.summed(map, [-2]) for map in (key, value)]
    spread = [map.laid([*map.axes[:-1], (), map.axes[-1]]) for map in found]
    return _first(steps.meet([query, *spread], op.shape), op)


def transformer(op: Operation, steps: Steps) -> Any:
    """Read a whole layer of a transformer that torch computes in one piece, on (n, l, c)."""
    name = "src" if "src" in op.arguments else "query"
    if op.arguments.get("mask") is not None:
        raise Unread("masks attention")
    map = op.map(name)
    if map.kind(2) != "" or any(other.node != map.node for other in op.maps()):
        raise Unread("attends along channels, or to another map")
    return _first(steps.spread(map, [1]), op)


def _first(found: Map, op: Operation) -> Any:
    """Return an operation's outputs, of which only the first is ever used."""
    return (found, *[None] * (len(op.shapes) - 1)) if len(op.shapes) > 1 else found


_REDUCTIONS = ["sum", "mean", "amax", "amin", "max", "min", "argmax", "argmin", "prod", "logsumexp"]
_REDUCTIONS += ["var", "std", "var_mean", "std_mean", "norm", "linalg_vector_norm", "any", "all"]
_REDUCTIONS += ["median", "nanmedian", "mode", "aminmax", "nansum", "count_nonzero"]

SUMS: dict[str, Callable[[Operation, Steps], Any]] = {
    **dict.fromkeys(_REDUCTIONS, reduction),
    **dict.fromkeys(["_softmax", "_log_softmax", "_safe_softmax"], softmax),
    **dict.fromkeys(["native_batch_norm", "cudnn_batch_norm", "miopen_batch_norm"], batch_norm),
    "_native_batch_norm_legit": batch_norm,
    "_native_batch_norm_legit_no_training": batch_norm,
    "native_layer_norm": layer_norm,
    "native_group_norm": group_norm,
    "mm": matrix_product("self", "mat2"),
    "bmm": matrix_product("self", "mat2"),
    "addmm": matrix_product("mat1", "mat2"),
    "baddbmm": matrix_product("batch1", "batch2"),
    "linear": linear,
    **dict.fromkeys(["mv", "dot"], vector_product),
    "_scaled_dot_product_flash_attention_for_cpu": attention,
    "_scaled_dot_product_flash_attention": attention,
    "_scaled_dot_product_efficient_attention": attention,
    "_scaled_dot_product_cudnn_attention": attention,
    "_native_multi_head_attention": transformer,
    "_transformer_encoder_layer_fwd": transformer,
}
