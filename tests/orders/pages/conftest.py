"""Somebody at a browser in front of the screens of plans, services and Пауза."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

import pytest

from selfcare_app.access import session as web_session
from selfcare_app.kit import clock
from selfcare_app.kit.cookie import names
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from tests.harness import Tab, Tabs, running
from tests.orders.conftest import Counter, made

os.environ.setdefault("REFLEX_ENV_MODE", "prod")


@pytest.fixture
def now() -> datetime:
    """The handlers read the clock."""
    return clock.now()


@pytest.fixture
def shop(settings: Settings, profile: Profile, now: datetime) -> Iterator[Counter]:
    for each in made(settings.database_url, settings, profile, now):
        each.plan("comfort", 2_190)
        each.plan("light", 790, switch_fee_minor=200, description="Немного")
        each.service("melody", 190, category="entertainment", connect_fee_minor=50)
        each.service("net5", 500, category="mobile_internet")
        each.work(now)
        yield each


@pytest.fixture
async def tabs(shop: Counter) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made_tabs:
        yield made_tabs


class Person:
    """Somebody at a browser: one session, any number of tabs."""

    def __init__(self, shop: Counter, tabs: Tabs, **columns: Any) -> None:
        self.shop, self.tabs = shop, tabs
        self.line = shop.line("comfort", money=9_000, **columns)
        with shop.db.transaction() as session:
            entered = web_session.start(
                session, line_id=self.line.id, method="password", address="", agent="", language="", now=shop.now
            )
        self.cookie = f"{names(secure=False).session}={entered.token}"

    async def at(self, path: str) -> Tab:
        tab = self.tabs(path=path)
        await tab.connect(self.cookie)
        return tab


@pytest.fixture
def person(shop: Counter, tabs: Tabs) -> Person:
    return Person(shop, tabs)
