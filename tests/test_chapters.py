"""What every chapter keeps to: its shape, its names, its sources, and its checked answers.

That a chapter runs and gives the numbers it stores is nbval's affair; here is what nbval does not
look at.
"""

from __future__ import annotations

import math
import re
import sys
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))

MOST_LINES = 15
WIDEST = 80
"""Columns of a code line that a page shows without scrolling."""


VGG16_AT_32 = [
    *[(32, 1, 1), (32, 1, 3), (32, 1, 5), (16, 2, 6), (16, 2, 10), (16, 2, 14), (8, 4, 16)],
    *[(8, 4, 24), (8, 4, 32), (8, 4, 40), (4, 8, 44), (4, 8, 60), (4, 8, 76), (4, 8, 92)],
    *[(2, 16, 100), (2, 16, 132), (2, 16, 164), (2, 16, 196), (1, 32, 212)],
]
"""Size, jump and receptive field, row by row."""


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    """Return each chapter in turn."""
    return nbformat.read(request.param, as_version=4)


def code_cells(chapter: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in chapter.cells if cell.cell_type == "code"]


def prose(chapter: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def printed(chapter: nbformat.NotebookNode, cell_id: str) -> str:
    """Return what a cell of that id prints."""
    (cell,) = [cell for cell in chapter.cells if cell.id == cell_id]
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def test_there_are_chapters():
    assert CHAPTERS


def test_cells_are_short(chapter):
    lengths = {cell.id: len(cell.source.splitlines()) for cell in code_cells(chapter)}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_code_in_sight_fits_the_page(chapter):
    seen = [
        cell for cell in code_cells(chapter) if not {"remove-cell", "remove-input"} & {*tags(cell)}
    ]
    wide = [line for cell in seen for line in cell.source.splitlines() if len(line) > WIDEST]
    assert wide == []


@pytest.mark.parametrize("on_colab", [True, False])
def test_its_first_cell_installs_cnnlib_on_colab_and_does_nothing_elsewhere(
    chapter, on_colab, monkeypatch
):
    first = code_cells(chapter)[0]
    assert "remove-cell" in tags(first)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    asked: list[str] = []
    shell.register_magic_function(asked.append, magic_name="pip")
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    if on_colab:
        monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    shell.run_cell(first.source).raise_error()
    repository = "git+https://github.com/cnn-textbook/cnn-textbook"
    assert [line.split()[:3] for line in asked] == [["install", "--quiet", repository]] * on_colab


def test_every_figure_has_a_text_alternative(chapter):
    figures = [
        cell
        for cell in code_cells(chapter)
        for output in cell.outputs
        if output.get("data", {}).get("text/plain", "").startswith("<Figure")
    ]
    assert figures
    for cell in figures:
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        assert len(alt.split()) >= 10, f"{cell.id} has no alternative text that tells what it shows"


def test_widgets_have_names_of_their_own(chapter):
    found = [
        name
        for cell in code_cells(chapter)
        for name in re.findall(r"(?:Explorer|Question|Choice)\(\s*name=\"([^\"]+)\"", cell.source)
    ]
    assert len(found) >= 5
    assert len(found) == len(set(found))


def test_what_is_cited_is_known_and_what_is_quoted_was_computed(chapter):
    text = prose(chapter)
    known = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text(), re.MULTILINE))
    cited = set(re.findall(r"\{cite:p\}`(\w+)`", text))
    assert cited
    assert cited <= known
    quoted = re.findall(r"\{glue:text\}`([^`:]+)", text)
    quoted += re.findall(r"\{glue:md\} (\S+)", text)
    glued = {
        output.metadata.scrapbook.name
        for cell in code_cells(chapter)
        for output in cell.outputs
        if "scrapbook" in output.get("metadata", {})
    }
    assert set(quoted) == glued


def test_it_opens_and_ends_as_chapters_do(chapter):
    text = prose(chapter)
    for part in ("**Do:**", "**Learn:**", "**Need:**", "**Time:**", ":class: predict"):
        assert part in text
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[-4:] == ["Exercises", "Summary", "What to read next", "References"]


