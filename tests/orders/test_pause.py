"""Пауза: the document's fees day by day, and having everything again."""

from datetime import date

import pytest

from selfcare_app import wiring
from selfcare_app.orders import pause
from tests.numbers.conftest import fault_of
from tests.orders.conftest import Counter

ON, OFF = pause.ON, pause.OFF


def by_day(counter: Counter, line: object, code: str) -> list[int]:
    return [minor for _, of_code, _, minor in counter.amounts(line) if of_code == code]  # type: ignore[arg-type]


@pytest.mark.requirement("ISSA-096", "ISSA-097", "ISSA-098", "ISSA-100", "ADM-033")
def test_the_first_day_in_full_then_half_and_nothing_for_services(counter: Counter) -> None:
    counter.plan("daily", 45, fee_period="day")
    counter.service("digest", 12, fee_period="day")
    actor = counter.customer("daily", money=5_000, services=("digest",))
    counter.work(counter.now)
    day = counter.at(2026, 11, 19, 0, 0, 5)
    counter.work(day)
    counter.ordered(actor, ON, now=counter.at(2026, 11, 19, 12))
    for each in range(19, 23):
        counter.work(counter.at(2026, 11, each, 13))
    # 45 is halved to 23: halves go away from zero.
    assert by_day(counter, actor, "daily") == [45, 23, 23, 23]
    assert by_day(counter, actor, "digest") == [12]
    counter.ordered(actor, OFF, now=counter.at(2026, 11, 22, 14))
    counter.work(counter.at(2026, 11, 22, 14))
    # On the day of resuming everything works again, and is paid for.
    assert sum(by_day(counter, actor, "daily")) == 45 + 23 + 23 + 45
    assert sum(by_day(counter, actor, "digest")) == 24
    counter.work(counter.at(2026, 11, 23))
    assert by_day(counter, actor, "daily")[-1] == 45


@pytest.mark.requirement("ISSA-098", "ISSA-099", "ISSA-100")
def test_a_monthly_fee_is_halved_for_the_paused_days_with_its_discount(counter: Counter) -> None:
    counter.plan("basic", 3_000)
    counter.service("melody", 300)
    actor = counter.customer("basic", money=9_000, services=("melody",), fee_discount_percent=10)
    counter.work(counter.now)
    counter.ordered(actor, ON)
    counter.work(counter.now)
    # From 19 to 30 November: half of 90 a day, and all of 10 a day, come back.
    assert (sum(by_day(counter, actor, "basic")), sum(by_day(counter, actor, "melody"))) == (-540, -120)
    counter.work(counter.at(2026, 12, 1))
    assert (by_day(counter, actor, "basic")[-1], by_day(counter, actor, "melody")) == (1_350, [-120])
    counter.ordered(actor, OFF, now=counter.at(2026, 12, 31, 9))
    counter.work(counter.at(2026, 12, 31, 9))
    # Of December only its last day was not paused: 2 700 / 31 / 2 and 300 / 31.
    assert (by_day(counter, actor, "basic")[-1], by_day(counter, actor, "melody")[-1]) == (44, 10)
    counter.work(counter.at(2027, 1, 1))
    assert (by_day(counter, actor, "basic")[-1], by_day(counter, actor, "melody")[-1]) == (2_700, 300)


@pytest.mark.requirement("ISSA-101", "ISSA-102", "ISSA-042")
def test_the_state_of_the_line_and_what_stands_against_it(counter: Counter) -> None:
    counter.plan("basic", 3_000)
    actor = counter.customer("basic", money=9_000)
    state = wiring.ask_now(pause.state, actor, now=counter.now)
    assert (state.is_paused, state.fee and state.fee.minor, state.paused_fee and state.paused_fee.minor) == (
        False, 3_000, 1_500,
    )  # fmt: skip
    assert fault_of(counter.ordered, actor, OFF) == "change.not_paused"
    counter.ordered(actor, ON)
    assert fault_of(counter.ordered, actor, ON) == "orders.open_order"
    counter.work(counter.now)
    state = wiring.ask_now(pause.state, actor, now=counter.now)
    assert (state.is_paused, state.since, counter.read(actor).state) == (True, counter.now, "paused")
    assert fault_of(counter.ordered, actor, ON) == "change.line_not_active"
    counter.ordered(actor, OFF)
    counter.work(counter.now)
    assert counter.read(actor).state == "active"
    blocked = counter.customer("basic", state="blocked")
    assert fault_of(counter.ordered, blocked, ON) == "change.line_not_active"


def test_resuming_is_never_refused_for_money(counter: Counter) -> None:
    counter.plan("basic", 3_000)
    actor = counter.customer("basic", state="paused")
    counter.work(counter.now)
    counter.work(counter.at(2026, 12, 1))
    assert by_day(counter, actor, "basic") == [1_500]
    counter.ordered(actor, OFF, now=counter.at(2026, 12, 1, 8))
    counter.work(counter.at(2026, 12, 1, 8))
    assert (counter.read(actor).state, counter.balance(actor)) == ("active", -3_000)
    assert [row.period_from for row in counter.charges(actor)] == [date(2026, 12, 1)] * 2


@pytest.mark.parametrize("operator", ["assa", "ihelper"])
def test_who_has_no_such_thing_does_not_offer_it(counter: Counter) -> None:
    counter.plan("basic", 3_000)
    actor = counter.customer("basic")
    assert fault_of(wiring.ask_now, pause.state, actor, now=counter.now) == "change.not_offered"
    assert fault_of(counter.ordered, actor, ON) == "change.not_offered"
