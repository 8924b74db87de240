"""The policy in each built page: what it allows, and what it keeps from running and loading."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "site"))
from book_extension import content_policy

sys.path.pop()

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEAD = '<html><head><meta charset="utf-8" />{}</head><body>{}</body></html>'
LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
CHAPTER = "chapters/pooling.html"


class Tags(HTMLParser):
    """The tags of a page, in order, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def pages(book_dir: Path) -> dict[str, str]:
    """Return every built page, by its path."""
    return {
        path.relative_to(book_dir).as_posix(): path.read_text(encoding="utf-8")
        for path in book_dir.rglob("*.html")
    }


def test_every_page_begins_with_its_policy(pages: dict[str, str]) -> None:
    assert len(pages) >= 11
    for name, page in pages.items():
        head = [(tag, given) for tag, given in Tags(page).found if tag not in ("html", "head")]
        assert head[0] == ("meta", {"charset": "utf-8"})
        assert head[1][1]["http-equiv"] == "Content-Security-Policy"
        assert head[2] == ("meta", {"name": "referrer", "content": "same-origin"})
        policies = [one for _, one in head if one.get("http-equiv") == "Content-Security-Policy"]
        assert len(policies) == 1, name


def test_a_policy_allows_what_the_page_needs_and_no_more(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
        given = dict(part.split(" ", 1) for part in policy.split("; "))
        scripts = given.pop("script-src").split()
        hashes = [content_policy.hash_source(one) for one in content_policy.Inline(page).scripts]
        assert scripts == ["'self'", *dict.fromkeys(hashes)], name
        assert 2 <= len(hashes) <= 4, name
        assert given.pop("connect-src", None) == ("'self'" if name == "search.html" else None)
        assert given == {
            "default-src": "'none'",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data:",
            "font-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "object-src": "'none'",
        }


def test_no_page_loads_from_another_host_or_has_handlers(pages: dict[str, str]) -> None:
    loaded = 0
    for name, page in pages.items():
        assert content_policy.Inline(page).handlers == [], name
        for tag, given in Tags(page).found:
            if given.get("rel") == "canonical":
                continue  # it says where the page lives, and loads nothing
            address = given.get(LOADS.get(tag, ""))
            parts = urlsplit(address or "")
            loaded += bool(address)
            assert parts.netloc == "", f"{name}: {tag} {address}"
            assert parts.scheme in ("", "data"), f"{name}: {tag} {address}"
    assert loaded > 100


def test_links_outside_are_encrypted_and_hand_over_nothing(pages: dict[str, str]) -> None:
    outside = 0
    for name, page in pages.items():
        for tag, given in Tags(page).found:
            parts = urlsplit(given.get("href") or "")
            if tag == "a" and parts.netloc:
                outside += 1
                assert parts.scheme == "https", f"{name}: {given['href']}"
            if given.get("target") == "_blank":
                assert "noopener" in (given.get("rel") or ""), f"{name}: {given}"
    assert outside > 20


def test_a_page_is_given_its_policy_before_all_it_rules_over() -> None:
    page = HEAD.format("<script>1</script><script src=a.js></script>", "")
    expected = content_policy.hash_source("1")
    assert expected == "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    made = content_policy.protected(page)
    before, after = made.split('<meta http-equiv="Content-Security-Policy" content="')
    assert before == '<html><head><meta charset="utf-8" />'
    assert f"script-src 'self' {expected};" in after
    assert "connect-src" not in made
    assert "connect-src 'self'" in content_policy.protected(page, fetches=True)


def test_scripts_that_are_data_need_no_hash() -> None:
    page = HEAD.format("", '<script type="application/json">{"a": "&lt;"}</script>')
    assert content_policy.Inline(page).scripts == []


@pytest.mark.parametrize(
    "body", ['<p onclick="go()">', "<a href=' javascript:go()'>", '<p x=">" onfocus="go()">']
)
def test_a_handler_in_a_tag_fails_the_build(body: str) -> None:
    with pytest.raises(Exception, match=r"inline handlers cannot be allowed: .*go\(\)"):
        content_policy.protected(HEAD.format("", body))


def test_a_page_without_charset_fails_the_build() -> None:
    with pytest.raises(Exception, match="no place for its policy"):
        content_policy.protected("<html><head></head></html>")


def test_the_print_button_prints(page: Page, book_url: str) -> None:
    page.add_init_script("globalThis.print = () => { globalThis.printed = true; };")
    page.goto(book_url + CHAPTER)
    page.get_by_role("button", name="Download this page").click()
    page.locator("[data-print]").click()
    page.wait_for_function("() => globalThis.printed === true")
