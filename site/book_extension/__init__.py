"""The book's own Sphinx extension: one module a concern, each with its own ``setup``."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import (
    content_policy,
    explorer_pages,
    folded_solutions,
    gallery,
    images,
    index_entries,
    left_out,
    page_assets,
    theme_assets,
    theme_repairs,
    widget_outputs,
)

PARTS = (
    widget_outputs,
    explorer_pages,
    folded_solutions,
    gallery,
    images,
    index_entries,
    left_out,
    page_assets,
    theme_repairs,
    theme_assets,
    content_policy,
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register every part with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
