"""Data sets read from small files of the real formats; files cut short; torchvision not there."""

from __future__ import annotations

import gzip
import pickle
import struct
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnlib import datasets
from cnnlib.datasets.formats import read_cifar_batch, read_idx

RNG = np.random.default_rng


def idx(array: np.ndarray) -> bytes:
    """Return an array of bytes as an IDX file has it."""
    axes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + axes + array.astype(np.uint8).tobytes()


def batch(data: np.ndarray, labels: list[int]) -> bytes:
    """Return a CIFAR-10 batch as Python 2 pickled it: strings of bytes, NumPy's old names."""

    def text(value: bytes) -> bytes:
        return b"U" + bytes([len(value)]) + value

    rows = struct.pack("<H", data.shape[0])
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x06cnumpy\nndarray\nq\x07K\x00\x85U\x01b\x87R"
        b"(K\x01M" + rows + b"M" + struct.pack("<H", data.shape[1]) + b"\x86"
        b"cnumpy\ndtype\nq\x08U\x02u1K\x00K\x01\x87R"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89T" + struct.pack("<I", data.size) + data.astype(np.uint8).tobytes() + b"tb"
    )
    numbers = b"](" + b"".join(b"K" + bytes([k]) for k in labels) + b"e"
    pairs = text(b"batch_label") + text(b"training batch 1 of 5") + text(b"labels") + numbers
    return b"\x80\x02}q\x01(" + pairs + text(b"data") + array + b"u."


def write_mnist(folder: Path, name: str = "MNIST", packed: bool = False) -> dict[str, np.ndarray]:
    """Write a data set of five pictures for training and three for the test; return its parts."""
    raw = folder / name / "raw"
    raw.mkdir(parents=True)
    parts = {}
    for part, prefix, n in (("train", "train", 5), ("test", "t10k", 3)):
        images = RNG(n).integers(0, 256, (n, 28, 28))
        labels = RNG(n).integers(0, 10, n)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            data = idx(array)
            file = raw / f"{prefix}-{kind}-ubyte{'.gz' if packed else ''}"
            file.write_bytes(gzip.compress(data) if packed else data)
        parts |= {f"{part}_images": images, f"{part}_labels": labels}
    return parts


def write_cifar(folder: Path) -> dict[str, np.ndarray]:
    """Write a data set of two pictures a batch; return its parts."""
    batches = folder / "cifar-10-batches-py"
    batches.mkdir(parents=True)
    rng, data, labels = RNG(0), [], []
    for file in [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]:
        data.append(rng.integers(0, 256, (2, 3072)))
        labels.append(rng.integers(0, 10, 2))
        (batches / file).write_bytes(batch(data[-1], labels[-1].tolist()))
    pictures = np.concatenate(data).reshape(-1, 3, 32, 32)
    numbers = np.concatenate(labels)
    return {
        "train_images": pictures[:10],
        "train_labels": numbers[:10],
        "test_images": pictures[10:],
        "test_labels": numbers[10:],
    }


def assert_read(found: datasets.Parts, expected: dict[str, np.ndarray]) -> None:
    """Assert that a data set is what was written."""
    for name, array in expected.items():
        part = getattr(found, name)
        np.testing.assert_array_equal(part, array)
        assert part.dtype == (np.uint8 if "images" in name else np.int64)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_idx_files_are_read_packed_or_not(tmp_path: Path, name: Any, packed: bool) -> None:
    folder = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}[name]
    expected = write_mnist(tmp_path, folder, packed)
    assert_read(datasets.load(name, folder=tmp_path), expected)
    assert_read(datasets.load(name, folder=str(tmp_path)), expected)


def test_batches_of_python_2_are_read(tmp_path: Path) -> None:
    expected = write_cifar(tmp_path)
    found = datasets.load("cifar10", folder=tmp_path)
    assert found.train_images.shape == (10, 3, 32, 32)
    assert_read(found, expected)


def test_a_red_pixel_comes_first_of_three_channels(tmp_path: Path) -> None:
    """Of 3,072 bytes 1,024 are red, row by row, then green, then blue."""
    data = np.zeros((1, 3072))
    data[0, 33] = 200
    (tmp_path / "one").write_bytes(batch(data, [7]))
    images, labels = read_cifar_batch(tmp_path / "one")
    assert np.argwhere(images).tolist() == [[0, 0, 1, 1]]
    assert labels.tolist() == [7]


@pytest.mark.parametrize("protocol", [2, 4])
def test_batches_written_today_are_read(tmp_path: Path, protocol: int) -> None:
    data = RNG(1).integers(0, 256, (2, 3072), np.uint8)
    text = pickle.dumps({"data": data, "labels": [1, 2]}, protocol=protocol)
    (tmp_path / "one").write_bytes(text)
    np.testing.assert_array_equal(read_cifar_batch(tmp_path / "one")[0], data.reshape(2, 3, 32, 32))


