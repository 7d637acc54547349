"""What the home page is told: money, packages, what comes next, what was last, and never another's."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.catalogue import plan
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.orders.tables import Order
from selfcare_app.payments import history, overview
from selfcare_app.payments.views import Overview
from selfcare_app.subscribers.find import NoSuchLine
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.codes import Kind
from tests.home.conftest import Cabinet, byn


def seen(cabinet: Cabinet) -> Overview:
    return wiring.ask_now(overview.read, cabinet.actor, now=cabinet.now)


@pytest.mark.requirement("ISSA-047", "IH-009")
def test_it_says_who_one_is(cabinet: Cabinet) -> None:
    cabinet.plan()
    person = seen(cabinet).person
    assert (person.name, person.line.msisdn, person.line.state) == ("Анна Ковалёва", cabinet.line.msisdn, "active")
    assert person.account_number
    assert seen(cabinet).plan.name == "Комфорт M"  # type: ignore[union-attr]


@pytest.mark.requirement("ISSA-038")
def test_the_balance_is_the_ledgers_with_the_time_of_the_last_news(cabinet: Cabinet) -> None:
    told = cabinet.now - timedelta(days=2)
    cabinet.account(balance_as_of=told)
    cabinet.opened(1000)
    assert seen(cabinet).standing.balance == byn(1000)
    assert seen(cabinet).standing.as_of == told
    cabinet.moved(-300, "number_change", at=cabinet.now - timedelta(hours=1))
    assert seen(cabinet).standing.balance == byn(700)
    assert seen(cabinet).standing.as_of == cabinet.now - timedelta(hours=1)


def test_nothing_has_arrived_yet(cabinet: Cabinet) -> None:
    found = seen(cabinet)
    assert (found.standing.balance, found.standing.as_of, found.plan, found.upcoming) == (byn(0), None, None, None)
    assert (found.packages, found.movements, found.needs) == ((), (), ())


def test_a_credit_limit_can_be_spent_too(cabinet: Cabinet) -> None:
    cabinet.account(settlement="postpaid", credit_limit_minor=5000)
    cabinet.opened(-700)
    standing = seen(cabinet).standing
    assert (standing.balance, standing.available) == (byn(-700), byn(4300))
    cabinet.account(settlement="prepaid")
    assert seen(cabinet).standing.available == byn(-700)


@pytest.mark.requirement("ISSA-053", "AS-041")
def test_what_is_left_of_each_package(cabinet: Cabinet) -> None:
    cabinet.package("Минуты", "seconds", 600 * 60, 150 * 60)
    cabinet.package("Интернет", "bytes", 10 * 2**30, 2**30)
    cabinet.package("SMS", "messages", 100, 120)
    cabinet.package("Деньги", "minor", 500, 125)
    left = {package.name: (package.left, package.total) for package in seen(cabinet).packages}
    assert left == {
        "Минуты": (450 * 60, 600 * 60),
        "Интернет": (9 * 2**30, 10 * 2**30),
        "SMS": (0, 100),
        "Деньги": (375, 500),
    }
    assert {package.last_day for package in seen(cabinet).packages} == {date(2026, 11, 30)}


def test_fees_of_plan_and_services_come_next_on_the_first(cabinet: Cabinet) -> None:
    cabinet.plan(fee=1990)
    cabinet.service("Мелофон", 190)
    cabinet.service("Бесплатная", 0)
    cabinet.service("Отключается раньше", 500, until=datetime(2026, 11, 30, 12, tzinfo=UTC))
    upcoming = seen(cabinet).upcoming
    assert upcoming is not None
    assert upcoming.on == date(2026, 12, 1)
    assert [(fee.name, fee.amount) for fee in upcoming.fees] == [("Комфорт M", byn(1990)), ("Мелофон", byn(190))]
    assert upcoming.total == byn(2180)


def test_the_price_is_that_of_the_day_of_the_charge_in_the_operators_time_zone(cabinet: Cabinet) -> None:
    midnight_in_minsk = datetime(2026, 11, 30, 21, tzinfo=UTC)
    cabinet.plan(fee=1990, valid_until=midnight_in_minsk)
    cabinet.plan(fee=2490, since=midnight_in_minsk)
    found = seen(cabinet)
    assert (found.plan.fee, found.upcoming.total) == (byn(1990), byn(2490))  # type: ignore[union-attr]
    late = wiring.ask_now(plan.upcoming, cabinet.actor, now=midnight_in_minsk)
    assert late.on == date(2027, 1, 1)  # type: ignore[union-attr]


def test_last_operations_are_everything_that_moved_money_each_once(cabinet: Cabinet) -> None:
    now = cabinet.now
    cabinet.opened(5000)
    cabinet.paid(2000, now - timedelta(days=40), "terminal")
    topped_up = cabinet.moved(1500, "top_up", at=now - timedelta(hours=2))
    cabinet.paid(1500, now - timedelta(hours=3), "card", operation_id=topped_up.operation_id)
    cabinet.moved(-1000, "number_change", at=now - timedelta(hours=1))
    for minute in range(3):
        cabinet.use(Kind.CALL, now - timedelta(days=1, minutes=minute), 10)
    cabinet.use(Kind.SMS, now - timedelta(days=3), 5)
    told = [(m.source, m.what, m.amount.minor, m.count) for m in seen(cabinet).movements]
    assert told == [
        ("ledger", "number_change", -1000, 1),
        ("payment", "card", 1500, 1),
        ("usage", "call", -30, 3),
        ("usage", "sms", -5, 1),
        ("payment", "terminal", 2000, 1),
    ]
    assert [m.day for m in seen(cabinet).movements][:2] == [date(2026, 11, 18)] * 2


def test_only_the_newest_are_shown(cabinet: Cabinet) -> None:
    for hours in range(overview.MOVEMENTS + 4):
        cabinet.paid(100 + hours, cabinet.now - timedelta(hours=hours))
    found = seen(cabinet).movements
    assert [m.amount.minor for m in found] == [100 + hours for hours in range(overview.MOVEMENTS)]


def test_a_day_is_the_operators_day(cabinet: Cabinet) -> None:
    cabinet.paid(100, datetime(2026, 11, 17, 21, 30, tzinfo=UTC))
    assert seen(cabinet).movements[0].day == date(2026, 11, 18)


def test_payments_that_are_dated_ahead_are_not_shown_yet(cabinet: Cabinet) -> None:
    cabinet.paid(100, cabinet.now + timedelta(hours=1))
    assert wiring.ask_now(history.last, cabinet.actor, limit=5, now=cabinet.now) == ()


def test_an_accepted_order_is_told_until_it_is_carried_out(cabinet: Cabinet) -> None:
    order_id = _order(cabinet, "accepted", no=1)
    _order(cabinet, "done", no=2)
    (need,) = seen(cabinet).needs
    assert (need.code, need.order_id, need.values["kind"]) == ("order", order_id, "number_change")


@pytest.mark.security("S-06")
def test_nothing_of_another_subscriber_is_ever_in_it(cabinet: Cabinet, other: Cabinet) -> None:
    _order(other, "accepted", no=7)
    full = repr(seen(other))
    foreign = ("Чуж", "чуж", "foreign", "10.66.6.6", str(other.line.msisdn), str(other.account_id), "666")
    assert all(mark in full for mark in foreign)
    found = repr(seen(cabinet))
    assert [mark for mark in foreign if mark in found] == []


def test_a_line_that_is_gone_is_said_to_be(cabinet: Cabinet) -> None:
    with pytest.raises(NoSuchLine):
        wiring.ask_now(overview.read, Subscriber(line_id=new_id(), session_id=new_id()), now=cabinet.now)


def test_two_lines_of_one_account_share_the_money_and_not_the_packages(cabinet: Cabinet) -> None:
    second = cabinet.world.line()
    cabinet.change(Line, second.id, account_id=cabinet.account_id)
    cabinet.opened(1000)
    cabinet.package("Минуты", "seconds", 600, 0)
    found = wiring.ask_now(overview.read, cabinet.world.session(second), now=cabinet.now)
    assert (found.standing.balance, found.packages) == (byn(1000), ())


def _order(cabinet: Cabinet, state: str, no: int) -> UUID:
    order = Order(
        id=new_id(), no=no, line_id=cabinet.line.id, actor="subscriber", kind="number_change", currency="BYN",
        accepted_at=cabinet.now, due_at=cabinet.now + timedelta(minutes=5), state=state,
    )  # fmt: skip
    order_id = order.id
    cabinet.add(order)
    return order_id
