"""The command line of `cnnlib.network`: a network's table, as text, CSV or JSON."""

from __future__ import annotations

import argparse
import csv
import importlib
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NoReturn

from torch import nn

from cnnlib._summary import Row, Summary

__all__ = ["run"]

Summarize = Callable[..., Summary]
Locate = Callable[..., Any]

FIELDS = (
    *("name", "kind", "output_shape", "parameters", "shared_parameters", "macs"),
    *("receptive_field", "jump", "start", "whole"),
)

_ABOUT = """\
Print what a torch network is made of, layer by layer: output shapes, parameters,
multiply-accumulates (MACs), and what each layer's units see of the input.

  python -m cnnlib.network my_module:build --input 3,224,224
  python -m cnnlib.network cnnlib.models:resnet50 --input 3,224,224 --csv > resnet50.csv
  python -m cnnlib.network my_module:net --input 3,64,64 --layer features.4 --unit 0,5
"""

_FORMATS = f"""\
--csv has a line a row, --json an object with kind, input_size, parameters, macs, not_counted,
not_read, misaligned and rows. A row has
  {", ".join(FIELDS[:6])},
  {", ".join(FIELDS[6:])}.
receptive_field, jump and start are a number, or a pair (rows, columns) where the two differ
anywhere in the network; null, or empty, where they are not known. In CSV the numbers of a shape
or a pair are joined by "x", several shapes by "+". With --layer, both have layer, unit, first and
last: the pixels at the two ends of what the unit sees, null or empty if it sees none.
"""


class _Problem(Exception):
    """An argument that cannot be used; the text says which, and why."""


class _Parser(argparse.ArgumentParser):
    """Reports what is wrong in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def run(arguments: Sequence[str] | None, summarize: Summarize, locate: Locate) -> int:
    """Do what the command line asks for, and return the exit status: 0, or 2 for a wrong argument.

    Parameters
    ----------
    arguments : sequence of str or None
        Without the program's name; None means those of this process.
    summarize, locate : callable
        `network.summarize` and `network.receptive_field_box`.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        module = _build(given.network)
        sizes = [_size(text) for text in given.input]
        size = sizes[0] if len(sizes) == 1 else tuple(sizes)
        if given.layer is not None:
            print(_box(module, size, given, locate))
            return 0
        if given.unit is not None:
            raise _Problem("--unit needs --layer")
        print(_formatted(_called(summarize, module, size), given))
    except _Problem as problem:
        parser.error(str(problem))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m cnnlib.network",
        description=_ABOUT,
        epilog=_FORMATS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "network",
        metavar="MODULE:NAME",
        help="a Python module, of the current folder too, and in it a torch.nn.Module or what, "
        "called without arguments, returns one",
    )
    parser.add_argument(
        "--input",
        required=True,
        action="append",
        metavar="C,H,W",
        help="shape of the input, as 3,224,224: a batch of 1 is put before up to three numbers; "
        "N,C,H,W states it; once for each input of the network, in order",
    )
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--csv", action="store_true", help="print comma-separated values")
    formats.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--layer", metavar="LAYER", help="print the pixels one unit of it sees")
    parser.add_argument(
        "--unit", metavar="ROW,COLUMN", help="which unit of the layer, unless it has one alone"
    )
    return parser


def _build(text: str) -> nn.Module:
    """Return the module that MODULE:NAME names."""
    name, colon, attribute = text.partition(":")
    if not (name and colon and attribute):
        raise _Problem(f"MODULE:NAME must be a module and a name in it, as my_module:build: {text}")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(error.name + ".")):
            raise _Problem(f"MODULE:NAME: importing {name} fails: {_line(error)}") from error
        where = f"no module {error.name} in {os.getcwd()} or among what is installed"
        raise _Problem(f"MODULE:NAME: there is {where}") from error
    except Exception as error:
        raise _Problem(f"MODULE:NAME: importing {name} fails: {_line(error)}") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise _Problem(f"MODULE:NAME: {name} has no {attribute}")
        found = getattr(found, part)
    if not isinstance(found, nn.Module):
        if not callable(found):
            kind = type(found).__name__
            raise _Problem(f"MODULE:NAME: {text} is neither a torch.nn.Module nor callable: {kind}")
        try:
            found = found()
        except Exception as error:
            raise _Problem(f"MODULE:NAME: {text}() fails: {_line(error)}") from error
    if not isinstance(found, nn.Module):
        kind = type(found).__name__
        raise _Problem(f"MODULE:NAME: {text}() must return a torch.nn.Module, got {kind}")
    return found


def _size(text: str) -> tuple[int, ...]:
    """Return a whole input shape, batch first: 1, unless four numbers or more state it."""
    try:
        size = tuple(int(part) for part in text.split(","))
    except ValueError:
        size = ()
    if not size or min(size) < 1:
        raise _Problem(f"--input must be positive whole numbers with commas, as 3,224,224: {text}")
    return size if len(size) > 3 else (1, *size)


def _box(module: nn.Module, size: Any, given: argparse.Namespace, locate: Locate) -> str:
    """Return what the asked unit sees, as a line or as JSON."""
    unit = None
    if given.unit is not None:
        try:
            unit = tuple(int(part) for part in given.unit.split(","))
        except ValueError:
            raise _Problem(f"--unit must be whole numbers with a comma: {given.unit}") from None
    box = _called(locate, module, size, given.layer, unit)
    if given.json:
        found = dict(zip(("first", "last"), box or (None, None), strict=True))
        return json.dumps({"layer": given.layer, "unit": unit, **found})
    if given.csv:
        ends = [_plain(end) for end in box or (None, None)]
        return _csv([["layer", "unit", "first", "last"], [given.layer, _plain(unit), *ends]])
    which = given.layer + (f", unit {unit}" if unit else "")
    return f"{which}: sees " + (f"from {box[0]} to {box[1]}" if box else "no pixel")


def _called(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call what refuses wrong arguments; name those of the command line that they came from."""
    try:
        return function(*arguments)
    except Exception as error:
        text = _line(error)
        name = next((name for name in ("layer", "unit") if text.startswith(f"{name} ")), "input")
        raise _Problem(f"--{name}: {text}") from error


def _formatted(summary: Summary, given: argparse.Namespace) -> str:
    if given.json:
        return json.dumps(_as_data(summary), indent=2)
    if given.csv:
        lines = [[_plain(getattr(row, name)) for name in FIELDS] for row in summary.rows]
        return _csv([list(FIELDS), *lines])
    return str(summary)


def _as_data(summary: Summary) -> dict[str, Any]:
    """Return a summary as what JSON holds."""
    named = ("kind", "input_size", "parameters", "macs", "not_counted", "not_read", "misaligned")
    data = {name: getattr(summary, name) for name in named}
    return {**data, "rows": [_row(row) for row in summary.rows]}


def _row(row: Row) -> dict[str, Any]:
    return {name: _number(getattr(row, name)) for name in FIELDS}


def _number(value: Any) -> Any:
    """Return a value with fractions as decimal numbers."""
    if isinstance(value, tuple):
        return [_number(part) for part in value]
    return float(value) if isinstance(value, Fraction) else value


def _plain(value: Any) -> str:
    """Return a value as a field of CSV."""
    if isinstance(value, tuple):
        return ("+" if value and isinstance(value[0], tuple) else "x").join(map(_plain, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(_number(value))


def _csv(lines: list[list[str]]) -> str:
    """Return lines of fields as CSV."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(lines)
    return file.getvalue().removesuffix("\n")


def _line(error: Exception) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__
