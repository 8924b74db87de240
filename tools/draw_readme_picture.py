"""Draw the picture that README.md shows: three explorers of the built book, in light colours.

``python -m tools.draw_readme_picture`` opens pages of ``_build/html`` in Chromium, and writes
``.github/book.webp``.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tools import chromium
from tools.build_book import HTML, ROOT
from tools.serve import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURE = ROOT / ".github" / "book.webp"
MOST_BYTES = 200_000
SHARPNESS = 2  # pixels of the picture for one of the page
GAP = 28
PAPER = "white"

WIDE = ("intro.html", "home", 820)
NARROW = (
    ("chapters/receptive_fields.html", "seven", 620),
    ("chapters/network.html", "draw", 620),
)
"""Of each part: the page, the explorer's name, and how wide the window is."""

PLAIN = ".cnn-bar, .cnn-code, .cnn-summary, .cnn-agreement { display: none !important; }"
"""Leaves of an explorer its title, its controls and its grids."""


def part(browser: Browser, home: str, page: str, name: str, width: int) -> Image.Image:
    """Return an explorer as a page shows it, without its buttons."""
    size = {"width": width, "height": 1400}
    with browser.new_context(
        viewport=size, color_scheme="light", device_scale_factor=SHARPNESS
    ) as context:
        tab = context.new_page()
        tab.goto(f"{home}{page}?embed={name}")
        explorer = tab.locator("[data-explorer][data-ready]:visible").first
        explorer.wait_for()
        tab.add_style_tag(content=PLAIN)
        return Image.open(io.BytesIO(explorer.screenshot())).convert("RGB")


def beside(wide: Image.Image, narrow: list[Image.Image]) -> Image.Image:
    """Return one picture: the first on the left, the others below each other on its right."""
    tall = sum(one.height for one in narrow) + GAP * (len(narrow) - 1)
    scale = wide.height / tall
    right = [one.resize((round(one.width * scale), round(one.height * scale))) for one in narrow]
    picture = Image.new(
        "RGB", (wide.width + GAP + max(one.width for one in right), wide.height), PAPER
    )
    picture.paste(wide)
    top = 0
    for one in right:
        picture.paste(one, (wide.width + GAP, top))
        top += one.height + round(GAP * scale)
    return picture


def compressed(picture: Image.Image, most: int = MOST_BYTES) -> bytes:
    """Return a picture as WebP, as good as fits.

    Raises
    ------
    ValueError
        If even a poor one does not fit in `most` bytes.
    """
    for quality in range(90, 20, -5):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= most:
            return buffer.getvalue()
    raise ValueError(f"most must be more bytes than {buffer.tell()}, got {most}")


def draw(book: Path = HTML) -> bytes:
    """Return the picture of a built book."""
    from playwright.sync_api import sync_playwright

    with serving(book) as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        wide = part(browser, home, *WIDE)
        narrow = [part(browser, home, *one) for one in NARROW]
        browser.close()
    return compressed(beside(wide, narrow))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--book", type=Path, default=HTML, help="folder of the built book")
    book = parser.parse_args().book
    if not (book / "index.html").is_file():
        print(f"There is no built book in {book}: run make book.", file=sys.stderr)
        return 1
    PICTURE.write_bytes(draw(book))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
