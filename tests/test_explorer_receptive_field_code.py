"""ReceptiveFieldExplorer's Python, run: cnnlib's recurrences and graphs, torch's gradient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from field_states import ANSWER, random_settings

from cnnlib.explorers import ReceptiveFieldExplorer
from cnnlib.explorers._stack_presets import PRESETS
from tools.widget_page import open_page, run_python


def test_the_python_that_it_copies_gives_what_is_shown(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    open_page(page, tmp_path, [ReceptiveFieldExplorer(name="code")])
    states = [random_settings(rng) for _ in range(15)]
    states += [{**preset, "show": "box", "row": 2, "col": 1} for preset in PRESETS.values()]
    for settings in states:
        page.evaluate(ANSWER, settings)
        explorer = ReceptiveFieldExplorer(**settings)
        names = run_python(page)
        found = explorer.fields()
        assert [row.name for row in names["rows"]] == [field.name for field in found]
        for row, field in zip(names["rows"], found, strict=True):
            for key in ("output_size", "jump", "receptive_field", "start"):
                pair = getattr(field, key)
                value = getattr(row, key)
                if pair is None or isinstance(value, tuple):
                    assert value == pair
                else:
                    assert value == pair[1]
                    assert explorer.axes == 1 or pair[0] == pair[1]
        box = explorer.box()
        flat = None if box is None else (box[0][1], box[1][1]) if explorer.axes == 1 else box
        square = None if flat is None else tuple(np.ravel(pair).tolist() for pair in flat)
        same = names["same"]
        assert same is None if box is None else tuple(same) == square
        given = names["box"]
        assert given in (flat, box) or tuple((v, v) for v in given) == box
        if settings["show"] == "effective":
            np.testing.assert_allclose(names["shares"], explorer.shares(), atol=1e-15)
        gradient = names["gradient"]
        assert isinstance(gradient, torch.Tensor)
        np.testing.assert_array_equal(gradient.numpy().ravel() > 0, explorer.shares().ravel() > 0)
