"""The real program for tests: a built bundle, a server process with a database of its own, a browser at a phone's size."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from selfcare_app.access import session as sessions
from selfcare_app.access.tables import WebSession
from selfcare_app.db import Database
from selfcare_app.kit import cookie
from selfcare_app.kit.sealing import Keyring
from selfcare_app.messaging import outbox
from selfcare_app.messaging.tables import Outbox
from selfcare_app.operators import registry
from selfcare_app.operators.schema import Profile
from selfcare_app.subscribers.tables import Line
from tests import schema
from tests.acquirer import nobody
from tests.world import World

ROOT = Path(__file__).resolve().parent.parent
SECRET = b"0123456789abcdef0123456789abcdef"
START_SECONDS = 90


@dataclass
class Served:
    """A running server and the world behind it."""

    directory: Path
    operator: str
    bundle: Path
    port: int
    options: dict[str, str]
    environment: dict[str, str]
    profile: Profile
    db: Database
    keys: Keyring
    world: World
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address without a slash at its end; also the origin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def now(self) -> datetime:
        """The present by the server's clock."""
        return datetime.now(UTC) + timedelta(seconds=float(Path(self.options["clock"]).read_text() or 0))

    def advance(self, seconds: float) -> None:
        """Puts the server's clock forward (the browser's stays); sessions that this ends have ended when it returns."""
        file = Path(self.options["clock"])
        moved = float(file.read_text() or 0) + seconds
        fresh = file.with_suffix(".new")
        fresh.write_text(str(moved))
        fresh.replace(file)
        self.world.now = self.now
        until = time.monotonic() + 5
        while self._process is not None and self._overdue() and time.monotonic() < until:
            time.sleep(0.02)

    def _overdue(self) -> bool:
        """Whether the server has yet to end sessions, or to write down that they were used."""
        overdue = select(WebSession.id).where(WebSession.ended_at.is_(None), WebSession.idle_until <= self.now)
        with self.db.snapshot() as session:
            return session.exec(overdue.limit(1)).first() is not None

    # --- the process

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = self.directory / "options.json"
        options.write_text(json.dumps(self.options))
        with (self.directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.launch", str(options)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < until, self.log()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> int:
        """Stops the server in good order; gives its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(30)
        self._process = None
        return code

    def kill(self) -> None:
        """Kills the server as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def restart(self) -> None:
        """Stops and starts again on the same database and port."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        """Everything the server has logged."""
        file = self.directory / "server.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    # --- people

    def sign_in(self, line: Line, *, method: str = "password") -> str:
        """Begins a session of the line as the sign-in endpoint does; gives the cookie's value."""
        with self.db.transaction() as session:
            entered = sessions.start(
                session, line_id=line.id, method=method, address="127.0.0.1", agent="test", language="", now=self.now
            )
        return entered.token

    def cookie(self, value: str) -> dict[str, Any]:
        """The session cookie for Playwright's `context.add_cookies`."""
        name = cookie.names(secure=False).session
        return {"name": name, "value": value, "url": self.url, "httpOnly": True, "sameSite": "Strict"}

    def cookie_header(self, value: str) -> str:
        """The session cookie as a header's value."""
        return f"{cookie.names(secure=False).session}={value}"

    # --- messages

    def messages(self, msisdn: str) -> list[outbox.Message]:
        """What waits for or was given up for a number, oldest first (no gateway is configured, so nothing is sent)."""
        with self.db.snapshot() as session:
            rows = session.query(Outbox).filter(Outbox.recipient == msisdn, Outbox.sealed.is_not(None))
            return [outbox._opened(session, row) for row in rows.order_by(Outbox.created_at, Outbox.id)]

    def code(self, msisdn: str, *, after: int = 0, within: float = 30) -> str:
        """The newest one-time code sent to a number; waits for one beyond the first `after` messages that have one."""
        until = time.monotonic() + within
        while True:
            codes = [m.content["args"]["code"] for m in self.messages(msisdn) if "code" in m.content.get("args", {})]
            if len(codes) > after:
                return str(codes[-1])
            assert time.monotonic() < until, f"no code for {msisdn}"
            time.sleep(0.05)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def changed_profile(operator: str, directory: Path, **session: int) -> Path:
    """A directory with the operator's profile, `[session]` changed."""
    source = registry._PROFILES / f"{operator}.toml"
    text, part = [], ""
    for row in source.read_text("utf-8").splitlines():
        part = row.strip() if row.startswith("[") else part
        name = row.partition("=")[0].strip()
        text.append(f"{name} = {session[name]}" if part == "[session]" and name in session else row)
    made = "\n".join(text) + "\n"
    assert {k: tomllib.loads(made)["session"][k] for k in session} == session
    directory.mkdir(parents=True, exist_ok=True)
    for other in registry._PROFILES.glob("*.toml"):
        (directory / other.name).write_text(other.read_text("utf-8"), "utf-8")
    (directory / source.name).write_text(made, "utf-8")
    return directory


Serve = Callable[..., Served]


def make(
    directory: Path,
    *,
    operator: str = "issa",
    seed: Callable[[Served], None] | None = None,
    session: dict[str, int] | None = None,
    database_url: str = "",
    start: bool = True,
    **environment: str,
) -> Served:
    """A server in `directory`; `session` changes values of the profile's [session], `environment` adds variables.

    `database_url` names an empty database; by default an SQLite file is made.
    """
    from selfcare_app.ui import bundle

    port, secret, clock = free_port(), directory / "secret.key", directory / "clock"
    secret.write_bytes(SECRET)
    clock.write_text("0")
    options = {"bundle": str(_own_copy(bundle, operator, directory)), "clock": str(clock)}
    profile = registry.profile(operator)
    if session:
        changed = changed_profile(operator, directory / "profiles", **session)
        options["profiles"] = str(changed)
        profile = registry.parse((changed / f"{operator}.toml").read_text("utf-8"), operator)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELFCARE_")}
    database_url = database_url or f"sqlite:///{directory / 'selfcare.db'}"
    settings = {
        "SELFCARE_OPERATOR": operator,
        "SELFCARE_DATABASE_URL": database_url,
        "SELFCARE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SELFCARE_HOST": "127.0.0.1",
        "SELFCARE_PORT": str(port),
        "SELFCARE_SECRET_KEY_FILE": str(secret),
        "SELFCARE_TRUSTED_PROXY_HOPS": "1",
        "SELFCARE_HANDSET_FILE": str(directory / "handset.db"),
        "PYTHONPATH": str(ROOT),
    }
    keys = Keyring(SECRET)
    db = Database(database_url, info={"profile": profile, "keys": keys})
    schema.create(db)
    world = World(db, profile, datetime.now(UTC))
    served = Served(
        directory,
        operator,
        Path(options["bundle"]),
        port,
        options,
        kept | settings | nobody(secret) | environment,
        profile,
        db,
        keys,
        world,
    )
    if seed is not None:
        seed(served)
    if start:
        served.start()
    return served


def _own_copy(bundle: Any, operator: str, directory: Path) -> Path:
    """The bundle in the server's own directory (as links): a later build throws old ones away."""
    home = bundle.ensure(operator).parents[len(bundle.STATIC.parts) - 1]
    shutil.copytree(home, directory / "bundle", copy_function=os.link)
    return directory / "bundle"


def close(served: Served) -> None:
    """Ends the server and lets go of its database."""
    served.stop()
    served.db.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Makes servers with databases of their own: `serve(session={"idle_seconds": 6}, seed=fill)`; all end with the run."""
    made: list[Served] = []

    def one(**options: Any) -> Served:
        made.append(make(tmp_path_factory.mktemp("served"), **options))
        return made[-1]

    yield one
    for each in made:
        close(each)


@pytest.fixture(scope="session")
def served(serve: Serve) -> Served:
    """The server that tests share; each test makes its own lines in it."""
    return serve()
