"""Build the book, warnings as errors, unless it is there already and as new as its sources.

``python tools/build_book.py`` executes the notebooks, writes ``_build/html`` and prints the path
to open. A record of every source's content is left beside it; the tests compare that record with
the sources, so that they never pass on the book of yesterday.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
HTML = BUILD / "html"
RECORD = BUILD / "book.json"

SHARED = (
    "_config.yml",
    "constraints.txt",
    "requirements.txt",
    "cnnlib/**/*",
    "site/**/*",
)
"""Sources that can change any page: when one differs, everything is built anew."""

PAGES = (
    "_toc.yml",
    "*.md",
    "references.bib",
    "backmatter/**/*",
    "chapters/**/*",
    "instructors/**/*",
)
"""Sources of single pages: Sphinx itself knows which to build again."""

PASSED_OVER = {"__pycache__", ".ipynb_checkpoints", "README.md", "CONTRIBUTING.md", "SECURITY.md"}

JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"
COMMAND = ("-c", JUPYTER_BOOK, "build", str(ROOT), "-W", "-n", "--keep-going")


def fingerprint(patterns: tuple[str, ...], root: Path = ROOT) -> str:
    """Return a hash over the names and contents of the files that the patterns match."""
    digest = hashlib.sha256()
    files = {file for pattern in patterns for file in root.glob(pattern) if file.is_file()}
    for file in sorted(files):
        name = file.relative_to(root)
        if PASSED_OVER.isdisjoint(name.parts):
            digest.update(f"{name.as_posix()}\0{file.stat().st_size}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def fingerprints(root: Path = ROOT) -> dict[str, str]:
    """Return the two fingerprints that the record holds."""
    return {"shared": fingerprint(SHARED, root), "pages": fingerprint(PAGES, root)}


def recorded(record: Path = RECORD) -> dict[str, str]:
    """Return the fingerprints the built book was made from; empty if there is no book."""
    try:
        return json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def why_not_current() -> str | None:
    """Return None if the built book is that of the sources as they are, else what is wrong."""
    if not (HTML / "index.html").is_file():
        return f"there is no built book in {HTML}"
    if recorded() != fingerprints():
        return f"the built book in {HTML} is older than its sources"
    return None


def execute_notebooks() -> None:
    """Execute the notebooks that have no kept outputs, as many at once as there are cores.

    Jupyter Book, which executes one after the other, finds their outputs then. Of one that fails
    nothing is kept: Jupyter Book comes to it again, and says what is wrong.
    """
    import yaml
    from jupyter_cache import get_cache
    from jupyter_cache.executors import load_executor

    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    cache = get_cache(BUILD / ".jupyter_cache")
    notebooks = [str(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))]
    for notebook in notebooks:
        cache.add_nb_to_project(notebook)
    executor = load_executor("local-parallel", cache, multiprocessing.get_logger())
    executor.run_and_cache(filter_uris=notebooks, timeout=config["execute"]["timeout"])


def build(anew: bool = False) -> int:
    """Build the book; return jupyter-book's exit status."""
    prints = fingerprints()
    if anew or recorded().get("shared") != prints["shared"]:
        for stale in ("html", ".doctrees", ".jupyter_cache", "jupyter_execute"):
            shutil.rmtree(BUILD / stale, ignore_errors=True)
    RECORD.unlink(missing_ok=True)
    execute_notebooks()
    status = subprocess.run([sys.executable, *COMMAND], cwd=ROOT).returncode
    if status == 0:
        RECORD.write_text(json.dumps(prints, indent=1) + "\n")
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="build every page, whatever is there")
    anew = parser.parse_args().anew
    if anew or why_not_current():
        status = build(anew)
        if status:
            print("The book was not built: see the warnings and errors above.", file=sys.stderr)
            return status
    print(f"The book is built. Open:\n{(HTML / 'index.html').as_uri()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
