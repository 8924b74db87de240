"""Tell the browser what a page may load and run, and whom it may tell: its content policy.

A static host sets no headers, and a page from disk has none, so the policy stands in each page: a
``meta`` tag before all that it rules over. It is written when the build is done, since it names
the page's inline scripts by their hashes; any other inline script does not run, no inline handler
does, and no text is ever run as code.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",  # and the hashes of the page's inline scripts
    # MathJax writes a style element, and Sphinx style attributes: widths of columns, for one.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",  # the icons are data within the style sheets
    "font-src": "'self'",  # MathJax's
    "form-action": "'self'",  # the search box leads to the search page
    "base-uri": "'none'",
    "object-src": "'none'",
}
FETCHES = {"search.html"}
"""Pages that fetch others of the book: to quote what was found in them."""

REFERRER = "same-origin"
"""Where a link leads outside, nobody is told which page, or state of an explorer, it stood on."""

CODE = {"", "module", "text/javascript", "application/javascript"}
"""Types of script that run; with another, the tag holds data."""
PRINT = 'onclick="window.print()"'
CHARSET = re.compile(r'<meta charset="[^"]*" ?/?>')
OPENS_WINDOW = re.compile(r'<a ([^>]*)target="_blank"(?![^>]*\brel=)')


class Inline(HTMLParser):
    """The code that stands within a page: scripts, and attributes that are handlers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._runs = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the handlers of one tag, and whether a script begins with it."""
        given = dict(attrs)
        self.handlers += [f"{name}={value}" for name, value in attrs if name.startswith("on")]
        self.handlers += [v for v in given.values() if (v or "").strip().startswith("javascript:")]
        if tag == "script" and "src" not in given and (given.get("type") or "") in CODE:
            self._runs = True
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Note that a script is over."""
        self._runs = False

    def handle_data(self, data: str) -> None:
        """Take in a part of a script."""
        if self._runs:
            self.scripts[-1] += data


def hash_source(script: str) -> str:
    """Return the source by which a policy allows one inline script.

    Examples
    --------
    >>> hash_source("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy_for(page: str, *, fetches: bool = False) -> str:
    """Return the policy of a page: what all have, and its own inline scripts.

    Raises
    ------
    ExtensionError
        If the page has inline handlers, which no hash can allow.
    """
    inline = Inline(page)
    if inline.handlers:
        raise ExtensionError(f"inline handlers cannot be allowed: {inline.handlers}")
    directives = dict(POLICY)
    hashes = dict.fromkeys(map(hash_source, inline.scripts))
    directives["script-src"] = " ".join([directives["script-src"], *hashes])
    if fetches:
        directives["connect-src"] = "'self'"
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def protected(page: str, *, fetches: bool = False) -> str:
    """Return a page with its policy right after its charset, and without handlers in tags.

    Examples
    --------
    >>> protected('<meta charset="utf-8" /><title>A page</title>').split(" content=")[0]
    '<meta charset="utf-8" /><meta http-equiv="Content-Security-Policy"'
    """
    page = OPENS_WINDOW.sub(r'<a \1target="_blank" rel="noopener"', page)
    page = page.replace(PRINT, "data-print")
    policy = policy_for(page, fetches=fetches)
    tags = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
        f'<meta name="referrer" content="{REFERRER}" />'
    )
    protected, count = CHARSET.subn(lambda match: match[0] + tags, page, count=1)
    if not count:
        raise ExtensionError("a page without charset: there is no place for its policy")
    return protected


def protect_pages(app: Sphinx, exception: Exception | None) -> None:
    """Give every page its policy, but those that an earlier build gave theirs."""
    if exception is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        page = path.read_text(encoding="utf-8")
        if 'http-equiv="Content-Security-Policy"' not in page:
            fetches = path.name in FETCHES
            path.write_text(protected(page, fetches=fetches), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect to the end of the build, after all that write pages."""
    app.connect("build-finished", protect_pages, priority=900)
