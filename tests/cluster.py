"""The program as it stands in production: two web processes behind a balancer, a worker, PostgreSQL, Redis, a gateway."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests import served
from tests.balancer import Balancer
from tests.filled import People
from tests.gateway import Gateway
from tests.served import ROOT, Served


@dataclass
class Cluster:
    """Made by `start`; `front` decides which of the two processes a browser speaks to."""

    front: Balancer
    gateway: Gateway
    people: People
    first: Served
    second: Served
    worker: "subprocess.Popen[bytes]"
    directory: Path
    _closed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The public address."""
        return f"http://127.0.0.1:{self.front.port}"

    def move(self, to: Served) -> None:
        """The process that served until now is gone for the browser; the other one takes over."""
        self.front.choose(to.port)
        self.front.cut()

    def close(self) -> None:
        """Ends every process and server."""
        self.front.close()
        with suppress(ProcessLookupError):
            self.worker.send_signal(signal.SIGTERM)
            self.worker.wait(20)
        self.second.stop()
        served.close(self.first)
        self.gateway.close()


def start(directory: Path, *, database_url: str, redis_url: str) -> Cluster:
    """Starts everything on an empty database; only people and numbers are in it."""
    front, gateway, people = Balancer(), Gateway(), People()
    first_home, second_home = directory / "first", directory / "second"
    first_home.mkdir()
    second_home.mkdir()
    first = served.make(
        first_home,
        seed=people,
        database_url=database_url,
        SELFCARE_REDIS_URL=redis_url,
        SELFCARE_PUBLIC_URL=f"http://127.0.0.1:{front.port}",
        SELFCARE_SMS_GATEWAY_URL=gateway.url,
    )
    port = served.free_port()
    second = replace(
        first,
        directory=second_home,
        port=port,
        environment=first.environment | {"SELFCARE_PORT": str(port)},
        _process=None,
    )
    second.start()
    front.choose(first.port)
    return Cluster(front, gateway, people, first, second, _worker(first, directory), directory)


def _worker(web: Served, directory: Path) -> "subprocess.Popen[bytes]":
    with (directory / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "selfcare_app", "worker"],
            cwd=ROOT,
            env={**os.environ, **web.environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def ended(process: "subprocess.Popen[bytes]", *, within: float) -> int:
    """Asks a process to end and gives its exit code; fails if it takes longer."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    code = process.wait(within)
    assert time.monotonic() - began < within
    return code
