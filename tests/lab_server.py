"""A JupyterLab of our own, over some notebooks, and the kernels that it starts."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client import BlockingKernelClient

ROOT = Path(__file__).parents[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Lab:
    """A running JupyterLab: how to reach it, and where it tells of its kernels."""

    address: str
    token: str
    runtime: Path

    def of(self, name: str) -> str:
        """Return the address that opens a notebook, in a workspace where it is alone."""
        return f"{self.address}/lab/workspaces/{name}/tree/{name}.ipynb?token={self.token}"

    def _ask(self, path: str, method: str = "GET") -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.address + path, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            body: bytes = answer.read()
            return body

    def end_kernels(self) -> None:
        """Shut down every kernel that a notebook has started."""
        for session in json.loads(self._ask("/api/sessions")):
            self._ask(f"/api/sessions/{session['id']}", "DELETE")


@contextlib.contextmanager
def serving_lab(home: Path, notebooks: Mapping[str, Any]) -> Iterator[Lab]:
    """Start JupyterLab over `notebooks`, by their names."""
    for name, notebook in notebooks.items():
        nbformat.write(notebook, home / f"{name}.ipynb")
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
        yield Lab(address, token, runtime)
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
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


def run_all(page: Any, address: str) -> None:
    """Open the notebook in the browser, and run all its cells."""
    page.goto(address)
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=180_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=180_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


@contextlib.contextmanager
def kernel_of(runtime: Path) -> Iterator[BlockingKernelClient]:
    """Connect to the notebook's own kernel, once it has run every cell."""
    client = BlockingKernelClient(connection_file=str(next(runtime.glob("kernel-*.json"))))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)  # it answers after the last cell
        yield client
    finally:
        client.stop_channels()


def ask(client: BlockingKernelClient, code: str) -> str:
    """Run `code` in the notebook's own kernel; return what it prints."""
    said: list[str] = []

    def keep(message: dict[str, Any]) -> None:
        content = message["content"]
        said.append(content.get("text", "") + "\n".join(content.get("traceback", [])))

    client.execute_interactive(code, output_hook=keep, timeout=60)
    return "".join(said).strip()
