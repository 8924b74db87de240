"""Serve a folder on this machine, compressed with gzip as any web host would.

``python tools/serve.py`` serves the built book on a free port and prints the address. Only this
machine can reach it. The standard library is all it needs.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import io
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

COMPRESSED = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".ipynb": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".inv": "application/octet-stream",
    ".ttf": "font/ttf",
}
"""Types sent compressed; pictures and woff2 fonts are compressed already."""


@functools.lru_cache(maxsize=512)
def compress(path: str, modified_ns: int) -> bytes:
    """Return a file's bytes in gzip; a new modification time makes them anew."""
    return gzip.compress(Path(path).read_bytes(), mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Answer GET and HEAD below ``prefix`` from ``directory``, and nothing else."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | COMPRESSED | {".woff2": "font/woff2"}

    def __init__(self, *args, prefix: str, **kwargs):
        self.prefix = prefix
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        """Turn a request's path, which starts with the prefix, into a file's."""
        return super().translate_path("/" + path[len(self.prefix) :])

    def send_head(self) -> BinaryIO | io.BytesIO | None:
        """Send the headers and return what to send after them, compressed where it helps."""
        where = urlsplit(self.path).path
        if not where.startswith(self.prefix):
            self.send_error(404, f"Nothing here: the book is at {self.prefix}")
            return None
        path = Path(self.translate_path(self.path))
        if path.is_dir() and where.endswith("/"):
            path /= "index.html"
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepts and path.suffix in COMPRESSED and path.is_file()):
            return super().send_head()
        body = compress(str(path), path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", COMPRESSED[path.suffix])
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        """Ask the browser to look again each time: the book is rebuilt under its feet."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a page is fifty requests."""


class Server(ThreadingHTTPServer):
    """A threaded server that takes it calmly when a browser hangs up."""

    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Pass over a connection that the browser has closed."""


def make_server(directory: Path, prefix: str = "/", port: int = 0) -> Server:
    """Bind a server to 127.0.0.1.

    Parameters
    ----------
    directory : Path
        The folder to serve.
    prefix : str
        The path it appears under: begins and ends with a slash.
    port : int
        0 takes a free one.

    Raises
    ------
    ValueError
        If `prefix` does not begin and end with a slash.
    NotADirectoryError
        If `directory` is none.
    """
    if not (prefix.startswith("/") and prefix.endswith("/")):
        raise ValueError(f"prefix must begin and end with a slash, got {prefix!r}")
    if not Path(directory).is_dir():
        raise NotADirectoryError(f"no folder {directory}")
    handler = functools.partial(Handler, directory=str(directory), prefix=prefix)
    return Server(("127.0.0.1", port), handler)


def address(server: Server, prefix: str = "/") -> str:
    """Return the http address of what a server serves."""
    return f"http://127.0.0.1:{server.server_address[1]}{prefix}"


@contextlib.contextmanager
def serving(directory: Path, prefix: str = "/") -> Iterator[str]:
    """Serve a folder from a thread while the block runs; yields its address."""
    server = make_server(directory, prefix)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield address(server, prefix)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=Path, default=Path("_build/html"))
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--prefix", default="/", help="path to serve it under, such as /book/")
    options = parser.parse_args()
    with make_server(options.directory, options.prefix, options.port) as server:
        print(f"Serving {options.directory} at {address(server, options.prefix)}", flush=True)
        print("Ctrl-C ends it.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
