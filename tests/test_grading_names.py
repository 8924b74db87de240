"""Which assignments there are, and which limits may be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from assignment_cases import NAMES

from grading.course import check_names
from grading.limits import Limits

COURSE = Path(__file__).resolve().parent.parent / "assignments"


def test_all_assignments_are_released_unless_some_are_named():
    assert check_names(COURSE, []) == NAMES
    assert check_names(COURSE, ["convolution"]) == ["convolution"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["polling"], "no assignment 'polling': there are .*convolution"),
        (["convolution", "a", "b"], "no assignment 'a', 'b'"),
        (["convolution", "convolution"], "more than once: 'convolution'"),
    ],
)
def test_unknown_and_repeated_names_are_refused_by_name(asked, told):
    with pytest.raises(ValueError, match=told):
        check_names(COURSE, asked)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(seconds=0), "CELL_SECONDS must be above 0, not 0"),
        (Limits(minutes=-1), "MINUTES must be above 0, not -1"),
        (Limits(memory=0.5), r"MEMORY must be at least 1 \(GiB\), not 0.5"),
    ],
)
def test_limits_that_no_notebook_could_keep_are_refused(limits, told):
    with pytest.raises(ValueError, match=told):
        limits.check()
    Limits().check()
