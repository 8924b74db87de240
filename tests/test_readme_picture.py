"""The picture in README: there, described, small, and on no page of the book."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tools import draw_readme_picture as drawing

ROOT = Path(__file__).resolve().parent.parent


def test_readme_shows_the_picture_and_says_what_is_on_it():
    text = (ROOT / "README.md").read_text("utf-8")
    ((alt, path),) = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)
    assert ROOT / path == drawing.PICTURE
    assert len(alt.split()) >= 20
    for name in ("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "backmatter/contributing.md"):
        assert f"({name})" in text
        assert (ROOT / name).is_file()


def test_the_picture_is_small_wide_enough_and_light():
    assert 20_000 < drawing.PICTURE.stat().st_size < drawing.MOST_BYTES
    with Image.open(drawing.PICTURE) as picture:
        assert picture.width >= 1200
        assert np.asarray(picture.convert("L")).mean() > 200


def test_no_page_carries_it(book_dir):
    assert not list(book_dir.rglob("book*.webp"))


def test_parts_below_the_first_are_equally_tall_and_as_wide_together():
    parts = [Image.new("RGB", size, "black") for size in ((400, 100), (200, 100), (100, 200))]
    picture = drawing.together(*parts)
    dark = np.asarray(picture.convert("L")) < 128
    assert picture.width == 400
    assert dark[:100].all()
    assert not dark[100 : 100 + drawing.GAP].any()
    below = dark[100 + drawing.GAP :]
    columns = below.all(axis=0)
    assert abs(int((~columns).sum()) - drawing.GAP) <= 1
    assert columns[0]
    assert columns[-2]


def test_a_picture_that_cannot_be_small_enough_is_refused():
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    assert len(drawing.compressed(picture, 100_000)) <= 100_000
    with pytest.raises(ValueError, match="most must be more bytes than [0-9]+, got 100"):
        drawing.compressed(picture, 100)
