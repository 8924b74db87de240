"""What every explorer promises in Python: legal settings, one answer, a picture, a name."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorer_cases import CASES
from fuzz_states import EXPLORERS

from cnnlib import explorers
from cnnlib.explorers import _base, _link

HERE = Path(_base.__file__).parent
CLASSES = [
    value
    for value in vars(explorers).values()
    if isinstance(value, type) and issubclass(value, _base.Explorer)
]


@pytest.mark.parametrize("cls", CLASSES)
def test_all_backends_give_one_answer(cls: type[Any]) -> None:
    explorer = cls()
    expected = explorer.result("reference")
    assert expected.size > 1
    np.testing.assert_allclose(explorer.result("numpy"), expected, atol=1e-12)
    np.testing.assert_allclose(explorer.result("torch"), expected, atol=1e-12)
    with pytest.raises(ValueError, match="backend is 'tensorflow'; legal are reference, numpy"):
        explorer.result("tensorflow")


def test_each_is_among_those_that_are_heard_driven_by_keys_and_fuzzed() -> None:
    names = {cls.__name__ for cls in CLASSES}
    questions = {"MultipleChoice", "NumericQuestion"}
    assert {type(make()).__name__ for make in CASES.values()} == names | questions
    assert {cls.__name__ for cls, _ in EXPLORERS.values()} == names


@pytest.mark.parametrize("cls", CLASSES)
def test_a_setting_that_it_does_not_have_is_named(cls: type[Any]) -> None:
    with pytest.raises(TypeError, match=f"{cls.__name__} has no setting 'strides'; it has .*name"):
        cls(strides=2)


@pytest.mark.parametrize("cls", CLASSES)
def test_the_page_knows_every_setting(cls: type[Any]) -> None:
    """Every trait that defines the state can be written in a link."""
    text = (HERE / cls.module).read_text("utf-8")
    block = re.search(r"const fields = \{(.*?)\n\};", text, re.DOTALL)
    assert block is not None
    linked = set(re.findall(r"^  (\w+):", block[1], re.MULTILINE))
    assert set(cls.settings()) - linked <= {"name", "title", "photograph"}
    assert linked <= set(cls.settings())


@pytest.mark.parametrize("cls", CLASSES)
def test_a_notebook_keeps_a_picture_and_a_stable_description(cls: type[Any]) -> None:
    bundle, _ = cls(name="one")._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == repr(cls(name="two"))
    assert "0x" not in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("cls", CLASSES)
def test_the_kernel_compares_the_page_with_numpy_and_torch(cls: type[Any]) -> None:
    explorer = cls()
    sent: list[Any] = []
    explorer.send = sent.append
    answer = explorer.result("reference").ravel()

    def page_says(values: np.ndarray) -> str:
        explorer._answer(explorer, {"kind": "answer"}, [memoryview(values.tobytes())])
        text: str = sent.pop()["text"]
        return text

    assert re.fullmatch(
        r"Checked in Python: NumPy agrees \(.*\); torch on cpu agrees \(.*\)\.", page_says(answer)
    )
    wrong = answer.copy()
    wrong[0] += 0.5
    assert "NumPy DIFFERS (largest gap 0.5)" in page_says(wrong)
    expected = f"NumPy gives {answer.size} values where this page shows {answer.size - 1}"
    assert expected in page_says(answer[1:].copy())


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        ([[1, 2], [3]], ValueError, "image must be a matrix of 1 to 32 .*; its rows differ"),
        ([1, 2], ValueError, r"image must be a matrix .*; got shape \(2,\)"),
        (np.zeros((33, 3)), ValueError, r"got shape \(33, 3\)"),
        ([["a"]], TypeError, "image must be a matrix .*; got dtype"),
        ([[np.nan]], ValueError, "got NaN or an infinity"),
        ([[1, -2e6]], ValueError, "image must be numbers from -1e6 to 1e6; got -2000000.0"),
        ([[]], ValueError, r"got shape \(1, 0\)"),
    ],
)
def test_a_picture_that_is_none_is_refused(
    image: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        explorers.ConvolutionExplorer(image=image)


def test_settings_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match="kernel"):
        explorers.ConvolutionExplorer(dilation=3)


MOUNT = HERE.parents[1] / "site" / "mount.js"


def modules_of(text: str) -> list[str]:
    """Return the modules that a script registers."""
    return re.findall(r'^modules\["([^"]+)"\] = ', text, re.MULTILINE)


def test_joined_modules_keep_no_import_and_are_written_once() -> None:
    texts = _link.link_site(MOUNT).texts
    assert not any(
        re.search(r"^(import \{|export )", text, re.MULTILINE) for text in texts.values()
    )
    names = [name for text in texts.values() for name in modules_of(text)]
    assert len(names) == len(set(names))
    files = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*.js")}
    assert {"mount.js", "js/dom.js", "js/grid.js", "convolution.js"} <= set(names)
    assert set(names) <= files | {"mount.js", "height.js"}
    assert {path.name for path in HERE.glob("*.js")} <= set(names)


def test_each_widget_finds_what_it_imports_in_the_scripts_it_needs() -> None:
    site = _link.link_site(MOUNT)
    assert set(site.needed) == {path.stem for path in HERE.glob("*.js")}
    for widget in site.needed:
        scripts = site.of_page([widget])
        assert scripts[-1] == "explorers.js"
        there = {name for script in scripts for name in modules_of(site.texts[script])}
        assert set(modules_of(_link.link_widget(f"{widget}.js"))) <= there
        assert all(widget in script for script in scripts[:-1])


def test_a_page_loads_what_two_of_its_widgets_share_once() -> None:
    site = _link.link_site(MOUNT)
    scripts = site.of_page(["shift", "pooling", "shift", "unheard_of"])
    assert len(scripts) == len(set(scripts))
    assert set(scripts) == {*site.of_page(["shift"]), *site.of_page(["pooling"])}
    assert scripts[-1] == "explorers.js"


def test_a_module_of_another_form_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_link, "HERE", tmp_path)
    (tmp_path / "odd.js").write_text('import all from "./other.js";\n', "utf-8")
    with pytest.raises(ValueError, match="odd.js: 'import all from .* cannot be|is not of a form"):
        _link.link_widget("odd.js")
