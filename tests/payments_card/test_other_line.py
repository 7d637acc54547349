"""Topping up another subscriber: from ten at once, to a thousand a month, exactly (AS-063)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from selfcare_app import wiring
from selfcare_app.access import quota
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.payments import hosted, rules_top_up
from selfcare_app.payments.hosted_views import HostedView, Outcome
from selfcare_app.subscribers.tables import Line
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.payments_card.conftest import Begin, facts, held, take
from tests.world import World

UAH = "UAH"


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def friend(world: World) -> Line:
    return world.line()


def to(begin: Begin, friend: Line, minor: int, **said: object) -> HostedView:
    return begin(number=f"+{friend.msisdn}", minor=minor, **said)


def counted(line_id: object, now: datetime) -> int:
    with wiring.wired().db.snapshot() as session:
        return quota.used(session, scope=rules_top_up.SCOPE, subject=str(line_id), now=now)


@pytest.mark.requirement("AS-062", "AS-063")
def test_the_friend_s_account_is_credited_and_not_the_payer_s(
    begin: Begin, person: Subscriber, friend: Line, now: datetime
) -> None:
    payment = to(begin, friend, 1_000)
    assert take(facts(payment), now) == "paid"
    assert (held(friend.id), held(person.line_id)) == (1_000, 0)
    assert (payment.is_other, payment.number) == (True, friend.msisdn)


@pytest.mark.requirement("AS-063")
def test_ten_is_the_least_and_a_thousand_a_month_the_most(begin: Begin, friend: Line, now: datetime) -> None:
    with pytest.raises(rules_top_up.TooLittle) as little:
        to(begin, friend, 999)
    assert little.value.params["least"] == Money(1_000, UAH)
    with pytest.raises(rules_top_up.TooMuch):
        to(begin, friend, 100_001)
    to(begin, friend, 99_000)
    to(begin, friend, 1_000)
    with pytest.raises(rules_top_up.MonthSpent) as spent:
        to(begin, friend, 1_000)
    assert spent.value.params["again"] == datetime(2026, 11, 30, 22, tzinfo=UTC)


@pytest.mark.requirement("AS-063")
def test_another_month_begins_anew_at_the_operator_s_midnight(begin: Begin, friend: Line) -> None:
    last = datetime(2026, 11, 30, 21, 59, 59, tzinfo=UTC)
    to(begin, friend, 100_000, now=last)
    with pytest.raises(rules_top_up.MonthSpent):
        to(begin, friend, 1_000, now=last)
    to(begin, friend, 100_000, now=last + timedelta(seconds=1))


@pytest.mark.requirement("AS-063")
@pytest.mark.security("R4")
def test_the_month_s_limit_holds_however_many_pay_at_once(
    begin: Begin, world: World, person: Subscriber, friend: Line, now: datetime
) -> None:
    gate = Barrier(20)

    def pay(_: int) -> bool:
        gate.wait()
        try:
            to(begin, friend, 30_000)
        except (rules_top_up.MonthSpent, hosted.TooManyOpen):
            return False
        return True

    with ThreadPoolExecutor(20) as crowd:
        assert sum(crowd.map(pay, range(20))) == 3
    assert counted(person.line_id, now) == 90_000


@pytest.mark.requirement("AS-063")
def test_what_came_to_nothing_is_not_counted_and_what_was_paid_after_all_is(
    begin: Begin, person: Subscriber, friend: Line, now: datetime
) -> None:
    payment = to(begin, friend, 60_000)
    take(facts(payment, Outcome.FAILED), now)
    assert counted(person.line_id, now) == 0
    other = to(begin, friend, 60_000)
    take(facts(other, transaction_id="t-2"), now)
    take(facts(payment, transaction_id="t-3"), now)
    assert (counted(person.line_id, now), held(friend.id)) == (120_000, 120_000)


def test_one_s_own_number_typed_in_is_one_s_own(begin: Begin, person: Subscriber, world: World, now: datetime) -> None:
    with wiring.wired().db.snapshot() as session:
        own = session.get_one(Line, person.line_id).msisdn
    payment = begin(number=f"+{own}", minor=100)
    assert not payment.is_other
    assert counted(person.line_id, now) == 0


@pytest.mark.security("T13")
def test_numbers_that_nobody_has_are_found_out_ten_times_a_day_at_most(
    begin: Begin, person: Subscriber, friend: Line, now: datetime
) -> None:
    number = f"+{friend.msisdn}"
    for _ in range(10):
        wiring.do_now(hosted.name_other, person, number=number, now=now)
    with pytest.raises(hosted.TooManyNumbers) as refused:
        wiring.do_now(hosted.name_other, person, number=number, now=now)
    assert refused.value.params["again"] == now + timedelta(days=1)
    wiring.do_now(hosted.name_other, person, number="", now=now)


def test_a_number_that_is_nobody_s_or_closed_gets_nothing(begin: Begin, world: World) -> None:
    with pytest.raises(hosted.NoSuchNumber):
        begin(number=f"+{world.line(state='closed').msisdn}", minor=1_000)
    with pytest.raises(hosted.NoSuchNumber):
        begin(number=f"+{world.msisdn()}", minor=1_000)
