"""Imports within cnnlib run one way, and importing the NumPy half loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cnnlib"

# Each module imports only from those before it.
ORDER = [
    "_check",
    "_sizes",
    "shapes",
    "_arguments",
    "_layer_arguments",
    "_gradient_arguments",
    "_pool_arguments",
    "_arrays",
    "reference",
    "_bands",
    "_tiles",
    "lowering",
    "_fast_conv",
    "_fast_pool",
    "numpy_ops",
    "_tensors",
    "_remembered",
    "torch_ops",
    "equivariance",
    "invariance",
    "downsampling",
    "two_dots",
    "receptive_field",
    "_macs",
    "_fit",
    "_graph",
    "_trace",
    "_sight",
    "_summary",
    "_command",
    "models",
    "network",
    "datasets",
    "augmentation",
    "shift_nets",
    "sweep_results",
    "digit_net",
    "experiments",
    "plots",
    "layer_plots",
    "shift_plots",
    "sweep_plots",
    "explorers",
]
HEAVY = ["torch", "matplotlib", "ipywidgets", "anywidget", "IPython", "scipy"]


def part(path: Path) -> str:
    """Return the part of cnnlib that a file belongs to: a module, or a folder of them."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str, package: str) -> set[str]:
    """Return the full names of all that a source imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(ROOT)) for p in FILES])
def test_imports_run_one_way(path):
    own = part(path)
    assert own in ["__init__", *ORDER], f"say in ORDER where {own} belongs"
    before = [] if own == "__init__" else ORDER[: ORDER.index(own)]
    package = ".".join(path.relative_to(ROOT).parent.parts)
    for name in imports(path.read_text(), package):
        top, _, rest = name.partition(".")
        assert top not in ("tests", "chapters", "assignments", "benchmarks", "tools"), name
        if top == "cnnlib":
            used = rest.partition(".")[0]
            assert used in before or used == own, f"{own} imports {name}"


def test_the_reading_of_imports():
    source = "import cnnlib.a\nfrom . import b\nfrom .c import d\nfrom ..e import f\nimport g"
    assert imports(source, "cnnlib.explorers") == {
        "cnnlib.a",
        "cnnlib.explorers.b",
        "cnnlib.explorers.c.d",
        "cnnlib.e.f",
        "g",
    }


@pytest.mark.parametrize(
    "module",
    ["cnnlib", "cnnlib.shapes", "cnnlib.reference", "cnnlib.numpy_ops", "cnnlib.receptive_field"],
)
def test_the_numpy_half_loads_nothing_heavy(module):
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["cnnlib", "cnnlib.shapes"])
def test_shapes_does_without_numpy(module):
    code = f"import sys, {module}; print('numpy' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