def test_what_is_missing_is_fetched_by_torchvision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def fetch(folder: str, train: bool, download: bool) -> None:
        calls.append((folder, train, download))
        if train:
            write_mnist(Path(folder))

    vision = ModuleType("torchvision")
    monkeypatch.setattr(vision, "datasets", SimpleNamespace(MNIST=fetch), raising=False)
    monkeypatch.setitem(sys.modules, "torchvision", vision)
    first = datasets.load("mnist", folder=tmp_path)
    assert calls == [(str(tmp_path), True, True), (str(tmp_path), False, True)]
    assert first.train_images.shape == (5, 28, 28)
    datasets.load("mnist", folder=tmp_path)
    assert len(calls) == 2


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_without_torchvision_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: Any
) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(
        ImportError, match=r'torchvision, which .*: pip install "cnnlib\[datasets\]"'
    ):
        datasets.load(name, folder=tmp_path)
    write_mnist(tmp_path, "FashionMNIST")
    assert datasets.load("fashion_mnist", folder=tmp_path).test_labels.shape == (3,)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            ModuleNotFoundError("No module", name="torchvision"),
            "torchvision, which is not installed",
        ),
        (
            RuntimeError("operator torchvision::nms does not exist"),
            "does not go with .*nms does not",
        ),
    ],
)
def test_why_torchvision_cannot_fetch_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    class Broken(ModuleType):
        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            raise error

    monkeypatch.setitem(sys.modules, "torchvision", Broken("torchvision"))
    with pytest.raises(ImportError, match=message):
        datasets.load("mnist", folder=tmp_path)


GOOD = idx(RNG(0).integers(0, 256, (2, 28, 28)))
PACKED = gzip.compress(GOOD, mtime=0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "begins with other bytes, b''"),
        (b"<!doctype html>", "begins with other bytes, b'<!do'"),
        (bytes([0, 0, 13, 1]) + GOOD[4:], "begins with other bytes"),
        (GOOD[:10], "of which only 10 bytes are there"),
        (GOOD[:-1], "says that it has 2 by 28 by 28 values, and has 1567"),
        (GOOD + b"0", "says that it has 2 by 28 by 28 values, and has 1569"),
        (PACKED[:-9], "was compressed, and is cut short or damaged"),
        (PACKED[:30] + b"!" * 30, "was compressed, and is cut short or damaged"),
    ],
)
def test_an_idx_file_of_another_kind_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"file must be an IDX file of bytes, got a .*{message}"):
        read_idx(path)


class Deed:
    """Would call a function when it is read from a pickle."""

    def __reduce__(self) -> Any:
        return eval, ("print('called')",)


IMAGES = np.zeros((2, 3072), np.uint8)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "cannot be read"),
        (batch(IMAGES, [1, 2])[:3000], "cannot be read"),
        (b"not a pickle at all", "cannot be read"),
        (pickle.dumps(Deed()), "asks for builtins.eval"),
        (pickle.dumps({"data": Deed(), "labels": [1]}), "asks for builtins.eval"),
        (pickle.dumps([IMAGES, [1, 2]]), "cannot be read"),
        (pickle.dumps({"data": IMAGES, "fine_labels": [1, 2]}), "KeyError: 'labels'"),
        (pickle.dumps({"data": IMAGES.astype(float), "labels": [1, 2]}), "of type float64"),
        (pickle.dumps({"data": IMAGES[:, :-1], "labels": [1, 2]}), r"shape \(2, 3071\)"),
        (pickle.dumps({"data": IMAGES, "labels": [1]}), r"2 pictures and labels of \(1,\)"),
        (pickle.dumps({"data": IMAGES, "labels": [0.5, 1]}), "2 pictures and labels"),
    ],
)
def test_a_batch_of_another_kind_is_named_and_calls_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, message: str
) -> None:
    path = tmp_path / "batch"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"batch must be a CIFAR-10 batch: .*{message}.*delete it"):
        read_cifar_batch(path)
    assert capsys.readouterr().out == ""


def test_parts_that_do_not_go_together_are_named(tmp_path: Path) -> None:
    write_mnist(tmp_path)
    labels = tmp_path / "MNIST" / "raw" / "train-labels-idx1-ubyte"
    labels.write_bytes(idx(np.arange(4)))
    with pytest.raises(ValueError, match=r"got those of train of shapes \(5, 28, 28\) and \(4,\)"):
        datasets.load("mnist", folder=tmp_path)
    labels.write_bytes(idx(np.array([0, 1, 2, 3, 10])))
    with pytest.raises(ValueError, match="must have labels from 0 to 9, got 0 to 10"):
        datasets.load("mnist", folder=tmp_path)
    write_cifar(tmp_path)
    test = tmp_path / "cifar-10-batches-py" / "test_batch"
    test.write_bytes(batch(IMAGES, [1, 10]))
    with pytest.raises(ValueError, match="must have labels from 0 to 9, got 1 to 10"):
        datasets.load("cifar10", folder=tmp_path)
