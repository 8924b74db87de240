"""What a network is made of, layer by layer: shapes, parameters, MACs, receptive fields.

``python -m cnnlib.network my_module:build --input 3,224,224`` prints it; ``--help`` tells more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeGuard

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from cnnlib import _check, _command, _fit, _trace
from cnnlib._sight import Box, Sight
from cnnlib._summary import Row, Summary, shape_text
from cnnlib._trace import Call, Shape, Shapes
from cnnlib.models import (
    alexnet,
    binary_classifier,
    convnet,
    digit_net,
    lenet,
    resnet18,
    resnet50,
    vgg11,
    vgg16,
    vgg19,
)

__all__ = [
    "Row",
    "Summary",
    "alexnet",
    "binary_classifier",
    "convnet",
    "digit_net",
    "lenet",
    "receptive_field_box",
    "resnet18",
    "resnet50",
    "summarize",
    "vgg11",
    "vgg16",
    "vgg19",
]


def summarize(
    module: nn.Module,
    input_size: Sequence[int] | Sequence[Sequence[int]],
    *,
    dtype: torch.dtype | None = None,
) -> Summary:
    """Run a module once on zeros and tell of each layer: output shape, parameters, MACs.

    A layer has a row for each time it is called. A layer is a part without parts of its own, or
    one that computes with parameters of its own, or that multiplies matrices or convolves itself.

    A multiply-accumulate (MAC) is a product added to a sum of products. Counted are convolutions
    of any rank, with products with the padding's zeros; transposed ones, a product for each input
    value and each tap; fully connected and bilinear layers; and matrix products anywhere in a
    `forward`. Activations, pooling, normalization, dropout and what moves values take none. Any
    other work is not counted, and the summary names the layers that do it.

    What units see of the input, their receptive field, is followed from operation to operation; the
    input's axes are taken as samples, channels, and one or two of positions. Where branches meet,
    a unit sees what it sees through any of them; branches that are out of line are named. Where an
    operation is not known, or Python asks for values, no number is told, and the summary says why.

    Parameters
    ----------
    module : torch.nn.Module
        Any that runs. It is run in evaluation mode, without gradients, and afterwards is what it
        was: mode, buffers, hooks and attributes. On the meta device nothing is computed.
    input_size : sequence of ints, or sequence of such sequences
        The whole shape of the input, batch first; several for a module with several inputs.
    dtype : torch.dtype or None
        Type of the inputs; None means that of the module's own numbers.

    Returns
    -------
    Summary
        Its rows and totals are for the whole batch.

    Raises
    ------
    TypeError
        If `module` is no module, or holds a scripted one; if `input_size` is no shape.
    ValueError
        If a size is not positive, if the module has lazy parameters that no input has shaped yet,
        or if the input does not fit: the message names the first layer that breaks, and why.

    Examples
    --------
    >>> net = nn.Sequential(nn.Conv2d(3, 16, 5), nn.ReLU(), nn.Flatten(), nn.Linear(9216, 10))
    >>> print(summarize(net, (1, 3, 28, 28)))
    Sequential on an input of (1, 3, 28, 28)
    <BLANKLINE>
    name   kind     output shape     parameters     MACs  receptive field  jump  start
    -----  -------  ---------------  ----------  -------  ---------------  ----  -----
    0      Conv2d   (1, 16, 24, 24)       1,216  691,200                5     1      0
    1      ReLU     (1, 16, 24, 24)           0        0                5     1      0
    2      Flatten  (1, 9216)                 0        0                5     1      0
    3      Linear   (1, 10)              92,170   92,160         28 (all)            0
    -----  -------  ---------------  ----------  -------  ---------------  ----  -----
    total  4 calls                       93,386  783,360
    all: each unit sees a whole map; the number is what that spans, padding included.
    """
    recorder, asked = _run(module, input_size, dtype)
    calls = recorder.calls
    sight = Sight(recorder.tape, calls)
    rows = tuple(_rows(module, calls, sight))
    return Summary(type(module).__name__, asked, rows, sight.not_read, sight.misaligned)


def receptive_field_box(
    module: nn.Module,
    input_size: Sequence[int] | Sequence[Sequence[int]],
    layer: str,
    unit: int | Sequence[int] | None = None,
    *,
    call: int = -1,
    clipped: bool = True,
    dtype: torch.dtype | None = None,
) -> Box | tuple[int, int] | None:
    """Return the smallest box that holds all pixels of the input that one unit of a layer sees.

    Parameters
    ----------
    module, input_size, dtype
        As `summarize` takes them.
    layer : str
        The layer, as `summarize` names it; ``(root)`` or an empty string for the module itself.
    unit : pair of ints, int, or None
        Row and column of the unit in the layer's output; its index, for an input with one axis of
        positions. None for a layer whose units have no place, as those of a fully connected one.
    call : int
        Which of the layer's calls, if there are several; the last one unless told otherwise.
    clipped : bool
        Whether the box ends where the input does; False takes padding for more of the input.

    Returns
    -------
    pair of pairs of ints, pair of ints, or None
        ((top, left), (bottom, right)), all four included; (first, last) for one axis of positions;
        None if the unit sees no pixel.

    Raises
    ------
    TypeError, ValueError
        As in `summarize`; or if there is no such layer, call or unit, or if what the layer sees
        cannot be read, for the reason that the message gives.

    Examples
    --------
    >>> net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.MaxPool2d(2))
    >>> receptive_field_box(net, (1, 1, 8, 8), "1", (0, 3))
    ((0, 5), (2, 7))
    >>> receptive_field_box(net, (1, 1, 8, 8), "1", (0, 3), clipped=False)
    ((-1, 5), (2, 8))
    """
    recorder, _ = _run(module, input_size, dtype)
    if not isinstance(layer, str):
        _check.refuse(TypeError, "layer", "a layer's name", layer)
    wanted = "" if layer == "(root)" else layer
    calls = [made for made in recorder.calls if made.name == wanted]
    if not calls:
        known = dict.fromkeys(made.name or "(root)" for made in recorder.calls)
        _check.refuse(ValueError, "layer", f"one that is called: {', '.join(known)}", layer)
    place = _check.index("call", call, len(calls))
    sight = Sight(recorder.tape, recorder.calls)
    return sight.box(calls[place], unit, _check.flag("clipped", clipped))


def _run(
    module: nn.Module, input_size: object, dtype: torch.dtype | None
) -> tuple[_trace.Recorder, Shapes]:
    """Run a module once on zeros; return what was recorded, and the input's shape or shapes."""
    if not isinstance(module, nn.Module):
        _check.refuse(TypeError, "module", "a torch.nn.Module", module)
    if any(isinstance(part, torch.jit.ScriptModule) for part in module.modules()):
        _check.refuse(TypeError, "module", "written in Python, no part of it scripted", module)
    sizes = _input_sizes(input_size)
    if dtype is not None and not isinstance(dtype, torch.dtype):
        _check.refuse(TypeError, "dtype", "a torch.dtype or None", dtype)
    if any(is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers())):
        raise ValueError(
            f"module must have parameters with shapes, got {type(module).__name__} with lazy ones: "
            "call it once first"
        )
    recorder = _trace.Recorder(module)
    inputs = [_trace.zeros_for(module, size, dtype) for size in sizes]
    for tensor in inputs:
        recorder.tape.input(tensor)
    asked = sizes if _nested(input_size) else sizes[0]
    try:
        with _trace.unchanged(module), recorder.listening():
            module(*inputs)
    except (NotImplementedError, torch.OutOfMemoryError):
        raise
    except (RuntimeError, ValueError, IndexError, AssertionError) as error:
        raise ValueError(_breakage(asked, recorder.broken, error)) from error
    return recorder, asked


