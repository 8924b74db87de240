"""The training lab in a real JupyterLab with a real kernel: train, watch, stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from lab_server import Lab, ask, kernel_of, run_all, serving_lab
from playwright.sync_api import expect

CODE = """from cnnlib.experiments import Recipe
from cnnlib.explorers import TrainingLab

lab = TrainingLab(Recipe(epochs=3), train_size=50)
lab"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start JupyterLab over a notebook with a training lab."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CODE)], metadata={"kernelspec": kernel}
    )
    with serving_lab(tmp_path_factory.mktemp("lab"), {"training": notebook}) as where:
        yield where


def test_train_watch_and_stop(lab: Lab, page: Any) -> None:
    run_all(page, lab.of("training"))
    train = page.get_by_role("button", name="Train", exact=True)
    train.wait_for(timeout=120_000)
    loss = page.locator("svg[aria-label^='loss against the epoch']")
    expect(page.get_by_text("Trains on", exact=False)).to_be_visible()
    expect(loss).to_have_attribute("aria-label", "loss against the epoch: none yet")
    with kernel_of(lab.runtime) as client:
        train.click()
        expect(page.get_by_text("Ended (all epochs) after 3 epochs")).to_be_visible(timeout=60_000)
        expect(loss.locator("polyline")).to_have_count(2)
        assert ask(client, "print(lab.histories[0].epochs, lab.progress)") == "3 (3, 3)"
        told = ask(client, "print(f'{lab.histories[0].train_loss[-1]:.3f}')")
        assert f"to {told}, validation" in str(loss.get_attribute("aria-label"))

        epochs = page.get_by_label("epochs", exact=True).first
        epochs.fill("90000")
        epochs.press("Enter")
        train.click()
        expect(page.get_by_text("of 90000: training loss")).to_be_visible(timeout=60_000)
        before = loss.get_attribute("aria-label")
        expect(loss).not_to_have_attribute("aria-label", str(before), timeout=30_000)
        assert ask(client, "print(lab.running, 6 * 7)") == "True 42"  # it answers meanwhile
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_text("Ended (stopped by you)")).to_be_visible(timeout=60_000)
        done = "h = lab.histories[1]; print(h.stopped, h.recipe.epochs, 0 < h.epochs < 90000)"
        assert ask(client, done) == "asked 90000 True"
        expect(train).to_be_enabled()
