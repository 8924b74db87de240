"""A student's answers are found in whatever became of the notebook, and the tests are ours again."""

from __future__ import annotations

import json

import nbformat
import pytest
from assignment_cases import marked
from synthetic_submissions import NAME, filled, written

from grading.restore import GONE, NotGradableError, restore


def restored(content):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return restore(filled(), data, NAME)


def raw():
    """Return a submission as JSON, for a test to spoil."""
    return json.loads(written(filled()))


def graded(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade", False)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_what_was_not_spoiled_comes_back_as_it_was():
    found = restored(raw())
    assert found.notes == []
    assert sources(found.notebook) == sources(filled())


def test_tests_are_restored_and_it_is_said_which():
    theirs = raw()
    tests = [cell for cell in theirs["cells"] if graded(cell)]
    tests[0]["source"] = "assert True"
    tests[1]["cell_type"] = "markdown"
    tests[2]["metadata"]["nbgrader"]["points"] = 100
    tests[3]["source"] = [*tests[3]["source"], "   \n"]
    theirs["cells"].remove(tests[4])
    found = restored(theirs)
    assert sources(found.notebook) == sources(filled())
    assert [marked(cell) for cell in found.notebook.cells] == [marked(c) for c in filled().cells]
    changed, missing = found.notes
    assert "changed (correlate test 1, correlate test 2):" in changed
    assert "missing (output_size test 1):" in missing


def test_a_deleted_answer_leaves_a_gap_and_other_cells_stay_in_their_places():
    theirs = raw()
    place = next(
        i for i, cell in enumerate(theirs["cells"]) if "def conv2d(" in "".join(cell["source"])
    )
    own = {"cell_type": "code", "source": "own = 1", "metadata": {}}
    theirs["cells"][place] = own
    found = restored(theirs)
    assert found.notes == ["The cell to write your answer in was missing for conv2d."]
    expected = sources(filled())
    expected[place] = GONE
    expected.insert(place, "own = 1")
    assert sources(found.notebook) == expected


def test_a_copied_answer_runs_where_it_stands_and_a_copied_test_does_not():
    theirs = raw()
    answer = next(cell for cell in theirs["cells"] if cell["metadata"].get("nbgrader"))
    test = next(cell for cell in theirs["cells"] if graded(cell))
    theirs["cells"] += [answer | {"source": "later = 1"}, test | {"source": "assert False"}]
    found = restored(theirs)
    assert sources(found.notebook) == [*sources(filled()), "later = 1"]


def test_the_first_cells_are_put_back_and_may_be_added_to():
    theirs = raw()
    imports = next(cell for cell in theirs["cells"] if cell["source"] == ["import numpy as np"])
    imports["source"] = "import numpy as np\nimport math"
    assert "import numpy as np\nimport math" in sources(restored(theirs).notebook)
    theirs["cells"].remove(imports)
    assert sources(restored(theirs).notebook) == sources(filled())


def test_an_editor_that_drops_ids_does_no_harm():
    theirs = raw()
    for cell in theirs["cells"]:
        del cell["id"]
    assert sources(restored(theirs).notebook) == sources(filled())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"cells": 3}',
        b"\xff\xfe",
        b'{"worksheets": []}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_notebook_is_unreadable(data):
    with pytest.raises(NotGradableError) as why:
        restored(data)
    assert why.value.args[0] == "unreadable"
    assert "save it" in why.value.args[1]


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [3, None, "x"],
        [
            {
                "cell_type": "code",
                "source": "pass",
                "metadata": {"nbgrader": {"grade_id": "pooling-x"}},
            }
        ],
        [{"cell_type": "code", "source": {"a": 1}, "metadata": []}],
        [{"metadata": {"nbgrader": 3}}, {"metadata": {"nbgrader": {"grade_id": []}}}],
    ],
)
def test_a_notebook_without_a_cell_of_ours_is_another(cells):
    with pytest.raises(NotGradableError) as why:
        restored({"cells": cells})
    assert why.value.args[0] == "wrong notebook"


def test_what_is_restored_is_a_valid_notebook_whatever_was_in_the_cells():
    theirs = raw()
    for cell, worse in zip(theirs["cells"], [None, 3, ["a", 4], {"x": 1}] * 9, strict=False):
        cell["source"] = worse
        cell["outputs"] = worse
        cell["execution_count"] = "many"
    theirs["cells"] += [{"cell_type": "raw", "source": "x"}, {"cell_type": "worse", "source": "x"}]
    nbformat.validate(restored(theirs).notebook)
