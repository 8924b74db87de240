"""The links of built pages, and which of them lead nowhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit


class Links(HTMLParser):
    """The addresses a page links to or loads, and the names of its places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one tag points to and what it is called."""
        given = dict(attrs)
        if given.get("rel") != "canonical":  # where the page itself is published
            self.addresses += [value for key in ("href", "src") if (value := given.get(key))]
        self.places |= {value for key in ("id", "name") if (value := given.get(key))}


def links_of(folder: Path) -> dict[str, Links]:
    """Return the links of every page below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): Links(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }


def dead(links: dict[str, Links], folder: Path) -> list[str]:
    """Return the links within a site that lead nowhere, as ``page: address``."""
    found = []
    for page, on_page in links.items():
        for address in on_page.addresses:
            if urlsplit(address).scheme:
                continue
            target, place = urldefrag(urljoin(page, address.split("?")[0]))
            target = unquote(target) or page
            missing = not (folder / target).exists()
            unknown = place and target in links and unquote(place) not in links[target].places
            if missing or unknown:
                found.append(f"{page}: {address}")
    return found
