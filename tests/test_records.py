"""Records of runs: whole or not there, and never taken for those of another run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sweep_problems import few_digits, other_digits

from cnnlib.experiments import History, Recipe
from cnnlib.experiments.records import fingerprint, read_record, record_path, write_record

RECIPE = Recipe(epochs=2)
HISTORY = History(
    recipe=RECIPE,
    seed=3,
    train_loss=(0.1, 1 / 3),
    train_accuracy=(0.5, 1.0),
    validation_loss=(2.0, 1e-17),
    validation_accuracy=(0.1, 0.2),
    best_epoch=2,
    test_loss=0.7,
    test_accuracy=0.9,
    histogram=(0.25, 0.75),
    seconds=1.5,
    device="cpu",
    versions={"torch": "2"},
    stopped="finished",
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return write_record(tmp_path, HISTORY, data="0f3a", together=[2, 3])


def test_a_record_is_read_as_it_was_written(written: Path) -> None:
    folder = written.parent
    assert written == record_path(folder, RECIPE, "0f3a", 3)
    assert [path.name for path in folder.iterdir()] == [written.name]
    assert read_record(folder, RECIPE, "0f3a", 3) == HISTORY  # floats to the last bit
    assert json.loads(written.read_text())["together"] == [2, 3]


def test_what_defines_a_run_gives_its_record_a_name_of_its_own(written: Path) -> None:
    folder = written.parent
    assert read_record(folder, replace(RECIPE, l1=1e-12), "0f3a", 3) is None
    assert read_record(folder, RECIPE, "0f3b", 3) is None
    assert read_record(folder, RECIPE, "0f3a", 4) is None


def test_a_fingerprint_is_of_values_types_shapes_and_their_order() -> None:
    data = few_digits()
    assert fingerprint(data) == fingerprint(few_digits())
    strided = data._replace(train_images=np.asfortranarray(data.train_images))
    assert fingerprint(data) == fingerprint(strided)
    pixel = data.test_images.copy()
    pixel[0, 0, 0, 0] += 1e-6
    others = [
        other_digits(),
        data._replace(test_images=pixel),
        data._replace(train_labels=data.train_labels.astype(np.int32)),
        data._replace(train_images=data.train_images.reshape(10, 1, 4, 16)),
    ]
    marks = {fingerprint(other) for other in [data, *others]}
    assert len(marks) == 5


def test_a_part_that_was_left_is_removed_by_the_next_to_do_the_run(written: Path) -> None:
    left = written.with_name(f"{written.stem}.0123.part")
    foreign = written.with_name("another.0123.part")
    for path in (left, foreign):
        path.write_text('{"format": "cnn')
    assert read_record(written.parent, RECIPE, "0f3a", 3) == HISTORY
    write_record(written.parent, HISTORY, data="0f3a")
    assert not left.exists()
    assert foreign.exists()


def test_a_damaged_record_is_named_and_not_trusted(written: Path) -> None:
    whole = written.read_bytes()
    damages = {
        r"is no JSON \(Expecting value": b"",
        r"is no JSON \(Unterminated string": whole[:-20],
        "is no text": b"\xff" + whole,
        r"is not of the format 'cnnlib run 1'": b"[1, 2]",
        r"is not of the format 'cnnlib run 1'; remove": whole.replace(b"run 1", b"run 0"),
        "was changed after it was written": whole.replace(b'"test_accuracy": 0.9', b'"seed": 3'),
        "its checksum differs; remove it to have": whole.replace(b"0.9", b"0.8"),
    }
    for fault, content in damages.items():
        assert content != whole
        written.write_bytes(content)
        with pytest.raises(ValueError, match=f"whole records alone, got .*{written.name}.*{fault}"):
            read_record(written.parent, RECIPE, "0f3a", 3)


def test_the_record_of_another_run_under_this_name_is_refused(written: Path) -> None:
    folder = written.parent
    written.rename(record_path(folder, RECIPE, "0f3a", 4))
    with pytest.raises(ValueError, match=r"is of another run: seed 3 of Recipe\("):
        read_record(folder, RECIPE, "0f3a", 4)
