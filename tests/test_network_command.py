"""The command line of cnnlib.network: the table, CSV, JSON, boxes, and one line for each error."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

from cnnlib import _command, network

SOURCE = """
from torch import nn

net = nn.Sequential(
    nn.Conv2d(3, 4, 3, (2, 1)), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 15 * 31, 2)
)
number = 3


def build():
    return net


def wrong():
    return number


def broken():
    raise RuntimeError("two\\nlines")


class Pair(nn.Module):
    def forward(self, left, right):
        return nn.functional.interpolate(left + right, scale_factor=2)


class Holder:
    inner = net


class Signal(nn.Conv1d):
    def __init__(self):
        super().__init__(2, 3, 5, stride=2, padding=2)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("command")
    (path / "user_networks.py").write_text(SOURCE)
    (path / "user_broken.py").write_text("import missing_package")
    (path / "user_worse.py").write_text("1 / 0")
    return path


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Return what runs the command in this process, and gives its status, output and errors."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def call(*arguments):
        try:
            status = _command.run(arguments, network.summarize, network.receptive_field_box)
        except SystemExit as end:
            status = end.code
        return (status, *capsys.readouterr())

    return call


def command(folder, *arguments):
    """Run the command as a user does."""
    line = [sys.executable, "-m", "cnnlib.network", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_table_as_a_user_asks_for_it(folder):
    done = command(folder, "user_networks:build", "--input", "3,64,64")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Sequential on an input of (1, 3, 64, 64)"
    assert lines[4].split() == [
        *("0", "Conv2d", "(1,", "4,", "31,", "62)", "112", "207,576"),
        *("(3,", "3)", "(2,", "1)", "(0,", "0)"),
    ]
    assert lines[9].split() == ["total", "4", "calls", "3,834", "211,296"]


def test_an_error_as_a_user_sees_it(folder):
    done = command(folder, "user_networks:missing", "--input", "3,64,64")
    assert (done.returncode, done.stdout) == (2, "")
    prefix = "python -m cnnlib.network: "
    assert done.stderr == f"{prefix}MODULE:NAME: user_networks has no missing\n"


def test_csv(run):
    status, out, error = run("user_networks:net", "--input", "2,3,64,64", "--csv")
    assert (status, error) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["name"] for row in rows] == ["0", "1", "2", "3"]
    assert list(rows[0].items()) == [
        *(("name", "0"), ("kind", "Conv2d"), ("output_shape", "2x4x31x62")),
        *(("parameters", "112"), ("shared_parameters", "0"), ("macs", str(2 * 207_576))),
        *(("receptive_field", "3x3"), ("jump", "2x1"), ("start", "0x0"), ("whole", "false")),
    ]
    assert (rows[3]["receptive_field"], rows[3]["whole"]) == ("61x64", "true")


def test_json(run):
    status, out, error = run("user_networks:Holder.inner", "--input", "3,64,64", "--json")
    assert (status, error) == (0, "")
    data = json.loads(out)
    rows = data.pop("rows")
    assert data == {
        "kind": "Sequential",
        "input_size": [1, 3, 64, 64],
        "parameters": 3834,
        "macs": 211_296,
        "not_counted": [],
        "not_read": [],
        "misaligned": [],
    }
    assert list(rows[1].items()) == [
        *(("name", "1"), ("kind", "MaxPool2d"), ("output_shape", [1, 4, 15, 31])),
        *(("parameters", 0), ("shared_parameters", 0), ("macs", 0)),
        *(("receptive_field", [5, 4]), ("jump", [4, 2]), ("start", [0, 0]), ("whole", False)),
    ]


def test_json_and_csv_of_fractions_signals_and_what_is_not_known(run):
    _, out, _ = run("user_networks:Pair", "--input", "3,4,4", "--input", "3,4,4", "--json")
    (row,) = json.loads(out)["rows"]
    assert (row["receptive_field"], row["jump"], row["start"]) == (1, 0.5, None)
    assert json.loads(out)["input_size"] == [[1, 3, 4, 4], [1, 3, 4, 4]]
    _, out, _ = run("user_networks:Pair", "--input", "3,4,4", "--input", "3,4,4", "--csv")
    assert out.splitlines()[1].endswith(",1,0.5,,false")
    _, out, _ = run("user_networks:Signal", "--input", "2,9", "--json")
    (row,) = json.loads(out)["rows"]
    assert (row["receptive_field"], row["jump"], row["start"]) == (5, 2, -2)


