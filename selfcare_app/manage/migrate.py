"""The command that brings the database's schema up to date."""

import argparse
from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection

from alembic import command
from selfcare_app.db import Database
from selfcare_app.settings import ROOT, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`migrate` has no arguments: the environment names the database."""


def run(arguments: argparse.Namespace) -> int:
    """Migrates the database that the settings name."""
    database = Database(read().database_url)
    upgrade(database)
    database.close()
    return 0


def upgrade(database: Database, revision: str = "head") -> None:
    """Brings the schema up to `revision`; does nothing when it is there already."""
    with database.engine.connect() as connection:
        command.upgrade(_configured(connection), revision)


def _configured(connection: Connection) -> Config:
    config = Config(str(Path(ROOT) / "alembic.ini"))
    config.attributes["connection"] = connection
    return config
