"""The assignments grade rightly: right answers pass however they are written, wrong ones do not."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from assignment_cases import (
    NAMES,
    answers,
    grade,
    graded_cells,
    marked,
    notebook,
    released,
    solution_cells,
)

FUNCTIONS = [(name, function) for name in NAMES for function in solution_cells(name)]
WRONG = [answer for answer in answers() if not answer.right]
RIGHT = [answer for answer in answers() if answer.right]


@pytest.mark.parametrize("name", NAMES)
def test_the_solutions_pass_every_test(name):
    results = grade(name)
    assert results.keys() == {marked(cell).grade_id for cell in graded_cells(name)}
    assert {which: error for which, error in results.items() if error} == {}


@pytest.mark.parametrize("answer", WRONG, ids=str)
def test_a_wrong_answer_loses_points_and_is_told_why(answer):
    results = grade(answer.assignment, answer.function, answer.call)
    failed = [error for error in results.values() if error is not None]
    told = [error for error in failed if isinstance(error, AssertionError) and str(error).strip()]
    assert told, f"what the tests of {answer.function} raised: {failed}"


@pytest.mark.parametrize("answer", RIGHT, ids=str)
def test_a_right_answer_passes_however_it_is_written(answer):
    results = grade(answer.assignment, answer.function, answer.call)
    assert results
    assert {which: error for which, error in results.items() if error} == {}


@pytest.mark.parametrize(("name", "function"), FUNCTIONS)
def test_each_function_has_enough_answers(name, function):
    ours = [
        answer for answer in answers() if (answer.assignment, answer.function) == (name, function)
    ]
    assert len({answer.what for answer in ours if not answer.right}) >= 6
    assert len({answer.what for answer in ours if answer.right}) >= 3


def test_no_answer_is_to_a_function_that_is_not_graded():
    known = set(FUNCTIONS)
    assert [str(a) for a in answers() if (a.assignment, a.function) not in known] == []
    assert [which for which, count in Counter(map(str, answers())).items() if count > 1] == []


@pytest.mark.parametrize(("name", "function"), FUNCTIONS)
def test_as_released_nothing_is_solved(name, function):
    results = grade(name, function, release=True)
    assert results
    assert {which: type(error) for which, error in results.items()} == dict.fromkeys(
        results, NotImplementedError
    )


@pytest.mark.parametrize(("name", "function"), FUNCTIONS)
def test_each_part_has_a_task_a_stub_and_tests_seen_and_hidden(name, function):
    cell = solution_cells(name)[function]
    task = notebook(name).cells[notebook(name).cells.index(cell) - 1]
    assert task.cell_type == "markdown"
    assert f"`{function}" in task.source
    assert f"def {function}(" in released(cell.source)
    assert '"""' in released(cell.source)
    tests = graded_cells(name, function)
    assert len(tests) >= 2, "one cell gives no credit for a part"
    assert all("assert" in released(test.source) for test in tests)
    assert any(released(test.source) != test.source for test in tests)
    points = int(re.search(r"\*(\d+) points?, about \d+ minutes\*", task.source)[1])
    assert points == sum(marked(test).points for test in tests)


@pytest.mark.parametrize("name", NAMES)
def test_points_and_minutes_are_those_stated(name):
    cells = notebook(name).cells
    opening = "\n".join(cell.source for cell in cells[:3] if cell.cell_type == "markdown")
    points = int(re.search(r"\*\*Points:\*\* (\d+)", opening)[1])
    minutes = int(re.search(r"\*\*Time:\*\* about (\d+) minutes", opening)[1])
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    parts = re.findall(r"\*(\d+) points?, about (\d+) minutes\*", text)
    assert len(parts) == len(solution_cells(name))
    assert points == sum(marked(cell).points for cell in graded_cells(name))
    assert points == sum(int(part) for part, _ in parts)
    assert minutes == sum(int(part) for _, part in parts)
    assert 30 <= minutes <= 90


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_clean_and_its_cells_are_what_nbgrader_wants(name):
    source = notebook(name)
    assert (source.nbformat, source.nbformat_minor) == (4, 5)
    identifiers = [marked(cell).grade_id for cell in source.cells if marked(cell).grade_id]
    assert len(set(identifiers)) == len(identifiers)
    for cell in source.cells:
        marks = marked(cell)
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
        if marks.grade_id:
            assert marks.schema_version == 3
        if marks.grade:
            assert re.fullmatch(rf"{name}-\w+-test-\d+", marks.grade_id)
            assert marks.points > 0
            assert (marks.locked, marks.solution) == (True, False)
        if marks.solution:
            assert (marks.locked, marks.grade, marks.points) == (False, False, 0)
