"""Receptive fields refuse what is no layer, no graph or no unit, and say what would be one."""

from __future__ import annotations

import pytest

from cnnlib.receptive_field import (
    Layer,
    Node,
    box,
    fields,
    input_region,
    output_sizes,
    paths,
    receptive_field,
    stacked_field,
)

X = Node("x", "input", size=8)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"name": 3}, TypeError, "^name must be a string, got 3$"),
        ({"kernel_size": 0}, ValueError, "^kernel_size must be a positive int or a pair .* got 0$"),
        ({"stride": 1.5}, TypeError, r"^stride must be a positive int or a pair .* got 1\.5$"),
        ({"dilation": (1, 0)}, ValueError, r"^dilation must be a positive int .* got \(1, 0\)$"),
        ({"padding": -1}, ValueError, "^padding must be a non-negative int .* got -1$"),
        ({"padding": "full"}, ValueError, "^padding must be 'same', 'valid', .* got 'full'$"),
        (
            {"padding": "same", "stride": 2},
            ValueError,
            r"^stride must be 1 where padding is 'same', got \(2, 2\)$",
        ),
        ({"ceil_mode": 1}, TypeError, "^ceil_mode must be True or False, got 1$"),
        (
            {"ceil_mode": True, "padding": 2},
            ValueError,
            r"^padding must be at most half the kernel size, \(3, 3\), where ceil_mode .* got 2$",
        ),
        (
            {"ceil_mode": True, "padding": "valid"},
            ValueError,
            "^padding must be an int or a pair of them where ceil_mode is True, got 'valid'$",
        ),
    ],
)
def test_layers(changes, error, match):
    with pytest.raises(error, match=match):
        Layer(**{"name": "a", "kernel_size": 3, **changes})


@pytest.mark.parametrize("function", [receptive_field, lambda layers: input_region(layers, 0, 0)])
def test_chains(function):
    with pytest.raises(TypeError, match="^layers must be a sequence of Layer, got 'abc'$"):
        function("abc")
    with pytest.raises(TypeError, match="^layers must be a sequence of Layer, each one, got 3$"):
        function([Layer("a", 3), 3])


def test_inputs_of_chains():
    layers = [Layer("a", 3), Layer("b", 3)]
    with pytest.raises(ValueError, match="^input_size must be a positive int .* got 0$"):
        receptive_field(layers, 0)
    match = r"^kernel_size of layer 'b' must be no larger than the padded input, \(2, 2\), got a k"
    with pytest.raises(ValueError, match=match):
        receptive_field(layers, 4)
    with pytest.raises(ValueError, match=match):
        input_region(layers, 0, 0, 4)


