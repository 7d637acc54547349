"""The call detail page as the browser receives it: its stages, its pages of rows, its filter."""

import os
import pickle
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from selfcare_app.access import session as sessions
from selfcare_app.access.tables import ProofGiven
from selfcare_app.i18n import catalogue
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.codes import Direction, Kind
from tests.harness import Reply, Tab, Tabs, running
from tests.usage.conftest import Detail

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.usage.call_detail import CallDetail
from selfcare_app.ui.session import AppState

SID = cookie.names(secure=False).session
ALL = {"kind_call": "on", "kind_sms": "on", "kind_mms": "on", "kind_data": "on"}


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return clock.now()


@pytest.fixture
async def tabs(embedded: Detail) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


@pytest.fixture
def month(embedded: Detail) -> tuple[str, datetime]:
    """The code of the month before this one, and a moment in its middle."""
    first = embedded.now.astimezone(embedded.profile.zone).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    last = first - timedelta(days=1)
    return f"{last:%Y-%m}", last.replace(day=15)


async def opened(tabs: Tabs, detail: Detail, line: Line, *, proven: str = "sms") -> Tab:
    """A tab of the line's subscriber, signed in, and proved by the method named."""
    with detail.db.transaction() as session:
        entered = sessions.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=clock.now()
        )
        if proven:
            until = detail.now + timedelta(hours=1)
            columns = {"method": proven, "made_at": detail.now, "expires_at": until}
            session.add(ProofGiven(id=new_id(), session_id=entered.session_id, purpose="call_detail", **columns))
    tab = tabs(path="/call-detail")
    await tab.connect(f"{SID}={entered.token}", hydrate=False)
    return tab


async def load(tab: Tab, query: str = "") -> Reply:
    address = f"/call-detail?{query}" if query else "/call-detail"
    return await tab.send(CallDetail.load(), asPath=address, query=dict(p.split("=") for p in query.split("&") if p))


def rows(reply: Reply) -> list[dict[str, Any]]:
    return [row for day in reply.var(CallDetail, "days") for row in day["rows"]]


def texts(embedded: Detail) -> int:
    with embedded.db.snapshot() as session:
        return session.query(Outbox).count()


@pytest.mark.requirement("ISSA-076", "ISSA-077")
async def test_one_chooses_proves_and_then_reads(tabs: Tabs, embedded: Detail, month: Any) -> None:
    line = embedded.line()
    embedded.record(line, month[1], peer="375291112233")
    tab = await opened(tabs, embedded, line, proven="")
    reply = await load(tab)
    assert reply.var(CallDetail, "stage") == "choose"
    assert len(reply.var(CallDetail, "months")) == 7
    assert texts(embedded) == 0
    reply = await tab.send(CallDetail.choose({"period": month[0], "direction": "outgoing", "kind_call": "on"}))
    assert [event.payload["path"] for event in reply.events if event.name == "_redirect"] == [
        f"/call-detail?period={month[0]}&direction=outgoing&kinds=call"
    ]
    assert texts(embedded) == 1
    await tab.send(CallDetail.choose({"period": month[0], "direction": "outgoing", "kind_call": "on"}))
    assert texts(embedded) == 1, "a code that is on its way is not sent again"
    reply = await load(tab, f"period={month[0]}&direction=outgoing&kinds=call")
    assert reply.var(CallDetail, "stage") == "prove"
    assert not reply.has(CallDetail, "days")
    assert texts(embedded) == 1, "opening an address sends nothing"
    proven = await opened(tabs, embedded, line)
    reply = await load(proven, f"period={month[0]}&direction=outgoing&kinds=call")
    assert reply.var(CallDetail, "stage") == "list"
    assert [row["who"] for row in rows(reply)] == [{"$msisdn": "375291112233"}]


@pytest.mark.requirement("ISSA-078")
async def test_a_modem_is_sent_no_code(tabs: Tabs, embedded: Detail, month: Any) -> None:
    tab = await opened(tabs, embedded, embedded.line(kind="modem"), proven="sms")
    reply = await tab.send(CallDetail.choose({"period": month[0], "direction": "both", **ALL}))
    assert texts(embedded) == 0
    reply = await load(tab, f"period={month[0]}&direction=both")
    assert reply.var(CallDetail, "stage") == "prove"


async def test_pages_keep_one_page_of_rows(tabs: Tabs, embedded: Detail, month: Any) -> None:
    line = embedded.line()
    embedded.records(line, [{"started_at": month[1] + timedelta(minutes=n)} for n in range(130)])
    tab = await opened(tabs, embedded, line)
    seen = []
    reply = await load(tab, f"period={month[0]}&direction=both")
    assert (reply.var(CallDetail, "total"), reply.var(CallDetail, "pages")) == (130, 3)
    for number, size in ((1, 50), (2, 50), (3, 30), (1, 50), (3, 30)):
        reply = await tab.send(CallDetail.go(number))
        assert len(rows(reply)) == size
        shown = (await tab.state(CallDetail)).shown_from, (await tab.state(CallDetail)).shown_to
        assert shown == ((number - 1) * 50 + 1, (number - 1) * 50 + size)
        seen.append([row["at"]["$datetime"] for row in rows(reply)])
    assert seen[0] == seen[3]
    assert seen[2] == seen[4]
    everything = seen[0] + seen[1] + seen[2]
    assert everything == sorted(set(everything), reverse=True)
    assert len(everything) == 130
    reply = await tab.send(CallDetail.go(4))
    assert reply.var(AppState, "notice")["key"] == "usage.error.no_such_page"


