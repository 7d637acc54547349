"""Runs migrations on the database that the settings name, or on the connection that a caller hands in."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from alembic import context
from selfcare_app.db import Database, metadata
from selfcare_app.manage import tables
from selfcare_app.settings import read

tables.load()


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with _tables_may_be_made_anew(connection), context.begin_transaction():
        context.run_migrations()


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    # SQLite changes a constraint by a new table in the old one's place; with the keys on it would take the rows that
    # point there along. The setting counts outside a transaction only, so it stands around all of them.
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows that point nowhere after the migration: {broken[:10]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    database = Database(read().database_url)
    with database.engine.connect() as opened:
        migrate(opened)
    database.close()


run()