def test_units_of_chains():
    layers = [Layer("a", 3)]
    with pytest.raises(ValueError, match="^first must be a non-negative int .* got -1$"):
        input_region(layers, -1, 0)
    with pytest.raises(ValueError, match=r"^last must be no smaller than first, \(2, 2\), got 1$"):
        input_region(layers, 2, 1)
    match = r"^last must be within the last map, of size \(3, 3\), got 3$"
    with pytest.raises(ValueError, match=match):
        input_region(layers, 0, 3, 5)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"name": None}, TypeError, "^name must be a string, got None$"),
        ({"op": "conv"}, ValueError, "^op must be one of input, window, .* whole, got 'conv'$"),
        ({"inputs": "x"}, TypeError, "^inputs must be a tuple of names, got 'x'$"),
        ({"inputs": (X,)}, TypeError, "^inputs must be a tuple of names, got "),
        ({"inputs": ()}, ValueError, r"^inputs must be 1 of them for window, got \(\)$"),
        ({"inputs": ("x", "x")}, ValueError, r"^inputs must be 1 of them .* got \('x', 'x'\)$"),
        ({"op": "input"}, ValueError, r"^inputs must be 0 of them for input, got \('x',\)$"),
        (
            {"op": "merge", "inputs": ()},
            ValueError,
            r"^inputs must be 1 or more of them for merge, got \(\)$",
        ),
        ({"kernel_size": 0}, ValueError, "^kernel_size must be a positive int .* got 0$"),
        ({"stride": "2"}, TypeError, "^stride must be a positive int .* got '2'$"),
        ({"dilation": (1, 2, 3)}, ValueError, r"^dilation must be .* got \(1, 2, 3\)$"),
        ({"padding": 0.5}, TypeError, r"^padding must be an int, a pair of .* got 0\.5$"),
        ({"padding": (1, 2, 3)}, ValueError, r"^padding must be .* got \(1, 2, 3\)$"),
        ({"padding": ((1,), 2)}, ValueError, r"^padding must be .* got \(\(1,\), 2\)$"),
        ({"size": 0}, ValueError, "^size must be a positive int or a pair of them, got 0$"),
        ({"op": "resize"}, TypeError, "^size must be given for resize, got None$"),
        ({"op": "adaptive"}, TypeError, "^size must be given for adaptive, got None$"),
        (
            {"mode": "mirror"},
            ValueError,
            "^mode must be 'zeros' or .* or 'circular' for window, got 'mirror'$",
        ),
        ({"op": "merge", "mode": "zeros"}, ValueError, "^mode must be None for merge, got 'zeros'"),
    ],
)
def test_nodes(changes, error, match):
    with pytest.raises(error, match=match):
        Node(**{"name": "y", "op": "window", "inputs": ("x",), **changes})


@pytest.mark.parametrize("function", [output_sizes, fields])
@pytest.mark.parametrize(
    ("nodes", "error", "match"),
    [
        ("x", TypeError, "^nodes must be a sequence of Node, got 'x'$"),
        (["x"], TypeError, r"^nodes must be a sequence of Node, got \['x'\]$"),
        ([X, X], ValueError, "^nodes must be named uniquely, got 'x'$"),
        (
            [Node("y", "window", ("x",)), X],
            ValueError,
            "^nodes must be in order, what 'y' reads before it, got 'x'$",
        ),
        ([], ValueError, r"^nodes must be a graph with an input, or .* of one size, got \(\)$"),
        (
            [X, Node("z", "input", size=9)],
            ValueError,
            r"^nodes must be a graph with an input, or with several of one size, got .*\(8, 8\)",
        ),
        (
            [X, Node("y", "window", ("x",), 9)],
            ValueError,
            r"^nodes must be such that the kernel of 'y' fits in the map .* got \(8, 8\)$",
        ),
        (
            [X, Node("y", "transposed", ("x",), padding=4)],
            ValueError,
            r"^nodes must be such that the kernel of 'y' fits in the map .* got \(8, 8\)$",
        ),
        (
            [X, Node("y", "window", ("x",), 2), Node("z", "merge", ("x", "y"))],
            ValueError,
            r"^nodes must be such that the maps that 'z' merges have equal .* got \(8, 7\)$",
        ),
    ],
)
def test_graphs(function, nodes, error, match):
    with pytest.raises(error, match=match):
        function(nodes)


@pytest.mark.parametrize("function", [box, paths])
def test_units_of_graphs(function):
    with pytest.raises(ValueError, match="^name must be one of x, got 'y'$"):
        function([X], "y", 0)
    with pytest.raises(TypeError, match="^unit must be a non-negative int .* got None$"):
        function([X], "x", None)
    match = r"^unit must be within the map of 'x', of size \(8, 8\), got \(0, 8\)$"
    with pytest.raises(ValueError, match=match):
        function([X], "x", (0, 8))
    with pytest.raises(TypeError, match="^nodes must be a sequence of Node, got None$"):
        function(None, "x", 0)


def test_clipping():
    with pytest.raises(TypeError, match="^clipped must be True or False, got 0$"):
        box([X], "x", 0, clipped=0)


def test_stacks():
    with pytest.raises(ValueError, match="^depth must be a non-negative int, got -1$"):
        stacked_field(-1, 3)
    with pytest.raises(ValueError, match="^kernel_size must be a positive int, got 0$"):
        stacked_field(1, 0)