def test_every_exercise_has_a_folded_solution(chapter):
    text = prose(chapter)
    exercises = re.findall(r"^```\{exercise\}.*\n:label: (\S+)", text, re.MULTILINE)
    solved = re.findall(r"^```\{solution(?:-start)?\} (\S+)\n:class: dropdown", text, re.MULTILINE)
    assert 4 <= len(exercises)
    assert sorted(exercises) == sorted(solved)


def test_the_convolution_chapter_gives_the_known_answers():
    chapter = nbformat.read(ROOT / "chapters" / "convolution.ipynb", as_version=4)
    assert printed(chapter, "worked-run").endswith("[[1 2]\n [2 4]]\n")
    assert printed(chapter, "modes").splitlines()[-1].startswith("valid  5 values")
    assert "torch.Size([1, 1, 5])" in printed(chapter, "library-run")
    assert printed(chapter, "cauchy").startswith("[ 4. 13. 22. 15.] [ 4. 13. 22. 15.]\nTrue")
    assert re.search(r"convolves: +False\n.*correlates: +True", printed(chapter, "library-run"))
    assert "carried: 5535" in printed(chapter, "sol-digits-code")


def test_the_convolution_chapter_measures_equivariance():
    chapter = nbformat.read(ROOT / "chapters" / "convolution.ipynb", as_version=4)
    assert re.search(r"circular +largest gap 0\.00, in columns \[\]", printed(chapter, "border"))
    rows = [line.split(": ")[1] for line in printed(chapter, "stride").splitlines()]
    for stride, row in zip((1, 2, 4), rows, strict=True):
        errors = [float(number) for number in row.strip("[]").split()]
        assert [error == 0 for error in errors] == [dx % stride == 0 for dx in range(5)]


def test_the_layer_chapter_gives_the_known_sizes():
    chapter = nbformat.read(ROOT / "chapters" / "convolutional_layer.ipynb", as_version=4)
    shapes = re.findall(r"padding (\d): (\(.*\))", printed(chapter, "ten-filters"))
    assert shapes == [("0", "(1, 10, 28, 28)"), ("2", "(1, 10, 32, 32)")]
    worked = printed(chapter, "worked-run").splitlines()
    assert worked[0] == "torch.Size([10, 16, 24, 24])"
    assert [line.split(": ")[1] for line in worked[1:4]] == ["220", "224", "112"]
    sizes = re.findall(r"^(\d+), .*, (\d+) outputs$", printed(chapter, "alexnet-run"), re.MULTILINE)
    assert sizes == [("224", "54"), ("227", "55"), ("224", "55")]
    patches = printed(chapter, "patches")
    assert len(re.findall(r"-?\d+", patches.split("patch:")[0])) == 4 * 4
    assert patches.endswith("same as the layer: True\n")


def test_the_layer_chapter_gives_the_known_counts():
    chapter = nbformat.read(ROOT / "chapters" / "convolutional_layer.ipynb", as_version=4)
    counts = re.findall(r"5\): ([\d,]+); by the formula ([\d,]+)", printed(chapter, "parameters"))
    assert counts == [("4,864", "4,864"), ("1,216", "1,216")]
    assert "34,944 shared, 105,705,600 not shared" in printed(chapter, "sharing-run")
    assert "27 C² against 49 C²" in printed(chapter, "stack")
    assert "kernel_size=(2, 2), stride=(2, 2)" in printed(chapter, "reading-run")


def test_the_layer_chapter_learns_the_sobel_kernel_twice():
    chapter = nbformat.read(ROOT / "chapters" / "convolutional_layer.ipynb", as_version=4)
    for cell_id in ("descend", "autograd-run"):
        kernel = [float(n) for n in re.findall(r"-?\d+\.\d*", printed(chapter, cell_id))[:9]]
        assert kernel == pytest.approx([-1, 0, 1, -2, 0, 2, -1, 0, 1], abs=0.05)
    assert printed(chapter, "autograd-run").endswith("same losses: True\n")


