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

PARTS = (
    ("intro.html", "home", 820, ".cnn-controls"),
    (
        "chapters/receptive_fields.html",
        "seven",
        760,
        ".cnn-controls, .cnn-layer-editor, .cnn-field-stack > .cnn-code, .cnn-recurrences, "
        ".cnn-unit-facts",
    ),
    (
        "chapters/network.html",
        "draw",
        760,
        ".cnn-controls, .cnn-net-tools, .cnn-net-body, .cnn-net-curves, .cnn-net-other, .cnn-help",
    ),
)
"""Of each part: the page, the explorer's name, how wide the window is, and what is left away."""

LEFT_AWAY = ".cnn-bar, .cnn-bar ~ .cnn-code, .cnn-summary, .cnn-agreement"
"""Of every explorer: what stands below its grids."""


def part(browser: Browser, home: str, page: str, name: str, width: int, less: str) -> Image.Image:
    """Return an explorer as a page shows it, without what `less` selects."""
    size = {"width": width, "height": 1400}
    with browser.new_context(
        viewport=size, color_scheme="light", device_scale_factor=SHARPNESS
    ) as context:
        tab = context.new_page()
        tab.goto(f"{home}{page}?embed={name}")
        explorer = tab.locator("[data-explorer][data-ready]:visible").first
        explorer.wait_for()
        hidden = ", ".join(filter(None, [LEFT_AWAY, less]))
        tab.add_style_tag(content=f":is({hidden}) {{ display: none !important; }}")
        return Image.open(io.BytesIO(explorer.screenshot())).convert("RGB")


def together(first: Image.Image, *others: Image.Image) -> Image.Image:
    """Return one picture: the first above, the others side by side below it, equally tall."""
    room = first.width - GAP * (len(others) - 1)
    tall = room / sum(one.width / one.height for one in others)
    below = [one.resize((round(one.width * tall / one.height), round(tall))) for one in others]
    picture = Image.new("RGB", (first.width, first.height + GAP + round(tall)), PAPER)
    picture.paste(first)
    left = 0
    for one in below:
        picture.paste(one, (left, first.height + GAP))
        left += one.width + GAP
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
        parts = [part(browser, home, *one) for one in PARTS]
        browser.close()
    return compressed(together(*parts))


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
