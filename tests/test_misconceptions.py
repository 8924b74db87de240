"""The chapter of common claims: each has its question, its code, its truth, and its place."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from cnnlib import explorers

ROOT = Path(__file__).resolve().parent.parent
CLAIMS = 23

SAID = {
    "padding-run": ["p once:  30", "p twice: 32", "torch:   32"],
    "floor-run": ["[1, 64, 112, 112]", "112 places; the last window ends at 229 of 230"],
    "brackets-run": ["as written:    225.25", "with brackets: 55.0", "counted:       55"],
    "ten-run": [f"padding {p}: (1, 10, {28 + 2 * p}, {28 + 2 * p})" for p in range(3)],
    "centre-run": ["ones under the kernel: 5", "sum of the products:   4"],
    "inverse-run": ["there: [1. 2. 1.] and back: [1. 4. 6. 4. 1.]", "adjoint: True"],
    "inside-run": ["stride 2:   [9.0, 4.0]", "dilation 2: [4.0]"],
    "dilation-run": ["dilation 2: 9 of 25 pixels, 36%", "units that use each pixel: 4 to 9"],
    "flatten-run": ["numbers: 800 -> 800", "undone:  True"],
    "twice-run": ["loss, logits           1.461  0.059  0.000  0.000", "log(1 + 9/e) is 1.4612"],
    "ex-haar-run": ["orthogonal: True", "the same picture: True"],
    "ex-momentum-run": ["momentum 0: L2 1.500, decay 1.500", "momentum 0.9, decay of 10: 1.500"],
}
"""Lines that a cell prints, each worked out by hand or known from the literature."""


@cache
def cells() -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(ROOT / "chapters" / "misconceptions.ipynb", as_version=4)
    return list(notebook.cells)


@cache
def claims() -> dict[int, str]:
    """Return the text of each claim's section by its number; of a code cell its source."""
    text = "\n\n".join(cell.source for cell in cells())
    body = text.split("\n## Exercises")[0]
    parts = re.split(r"^### (\d+)\. ", body, flags=re.MULTILINE)[1:]
    return {int(number): part for number, part in zip(parts[::2], parts[1::2], strict=True)}


@cache
def summary() -> dict[int, list[str]]:
    """Return the rows of the table at the end by their number."""
    text = "\n\n".join(cell.source for cell in cells() if cell.cell_type == "markdown")
    rows = re.findall(r"^\| \*\*(\d+)\*\* (.+) \|$", text, re.MULTILINE)
    return {int(number): row.split(" | ") for number, row in rows}


def printed(cell_id: str) -> list[str]:
    (cell,) = [cell for cell in cells() if cell.id == cell_id]
    return "".join(o.text for o in cell.outputs if o.output_type == "stream").splitlines()


def test_claims_are_numbered_through_here_and_in_the_table():
    assert list(claims()) == list(summary()) == list(range(1, CLAIMS + 1))


@pytest.mark.parametrize("number", range(1, CLAIMS + 1))
def test_a_claim_is_quoted_asked_decided_and_linked(number: int):
    section = claims()[number]
    assert re.search(r"^> “.+", section, re.MULTILINE)
    question = re.search(r"^(NumericQuestion|MultipleChoice)\(", section, re.MULTILINE)
    assert question is not None
    assert re.search(r"^\s*print\(", section[question.end() :], re.MULTILINE)


@pytest.mark.parametrize("number", range(1, CLAIMS + 1))
def test_a_claim_leads_to_a_place_of_another_chapter(number: int):
    said, true, taught = summary()[number]
    assert said != true
    (label,) = re.findall(r"\{ref\}`(?:[^`<]+<)?([\w-]+)>?`", taught)
    section = claims()[number]
    assert f"<{label}>`" in section
    places = [
        path.stem
        for path in (ROOT / "chapters").glob("*.ipynb")
        if f'"({label})=' in path.read_text(encoding="utf-8")
    ]
    assert len(places) == 1
    assert places != ["misconceptions"]


def test_at_least_three_kinds_of_explorer_decide():
    text = "".join(claims().values())
    kinds = set(re.findall(r"^(\w+Explorer)\($", text, re.MULTILINE))
    assert len(kinds) >= 3
    assert all(hasattr(explorers, kind) for kind in kinds)


@pytest.mark.parametrize("cell_id", SAID)
def test_code_decides_as_it_should(cell_id: str):
    lines = printed(cell_id)
    assert [line for line in SAID[cell_id] if line not in lines] == []


def test_only_a_kernel_without_symmetry_tells_convolution_from_correlation():
    verdicts = [line.split()[-2:] for line in printed("symmetric-run")[1:]]
    assert verdicts == [["True", "True"]] * 3 + [["False", "True"]]


def test_weight_decay_is_l2_under_plain_sgd_alone():
    same = {line[:16]: line.endswith(", same") for line in printed("decay-run")}
    assert same == {
        "SGD            1": True,
        "SGD           10": True,
        "SGD, momentum  1": True,
        "SGD, momentum 10": False,
        "Adam           1": False,
        "Adam          10": False,
    }


def test_stride_changes_neither_weights_nor_features():
    counts = re.findall(
        r": (\d+) weights, (\d+) features", "\n".join(printed("stride-features-run"))
    )
    assert counts == [("432", "16")] * 3
