"""Packages that services bring: given with the order, drawn by records, shown as what is left, never given twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlmodel import col, select

from selfcare_app import wiring
from selfcare_app.catalogue.price_tables import PlanPackage, Price, PriceEdition, ServicePackage
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.orders import services, undo
from selfcare_app.subscribers.tables import LineService
from selfcare_app.usage import allowance
from selfcare_app.usage.codes import FORWARDED, NOT_CHARGED, Direction, Kind, Zone
from selfcare_app.usage.load import Records
from selfcare_app.usage.rating import correct, pricing, receipt
from selfcare_app.usage.rating.rating_tables import RatedUse
from selfcare_app.usage.tables import UsageRecord
from tests.numbers.conftest import fault_of
from tests.orders.conftest import WORKER, Counter

ON, OFF = services.ON, services.OFF
EVER = datetime(2020, 1, 1, tzinfo=UTC)
MINUTE = 100_000
"""Ten kopecks, in ten-thousandths."""
AT_HOME = sum(1 << zone for zone in (Zone.NONE, Zone.ON_NET, Zone.OFF_NET_MOBILE, Zone.FIXED))


def package(service: str, code: str, unit: str, amount: int, kinds: int, **columns: Any) -> ServicePackage:
    plain = {"name": code.title(), "direction": int(Direction.OUTGOING), "zones": AT_HOME, "valid_from": EVER}
    return ServicePackage(
        id=new_id(), service=service, code=code, unit=unit, amount=amount, kinds=kinds, **(plain | columns)
    )


@pytest.fixture
def shop(counter: Counter) -> Counter:
    return stocked(counter)


@pytest.fixture
def any_shop(any_counter: Counter) -> Counter:
    """The same on both engines."""
    return stocked(any_counter)


def stocked(counter: Counter) -> Counter:
    counter.plan("light", 0)
    counter.service("talk", 300)
    counter.service("week", 0, connect_fee_minor=200)
    counter.service("sum", 0, connect_fee_minor=100)
    calls = 1 << Kind.CALL
    with counter.db.transaction() as session:
        session.add_all(
            [
                package("talk", "own", "seconds", 3_000, calls, zones=1 << Zone.ON_NET),
                package("week", "all", "seconds", 600, calls, days=7),
                package("sum", "money", "minor", 50, calls | 1 << Kind.DATA, days=30),
                PlanPackage(
                    id=new_id(), plan="light", code="m", name="m", unit="seconds", amount=60, valid_from=EVER
                ),
                Price(
                    id=new_id(), plan="light", code="call", position=2, kind=Kind.CALL,
                    direction=Direction.OUTGOING, step=60, rate_units=MINUTE, packages="m", valid_from=EVER,
                ),
                Price(
                    id=new_id(), plan="light", code="sent_on", position=1, kind=Kind.CALL, forwarded=True, step=60,
                    rate_units=MINUTE, valid_from=EVER,
                ),
                PriceEdition(no=1, id=new_id(), at=EVER),
            ]
        )  # fmt: skip
    counter.work(counter.now)
    return counter


def connect(shop: Counter, actor: Subscriber, code: str, now: datetime) -> None:
    shop.ordered(actor, ON, code, now=now)
    shop.work(now)


def call(
    shop: Counter, actor: Subscriber, at: datetime, minutes: int, zone: Zone = Zone.ON_NET, sent_on: str = ""
) -> int:
    """A call arrives without a charge; gives what it cost in ten-thousandths."""
    no = shop.read(actor).no
    numbers = {
        "line_no": no, "started_at": int(at.timestamp()) * 1_000_000, "record_key": new_id().int % 10**12,
        "kind": Kind.CALL, "direction": Direction.OUTGOING, "zone": zone, "duration_seconds": minutes * 60,
        "bytes_in": 0, "bytes_out": 0, "charge_units": NOT_CHARGED,
    }  # fmt: skip
    texts = {"peer": "375291112233", "service": sent_on, "domain": ""}
    columns: dict[str, Any] = {name: np.array([int(value)], np.int64) for name, value in numbers.items()}
    columns |= {name: np.array([value], object) for name, value in texts.items()}
    wiring.do_now(pricing.records, WORKER, records=Records(**columns), now=shop.now)
    with shop.db.snapshot() as session:
        query = select(UsageRecord.charge_units).where(UsageRecord.record_key == numbers["record_key"])
        return session.exec(query).one()


def left(actor: Subscriber, now: datetime) -> dict[str, int]:
    return {each.code: each.left for each in wiring.ask_now(allowance.left, actor, now=now)}


@pytest.mark.requirement("ISSA-053", "AS-041", "IH-037")
def test_a_package_that_was_bought_is_drawn_where_it_covers_and_shown(any_shop: Counter) -> None:
    shop = any_shop
    actor = shop.customer("light", money=5_000)
    now = shop.now
    assert call(shop, actor, now - timedelta(hours=1), 2) == MINUTE  # one minute of the plan's, one is paid
    connect(shop, actor, "talk", now)
    # 13 of the 30 days of November are left: 3000 x 13 / 30.
    assert left(actor, now) == {"talk.own": 1_300}
    later = now + timedelta(hours=1)
    assert call(shop, actor, later, 10) == 0
    assert call(shop, actor, later + timedelta(seconds=1), 1, Zone.OFF_NET_MOBILE) == MINUTE
    assert call(shop, actor, later + timedelta(seconds=2), 1, sent_on=FORWARDED) == MINUTE
    assert call(shop, actor, now - timedelta(seconds=1), 1) == MINUTE  # before it was bought, however late it comes
    assert left(actor, now) == {"talk.own": 700}
    assert call(shop, actor, later + timedelta(seconds=3), 13) == 2 * MINUTE  # 700 s are left of 780
    assert left(actor, now) == {"talk.own": 0}


def test_what_was_paid_for_is_not_given_again_by_connecting_again(shop: Counter) -> None:
    actor = shop.customer("light", money=5_000)
    connect(shop, actor, "talk", shop.now)
    shop.ordered(actor, OFF, "talk")
    shop.work(shop.now)
    connect(shop, actor, "talk", shop.now + timedelta(days=2))
    assert left(actor, shop.now + timedelta(days=2)) == {"talk.own": 1_300}
    december = shop.at(2026, 12, 1, 1)
    shop.work(december)
    assert left(actor, december) == {"talk.own": 3_000, "m": 60}


def test_what_is_bought_for_days_ends_with_them_and_can_be_bought_again(shop: Counter) -> None:
    actor = shop.customer("light", money=5_000)
    connect(shop, actor, "week", shop.now)
    assert (left(actor, shop.now), shop.balance(actor)) == ({"week.all": 600}, 4_800)
    last, over = shop.at(2026, 11, 24, 23, 59), shop.at(2026, 11, 25)
    assert fault_of(shop.ordered, actor, ON, "week", now=last) == "change.has_it_already"
    assert call(shop, actor, last, 1) == call(shop, actor, last + timedelta(seconds=1), 9) == 0
    assert call(shop, actor, over, 2) == MINUTE  # a minute of the plan's is left
    assert left(actor, over) == {}
    connect(shop, actor, "week", over)
    assert (left(actor, over), shop.balance(actor)) == ({"week.all": 600}, 4_800 - 200 - 10)
    with shop.db.snapshot() as session:
        ends = session.exec(select(LineService.disconnected_at).where(LineService.line_id == actor.line_id)).all()
    assert sorted(map(str, ends)) == sorted(str(end.astimezone(UTC)) for end in (over, shop.at(2026, 12, 2)))
    shop.work(shop.at(2026, 12, 1, 1))
    assert left(actor, shop.at(2026, 12, 1, 1))["week.all"] == 600


def test_a_sum_of_money_pays_for_usage_and_the_receipt_says_so(shop: Counter) -> None:
    actor = shop.customer("light", money=5_000)
    connect(shop, actor, "sum", shop.now)
    at = shop.now + timedelta(hours=1)
    assert call(shop, actor, at, 4) == 0  # one minute of the plan's, three of ten kopecks out of fifty
    assert call(shop, actor, at + timedelta(seconds=1), 3) == MINUTE  # two are left, the third is paid
    assert left(actor, shop.now) == {"sum.money": 0}
    assert shop.balance(actor) == 5_000 - 100 - 10
    with shop.db.snapshot() as session:
        row = session.exec(select(RatedUse).order_by(col(RatedUse.started_at).desc())).first()
        assert row is not None
        found = receipt.of_line(session, line_id=actor.line_id, record_key=row.record_key, started_at=row.started_at)
    assert found.arithmetic is not None
    sums = found.arithmetic
    assert [(part.name, part.amount.units) for part in sums.covered] == [("Money", 2 * MINUTE)]
    assert (sums.paid, sums.sum.units, sums.charge.minor, found.charge.minor) == (3, 3 * MINUTE, 10, 10)


def test_undo_gives_back_what_nobody_has_drawn_from_and_refuses_after(shop: Counter) -> None:
    first, second = (shop.customer("light", money=5_000) for _ in range(2))
    for actor in (first, second):
        connect(shop, actor, "week", shop.now)
    soon = shop.now + timedelta(minutes=1)
    call(shop, second, soon, 1)
    assert fault_of(wiring.do_now, undo.undo, second, connection_id=held(shop, second), now=soon) == "service.used"
    wiring.do_now(undo.undo, first, connection_id=held(shop, first), now=soon)
    assert (left(first, soon), shop.balance(first)) == ({}, 5_000)


def held(shop: Counter, actor: Subscriber) -> Any:
    with shop.db.snapshot() as session:
        return session.exec(select(LineService.id).where(LineService.line_id == actor.line_id)).one()


def test_a_correction_leaves_what_other_months_have_used(any_shop: Counter) -> None:
    shop = any_shop
    actor = shop.customer("light", money=5_000)
    connect(shop, actor, "sum", shop.now)
    december = shop.at(2026, 12, 2, 12)
    call(shop, actor, shop.now + timedelta(hours=1), 3)  # a minute of the plan's, 20 kopecks out of the sum
    call(shop, actor, december, 2)  # the same in December: 10 kopecks out of the sum
    assert left(actor, december)["sum.money"] == 20
    with shop.db.transaction() as session:
        price = session.exec(select(Price).where(Price.code == "call")).one()
        price.rate_units = 2 * MINUTE
        session.add(PriceEdition(no=2, id=new_id(), at=shop.now))
    month = date(2026, 11, 1)
    wiring.do_now(correct.correct, WORKER, line_id=actor.line_id, month=month, now=december)
    # Two minutes at twenty kopecks: 40 of the 50 less the 10 of December.
    assert left(actor, december)["sum.money"] == 0
    assert shop.balance(actor) == 5_000 - 100
    again = wiring.do_now(correct.correct, WORKER, line_id=actor.line_id, month=month, now=december)
    assert again.records == 0
    assert call(shop, actor, december + timedelta(hours=1), 1) == 2 * MINUTE


def test_a_month_that_begins_after_its_first_records_shows_what_they_used(shop: Counter) -> None:
    actor = shop.customer("light", money=5_000)
    call(shop, actor, shop.at(2026, 12, 1, 0, 5), 1)
    shop.work(shop.at(2026, 12, 1, 1))
    assert left(actor, shop.at(2026, 12, 1, 1)) == {"m": 0}
