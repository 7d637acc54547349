"""A tab whose password has to be changed: the gate leads it to the page where that is done, whatever it asks for."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Credential
from selfcare_app.kit import clock, cookie
from tests.access.door import Door
from tests.harness import Tab, Tabs, running

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.access.prove import ProveCode
from selfcare_app.ui.pages.access.sim_secrets import SimSecretsPage
from selfcare_app.ui.session import AppState

DUE = "/settings/password?due=1"


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return clock.now()


@pytest.fixture
async def tabs(door: Door) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


async def tab_of(tabs: Tabs, door: Door, path: str, *, due: bool) -> Tab:
    line = door.line()
    with door.wires.db.transaction() as session:
        if due:
            session.get_one(Credential, line.id).temporary_until = door.now + timedelta(days=1)
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )
    tab = tabs(path=path)
    await tab.connect(f"{cookie.names(secure=False).session}={entered.token}", hydrate=False)
    return tab


@pytest.mark.requirement("ISSA-018", "ISSA-020")
@pytest.mark.security("asvs_6_4_1", "S-04")
async def test_every_event_of_another_page_leads_to_the_change(tabs: Tabs, door: Door) -> None:
    tab = await tab_of(tabs, door, "/personal/sim", due=True)
    for event in (SimSecretsPage.load(), ProveCode.look("number_change", "d1")):
        reply = await tab.send(event)
        assert reply.var(AppState, "leave") == DUE
    assert (await tab.state(SimSecretsPage)).looked is False


@pytest.mark.requirement("ISSA-018")
@pytest.mark.security("S-17")
async def test_a_page_address_that_is_a_lie_opens_nothing(tabs: Tabs, door: Door) -> None:
    """The address of a tab comes from the browser: what is asked is refused by the use case all the same."""
    tab = await tab_of(tabs, door, "/settings/password", due=True)
    reply = await tab.send(ProveCode.look("number_change", "d1"))
    assert reply.var(AppState, "notice")["key"] == "access.error.password_due"
    assert (await tab.state(ProveCode)).ready is False


async def test_any_other_session_goes_where_it_wants(tabs: Tabs, door: Door) -> None:
    tab = await tab_of(tabs, door, "/personal/sim", due=False)
    reply = await tab.send(SimSecretsPage.load())
    assert reply.var(SimSecretsPage, "looked") is True
