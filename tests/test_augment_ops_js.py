"""Augmentation and NumPy's random numbers in JavaScript, in a real browser, against Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_augmentation import random_change

from cnnlib import augmentation
from cnnlib.explorers import _base

HERE = Path(_base.__file__).parent
RUN = """async ([address, problems]) => {
  const [ops, augment, random] = await Promise.all(
    ["ops.js", "augment_ops.js", "random.js"].map((file) => import(address + "js/" + file)));
  const { nested, tensor } = ops;
  const call = {
    matrix: (args) => nested(augment.matrix(args)),
    affine: ({ images, matrices }) => nested(augment.affine(tensor(images), tensor(matrices))),
    crop: ({ images, top, left, size }) => nested(augment.crop(tensor(images), top, left, size)),
    add_noise: ({ images, sd, rng }) =>
      nested(augment.add_noise(tensor(images), sd, random.default_rng(rng))),
    mixup: ({ images, targets, lam, partners }) =>
      augment.mixup(tensor(images), tensor(targets), lam, partners).map(nested),
    random_settings: ({ n, rng, ...how }) =>
      augment.random_settings(n, { ...how, rng: random.default_rng(rng) }),
  };
  return problems.map(({ name, args }) => call[name](args));
}"""


def changes(rng: np.random.Generator) -> dict[str, Any]:
    """Return any change of a picture, quarter turns among them."""
    change = random_change(rng, *(int(k) for k in rng.integers(1, 10, 2)))
    return change | ({"rotate": 90.0 * int(rng.integers(-4, 5))} if rng.integers(3) == 0 else {})


def problems(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Return `count` random calls of each function."""
    found: list[dict[str, Any]] = []
    for _ in range(count):
        n, c, h, w = (int(k) for k in rng.integers(1, 6, 4))
        images = rng.normal(size=(n, c, h, w))
        every = [augmentation.matrix(**{**changes(rng), "size": (h, w)}) for _ in range(n)]
        matrices = np.stack(every) if rng.integers(2) else every[0]
        bounds = dict(zip(("shift", "rotate"), rng.uniform(0, 30, 2), strict=True))
        bounds |= dict(zip(("scale", "crop"), rng.uniform(0, 0.9, 2), strict=True))
        bounds |= {"flip": [False, True, "up-down"][rng.integers(3)], "size": (h, w)}
        seed = int(rng.integers(2**32))
        calls = {
            "matrix": changes(rng),
            "affine": {"images": images, "matrices": matrices},
            "crop": {
                "images": images,
                "top": int(rng.integers(-4, 5)),
                "left": int(rng.integers(-4, 5)),
                "size": tuple(int(k) for k in rng.integers(1, 7, 2)),
            },
            "add_noise": {"images": images, "sd": rng.uniform(0, 2), "rng": seed},
            "mixup": {
                "images": images,
                "targets": rng.uniform(size=(n, 3)),
                "lam": rng.uniform() if rng.integers(2) else rng.uniform(size=n),
                "partners": rng.integers(0, n, n),
            },
            "random_settings": {"n": n, **bounds, "rng": seed},
        }
        found += [{"name": name, "args": args} for name, args in calls.items()]
    return found


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def test_augment_ops_js_agrees_with_python(page: Any, serve: Callable[[Path, str], str]) -> None:
    calls = problems(np.random.default_rng(4), 60)
    address = serve(HERE, "/")
    page.goto(address + "js/ops.js")
    shown = page.evaluate(RUN, [address, plain(calls)])
    assert len(shown) == len(calls) == 60 * 6
    for call, result in zip(calls, shown, strict=True):
        args = dict(call["args"])
        if "rng" in args:
            args["rng"] = np.random.default_rng(args["rng"])
        expected = plain(getattr(augmentation, call["name"])(**args))
        if call["name"] == "random_settings":
            for got, each in zip(result, expected, strict=True):
                assert got["flip"] == each["flip"]
                assert got["size"] == each["size"]
                for name in ("shift", "rotate", "scale", "crop"):
                    np.testing.assert_allclose(
                        np.array(got[name], float), np.array(each[name], float), atol=1e-12
                    )
        elif call["name"] == "mixup":
            for got, each in zip(result, expected, strict=True):
                np.testing.assert_allclose(got, each, atol=1e-12)
        else:
            np.testing.assert_allclose(result, expected, atol=1e-9, err_msg=str(call))


@pytest.mark.parametrize("seed", [0, 1, 5489, 2**31, 2**32 - 1])
def test_the_page_draws_what_numpy_draws(
    page: Any, serve: Callable[[Path, str], str], seed: int
) -> None:
    """Twenty thousand normal numbers reach the ziggurat's tail and the wedges of its layers."""
    address = serve(HERE, "/")
    page.goto(address + "js/random.js")
    alike, normal, after = page.evaluate(
        """async ([address, seed]) => {
          const { default_rng } = await import(address + "js/random.js");
          const rng = default_rng(seed);
          return [50, 20000, 3].map((n, k) =>
            Array.from({ length: n }, () => (k === 1 ? rng.normal() : rng.random())));
        }""",
        [address, seed],
    )
    rng = np.random.default_rng(seed)
    np.testing.assert_array_equal(alike, rng.random(50))
    expected = rng.standard_normal(20000)
    assert abs(expected).max() > 3.6541528853610088
    np.testing.assert_allclose(normal, expected, rtol=1e-12)
    np.testing.assert_array_equal(after, rng.random(3))


def test_matrices_for_other_pictures_are_refused(
    page: Any, serve: Callable[[Path, str], str]
) -> None:
    address = serve(HERE, "/")
    page.goto(address + "js/ops.js")
    message = page.evaluate(
        """async (address) => {
          const { affine } = await import(address + "js/augment_ops.js");
          const zeros = (shape, length) => ({ data: new Float64Array(length), shape });
          try {
            affine(zeros([2, 1, 1, 1], 2), zeros([3, 2, 3], 18));
          } catch (error) {
            return error.message;
          }
        }""",
        address,
    )
    assert message == "matrices has 3 for 2 pictures; legal are one, or one for each"
