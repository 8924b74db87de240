"""The questions' Python side: what they take, refuse, state, and show without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from cnnlib.explorers import MultipleChoice, NumericQuestion
from cnnlib.explorers.question import written

CHOICE = {
    "name": "q-order",
    "prompt": "Is a < b?\nLook twice.",
    "choices": ["yes", "no & never"],
    "correct": 1,
    "feedback": ["Look again.", "Since b < a."],
}
NUMBER = {"name": "q-size", "prompt": "7 - 3 + 1?", "answer": 5, "explanation": "It is 5."}


def test_choice_keeps_what_it_is_given() -> None:
    question = MultipleChoice(**CHOICE)
    state = question.get_state()
    assert {key: state[key] for key in CHOICE} == CHOICE
    assert state["kind"] == "choice"


def test_number_keeps_what_it_is_given() -> None:
    state = NumericQuestion(**NUMBER).get_state()
    assert (state["answer"], state["tolerance"], state["hint"]) == (5.0, 1e-6, "")
    assert state["kind"] == "number"


def test_site_finds_the_script_by_the_module_name() -> None:
    for question in (MultipleChoice(**CHOICE), NumericQuestion(**NUMBER)):
        assert question.get_state()["_anywidget_id"].split(".")[-2] == "question"


def test_stand_in_has_choices_and_folded_answer_and_escapes_text() -> None:
    data, _ = MultipleChoice(**CHOICE)._repr_mimebundle_()
    assert data["text/html"] == (
        '<div class="cnn-question-fallback"><p>Is a &lt; b?<br>Look twice.</p>'
        '<ol type="a"><li>yes</li><li>no &amp; never</li></ol>'
        "<details><summary>Answer</summary>"
        "<p><strong>(b) no &amp; never</strong><br>Since b &lt; a.</p></details></div>"
    )
    assert "application/vnd.jupyter.widget-view+json" in data


def test_stand_in_of_a_number_states_answer_and_explanation() -> None:
    data, _ = NumericQuestion(**NUMBER)._repr_mimebundle_()
    assert "<summary>Answer</summary><p><strong>5</strong><br>It is 5.</p>" in data["text/html"]


def test_reprs_are_the_same_in_every_run() -> None:
    assert repr(MultipleChoice(**CHOICE)) == (
        "MultipleChoice('q-order': Is a < b?\nLook twice. [a] yes [b] no & never)"
    )
    assert repr(NumericQuestion(**NUMBER)) == "NumericQuestion('q-size': 7 - 3 + 1?)"
    first, second = (MultipleChoice(**CHOICE)._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/html"] == second["text/html"]
    assert first["text/plain"] == second["text/plain"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (-3.0, "−3"), (0.5, "0.5"), (1 / 3, "0.333333"), (105705600.0, "105705600")],
)
def test_written_numbers(value: float, text: str) -> None:
    assert written(value) == text


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"name": "q order"}, ValueError, "name is 'q order'; legal are letters"),
        ({"name": ""}, ValueError, "name is ''"),
        ({"name": 3}, TypeError, "name must be a string; got int"),
        ({"prompt": " "}, ValueError, "prompt is ' '"),
        ({"choices": "yes"}, TypeError, "choices must be a list of strings; got str"),
        ({"choices": ["yes"]}, ValueError, "choices has 1 answers; legal are 2 to 10"),
        ({"choices": ["yes", "yes"]}, ValueError, "each must differ"),
        ({"choices": ["yes", 2]}, TypeError, r"choices\[1\] must be a string; got int"),
        ({"correct": 2}, ValueError, "correct is 2; legal are 0 to 1"),
        ({"correct": -1}, ValueError, "correct is -1; legal are 0 to 1"),
        ({"correct": True}, TypeError, "correct must be a whole number; got bool"),
        ({"correct": 0.5}, TypeError, "correct must be a whole number; got float"),
        ({"feedback": ["only one"]}, ValueError, "feedback has 1 texts for 2 choices"),
        ({"feedback": ["fine", ""]}, ValueError, r"feedback\[1\] is ''"),
    ],
)
def test_choice_refuses(change: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        MultipleChoice(**{**CHOICE, **change})


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"answer": "5"}, TypeError, "answer must be a number; got str"),
        ({"answer": True}, TypeError, "answer must be a number; got bool"),
        ({"answer": float("nan")}, ValueError, "answer is nan; it must be finite"),
        ({"tolerance": -1}, ValueError, "tolerance is -1.0; it must not be negative"),
        ({"tolerance": float("inf")}, ValueError, "tolerance is inf; it must be finite"),
        ({"hint": None}, TypeError, "hint must be a string; got NoneType"),
        ({"explanation": 1}, TypeError, "explanation must be a string; got int"),
    ],
)
def test_number_refuses(change: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        NumericQuestion(**{**NUMBER, **change})
