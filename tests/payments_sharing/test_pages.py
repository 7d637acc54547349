"""The page of instalments as the browser receives it, and events sent by hand to pages that an operator has not."""

import os
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from selfcare_app.access import session as web_session
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.cookie import names
from selfcare_app.kit.ids import new_id
from tests.harness import Tab, Tabs, running
from tests.payments_sharing.conftest import Town
from tests.payments_sharing.test_instalment import bought

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.bonus.bonus import BonusPage
from selfcare_app.ui.pages.instalments.client import ClientInstalments
from selfcare_app.ui.pages.instalments.instalments import Instalments
from selfcare_app.ui.pages.sharing.transfer import Share
from selfcare_app.ui.session import AppState


@pytest.fixture
def operator() -> str:
    return "issa"


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return clock.now()


@pytest.fixture
async def tabs(town: Town) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


async def opened(town: Town, tabs: Tabs, actor: Subscriber, path: str = "/instalments") -> Tab:
    with town.db.transaction() as session:
        entered = web_session.start(
            session, line_id=actor.line_id, method="password", address="", agent="", language="", now=town.now
        )
    tab = tabs(path=path)
    await tab.connect(f"{names(secure=False).session}={entered.token}")
    return tab


@pytest.mark.requirement("ISSA-057")
async def test_a_payment_is_asked_about_and_a_second_press_does_nothing(town: Town, tabs: Tabs) -> None:
    anna = town.person()
    instalment_id = str(bought(town, anna))
    tab = await opened(town, tabs, anna)
    (row,) = (await tab.send(Instalments.load())).var(Instalments, "rows")
    assert (row["left"], row["payments"], row["may_pay"]) == (3, 4, True)
    await tab.send(Instalments.pay())
    asked = await tab.send(Instalments.ask_pay(instalment_id, False))
    assert asked.var(Instalments, "amount") == {"$money": [10_000, 2, "BYN"]}
    assert town.balance(anna) == 100_000
    paid = await tab.send(Instalments.pay())
    assert [row["left"] for row in paid.var(Instalments, "rows")] == [2]
    await tab.send(Instalments.pay())
    assert town.balance(anna) == 90_000


async def test_what_another_tab_has_paid_is_told_and_not_paid_again(town: Town, tabs: Tabs) -> None:
    anna = town.person()
    instalment_id = str(bought(town, anna))
    first, second = [await opened(town, tabs, anna) for _ in range(2)]
    for tab in (first, second):
        await tab.send(Instalments.load())
        await tab.send(Instalments.ask_pay(instalment_id, False))
    await first.send(Instalments.pay())
    told = await second.send(Instalments.pay())
    assert told.var(Instalments, "refused")["key"] == "instalment.error.changed"
    assert town.balance(anna) == 90_000


@pytest.mark.security("asvs_8_2_2")
@pytest.mark.parametrize("named", ["", "x", "01a202dc-8f9d-7b96-a35f-1cf8b46ba6c2"])
async def test_what_the_page_did_not_show_is_not_asked_for(town: Town, tabs: Tabs, named: str) -> None:
    anna, boris = town.person(), town.person()
    theirs = str(bought(town, boris))
    tab = await opened(town, tabs, anna)
    await tab.send(Instalments.load())
    for each in (named, theirs):
        reply = await tab.send(Instalments.ask_pay(each, True))
        assert reply.var(AppState, "notice")["key"] == "instalment.error.none"
    assert (town.balance(anna), town.balance(boris)) == (100_000, 100_000)


async def test_who_keeps_no_organisation_sees_none(town: Town, tabs: Tabs) -> None:
    tab = await opened(town, tabs, town.person(), "/client/instalments")
    reply = await tab.send(ClientInstalments.load())
    assert (reply.var(ClientInstalments, "denied"), (await tab.state(ClientInstalments)).rows) == (True, [])


@pytest.mark.security("asvs_8_2_1")
@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (Share.load, "sharing.error.not_offered"),
        (lambda: Share.check({"number": "375291234567", "amount": "5"}), "sharing.error.not_offered"),
        (lambda: Share.stop("x"), "sharing.error.no_schedule"),
        (lambda: Share.stop(str(new_id())), "sharing.error.no_schedule"),
        (lambda: Share.again(str(new_id())), "sharing.error.no_transfer"),
        (BonusPage.load, "bonus.error.not_offered"),
    ],
)
async def test_where_there_is_no_such_page_its_events_are_refused(
    town: Town, tabs: Tabs, event: Any, refusal: str
) -> None:
    tab = await opened(town, tabs, town.person())
    reply = await tab.send(event())
    assert reply.var(AppState, "notice")["key"] == refusal
