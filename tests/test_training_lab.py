"""The training lab in Python: its recipe, its thread, how runs end, and what a page keeps of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnnlib import sweep_results
from cnnlib.experiments import BOOK, Recipe, digits, train
from cnnlib.explorers import TrainingLab, _lab_controls, training_lab

ROOT = Path(__file__).resolve().parent.parent
RICH = Recipe(
    dropout=0.35,
    pool="average",
    optimizer="sgd",
    momentum=0.9,
    l2=3e-3,
    schedule="step",
    step_epochs=4,
    crop=0.2,
    flip=0.5,
    patience=3,
    mixup=2.5,
    epochs=7,
)


@pytest.mark.parametrize("recipe", [Recipe(), BOOK, RICH])
def test_controls_show_a_recipe_and_give_it_back(recipe: Recipe) -> None:
    assert TrainingLab(recipe).recipe == recipe


def test_every_control_is_in_sight_and_changes_the_recipe() -> None:
    lab = TrainingLab(Recipe(optimizer="sgd"))
    changed: dict[str, Any] = {
        "epochs": 5, "batch_size": 16, "patience": 4, "learning_rate": 0.1, "momentum": 0.5,
        "schedule": "cosine", "l1": 1e-3, "l2": 1e-4, "weight_decay": 0.01,
        "label_smoothing": 0.1, "mixup": 0.2, "dropout": 0.5, "batch_norm": False,
        "pool": "strided", "noise": 0.1, "shift": 0.8, "rotate": 12.0, "scale": 0.1, "crop": 0.15,
        "flip": 0.25, "precision": "bfloat16",
    }  # fmt: skip
    for name, value in changed.items():
        lab._controls[name].value = value
    assert lab.recipe.changes(Recipe(optimizer="sgd")) == changed
    shown = {name for names in _lab_controls.GROUPS.values() for name in names}
    assert shown == {*changed, "optimizer", "train_size", "seed"} == set(lab._controls)


def test_an_optimizer_takes_what_it_can() -> None:
    lab = TrainingLab(Recipe(optimizer="sgd", momentum=0.9, weight_decay=0.1))
    lab._controls["optimizer"].value = "adam"
    assert lab.recipe == Recipe(optimizer="adam")
    assert lab._controls["momentum"].disabled
    assert lab._controls["weight_decay"].disabled
    lab._controls["optimizer"].value = "adamw"
    assert lab.recipe == Recipe(optimizer="adamw", weight_decay=0.1)


def test_a_run_is_the_one_that_train_gives() -> None:
    recipe = Recipe(epochs=2)
    lab = TrainingLab(recipe, train_size=50, seed=3)
    assert repr(lab) == "TrainingLab(Recipe(epochs=2), train_size=50, seed=3): 0 runs"
    lab.train()
    lab.wait()
    (history,) = lab.histories
    alone = train(recipe, digits(50), seed=3)
    assert history.validation_loss == alone.validation_loss
    assert history.test_accuracy == alone.test_accuracy
    assert (lab.progress, lab.running) == ((2, 2), False)
    assert f"test accuracy {history.test_accuracy:.1%}" in lab._status.value
    assert history.device in lab._status.value
    assert f"validation from {history.validation_loss[0]:.3f}" in lab._curves.value
    assert not lab._train_button.disabled
    assert lab._stop_button.disabled
    assert repr(lab).endswith("1 run")
    assert lab._runs.value.count("<tr>") == 2


def test_stop_ends_a_run_that_would_last_and_keeps_it() -> None:
    lab = TrainingLab(Recipe(epochs=100_000), train_size=50)
    lab._train_button.click()
    assert lab.running
    with pytest.raises(RuntimeError, match="a run goes on"):
        lab.train()
    lab._stop_button.click()
    lab.wait(60)
    assert [each.stopped for each in lab.histories] == ["asked"]
    assert lab.histories[0].epochs >= 1
    assert "stopped by you" in lab._status.value
    lab._controls["epochs"].value = 1
    lab.train()
    lab.wait()
    assert lab.histories[1].stopped == "finished"


@pytest.mark.parametrize("rate", [1e10, 1e30])
def test_a_loss_that_becomes_nan_is_told_and_kept(rate: float) -> None:
    recipe = Recipe(optimizer="sgd", learning_rate=rate, batch_norm=False, epochs=5)
    lab = TrainingLab(recipe, train_size=50)
    lab.train()
    lab.wait()
    (history,) = lab.histories
    assert (history.stopped, history.epochs) == ("diverged", 1 if rate == 1e10 else 0)
    assert "<b>Diverged:</b> the loss of seed 0 became NaN or infinite" in lab._status.value
    assert lab._bar.bar_style == "danger"
    assert "diverged" in lab._runs.value
    assert not lab._train_button.disabled


def test_any_other_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_how: Any) -> None:
        raise MemoryError("no <room>")

    monkeypatch.setattr("cnnlib.experiments.train", fail)
    lab = TrainingLab(Recipe(epochs=1))
    lab.train()
    lab.wait()
    assert lab._status.value == "<b>The run failed:</b> MemoryError: no &lt;room&gt;"
    assert lab.histories == []
    assert not lab._train_button.disabled


def test_a_recipe_that_is_none_is_told() -> None:
    lab = TrainingLab()
    lab._controls["learning_rate"].value = 0.5
    lab._start = Recipe(model="convnet")
    lab._controls["dropout"].value = 0.5
    lab.train()
    assert lab._status.value.startswith("<b>No such recipe:</b> dropout must be")
    assert not lab.running


def test_a_page_keeps_the_picture_and_the_button() -> None:
    bundle = TrainingLab(chapter="regularization.ipynb")._repr_mimebundle_()
    assert bundle["text/plain"] == "TrainingLab(Recipe(), train_size=100, seed=0): 0 runs"
    page = bundle["text/html"]
    assert page == TrainingLab()._repr_html_()  # the same each time
    (link,) = re.findall(r'<a class="cnn-button" href="([^"]+)">Open this chapter on Binder', page)
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    where, branch = config["repository"]["url"].split("github.com/")[1], "main"
    assert config["repository"]["branch"] == branch
    hub = config["launch_buttons"]["binderhub_url"]
    assert link == f"{hub}/v2/gh/{where}/{branch}?urlpath=lab/tree/chapters/regularization.ipynb"
    assert page.count("<svg") == page.count('role="img" aria-label="') == 2


def test_the_picture_of_a_stored_recipe_has_its_stored_curves() -> None:
    recipe = Recipe.from_dict(sweep_results.recipe("dropout=0.4", 200))
    page = TrainingLab(recipe, train_size=200)._repr_html_()
    curve = sweep_results.curve("dropout=0.4", 200, "validation_loss").mean
    assert f"validation from {curve[0]:.3f} to {curve[-1]:.3f}" in page
    made = sweep_results.manifest()
    assert "These curves are stored: means over 10 runs of this recipe (dropout, 0.4)" in page
    assert f"trained on {made['device']}, {made['date']}." in page
    for other in (TrainingLab(recipe, train_size=100), TrainingLab(Recipe(), train_size=200)):
        assert "none yet" in other._repr_html_()
        assert "stored" not in other._repr_html_()


def test_importing_it_does_not_load_torch() -> None:
    tree = ast.parse(Path(training_lab.__file__).read_text())
    names = [n.module for n in tree.body if isinstance(n, ast.ImportFrom)]
    assert "cnnlib.experiments" not in names


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"recipe": {}}, TypeError, r"recipe must be a Recipe, or None, got \{\}"),
        ({"train_size": 5}, ValueError, "train_size must be an int from 10 to 1000, got 5"),
        ({"seed": -1}, ValueError, "seed must be a non-negative int, got -1"),
    ],
)
def test_what_it_refuses(settings: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        TrainingLab(**settings)
