"""What the product is measured against: a bare WebSocket echo, and an empty Reflex application with one handler."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selfcare_app.settings import ROOT
from tests.served import free_port

START_SECONDS = 90
EMPTY_EVENT = "reflex___state____state.emptied___emptied____nothing.touch"
_UVICORN = (
    "--ws",
    "websockets-sansio",
    "--ws-per-message-deflate",
    "false",
    "--loop",
    "uvloop",
    "--log-level",
    "warning",
)
_ECHO = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

async def echo(socket):
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)

async def ping(request):
    return PlainTextResponse("pong")

app = Starlette(routes=[Route("/ping", ping), WebSocketRoute("/echo", echo)])
"""
_EMPTY = """
import reflex as rx

class Nothing(rx.State):
    count: int = 0

    @rx.event
    def touch(self):
        self.count += 1

def index():
    return rx.el.main(rx.el.h1("Empty"), rx.el.p(Nothing.count), rx.el.button("+", on_click=Nothing.touch))

app = rx.App()
app.add_page(index, route="/")
"""
_CONFIG = """
import reflex as rx

config = rx.Config(
    app_name="emptied", telemetry_enabled=False, show_built_with_reflex=False, transport="websocket",
    state_manager_mode="memory", cors_allowed_origins=["*"], frontend_compression_formats=["brotli", "gzip"],
    plugins=[rx.plugins.TailwindV4Plugin()], disable_plugins=[rx.plugins.SitemapPlugin],
)
"""


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def echo() -> Iterator[Server]:
    """A bare WebSocket at /echo, on the same server with the same settings as the product."""
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory:
        (Path(directory) / "echoing.py").write_text(_ECHO)
        with _running(["echoing:app"], directory, {}) as server:
            yield server


@contextmanager
def empty() -> Iterator[Server]:
    """An empty Reflex application as Reflex makes it: one page, one handler, the framework's own toolkit left out."""
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory:
        project = Path(directory)
        (project / "emptied").mkdir()
        (project / "emptied" / "__init__.py").touch()
        (project / "emptied" / "emptied.py").write_text(_EMPTY)
        (project / "rxconfig.py").write_text(_CONFIG)
        shutil.copytree(ROOT / "reflex.lock", project / "reflex.lock")
        _build(project)
        served = {
            "REFLEX_ENV_MODE": "prod",
            "REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        }
        with _running(["--factory", "emptied.emptied:app"], directory, served) as server:
            yield server


def _build(project: Path) -> None:
    scripts = Path(sys.executable).parent
    env = _plain() | {
        "REFLEX_USE_SYSTEM_BUN": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    # The lock names fewer packages than this application asks for: it may be added to here.
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr)[-2_000:])


def _plain() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("SELFCARE_", "REFLEX_", "__REFLEX"))
    }


@contextmanager
def _running(what: list[str], directory: str, environment: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", *what, "--host", "127.0.0.1", "--port", str(port), *_UVICORN]
    env = _plain() | environment | {"PYTHONPATH": directory, "REFLEX_TELEMETRY_ENABLED": "false"}
    with (Path(directory) / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=directory, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(f"http://127.0.0.1:{port}/ping", process, Path(directory) / "server.log")
        yield Server(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(15)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text()[-2_000:])
