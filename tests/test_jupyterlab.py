"""The chapter in a real JupyterLab with a real kernel: page and Python follow each other."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client import BlockingKernelClient
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]
FIND = """import gc
found = [w for w in gc.get_objects() if type(w).__name__ == "ConvolutionExplorer"]
(explorer,) = [w for w in found if w.title == {title!r}]
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Start JupyterLab over a copy of the chapter; give its address and its runtime folder."""
    home = tmp_path_factory.mktemp("lab")
    notebook = nbformat.read(ROOT / "chapters" / "convolution.ipynb", as_version=4)
    nbformat.write(notebook, home / "convolution.ipynb")
    runtime = home / "runtime"
    port, token = _free_port(), secrets.token_hex(16)
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(ROOT),
    }
    options = [f"--ServerApp.port={port}", f"--IdentityProvider.token={token}", "--no-browser"]
    log = (home / "lab.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, "--ServerApp.port_retries=0"]
        + ["--allow-root", f"--ServerApp.root_dir={home}", "--ServerApp.ip=127.0.0.1"],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address + "/api", server, home / "lab.log")
        yield f"{address}/lab/tree/convolution.ipynb?token={token}", runtime
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}", pytrace=False)


def _ask(client: BlockingKernelClient, code: str) -> str:
    """Run `code` in the notebook's own kernel; return what it prints."""
    said: list[str] = []

    def keep(message: dict[str, Any]) -> None:
        content = message["content"]
        said.append(content.get("text", "") + "\n".join(content.get("traceback", [])))

    client.execute_interactive(code, output_hook=keep, timeout=60)
    return "".join(said).strip()


def test_page_and_kernel_follow_each_other(lab: tuple[str, Path], page: Any) -> None:
    address, runtime = lab
    page.goto(address)
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=60_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    explorer = page.locator("[data-explorer='ConvolutionExplorer'][data-ready]").first
    explorer.wait_for(timeout=120_000)
    client = BlockingKernelClient(connection_file=str(next(runtime.glob("kernel-*.json"))))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)  # it answers after the last cell
        explorer.scroll_into_view_if_needed()
        title = explorer.locator(".cnn-title").text_content()
        assert _ask(client, FIND.format(title=title)) == ""
        _ask(client, "explorer.padding = 1; explorer.stride = 1")
        stride = explorer.get_by_label("stride")
        expect(stride).to_have_value("1")

        stride.fill("2")  # the page moves, Python follows
        expect(explorer.locator(".cnn-agreement")).to_have_text(
            re.compile(r"NumPy agrees .*torch on \w+ agrees"), timeout=20_000
        )
        assert _ask(client, "print(explorer.stride)") == "2"
        shown = explorer.evaluate("root => root.answer()")
        told = _ask(client, "print(explorer.result('reference').ravel().tolist())")
        assert shown == pytest.approx([float(text) for text in told.strip("[]").split(",")])

        _ask(client, "explorer.stride = 3")  # Python moves, the page follows
        expect(stride).to_have_value("3")
        expect(explorer.locator(".cnn-summary")).to_contain_text("stride 3")
    finally:
        client.stop_channels()
