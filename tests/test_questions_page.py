"""Questions in a real browser: answered by keyboard and mouse, judged and explained in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from test_questions import CHOICE

from cnnlib.explorers import MultipleChoice, NumericQuestion
from tools.widget_page import open_page

HALF = {
    "name": "q-half",
    "prompt": "What is a half?",
    "answer": 0.5,
    "hint": "Cut 1 in two.",
    "explanation": "1 divided by 2.",
}


def test_a_keyboard_chooses_checks_and_shows(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [MultipleChoice(**CHOICE)])
    question = page.locator('[data-question="q-order"]')
    assert page.locator("[data-explorer]").count() == 0
    expect(question.get_by_role("group", name="Is a < b?")).to_have_count(1)
    status = question.get_by_role("status")
    question.get_by_role("button", name="Check").press("Enter")
    expect(status).to_contain_text("No answer yet. Choose one first.")
    expect(question.get_by_role("button", name="Show the answer")).to_be_hidden()
    question.get_by_role("radio", name="no & never").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(status).to_contain_text("Not this one. Look again.")
    question.get_by_role("button", name="Show the answer").press("Enter")
    expect(status).to_contain_text("The answer: no & never. Since b < a.")
    expect(question.get_by_role("radio", name="no & never")).to_be_checked()
    assert page.evaluate("document.activeElement.textContent") == "Check"
    page.keyboard.press("Enter")
    expect(status).to_contain_text("Correct. Since b < a.")
    question.get_by_role("radio", name="yes").check()
    expect(status).to_have_text("")


@pytest.mark.parametrize("typed", ["0.5", "1/2", " .5 ", "5e-1", "2 / 4", "+0.5000001"])
def test_a_half_is_right_however_it_is_written(page: Any, tmp_path: Path, typed: str) -> None:
    open_page(page, tmp_path, [NumericQuestion(**HALF)])
    page.get_by_label("What is a half?").fill(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Correct. 1 divided by 2.")
    expect(page.get_by_role("button", name="Show the answer")).to_be_hidden()


@pytest.mark.parametrize(("typed", "read"), [("−1/2", "−0.5"), ("0.51", "0.51"), ("7", "7")])
def test_another_number_is_wrong_and_gets_the_hint(
    page: Any, tmp_path: Path, typed: str, read: str
) -> None:
    open_page(page, tmp_path, [NumericQuestion(**HALF)])
    box = page.get_by_label("What is a half?")
    box.fill(typed)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status")).to_contain_text(f"{read} is not it. Cut 1 in two.")
    page.get_by_role("button", name="Show the answer").click()
    expect(page.get_by_role("status")).to_contain_text("The answer is 0.5. 1 divided by 2.")
    expect(box).to_have_value("0.5")


@pytest.mark.parametrize("typed", ["", "half", "0,5", "1/0", "1e999", "1/2/3", "0x10"])
def test_what_is_no_number_is_neither_right_nor_wrong(
    page: Any, tmp_path: Path, typed: str
) -> None:
    open_page(page, tmp_path, [NumericQuestion(**HALF)])
    box = page.get_by_label("What is a half?")
    box.fill(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("No number.")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Show the answer")).to_be_hidden()


def test_a_large_answer_and_a_tolerance(page: Any, tmp_path: Path) -> None:
    many = NumericQuestion(name="q-many", prompt="How many?", answer=105_705_600)
    third = NumericQuestion(name="q-third", prompt="A third?", answer=1 / 3, tolerance=0.005)
    open_page(page, tmp_path, [many, third])
    for name, typed in (("q-many", "105 705 600"), ("q-third", "0.33")):
        question = page.locator(f'[data-question="{name}"]')
        question.get_by_role("textbox").fill(typed)
        page.keyboard.press("Enter")
        expect(question.get_by_role("status")).to_contain_text("Correct.")
