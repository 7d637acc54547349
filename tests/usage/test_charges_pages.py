"""The pages of usage, charges, receipts and advice as the browser receives them; what is made up leads nowhere."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from selfcare_app.access import session as sessions
from selfcare_app.access.tables import ProofGiven
from selfcare_app.i18n import catalogue
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import categories
from selfcare_app.usage.codes import Kind, Zone
from tests.harness import Reply, Tab, Tabs, running
from tests.usage.conftest import Detail
from tests.usage.test_advice import offer

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.charges.fee import FeeReceipt
from selfcare_app.ui.pages.charges.lines import ChargeLines
from selfcare_app.ui.pages.charges.months import MonthCharges
from selfcare_app.ui.pages.charges.receipt import RecordReceipt
from selfcare_app.ui.pages.usage.tariff_advice import TariffAdvice
from selfcare_app.ui.pages.usage.used import Used
from selfcare_app.ui.session import AppState

SID = cookie.names(secure=False).session
OWN = "outgoing_own_network"


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
def middle(embedded: Detail) -> datetime:
    """A moment in the middle of the month before this one."""
    first = embedded.now.astimezone(embedded.profile.zone).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=15)


async def opened(tabs: Tabs, detail: Detail, line: Line, *, proven: bool = True) -> Tab:
    with detail.db.transaction() as session:
        entered = sessions.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=clock.now()
        )
        if proven:
            columns: dict[str, Any] = {"made_at": detail.now, "expires_at": detail.now + timedelta(hours=1)}
            session.add(
                ProofGiven(id=new_id(), session_id=entered.session_id, purpose="call_detail", method="sms", **columns)
            )
    tab = tabs(path="/usage")
    await tab.connect(f"{SID}={entered.token}", hydrate=False)
    return tab


async def load(tab: Tab, event: Any, path: str, **query: str) -> Reply:
    said = "&".join(f"{name}={value}" for name, value in query.items())
    return await tab.send(event, asPath=f"{path}?{said}" if said else path, query=query)


@pytest.mark.requirement("ISSA-075")
async def test_a_month_opens_to_its_lines_and_each_line_to_its_receipt(
    tabs: Tabs, embedded: Detail, middle: datetime
) -> None:
    line, month = embedded.line(), f"{middle:%Y-%m}"
    embedded.records(
        line,
        [{"started_at": middle + timedelta(minutes=n), "zone": Zone.ON_NET, "charge_units": 10_000} for n in range(60)],
    )
    tab = await opened(tabs, embedded, line)
    reply = await load(tab, MonthCharges.load(), "/charges", month=month)
    state = await tab.state(MonthCharges)
    assert (state.stage, state.total) == ("month", {"$money": [60, 2, "BYN"]})
    (kind,) = reply.var(MonthCharges, "kinds")
    assert (kind["kind"], kind["to"]) == (OWN, f"/charges/lines?month={month}&kind={OWN}")
    await load(tab, ChargeLines.load(), "/charges/lines", month=month, kind=OWN)
    lines = await tab.state(ChargeLines)
    rows = [row for day in lines.days for row in day["rows"]]
    assert (lines.stage, len(rows), lines.has_more) == ("list", 50, True)
    await load(tab, ChargeLines.more(), "/charges/lines", month=month, kind=OWN)
    lines = await tab.state(ChargeLines)
    assert ([len(day["rows"]) for day in lines.days], lines.has_more) == ([10], False)
    path, _, said = rows[0]["receipt"].partition("?")
    await load(tab, RecordReceipt.load(), path, **dict(part.split("=") for part in said.split("&")))
    receipt = await tab.state(RecordReceipt)
    assert (receipt.stage, receipt.charge, receipt.source) == ("receipt", {"$money": [1, 2, "BYN"]}, "operator")
    assert receipt.record["who"] == {"$msisdn": "375291112233"}


@pytest.mark.requirement("ISSA-043")
async def test_lines_and_receipts_ask_for_proof_and_sums_do_not(tabs: Tabs, embedded: Detail, middle: datetime) -> None:
    line, month = embedded.line(), f"{middle:%Y-%m}"
    embedded.record(line, middle, zone=Zone.ON_NET, charge_units=10_000)
    tab = await opened(tabs, embedded, line, proven=False)
    await load(tab, MonthCharges.load(), "/charges", month=month)
    assert (await tab.state(MonthCharges)).total == {"$money": [1, 2, "BYN"]}
    await load(tab, ChargeLines.load(), "/charges/lines", month=month, kind=OWN)
    state = await tab.state(ChargeLines)
    assert (state.stage, state.days) == ("prove", [])
    await load(tab, RecordReceipt.load(), "/call-detail/receipt", at="1", key="1")
    receipt = await tab.state(RecordReceipt)
    assert (receipt.stage, receipt.record) == ("prove", {})


async def test_anothers_record_and_fee_are_not_found(tabs: Tabs, embedded: Detail, middle: datetime) -> None:
    other = embedded.line()
    embedded.record(other, middle, charge_units=10_000)
    tab = await opened(tabs, embedded, embedded.line())
    at = int(middle.timestamp()) * 1_000_000
    for query in ({"at": str(at), "key": "1"}, {"at": "x", "key": "1"}, {"at": "9" * 19, "key": "9" * 19}, {}):
        reply = await load(tab, RecordReceipt.load(), "/call-detail/receipt", **query)
        assert reply.var(AppState, "notice")["key"] == "usage.error.no_such_record"
        assert (await tab.state(RecordReceipt)).record == {}
    for fee in (str(new_id()), "x", ""):
        reply = await load(tab, FeeReceipt.load(), "/fees", fee=fee)
        assert reply.var(AppState, "notice")["key"] == "catalogue.error.no_such_charge"


@pytest.mark.parametrize("month", ["2020-01", "x", "%00", "9999-99"])
async def test_a_made_up_month_is_refused_in_words(tabs: Tabs, embedded: Detail, month: str) -> None:
    tab = await opened(tabs, embedded, embedded.line())
    for event, path in ((MonthCharges.load(), "/charges"), (Used.load(), "/usage"), (ChargeLines.load(), "/charges")):
        reply = await load(tab, event, path, month=month, kind=OWN)
        assert reply.var(AppState, "notice")["key"] == "usage.error.no_such_period"


@pytest.mark.requirement("ISSA-053", "AS-041")
async def test_usage_is_drawn_by_one_measure_at_a_time(tabs: Tabs, embedded: Detail, middle: datetime) -> None:
    line = embedded.line()
    embedded.record(line, middle, duration_seconds=120, charge_units=100_000)
    embedded.record(line, middle + timedelta(days=2), duration_seconds=60, charge_units=400_000)
    embedded.record(line, middle, kind=Kind.SMS, charge_units=50_000)
    tab = await opened(tabs, embedded, line, proven=False)
    await load(tab, Used.load(), "/usage", month=f"{middle:%Y-%m}")
    state = await tab.state(Used)
    assert [bar["h"] for bar in state.bars] == [48 * 15 // 40, 48]
    assert state.said["args"]["value"] == {"$money": [40, 2, "BYN"]}
    assert [row["messages"]["n"] for row in state.rows] == [0, 1]
    assert state.total["minutes"] == {"$duration": 180}
    assert [(kind["kind"], kind["part"]) for kind in state.kinds] == [("call", 1_000), ("sms", 100)]
    await tab.send(Used.draw("minutes"))
    state = await tab.state(Used)
    assert [bar["h"] for bar in state.bars] == [48, 24]
    assert state.said["args"]["value"] == {"$duration": 120}
    assert state.coming["amount"] == {"$money": [40, 2, "BYN"]}, "two days apart, late records of one day are of either"


async def test_advice_says_why_there_is_none(tabs: Tabs, embedded: Detail) -> None:
    tab = await opened(tabs, embedded, embedded.line(), proven=False)
    await load(tab, TariffAdvice.load(), "/tariff/advice")
    state = await tab.state(TariffAdvice)
    assert (state.stage, state.missing, state.plans) == ("missing", "prices", [])


async def test_advice_shows_every_plan_the_cheapest_first_with_the_price_of_going_over(
    tabs: Tabs, embedded: Detail, middle: datetime
) -> None:
    line = embedded.line()
    offer(embedded, "basic", fee=1_000, minute=200_000)
    offer(embedded, "talk", fee=1_500, minute=10_000, switch_fee_minor=250)
    offer(embedded, "gold", fee=90_000, minute=0)
    embedded.record(line, middle, duration_seconds=600 * 60, zone=Zone.ON_NET)
    tab = await opened(tabs, embedded, line, proven=False)
    await load(tab, TariffAdvice.load(), "/tariff/advice")
    state = await tab.state(TariffAdvice)
    assert (state.stage, state.stay, state.best, len(state.months)) == ("advice", False, "Talk", 6)
    assert [(plan["name"], plan["present"], plan["total"]["$money"][0], plan["sign"]) for plan in state.plans] == [
        ("Talk", False, 9_600, 1),
        ("Basic", True, 18_000, 0),
        ("Gold", False, 540_000, -1),
    ]
    assert state.plans[0]["switching"] == {"$money": [250, 2, "BYN"]}
    assert state.saving == {"$money": [18_000 - 9_600 - 250, 2, "BYN"]}
    await tab.send(TariffAdvice.look())
    assert (await tab.state(TariffAdvice)).stage == "advice"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_kind_of_charge_has_its_words(language: str) -> None:
    from selfcare_app import operators

    listed = {name for key in operators.keys() for name in categories.of_operator(operators.profile(key))}
    assert {f"charges.kind.{name}" for name in listed} - set(catalogue.load(language)) == set()
