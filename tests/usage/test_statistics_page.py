"""The page of internet statistics as the browser receives it: choosing a day, the proof, the services, the limit."""

import os
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from selfcare_app.access import session as sessions
from selfcare_app.access.tables import ProofGiven
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.codes import Kind
from tests.harness import Reply, Tab, Tabs, running
from tests.usage.conftest import Detail

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.usage.statistics import InternetStatisticsPage as Shown
from selfcare_app.ui.session import AppState

SID = cookie.names(secure=False).session


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return clock.now()


@pytest.fixture
async def tabs(embedded: Detail) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


async def opened(tabs: Tabs, detail: Detail, line: Line, *, proven: bool = True) -> Tab:
    with detail.db.transaction() as session:
        entered = sessions.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=clock.now()
        )
        if proven:
            columns: dict[str, Any] = {
                "method": "sms",
                "made_at": detail.now,
                "expires_at": detail.now + timedelta(hours=1),
            }
            session.add(
                ProofGiven(id=new_id(), session_id=entered.session_id, purpose="internet_statistics", **columns)
            )
    tab = tabs(path="/internet-statistics")
    await tab.connect(f"{SID}={entered.token}", hydrate=False)
    return tab


async def load(tab: Tab, day: object = "") -> Reply:
    address = f"/internet-statistics?day={day}" if day else "/internet-statistics"
    return await tab.send(Shown.load(), asPath=address, query={"day": str(day)} if day else {})


def yesterday(detail: Detail) -> date:
    return detail.now.astimezone(detail.profile.zone).date() - timedelta(days=1)


def texts(detail: Detail) -> int:
    with detail.db.snapshot() as session:
        return session.query(Outbox).count()


@pytest.mark.requirement("ISSA-084", "ISSA-085", "ISSA-087")
async def test_one_chooses_a_day_proves_and_reads(tabs: Tabs, embedded: Detail) -> None:
    line, day = embedded.line(), yesterday(embedded)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=embedded.profile.zone)
    for service, size in (("YouTube", 4_000), ("", 1_000)):
        embedded.record(line, noon, kind=Kind.DATA, peer="", service=service, bytes_in=size, bytes_out=10)
    tab = await opened(tabs, embedded, line, proven=False)
    reply = await load(tab)
    assert (reply.var(Shown, "stage"), reply.var(Shown, "left")) == ("choose", 10)
    reply = await tab.send(Shown.choose({"day": str(day)}))
    assert [event.payload["path"] for event in reply.events if event.name == "_redirect"] == [
        f"/internet-statistics?day={day}"
    ]
    assert texts(embedded) == 1
    reply = await load(tab, day)
    assert reply.var(Shown, "stage") == "prove"
    tab = await opened(tabs, embedded, line)
    reply = await load(tab, day)
    assert reply.var(Shown, "stage") == "day"
    rows = [(row["service"], row["total"], row["part"]) for row in reply.var(Shown, "services")]
    assert rows == [("YouTube", {"$bytes": 4_010}, 1_000), ("Other", {"$bytes": 1_010}, 251)]
    state = await tab.state(Shown)
    assert (state.left, state.has_other, state.total) == (9, True, {"$bytes": 5_020})
    await load(tab, day)
    assert (await tab.state(Shown)).left == 9, "a reload asks nothing new"


@pytest.mark.requirement("ISSA-088")
async def test_the_eleventh_day_is_refused_in_words(tabs: Tabs, embedded: Detail) -> None:
    tab = await opened(tabs, embedded, embedded.line())
    for n in range(10):
        assert (await load(tab, yesterday(embedded) - timedelta(days=n))).var(Shown, "stage") == "day"
    reply = await load(tab, yesterday(embedded) - timedelta(days=10))
    assert (await tab.state(Shown)).stage == "choose"
    notice = reply.var(AppState, "notice")
    assert notice["key"] == "statistics.error.day_spent"
    assert "$datetime" in notice["args"]["opens"]
    assert (await tab.state(Shown)).services == []


@pytest.mark.parametrize("day", ["2020-01-01", "yesterday", "9999-99-99", "20261105", "2026-11-05T00:00", "%00", ""])
async def test_a_made_up_day_is_said_at_its_field_and_costs_nothing(tabs: Tabs, embedded: Detail, day: str) -> None:
    tab = await opened(tabs, embedded, embedded.line())
    await load(tab)
    reply = await tab.send(Shown.choose({"day": day}))
    assert reply.var(Shown, "errors") == {"day": {"key": "statistics.error.no_such_day"}}
    if day:
        reply = await load(tab, day)
        assert reply.var(AppState, "notice")["key"] == "statistics.error.no_such_day"
    assert (await tab.state(Shown)).left == 10
    assert texts(embedded) == 0
