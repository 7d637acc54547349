"""Somebody at a browser in front of the screens of number change and orders."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

import pytest

from selfcare_app.access import session as web_session
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.cookie import names
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Line
from tests.harness import Tab, Tabs, running
from tests.numbers.conftest import Shop, made

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.numbers.choose import ChooseNumber

NUMBERS = [f"3752919{at:05d}" for at in range(50)]


@pytest.fixture
def now() -> datetime:
    """The handlers read the clock."""
    return clock.now()


@pytest.fixture
def shop(settings: Settings, profile: Profile, now: datetime) -> Iterator[Shop]:
    for each in made(settings.database_url, settings, profile, now):
        each.stock(*NUMBERS)
        each.stock("375447777777", category="platinum")
        yield each


@pytest.fixture
async def tabs(shop: Shop) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made_tabs:
        yield made_tabs


class Person:
    """Somebody at a browser: one session, any number of tabs."""

    def __init__(self, shop: Shop, tabs: Tabs, **columns: Any) -> None:
        self.shop, self.tabs = shop, tabs
        customer = shop.customer(**columns)
        self.line: Line = shop.line(customer)
        with shop.db.transaction() as session:
            entered = web_session.start(
                session, line_id=self.line.id, method="password", address="", agent="", language="", now=shop.now
            )
        self.cookie = f"{names(secure=False).session}={entered.token}"
        self.actor = Subscriber(self.line.id, entered.session_id)

    async def at(self, path: str) -> Tab:
        tab = self.tabs(path=path)
        await tab.connect(self.cookie)
        return tab

    async def reviewing(self, number: str = NUMBERS[0]) -> Tab:
        """On the page of the check."""
        choose = await self.at("/number")
        await choose.send(ChooseNumber.load())
        await choose.send(ChooseNumber.hold(number))
        went = await choose.send(ChooseNumber.go_on(number))
        return await self.at(went.events[0].payload["path"])


@pytest.fixture
def person(shop: Shop, tabs: Tabs) -> Person:
    return Person(shop, tabs)
