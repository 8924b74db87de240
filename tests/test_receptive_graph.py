"""What units of a graph see: against torch's gradients, and the laws against the boxes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from graph_problems import RESIZES, gradient, gradient_box, graph_problem, run
from strategies import one_torch_thread, seeded  # noqa: F401

from cnnlib._check import Pair
from cnnlib.receptive_field import Field, Node, box, fields, output_sizes, paths

GRAPHS = 150


def problem(seed: int) -> list[Node]:
    return graph_problem(seeded(np.random.default_rng([4, seed])), plain=seed % 3 == 0)


def units(size: Pair, seed: int, count: int = 3) -> set[Pair]:
    """Return the four corners of a map and some units within it."""
    h, w = size
    rng = np.random.default_rng(seed)
    drawn = {(int(rng.integers(h)), int(rng.integers(w))) for _ in range(count)}
    return {(0, 0), (0, w - 1), (h - 1, 0), (h - 1, w - 1)} | drawn


def chain(*nodes: Node, size: int | Pair = 8) -> list[Node]:
    """Return a graph of an input x and some nodes."""
    return [Node("x", "input", size=size), *nodes]


def last(graph: list[Node]) -> Field:
    return fields(graph)[-1]


def test_boxes_and_paths_are_those_of_the_gradient():
    compared, blind, ops = 0, 0, set()
    for seed in range(GRAPHS):
        graph = problem(seed)
        sizes = output_sizes(graph)
        ops |= {node.op for node in graph}
        input = torch.ones(1, 1, *sizes["x"], dtype=torch.float64, requires_grad=True)
        maps = run(graph, input)
        for name, size in sizes.items():
            assert tuple(maps[name].shape[2:]) == size, (seed, name)
        for name in list(sizes)[-3:]:
            for unit in units(sizes[name], seed):
                found = gradient(maps, name, unit)
                expected = gradient_box(found)
                assert box(graph, name, unit) == expected, (seed, name, unit)
                shares = (found / found.sum() if expected else found).numpy()
                np.testing.assert_allclose(paths(graph, name, unit), shares, rtol=0, atol=1e-12)
                compared, blind = compared + 1, blind + (expected is None)
    assert ops == {"input", "window", "transposed", "resize", "merge", "adaptive", "whole"}
    assert compared > 2000
    assert 0 < blind < compared / 5


def test_fields_say_what_the_boxes_on_endless_maps_say():
    uniform, uneven, lawless = 0, 0, 0
    for seed in range(GRAPHS):
        graph = problem(seed)
        for node, field in list(zip(graph, fields(graph), strict=True))[-3:]:
            if field.receptive_field is None:
                lawless += 1
                continue
            h, w = field.output_size
            line = [(i % h, i % w) for i in range(max(h, w))]
            found = [box(graph, node.name, unit, clipped=False) for unit in line]
            for unit, ends in zip(line, found, strict=True):
                if field.start is not None:
                    first = tuple(
                        s + u * j for s, u, j in zip(field.start, unit, field.jump, strict=True)
                    )
                    end = tuple(
                        a + r - 1 for a, r in zip(first, field.receptive_field, strict=True)
                    )
                    assert ends == (first, end), (seed, node.name, unit)
                elif ends is not None:
                    spans = [b - a + 1 for a, b in zip(*ends, strict=True)]
                    assert spans <= list(field.receptive_field), (seed, node.name, unit)
            uniform, uneven = uniform + (field.start is not None), uneven + (field.start is None)
    assert uniform > 150
    assert uneven > 30
    assert lawless > 10


@pytest.mark.parametrize("mode", RESIZES)
@pytest.mark.parametrize("size", [(1, 1), (3, 4), (5, 7), (10, 14), (13, 2)])
def test_interpolations(mode, size):
    graph = chain(Node("y", "resize", ("x",), size=size, mode=mode), size=(5, 7))
    maps = run(graph, torch.ones(1, 1, 5, 7, dtype=torch.float64, requires_grad=True))
    for row in range(size[0]):
        for column in range(size[1]):
            found = gradient(maps, "y", (row, column))
            shares = paths(graph, "y", (row, column))
            np.testing.assert_allclose(shares, found / found.sum(), rtol=0, atol=1e-14)
            assert box(graph, "y", (row, column)) == gradient_box(found.abs())


def test_asymmetric_padding_and_kernels():
    node = Node("y", "window", ("x",), (3, 2), (2, 1), ((2, 0), (0, 1)), (1, 3))
    assert last(chain(node)) == Field("y", (4, 6), (2, 1), (3, 4), (-2, 0))
    assert last(chain(node)).centre == (-1.0, 1.5)
    assert box(chain(node), "y", (0, 5)) == ((0, 5), (0, 5))  # the tap at column 8 is padding
    assert box(chain(node), "y", (0, 5), clipped=False) == ((-2, 5), (0, 8))


def test_a_dilated_window_at_the_border_sees_less_than_its_reach():
    # Columns -2, 1, 4 of 5: the interval from -2 to 4, cut to the map, would begin at 0.
    node = Node("y", "window", ("x",), (1, 3), padding=((0, 0), (2, 2)), dilation=3)
    assert box(chain(node, size=(1, 5)), "y", 0) == ((0, 1), (0, 4))


def test_a_graph_of_400_layers():
    graph = chain(size=5)
    for i in range(400):
        graph.append(Node(f"n{i}", "window", (graph[-1].name,), 3, padding=1))
    assert last(graph).receptive_field == (801, 801)
    assert box(graph, "n399", 0) == ((0, 0), (4, 4))
    # In the long run, what is left of a step along 5 pixels is a sine: 1/2, sqrt(3)/2, 1, ...
    assert paths(graph, "n399", 2)[2, 2] == pytest.approx((2 + 3**0.5) ** -2)


def test_a_crop():
    node = Node("y", "window", ("x",), padding=-2)
    assert last(chain(node)) == Field("y", (4, 4), (1, 1), (1, 1), (2, 2))


def test_transposed_convolution():
    up = Node("y", "transposed", ("x",), 3, 2, 1)
    # Even units see one pixel, odd ones two.
    assert last(chain(up)) == Field("y", (15, 15), (Fraction(1, 2),) * 2, (2, 2), None)
    assert last(chain(up)).centre is None
    assert box(chain(up), "y", (4, 5)) == ((2, 2), (2, 3))
    cut = Node("y", "transposed", ("x",), 3, 2, ((1, 0), (0, 2)))
    assert last(chain(cut)).output_size == (16, 15)
    assert box(chain(cut), "y", (15, 14)) == ((7, 6), (7, 7))
    even = Node("z", "window", ("y",), 1, 2)
    assert last(chain(up, even)) == Field("z", (8, 8), (1, 1), (1, 1), (0, 0))


def test_a_transposed_convolution_with_gaps():
    up = Node("y", "transposed", ("x",), 1, 2)
    assert [box(chain(up), "y", unit) for unit in (2, 3)] == [((1, 1), (1, 1)), None]
    assert not paths(chain(up), "y", 3).any()
    gaps = Node("z", "window", ("y",), 1, 2, ((1, 0), (1, 0)))
    assert last(chain(up)).receptive_field == (1, 1)
    assert last(chain(up, gaps)) == Field("z", (8, 8), (1, 1), (0, 0), None)


def test_uneven_adaptive_pooling():
    # Of 8 rows to 3: 0 to 2, 2 to 5, 5 to 7. Of 8 columns to 4: two each.
    pool = Node("y", "adaptive", ("x",), size=(3, 4))
    assert last(chain(pool)) == Field("y", (3, 4), (Fraction(8, 3), 2), (4, 2), None)
    assert [box(chain(pool), "y", (u, 1)) for u in range(3)] == [
        ((0, 2), (2, 3)),
        ((2, 2), (5, 3)),
        ((5, 2), (7, 3)),
    ]


@pytest.mark.parametrize("op", ["whole", "adaptive"])
def test_the_whole_map(op):
    conv = Node("y", "window", ("x",), 3, 2, 1)
    everything = Node("z", op, ("y",), size=1)
    following = Node("after", "window", ("z",))
    graph = chain(conv, everything, following)
    for field in fields(graph)[2:]:
        assert (field.receptive_field, field.start) == ((3 + 3 * 2,) * 2, (-1, -1))
        assert field.whole
        assert field.jump == (0, 0)
        assert box(graph, field.name, 0) == ((0, 0), (7, 7))
    assert not fields(graph)[1].whole


def test_a_gate_that_sees_everything():
    # As in squeeze-and-excitation: the global mean scales every unit.
    graph = chain(
        Node("conv", "window", ("x",), 3, padding=1),
        Node("mean", "whole", ("conv",)),
        Node("scaled", "merge", ("conv", "mean")),
        Node("after", "window", ("scaled",), 3, 2, 1),
        Node("end", "whole", ("after",)),
    )
    for field, jump in zip(fields(graph)[3:], (1, 2, 0), strict=True):
        assert (field.jump, field.whole) == ((jump, jump), True)
        assert (field.receptive_field, field.start, field.misaligned) == (None, None, ())
        assert box(graph, field.name, 0) == ((0, 0), (7, 7))


def test_a_union_of_aligned_branches():
    graph = chain(
        Node("tall", "window", ("x",), (5, 1), padding=(2, 0)),
        Node("wide", "window", ("x",), (1, 3), padding=(0, 1)),
        Node("y", "merge", ("tall", "wide", "x")),
    )
    assert last(graph) == Field("y", (8, 8), (1, 1), (5, 3), (-2, -1))
    assert box(graph, "y", (4, 4)) == ((2, 3), (6, 5))


def test_branches_with_other_centres_are_named():
    graph = chain(
        Node("a", "window", ("x",), 3, 2, 1),
        Node("b", "window", ("x",), 2, 2),
        Node("c", "window", ("x",), 1, 2),
        Node("y", "merge", ("a", "b", "c")),
        Node("z", "merge", ("y", "a")),
    )
    y, z = fields(graph)[4:]
    assert y == Field("y", (4, 4), (2, 2), (3, 3), (-1, -1), misaligned=("b",))
    assert z.misaligned == ()  # y's field is a's


def test_branches_with_other_jumps_are_named_and_not_averaged():
    graph = chain(
        Node("a", "window", ("x",), 5),
        Node("b", "window", ("x",), 2, 2),
        Node("y", "merge", ("a", "b")),
        Node("z", "window", ("y",), 3),
    )
    for field, misaligned in zip(fields(graph)[3:], (("b",), ()), strict=True):
        assert (field.jump, field.receptive_field, field.start) == (None, None, None)
        assert field.misaligned == misaligned
    assert box(graph, "z", 1) == ((1, 1), (7, 7))  # a: 1 to 7; b: 2 to 7


def test_branches_of_one_centre_and_other_jumps_are_named():
    graph = chain(
        Node("a", "window", ("x",), 5),
        Node("b", "window", ("x",), 1, 2, ((-2, 1), (-2, 1))),
        Node("y", "merge", ("a", "b")),
    )
    a, b, y = fields(graph)[1:]
    assert a.centre == b.centre == (2, 2)
    assert (y.jump, y.misaligned) == (None, ("b",))


def test_a_union_is_uniform_only_if_both_ends_are():
    # Up: 0 to 1, 0 to 1, 2 to 3, 2 to 3. With -1 to 0, 0 to 1, 1 to 2, 2 to 3, only the first
    # pixels go on by 1 each; with -2 to 1, -1 to 2, 0 to 3, 1 to 4, the last ones too.
    down = Node("down", "window", ("x",), 2, 2)
    up = Node("up", "resize", ("down",), size=8)
    one_end = Node("skip", "window", ("x",), 2, 1, ((1, 0), (1, 0)))
    both_ends = Node("skip", "window", ("x",), 4, 1, ((2, 1), (2, 1)))
    found = [
        last(chain(down, up, skip, Node("y", "merge", ("up", "skip"))))
        for skip in (one_end, both_ends)
    ]
    assert [field.start for field in found] == [None, (-2, -2)]
    assert [field.receptive_field for field in found] == [(3, 3), (4, 4)]


def test_a_skip_weighs_as_much_as_steps_down_and_up():
    graph = chain(
        Node("down", "window", ("x",), (1, 2), (1, 2)),
        Node("up", "transposed", ("down",), (1, 2), (1, 2)),
        Node("y", "merge", ("x", "up")),
        size=(1, 4),
    )
    assert paths(graph, "y", (0, 1)).tolist() == [[0.25, 0.75, 0, 0]]


def test_a_u_net_is_aligned_if_its_steps_up_mirror_those_down():
    down = Node("down", "window", ("x",), 2, 2)
    for up, misaligned in [
        (Node("up", "transposed", ("down",), 2, 2), ()),
        (Node("up", "resize", ("down",), size=8), ()),
        (Node("up", "resize", ("down",), size=8, mode="linear"), ()),
        (Node("up", "resize", ("down",), size=8, mode="linear-aligned"), ("up",)),
        (Node("up", "transposed", ("down",), 3, 2, ((1, 0), (1, 0)), size=8), ("up",)),
    ]:
        assert last(chain(down, up, Node("y", "merge", ("x", "up")))).misaligned == misaligned


def test_inputs_of_one_size_share_their_pixels():
    graph = [
        Node("left", "input", size=8),
        Node("right", "input", size=8),
        Node("a", "window", ("left",), 3, padding=1),
        Node("y", "merge", ("a", "right")),
    ]
    assert last(graph) == Field("y", (8, 8), (1, 1), (3, 3), (-1, -1))
    assert box(graph, "y", 4) == ((3, 3), (5, 5))
    shares = paths(graph, "y", 4)
    assert shares[4, 4] == pytest.approx((1 + 1 / 9) / 2)
