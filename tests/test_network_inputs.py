"""Inputs of all forms, branches out of line, and boxes of single units: what summarize tells."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from network_problems import Functional
from torch import nn

from cnnlib.network import receptive_field_box, summarize

SIZE = (1, 3, 12, 14)


def conv(c_in=3, c_out=3, kernel=3, **options):
    return nn.Conv2d(c_in, c_out, kernel, **options)


def last_row(module, size):
    """Return the row of what comes after a module, and the summary."""
    summary = summarize(nn.Sequential(module, nn.Identity()), size)
    (row,) = [row for row in summary.rows if row.name == "1"]
    return row, summary


SIGNALS = [
    (nn.Conv1d(2, 3, 5, 2, padding=4, dilation=2), (2, 20), 9, 2, -4),
    (nn.Sequential(nn.Conv1d(2, 3, 3), nn.MaxPool1d(2), nn.Conv1d(3, 3, 3)), (2, 20), 8, 2, 0),
    (nn.Sequential(nn.AvgPool1d(3, 2), nn.BatchNorm1d(2), nn.ReLU()), (2, 20), 3, 2, 0),
    (nn.ConvTranspose1d(2, 3, 2, 2), (2, 20), 1, Fraction(1, 2), None),
    (nn.Sequential(nn.ReflectionPad1d(2), nn.Conv1d(2, 2, 3)), (2, 20), 3, 1, -2),
    (nn.Sequential(nn.Conv1d(2, 2, 3), nn.AdaptiveAvgPool1d(6)), (2, 20), 5, 3, 0),
    (nn.Sequential(nn.Conv1d(2, 2, 3, 2), nn.Upsample(scale_factor=2)), (2, 20), 3, 1, None),
]


@pytest.mark.parametrize(("module", "size", "field", "jump", "start"), SIGNALS)
def test_signals_have_one_axis(module, size, field, jump, start):
    row, summary = last_row(module, (1, *size))
    assert (row.receptive_field, row.jump, row.start) == (field, jump, start)
    assert (row.whole, summary.not_read) == (False, ())
    assert receptive_field_box(module, (1, *size), "", 1) == receptive_field_box(
        module, (1, *size), "", (1,)
    )


def test_boxes_of_signals():
    net = nn.Conv1d(2, 3, 5, 2, padding=2)
    assert receptive_field_box(net, (1, 2, 20), "", 0) == (0, 2)
    assert receptive_field_box(net, (1, 2, 20), "", 0, clipped=False) == (-2, 2)
    head = nn.Sequential(net, nn.Flatten(), nn.Linear(30, 2))
    assert receptive_field_box(head, (1, 2, 20), "2") == (0, 19)


@pytest.mark.parametrize(
    "module",
    [nn.Linear(6, 2), nn.LayerNorm(6), nn.TransformerEncoderLayer(6, 2, 4, batch_first=True)],
)
def test_tokens_are_not_taken_for_signals(module):
    row, summary = last_row(module.eval(), (1, 5, 6))
    assert (row.receptive_field, row.whole) == (None, False)
    assert "may hold tokens or a signal" in str(summary)


@pytest.mark.parametrize(
    ("module", "size", "why"),
    [
        (nn.Conv3d(1, 1, 2), (1, 1, 4, 4, 4), "the input has more than two axes of positions"),
        (Functional(lambda x: x), (1, 1, 4, 4, 4), "the input has more than two axes of positions"),
        (
            conv(),
            (3, 8, 8),
            "0 (Conv2d) slides over an axis that holds no rows or columns of the i",
        ),
    ],
)
def test_inputs_of_other_forms_are_not_read(module, size, why):
    row, summary = last_row(module, size)
    assert (row.receptive_field, row.whole) == (None, False)
    assert summary.not_read[0].startswith(why)
    assert "receptive field" not in str(summary).splitlines()[2]


def test_inputs_without_positions_have_no_columns_and_no_note():
    summary = summarize(nn.Sequential(nn.Linear(4, 3), nn.ReLU()), (2, 4))
    assert (summary.not_read, summary.misaligned) == ((), ())
    assert str(summary).splitlines()[2].split() == [
        "name",
        "kind",
        "output",
        "shape",
        "parameters",
        "MACs",
    ]
    assert "receptive" not in summary._repr_html_()


class Both(nn.Module):
    """Two inputs, through a layer each."""

    def __init__(self, left, right, meet):
        super().__init__()
        self.left, self.right, self.meet = left, right, meet

    def forward(self, one, other):
        return self.meet(self.left(one), self.right(other))


def test_several_inputs_are_laid_over_each_other():
    net = Both(conv(), conv(kernel=5, padding=1), torch.sub)
    size = (1, 3, 9, 9)
    assert summarize(net, (size, size)).not_read == ()
    assert receptive_field_box(net, (size, size), "(root)", (2, 2)) == ((1, 1), (5, 5))
    summary = summarize(net, (size, (1, 3, 9, 9)))
    assert [row.receptive_field for row in summary.rows] == [3, 5]
    apart = summarize(Both(conv(), conv(), lambda x, y: x.mean() + y.mean()), (size, (1, 3, 8, 8)))
    assert apart.not_read == ("the input comes in several sizes",)
    assert [row.receptive_field for row in apart.rows] == [None, None]


def test_inputs_without_positions_are_constants():
    net = Both(conv(), nn.Linear(2, 3), lambda map, scale: map * scale[:, :, None, None])
    summary = summarize(net, ((1, 3, 9, 9), (1, 2)))
    assert [row.receptive_field for row in summary.rows] == [3, 3, None]
    assert summary.not_read == ("right (Linear) gives what does not depend on the input's pixels",)
    assert receptive_field_box(net, ((1, 3, 9, 9), (1, 2)), "", (0, 0)) == ((0, 0), (2, 2))


def test_branches_out_of_line_are_named():
    left, right = conv(stride=2, padding=1), conv(kernel=2, stride=2)
    net = nn.Sequential(nn.Identity(), Branches(left, right), conv(kernel=1))
    summary = summarize(net, (1, 3, 8, 8))
    assert summary.misaligned == ("in 1, what 1.right gives is out of line with 1.left",)
    assert f"misaligned: {summary.misaligned[0]}." in str(summary).splitlines()
    rows = {row.name: row for row in summary.rows}
    assert (rows["2"].receptive_field, rows["2"].jump, rows["2"].start) == (3, 2, -1)
    strides = nn.Sequential(Branches(conv(stride=2), nn.Sequential(conv(), conv()), "cut"), conv())
    summary = summarize(strides, (1, 3, 9, 9))
    assert summary.misaligned == ("in 0, what 0.right.1 gives is out of line with 0.left",)
    assert summary.rows[-1].receptive_field is None
    assert "not known" in str(summary).splitlines()[-4]


class Branches(nn.Module):
    """Two layers on one input, added; the second cut to the first's size."""

    def __init__(self, left, right, cut=""):
        super().__init__()
        self.left, self.right = left, right

    def forward(self, input):
        left = self.left(input)
        return left + self.right(input)[..., : left.shape[2], : left.shape[3]]


