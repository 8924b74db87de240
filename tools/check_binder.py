"""Run the steps of ``binder/`` for real, in an environment made for it and thrown away after.

``python -m tools.check_binder`` does what Binder's image does once it has Python: it installs
``binder/requirements.txt`` with pip and runs ``binder/postBuild``. Then it asks the new environment
for the versions it has, and lets it compute a convolution. ``--plain-torch`` takes the build of
PyTorch that the package index gives, for machines that cannot reach PyTorch's own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ASK = """
import importlib.metadata as metadata, json, sys
names = [line.split("==")[0] for line in sys.argv[1:]]
print(json.dumps({name: metadata.version(name) for name in names}))
"""
TRY = """
import torch
from cnnlib import numpy_ops, torch_ops
image, kernel = torch.arange(16.0).reshape(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
assert torch_ops.conv2d(image, kernel).numpy().tolist() == \
    numpy_ops.conv2d(image.numpy(), kernel.numpy()).tolist() == [[[[45, 54], [81, 90]]]]
print("torch", torch.__version__, "for CUDA", torch.version.cuda)
"""


def pins() -> dict[str, str]:
    """Return the versions that ``requirements.txt`` asks for."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line and not line.startswith(("#", "-"))]
    return dict(line.split("==") for line in asked)


def steps(python: Path, plain_torch: bool) -> tuple[list[list[str]], dict[str, str]]:
    """Return the commands, and the environment that they run in.

    Parameters
    ----------
    python
        The interpreter of the fresh environment; it is first on the PATH, as on Binder.
    plain_torch
        Whether PyTorch comes from the package index rather than from its own.
    """
    environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("VIRTUAL_ENV", None)
    if plain_torch:
        environment["BINDER_TORCH_BACKEND"] = ""
    pip = [str(python), "-m", "pip", "install", "--no-cache-dir"]
    return [[*pip, "-r", "binder/requirements.txt"], ["bash", "binder/postBuild"]], environment


def check(folder: Path, plain_torch: bool) -> int:
    """Make the environment in `folder` and run the steps; return 0 if all is as pinned."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    commands, environment = steps(python, plain_torch)
    for command in commands:
        print("+", *command, flush=True)
        began = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        print(f"  {time.monotonic() - began:.0f} s, exit status {status}", flush=True)
        if status:
            return status
    asked = pins()
    told = subprocess.run(
        [python, "-c", ASK, *asked], capture_output=True, text=True, check=True
    ).stdout
    found = {name: version.split("+")[0] for name, version in json.loads(told).items()}
    if found != asked:
        wrong = {name: version for name, version in found.items() if version != asked[name]}
        print(f"Installed is not what is pinned: {wrong}", file=sys.stderr)
        return 1
    return subprocess.run([python, "-c", TRY], cwd=folder).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plain-torch", action="store_true", help="PyTorch as the index gives it")
    plain_torch = parser.parse_args().plain_torch
    with tempfile.TemporaryDirectory() as folder:
        return check(Path(folder), plain_torch)


if __name__ == "__main__":
    raise SystemExit(main())
