"""Tiles of 6x6 input and 4x4 output values, and the matrices of Winograd's F(4x4, 3x3)."""

from __future__ import annotations

import numpy as np

from cnnlib._arrays import Array
from cnnlib._bands import copy_padded
from cnnlib._check import Pair

__all__ = ["INPUT", "OUTPUT", "WEIGHT", "cut_tiles", "lay_tiles"]

# Lavin and Gray's B^T, G and A^T: a row of theirs takes 6 input values, 3 weights or 6 products to
# one number. What works down and across works on a tile as a whole, by the Kronecker product.
_B = [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
]
_G = [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
]
_A = [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]
INPUT, WEIGHT, OUTPUT = (np.kron(rows, rows) for rows in map(np.array, (_B, _G, _A)))


def cut_tiles(input: Array, top: int, left: int, size: Pair) -> Array:
    """Return the tiles of images (n, c, h, w), the first at (top, left), each 4 from the next.

    There are `size` tiles, down and across, of an image. The result is (36, c * n * down * across):
    first what stands at one place of all tiles. Beyond the input are zeros, but the last tile of
    each row goes on in the next: it may not be used.

    Rows are dealt out to four arrays, so that tiles below each other follow each other. Then what
    stands at one place of all tiles is every fourth value of one of them, in one long run.
    """
    (n, c), (down, across) = input.shape[:2], size
    dealt = np.zeros((4, n, c, down + 2, 4 * across), input.dtype)
    for i in range(4):
        copy_padded(dealt[i, :, :, :-1], input, top + i, left, (4, 1))
    runs = dealt.reshape(4, n, c, -1)
    tiles = np.empty((6, 6, c, n, down * across), input.dtype)
    for i, j in np.ndindex(6, 6):
        first = (i // 4 * across) * 4 + j
        run = runs[i % 4, :, :, first : first + 4 * down * across : 4]
        tiles[i, j] = run.swapaxes(0, 1)
    return tiles.reshape(36, -1)


def lay_tiles(output: Array, tiles: Array, size: Pair) -> None:
    """Fill images (n, c, h, w) with tiles (16, c * n * down * across), cut off at their ends."""
    (n, c, _, w), (down, across) = output.shape, size
    tiles = tiles.reshape(4, 4, c, n, down, across)
    lines = np.empty((n, c, down, across, 4), output.dtype)
    for i in range(4):
        for j in range(4):
            lines[..., j] = tiles[i, j].swapaxes(0, 1)
        rows = output[:, :, i::4]
        rows[...] = lines.reshape(n, c, down, 4 * across)[:, :, : rows.shape[2], :w]
