"""Bonus units: accrued once for every day, exchanged for gifts as far as they go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.access import halt
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.bulk import Written
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.operators.schema.money import Bonus, ServiceUnits
from selfcare_app.payments import bonus, bonus_accrual, gift, gift_load
from selfcare_app.payments.bonus_rules import accrued
from selfcare_app.payments.bonus_tables import Gift, GiftExchange
from selfcare_app.payments.bonus_views import BonusStanding
from selfcare_app.subscribers.tables import Line, LineService
from selfcare_app.usage import allowance
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.worker import bonuses
from tests.payments_sharing.conftest import WORKER, Town, fault_of

MINOR = 10_000
"""Ten-thousandths of a minor unit: what records are charged in."""

# One unit for every 0.10 of usage, and one a day for either of two services.


def used(town: Town, actor: Subscriber, at: datetime, minor: int) -> None:
    """Something that cost so many minor units."""
    with town.db.transaction() as session:
        session.add(
            UsageRecord(
                line_no=session.get_one(Line, actor.line_id).no,
                started_at=at,
                record_key=new_id().int % 2**62,
                kind=int(Kind.CALL),
                direction=int(Direction.OUTGOING),
                charge_units=minor * MINOR,
            )
        )


def has(town: Town, actor: Subscriber, now: datetime | None = None) -> BonusStanding:
    return wiring.ask_now(bonus.standing, actor, now=now or town.now)


def given(town: Town, actor: Subscriber, units: int) -> None:
    """Units from nowhere."""
    leg = Leg(("bonus_issued", "test"), ("bonus", town.line(actor).account_id), Money(units, "PTS", 0), "bonus_usage")
    wiring.do_now(post, WORKER, kind="bonus", key=str(new_id()), legs=[leg], now=town.now)


def offered(town: Town, **columns: Any) -> UUID:
    gift_id = new_id()
    values = {"code": f"g{gift_id}", "name": "15 минут", "units": 60, "kind": "seconds", "amount": 900, "days": 30}
    with town.db.transaction() as session:
        session.add(Gift(**({"id": gift_id, "valid_from": town.now - timedelta(days=9)} | values | columns)))
    return gift_id


def take(town: Town, actor: Subscriber, gift_id: UUID, ticket: UUID | None = None, now: datetime | None = None) -> Any:
    return wiring.do_now(gift.take, actor, gift_id=gift_id, ticket=ticket or new_id(), now=now or town.now)


@pytest.mark.requirement("IH-039", "IH-038", "AS-044")
def test_a_day_of_usage_and_services_brings_units_the_next_day(town: Town) -> None:
    anna, boris = town.person(), town.person()
    yesterday = town.now - timedelta(days=1)
    for minor in (55, 44):
        used(town, anna, yesterday, minor)
    used(town, anna, town.now, 500)
    with town.db.transaction() as session:
        for service in ("melody", "antivirus", "roaming"):
            key = str(new_id())
            connected = town.now - timedelta(days=9)
            session.add(LineService(id=new_id(), external_id=key, line_id=anna.line_id, service=service, connected_at=connected))  # fmt: skip
    assert bonuses.accrue("worker", town.now) == 2
    standing = has(town, anna)
    assert standing.units == 11
    assert sorted((entry.code, entry.units) for entry in standing.history) == [("bonus_service", 2), ("bonus_usage", 9)]
    assert (has(town, boris).units, has(town, boris).history) == (0, ())
    assert town.balance(anna) == 100_000


@pytest.mark.parametrize(
    ("charge_units", "expected"),
    [
        (0, {}),
        (10 * MINOR - 1, {}),
        (10 * MINOR, {"bonus_usage": 1}),
        (20 * MINOR - 1, {"bonus_usage": 1}),
        (-MINOR, {}),
    ],
)
def test_a_unit_is_for_every_full_step(charge_units: int, expected: dict[str, int]) -> None:
    rule = Bonus(gift_catalogue=True, charge_minor_per_unit=10, services=(ServiceUnits(service="melody", units=3),))
    assert accrued(rule, charge_units=charge_units, services=()) == expected
    assert accrued(rule, charge_units=charge_units, services={"melody"}) == {**expected, "bonus_service": 3}


def test_the_day_is_the_operators_to_the_microsecond(town: Town) -> None:
    anna = town.person()
    # The 17th in Minsk begins on the 16th at nine in the evening, UTC.
    begins, ends = datetime(2026, 11, 16, 21, tzinfo=UTC), datetime(2026, 11, 17, 21, tzinfo=UTC)
    for at, minor in ((begins - timedelta(microseconds=1), 1_000), (begins, 10), (ends - timedelta(microseconds=1), 20), (ends, 1_000)):  # fmt: skip
        used(town, anna, at, minor)
    bonuses.accrue("worker", town.now)
    assert has(town, anna).units == 3


def test_each_day_is_accrued_once_also_after_days_without_a_worker(town: Town) -> None:
    anna = town.person()
    for days in range(-1, 4):
        used(town, anna, town.now + timedelta(days=days), 100)
    for _ in range(3):
        bonuses.accrue("worker", town.now)
    assert has(town, anna).units == 10
    later = town.now + timedelta(days=4)
    for _ in range(3):
        bonuses.accrue("worker", later)
    assert has(town, anna).units == 50
    # A clock that goes back does nothing.
    bonuses.accrue("worker", town.now)
    assert has(town, anna).units == 50


@pytest.mark.security("R4", "R22")
def test_many_workers_at_once_accrue_once(any_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bonus_accrual, "LINES_AT_ONCE", 3)
    people = [any_town.person() for _ in range(8)]
    for each in people:
        used(any_town, each, any_town.now - timedelta(days=1), 100)

    def work(_: int) -> int:
        return bonuses.accrue("worker", any_town.now)

    with ThreadPoolExecutor(8) as crowd:
        done = sum(crowd.map(work, range(8)))
    assert [has(any_town, each).units for each in people] == [10] * 8
    assert done >= len(people)


@pytest.mark.requirement("IH-038")
def test_a_gift_is_the_lines_at_once_and_its_units_are_gone(town: Town) -> None:
    anna = town.person()
    given(town, anna, 100)
    gift_id = offered(town)
    taken = take(town, anna, gift_id)
    assert (taken.units, taken.until) == (60, date(2026, 12, 18))
    standing = has(town, anna)
    assert standing.units == 40
    assert [(entry.units, entry.gift) for entry in standing.history] == [(-60, "15 минут"), (100, "")]
    (left,) = wiring.ask_now(allowance.left, anna, now=town.now)
    assert (left.name, left.kind, left.total, left.used, left.promo, left.last_day) == (
        "15 минут",
        "seconds",
        900,
        0,
        True,
        date(2026, 12, 17),
    )
    assert len(town.messages()) == 1


def test_too_few_units_by_one_are_refused_and_just_enough_are_not(town: Town) -> None:
    anna = town.person()
    gift_id = offered(town)
    assert fault_of(take, town, anna, gift_id) == "bonus.too_few"
    given(town, anna, 59)
    with pytest.raises(gift.TooFew) as refused:
        take(town, anna, gift_id)
    assert refused.value.params == {"units": 59, "missing": 1}
    assert wiring.ask_now(allowance.left, anna, now=town.now) == ()
    given(town, anna, 1)
    take(town, anna, gift_id)
    assert has(town, anna).units == 0


def test_the_same_ticket_is_the_same_gift(town: Town) -> None:
    anna, boris = town.person(), town.person()
    given(town, anna, 500)
    given(town, boris, 500)
    gift_id, other = offered(town), offered(town)
    ticket = new_id()
    first = take(town, anna, gift_id, ticket)
    assert take(town, anna, gift_id, ticket, town.now + timedelta(days=2)) == first
    assert fault_of(take, town, anna, other, ticket) == "bonus.ticket_used"
    assert fault_of(take, town, boris, gift_id, ticket) == "bonus.ticket_used"
    assert has(town, anna).units == 440


@pytest.mark.security("R4", "asvs_15_4_2")
def test_fifty_presses_are_one_gift_and_fifty_pages_as_many_as_the_units_allow(any_town: Town) -> None:
    anna, boris = any_town.person(), any_town.person()
    gift_id, ticket = offered(any_town), new_id()
    given(any_town, anna, 10_000)
    given(any_town, boris, 60 * 7 + 59)
    with ThreadPoolExecutor(16) as crowd:
        pressed = list(crowd.map(lambda _: fault_of(take, any_town, anna, gift_id, ticket), range(50)))
        opened = list(crowd.map(lambda _: fault_of(take, any_town, boris, gift_id), range(50)))
    assert pressed == [""] * 50
    assert sorted(opened) == [*[""] * 7, *["bonus.too_few"] * 43]
    assert (has(any_town, anna).units, has(any_town, boris).units) == (9_940, 59)
    with any_town.db.snapshot() as session:
        assert len(session.exec(select(GiftExchange)).all()) == 8


def test_the_version_in_force_is_offered_from_its_first_moment_to_its_last(town: Town) -> None:
    anna = town.person()
    given(town, anna, 1_000)
    old = offered(town, code="a", units=50)
    new = offered(town, code="a", units=70, valid_from=town.now)
    ended = offered(town, code="b", valid_until=town.now)
    ending = offered(town, code="c", units=90, valid_until=town.now + timedelta(microseconds=1))
    assert [each.id for each in has(town, anna).gifts] == [new, ending]
    before = town.now - timedelta(microseconds=1)
    assert [each.id for each in has(town, anna, before).gifts] == [old, ended, ending]
    for gone in (old, ended, new_id()):
        assert fault_of(take, town, anna, gone) == "bonus.no_gift"


def test_who_can_not_use_a_gift_gets_none(town: Town) -> None:
    halted, blocked = town.person(), town.person()
    for each in (halted, blocked):
        given(town, each, 100)
    gift_id = offered(town)
    wiring.do_now(halt.stop, halted, now=town.now)
    town.change(Line, blocked.line_id, state="blocked")
    assert fault_of(take, town, halted, gift_id) == "security.halted"
    assert fault_of(take, town, blocked, gift_id) == "bonus.line_not_active"


@pytest.mark.parametrize("operator", ["assa"])
def test_without_a_catalogue_there_are_units_and_no_gifts(town: Town) -> None:
    anna = town.person()
    given(town, anna, 100)
    gift_id = offered(town)
    assert (has(town, anna).units, has(town, anna).gifts) == (100, ())
    assert fault_of(take, town, anna, gift_id) == "bonus.no_gift"


@pytest.mark.parametrize("operator", ["issa"])
def test_where_the_operator_has_no_bonus_nothing_is_accrued(town: Town) -> None:
    anna = town.person()
    used(town, anna, town.now - timedelta(days=1), 100)
    assert bonuses.accrue("worker", town.now) == 0
    assert fault_of(wiring.ask_now, bonus.standing, anna, now=town.now) == "bonus.not_offered"


def told(**columns: Any) -> Written:
    row = {"code": "sms", "name": "10 SMS", "units": 30, "kind": "messages", "amount": 10, "days": 30}
    since = {"valid_from": datetime(2026, 1, 1, tzinfo=UTC)}
    return wiring.do_now(gift_load.gifts, WORKER, rows=[row | since | columns])


def test_a_version_never_changes_except_that_it_ends(town: Town) -> None:
    assert told().inserted == 1
    assert told().same == 1
    (refused,) = told(units=31).refused
    assert (refused.column, refused.reason) == ("units", "version_changed")
    assert told(valid_until=town.now).changed == 1
    assert told(units=31, valid_from=town.now).inserted == 1
    assert [refusal.reason for refusal in told(code="x", amount=0).refused] == ["gift_of_nothing"]
