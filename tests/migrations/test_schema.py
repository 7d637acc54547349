"""Migrations make exactly the schema that the tables say, on both engines, and may be run again."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from selfcare_app.db import Database, metadata
from selfcare_app.manage.migrate import upgrade
from tests.conftest import import_tables


def differences(database: Database) -> list[object]:
    import_tables()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    url = (
        f"sqlite:///{tmp_path / 'new.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("empty_postgres_url")
    )
    database = Database(url)
    request.addfinalizer(database.close)
    upgrade(database)
    return database


def test_an_empty_database_becomes_what_the_tables_say(migrated: Database) -> None:
    assert differences(migrated) == []


def test_migrating_again_changes_nothing(migrated: Database) -> None:
    upgrade(migrated)
    assert differences(migrated) == []


def test_usage_is_stored_in_the_order_it_is_read(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade(database)
    with database.engine.connect() as connection:
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'usage_record'")).scalar_one()
    database.close()
    assert "WITHOUT ROWID" in made


def test_the_migrated_database_refuses_to_change_a_transfer(migrated: Database) -> None:
    name = "sqlite_master WHERE type = 'trigger'" if migrated.is_sqlite else "pg_trigger WHERE NOT tgisinternal"
    column = "name" if migrated.is_sqlite else "tgname"
    with migrated.engine.connect() as connection:
        triggers = {row[0].lower() for row in connection.execute(text(f"SELECT {column} FROM {name}"))}
    assert {"transfer_no_update", "transfer_no_delete", "operation_no_update", "operation_no_delete"} <= triggers
