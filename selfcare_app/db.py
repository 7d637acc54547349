"""The database: engine, transactions, column types and constraint names; the same on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, Dialect, Engine, MetaData, Select, create_engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session, SQLModel

from selfcare_app.kit.sealing import Keyring

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LOST_RACES = {"40001", "40P01", "55P03"}
_WRITING = "selfcare_writing"
_AFTER_COMMIT = "selfcare_after_commit"
_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "trusted_schema=OFF",
    "cache_size=-65536",
    "mmap_size=268435456",
)
_POSTGRES_OPTIONS = (
    "-c timezone=UTC -c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=10s"
)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


class Moment(TypeDecorator[datetime]):
    """Aware UTC: timestamptz on PostgreSQL, whole microseconds since 1970 on SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC) if dialect.name == "postgresql" else micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else moment(value)


def micros(value: datetime) -> int:
    """Whole microseconds since 1970 of an aware moment."""
    return (value - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The aware moment of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


class Database:
    """An engine and the two kinds of transaction there are."""

    def __init__(self, url: str, *, pool_size: int = 12, info: dict[str, Any] | None = None) -> None:
        self.url = url
        self.info = info or {}
        self.engine: Engine = _engine(url, pool_size)
        self._writing = self.engine.execution_options(**{_WRITING: True})
        self._one_writer: threading.Lock | None = threading.Lock() if self.is_sqlite else None
        self._watching: PoolProxiedConnection | None = None
        self._texts: dict[int, str] = {}

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded engine is in use: one process, one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One writing transaction: commits when the block ends, rolls back when it raises."""
        # SQLite's own busy-wait is unfair (seconds at the tail); a lock in front of it is not.
        with self._one_writer or nullcontext(), Session(self._writing, info=dict(self.info)) as session:
            with session.begin():
                yield session
            for call in session.info.pop(_AFTER_COMMIT, ()):
                call()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """One reading transaction; nothing in it is ever written."""
        with Session(self.engine, info=dict(self.info), autoflush=False) as session:
            if not self.is_sqlite:
                session.connection(
                    execution_options={"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
                )
            yield session
            session.rollback()

    def version(self) -> int | None:
        """A number that is another one after every commit, for next to nothing; None where the engine has none.

        For one thread: it has a connection of its own that is used for nothing else.
        """
        if not self.is_sqlite or self.engine.url.database in (None, "", ":memory:"):
            return None
        if self._watching is None:
            self._watching = self.engine.raw_connection()
        row = self._watching.driver_connection.execute("PRAGMA data_version").fetchone()  # type: ignore[union-attr]
        return int(row[0])

    def glance(self, query: Select[Any], key: UUID) -> list[Any]:
        """The raw rows of a query with one value in it, as they are now; for the thread that asks for the version."""
        text = self._texts.get(id(query))
        if text is None:
            text = self._texts[id(query)] = str(query.compile(dialect=self.engine.dialect))
        if self._watching is None:
            self._watching = self.engine.raw_connection()
        return self._watching.driver_connection.execute(text, (key.hex,)).fetchall()  # type: ignore[union-attr,no-any-return]

    def ping(self) -> None:
        """Asks the database for a sign of life. Raises what the driver raises."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        """Gives every connection back."""
        if self._watching is not None:
            self._watching.close()
            self._watching = None
        self.engine.dispose()


def keys_of(session: Session) -> Keyring:
    """The keyring that the transaction was opened with."""
    keyring: Keyring = session.info["keys"]
    return keyring


def lost_race(wrong: BaseException) -> bool:
    """Whether a transaction failed only because of what others did at the same moment: it can be run again."""
    return isinstance(wrong, DBAPIError) and getattr(wrong.orig, "sqlstate", None) in _LOST_RACES


def after_commit(session: Session, call: Callable[[], object]) -> None:
    """Runs `call` once, only if this transaction commits."""
    # SQLAlchemy's own event of that name is fired by the end of a savepoint too.
    session.info.setdefault(_AFTER_COMMIT, []).append(call)


def _engine(url: str, pool_size: int) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_size=pool_size, max_overflow=8, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    parsed = parsed.set(drivername="postgresql+psycopg")
    options = {"options": _POSTGRES_OPTIONS, "application_name": "selfcare"}
    return create_engine(parsed, pool_size=pool_size, max_overflow=8, pool_pre_ping=True, connect_args=options)


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes too late to protect a read before a write; ours is in _begin_sqlite.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
