"""Random graphs of nodes, and the same networks in torch with positive weights."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from strategies import Integer

from cnnlib.receptive_field import Node, output_sizes

MOST = 26  # rows and columns of a map

RESIZES = {
    "nearest": {"mode": "nearest"},
    "nearest-exact": {"mode": "nearest-exact"},
    "linear": {"mode": "bilinear", "align_corners": False},
    "linear-aligned": {"mode": "bilinear", "align_corners": True},
}


def graph_problem(integer: Integer, steps: int = 8, plain: bool = False) -> list[Node]:
    """Build a graph: windows and pooling, and unless `plain` upsampling too; branches that meet."""
    nodes = [Node("x", "input", size=(integer(5, 17), integer(5, 17)))]
    kinds = [_window, _window, _merge] + ([] if plain else [_up, _resize, _adaptive])
    for step in range(integer(2, steps)):
        sizes = output_sizes(nodes)
        recent = nodes[max(0, len(nodes) - integer(1, 3))].name
        node = kinds[integer(0, len(kinds) - 1)](integer, f"n{step}", recent, sizes)
        nodes.append(node)
    if integer(0, 3) == 0:
        nodes.append(Node("all", "whole", (nodes[-1].name,)))
    return nodes


def _window(integer, name, source, sizes):
    settings = []
    for n in sizes[source]:
        stride, dilation, kernel = integer(1, 3), integer(1, 3), integer(1, 4)
        before, after = integer(0, 3), integer(0, 3)
        if n + before + after > MOST:
            before = after = 0
        while n + before + after < dilation * (kernel - 1) + 1:
            kernel -= 1
        settings.append((kernel, stride, (before, after), dilation))
    kernel, stride, padding, dilation = zip(*settings, strict=True)
    n = min(sizes[source])
    modes = ["zeros"] * 3 + ["replicate", "circular", "reflect"]
    mode = modes[integer(0, 5)]
    if n <= max(map(max, padding)):
        mode = "zeros"
    return Node(name, "window", (source,), kernel, stride, padding, dilation, mode=mode)


def _up(integer, name, source, sizes):
    h, w = sizes[source]
    while True:
        node = Node(
            name,
            "transposed",
            (source,),
            (integer(1, 4), integer(1, 4)),
            (integer(1, 3), integer(1, 3)),
            (integer(0, 1), integer(0, 1)),
            (integer(1, 2), integer(1, 2)),
        )
        full = [
            (n - 1) * s + d * (k - 1) + 1 - 2 * p
            for n, k, s, (p, _), d in zip(
                (h, w), node.kernel_size, node.stride, node.padding, node.dilation, strict=True
            )
        ]
        if min(full) >= 1 and max(full) <= MOST:
            return node
        if max(h, w) > 8:
            return _window(integer, name, source, sizes)


def _resize(integer, name, source, sizes):
    mode = list(RESIZES)[integer(0, 3)]
    return Node(name, "resize", (source,), size=(integer(1, 20), integer(1, 20)), mode=mode)


def _adaptive(integer, name, source, sizes):
    return Node(name, "adaptive", (source,), size=(integer(1, 9), integer(1, 9)))


def _merge(integer, name, source, sizes):
    """Merge all maps that fit the source's size."""
    fitting = [
        other
        for other, size in sizes.items()
        if other != source
        and all(a == b or 1 in (a, b) for a, b in zip(size, sizes[source], strict=True))
    ]
    others = []
    size = sizes[source]
    for other in fitting[-2:]:
        if all(a == b or 1 in (a, b) for a, b in zip(sizes[other], size, strict=True)):
            others.append(other)
            size = tuple(map(max, sizes[other], size))
    if not others:
        return _window(integer, name, source, sizes)
    return Node(name, "merge", (source, *others))


def run(nodes: list[Node], input: torch.Tensor) -> dict[str, torch.Tensor]:
    """Run a graph on a (1, 1, h, w) tensor as torch does, all weights 1; return each map."""
    maps: dict[str, torch.Tensor] = {}
    for node in nodes:
        maps[node.name] = _run(node, [maps[name] for name in node.inputs], input)
    return maps


def _run(node: Node, given: list[torch.Tensor], input: torch.Tensor) -> torch.Tensor:
    if node.op == "input":
        return input
    if node.op == "merge":
        return sum(given[1:], given[0])
    (x,) = given
    weight = torch.ones(1, 1, *node.kernel_size, dtype=x.dtype)
    if node.op == "window":
        (top, bottom), (left, right) = node.padding
        mode = "constant" if node.mode == "zeros" else node.mode
        padded = F.pad(x, (left, right, top, bottom), mode)
        return F.conv2d(padded, weight, stride=node.stride, dilation=node.dilation)
    if node.op == "transposed":
        padding = tuple(before for before, _ in node.padding)
        return F.conv_transpose2d(x, weight, None, node.stride, padding, 0, 1, node.dilation)
    if node.op == "resize":
        return F.interpolate(x, node.size, **RESIZES[node.mode])
    if node.op == "adaptive":
        return F.adaptive_avg_pool2d(x, node.size)
    return x.sum((2, 3), keepdim=True)


def gradient(maps: dict[str, torch.Tensor], name: str, unit: tuple[int, int]) -> torch.Tensor:
    """Return the gradient of one unit with respect to the input x, of shape (h, w)."""
    (found,) = torch.autograd.grad(
        maps[name][0, 0][unit], maps["x"], retain_graph=True, materialize_grads=True
    )
    return found[0, 0]


def gradient_box(found: torch.Tensor) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the box of what is not zero, to rounding: ((top, left), (bottom, right))."""
    where = (found > 1e-12 * found.max()).nonzero().tolist()
    if not where:
        return None
    rows, columns = zip(*where, strict=True)
    return (min(rows), min(columns)), (max(rows), max(columns))
