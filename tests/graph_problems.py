"""Random graphs of nodes, and the same networks in torch with positive weights."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from strategies import Integer

from cnnlib._check import Pair
from cnnlib.receptive_field import Node, output_sizes
from cnnlib.shapes import pool_output_size

Sizes = dict[str, Pair]

MOST = 26  # rows and columns of a map
RESIZES = {
    "nearest": {"mode": "nearest"},
    "nearest-exact": {"mode": "nearest-exact"},
    "linear": {"mode": "bilinear", "align_corners": False},
    "linear-aligned": {"mode": "bilinear", "align_corners": True},
    "cubic": {"mode": "bicubic", "align_corners": False},
    "cubic-aligned": {"mode": "bicubic", "align_corners": True},
}


def graph_problem(integer: Integer, plain: bool = False) -> list[Node]:
    """Build a graph of 3 to 9 nodes: windows and meetings and, unless `plain`, upsampling too."""
    nodes = [Node("x", "input", size=(integer(5, 17), integer(5, 17)))]
    kinds = [_window, _pool, _merge, _merge] + ([] if plain else [_transposed, _resize, _adaptive])
    for step in range(integer(2, 7)):
        source = nodes[-integer(1, min(3, len(nodes)))].name
        build = kinds[integer(0, len(kinds) - 1)]
        nodes.append(build(integer, f"n{step}", source, output_sizes(nodes)))
    if integer(0, 3) == 0:
        nodes.append(Node("all", "whole", (nodes[-1].name,)))
    return nodes


def _window(integer: Integer, name: str, source: str, sizes: Sizes) -> Node:
    mode = ("zeros", "zeros", "zeros", "replicate", "circular", "reflect")[integer(0, 5)]
    axes = []
    for n in sizes[source]:
        most = min(2, n if mode != "reflect" else n - 1)
        sides = (integer(0, most), integer(0, most)) if n < MOST else (0, 0)
        dilation = integer(1, 3)
        kernel = integer(1, min(4, (n + sum(sides) - 1) // dilation + 1))
        axes.append((kernel, integer(1, 2), sides, dilation))
    kernel, stride, padding, dilation = zip(*axes, strict=True)
    return Node(name, "window", (source,), kernel, stride, padding, dilation, mode=mode)


def _pool(integer: Integer, name: str, source: str, sizes: Sizes) -> Node:
    """Build average pooling whose last windows may reach out of the map."""
    kernel = integer(1, min(3, *sizes[source])), integer(1, min(3, *sizes[source]))
    stride, padding = (integer(1, 3), integer(1, 3)), tuple(integer(0, k // 2) for k in kernel)
    size = pool_output_size(sizes[source], kernel, stride, padding, ceil_mode=True)
    return Node(name, "window", (source,), kernel, stride, padding, size=size)


def _transposed(integer: Integer, name: str, source: str, sizes: Sizes) -> Node:
    axes = []
    for n in sizes[source]:
        stride = integer(1, 3) if n < 9 else 1
        kernel, dilation = integer(1, 4), integer(1, 2)
        full = (n - 1) * stride + dilation * (kernel - 1) + 1
        cut = max(0, full - MOST + 1) // 2
        axes.append((kernel, stride, max(cut, integer(0, min(2, (full - 1) // 2))), dilation))
    return Node(name, "transposed", (source,), *zip(*axes, strict=True))


def _resize(integer: Integer, name: str, source: str, sizes: Sizes) -> Node:
    mode = list(RESIZES)[integer(0, 3)]  # no cubic ones: their weights are not all positive
    return Node(name, "resize", (source,), size=(integer(1, 20), integer(1, 20)), mode=mode)


def _adaptive(integer: Integer, name: str, source: str, sizes: Sizes) -> Node:
    return Node(name, "adaptive", (source,), size=(integer(1, 9), integer(1, 9)))


def _merge(integer: Integer, name: str, source: str, sizes: Sizes) -> Node:
    """Merge the source with up to two other maps of its size or of one row or column."""
    met, size = [source], sizes[source]
    for other in reversed(sizes):
        fits = all(a == b or 1 in (a, b) for a, b in zip(sizes[other], size, strict=True))
        if fits and other != source and len(met) < 3:
            met.append(other)
            size = tuple(map(max, sizes[other], size))
    if len(met) == 1:
        return _window(integer, name, source, sizes)
    return Node(name, "merge", tuple(met))


def run(nodes: list[Node], input: torch.Tensor) -> dict[str, torch.Tensor]:
    """Run a graph on a (1, 1, h, w) tensor, all weights of a kernel equal; return each map."""
    maps: dict[str, torch.Tensor] = {}
    for node in nodes:
        given = [maps[name] for name in node.inputs]
        maps[node.name] = input if node.op == "input" else _run(node, given)
    return maps


def _run(node: Node, given: list[torch.Tensor]) -> torch.Tensor:
    if node.op == "merge":  # concatenation, and a sum of channels
        return torch.cat(torch.broadcast_tensors(*given), 1).sum(1, keepdim=True)
    (x,) = given
    kh, kw = node.kernel_size
    ones = torch.ones(1, 1, kh, kw, dtype=x.dtype)
    (top, bottom), (left, right) = node.padding
    if node.op == "window" and node.size is not None:
        settings = {"ceil_mode": True, "divisor_override": kh * kw}
        return F.avg_pool2d(x, node.kernel_size, node.stride, (top, left), **settings)
    if node.op == "window":
        mode = "constant" if node.mode == "zeros" else node.mode
        padded = F.pad(x, (left, right, top, bottom), mode)
        return F.conv2d(padded, ones / (kh * kw), None, node.stride, dilation=node.dilation)
    if node.op == "transposed":
        weight = ones * node.stride[0] * node.stride[1] / (kh * kw)
        return F.conv_transpose2d(x, weight, None, node.stride, (top, left), dilation=node.dilation)
    if node.op == "resize":
        return F.interpolate(x, node.size, **RESIZES[node.mode])
    if node.op == "adaptive":
        return F.adaptive_avg_pool2d(x, node.size)
    return x.mean((2, 3), keepdim=True)


def gradient(maps: dict[str, torch.Tensor], name: str, unit: Pair) -> torch.Tensor:
    """Return the gradient of one unit with respect to the input x, of shape (h, w)."""
    seen = maps[name][0, 0][unit]
    options = {"retain_graph": True, "materialize_grads": True}
    return torch.autograd.grad(seen, maps["x"], **options)[0][0, 0]


def gradient_box(found: torch.Tensor) -> tuple[Pair, Pair] | None:
    """Return the box of what is not zero but for rounding: ((top, left), (bottom, right))."""
    where = (found > 1e-12 * found.max()).nonzero()
    if not len(where):
        return None
    return tuple(where.amin(0).tolist()), tuple(where.amax(0).tolist())
