"""Broken links to explorers: legal settings changed until they are wrong, and hostile text."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import quote

import traitlets

from cnnlib.explorers._base import Digit, Matrix, Vector
from tests.fuzz_states import EXPLORERS

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "${alert(1)}",
    "__proto__",
    "constructor",
    "toString",
    "null",
    "undefined",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e308",
    "-1e308",
    "1e309",
    "1e-320",
    "-0",
    "0x1F",
    "1_000",
    "1n",
    "٣",
    "\uff11",
    "\u2212",
    "",
    " ",
    ",",
    ";",
    ",;,;",
    "1,,2",
    "1;2,3",
    "\0",
    "1\0",
    "\ufeff1",
    "\u202e1",
    "\n1\n",
    "[[1,2],[3,4]]",
    '{"__proto__":{"x":1}}',
    "()",
    "(~)",
    "(((((((((",
    "(k3~" * 40,
    "constructor-k3,toString-k3",
    "k3," * 200,
    "conv16k3,relu," * 90,
    "conv4096k64,conv4096k64,linear16384",
    "k64s16d32",
    "9" * 400,
    "9" * 20_000,
    "a" * 20_000,
    "1," * 20_000,
    ";" * 20_000,
    ",".join(["1"] * 33),
    ";".join(["1"] * 33),
    ";".join([",".join(["1e300"] * 5)] * 5),
]
KEYS = ["__proto__", "constructor", "toString", "valueOf", "name", "title", "_esm", "_networks"]
KEYS += ["photograph", "", "\0", "<b>", "embed", "explorer", "image.0", "hasOwnProperty"]
RAW = ["%", "%E0%A4%A", "%00", "%ED%A0%80", "&&&", "=", "=&=", "+", "%u0041", "#", "?a=b"]


def written(value: Any) -> str:
    """Return a setting as a link has it, or nearly."""
    if value is None:
        return "window"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (list, tuple)):
        inner = [written(one) for one in value]
        return (";" if value and isinstance(value[0], (list, tuple)) else ",").join(inner)
    return f"{value:g}" if isinstance(value, float) else str(value)


def another(rng: random.Random, trait: Any, value: Any) -> Any:
    """Return a value that a setting may have, or one just beyond."""
    if isinstance(trait, traitlets.Enum):
        return rng.choice(list(trait.values))
    if isinstance(trait, traitlets.Bool):
        return rng.random() < 0.5
    if isinstance(trait, traitlets.Int) and trait.min is not None and trait.max is not None:
        return rng.randint(trait.min - 1, min(trait.max + 1, trait.min + rng.choice([4, 40, 4000])))
    if isinstance(trait, traitlets.Float) and trait.min is not None:
        return round(rng.uniform(trait.min, min(trait.max, 100)), 3)
    if isinstance(trait, Digit):
        return [[rng.randint(0, 16) for _ in range(8)] for _ in range(8)]
    if isinstance(trait, Vector):
        return [round(rng.gauss(0, 3), 2) for _ in range(rng.randint(1, trait.most + 1))]
    if isinstance(trait, Matrix):
        cols = rng.randint(1, min(trait.most + 1, 12))
        rows = rng.randint(1, min(trait.most + 1, 12))
        return [[round(rng.gauss(0, 3), 2) for _ in range(cols)] for _ in range(rows)]
    if isinstance(value, (list, tuple)):
        return [rng.randint(1, 12) for _ in value]
    return value


def spoiled(rng: random.Random, text: str, others: list[str]) -> str:
    """Return text with something wrong in it."""
    at = rng.randrange(len(text) + 1)
    return rng.choice(
        [
            text[:at],
            text[at:],
            text[:at] + rng.choice(HOSTILE)[:60] + text[at:],
            text[:at] + rng.choice("0123456789,;xksp()~-. <'\"&") + text[at + 1 :],
            text.upper(),
            text + text,
            rng.choice(others),
            rng.choice(HOSTILE),
        ]
    )


def broken_link(rng: random.Random, name: str) -> str:
    """Return the query of a link to the explorer `name` in which something may be wrong."""
    cls, given = EXPLORERS[name]
    traits = cls.class_traits()
    default = {key: given.get(key, traits[key].default()) for key in cls.settings()}
    texts = {key: written(value) for key, value in default.items() if key not in ("name", "title")}
    chosen = rng.sample(sorted(texts), rng.randint(1, min(5, len(texts))))
    pairs = []
    for key in chosen:
        text = written(another(rng, traits[key], default[key]))
        if rng.random() < 0.4:
            text = spoiled(rng, text or texts[key], list(texts.values()))
        pairs.append((key, text))
    if rng.random() < 0.2:
        pairs.append((rng.choice(KEYS), rng.choice(HOSTILE)))
    query = "&".join(f"{quote(key)}={quote(text, safe=',;')}" for key, text in pairs)
    if rng.random() < 0.1:
        query += "&" + rng.choice(sorted(texts)) + "=" + rng.choice(RAW)
    return f"?explorer={name}&{query}"
