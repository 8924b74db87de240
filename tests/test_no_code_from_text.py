"""Our JavaScript never turns text into markup or code: a search for all the ways that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    path
    for folder in ("cnnlib/explorers", "site")
    for path in sorted((ROOT / folder).rglob("*.js"))
    if "vendor" not in path.parts
]

WAYS = re.compile(
    r"""\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTML\w*|srcdoc)\b
    | \bDOMParser\b
    | \bdocument\s*\.\s*write(?:ln)?\b
    | (?<![.\w])eval\s*\(
    | \bnew\s+(?:Async|Generator)?Function\b | (?<![.\w])Function\s*\(
    | \bset(?:Timeout|Interval)\s*\(\s*["'`]
    | \bimport\s*\(
    | ["'`]javascript:
    | \b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b
    | \bdocument\s*\.\s*cookie\b | \blocalStorage\b | \bsessionStorage\b
    """,
    re.VERBOSE,
)
"""Ways to run text, to make markup of it, to send something, and to keep something."""


def found(text: str) -> list[str]:
    """Return what a script uses of these ways, outside its comments."""
    bare = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)
    return WAYS.findall(bare)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_script_makes_neither_code_nor_markup_of_text(path: Path) -> None:
    assert found(path.read_text(encoding="utf-8")) == []


def test_all_scripts_are_searched() -> None:
    assert len(SOURCES) > 100
    assert {"mount.js", "early.js", "link.js", "question.js"} <= {path.name for path in SOURCES}


@pytest.mark.parametrize(
    "text",
    [
        "el.innerHTML = text;",
        'el.insertAdjacentHTML("afterend", text)',
        "document.write(text)",
        "eval(text)",
        "globalThis.run = new Function(text)",
        'setTimeout("go()", 1)',
        "import(text)",
        "fetch(address)",
        "frame.srcdoc = text",
    ],
)
def test_each_way_would_be_found(text: str) -> None:
    assert len(found(f"const a = 1; // one\n{text}\n")) == 1


def test_comments_and_ordinary_calls_are_not() -> None:
    assert found("// eval(text)\nnetwork.eval();\nsetTimeout(() => go(), 1);\n/* fetch */") == []
