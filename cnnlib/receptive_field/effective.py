"""The effective receptive field of a module: how much each pixel really counts for a unit."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnnlib import _check
from cnnlib._check import Pair
from cnnlib.receptive_field.nodes import Node, output_sizes
from cnnlib.receptive_field.sight import box as box_of
from cnnlib.receptive_field.spread import EffectiveField

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["effective_receptive_field"]

Floats = NDArray[np.float64]


def effective_receptive_field(
    module: nn.Module,
    input_size: Sequence[int],
    *,
    layer: str | None = None,
    unit: int | Pair | None = None,
    samples: int = 20,
    squared: bool = False,
    nodes: Sequence[Node] | None = None,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
) -> EffectiveField:
    """Measure how much each pixel counts for a unit, by the gradient with respect to the input.

    The gradient is that of the unit, added up over its channels, in evaluation mode. Its absolute
    values are averaged over random inputs, of independent standard normal values, and over the
    input's channels. A ReLU passes the gradient on where its input is positive, and max pooling to
    the largest value of a window alone, so each single input gives a ragged field, and the mean
    over many a smooth one.

    Parameters
    ----------
    module : torch.nn.Module
        Any that takes one batch of images. A copy of it is run; it stays as it was.
    input_size : sequence of four ints
        (n, c, h, w): the shape of the input; n inputs are run at a time.
    layer : str or None
        Whose units: a name that `named_modules` has, of a layer that gives maps (n, c, h, w) or
        vectors (n, features), these taken for maps of one unit. If it is called more than once,
        its last call counts. None means the module itself.
    unit : int, pair of ints or None
        Row and column of the unit in its map; None is the central one, (h // 2, w // 2).
    samples : int
        Number of random inputs, at least 1.
    squared : bool
        Whether the squares of the gradient are averaged, and not its absolute values.
    nodes : sequence of Node or None
        The module's graph, with a node named `layer`, or, where this is None, with the module's
        output last: the answer then has the theoretical box too. Where there is no such graph at
        hand, `network.receptive_field_box` reads the box of the same unit from the module itself.
    generator : torch.Generator or None
        Where the inputs come from; None means a new one of seed 0.
    device : torch.device, str or None
        Where to compute; None means `torch_ops.best_device()`.

    Returns
    -------
    EffectiveField
        The map of shares, its spread and, with `nodes`, its theoretical box.

    Raises
    ------
    TypeError, ValueError
        If an argument is not legal, or the input does not suit the module.

    Notes
    -----
    W. Luo, Y. Li, R. Urtasun and R. Zemel, "Understanding the effective receptive field in deep
    convolutional neural networks", 2016. With weights drawn independently, of mean 0, it is the
    squares of the gradient whose mean over networks is that of equal positive weights, as
    `stacked_field` has it. Its absolute values go with their root: where that is a Gaussian, they
    are spread by a sigma sqrt(2) times as large.

    Examples
    --------
    >>> from torch import nn
    >>> net = nn.Conv2d(1, 1, (1, 3), padding=(0, 1))
    >>> nn.init.constant_(net.weight, 0.5)
    Parameter containing:
    tensor([[[[0.5000, 0.5000, 0.5000]]]], requires_grad=True)
    >>> effective_receptive_field(net, (1, 1, 1, 5)).shares.round(4)
    array([[0.    , 0.3333, 0.3333, 0.3333, 0.    ]])
    """
    import torch
    from torch import nn

    from cnnlib import torch_ops

    if not isinstance(module, nn.Module):
        _check.refuse(TypeError, "module", "a torch.nn.Module", module)
    if any(nn.parameter.is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers())):
        legal = "a module whose parameters have shapes: call it once first"
        _check.refuse(ValueError, "module", legal, type(module).__name__)
    n, c, h, w = _size(input_size)
    samples = _check.integer("samples", samples, 1)
    squared = _check.flag("squared", squared)
    if generator is not None and not isinstance(generator, torch.Generator):
        _check.refuse(TypeError, "generator", "a torch.Generator or None", generator)
    generator = generator or torch.Generator().manual_seed(0)
    device = torch_ops.best_device() if device is None else _device(device)
    if nodes is not None:
        _check_inputs(nodes, (h, w))
    _part(module, layer)
    module = _copy(module, device)
    numbers = [t.dtype for t in (*module.parameters(), *module.buffers()) if t.is_floating_point()]
    dtype = numbers[0] if numbers else torch.get_default_dtype()

    total = np.zeros((h, w))
    cuda = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(cuda), torch.inference_mode(False), torch.enable_grad():
        for start in range(0, samples, n):
            shape = (min(n, samples - start), c, h, w)
            drawn = torch.randn(shape, generator=generator, device=generator.device, dtype=dtype)
            inputs = drawn.to(device).requires_grad_()
            maps = _maps(module, layer, inputs, input_size)
            place = _unit(unit, (maps.shape[2], maps.shape[3]))
            seen = maps[(..., *place)].sum()
            if seen.requires_grad:
                (found,) = torch.autograd.grad(seen, inputs, materialize_grads=True)
                sizes = found.abs().cpu().double().numpy()
                total += (sizes**2 if squared else sizes).sum((0, 1))
    shares = total / total.sum() if total.any() else total
    name = layer or type(module).__name__
    box = None if nodes is None else box_of(nodes, layer or nodes[-1].name, place)
    return EffectiveField(name, place, samples, str(device), shares, box)


def _maps(
    module: nn.Module, layer: str | None, inputs: torch.Tensor, asked: Sequence[int]
) -> torch.Tensor:
    """Run a module; return what the layer gave in its last call, as maps (n, c, h, w)."""
    import torch

    outputs: list[object] = []

    def note(part: nn.Module, args: object, output: object) -> None:
        # A copy: what follows the layer may change its output in place.
        outputs.append(output.clone() if isinstance(output, torch.Tensor) else output)

    handle = _part(module, layer).register_forward_hook(note)
    try:
        module(inputs.clone())
    except (NotImplementedError, torch.OutOfMemoryError):
        raise
    except (RuntimeError, ValueError, IndexError, AssertionError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"input_size must suit module, got {tuple(asked)}: {why}") from error
    finally:
        handle.remove()
    if not outputs:
        _check.refuse(ValueError, "layer", "called when module runs", layer)
    output = outputs[-1]
    if isinstance(output, torch.Tensor) and output.ndim == 2:
        return output[:, :, None, None]
    if isinstance(output, torch.Tensor) and output.ndim == 4:
        return output
    found = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
    legal = "of a layer that gives maps (n, c, h, w) or vectors (n, features)"
    raise ValueError(f"layer must be {legal}, got {layer!r}, which gives {found}")


def _copy(module: nn.Module, place: torch.device) -> nn.Module:
    """Return a copy in evaluation mode on a device; parameters that are there are shared."""
    import torch

    parts = [vars(part) for part in module.modules()]
    shared = [value for part in parts for value in part.values() if isinstance(value, torch.Tensor)]
    if all(tensor.device == place for tensor in (*module.parameters(), *module.buffers())):
        shared += module.parameters()
        return copy.deepcopy(module, {id(tensor): tensor for tensor in shared}).eval()
    return copy.deepcopy(module, {id(tensor): tensor for tensor in shared}).to(place).eval()


def _check_inputs(nodes: Sequence[Node], size: Pair) -> None:
    """Refuse a graph that is not one of such inputs as the module is given."""
    output_sizes(nodes)
    for node in nodes:
        if node.op == "input" and node.size != size:
            legal = f"a graph with inputs of input_size, {size}"
            _check.refuse(ValueError, "nodes", legal, node.size)


def _size(input_size: object) -> tuple[int, int, int, int]:
    legal = "four positive ints (n, c, h, w)"
    if not isinstance(input_size, (tuple, list)):
        _check.refuse(TypeError, "input_size", legal, input_size)
    if len(input_size) != 4:
        _check.refuse(ValueError, "input_size", legal, input_size)
    n, c, h, w = (_check.integer_in("input_size", legal, i, input_size, 1) for i in input_size)
    return n, c, h, w


def _device(device: object) -> torch.device:
    import torch

    if not isinstance(device, (torch.device, str)):
        _check.refuse(TypeError, "device", "a torch.device, its name or None", device)
    try:
        return torch.empty(0, device=device).device
    except RuntimeError:
        _check.refuse(ValueError, "device", "a device that is here, as 'cpu' or 'cuda:0'", device)


def _part(module: nn.Module, layer: object) -> nn.Module:
    if layer is None:
        return module
    parts = dict(module.named_modules())
    if not isinstance(layer, str):
        _check.refuse(TypeError, "layer", "the name of a part of module, or None", layer)
    if layer not in parts:
        known = ", ".join(list(parts)[1:])
        _check.refuse(ValueError, "layer", f"one of module's parts, {known}", layer)
    return parts[layer]


def _unit(unit: object, size: Pair) -> Pair:
    if unit is None:
        return size[0] // 2, size[1] // 2
    place = _check.pair("unit", unit)
    if any(u >= n for u, n in zip(place, size, strict=True)):
        _check.refuse(ValueError, "unit", f"within the layer's map, of size {size}", unit)
    return place
