"""The schema in an empty database, by what was made once a run: creating every table anew takes ten times as long."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_mock_engine
from sqlalchemy.dialects import postgresql

from selfcare_app.db import Database, metadata
from selfcare_app.manage import tables


def create(database: Database) -> None:
    """Every table of the product, in an SQLite database that nobody has opened yet or in any of PostgreSQL."""
    if database.is_sqlite:
        shutil.copyfile(_sqlite(), str(database.engine.url.database))
        return
    with database.engine.begin() as connection:
        if connection.exec_driver_sql("SELECT to_regclass('ledger_account') IS NULL").scalar_one():
            connection.connection.cursor().execute(statements())


@cache
def _sqlite() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="selfcare-schema-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    tables.load()
    made = Database(f"sqlite:///{directory / 'schema.db'}")
    metadata.create_all(made.engine)
    made.close()
    return directory / "schema.db"


@cache
def statements() -> bytes:
    """All that makes the schema on PostgreSQL."""
    tables.load()
    said: list[str] = []

    def hear(statement: Any, *_: Any, **__: Any) -> None:
        said.append(str(statement.compile(dialect=postgresql.dialect())))  # type: ignore[no-untyped-call]

    metadata.create_all(create_mock_engine("postgresql+psycopg://", hear), checkfirst=False)
    return ";\n".join(said).replace("%%", "%").encode()
