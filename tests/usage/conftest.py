"""Call detail on both engines: lines with records, and sessions that proved or did not prove who asks."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import insert

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.tables import UsageRecord
from tests import schema
from tests.conftest import SECRET
from tests.usage.rating_load import Load
from tests.world import World


@dataclass
class Detail:
    """One database with lines and their records."""

    db: Database
    world: World
    profile: Profile
    now: datetime
    _keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(self, use_case: Any, actor: Subscriber, *, now: datetime | None = None, **named: Any) -> Any:
        """What a reading use case answers, at `self.now` unless another moment is named."""
        return wiring.ask_now(use_case, actor, now=now or self.now, **named)

    def line(self, **columns: object) -> Line:
        return self.world.line(**columns)

    def actor(self, line: Line, *, method: str = "sms", proven: bool = True) -> Subscriber:
        """A session of the line; `proven` by `method` for call detail."""
        proof = Proof("call_detail", method, self.now, self.now + timedelta(days=60))
        return self.world.session(line, proofs=(proof,) if proven else ())

    def record(self, line: Line, at: datetime, **columns: Any) -> None:
        """One record of the line at that moment: an outgoing call unless `columns` say otherwise."""
        self.records(line, [{"started_at": at, **columns}])

    def records(self, line: Line, rows: list[dict[str, Any]]) -> None:
        plain = {"kind": Kind.CALL, "direction": Direction.OUTGOING, "peer": "375291112233", "charge_units": 0}
        plain |= {"duration_seconds": 0, "bytes_in": 0, "bytes_out": 0, "zone": 0, "service": "", "domain": ""}
        if rows:
            with self.db.transaction() as session:
                values = [{**plain, "record_key": next(self._keys), **row, "line_no": line.no} for row in rows]
                session.execute(insert(UsageRecord), values)


def opened(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Detail]:
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)})
    schema.create(database)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    yield Detail(database, World(database, profile, now), profile, now)
    wiring.rewire(None)
    parts.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def detail(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Detail]:
    """A test that asks for it runs on both engines."""
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    yield from opened(url, settings, profile, now)


@pytest.fixture
def embedded(settings: Settings, profile: Profile, now: datetime) -> Iterator[Detail]:
    """The same on SQLite alone, where the engine makes no difference."""
    yield from opened(settings.database_url, settings, profile, now)


@pytest.fixture
def load(detail: Detail, tmp_path: Path) -> Load:
    """A small catalogue with prices, and what loads records into it."""
    return Load(detail, tmp_path)


@pytest.fixture
def embedded_load(embedded: Detail, tmp_path: Path) -> Load:
    """The same on SQLite alone."""
    return Load(embedded, tmp_path)


def utc(text: str) -> datetime:
    """`2026-10-31 20:59` as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