def test_the_call_and_the_layer_of_a_box():
    shared = conv(padding=1)
    net = nn.Sequential(shared, nn.ReLU(), shared)
    assert receptive_field_box(net, SIZE, "0", (5, 5)) == ((3, 3), (7, 7))
    assert receptive_field_box(net, SIZE, "0", (5, 5), call=0) == ((4, 4), (6, 6))
    assert receptive_field_box(net, SIZE, "1", [5, 5], call=0) == ((4, 4), (6, 6))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (
            ("9", (0, 0)),
            {},
            ValueError,
            r"^layer must be one that is called: \(root\), 0, 1, got '9'",
        ),
        ((0, (0, 0)), {}, TypeError, "^layer must be a layer's name, got 0$"),
        (("0", (0, 0)), {"call": 1}, ValueError, "^call must be an int from -1 to 0, got 1$"),
        (
            ("0", (0, 12)),
            {},
            ValueError,
            "^unit must be a row from 0 to 9 and a column from 0 to 11",
        ),
        (
            ("0", (0,)),
            {},
            ValueError,
            "^unit must be a row from 0 to 9 and a column from 0 to 11, got",
        ),
        (("0", (0, -1)), {}, ValueError, "^unit must be a row .*, got [(]0, -1[)]$"),
        (("0", (0, 0.5)), {}, TypeError, "^unit must be a row .*, got [(]0, 0.5[)]$"),
        (
            ("0",),
            {},
            TypeError,
            "^unit must be a row from 0 to 9 and a column from 0 to 11, got None$",
        ),
        (("0", (0, 0)), {"clipped": 1}, TypeError, "^clipped must be True or False, got 1$"),
    ],
)
def test_what_is_no_unit_of_a_layer(arguments, options, error, message):
    with pytest.raises(error, match=message):
        receptive_field_box(nn.Sequential(conv(), nn.ReLU()), SIZE, *arguments, **options)


