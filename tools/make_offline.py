"""Pack the built book into one zip that is read without a network, by double click.

``python tools/make_offline.py`` writes ``_build/offline/convolutional-networks-by-hand.zip`` from
``_build/html``. The same book gives the same bytes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from tools import build_book

NAME = "convolutional-networks-by-hand"
ZIP = build_book.BUILD / "offline" / f"{NAME}.zip"

LEFT_OUT = {".buildinfo", ".nojekyll", "objects.inv"}
"""What only web hosts and other builds read."""

DOOR = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Convolutional networks, by hand</title>
<style>
body { font: 1.1rem/1.6 sans-serif; margin: 3rem auto; max-width: 34rem; padding: 0 1rem; }
</style>
</head>
<body>
<main>
<h1>Convolutional networks, by hand</h1>
<p><a href="book/index.html">Open the book</a></p>
<p>If that leads nowhere, this page was opened within the zip. Unpack the whole zip first, then
open this page in the folder that you get.</p>
</main>
<script src="book/_static/documentation_options.js"
  onload="location.replace('book/index.html')"></script>
</body>
</html>
"""
"""Goes on to the book where the book is: a page opened within a zip has nothing beside it."""

READ_ME = """\
Convolutional networks, by hand

1. Unpack the whole zip. (In Windows: right-click it, "Extract all".)
2. Open "Open the book.html" in the folder that you get. Any browser of these years will do.

Everything is in this folder, and no network is needed: pages, formulas, search, and the explorers,
which compute in your browser. The files that the download button of a chapter gives are notebooks.

What does need more: training in the page, and running a notebook, need Python. The button at the
top of a chapter opens it on Binder or Colab, over the network; how to run it on this computer is at
https://github.com/cnn-textbook/cnn-textbook

The text is under CC BY 4.0 (LICENSE-TEXT.txt), the code under BSD 3-Clause (LICENSE.txt).
"""


def contents(html: Path) -> dict[str, bytes]:
    """Return the files of the zip, by their names in it, in order."""
    book = {
        f"book/{path.relative_to(html).as_posix()}": path.read_bytes()
        for path in html.rglob("*")
        if path.is_file() and path.name not in LEFT_OUT
    }
    own = {"READ ME FIRST.txt": READ_ME, "Open the book.html": DOOR}
    for name in ("LICENSE", "LICENSE-TEXT"):
        own[f"{name}.txt"] = (build_book.ROOT / name).read_text(encoding="utf-8")
    files = book | {name: text.replace("\n", "\r\n").encode() for name, text in own.items()}
    return {f"{NAME}/{name}": files[name] for name in sorted(files)}


def pack(html: Path, path: Path) -> None:
    """Write the zip of a built book; what does not differ in contents does not differ in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, body in contents(html).items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            packed.writestr(entry, body)


def main() -> int:
    pack(build_book.HTML, ZIP)
    print(f"{ZIP.stat().st_size / 1e6:.1f} MB: {ZIP}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