def test_the_layers_chapter_collapses_two_layers_and_shows_what_a_second_softmax_costs():
    chapter = nbformat.read(ROOT / "chapters" / "layers.ipynb", as_version=4)
    without, with_zeros = printed(chapter, "collapse-run").splitlines()
    assert without == "padding 0: gap 0, inside 0"
    assert re.fullmatch(r"padding 1: gap [1-9]\d*, inside 0", with_zeros)
    assert re.search(r"nothing.*True\nReLU.*False", printed(chapter, "relu-between"))
    assert "same: True\nweights: 162 against 200" in printed(chapter, "sol-channels-code")
    runs = re.findall(r"(once|twice) *: loss [\d.]+ -> ([\d.]+)", printed(chapter, "twice-run"))
    assert [name for name, _ in runs] == ["once", "twice"] * 2
    ends = [float(loss) for _, loss in runs]
    assert max(ends[0::2]) < 0.1
    assert min(ends[1::2]) > math.log(1 + 9 / math.e)


def test_the_layers_chapter_tells_training_from_evaluation():
    chapter = nbformat.read(ROOT / "chapters" / "layers.ipynb", as_version=4)
    gaps = re.findall(r"=(True|False): .* gap ([\d.]+)", printed(chapter, "bn-running"))
    assert [(mode, float(gap) == 0) for mode, gap in gaps] == [("True", False), ("False", True)]
    assert printed(chapter, "bn-bias") == "largest gap: 0.000000\n"
    assert "48,120 parameters" in printed(chapter, "fc-run")
    assert "37,752,832 parameters" in printed(chapter, "fc-run")


def test_the_pooling_chapter_gives_the_known_answers():
    chapter = nbformat.read(ROOT / "chapters" / "pooling.ipynb", as_version=4)
    assert [line[15:] for line in printed(chapter, "worked-run").splitlines()] == [
        "[5.0, 6.0] [4.0, 7.0]",
        "[3.0, 2.5] [2.5, 2.5]",
        "[6.782, 6.782] [5.477, 7.348]",
        "[7.0]",
        "[2.625]",
    ]
    assert "parameters of a pooling layer: 0" in printed(chapter, "gaussian-run")
    assert "max:                 [-1. -1. -1. -2.]" in printed(chapter, "padding-run")
    costs = printed(chapter, "costs").splitlines()
    assert [re.findall(r"[\d,]*\d", line) for line in costs] == [
        ["4,096", "294,912", "5"],
        ["1,024", "73,728", "8"],
    ]
    counts = re.findall(r"([\d,]+) +([\d,]+) +[\d,]+$", printed(chapter, "parameters-run"), re.M)
    assert [kernels for kernels, _ in counts] == ["5,088"] * 4
    assert [head for _, head in counts] == ["327,690", "20,490", "20,490", "330"]
    shares = re.findall(r"(\d+)% -> (\d+)%", printed(chapter, "active-run"))
    assert len(shares) == 4
    assert all(int(before) < int(after) for before, after in shares)


def test_the_pooling_chapter_measures_the_limits():
    chapter = nbformat.read(ROOT / "chapters" / "pooling.ipynb", as_version=4)
    maxima = re.findall(r"max (\[.*?\]),", printed(chapter, "step-run"))
    assert maxima == ["[0. 1. 0. 1.]", "[1. 1. 1. 1.]", "[1. 0. 1. 0.]"]
    dots = re.findall(r"cells left: ([\d ]+)", printed(chapter, "dots-run"))
    assert dots == ["2 2 1 1", "2 2 2 2", "2 2 2 2"]
    likeness = dict(re.findall(r"^(\S+) +(0\.\d+)$", printed(chapter, "halves-run"), re.M))
    assert max(likeness, key=likeness.get) == "max-blur"
    assert min(likeness, key=likeness.get) == "strided"
    for row in printed(chapter, "moved-run").splitlines()[1:6]:
        kind, *shares = row.replace("%", "").split()
        right = [int(share) for share in shares]
        assert right[0] == right[4] > 85
        assert (max(right) - min(right) < 5) == ("blur" in kind)
    assert printed(chapter, "moved-run").endswith("no halving, no change: True\n")


