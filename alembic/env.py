"""Runs migrations on the database that the settings name, or on the connection that a caller hands in."""

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
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


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
