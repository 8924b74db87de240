"""What every explorer shares on the Python side: traits, `result`, the check, the picture."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from cnnlib import numpy_ops, reference

from ._link import link_widget

HERE = Path(__file__).parent
BACKENDS = ("reference", "numpy", "torch")
LARGEST = 1e6
"""Of what is typed into pictures, kernels and signals: no sum of products overflows."""


class Matrix(traitlets.TraitType[Any, Any]):
    """A trait that holds a non-empty matrix of finite numbers as lists of rows.

    Anything that `numpy.asarray` makes two-dimensional is taken, up to `most` rows and columns.
    """

    kind, axes = "matrix", 2

    def __init__(self, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def validate(self, obj: Any, value: Any) -> list[Any]:
        """Return `value` as lists, or raise an error that says what would be legal."""
        legal = (
            f"{self.name} must be a {self.kind} of 1 to {self.most} finite numbers along each axis"
        )
        try:
            array = np.asarray(value)
        except ValueError as error:
            raise ValueError(f"{legal}; its rows differ in length") from error
        if array.dtype.kind not in "iufb":
            raise TypeError(f"{legal}; got dtype {array.dtype}")
        if array.ndim != self.axes or not all(1 <= n <= self.most for n in array.shape):
            raise ValueError(f"{legal}; got shape {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{legal}; got NaN or an infinity")
        largest = max(array.astype(float).ravel().tolist(), key=abs)
        if abs(largest) > LARGEST:
            raise ValueError(f"{self.name} must be numbers from -1e6 to 1e6; got {largest}")
        result: list[Any] = array.astype(float).tolist()
        return result


class Vector(Matrix):
    """A trait that holds a non-empty list of finite numbers."""

    kind, axes = "list", 1


class Digit(Matrix):
    """A trait that holds a digit as the data set has them: 8 by 8 numbers from 0 to 16."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(8, **kwargs)

    def validate(self, obj: Any, value: Any) -> list[Any]:
        """Return `value` as lists, or raise an error that says what would be legal."""
        result = super().validate(obj, value)
        rows = np.array(result)
        if rows.shape != (8, 8) or rows.min() < 0 or rows.max() > 16:
            legal = f"{self.name} must be 8 by 8 numbers from 0 to 16"
            raise ValueError(f"{legal}; got {rows.shape}, {rows.min():g} to {rows.max():g}")
        return result


def whole(least: int, most: int, default: int) -> traitlets.Int:
    """Return a synchronised trait for a whole number from `least` to `most`."""
    return traitlets.Int(default, min=least, max=most).tag(sync=True)


class Explorer(anywidget.AnyWidget):
    """An interactive figure that computes in the page and is checked in Python.

    Traits are inputs and choices, never results: the JavaScript beside each subclass computes
    and draws the answer, with a kernel or without. A subclass states `module` (the name of its
    JavaScript file), `compute` and `draw`.

    Parameters
    ----------
    name : str
        Names this explorer in links and embeds; unique on its page. Letters, digits, hyphens.
    title : str
        The visible title.
    """

    module = ""
    tolerance = 1e-5
    """By how much the page's answer may differ from Python's, of the largest value."""

    _css = HERE / "explorers.css"

    name = traitlets.Unicode("").tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "module" in cls.__dict__:  # not where a trait is added to an instance
            cls._esm = link_widget(cls.module)
        super().__init_subclass__(**kwargs)

    def __init__(self, **kwargs: Any) -> None:
        unknown = set(kwargs) - set(self.settings())
        if unknown:
            raise TypeError(
                f"{type(self).__name__} has no setting {sorted(unknown)[0]!r}; "
                f"it has {', '.join(self.settings())}"
            )
        super().__init__(**kwargs)
        self.on_msg(self._answer)

    @classmethod
    def settings(cls) -> list[str]:
        """Return the names of the traits that define the state, sorted."""
        own = [name for name in cls.class_trait_names(sync=True) if not name.startswith("_")]
        return sorted(set(own) - set(anywidget.AnyWidget.class_trait_names()))

    def compute(self, ops: Any, array: Any) -> Any:
        """Compute the answer with `ops`, one of cnnlib's backends.

        `array` turns nested lists into what that backend takes. Stated by each subclass.
        """
        raise NotImplementedError

    def result(self, backend: str = "numpy") -> np.ndarray:
        """Compute what the explorer shows, in Python, from its present traits.

        Parameters
        ----------
        backend : {"numpy", "torch", "reference"}
            Which of cnnlib's implementations computes it; torch on `torch_ops.best_device()`.

        Returns
        -------
        numpy.ndarray
            The output grid, float64 (float32 from a torch device without float64).

        Raises
        ------
        ValueError
            If `backend` is none of these, or the settings do not go together.
        """
        if backend not in BACKENDS:
            raise ValueError(f"backend is {backend!r}; legal are {', '.join(BACKENDS)}")
        if backend != "torch":
            ops = numpy_ops if backend == "numpy" else reference
            return np.asarray(self.compute(ops, lambda values: np.asarray(values, dtype=float)))
        import torch

        from cnnlib import torch_ops

        device = torch_ops.best_device()
        dtype = torch.float32 if device.type == "mps" else torch.float64
        answer = self.compute(
            torch_ops, lambda values: torch.tensor(values, dtype=dtype, device=device)
        )
        return np.asarray(answer.cpu())

    def _answer(self, _widget: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        """Compare the page's answer with NumPy's and torch's, and tell the page."""
        if content.get("kind") != "answer":
            return
        shown = np.frombuffer(buffers[0], dtype=np.float64)
        try:
            text = self._compare(shown)
        except ValueError as error:
            text = f"Python cannot compute this: {error}"
        self.send({"kind": "agreement", "text": text})

    def _compare(self, shown: np.ndarray) -> str:
        from cnnlib import torch_ops

        parts = []
        places = {"numpy": "NumPy", "torch": f"torch on {torch_ops.best_device()}"}
        for backend, place in places.items():
            expected = self.result(backend).ravel()
            if expected.shape != shown.shape:
                return f"{place} gives {expected.size} values where this page shows {shown.size}."
            gap = float(np.max(np.abs(expected - shown), initial=0.0))
            scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
            verdict = "agrees" if gap <= self.tolerance * scale else "DIFFERS"
            parts.append(f"{place} {verdict} ({f'largest gap {gap:.1g}' if gap else 'exactly'})")
        return f"Checked in Python: {'; '.join(parts)}."

    def draw(self) -> Any:
        """Return a matplotlib Figure of the present state. Stated by each subclass."""
        raise NotImplementedError

    def picture(self) -> bytes:
        """Return the static picture of the present state, a PNG: for print, PDF, no scripts."""
        buffer = io.BytesIO()
        figure = self.draw()
        figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.title!r}: {self.describe()})"

    def describe(self) -> str:
        """Return one line that tells the state, for the picture's alternative text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "image/png": base64.b64encode(self.picture()).decode()}, metadata
