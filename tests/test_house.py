"""The house itself: installed is what is pinned, nothing points elsewhere, tasks are named."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import lock

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def requirements(name: str) -> list[Requirement]:
    """Return what a requirements file asks for, without the files it refers to."""
    lines = (line.strip() for line in (ROOT / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def pins() -> dict[str, Version]:
    """Return the version that constraints.txt holds each package at, on this machine."""
    held = {}
    for requirement in requirements("constraints.txt"):
        if requirement.marker is None or requirement.marker.evaluate():
            (exact,) = requirement.specifier
            assert exact.operator == "==", f"{requirement} is no pin"
            held[canonicalize_name(requirement.name)] = Version(exact.version)
    return held


def brought_along(name: str, extras: set[str]) -> list[Requirement]:
    """Return what an installed package asks for, on this machine and with these extras."""
    asked = [Requirement(line) for line in importlib.metadata.requires(name) or []]
    chosen = extras or {""}
    return [
        requirement
        for requirement in asked
        if requirement.marker is None
        or any(requirement.marker.evaluate({"extra": extra}) for extra in chosen)
    ]


def installed() -> dict[str, Version]:
    """Return the versions installed of all that the book and its tests need, transitively."""
    found: dict[str, Version] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    queue = requirements("requirements.txt") + requirements("requirements-test.txt")
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        found[name] = Version(importlib.metadata.version(name))
        queue += brought_along(name, requirement.extras)
    return found


def test_what_is_installed_is_what_is_pinned():
    held = pins()
    differing = {
        name: f"installed {version}, pinned {held.get(name)}"
        for name, version in installed().items()
        if name not in held or version.public != held[name].public
    }
    assert differing == {}, "run `make test`, or `make lock` after a change of requirements"


def test_the_walk_over_what_is_installed_reaches_the_bottom():
    found = installed()
    assert {"torch", "numpy", "markupsafe", "pyzmq", "iniconfig"} <= found.keys()
    assert len(found) > 120


@pytest.mark.parametrize("name", lock.REQUIREMENTS)
def test_every_requirement_is_one_exact_version_and_constraints_agree(name):
    held = pins()
    for requirement in requirements(name):
        (exact,) = requirement.specifier
        assert exact.operator == "=="
        assert held[canonicalize_name(requirement.name)] == Version(exact.version)


def test_the_build_backend_is_the_pinned_one():
    (backend,) = PROJECT["build-system"]["requires"]
    assert backend == f"setuptools=={pins()['setuptools']}"


def test_cuda_is_asked_for_on_linux_alone():
    for requirement in requirements("constraints.txt"):
        if requirement.name.startswith(("nvidia-", "cuda-", "triton")):
            assert requirement.marker is not None, requirement
            for platform in ("darwin", "win32"):
                assert not requirement.marker.evaluate({"sys_platform": platform}), requirement


def tracked() -> list[Path]:
    """Return every file of ours that is text: not what others made, nor what is built."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    files = [ROOT / name for name in listed if "/vendor/" not in name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


def test_no_address_of_a_package_registry_is_named():
    registry = re.compile(
        r"(?i)pypi\.(org|python)|pythonhosted\.org|registry\.(npmjs|yarnpkg)|npmjs\.(com|org)"
        r"|download\.pytorch\.org|conda\.anaconda\.org|(index-url|find-links)[ =]+\w+:"
    )
    files = [file for file in tracked() if file != Path(__file__)]
    assert len(files) > 20
    named = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in files
        for match in registry.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert named == []


def test_make_help_names_every_task():
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    named = set(re.findall(r"^  make ([a-z]+)", shown.stdout, re.MULTILINE))
    assert named == set(phony.split()) - {"chromium"}
    assert {"book", "serve", "test", "bench", "clean", "lock", "lint", "notebooks"} <= named


def test_ci_runs_make_test_without_a_question():
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK) or os.name == "nt"
    assert re.search(r"^exec make test$", script.read_text(), re.MULTILINE)
    assert "exec </dev/null" in script.read_text()


MAY_WRITE = {
    "publish": {"pages": "write", "id-token": "write"},
    "attach": {"contents": "write"},
}
"""The jobs that may write anything; neither runs code of the repository."""


def test_workflows_have_the_least_permissions():
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert workflows
    for path in workflows:
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"] == {"contents": "read"}
        for name, job in workflow["jobs"].items():
            assert job.get("permissions") == MAY_WRITE.get(name)


def test_workflow_actions_are_pinned_by_commit_with_the_version_beside_it():
    lines = [
        line.split("uses:", 1)[1].strip()
        for path in (ROOT / ".github/workflows").glob("*.yml")
        for line in path.read_text().splitlines()
        if "uses:" in line
    ]
    assert len(lines) >= 4
    for line in lines:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_a_job_that_may_write_runs_no_code_of_the_repository():
    found = set()
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            if "permissions" in job:
                found.add(name)
                assert not any("checkout" in step.get("uses", "") for step in job["steps"])
    assert found == set(MAY_WRITE)


def test_a_release_carries_what_was_tested():
    release = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    assert release[True] == {"push": {"tags": ["v*"]}}  # YAML reads the key `on` as true
    runs = [step["run"] for step in release["jobs"]["editions"]["steps"] if "run" in step]
    assert runs[-2:] == [".ci/run", "make offline pdf"]
    assert release["jobs"]["attach"]["needs"] == "editions"
    (create,) = [step["run"] for step in release["jobs"]["attach"]["steps"] if "run" in step]
    assert create.startswith("gh release create")
    assert create.endswith("*/*.zip */*.pdf")


def test_hooks_are_local():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]


def test_licences_are_stated_for_code_and_for_text():
    assert (ROOT / "LICENSE").read_text().startswith("BSD 3-Clause License")
    assert "Creative Commons\nAttribution 4.0 International" in (ROOT / "LICENSE-TEXT").read_text()
    assert PROJECT["project"]["license"] == "BSD-3-Clause"
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["license"] == "BSD-3-Clause"
    assert citation["version"] == PROJECT["project"]["version"]


def test_a_wheel_of_cnnlib_carries_its_scripts_styles_and_data(tmp_path):
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "cnnlib", tmp_path / "cnnlib", ignore=caches)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "."]
    subprocess.run([*command, "-w", "dist"], cwd=tmp_path, capture_output=True, check=True)
    (wheel,) = (tmp_path / "dist").glob("cnnlib-*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("cnnlib/")}
    files = {file for file in (tmp_path / "cnnlib").rglob("*") if file.is_file()}
    assert carried == {file.relative_to(tmp_path).as_posix() for file in files}
    assert "cnnlib/explorers/explorers.css" in carried


def test_the_book_is_built_from_the_sources_as_they_are(book_dir):
    assert (book_dir / "index.html").is_file()