async def test_sums_chart_and_days_agree(tabs: Tabs, embedded: Detail, month: Any) -> None:
    line = embedded.line()
    embedded.record(line, month[1], duration_seconds=60, charge_units=120_000)
    embedded.record(line, month[1] + timedelta(days=1), duration_seconds=600, charge_units=30_000)
    embedded.record(line, month[1] + timedelta(days=1), kind=Kind.SMS, charge_units=50_000)
    tab = await opened(tabs, embedded, line)
    reply = await load(tab, f"period={month[0]}&direction=both")
    assert reply.var(CallDetail, "everything")["charge"] == {"$money": [20, 2, "BYN"]}
    assert [(part["kind"], part["charge"]["$money"][0]) for part in reply.var(CallDetail, "by_kind")] == [
        ("call", 15),
        ("sms", 5),
    ]
    assert [day["charge"]["$money"][0] for day in reply.var(CallDetail, "days")] == [8, 12]
    chart = reply.var(CallDetail, "chart")
    assert chart["measure"] == "count"
    assert [bar["h"] for bar in chart["bars"]] == [24, 48]
    reply = await load(tab, f"period={month[0]}&direction=both&kinds=call")
    assert reply.var(CallDetail, "chart")["measure"] == "duration"
    assert [bar["h"] for bar in reply.var(CallDetail, "chart")["bars"]] == [4, 48]


async def test_what_the_tab_remembers_can_be_kept_in_a_store(tabs: Tabs, embedded: Detail, month: Any) -> None:
    line = embedded.line()
    embedded.records(line, [{"started_at": month[1] + timedelta(minutes=n)} for n in range(60)])
    tab = await opened(tabs, embedded, line)
    await load(tab, f"period={month[0]}&direction=both")
    state = await tab.state(CallDetail)
    kept = (state._choice, state._period, state._day_sums, state._next)
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 - made in this line


async def test_filter_by_number(tabs: Tabs, embedded: Detail, month: Any) -> None:
    line = embedded.line()
    embedded.record(line, month[1], peer="375291112233")
    embedded.record(line, month[1], peer="375447654321")
    tab = await opened(tabs, embedded, line)
    await load(tab, f"period={month[0]}&direction=both")
    reply = await tab.send(CallDetail.find({"number": "029 111"}))
    assert [row["who"] for row in rows(reply)] == [{"$msisdn": "375291112233"}]
    assert reply.var(CallDetail, "total") == 1
    reply = await tab.send(CallDetail.find({"number": "5" * 41}))
    assert reply.var(CallDetail, "errors")["number"]["key"] == "usage.error.filter_too_long"
    assert not reply.has(CallDetail, "days"), "what was shown stays"
    reply = await tab.send(CallDetail.find({"number": "999"}))
    assert reply.var(CallDetail, "has_records") is False
    reply = await tab.send(CallDetail.clear())
    assert len(rows(reply)) == 2


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"period": "2020-01", "direction": "both", **ALL}, {"period": "usage.error.no_period"}),
        ({"direction": "both", **ALL}, {"period": "usage.error.no_period"}),
        ({"period": "", "direction": "both"}, {"period": "usage.error.no_period", "kinds": "usage.error.no_kind"}),
    ],
)
async def test_what_is_missing_is_said_at_its_field(tabs: Tabs, embedded: Detail, form: Any, wrong: Any) -> None:
    tab = await opened(tabs, embedded, embedded.line(), proven="")
    await load(tab)
    reply = await tab.send(CallDetail.choose(form))
    assert {field: told["key"] for field, told in reply.var(CallDetail, "errors").items()} == wrong
    assert not [event for event in reply.events if event.name == "_redirect"]
    assert texts(embedded) == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("period=2020-01", "no_such_period"),
        ("period=2026-10&kinds=fax", "no_such_kind"),
        ("period=%00", "no_such_period"),
    ],
)
async def test_a_made_up_address_leads_to_the_form(tabs: Tabs, embedded: Detail, query: str, code: str) -> None:
    tab = await opened(tabs, embedded, embedded.line())
    reply = await load(tab, query)
    assert reply.var(CallDetail, "stage") == "choose"
    assert reply.var(AppState, "notice")["key"] == f"usage.error.{code}"


async def test_when_something_breaks_the_page_offers_to_try_again(
    tabs: Tabs, embedded: Detail, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = await opened(tabs, embedded, embedded.line())
    with monkeypatch.context() as broken:
        broken.setattr("selfcare_app.usage.selection.offered", lambda *_: 1 / 0)
        reply = await load(tab)
    assert reply.var(CallDetail, "stage") == "failed"
    assert reply.var(AppState, "notice")["key"] == "kit.error.bug"
    assert (await load(tab)).var(CallDetail, "stage") == "choose"


async def test_without_a_choice_the_list_does_nothing(tabs: Tabs, embedded: Detail) -> None:
    tab = await opened(tabs, embedded, embedded.line())
    for event in (CallDetail.go(2), CallDetail.find({"number": "1"}), CallDetail.clear()):
        await tab.send(event)
        assert (await tab.state(CallDetail)).days == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_event_and_zone_has_its_words(language: str) -> None:
    known = catalogue.load(language)
    assert all(f"usage.event.{w.name.lower()}_{k.name.lower()}" in known for w in Direction for k in Kind)
