"""Leave out of the built book what the theme brings along and no page asks for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx

THEME_STYLE = "styles/pydata-sphinx-theme.css"
UNUSED = (
    "locales",
    "scripts/*.map",
    "scripts/fontawesome.js*",
    "styles/*.map",
    "vendor/fontawesome",
    "*webpack-macros.html",
)
RULE = re.compile(r"(?P<selectors>[^{};]*)\{(?P<body>[^{}]*)\}")
ICON_SELECTOR = re.compile(r"\.fa[srlbd]?(-[\w-]+)?([.:][\w:-]+)*")


def without_icon_rules(style: str) -> str:
    r"""Remove the rules that style an icon by its class alone, and the icon fonts.

    Parameters
    ----------
    style
        A style sheet, minified or not.

    Returns
    -------
    str
        The same without those rules; rules that place an icon within something else stay.

    Examples
    --------
    >>> without_icon_rules(".fa-sun:before{content:'x'}.btn .fa-sun{color:red}p{margin:0}")
    '.btn .fa-sun{color:red}p{margin:0}'
    """

    def keep(match: re.Match[str]) -> str:
        selectors = re.sub(r"/\*.*?\*/", "", match["selectors"], flags=re.DOTALL).split(",")
        icons_alone = all(ICON_SELECTOR.fullmatch(selector.strip()) for selector in selectors)
        font = "@font-face" in match["selectors"] and "fontawesome" in match["body"]
        return "" if icons_alone or font else match[0]

    return RULE.sub(keep, style)


def leave_out_unused(app: Sphinx, exception: Exception | None) -> None:
    """Remove unused files from ``_static``, and the icon rules from the theme's style."""
    static = Path(app.outdir, "_static")
    if exception is not None or app.builder.format != "html":
        return
    for pattern in UNUSED:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    style = static / THEME_STYLE
    style.write_text(without_icon_rules(style.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx's events."""
    app.connect("build-finished", leave_out_unused)
