"""Run a module once and note each call of each part of it; leave the module as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.utils._python_dispatch import TorchDispatchMode

from cnnlib import _fit, _macs
from cnnlib._graph import Calls, Tape

Shape = tuple[int, ...]
Shapes = Shape | tuple[Shape, ...]


@dataclass
class Call:
    """One call of one part: what it was given, what it gave, and its own work.

    `macs` leaves out the parts called within this one; it is None where an operation of its own is
    not known. `works` says whether this part computes anything that may take MACs itself. `made`
    has, for each tensor that it gave, its node in the tape's graph, or None for a constant.
    """

    name: str
    module: nn.Module
    given: tuple[Shape, ...]
    output_shape: Shapes = ()
    macs: int | None = 0
    works: bool = False
    finished: bool = False
    made: list[fx.Node | None] = field(default_factory=list)

    @property
    def is_layer(self) -> bool:
        """Whether this part is to have a row: one without parts, or with work of its own."""
        own = any(True for _ in self.module.parameters(recurse=False))
        return self.works or own or not any(self.module.children())

    @property
    def title(self) -> str:
        """Where the part is in the module, and its class, as a message has it."""
        return f"{self.name or '(root)'} ({type(self.module).__name__})"


class Recorder(TorchDispatchMode):
    """Notes the calls of a module's parts, and charges each operation to the innermost of them.

    Attributes
    ----------
    calls : list of Call
        All calls, in the order in which they began.
    broken : Call or None
        The innermost call that an error, uncaught so far, came from.
    tape : Tape
        The graph of all operations, each with its innermost call as its place.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.broken: Call | None = None
        self.tape = Tape()
        self._open: list[Call] = []
        self._names = {part: name for name, part in module.named_modules()}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Spare torch from loading its compiler, seconds long, to tell it to stay away."""
        return False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to every part while a block runs; leave no hook behind, whatever happens."""
        with ExitStack() as stack:
            for part in self._names:
                stack.enter_context(part.register_forward_pre_hook(self._begin, with_kwargs=True))
                stack.enter_context(part.register_forward_hook(self._finish))
                stack.enter_context(part.register_forward_hook(self._end, always_call=True))
            stack.enter_context(Calls(self.tape, self._place))
            stack.enter_context(self)
            yield

    def _begin(self, part: nn.Module, args: Any, kwargs: Any) -> None:
        call = Call(self._names[part], part, tuple(_shapes((args, kwargs))))
        self.calls.append(call)
        self._open.append(call)
        on_meta = any(tensor.is_meta for tensor in _tensors((args, kwargs)))
        if on_meta and type(part).__module__.startswith("torch.nn.modules."):
            why = _fit.misfit(part, call.given)  # where nothing is computed, torch lets some pass
            if why:
                raise ValueError(why)

    def _finish(self, part: nn.Module, args: Any, output: Any) -> None:
        shapes = _shapes(output)
        call = self._open[-1]
        call.output_shape = shapes[0] if len(shapes) == 1 else tuple(shapes)
        call.made = [self.tape.asked or self.tape.node_of(tensor) for tensor in _tensors(output)]
        call.finished = True
        self.broken = None  # an error within, if there was one, was caught

    def _end(self, part: nn.Module, args: Any, output: Any) -> None:
        call = self._open.pop()
        if not call.finished and self.broken is None:
            self.broken = call

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run an operation, and charge its MACs to the innermost call."""
        output = operation(*args, **(kwargs or {}))
        call = self._place()
        self.tape.record(operation, args, kwargs or {}, output, call)
        if call and not _macs.takes_none(call.module):
            found = _macs.macs(operation, args, output)
            call.works = call.works or found != 0
            call.macs = None if found is None or call.macs is None else call.macs + found
        return output

    def _place(self) -> Call | None:
        """Return the innermost call under way."""
        return self._open[-1] if self._open else None


@contextmanager
def unchanged(module: nn.Module) -> Iterator[None]:
    """Put a module into evaluation mode without gradients; afterwards put back all that it held.

    That is each part's mode, buffers, hooks and other attributes, with what is in those that are
    lists and dicts; and the state of torch's random numbers.
    """
    parts = list(module.modules())
    attributes = [dict(vars(part)) for part in parts]
    holders = [
        (holder, holder.copy())
        for part in parts
        for holder in vars(part).values()
        if isinstance(holder, (dict, list))
    ]
    wanted = [(parameter, parameter.requires_grad) for parameter in module.parameters()]
    buffers = [(buffer, buffer.clone(), _version(buffer)) for buffer in module.buffers()]
    cuda = sorted({p.device.index for p in module.parameters() if p.device.type == "cuda"})
    try:
        with torch.random.fork_rng(devices=cuda), torch.no_grad():
            for part in parts:
                part.training = False
            yield
    finally:
        for part, held in zip(parts, attributes, strict=True):
            vars(part).clear()
            vars(part).update(held)
        for holder, content in holders:
            holder.clear()
            holder.extend(content) if isinstance(holder, list) else holder.update(content)
        for parameter, gradient in wanted:
            parameter.requires_grad = gradient
        for buffer, values, version in buffers:
            if version is None or buffer._version != version:
                with torch.no_grad():
                    buffer.copy_(values)


def zeros_for(module: nn.Module, shape: Shape, dtype: torch.dtype | None) -> Tensor:
    """Return zeros on the device and, where `dtype` is None, in the type of a module's numbers."""
    held = [*module.parameters(), *module.buffers()]
    kinds = (tensor.dtype for tensor in held if tensor.is_floating_point() or tensor.is_complex())
    device = held[0].device if held else None
    return torch.zeros(shape, dtype=dtype or next(kinds, None), device=device)


def _version(buffer: Tensor) -> int | None:
    return None if buffer.is_inference() else buffer._version


def _shapes(value: Any) -> list[Shape]:
    """Return the shapes of all tensors in a value, in order."""
    return [tuple(tensor.shape) for tensor in _tensors(value)]


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [tensor for part in value for tensor in _tensors(part)]
    return []