class Encoder(nn.Module):
    """A layer of a transformer: attention and a perceptron, with skips."""

    def __init__(self):
        super().__init__()
        self.norm, self.then = nn.LayerNorm(4), nn.LayerNorm(4)
        self.attend = nn.MultiheadAttention(4, 2, batch_first=True)
        self.line = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))

    def forward(self, tokens):
        given = self.norm(tokens)
        tokens = tokens + self.attend(given, given, given, need_weights=False)[0]
        return tokens + self.line(self.then(tokens))


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_a_vision_transformer(device):
    patches = nn.Sequential(nn.Conv2d(3, 4, 4, 4), nn.Flatten(2))
    turned = Functional(lambda x: x.transpose(1, 2))
    head = nn.Sequential(Functional(lambda x: x.mean(1)), nn.Linear(4, 2))
    net = nn.Sequential(patches, turned, Encoder(), Encoder(), head)
    summary = summarize(net.to(device), (1, 3, 16, 16))
    rows = {row.name: row for row in summary.rows if row.output_shape}
    assert (rows["0.0"].receptive_field, rows["0.0"].jump) == (4, 4)
    assert (rows["2.norm"].receptive_field, rows["2.norm"].whole) == (4, False)
    assert all(rows[name].whole for name in ("2.then", "3.norm", "3.line.2", "4.1"))
    assert (summary.not_read, summary.misaligned) == ((), ())
    assert receptive_field_box(net, (1, 3, 16, 16), "3", (0, 0)) == ((0, 0), (15, 15))


class Pyramid(nn.Module):
    """Down and up again, with a skip: a small U."""

    def __init__(self):
        super().__init__()
        self.down, self.deep = conv(stride=2, padding=1), conv(padding=1)
        self.up, self.out = nn.ConvTranspose2d(3, 3, 2, 2), conv(6, 2)

    def forward(self, input):
        return self.out(torch.cat([input, self.up(self.deep(self.down(input)))], 1))


def test_down_and_up_again():
    summary = summarize(Pyramid(), (1, 3, 12, 12))
    found = {row.name: (row.receptive_field, row.jump, row.start) for row in summary.rows}
    assert found == {
        "down": (3, 2, -1),
        "deep": (7, 2, -3),
        "up": (7, 1, None),
        "out": (9, 1, None),
    }
    assert receptive_field_box(Pyramid(), (1, 3, 12, 12), "up", (4, 5)) == ((1, 1), (7, 7))
    assert receptive_field_box(Pyramid(), (1, 3, 12, 12), "out", (4, 6)) == ((1, 3), (9, 11))
