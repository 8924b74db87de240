"""Every page in a narrow window, at 200 % zoom, and with text spaced out: nothing is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.book_pages import PAGES, settle
from tests.reflow import reflow_faults, space_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reflows(name: str, browser: Browser, book_url: str) -> None:
    """320 pixels are 1280 at 400 %, 640 are 1280 at 200 %."""
    size = {"width": 320, "height": 800}
    # without motion, so that a drawer is where it goes at once
    with browser.new_context(viewport=size, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(book_url + name)
        settle(page)
        assert reflow_faults(page, 320) == []
        assert reflow_faults(page, 640) == []
        space_out(page)
        assert reflow_faults(page, 320) == []
        assert reflow_faults(page, 1280) == []


WRONG = """<html><meta name="viewport" content="width=device-width"><main class="cnn-explorer">
<p>fine</p>
<div style="overflow: hidden; width: 100px"><button style="margin-left: 90px">cut</button></div>
<div style="height: 20px"><button>one</button></div>
<p style="margin: -20px 0 0">on it</p>
<div style="width: 400px; height: 1px; background: red"></div></main></html>"""


def test_what_sticks_out_is_cut_off_or_overlaps_is_found(page: Any) -> None:
    page.set_content(WRONG)
    faults = reflow_faults(page, 320)
    assert [fault.split(":")[0] for fault in faults] == [
        "the page scrolls sideways",
        "cut off",
        'lies on "on it"',
    ]
