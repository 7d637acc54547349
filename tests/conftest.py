"""What every test may use: databases, a profile, keys, wiring, and a builder of people and lines."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.kit.sealing import Keyring
from selfcare_app.manage import tables
from selfcare_app.operators.registry import profile as profile_of
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from tests import schema
from tests.browser import chromium, complaints, new_context, page, signed_in  # noqa: F401 - fixtures
from tests.security.table import pytest_itemcollected, pytest_runtest_logreport, pytest_terminal_summary  # noqa: F401 - hooks
from tests.served import serve, served  # noqa: F401 - fixtures
from tests.servers import empty_postgres_url, postgres_server, postgres_url, redis_server, redis_url  # noqa: F401 - fixtures
from tests.world import World

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A Wednesday noon in Minsk, in the middle of a month."""
    return NOW


@pytest.fixture
def operator() -> str:
    """Which profile the test runs under; parametrise it to run under others."""
    return "issa"


@pytest.fixture
def profile(operator: str) -> Profile:
    return profile_of(operator)


@pytest.fixture
def settings(operator: str, tmp_path: Path) -> Settings:
    return Settings(
        operator=operator,
        database_url=f"sqlite:///{tmp_path / 'selfcare.db'}",
        redis_url="",
        public_url="http://127.0.0.1:8000",
        host="127.0.0.1",
        port=8000,
        demo=False,
        secret_key=SECRET,
    )


@pytest.fixture
def db(settings: Settings, profile: Profile) -> Iterator[Database]:
    """An empty SQLite database with the schema."""
    database = Database(settings.database_url, info={"profile": profile, "keys": Keyring(SECRET)})
    schema.create(database)
    yield database
    database.close()


@pytest.fixture
def wires(settings: Settings, db: Database, profile: Profile) -> Iterator[wiring.Wiring]:
    """The process's wiring over `db`, so that `do_now` and `ask_now` work in the test."""
    parts = wiring.Wiring(settings, profile, db, Keyring(SECRET))
    wiring.rewire(parts)
    yield parts
    wiring.rewire(None)
    parts.threads.shutdown()
    parts.hashing.shutdown()


@pytest.fixture
def world(db: Database, profile: Profile, now: datetime) -> World:
    """Makes clients, accounts, lines and sessions in `db`."""
    return World(db, profile, now)


def import_tables() -> None:
    """Makes every table known to the metadata."""
    tables.load()
