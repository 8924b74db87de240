"""Find a Chromium for the browser tests, or get one.

``python tools/chromium.py`` prints the path of the browser the tests will use. With ``--install``
a missing browser is looked for in three places, in this order: playwright's own download, the
system's package manager, and, when both fail, a message that says what to do by hand.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
"""Programs on the PATH that are a Chromium, the plainest first."""

PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
"""Where macOS and Windows keep theirs, off the PATH."""

UNUSED = (
    # Drop-downs of the address bar, web pages themselves: every window would load them, and nobody
    # sees them. They cost more than the page that a test opens.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    # What playwright itself turns off (chromiumSwitches.ts): Chromium heeds the last list alone.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
"""Features that are off in every test."""

FLAGS = (
    "--no-sandbox",
    f"--disable-features={','.join(UNUSED)}",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""Launch flags of every test: no host but this one can be reached."""

HELP = """\
No Chromium was found, and none could be installed. Any one of these mends it:
  - install Chromium or Google Chrome with your system's package manager
    (Debian, Ubuntu: apt-get install chromium; Fedora: dnf install chromium;
    macOS: brew install --cask chromium);
  - run: python -m playwright install --with-deps chromium
    (in the virtual environment that `make test` made, .venv);
  - set CHROMIUM to the path of a Chromium, Chrome or Edge that you have."""

START_SECONDS = 30
DOWNLOAD_SECONDS = 240
PACKAGE_SECONDS = 900


def find() -> str | None:
    """Return the path of a Chromium on this machine, or None.

    The environment variable ``CHROMIUM`` comes first, then the PATH, then the usual places of
    macOS and Windows, then what ``playwright install`` has fetched before. A program that does
    not start, such as the stand-in that some systems ship, is passed over.

    Raises
    ------
    FileNotFoundError
        If ``CHROMIUM`` is set and names no file: a wrong setting is never passed over.
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not Path(chosen).is_file():
            raise FileNotFoundError(f"CHROMIUM is set to {chosen!r}, which is no file")
        return chosen
    candidates = [shutil.which(name) for name in NAMES]
    candidates += [place for place in PLACES if Path(place).is_file()]
    for path in candidates:
        if path and starts(path):
            return path
    path = downloaded()
    return path if path and starts(path) else None


def starts(path: str) -> bool:
    """Return whether a browser can tell its version: its libraries are there too."""
    if os.name == "nt":
        return True  # there the question would open a window
    return run([path, "--version"], START_SECONDS, quiet=True)


def downloaded() -> str | None:
    """Return the browser that ``playwright install`` has fetched, or None."""
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).is_file() else None


def package_commands() -> list[list[str]]:
    """Return the commands that would install Chromium with this system's package manager.

    An empty list means that there is no manager we know, or no right to use it without a
    password.
    """
    if shutil.which("brew"):
        return [["brew", "install", "--cask", "chromium"]]
    if not hasattr(os, "geteuid"):
        return []
    prefix: list[str] = []
    if os.geteuid() != 0:
        if not shutil.which("sudo") or not run(["sudo", "-n", "true"], 20, quiet=True):
            return []
        prefix = ["sudo", "-n"]
    if shutil.which("apt-get"):
        apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        return [[*apt, "update", "-qq"], [*apt, "install", "-y", "-qq", "chromium"]]
    if shutil.which("dnf"):
        return [[*prefix, "dnf", "install", "-y", "-q", "chromium"]]
    return []


def run(command: list[str], seconds: float, *, quiet: bool = False) -> bool:
    """Run a command without standard input; return whether it ended well and in time."""
    if not quiet:
        print("+", *command, flush=True)
    sink = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {error}", flush=True)
        return False
    return done.returncode == 0


def install() -> str | None:
    """Get a Chromium within a bounded time; return its path, or None if every way failed."""
    print("No Chromium here: fetching playwright's own.", flush=True)
    run([sys.executable, "-m", "playwright", "install", "chromium"], DOWNLOAD_SECONDS)
    if path := find():
        return path
    print("That did not work: trying the system's package manager.", flush=True)
    for command in package_commands():
        run(command, PACKAGE_SECONDS)
    return find()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--install", action="store_true", help="get a browser if there is none")
    path = find() or (install() if parser.parse_args().install else None)
    if path is None:
        print(HELP, file=sys.stderr)
        return 1
    print(f"Chromium: {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
