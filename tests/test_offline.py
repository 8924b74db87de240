"""The offline zip: unpacked, and read from disk with the network off."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.book_pages import CHAPTERS, PAGES, ROOT, Watch, settle
from tools import make_offline

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MOST_BYTES = 15_000_000


@pytest.fixture(scope="module")
def packed(book_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the zip of the built book."""
    path = tmp_path_factory.mktemp("offline") / "book.zip"
    make_offline.pack(book_dir, path)
    return path


@pytest.fixture(scope="module")
def unpacked(packed: Path) -> Path:
    """Return the one folder that the zip unpacks to, in a place with a space in its name."""
    home = packed.parent / "my downloads"
    zipfile.ZipFile(packed).extractall(home)
    (folder,) = home.iterdir()
    return folder


@pytest.fixture
def offline_page(browser: Browser) -> Iterator[Page]:
    """Return a page of a browser whose network is off."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    yield context.new_page()
    context.close()


def test_it_is_light_and_the_same_book_gives_the_same_bytes(
    packed: Path, book_dir: Path, tmp_path: Path
) -> None:
    assert 1_000_000 < packed.stat().st_size < MOST_BYTES
    make_offline.pack(book_dir, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_it_unpacks_to_one_folder_that_says_what_to_open(unpacked: Path) -> None:
    assert {path.name for path in unpacked.iterdir()} == {
        "READ ME FIRST.txt",
        "Open the book.html",
        "LICENSE.txt",
        "LICENSE-TEXT.txt",
        "book",
    }
    assert '"Open the book.html"' in (unpacked / "READ ME FIRST.txt").read_text(encoding="utf-8")


def test_the_notebooks_come_along(unpacked: Path) -> None:
    notebooks = sorted((ROOT / "chapters").glob("*.ipynb"))
    assert notebooks
    for notebook in notebooks:
        copy = unpacked / "book" / "_sources" / "chapters" / notebook.name
        assert copy.read_bytes() == notebook.read_bytes()


def test_the_door_leads_to_the_book_and_from_page_to_page(
    unpacked: Path, offline_page: Page
) -> None:
    offline_page.goto((unpacked / "Open the book.html").as_uri())
    offline_page.wait_for_url("**/book/index.html")
    chapter = CHAPTERS[1]
    offline_page.locator(f".bd-sidebar-primary a[href$='{chapter}']").first.click()
    offline_page.wait_for_url(f"**/book/{chapter}")
    offline_page.locator("a.right-next").click()
    offline_page.wait_for_url(f"**/book/{CHAPTERS[2]}")


def test_the_door_says_to_unpack_where_nothing_is_beside_it(
    unpacked: Path, offline_page: Page, tmp_path: Path
) -> None:
    (tmp_path / "Open.html").write_bytes((unpacked / "Open the book.html").read_bytes())
    offline_page.goto((tmp_path / "Open.html").as_uri())
    offline_page.get_by_text("Unpack the whole zip first").wait_for()
    assert offline_page.url.endswith("Open.html")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_alive_and_quiet_from_disk_with_the_network_off(
    name: str, unpacked: Path, offline_page: Page
) -> None:
    home = (unpacked / "book").as_uri() + "/"
    watch = Watch(offline_page)
    offline_page.goto(home + name)
    settle(offline_page)
    assert watch.complaints == []
    assert watch.strangers(home) == []
    assert offline_page.locator("mjx-merror").count() == 0
