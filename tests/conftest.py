"""What several test files share: the built book, a server, a browser, and the GPU's marker.

``book_dir``  the folder of the built book; fails, saying why, if it is missing or out of date
``serve``     serve a folder: ``serve(folder, "/sub/path/")`` gives its address, until the run ends
``book_url``  the built book's address, under a sub-path; ends with a slash
``browser``   a Chromium, for the whole run, that can reach no host but this one
``page``      a new page in a context of its own, 1280 by 900
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tools import build_book, chromium
from tools.serve import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SUB_PATH = "/some/sub/path/"
PATIENCE = 120_000
"""Milliseconds that a test waits for a page: a busy machine is slow, and that is no fault."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stale-book",
        action="store_true",
        help="test the built book as it stands, even if its sources have changed since",
    )
    parser.addoption(
        "--slow-frames",
        type=int,
        default=0,
        metavar="MS",
        help="have every frame of a page come so much later: what is read too soon fails at once",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests marked ``gpu`` where there is none, and say so."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        reason = "needs a CUDA device, and torch.cuda.is_available() is False on this machine"
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def book_dir(pytestconfig: pytest.Config) -> Path:
    """Return the folder of the built book."""
    wrong = build_book.why_not_current()
    if pytestconfig.getoption("--stale-book") and (build_book.HTML / "index.html").is_file():
        wrong = None
    if wrong:
        pytest.fail(f"{wrong}: run `make book` (or python tools/build_book.py)", pytrace=False)
    return build_book.HTML


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path, str], str]]:
    """Return a function that serves a folder under a path, gzip-compressed, on a free port."""
    with contextlib.ExitStack() as stack:

        def start(directory: Path, prefix: str = "/") -> str:
            return stack.enter_context(serving(directory, prefix))

        yield start


@pytest.fixture(scope="session")
def book_url(book_dir: Path, serve: Callable[[Path, str], str]) -> str:
    """Return the address of the built book, under a sub-path as a project's site has it."""
    return serve(book_dir, SUB_PATH)


LATE = """(() => {
  const soon = requestAnimationFrame, cancel = cancelAnimationFrame, waiting = new Map();
  let last = 0;
  window.requestAnimationFrame = (call) => {
    const id = ++last;
    const run = (now) => { waiting.delete(id); call(now); };
    const ask = () => waiting.set(id, [cancel, soon(run)]);
    waiting.set(id, [clearTimeout, setTimeout(ask, MS)]);
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    const [stop, handle] = waiting.get(id) ?? [];
    stop?.(handle);
    waiting.delete(id);
  };
})()"""
"""What --slow-frames does to a page."""


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """Return a Chromium; a machine without one fails, and is told how to get one."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE / 4)
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.HELP, pytrace=False)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        if late := pytestconfig.getoption("--slow-frames"):
            new_context = launched.new_context

            def late_context(**how: Any) -> BrowserContext:
                context = new_context(**how)
                context.add_init_script(LATE.replace("MS", str(late)))
                return context

            launched.new_context = late_context  # type: ignore[method-assign]
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a new page, 1280 by 900, in a context that no other test has touched."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
