"""What a narrow window does to a page: what sticks out of it, what is cut off, what overlaps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.book_pages import resize

if TYPE_CHECKING:
    from playwright.sync_api import Page

SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; }
* { word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
"""The text spacing that a reader may set (WCAG 1.4.12)."""

FAULTS = Path(__file__).with_suffix(".js").read_text("utf-8")


def reflow_faults(page: Page, width: int) -> list[str]:
    """Return what is wrong with the page in a window of `width` CSS pixels."""
    resize(page, width)
    found: list[str] = page.evaluate(FAULTS)
    return found


def space_out(page: Page) -> None:
    """Set the text spacing that a page must bear."""
    page.add_style_tag(content=SPACING)
