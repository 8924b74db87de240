"""What the training lab says of its runs, as HTML."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from cnnlib import sweep_results

from . import _lab_picture

if TYPE_CHECKING:
    from cnnlib.experiments import History, Recipe

ENDS = {
    "finished": "all epochs",
    "patience": "stopped early: no better validation loss",
    "asked": "stopped by you",
    "diverged": "diverged",
}


def picture(history: History) -> str:
    """Return the curves of a run."""
    loss = (history.train_loss, history.validation_loss)
    accuracy = (history.train_accuracy, history.validation_accuracy)
    return _lab_picture.curves(loss, accuracy, history.recipe.epochs, history.best_epoch)


def stored_picture(recipe: Recipe, train_size: int) -> str | None:
    """Return the curves of the stored runs of this very recipe, if there are any, and whose."""
    if train_size not in sweep_results.sizes():
        return None
    for setting in sweep_results.settings():
        if sweep_results.recipe(setting.id, train_size) == recipe.to_dict():
            break
    else:
        return None
    curves = {
        name: sweep_results.curve(setting.id, train_size, name) for name in sweep_results.CURVES
    }
    means = {name: curve.mean.tolist() for name, curve in curves.items()}
    picture = _lab_picture.curves(
        (means["train_loss"], means["validation_loss"]),
        (means["train_accuracy"], means["validation_accuracy"]),
        recipe.epochs,
        at=curves["train_loss"].epochs.tolist(),
    )
    made = sweep_results.manifest()
    return (
        f"{picture}<p>These curves are stored: means over {len(made['seeds'])} runs of this recipe "
        f"({html.escape(setting.label)}), trained on {html.escape(made['device'])}, "
        f"{html.escape(made['date'])}.</p>"
    )


def so_far(history: History) -> str:
    """Return how far a run is; one epoch has ended at least."""
    return (
        f"Epoch {history.epochs} of {history.recipe.epochs}: training loss "
        f"{history.train_loss[-1]:.3f}, validation loss {history.validation_loss[-1]:.3f}, "
        f"best in epoch {history.best_epoch}; {history.seconds:.0f} s on "
        f"{html.escape(history.device)}"
    )


def ended(history: History, message: str) -> str:
    """Return how a run ended; `message` says why it diverged, if it did."""
    if message:
        return f"<b>Diverged:</b> {html.escape(message)}."
    return (
        f"Ended ({ENDS[history.stopped]}) after {history.epochs} epochs and "
        f"{history.seconds:.1f} s on {html.escape(history.device)}: test accuracy "
        f"{history.test_accuracy:.1%}"
    )


def table(histories: list[History]) -> str:
    """Return the runs that ended, one a row."""
    heads = ("run", "recipe", "seed", "epochs", "best", "test accuracy", "ended")
    rows = []
    for number, history in enumerate(histories, start=1):
        changes = ", ".join(f"{k} {v}" for k, v in history.recipe.changes().items())
        tested = "\N{EN DASH}" if history.test_accuracy is None else f"{history.test_accuracy:.1%}"
        cells = (number, changes or "the defaults", history.seed, history.epochs)
        rows.append((*cells, history.best_epoch, tested, ENDS[history.stopped]))
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    style = "border-spacing: 1em 0; text-align: left"
    return f'<table style="{style}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
