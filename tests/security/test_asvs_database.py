"""The roles of docs/database.md on a real PostgreSQL: the program can do its work, and neither change the schema nor the past."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from selfcare_app import wiring
from selfcare_app.access import cleanup
from selfcare_app.db import Database, metadata
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.data_classes import held
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger.post import Leg, post
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from tests.conftest import SECRET, import_tables
from tests.world import World

ROOT = Path(__file__).parents[2]
ROLES = ("selfcare_migrator", "selfcare_app", "selfcare_reader")


def grants() -> list[str]:
    (block,) = re.findall(r"```sql\n(.+?)```", (ROOT / "docs/database.md").read_text("utf-8"), re.S)
    return [statement.strip() for statement in block.split(";") if statement.strip()]


def as_role(url: str, role: str) -> str:
    """The address with another user; the server listens on a local socket and trusts whoever is there."""
    return re.sub(r"//[^/@]*@", f"//{role}@", url)


@pytest.fixture
def app_url(empty_postgres_url: str, profile: Profile) -> str:
    """A database that the migrator has made, as the program's role sees it."""
    with psycopg.connect(empty_postgres_url, autocommit=True) as admin:
        for role in ROLES:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                admin.execute(f"CREATE ROLE {role} LOGIN")
        admin.execute("GRANT CREATE, USAGE ON SCHEMA public TO selfcare_migrator")
        import_tables()
        migrator = Database(
            as_role(empty_postgres_url, "selfcare_migrator"), info={"profile": profile, "keys": Keyring(SECRET)}
        )
        metadata.create_all(migrator.engine)
        with migrator.engine.begin() as connection:
            for statement in grants():
                if "SCHEMA" not in statement or "ALL " in statement:
                    connection.execute(text(statement))
        migrator.close()
        for statement in grants():
            if "ON SCHEMA" in statement:
                admin.execute(statement)
    return as_role(empty_postgres_url, "selfcare_app")


@pytest.fixture
def program(app_url: str, settings: Settings, profile: Profile) -> Iterator[wiring.Wiring]:
    database = Database(app_url, info={"profile": profile, "keys": Keyring(SECRET)})
    parts = wiring.Wiring(replace(settings, database_url=app_url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    yield parts
    wiring.rewire(None)
    parts.close()


def test_the_program_does_its_work_in_its_role(program: wiring.Wiring, profile: Profile, now: datetime) -> None:
    world = World(program.db, profile, now)
    line = world.line()
    leg = Leg(("cash_in", "payment"), ("subscriber", line.account_id), Money(100, profile.currency), "payment")
    wiring.do_now(post, System("test"), kind="payment", key="1", legs=[leg], now=now)
    with program.db.transaction() as session:
        record(session, System("test"), line_id=line.id, action="looked", now=now)
    wiring.do_now(cleanup.purge, System("test"), now=now)
    wiring.do_now(cleanup.forget_sessions, System("test"), now=now)


@pytest.mark.security("asvs_13_2_2")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET amount_minor = 1",
        "DELETE FROM transfer",
        "UPDATE operation SET actor = 'x'",
        "UPDATE journal_entry SET outcome = 'x'",
        "DELETE FROM journal_entry",
        "DELETE FROM journal_head",
        "DELETE FROM ledger_account",
        "TRUNCATE journal_entry CASCADE",
        "DROP TABLE line CASCADE",
        "ALTER TABLE line ADD COLUMN x int",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER transfer_no_UPDATE ON transfer",
        "CREATE TABLE hoard (x int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE selfcare_migrator",
        "COPY line TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_database_refuses_what_is_not_the_programs_work(program: wiring.Wiring, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, program.db.transaction() as session:
        session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", "") in ("42501", "42704"), refused.value
    if "TRIGGER transfer_no" not in statement:
        assert getattr(refused.value.orig, "sqlstate", "") == "42501"


@pytest.mark.security("asvs_13_2_2", "asvs_14_1_2")
def test_whoever_makes_reports_sees_no_credentials(app_url: str) -> None:
    reader = app_url.replace("selfcare_app@", "selfcare_reader@")
    secret = [table for table, its in held().items() if "P4" in its.classes.values()]
    assert len(secret) > 8
    with psycopg.connect(reader, autocommit=True) as connection:
        connection.execute("SELECT count(*) FROM payment")
        for table in secret:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f'SELECT * FROM "{table}"')
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE line SET msisdn = NULL")
