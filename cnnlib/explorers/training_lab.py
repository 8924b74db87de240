"""The training lab: choose a recipe, train, watch, stop; it needs a kernel."""

from __future__ import annotations

import html
import threading
import time
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets  # type: ignore[import-untyped]

from cnnlib import _check

from . import _lab_controls, _lab_picture, _lab_words

if TYPE_CHECKING:
    from cnnlib.experiments import History, Recipe

REPOSITORY = "cnn-textbook/cnn-textbook"
BINDER = f"https://mybinder.org/v2/gh/{REPOSITORY}/main?urlpath=lab/tree/chapters/"
EVERY = 0.15
"""Seconds between two drawings of a run's curves, at least."""


class TrainingLab(widgets.VBox):
    """Train the book's network by a recipe of one's own, in this kernel.

    Training runs in a thread: the kernel answers meanwhile, and Stop works. What was recorded is
    kept in `histories`, of stopped and diverged runs too.

    Parameters
    ----------
    recipe : cnnlib.experiments.Recipe, optional
        What the controls show first; the defaults, 30 epochs, where nothing is said.
    train_size : int
        How many training digits, 10 to 1000.
    seed : int
        Of all that chance decides.
    chapter : str
        The notebook that the static page's button opens on Binder.

    Attributes
    ----------
    histories : list of cnnlib.experiments.History
        One for each run that ended, in order.

    Examples
    --------
    >>> lab = TrainingLab(train_size=100)
    >>> lab.train()
    >>> lab.stop()
    >>> lab.wait()
    >>> [history.stopped for history in lab.histories]
    ['asked']
    """

    def __init__(
        self,
        recipe: Recipe | None = None,
        *,
        train_size: int = 100,
        seed: int = 0,
        chapter: str = "regularization.ipynb",
    ) -> None:
        from cnnlib.experiments import Recipe, digits
        from cnnlib.torch_ops import best_device, describe_device

        if recipe is not None and not isinstance(recipe, Recipe):
            _check.refuse(TypeError, "recipe", "a Recipe, or None", recipe)
        digits(train_size)  # refuses what is no size
        self._start = Recipe() if recipe is None else recipe
        self._chapter = chapter
        self._controls = _lab_controls.make(self._start, train_size, _check.integer("seed", seed))
        self.histories: list[History] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._drawn = 0.0
        self._train_button = widgets.Button(description="Train", button_style="primary")
        self._stop_button = widgets.Button(description="Stop", disabled=True)
        self._train_button.on_click(lambda _button: self.train())
        self._stop_button.on_click(lambda _button: self.stop())
        self._bar = widgets.IntProgress(description="epochs", layout={"width": "20em"})
        self._status = widgets.HTML(f"Trains on {html.escape(describe_device(best_device()))}.")
        self._curves = widgets.HTML(_lab_picture.curves(((), ()), ((), ()), self._start.epochs))
        self._runs = widgets.HTML()
        row = widgets.HBox([self._train_button, self._stop_button, self._bar])
        shown = (row, self._status, self._curves, self._runs)
        super().__init__([_lab_controls.lay_out(self._controls), *shown])

    @property
    def recipe(self) -> Recipe:
        """The recipe that the controls show."""
        return _lab_controls.read(self._controls, self._start)

    @property
    def running(self) -> bool:
        """Whether a run goes on."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def progress(self) -> tuple[int, int]:
        """How many epochs of the last run have ended, and of how many."""
        return self._bar.value, self._bar.max

    def train(self) -> None:
        """Begin a run by the recipe that the controls show, and return at once.

        Raises
        ------
        RuntimeError
            If a run goes on.
        """
        if self.running:
            raise RuntimeError("a run goes on; stop() it, or wait() for its end")
        try:
            recipe = self.recipe
        except (TypeError, ValueError) as error:
            self._status.value = f"<b>No such recipe:</b> {html.escape(str(error))}"
            return
        size, seed = self._controls["train_size"].value, self._controls["seed"].value
        self._stop.clear()
        self._drawn = 0.0
        self._bar.max, self._bar.value, self._bar.bar_style = recipe.epochs, 0, ""
        self._status.value = "Begins \N{HORIZONTAL ELLIPSIS}"
        self._enable(training=True)
        self._thread = threading.Thread(target=self._work, args=(recipe, size, seed), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the run to stop after the present epoch; what was recorded is kept."""
        self._stop.set()
        if self.running:
            self._status.value = "Stops after this epoch \N{HORIZONTAL ELLIPSIS}"

    def wait(self, timeout: float | None = None) -> None:
        """Wait for the end of the run, at most so many seconds."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _enable(self, *, training: bool) -> None:
        self._train_button.disabled = training
        self._stop_button.disabled = not training

    def _work(self, recipe: Recipe, size: int, seed: int) -> None:
        """Train, in a thread; show how it ended, whatever happens."""
        from cnnlib.experiments import DivergedError, digits, train

        try:
            try:
                history = train(recipe, digits(size), seed=seed, on_epoch=self._watch)
                style, message = "success", ""
            except DivergedError as error:
                history, style, message = error.history, "danger", str(error)
            self.histories.append(history)
            self._draw(history)
            self._bar.bar_style = style if history.stopped != "asked" else "warning"
            self._status.value = _lab_words.ended(history, message)
            self._runs.value = _lab_words.table(self.histories)
        except Exception as error:  # whatever it was, the reader should see it
            self._bar.bar_style = "danger"
            words = html.escape(f"{type(error).__name__}: {error}")
            self._status.value = f"<b>The run failed:</b> {words}"
        finally:
            self._enable(training=False)

    def _watch(self, history: History) -> bool:
        """Show how far a run is; tell it whether to go on."""
        self._bar.value = history.epochs
        now = time.monotonic()
        if history.epochs and now - self._drawn >= EVERY:
            self._drawn = now
            self._draw(history)
            if not self._stop.is_set():
                self._status.value = _lab_words.so_far(history)
        return not self._stop.is_set()

    def _draw(self, history: History) -> None:
        self._curves.value = _lab_words.picture(history)

    def __repr__(self) -> str:
        """Return what the controls show, and how many runs there were."""
        size, seed = self._controls["train_size"].value, self._controls["seed"].value
        changes = ", ".join(f"{k}={v!r}" for k, v in self.recipe.changes().items())
        runs = "1 run" if len(self.histories) == 1 else f"{len(self.histories)} runs"
        return f"TrainingLab(Recipe({changes}), train_size={size}, seed={seed}): {runs}"

    def _repr_html_(self) -> str:
        """Return the lab's picture, and the button that opens its chapter with a kernel."""
        recipe, size = self.recipe, self._controls["train_size"].value
        if self.histories:
            picture = _lab_words.picture(self.histories[-1])
        else:
            stored = _lab_words.stored_picture(recipe, size)
            picture = stored or _lab_picture.curves(((), ()), ((), ()), recipe.epochs)
        told = (
            f"{size} training digits, {recipe.epochs} epochs, "
            f"{recipe.optimizer}, learning rate {recipe.learning_rate:g}, dropout "
            f"{recipe.dropout:g}, and all else that a recipe holds"
        )
        return (
            '<div class="cnn-explorer cnn-lab"><div class="cnn-title">Training lab</div>'
            "<p>Choose a recipe, train, watch the curves grow, and stop. It trains in Python, so "
            f"on this page it is a picture: {html.escape(told)}.</p>{picture}"
            f'<p><a class="cnn-button" href="{BINDER}{html.escape(self._chapter)}">'
            "Open this chapter on Binder, and train there</a></p></div>"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/html": self._repr_html_()}
