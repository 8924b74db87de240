"""A torch.fx graph of what a module computes, recorded as torch dispatches it, one run long.

Tracing by symbols stops at the first question about a shape; this is a run with a real input, so
any Python may decide what is computed, as long as it does not look at the values. Where it does,
the graph says so.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, fx
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

__all__ = ["Calls", "Tape", "padded_around", "reads_values", "written_over"]

_ASKING = {"_local_scalar_dense", "equal", "is_nonzero", "nonzero", "masked_select", "_unique2"}


def reads_values(tensor: Tensor) -> None:
    """Stand in a graph for a place where Python looks at the values of a tensor."""


def padded_around(tensor: Tensor, pad: Any) -> Tensor:
    """Stand in a graph for circular padding, which torch makes by writing part after part."""
    return torch.nn.functional.pad(tensor, pad, mode="circular")


def written_over(tensor: Tensor) -> Tensor:
    """Stand in a graph for a tensor whose memory, or a part of it, another one was written to."""
    return tensor


class Tape:
    """Records operations on what depends on the input; all else is a constant.

    Attributes
    ----------
    graph : torch.fx.Graph
        A node an operation of torch, with the shapes of its outputs as `meta["shapes"]`, and what
        was given as `place` as `meta["place"]`. Constants are nodes of kind ``get_attr``.
    asked : torch.fx.Node or None
        The first node where Python asks for values: what is done from there on may depend on them.
    """

    def __init__(self) -> None:
        self.graph = fx.Graph()
        self.asked: fx.Node | None = None
        self._nodes = WeakTensorKeyDictionary()
        self._written: dict[int, tuple[StorageWeakRef, fx.Node]] = {}

    def input(self, tensor: Tensor) -> None:
        """Take a tensor as an input of the graph."""
        node = self.graph.create_node("placeholder", f"input_{len(self._nodes)}")
        node.meta["shapes"] = [tuple(tensor.shape)]
        self._nodes[tensor] = node

    def node_of(self, tensor: Tensor) -> fx.Node | None:
        """Return the node that a tensor is the output of, or None for a constant."""
        node = self._nodes.get(tensor)
        if node is None and self._written and tensor.layout == torch.strided:
            _, node = self._written.get(_memory(tensor).cdata, (None, None))
        return node

    def record(
        self, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any, place: Any
    ) -> None:
        """Note a call of an operation, unless it has constants alone."""
        if not any(self.node_of(tensor) for tensor in _tensors((args, kwargs))):
            return
        made = list(_tensors(output))
        node = self._add(operation, self._as_nodes(args), self._as_nodes(kwargs))
        node.meta.update(shapes=[tuple(tensor.shape) for tensor in made], place=place)
        if operation._schema.name.removeprefix("aten::") in _ASKING:
            self.asked = self.asked or node
        if operation._schema.is_mutable:
            self._note_writing(operation, args, kwargs, node)
        if isinstance(output, Tensor):
            self._nodes[output] = node
            return
        for i, tensor in enumerate(made):
            self._nodes[tensor] = part = self._add(operator.getitem, (node, i))
            part.meta.update(shapes=[tuple(tensor.shape)], place=place)

    def note_reading(self, tensor: Tensor, place: Any) -> None:
        """Note that Python looks at the values of a tensor."""
        node = self.node_of(tensor)
        if node is not None:
            asking = self._add(reads_values, (node,))
            asking.meta.update(shapes=[], place=place)
            self.asked = self.asked or asking

    def note_padding(
        self,
        output: Tensor,
        place: Any,
        input: Tensor,
        pad: Any,
        mode: str = "",
        *_: Any,
        **__: Any,
    ) -> None:
        """Note a padding that is circular."""
        node = self.node_of(input)
        if mode == "circular" and node is not None:
            self._nodes[output] = made = self._add(padded_around, (node, list(pad)))
            made.meta.update(shapes=[tuple(output.shape)], place=place)

    def _note_writing(self, operation: Any, args: Any, kwargs: Any, node: fx.Node) -> None:
        """Note for all tensors that share memory with one that is written to what they hold."""
        sources = {self.node_of(tensor) for tensor in _tensors((args, kwargs))} - {None}
        for tensor in _written_to(operation, args, kwargs):
            before = self.node_of(tensor)
            self._nodes[tensor] = node
            if tensor.layout != torch.strided:
                continue
            if sources == {before} and torch.Tag.pointwise in operation.tags:
                continue  # each value of its own alone: others see no more than they did
            memory = _memory(tensor)
            torn = self._add(written_over, (node,))
            torn.meta.update(shapes=[], place=node.meta["place"])
            self._written[memory.cdata] = memory, torn
            for other in list(self._nodes):
                if other is not tensor and other.layout == torch.strided:
                    if _memory(other).cdata == memory.cdata:
                        self._nodes[other] = torn

    def _add(self, target: Callable[..., Any], args: Any, kwargs: Any = None) -> fx.Node:
        return self.graph.create_node("call_function", target, args, kwargs or {})

    def _as_nodes(self, value: Any) -> Any:
        """Replace the tensors in the arguments of a call by nodes."""
        if isinstance(value, Tensor):
            node = self.node_of(value)
            if node is None:
                node = self.graph.create_node("get_attr", "constant")
                node.meta["shapes"] = [tuple(value.shape)]
            return node
        if isinstance(value, (tuple, list)):
            return type(value)(self._as_nodes(part) for part in value)
        if isinstance(value, dict):
            return {key: self._as_nodes(part) for key, part in value.items()}
        return value


class Calls(TorchFunctionMode):
    """Notes calls that say more than their operations: of values given to Python, and padding."""

    def __init__(self, tape: Tape, place: Callable[[], Any]) -> None:
        super().__init__()
        self._tape, self._place = tape, place

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Call a function, and note it."""
        if function in _READERS:
            self._tape.note_reading(args[0], self._place())
        output = function(*args, **(kwargs or {}))
        if function is torch.nn.functional.pad:
            self._tape.note_padding(output, self._place(), *args, **(kwargs or {}))
        return output


_READERS = {Tensor.tolist, Tensor.numpy, Tensor.__array__, Tensor.__dlpack__}


def _written_to(operation: Any, args: Any, kwargs: Any) -> Iterator[Tensor]:
    """Yield the tensors that a call writes to."""
    for i, argument in enumerate(operation._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            given = args[i] if i < len(args) else kwargs.get(argument.name)
            yield from _tensors(given)


def _memory(tensor: Tensor) -> StorageWeakRef:
    """Return what tensors that share memory have in common; while held, it is not used again."""
    return StorageWeakRef(tensor.untyped_storage())


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _tensors(part)
