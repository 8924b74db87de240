"""Where the outputs of executed notebooks are kept, for as long as they hold.

MyST-NB keeps them in a jupyter-cache, which knows a notebook by its code cells alone. The book's
own is emptied by ``build_book`` when anything changes that could change outputs. Where there is no
book, or an old one, a folder named by a hash over the library, and over the versions of all that it
uses, does the same.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.build_book import BUILD, SHARED, fingerprint, recorded

OF_THE_BOOK = BUILD / ".jupyter_cache"
KEPT = BUILD / "executed"

RUN_BY = ("cnnlib/**/*", "constraints.txt", "requirements.txt")
"""What the outputs of a notebook depend on, besides its own cells."""


def kept_outputs() -> Path:
    """Return the folder of the outputs that hold today: the built book's, if it is current."""
    if recorded().get("shared") == fingerprint(SHARED):
        return OF_THE_BOOK
    folder = KEPT / fingerprint(RUN_BY)[:16]
    for other in KEPT.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
