"""The controls of the training lab: one for each part of a recipe that it lets one choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from cnnlib.experiments import Recipe

GROUPS: dict[str, tuple[str, ...]] = {
    "Data": ("train_size", "seed", "epochs", "batch_size", "patience"),
    "Optimizer": ("optimizer", "learning_rate", "momentum", "schedule", "precision"),
    "Penalties": ("l1", "l2", "weight_decay", "label_smoothing", "mixup"),
    "Network": ("dropout", "batch_norm", "pool", "noise"),
    "Pictures": ("shift", "rotate", "scale", "crop", "flip"),
}
"""The names of the controls, group by group; `train_size` and `seed` are no part of a recipe."""

SIZES = (50, 100, 200, 500, 1000)
WEIGHTS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
HIGHEST = {
    "dropout": (0.9, 0.05),
    "momentum": (0.99, 0.01),
    "label_smoothing": (0.5, 0.05),
    "mixup": (2.0, 0.1),
    "noise": (1.0, 0.05),
    "shift": (4.0, 0.1),
    "rotate": (180.0, 1.0),
    "scale": (0.9, 0.05),
    "crop": (0.9, 0.05),
    "flip": (1.0, 0.05),
}
"""Where the slider of a number ends, and its steps."""

NAMES = {
    "train_size": "training digits",
    "patience": "patience (0: none)",
    "shift": "shift, pixels",
    "rotate": "rotate, degrees",
    "flip": "flip, share",
}
"""What a control is called where its name alone does not say it."""

STYLE = {"description_width": "9.5em"}
WIDTH = "21em"


def make(recipe: Recipe, train_size: int, seed: int) -> dict[str, Any]:
    """Return the controls by name, showing this recipe."""
    from cnnlib.experiments import recipe as known

    given = {**recipe.to_dict(), "train_size": train_size, "seed": seed}
    given["patience"] = recipe.patience or 0
    choices = {
        "optimizer": known.OPTIMIZERS,
        "schedule": known.SCHEDULES,
        "pool": known.POOLS,
        "precision": known.PRECISIONS,
    }
    made = {}
    for name in (name for names in GROUPS.values() for name in names):
        how = {
            "description": NAMES.get(name, name.replace("_", " ")),
            "value": given[name],
            "style": STYLE,
            "layout": {"width": WIDTH},
        }
        if name in choices:
            made[name] = widgets.Dropdown(options=choices[name], **how)
        elif name in HIGHEST:
            high, step = HIGHEST[name]
            high = max(high, given[name])
            made[name] = widgets.FloatSlider(min=0.0, max=high, step=step, **how)
        elif name in ("l1", "l2", "weight_decay", "train_size"):
            steps = SIZES if name == "train_size" else WEIGHTS
            options = [(f"{value:g}", value) for value in sorted({*steps, given[name]})]
            made[name] = widgets.SelectionSlider(options=options, **how)
        elif name == "learning_rate":
            made[name] = widgets.FloatText(step=0.001, **how)  # a recipe refuses 0
        elif name == "batch_norm":
            made[name] = widgets.Checkbox(indent=True, **how)
        else:
            low = 1 if name in ("epochs", "batch_size") else 0
            made[name] = widgets.BoundedIntText(min=low, max=10**9, **how)
    made["optimizer"].observe(lambda _change: _fit(made), "value")
    _fit(made)
    return made


def _fit(controls: dict[str, Any]) -> None:
    """Let only those be set that the optimizer takes."""
    controls["momentum"].disabled = controls["optimizer"].value != "sgd"
    controls["weight_decay"].disabled = controls["optimizer"].value == "adam"


def read(controls: dict[str, Any], recipe: Recipe) -> Recipe:
    """Return the recipe that the controls show; what has no control stays as in `recipe`."""
    from cnnlib.experiments import Recipe

    values = {**recipe.to_dict(), **{name: each.value for name, each in controls.items()}}
    for name in ("train_size", "seed"):
        del values[name]
    values["patience"] = values["patience"] or None
    for name in ("momentum", "weight_decay"):
        if controls[name].disabled:
            values[name] = 0.0
    return Recipe.from_dict(values)


def lay_out(controls: dict[str, Any]) -> Any:
    """Return the controls in their groups, side by side as far as they fit."""
    columns = [
        widgets.VBox([widgets.HTML(f"<b>{title}</b>"), *(controls[name] for name in names)])
        for title, names in GROUPS.items()
    ]
    return widgets.HBox(columns, layout={"flex_flow": "row wrap"})
