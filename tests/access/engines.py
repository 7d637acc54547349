"""Both engines: a module that imports `settings` runs each of its tests on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest

from selfcare_app.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The same settings over either engine."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))
