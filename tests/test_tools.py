"""The small tools that the Makefile calls: find a browser, serve, build, lock."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache

from tools import build_book, chromium, lock
from tools.serve import make_server, serving

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="stands a shell script in for a program")


def program(folder: Path, name: str, script: str) -> Path:
    """Write a shell script that stands in for a program; return its path."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """Return an empty folder that is the whole PATH, on a machine without a browser."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "PLACES", ())
    monkeypatch.setattr(chromium, "downloaded", lambda: None)
    return tmp_path


@posix
def test_a_browser_on_the_path_is_found(alone):
    path = program(alone, "google-chrome", "echo Chrome 1")
    assert chromium.find() == str(path)


@posix
def test_a_stand_in_that_does_not_start_is_passed_over(alone):
    program(alone, "chromium", "echo this needs a snap >&2; exit 1")
    assert chromium.find() is None
    path = program(alone, "google-chrome", "echo Chrome 1")
    assert chromium.find() == str(path)


@posix
def test_the_setting_comes_first_and_a_wrong_one_is_said(alone, monkeypatch):
    program(alone, "chromium", "echo Chromium 1")
    mine = program(alone, "mine", "echo Chromium 2")
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert chromium.find() == str(mine)
    monkeypatch.setenv("CHROMIUM", str(alone / "none"))
    with pytest.raises(FileNotFoundError, match="CHROMIUM is set to .*none.*, which is no file"):
        chromium.find()


@posix
def test_install_tries_the_download_and_then_the_package_manager(alone, monkeypatch, capfd):
    apt = f"echo $0 $* >>{alone}/calls; [ $1 = update ] || /bin/mv {alone}/new {alone}/chromium"
    program(alone, "new", "echo Chromium 1")
    program(alone, "apt-get", apt)
    program(alone, "env", 'shift; exec "$@"')
    fake = program(alone, "python", f"echo download $* >>{alone}/calls; exit 1")
    monkeypatch.setattr(chromium.sys, "executable", str(fake))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert chromium.install() == str(alone / "chromium")
    calls = (alone / "calls").read_text().splitlines()
    assert calls[0] == "download -m playwright install chromium"
    assert calls[1].endswith("apt-get update -qq")
    assert calls[2].endswith("apt-get install -y -qq chromium")
    assert "trying the system's package manager" in capfd.readouterr().out


@posix
def test_without_rights_no_package_manager_is_asked(alone, monkeypatch):
    program(alone, "apt-get", "exit 1")
    program(alone, "sudo", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert chromium.package_commands() == []
    program(alone, "sudo", "exit 0")
    assert chromium.package_commands()[1][:2] == ["sudo", "-n"]


@posix
def test_where_nothing_helps_the_message_says_what_would(alone, monkeypatch, capsys):
    monkeypatch.setattr(chromium, "install", lambda: None)
    monkeypatch.setattr(sys, "argv", ["chromium.py", "--install"])
    assert chromium.main() == 1
    said = capsys.readouterr().err
    for way in ("apt-get install chromium", "brew install", "playwright install", "set CHROMIUM"):
        assert way in said


def test_a_command_that_hangs_is_given_up():
    began = time.monotonic()
    assert not chromium.run([sys.executable, "-c", "import time; time.sleep(60)"], 0.5)
    assert time.monotonic() - began < 20


def fetch(url: str, *, compressed: bool = True):
    """Return the answer to a request, and its body."""
    headers = {"Accept-Encoding": "gzip"} if compressed else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer, answer.read()


@pytest.fixture
def site(tmp_path):
    """Return the address of a small site, under /a/b/."""
    (tmp_path / "index.html").write_text("<p>begin</p>" * 100)
    (tmp_path / "one.png").write_bytes(b"\x89PNG not text")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/index.html").write_text("below")
    with serving(tmp_path, "/a/b/") as url:
        yield url


def test_text_is_sent_compressed_to_who_takes_it(site):
    answer, body = fetch(site)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert len(body) < 100
    assert gzip.decompress(body) == b"<p>begin</p>" * 100
    answer, body = fetch(site, compressed=False)
    assert answer.headers["Content-Encoding"] is None
    assert body == b"<p>begin</p>" * 100


def test_pictures_are_sent_as_they_are(site):
    answer, body = fetch(site + "one.png")
    assert answer.headers["Content-Encoding"] is None
    assert answer.headers["Content-Type"] == "image/png"
    assert body == b"\x89PNG not text"


def test_a_folder_leads_to_its_index_below_the_prefix(site):
    answer, body = fetch(site + "sub")
    assert answer.url == site + "sub/"
    assert gzip.decompress(body) == b"below"


def test_an_edited_file_is_sent_as_it_is_now(site, tmp_path):
    fetch(site)
    (tmp_path / "index.html").write_text("changed")
    assert gzip.decompress(fetch(site)[1]) == b"changed"


@pytest.mark.parametrize(
    "path", ["", "a/", "x/index.html", "a/b/none.html", "a/b/../../etc/passwd"]
)
def test_nothing_but_the_folder_is_served(site, path):
    with pytest.raises(urllib.error.HTTPError, match="404") as failed:
        fetch(site.removesuffix("a/b/") + path)
    failed.value.close()


@pytest.mark.parametrize("prefix", ["a/", "/a", ""])
def test_a_wrong_prefix_is_refused(tmp_path, prefix):
    with pytest.raises(ValueError, match=f"must begin and end with a slash, got '{prefix}'"):
        make_server(tmp_path, prefix)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotADirectoryError, match="no folder .*none"):
        make_server(tmp_path / "none")


