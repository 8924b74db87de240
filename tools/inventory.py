"""List the pages, labels and terms of the whole book, as Sphinx reads them, executing nothing."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

from jupyter_book.config import get_final_config
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.inventory import InventoryFile

from tools.build_book import BUILD, PAGES, ROOT, SHARED, fingerprint

KEPT = BUILD / "inventory"


def inventory() -> Path:
    """Return the whole book's Sphinx inventory; made anew when any page has changed."""
    path = KEPT / f"{fingerprint((*PAGES, *SHARED))[:16]}.inv"
    if not path.is_file():
        KEPT.mkdir(parents=True, exist_ok=True)
        for old in KEPT.glob("*.inv"):
            old.unlink()
        write_inventory(path)
    return path


def write_inventory(path: Path) -> None:
    """Read all pages that the table of contents names, and write what they define."""
    asked = {
        "nb_execution_mode": "off",
        "external_toc_path": (ROOT / "_toc.yml").as_posix(),
        "latex_individualpages": False,  # jupyter-book insists on being told
    }
    config, _ = get_final_config(
        user_yaml=ROOT / "_config.yml", cli_config=asked, sourcedir=ROOT, use_external_toc=True
    )
    with tempfile.TemporaryDirectory() as scratch, patch_docutils(), docutils_namespace():
        where = (str(ROOT), None, f"{scratch}/html", f"{scratch}/doctrees", "html")
        with warnings.catch_warnings():
            # Sphinx and its extensions use old names, and look at those of all loaded modules.
            warnings.simplefilter("ignore")
            app = Sphinx(*where, confoverrides=config, status=None, warning=None)
            app.builder.read()
        InventoryFile.dump(str(path), app.env, app.builder)
