"""What the pages of the door put into a browser's state: how a code stands, and never a code."""

import os
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from reflex_base.utils.format import json_dumps

from selfcare_app.access import code
from selfcare_app.access import session as web_session
from selfcare_app.access.views import Signed
from selfcare_app.kit import clock, cookie
from selfcare_app.subscribers.tables import Line
from tests.access.door import SIM, Door
from tests.harness import Tab, Tabs, running

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.access.prove import ProveCode
from selfcare_app.ui.pages.access.sim_secrets import SimSecretsPage
from selfcare_app.ui.session import AppState


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return clock.now()


@pytest.fixture
async def tabs(door: Door) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


async def opened(tabs: Tabs, door: Door, line: Line) -> tuple[Tab, Signed]:
    """A tab of the line's subscriber, and the session that it is in."""
    with door.wires.db.transaction() as session:
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )
    tab = tabs(path="/personal/sim")
    await tab.connect(f"{cookie.names(secure=False).session}={entered.token}", hydrate=False)
    return tab, door.ask(web_session.resume, token=entered.token)


@pytest.mark.requirement("ISSA-009")
async def test_the_code_screen_knows_whether_a_code_was_sent_and_how_long_to_wait(tabs: Tabs, door: Door) -> None:
    line = door.line()
    tab, signed = await opened(tabs, door, line)
    reply = await tab.send(ProveCode.look("number_change", "d1"))
    assert (reply.var(ProveCode, "ready"), reply.var(ProveCode, "sent")) == (True, False)
    door.do(code.send, signed.actor, purpose="number_change", digest="d1")
    reply = await tab.send(ProveCode.look("number_change", "d1"))
    assert reply.var(ProveCode, "sent") is True
    assert 170 < reply.var(ProveCode, "wait") <= 180
    everything = json_dumps(reply.delta)
    assert door.code(line.msisdn) not in everything
    assert line.msisdn not in everything


@pytest.mark.requirement("ISSA-078")
async def test_a_modems_screen_asks_for_puk1(tabs: Tabs, door: Door) -> None:
    tab, _ = await opened(tabs, door, door.line(kind="modem"))
    reply = await tab.send(ProveCode.look("call_detail", ""))
    assert (reply.var(ProveCode, "method"), reply.var(ProveCode, "tries")) == ("puk1", 3)


@pytest.mark.security("S-06")
async def test_a_purpose_that_does_not_exist_is_told_and_nothing_more(tabs: Tabs, door: Door) -> None:
    tab, _ = await opened(tabs, door, door.line())
    reply = await tab.send(ProveCode.look("__class__", ""))
    assert reply.var(AppState, "notice")["key"] == "access.error.no_such_purpose"


@pytest.mark.requirement("ISSA-051")
@pytest.mark.security("S-25", "S-26")
async def test_the_page_of_pin_and_puk_never_holds_them_in_state(tabs: Tabs, door: Door) -> None:
    line = door.line()
    tab, signed = await opened(tabs, door, line)
    reply = await tab.send(SimSecretsPage.load())
    assert reply.var(SimSecretsPage, "proven") is False
    door.do(code.send, signed.actor, purpose="sim_secrets")
    door.do(code.prove, signed.actor, purpose="sim_secrets", code=door.code(line.msisdn))
    reply = await tab.send(SimSecretsPage.load())
    assert reply.var(SimSecretsPage, "proven") is True
    state = await tab.state(SimSecretsPage)
    assert not any(secret in json_dumps(reply.delta) + str(vars(state)) for secret in SIM.values())
