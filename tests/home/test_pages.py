"""Home and personal information as the browser receives them: filled by their handlers, for the own session alone."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from reflex_base.utils.format import json_dumps

from selfcare_app import operators
from selfcare_app.access import session as sessions
from selfcare_app.kit import clock, cookie
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.codes import Kind
from tests.harness import Reply, Tab, Tabs, running
from tests.home.conftest import Cabinet, byn

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.i18n.message import wire
from selfcare_app.ui.pages.home.home import Home
from selfcare_app.ui.pages.home.personal import PersonalInformation
from selfcare_app.ui.session import AppState

SID = cookie.names(secure=False).session


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return clock.now()


@pytest.fixture
async def tabs(cabinet: Cabinet) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


async def opened(tabs: Tabs, cabinet: Cabinet, path: str = "/home") -> Tab:
    """A tab of the cabinet's subscriber, signed in as the endpoint does it."""
    with cabinet.db.transaction() as session:
        entered = sessions.start(
            session, line_id=cabinet.line.id, method="password", address="", agent="", language="", now=clock.now()
        )
    tab = tabs(path=path)
    await tab.connect(f"{SID}={entered.token}", hydrate=False)
    return tab


def sent(reply: Reply) -> str:
    return json_dumps(reply.delta)


@pytest.mark.requirement("ISSA-047")
async def test_home_shows_name_and_number(tabs: Tabs, cabinet: Cabinet) -> None:
    reply = await (await opened(tabs, cabinet)).send(Home.load())
    assert reply.var(Home, "name") == "Анна Ковалёва"
    assert reply.var(Home, "number") == {"$msisdn": cabinet.line.msisdn}
    assert reply.var(Home, "dialled") == f"+{cabinet.line.msisdn}"
    assert reply.var(Home, "loaded") is True


@pytest.mark.requirement("ISSA-053")
async def test_home_shows_money_packages_and_what_comes_next(tabs: Tabs, cabinet: Cabinet) -> None:
    cabinet.plan(fee=1990, package={"bytes": 2**30, "seconds": 600 * 60})
    cabinet.opened(1234)
    cabinet.package("Акция", "seconds", 60 * 60, 0, promo=True)
    cabinet.package("Интернет", "bytes", 2**30, 2**29)
    cabinet.package("Минуты", "seconds", 600 * 60, 59)
    reply = await (await opened(tabs, cabinet)).send(Home.load())
    assert reply.var(Home, "balance") == wire(byn(1234))
    assert [(row["name"], row["left"]) for row in reply.var(Home, "packages")] == [
        ("Минуты", {"key": "home.package.minutes", "args": {"minutes": 599}}),
        ("Интернет", {"$bytes": 2**29}),
        ("Акция", {"key": "home.package.minutes", "args": {"minutes": 60}}),
    ]
    assert reply.var(Home, "contents") == [
        {"key": "home.package.minutes", "args": {"minutes": 600}},
        {"$bytes": 2**30},
    ]
    assert reply.var(Home, "next_total") == wire(byn(1990))
    assert [need["said"]["key"] for need in reply.var(Home, "needs")] == ["home.need.top_up"]


async def test_last_operations_are_grouped_by_day_and_say_what_they_were(tabs: Tabs, cabinet: Cabinet) -> None:
    now = clock.now()
    cabinet.opened(5000)
    cabinet.paid(2000, now - timedelta(minutes=1), "barter")
    cabinet.moved(-1000, "number_change", at=now)
    cabinet.moved(-500, "something_new", at=now)
    cabinet.use(Kind.DATA, now - timedelta(days=2), 7)
    reply = await (await opened(tabs, cabinet)).send(Home.load())
    days = reply.var(Home, "days")
    keys = {row["title"]["key"] for day in days for row in day["rows"]}
    assert keys == {
        "payments.channel.other",
        "payments.moved.number_change",
        "payments.moved.went_out",
        "payments.usage.data",
    }
    assert days[-1]["rows"] == [
        {
            "title": {"key": "payments.usage.data"},
            "at": {},
            "about": {"key": "payments.count.data", "n": 1},
            "amount": wire(byn(-7)),
            "to": days[-1]["rows"][0]["to"],
        }
    ]


@pytest.mark.requirement("ISSA-049", "ISSA-052")
async def test_personal_information_fills_both_tabs_in_the_operators_order(tabs: Tabs, cabinet: Cabinet) -> None:
    cabinet.plan()
    cabinet.change(Line, cabinet.line.id, ip_address="10.20.30.40")
    reply = await (await opened(tabs, cabinet, "/personal")).send(PersonalInformation.load())
    shown = operators.profile("issa").personal

    def labels(var: str) -> list[str]:
        return [row["label"]["key"].removeprefix("subscribers.field.") for row in reply.var(PersonalInformation, var)]

    assert labels("main_rows") == [name for name in shown.fields if name != "package_left"]
    assert labels("more_rows") == [name for name in shown.more_fields if name != "promo_minutes_left"]


@pytest.mark.security("S-25")
async def test_nothing_of_another_subscriber_reaches_the_browser(tabs: Tabs, cabinet: Cabinet, other: Cabinet) -> None:
    theirs = await opened(tabs, other)
    full = sent(await theirs.send(Home.load())) + sent(await theirs.send(PersonalInformation.load()))
    own = await opened(tabs, cabinet)
    mine = sent(await own.send(Home.load())) + sent(await own.send(PersonalInformation.load()))
    foreign = ["Чуж", "10.66.6.6", str(other.line.msisdn), "66600", "[66534,"]
    assert [mark for mark in foreign if _written(mark) not in full] == []
    assert [mark for mark in foreign if _written(mark) in mine] == []


@pytest.mark.security("S-26")
async def test_what_is_not_shown_is_not_sent(tabs: Tabs, cabinet: Cabinet) -> None:
    cabinet.client(tax_id="TAX-0077", document="MP 3141592", contract_number="CONTRACT-9", email="hidden@example.by")
    tab = await opened(tabs, cabinet)
    told = sent(await tab.send(Home.load())) + sent(await tab.send(PersonalInformation.load()))
    kept = ("TAX-0077", "3141592", "CONTRACT-9", "hidden@example.by", str(cabinet.line.id), str(cabinet.account_id))
    assert [value for value in kept if value in told] == []


@pytest.mark.security("S-02")
@pytest.mark.parametrize("handler", [Home.load, Home.number_copied, PersonalInformation.load])
async def test_without_a_session_nothing_is_told(tabs: Tabs, cabinet: Cabinet, handler: object) -> None:
    visitor = tabs(path="/home")
    await visitor.connect()
    reply = await visitor.send(handler())  # type: ignore[operator]
    assert reply.var(AppState, "leave").startswith("/sign-in")
    assert "Ковалёва" not in sent(reply)


async def test_a_failed_load_leaves_a_sentence_and_no_half_filled_page(tabs: Tabs, cabinet: Cabinet) -> None:
    cabinet.opened(1234)
    with cabinet.db.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE payment")
    tab = await opened(tabs, cabinet)
    reply = await tab.send(Home.load())
    assert reply.var(AppState, "notice")["key"].endswith(".error.bug")
    home = await tab.state(Home)
    assert (home.loaded, home.name, home.balance) == (False, "", {})


def _written(mark: str) -> str:
    return json_dumps(mark)[1:-1]