def test_the_receptive_field_chapter_gives_the_known_fields():
    chapter = nbformat.read(ROOT / "chapters" / "receptive_fields.ipynb", as_version=4)
    assert printed(chapter, "ask-run").endswith("layer 3: [1, 3, 6, 7, 6, 3, 1]\n")
    rows = re.findall(r"^\w+ +(\d+) +(\d+) +(\d+) +-?\d+$", printed(chapter, "vgg-run"), re.M)
    assert [tuple(map(int, row)) for row in rows] == VGG16_AT_32
    for line in printed(chapter, "where-run").splitlines()[1:]:
        assert len(set(re.findall(r"\(-?\d+, -?\d+\)", line)[:2])) == 1  # forwards as backwards
    pools = dict(re.findall(r"(vgg\d+): +([\d ]+)", printed(chapter, "vggs-run")))
    assert pools["vgg11"].split() == ["4", "10", "30", "70", "150"]
    assert pools["vgg16"].split() == ["6", "16", "44", "100", "212"]
    assert pools["vgg19"].split()[-1] == "268"
    assert "AlexNet    (195, 32, -64)    (195, " in printed(chapter, "published-run")
    assert "(483, 32, -239)   (427, " in printed(chapter, "published-run")
    assert printed(chapter, "published-stride").startswith("stride in the 1 × 1: 483 ")


def test_the_receptive_field_chapter_finds_holes_and_what_is_out_of_line():
    chapter = nbformat.read(ROOT / "chapters" / "receptive_fields.ipynb", as_version=4)
    seen = re.findall(r"spans (\d+) pixels, sees (\d+)", printed(chapter, "holes-run"))
    assert seen == [("169", "49"), ("225", "225")]
    verdicts = printed(chapter, "misaligned-shortcuts").splitlines()[1::2]
    assert [verdict.strip() == "in line" for verdict in verdicts] == [True, False, True]
    assert printed(chapter, "sol-mend-code").startswith("in line\n")
    halves = [int(share) for share in re.findall(r"(\d+)%", printed(chapter, "effective-table"))]
    assert halves == sorted(halves)
    assert halves[-1] > 95
    assert "(1, 3, 9) field 27 ways 1.0 to 1.0" in printed(chapter, "sol-holes-code")


def test_the_network_chapter_gives_the_known_counts():
    chapter = nbformat.read(ROOT / "chapters" / "network.ipynb", as_version=4)
    counts = dict(re.findall(r"^(\w+) +([\d,]+) +[\d,]+$", printed(chapter, "three-run"), re.M))
    assert counts == {"convnet": "29,034", "lenet": "62,006", "binary_classifier": "3,453,121"}
    macs = [row.split()[-1] for row in printed(chapter, "shrink-run").splitlines()[1:]]
    assert macs == ["1,849,688,064"] * 4 + ["462,422,016"]
    assert printed(chapter, "digitnet-run").split()[-2:] == ["15,418", "452,864"]
    assert printed(chapter, "backward-run").count("within 1e-12: True") == 11


def test_the_network_chapter_says_where_networks_break():
    chapter = nbformat.read(ROOT / "chapters" / "network.ipynb", as_version=4)
    right = re.findall(r"plain +(\d+)% augmented +(\d+)%", printed(chapter, "break-run"))
    plain, augmented = np.array(right, dtype=int).T
    assert plain[0] > 97
    assert augmented[0] > 97
    assert (augmented - plain)[[1, 2, 4, 5]].min() >= 8  # moved by 1 or 2, turned by 15 or 30
    assert printed(chapter, "ex-slide-read").startswith("one by one: [3, 1, 4]\n")


def test_the_regularization_chapter_keeps_to_the_formulas():
    chapter = nbformat.read(ROOT / "chapters" / "regularization.ipynb", as_version=4)
    rows = re.findall(r"^(\w+) +(\w+) +(\[.*\])$", printed(chapter, "penalties-steps"), re.M)
    steps = {(optimizer, way): after for optimizer, way, after in rows}
    assert steps["SGD", "L2"] == steps["SGD", "decay"] != steps["SGD", "none"]
    assert steps["Adam", "L2"] == steps["Adam", "none"] != steps["Adam", "decay"]
    smoothed, by_formula, mixed, of_mixed = re.findall(
        r"(\d\.\d{3})$", printed(chapter, "targets-run"), re.M
    )
    assert smoothed == by_formula
    assert mixed == of_mixed
    assert "stop; back to epoch 5" in printed(chapter, "stop-run")
    assert printed(chapter, "ex-smooth-run") == "by formula 4.51, found 4.51\n"
