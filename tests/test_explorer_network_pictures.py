"""NetworkExplorer's pictures of the reader's own, its links, and what it refuses."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from book_pages import Watch
from matplotlib.image import imsave
from playwright.sync_api import expect

from cnnlib.explorers import NetworkExplorer
from tools.widget_page import grid_values, open_page

BLANK = np.zeros((8, 8)).tolist()
PASTE = """([kind, file]) => {
  const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
  const name = kind === "drop" ? "dataTransfer" : "clipboardData";
  const event = kind === "drop"
    ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
  document.querySelector("[data-explorer] .cnn-net-sheet").dispatchEvent(event);
}"""


def ink() -> np.ndarray:
    """Return a 7 in ink, 32 by 32, which reaches from edge to edge."""
    bitmap = np.zeros((32, 32), bool)
    bitmap[:5, 3:29] = True
    for row in range(32):
        right = 29 - row // 2
        bitmap[row, right - 5 : right] = True
    return bitmap


def png(picture: np.ndarray) -> bytes:
    """Return a picture as a PNG file: grey from 0 to 1, or RGBA."""
    file = io.BytesIO()
    rgba = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)
    imsave(file, rgba.astype(float), format="png")
    return file.getvalue()


def large(bitmap: np.ndarray, times: int, margin: int) -> np.ndarray:
    """Return ink enlarged, with a margin of paper around it."""
    return np.pad(bitmap.repeat(times, 0).repeat(times, 1), margin)


COUNTED = ink().reshape(8, 4, 8, 4).sum((1, 3))
SEE_THROUGH = np.dstack([np.zeros((64, 64, 3)), large(ink(), 2, 0)])
FILES = {
    "dark ink on light paper": (png(1 - large(ink(), 2, 10)), "dark ink on light paper"),
    "light ink on dark paper": (png(large(ink(), 3, 5)), "light ink on dark paper"),
    "faint ink": (png(0.8 - 0.3 * large(ink(), 1, 40)), "dark ink on light paper"),
    "ink alone": (png(SEE_THROUGH), "dark ink on light paper"),
}


def give(page: Any, name: str, content: bytes) -> None:
    """Choose a file, as the button does."""
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )


def drawn(page: Any) -> np.ndarray:
    return np.array(grid_values(page, "drawing"))


@pytest.mark.parametrize("kind", FILES)
def test_a_picture_is_cut_out_counted_and_stays_on_the_page(
    page: Any, tmp_path: Path, kind: str
) -> None:
    content, told = FILES[kind]
    open_page(page, tmp_path, [NetworkExplorer(name="own", drawing=BLANK)])
    watch = Watch(page)
    give(page, "seven.png", content)
    expect(page.locator(".cnn-net-status")).to_contain_text(told)
    np.testing.assert_array_equal(drawn(page), COUNTED)
    expect(page.get_by_role("combobox", name="It is a")).to_have_value("-1")
    expect(page.locator(".cnn-net-status")).to_contain_text("It stays on this page.")
    assert watch.strangers(page.url) == []
    assert watch.complaints == []


def test_a_large_photograph_is_read_roughly_the_same(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    picture = 0.7 - 0.5 * large(ink(), 20, 100) + rng.normal(0, 0.02, (840, 840))
    open_page(page, tmp_path, [NetworkExplorer(name="own", drawing=BLANK)])
    give(page, "photo.png", png(picture.clip(0, 1)))
    expect(page.locator(".cnn-net-status")).to_contain_text("840 by 840")
    assert np.abs(drawn(page) - COUNTED).mean() < 1


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted(page: Any, tmp_path: Path, kind: str) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="own", drawing=BLANK)])
    content = FILES["dark ink on light paper"][0]
    page.evaluate(PASTE, [kind, base64.b64encode(content).decode()])
    expect(page.locator(".cnn-net-status")).to_contain_text('"pasted.png"')
    np.testing.assert_array_equal(drawn(page), COUNTED)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"this is no picture", '"bad.png" cannot be read as a picture; PNG, JPEG'),
        (b"", '"bad.png" cannot be read as a picture'),
        (FILES["ink alone"][0][:60], '"bad.png" cannot be read as a picture'),
        (png(np.ones((20, 20))), '"bad.png": nothing in it stands out from its paper'),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "cannot be"),
    ],
    ids=["text", "empty", "cut off", "blank", "svg"],
)
def test_a_broken_file_is_explained_and_changes_nothing(
    page: Any, tmp_path: Path, content: bytes, message: str
) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="bad")])
    watch = Watch(page)
    before = drawn(page)
    give(page, "bad.png", content)
    expect(page.get_by_role("alert")).to_contain_text(message)
    np.testing.assert_array_equal(drawn(page), before)
    assert watch.complaints == []


def test_a_huge_file_is_not_opened(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="huge")])
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(26e6)], "huge.png"));
          const input = document.querySelector("input[type=file]");
          input.files = transfer.files;
          input.dispatchEvent(new Event("change"));
        }"""
    )
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text('"huge.png" has 26 MB; at most 25 MB are opened')


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("drawing=1,2;3,4", "drawing: 2 by 2 is not 8 by 8"),
        ("drawing=" + ";".join(["0,0,0,0,0,0,0,17"] * 8), "its numbers are not all from 0 to 16"),
        ("network=best", 'network: "best" is not one of plain, augmented'),
        ("rotate=181", "rotate: 181 is outside -180 to 180"),
        ("layer=conv9", 'layer: "conv9" is not one of conv1'),
        ("label=10", "label: 10 is outside -1 to 9"),
    ],
)
def test_a_broken_link_is_explained(page: Any, tmp_path: Path, query: str, message: str) -> None:
    open_page(page, tmp_path, [NetworkExplorer(name="bad")], f"?explorer=bad&{query}")
    expect(page.get_by_role("alert")).to_contain_text(message)


def test_a_link_reopens_the_state(page: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, tmp_path, [NetworkExplorer(name="link")])
    state = {"drawing": COUNTED.tolist(), "label": -1, "network": "augmented", "rotate": 15}
    state |= {"noise": 0.2, "seed": 5, "layer": "bn3", "channel": 30, "row": 2}
    page.evaluate("s => document.querySelector('[data-explorer]').update(s)", state)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-ready]")
    shown = page.evaluate("document.querySelector('[data-explorer]').answer()")
    np.testing.assert_allclose(shown, NetworkExplorer(**state).result(), atol=1e-9)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"drawing": [[1]]}, r"drawing must be 8 by 8 numbers from 0 to 16; got \(1, 1\), 1 to 1"),
        ({"drawing": np.full((8, 8), -1)}, r"got \(8, 8\), -1 to -1"),
        ({"network": "best"}, "network"),
        ({"rotate": 200.0}, "rotate"),
        ({"noise": -0.1}, "noise"),
        ({"layer": "input"}, "layer"),
    ],
)
def test_python_refuses_what_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message) as caught:
        NetworkExplorer(**settings)
    assert type(caught.value).__name__ in ("ValueError", "TraitError")


def test_what_it_says_of_itself() -> None:
    explorer = NetworkExplorer(rotate=10, noise=0.1, layer="flatten", channel=40)
    first, second = np.argsort(-explorer.outputs()["softmax"][0])[:2]
    told = explorer.describe()
    assert told.startswith("a 7 (turned by 10 degrees, with noise of 0.1) through the plain netw")
    assert f"takes it for a {first} (" in told
    assert f"then a {second} (" in told
    assert told.endswith("the chosen unit is [40, 0, 0] of flatten")
    assert explorer.picture().startswith(b"\x89PNG")