def _rows(module: nn.Module, calls: list[Call], sight: Sight) -> Iterator[Row]:
    """Yield a row for each call of a layer, then one for each part with parameters left over."""
    seen: set[int] = set()
    for call in calls:
        new, shared = _own_parameters(call.module, seen)
        if call.is_layer:
            name, kind = call.name or "(root)", type(call.module).__name__
            extents = sight.extents(call)
            yield Row(name, kind, call.output_shape, new, call.macs, shared, *extents)
    called = {call.module for call in calls}
    for name, part in module.named_modules():
        if part not in called:
            new, shared = _own_parameters(part, seen)
            if new:
                yield Row(name or "(root)", type(part).__name__, None, new, 0, shared)


def _own_parameters(part: nn.Module, seen: set[int]) -> tuple[int, int]:
    """Return how many of a part's own parameters are new, and how many `seen`; note the new."""
    own = {id(p): p.numel() for p in part.parameters(recurse=False)}
    new = sum(size for key, size in own.items() if key not in seen)
    seen.update(own)
    return new, sum(own.values()) - new


def _breakage(asked: Shapes, call: Call | None, error: Exception) -> str:
    """Return the message of an input that does not fit."""
    why = " ".join(str(error).split()) or type(error).__name__
    where = "the module"
    if call is not None:
        why = _fit.misfit(call.module, call.given) or why
        kind = type(call.module).__name__
        given = " and ".join(map(shape_text, call.given)) or "nothing"
        where = f"{call.name or '(root)'} ({kind}), given {given}, is the first that"
    return f"input_size must suit every layer, got {asked}: {where} breaks: {why}"


def _nested(input_size: object) -> TypeGuard[Sequence[Sequence[int]]]:
    if not isinstance(input_size, (tuple, list)):
        return False
    return any(isinstance(size, (tuple, list)) for size in input_size)


def _input_sizes(input_size: object) -> tuple[Shape, ...]:
    """Return the shapes of all inputs; refuse what is no shape."""
    legal = "a shape, batch first, or a sequence of shapes: each a sequence of positive ints"
    sizes = input_size if _nested(input_size) else (input_size,)
    for size in sizes:
        if not isinstance(size, (tuple, list)):
            _check.refuse(TypeError, "input_size", legal, input_size)
        if not size:
            _check.refuse(ValueError, "input_size", legal, input_size)
    return tuple(
        tuple(_check.integer_in("input_size", legal, n, input_size, 1) for n in size)
        for size in sizes
        if isinstance(size, (tuple, list))
    )


if __name__ == "__main__":
    sys.exit(_command.run(None, summarize, receptive_field_box))