@pytest.fixture
def sources(tmp_path):
    """Return a folder with one source of each kind."""
    for name in ("_config.yml", "intro.md", "README.md", "cnnlib/ops.py", "chapters/one.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("cnnlib/ops.py", "shared"),
        ("_config.yml", "shared"),
        ("site/new.css", "shared"),
        ("chapters/one.ipynb", "pages"),
        ("intro.md", "pages"),
        ("README.md", None),
        ("cnnlib/__pycache__/ops.pyc", None),
    ],
)
def test_a_changed_source_changes_its_fingerprint_and_no_other(sources, name, changed):
    before = build_book.fingerprints(sources)
    (sources / name).parent.mkdir(exist_ok=True)
    (sources / name).write_text("other")
    after = build_book.fingerprints(sources)
    assert {part for part in after if after[part] != before[part]} == ({changed} - {None})


def test_a_renamed_source_changes_the_fingerprint(sources):
    before = build_book.fingerprints(sources)
    (sources / "intro.md").rename(sources / "outro.md")
    assert build_book.fingerprints(sources) != before


def test_notebooks_are_executed_and_kept_even_after_one_was_renamed(monkeypatch, tmp_path):
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    for name, code in (("one", "print(6 * 7)"), ("two", "print('two')")):
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        cells = [nbformat.v4.new_code_cell(code)]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, chapters / f"{name}.ipynb")
    (tmp_path / "_config.yml").write_text("execute: {timeout: 60}\n")
    monkeypatch.setattr(build_book, "ROOT", tmp_path)
    monkeypatch.setattr(build_book, "BUILD", tmp_path / "_build")
    build_book.execute_notebooks()
    (chapters / "one.ipynb").rename(chapters / "first.ipynb")
    build_book.execute_notebooks()
    cache = get_cache(tmp_path / "_build" / ".jupyter_cache")
    _, kept = cache.merge_match_into_file(chapters / "first.ipynb")
    assert kept.cells[0].outputs[0].text == "42\n"
    assert len(cache.list_cache_records()) == 2


def test_the_lock_resolves_what_the_requirement_files_ask_for():
    asked = lock.requirements()
    assert "torch==2.13.0" in asked
    assert "pytest==9.2.0" in asked
    assert "ruff==0.17.5" in asked
    assert not [line for line in asked if line.startswith(("-", "#"))]
    assert "--upgrade" in lock.command(True)
    assert "--upgrade" not in lock.command(False)
    assert {"--universal", "--no-emit-index-url"} <= set(lock.command(False))


def test_make_names_the_python_it_lacks(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    done = subprocess.run(["make", "PYTHON=", "book"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "No Python 3.11 or newer on the PATH" in done.stderr
