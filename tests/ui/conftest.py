"""The frame on a stage of its own: built once, served once a module."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from selfcare_app.settings import ROOT
from selfcare_app.ui import bundle
from tests.browser import chromium, complaints, new_context, page  # noqa: F401 - fixtures

HERE = Path(__file__).parent / "stage"
OPERATOR = "issa"
START_SECONDS = 90


@dataclass(frozen=True)
class Shown:
    """Where the stage is served and what from."""

    url: str
    static: Path

    def seen(self) -> str:
        """What its endpoints were sent."""
        with urllib.request.urlopen(f"{self.url}/seen") as answer:
            return answer.read().decode()


@pytest.fixture(scope="session")
def stage_home() -> Path:
    """The stage's bundle; built when the frame or the stage has changed."""
    digest = hashlib.sha256(bundle.fingerprint(OPERATOR).encode())
    for path in sorted(HERE.rglob("*.py")):
        digest.update(path.read_bytes())
    home = bundle.BUNDLES / "stage" / digest.hexdigest()[:16]
    if not home.is_dir():
        with bundle.one_at_a_time():
            # Another process of the run may have built it meanwhile, and serves it.
            if not home.is_dir():
                shutil.rmtree(home.parent, ignore_errors=True)
                bundle.build(project(), OPERATOR, home)
    return home


def project() -> Path:
    """The stage as a Reflex project: with the program's assets and lock."""
    place = bundle.BUNDLES / "stage" / "project"
    shutil.copytree(HERE, place, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "assets").symlink_to(ROOT / "assets")
    shutil.copytree(ROOT / "reflex.lock", place / "reflex.lock")
    return place


@pytest.fixture(scope="session")
def served(stage_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The stage on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = os.environ | bundle.serving(stage_home, OPERATOR) | {"SELFCARE_PUBLIC_URL": url, "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "stage.stage:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--log-level", "warning"]
    log = tmp_path_factory.mktemp("stage") / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=HERE, env=env, stdout=out, stderr=out, start_new_session=True)
    try:
        wait_for(f"{url}/ping", process, log)
        yield Shown(url, stage_home / bundle.STATIC)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())
