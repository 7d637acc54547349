"""Finds a Chromium for the browser tests, or installs one: the environment's, Playwright's own, the system's, a package."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found() -> str:
    """Path of the first Chromium there is, or an empty text."""
    named = os.environ.get("SELFCARE_TEST_CHROMIUM", "")
    if named and Path(named).exists():
        return named
    return _playwrights_own() or next((path for name in _NAMES if (path := shutil.which(name))), "")


def _playwrights_own() -> str:
    cache_folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    candidates = sorted(cache_folder.glob("chromium-*/chrome-linux*/chrome"))
    return str(candidates[-1]) if candidates else ""


@cache
def executable() -> str:
    """Path of a Chromium; installs one when there is none."""
    path = found()
    if path:
        return path
    for attempt in (_download, _package):
        attempt()
        if path := found():
            return path
    raise RuntimeError("no Chromium: install the package `chromium`, or name one in SELFCARE_TEST_CHROMIUM")


def _download() -> None:
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], check=False, capture_output=True, timeout=300
    )


def _package() -> None:
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ):
        subprocess.run([*sudo, *command], check=False, capture_output=True, timeout=900)


if __name__ == "__main__":
    print(f"Chromium: {executable()}")
