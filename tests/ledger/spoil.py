"""Breaks a database on purpose: takes a table's constraints and triggers away and writes what they would refuse."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlmodel import Session

from selfcare_app.db import Database


@contextmanager
def spoilt(db: Database, tables: Sequence[str], *statements: str, keep: bool = False) -> Iterator[Session]:
    """What is seen after the statements, the tables replaced by copies that refuse nothing; undone unless kept."""
    with db.engine.connect() as connection:
        if db.is_sqlite:
            # Within a transaction it would do nothing, and a table could not be dropped.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin() as whole:
            run = connection.exec_driver_sql
            for table in tables:
                run(f'CREATE TABLE bare AS SELECT * FROM "{table}"')
                run(f'DROP TABLE "{table}"' + ("" if db.is_sqlite else " CASCADE"))
                run(f'ALTER TABLE bare RENAME TO "{table}"')
            for statement in statements:
                run(statement)
            with Session(connection, info=dict(db.info), join_transaction_mode="rollback_only") as session:
                yield session
            whole.commit() if keep else whole.rollback()
        # The connection has no foreign keys: nobody else should get it.
        connection.invalidate()


def spoil(db: Database, tables: Sequence[str], *statements: str) -> None:
    """Spoils the database for good."""
    with spoilt(db, tables, *statements, keep=True):
        pass
