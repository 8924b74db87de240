"""The book's Sphinx extension, part by part, without a build."""

from __future__ import annotations

import doctest
import importlib
import json
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from docutils import nodes
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript

ROOT = Path(__file__).resolve().parent.parent
PARTS = sorted(path.stem for path in (ROOT / "site/book_extension").glob("[a-z]*.py"))


def load(part: str) -> ModuleType:
    """Import one module of the extension, from the folder that _config.yml names."""
    sys.path.append(str(ROOT / "site"))
    try:
        return importlib.import_module(f"book_extension.{part}")
    finally:
        sys.path.remove(str(ROOT / "site"))


@pytest.mark.parametrize("part", PARTS)
def test_examples_in_docstrings(part: str) -> None:
    assert doctest.testmod(load(part)).failed == 0


def test_examples_are_there() -> None:
    assert sum(doctest.testmod(load(part)).attempted for part in PARTS) >= 4


VIEW = "application/vnd.jupyter.widget-view+json"


def bundle(*kinds: str) -> nodes.container:
    """Make a bundle of representations as MyST-NB does."""
    contents = {
        VIEW: nodes.raw("", "<script>view</script>", format="html"),
        "image/png": nodes.image(uri="a.png"),
        "text/html": nodes.raw("", "<p>question</p>", format="html"),
        "text/plain": nodes.literal_block("", "Explorer\n  with a kernel"),
    }
    made = nodes.container(nb_element="mime_bundle")
    for kind in kinds:
        made += nodes.container("", contents[kind], mime_type=kind)
    return made


def keep_stand_ins(*bundles: nodes.container) -> nodes.document:
    """Run the transform over a document of these bundles."""
    from docutils.utils import new_document

    document = new_document("page")
    document += bundles
    load("widget_outputs").KeepStandIn(document).run()
    return document


def test_widget_keeps_its_picture_with_the_plain_text_for_ears() -> None:
    (widget,) = keep_stand_ins(bundle("text/plain", "image/png", VIEW)).children
    fallback, view = widget.children
    assert widget["classes"] == ["cnn-widget"]
    assert fallback["classes"] == ["cnn-fallback"]
    assert fallback[0]["alt"] == "Explorer with a kernel"
    assert view.astext() == "<script>view</script>"


def test_html_is_preferred_to_a_picture() -> None:
    (widget,) = keep_stand_ins(bundle("image/png", "text/html", VIEW)).children
    assert widget[0].astext() == "<p>question</p>"


def test_widget_without_stand_in_keeps_its_view_alone() -> None:
    (widget,) = keep_stand_ins(bundle("text/plain", VIEW)).children
    assert [child.astext() for child in widget.children] == ["<script>view</script>"]


def test_outputs_without_widget_stay_as_they_are() -> None:
    plain = bundle("text/plain", "image/png")
    assert keep_stand_ins(plain).children == [plain]


def state_of(**models: dict[str, object]) -> str:
    """Return a page's widget state as MyST-NB writes it."""
    return json.dumps(
        {"state": {key: {"state": one, "n": 1} for key, one in models.items()}, "v": 2}
    )


def test_state_loses_code_and_what_needs_a_kernel_and_nothing_else() -> None:
    own = {"_anywidget_id": "package.one.One", "value": "a </script><!-- b"}
    body = state_of(a={**own, "_esm": "export", "_css": ".a{}"}, layout={"width": None})
    light = load("widget_state").lighten(body, "ab")
    assert "<" not in light.state
    assert json.loads(light.state) == {"state": {"a": {"state": own, "n": 1}}, "v": 2}
    assert light.widgets == ["one"]
    assert light.tags == ""


def test_large_and_recurring_values_stand_on_the_page_once() -> None:
    presets, weights = {"<ones>": [1] * 300}, "w" * 30_000
    first = {"_anywidget_id": "package.one.One", "presets": presets, "weights": weights, "n": 3}
    second = {"_anywidget_id": "package.two.Two", "presets": presets, "n": 3, "own": [2] * 300}
    light = load("widget_state").lighten(state_of(a=first, b=second, c=first), "abc")
    kept = [model["state"] for model in json.loads(light.state)["state"].values()]
    moved = {**first, "presets": {"cnn-shared": 0}, "weights": {"cnn-shared": 1}}
    assert kept == [moved, {**second, "presets": {"cnn-shared": 0}}, moved]
    tags = re.findall(
        r'<script type="application/json" id="cnn-shared-(\d)">([^<]*)</script>', light.tags
    )
    assert [(at, json.loads(text)) for at, text in tags] == [("0", presets), ("1", weights)]
    assert light.widgets == ["one", "two"]


