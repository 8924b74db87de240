"""Questions within the text: multiple choice and numeric, answered in the page."""

from __future__ import annotations

import html
import math
import numbers
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ._link import link_widget

LETTERS = "abcdefghij"


def _text(argument: str, value: Any, *, empty: bool = False) -> str:
    """Return `value` where it is text, else raise an error that names the argument."""
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be a string; got {type(value).__name__}")
    if not empty and not value.strip():
        raise ValueError(f"{argument} is {value!r}; it must say something")
    return value


def _texts(argument: str, values: Any) -> list[str]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"{argument} must be a list of strings; got {type(values).__name__}")
    return [_text(f"{argument}[{index}]", value) for index, value in enumerate(values)]


def _number(argument: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{argument} must be a number; got {type(value).__name__}")
    if not math.isfinite(value):
        raise ValueError(f"{argument} is {value}; it must be finite")
    return float(value)


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def written(value: float) -> str:
    """Return a number as the page shows it: whole numbers in full, others to six digits."""
    text = str(int(value)) if value == int(value) else f"{value:.6g}"
    return text.replace("-", "\N{MINUS SIGN}")


class _Question(anywidget.AnyWidget):
    """What the kinds of question share; a subclass states `kind` and `_answer_html`."""

    _esm = link_widget("question.js")
    _css = Path(__file__).parent / "explorers.css"

    kind = traitlets.Unicode("").tag(sync=True)
    name = traitlets.Unicode("").tag(sync=True)
    prompt = traitlets.Unicode("").tag(sync=True)

    def __init__(self, *, name: str, prompt: str, **kwargs: Any) -> None:
        if not re.fullmatch(r"[A-Za-z0-9-]+", _text("name", name)):
            raise ValueError(f"name is {name!r}; legal are letters, digits and hyphens")
        super().__init__(name=name, prompt=_text("prompt", prompt), **kwargs)

    def _answer_html(self) -> tuple[str, str]:
        """Return HTML for the choices, and for the answer with its explanation."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        """Return the question with its answer folded away, for pages where no script runs."""
        choices, answer = self._answer_html()
        return (
            f'<div class="cnn-question-fallback"><p>{_escaped(self.prompt)}</p>{choices}'
            f"<details><summary>Answer</summary><p>{answer}</p></details></div>"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/html": self._repr_html_()}, metadata


class MultipleChoice(_Question):
    """A question with one right answer among several, each with its own feedback.

    Parameters
    ----------
    name : str
        Names this question; unique on its page. Letters, digits, hyphens.
    prompt : str
        The question, as plain text; line breaks are kept.
    choices : list of str
        Two to ten answers, as plain text.
    correct : int
        The index of the right one.
    feedback : list of str
        For each choice, why it is right or wrong.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or does not fit the others; the error names it.

    Examples
    --------
    >>> MultipleChoice(
    ...     name="q-commutes",
    ...     prompt="Which of the two commutes?",
    ...     choices=["convolution", "cross-correlation"],
    ...     correct=0,
    ...     feedback=["Its sum is symmetric.", "Swapping the signals reverses the output."],
    ... )
    MultipleChoice('q-commutes': Which of the two commutes? [a] convolution [b] cross-correlation)
    """

    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    correct = traitlets.Int(0).tag(sync=True)
    feedback = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        *,
        name: str,
        prompt: str,
        choices: Sequence[str],
        correct: int,
        feedback: Sequence[str],
    ) -> None:
        choices = _texts("choices", choices)
        given: Any = correct
        if not 2 <= len(choices) <= len(LETTERS):
            raise ValueError(f"choices has {len(choices)} answers; legal are 2 to {len(LETTERS)}")
        if len(set(choices)) < len(choices):
            raise ValueError(f"choices are {choices}; each must differ from the others")
        if isinstance(given, bool) or not isinstance(given, numbers.Integral):
            raise TypeError(f"correct must be a whole number; got {type(given).__name__}")
        place = int(given)
        if not 0 <= place < len(choices):
            raise ValueError(f"correct is {place}; legal are 0 to {len(choices) - 1}")
        feedback = _texts("feedback", feedback)
        if len(feedback) != len(choices):
            raise ValueError(f"feedback has {len(feedback)} texts for {len(choices)} choices")
        super().__init__(
            name=name,
            prompt=prompt,
            kind="choice",
            choices=choices,
            correct=place,
            feedback=feedback,
        )

    def _answer_html(self) -> tuple[str, str]:
        items = "".join(f"<li>{_escaped(choice)}</li>" for choice in self.choices)
        right = f"({LETTERS[self.correct]}) {_escaped(self.choices[self.correct])}"
        return (
            f'<ol type="a">{items}</ol>',
            f"<strong>{right}</strong><br>{_escaped(self.feedback[self.correct])}",
        )

    def __repr__(self) -> str:
        """Return one line that states prompt and choices, the same in every run."""
        marked = (f"[{LETTERS[k]}] {choice}" for k, choice in enumerate(self.choices))
        return f"MultipleChoice({self.name!r}: {self.prompt} {' '.join(marked)})"


class NumericQuestion(_Question):
    """A question whose answer is a number, typed as 0.5, 1/2 or -3.

    Parameters
    ----------
    name : str
        Names this question; unique on its page. Letters, digits, hyphens.
    prompt : str
        The question, as plain text; line breaks are kept.
    answer : float
        The right number.
    tolerance : float
        An answer counts as right when it is at most this far from `answer`.
    hint : str
        Told after a wrong try.
    explanation : str
        Told with the right answer.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or has no meaning; the error names it.

    Examples
    --------
    >>> NumericQuestion(
    ...     name="q-size",
    ...     prompt="Seven values, a kernel of three: how many outputs?",
    ...     answer=5,
    ...     explanation="7 - 3 + 1 = 5.",
    ... )
    NumericQuestion('q-size': Seven values, a kernel of three: how many outputs?)
    """

    answer = traitlets.Float(0.0).tag(sync=True)
    tolerance = traitlets.Float(1e-6).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    explanation = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        *,
        name: str,
        prompt: str,
        answer: float,
        tolerance: float = 1e-6,
        hint: str = "",
        explanation: str = "",
    ) -> None:
        tolerance = _number("tolerance", tolerance)
        if tolerance < 0:
            raise ValueError(f"tolerance is {tolerance}; it must not be negative")
        super().__init__(
            name=name,
            prompt=prompt,
            kind="number",
            answer=_number("answer", answer),
            tolerance=tolerance,
            hint=_text("hint", hint, empty=True),
            explanation=_text("explanation", explanation, empty=True),
        )

    def _answer_html(self) -> tuple[str, str]:
        why = f"<br>{_escaped(self.explanation)}" if self.explanation else ""
        return "", f"<strong>{written(self.answer)}</strong>{why}"

    def __repr__(self) -> str:
        """Return one line that states the prompt, the same in every run."""
        return f"NumericQuestion({self.name!r}: {self.prompt})"