def test_what_one_unit_sees(run):
    asked = ["user_networks:net", "--input", "3,64,64", "--layer"]
    assert run(*asked, "1", "--unit", "0,5") == (
        *(0, "1, unit (0, 5): sees from (0, 10) to (4, 13)\n", ""),
    )
    assert run(*asked, "3") == (0, "3: sees from (0, 0) to (60, 63)\n", "")
    _, out, _ = run(*asked, "1", "--unit", "0,5", "--json")
    assert json.loads(out) == {"layer": "1", "unit": [0, 5], "first": [0, 10], "last": [4, 13]}
    _, out, _ = run(*asked, "1", "--unit", "0,5", "--csv")
    assert out == "layer,unit,first,last\n1,0x5,0x10,4x13\n"
    signal = ["user_networks:Signal", "--input", "2,9", "--layer", "(root)", "--unit", "4"]
    assert run(*signal)[1] == "(root), unit (4,): sees from 6 to 8\n"


MISTAKES = [
    (["user_nothing:net"], "MODULE:NAME: there is no module user_nothing in "),
    (["user_broken:net"], "MODULE:NAME: importing user_broken fails: No module named 'missing_"),
    (["user_worse:net"], "MODULE:NAME: importing user_worse fails: division by zero"),
    (["user_networks"], "MODULE:NAME must be a module and a name in it, as my_module:build: user_"),
    (["user_networks:"], "MODULE:NAME must be a module and a name in it"),
    (["user_networks:missing"], "MODULE:NAME: user_networks has no missing"),
    (["user_networks:number"], "MODULE:NAME: user_networks:number is neither a torch.nn.Module n"),
    (["user_networks:wrong"], "MODULE:NAME: user_networks:wrong() must return a torch.nn.Module, "),
    (["user_networks:broken"], "MODULE:NAME: user_networks:broken() fails: two lines"),
]
SIZES = [
    *(
        (text, "--input must be positive whole numbers with commas, as 3,224,224: ")
        for text in ("3,a", "", "3,,4", "0,4,4", "3x64x64", "3,-4,4")
    ),
    ("4,64,64", "--input: input_size must suit every layer, got (1, 4, 64, 64): 0 (Conv2d), give"),
    ("3,60,60", "--input: input_size must suit every layer, got (1, 3, 60, 60): 3 (Linear), give"),
]
OPTIONS = [
    (["--layer", "9"], "--layer: layer must be one that is called: (root), 0, 1, 2, 3, got '9'"),
    (["--layer", "1", "--unit", "99,0"], "--unit: unit must be a row from 0 to 14 and a column f"),
    (["--layer", "1", "--unit", "1"], "--unit: unit must be a row from 0 to 14 and a column from"),
    (["--layer", "1"], "--unit: unit must be a row from 0 to 14 and a column from 0 to 30, got N"),
    (["--layer", "1", "--unit", "a,0"], "--unit must be whole numbers with a comma: a,0"),
    (["--unit", "1,0"], "--unit needs --layer"),
    (["--csv", "--json"], "argument --json: not allowed with argument --csv"),
    (["--unknown"], "unrecognized arguments: --unknown"),
]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        *(([*named, "--input", "3,64,64"], message) for named, message in MISTAKES),
        *((["user_networks:net", f"--input={text}"], message) for text, message in SIZES),
        *((["user_networks:net", "--input", "3,64,64", *more], text) for more, text in OPTIONS),
        (["user_networks:net"], "the following arguments are required: --input"),
    ],
)
def test_a_wrong_argument_is_one_line_and_status_2(run, arguments, message):
    status, out, error = run(*arguments)
    assert (status, out) == (2, "")
    assert error.startswith(f"python -m cnnlib.network: {message}")
    assert error.count("\n") == 1


def test_help_names_every_argument_and_field(run):
    status, out, error = run("--help")
    assert (status, error) == (0, "")
    for name in ("--input", "--csv", "--json", "--layer", "--unit", *_command.FIELDS):
        assert name in out
    assert max(map(len, out.splitlines())) <= 100