def test_what_a_page_does_not_show_is_not_kept() -> None:
    one, two = ({"_anywidget_id": f"package.{name}.W", "n": 1} for name in ("one", "two"))
    light = load("widget_state").lighten(state_of(a=one, b=two, c=one), {"b"})
    assert json.loads(light.state)["state"] == {"b": {"state": two, "n": 1}}
    assert light.widgets == ["two"]


def test_page_of_a_widget_that_needs_a_kernel_gets_the_shared_script_alone() -> None:
    light = load("widget_state").lighten(state_of(layout={"width": None}), ["layout"])
    assert light.widgets == []
    assert load("explorer_pages").explorers_scripts().of_page(light.widgets) == ["explorers.js"]


def page_assets(body: str, page: str = "chapter") -> tuple[list[str], list[_JavaScript]]:
    """Return what is left of some assets on a page with this body."""
    twice = _JavaScript("", body="const once = 1")
    context = {
        "body": body,
        "css_files": [_CascadingStyleSheet(f"_static/{n}.css") for n in ("exercise", "book")],
        "script_files": [
            _JavaScript("_static/mathjax/load.js"),
            _JavaScript("_static/doctools.js"),
            twice,
            twice,
            _JavaScript("", body="DOCUMENTATION_OPTIONS.pagename = 'chapter';"),
        ],
    }
    load("page_assets").choose_assets(SimpleNamespace(), page, "page.html", context, None)
    return [str(style.filename) for style in context["css_files"]], context["script_files"]


def test_plain_page_gets_little_once_and_deferred() -> None:
    styles, scripts = page_assets("<p>plain</p>")
    assert styles == ["_static/book.css"]
    assert [script.filename for script in scripts] == ["_static/doctools.js", ""]
    assert scripts[0].attributes == {"defer": "defer"}
    assert scripts[1].attributes == {"body": "const once = 1"}


def test_page_gets_what_its_body_calls_for() -> None:
    body = '<div class="exercise admonition"><span class="math notranslate">'
    styles, scripts = page_assets(body)
    assert styles == ["_static/exercise.css", "_static/book.css"]
    assert scripts[0].filename == "_static/mathjax/load.js"


def test_search_page_runs_its_scripts_in_order() -> None:
    _, scripts = page_assets("", "search")
    assert not any("defer" in script.attributes for script in scripts)


def test_icon_fonts_go_and_other_fonts_stay() -> None:
    style = (
        "@font-face{font-family:Icons;src:url(../fontawesome/a.woff2)}"
        "@font-face{font-family:Other;src:url(b.woff2)}"
        "/* note */.fa,.fa-solid:before{content:''}.nav>.fa-bars{top:0}@media print{.fa-x{top:0}}"
    )
    kept = load("theme_assets").without_icon_rules(style)
    assert kept == (
        "@font-face{font-family:Other;src:url(b.woff2)}.nav>.fa-bars{top:0}@media print{}"
    )


@pytest.mark.parametrize(("suffix", "left"), [(".ipynb", 2), (".md", 1)])
def test_only_notebooks_have_the_launch_button(suffix: str, left: int) -> None:
    buttons = [{"label": "launch-buttons"}, {"label": "source-buttons"}]
    context = {"page_source_suffix": suffix, "header_buttons": buttons}
    load("theme_repairs").launch_notebooks_alone(SimpleNamespace(), "a", "b", context, None)
    assert len(buttons) == left


def test_vendored_mathjax_is_all_that_the_loader_asks_for() -> None:
    folder = ROOT / "site/vendor/mathjax"
    loader = (folder / "load.js").read_text(encoding="utf-8")
    names = loader.split("load: [")[1].split("]\n")[0].split("],")[0]
    asked = [one.strip().strip('"') for one in names.replace("\n", "").split(",") if one.strip()]
    assert "core" in asked
    for one in asked:
        file = folder / (one.replace("[tex]", "input/tex/extensions") + ".js")
        assert file.is_file(), one
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
