"""Tariff advice: the line's last complete months on every plan open to it, equal to what the engine would bill."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfcare_app.catalogue import prices
from selfcare_app.catalogue.price_tables import PlanPackage, Price, PriceEdition, ServicePackage
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money, Rate
from selfcare_app.subscribers.tables import Line, LineService
from selfcare_app.usage import advice
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.rating import engine
from selfcare_app.usage.rating.engine import Use
from selfcare_app.usage.views_advice import Advice
from tests.usage.conftest import Detail, utc

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
MONTHS = tuple(date(2026, month, 1) for month in (10, 9, 8, 7, 6, 5))


def offer(detail: Detail, code: str, *, fee: int, minute: int, free: int = 0, **columns: Any) -> None:
    """A plan with a price for a started minute, and one for 100 KB a tenth of it, in ten-thousandths."""
    plain = {"name": code.title(), "fee_minor": fee, "valid_from": SINCE, "valid_until": None}
    with detail.db.transaction() as session:
        session.add(TariffPlan(id=new_id(), code=code, **(plain | columns)))
        if free:
            session.add(
                PlanPackage(id=new_id(), plan=code, code="m", name="m", unit="seconds", amount=free, valid_from=SINCE)
            )
        for kind, step, rate in ((Kind.CALL, 60, minute), (Kind.DATA, 102_400, minute // 10)):
            session.add(
                Price(
                    id=new_id(), plan=code, code=kind.name, position=1, kind=kind, direction=Direction.OUTGOING,
                    step=step, rate_units=rate, packages="m" if free and kind == Kind.CALL else "", valid_from=SINCE,
                )
            )  # fmt: skip
        no = (prices.edition(session) is not None and session.query(PriceEdition).count()) or 0
        session.add(PriceEdition(no=no + 1, id=new_id(), at=SINCE))


def ask(detail: Detail, line: Line, now: datetime | None = None) -> Advice:
    found: Advice = detail.ask(advice.read, detail.actor(line, proven=False), now=now)
    return found


def calls(detail: Detail, line: Line, *minutes: int) -> None:
    """So many minutes of calls in October, September …"""
    for first, count in zip(MONTHS, minutes, strict=False):
        if count:
            at = datetime(first.year, first.month, 15, 9, tzinfo=UTC)
            detail.record(line, at, duration_seconds=count * 60, zone=Zone.ON_NET)


def test_every_open_plan_is_rated_and_the_cheapest_is_advised(detail: Detail) -> None:
    offer(detail, "now", fee=500, minute=100_000)
    offer(detail, "big", fee=1_500, minute=50_000, free=36_000, switch_fee_minor=300)
    offer(detail, "small", fee=100, minute=200_000)
    line = detail.line(tariff_plan="now")
    calls(detail, line, 300, 300, 300, 300, 300, 300)
    found = ask(detail, line)
    assert (found.months, found.present, found.best, found.stay, found.missing) == (MONTHS, "now", "big", False, "")
    assert [(plan.code, plan.total.minor, plan.saving.minor, plan.switching.minor) for plan in found.plans] == [
        ("big", 9_000, 12_000, 300), ("now", 21_000, 0, 0), ("small", 36_600, -15_600, 0),
    ]  # fmt: skip
    big = found.plan("big")
    assert big is not None
    assert [(month.first, month.fee.minor, month.usage.minor) for month in big.months] == [
        (m, 1_500, 0) for m in MONTHS
    ]
    assert (big.name, big.fee, big.usage, big.months[0].total) == (
        "Big",
        Money(9_000, "BYN"),
        Money(0, "BYN"),
        Money(1_500, "BYN"),
    )


@pytest.mark.parametrize(("switch_fee", "best"), [(5_999, "other"), (6_000, "now"), (6_001, "now")])
def test_it_says_stay_when_switching_costs_as_much_as_it_saves(embedded: Detail, switch_fee: int, best: str) -> None:
    offer(embedded, "now", fee=2_000, minute=0)
    offer(embedded, "other", fee=1_000, minute=0, switch_fee_minor=switch_fee)
    line = embedded.line(tariff_plan="now")
    found = ask(embedded, line)
    assert (found.best, found.stay) == (best, best == "now")
    assert found.plans[0].code == "other"


def test_only_plans_that_may_be_chosen_and_the_present_one(embedded: Detail) -> None:
    offer(embedded, "now", fee=2_000, minute=0, open_for_change=False)
    offer(embedded, "closed", fee=1, minute=0, open_for_change=False)
    offer(embedded, "office", fee=1, minute=0, settlement="postpaid")
    offer(embedded, "modem", fee=1, minute=0, plan_class="internet")
    offer(embedded, "past", fee=1, minute=0, valid_until=utc("2026-11-01 00:00"))
    offer(embedded, "other", fee=3_000, minute=0)
    assert [plan.code for plan in ask(embedded, embedded.line(tariff_plan="now")).plans] == ["now", "other"]


@pytest.mark.parametrize(
    ("activated", "count"),
    [(date(2026, 10, 1), 1), (date(2026, 10, 2), 0), (date(2026, 8, 31), 2), (date(2020, 1, 1), 6), (date(2026, 11, 3), 0)],
)  # fmt: skip
def test_only_complete_months_count(embedded: Detail, activated: date, count: int) -> None:
    offer(embedded, "now", fee=2_000, minute=0)
    found = ask(embedded, embedded.line(tariff_plan="now", activated_on=activated))
    assert found.months == MONTHS[:count]
    assert found.missing == ("" if count else "months")
    assert bool(found.plans) == bool(count)


def test_the_month_begins_and_ends_where_the_operator_is(embedded: Detail) -> None:
    offer(embedded, "now", fee=0, minute=10_000)
    line = embedded.line(tariff_plan="now")
    for at in ("2026-04-30 20:59", "2026-04-30 21:00", "2026-10-31 20:59", "2026-10-31 21:00"):
        embedded.record(line, utc(at), duration_seconds=60)
    (plan,) = ask(embedded, line).plans
    assert [month.usage.minor for month in plan.months] == [1, 0, 0, 0, 0, 1]


def test_daily_fees_and_the_line_s_discount_are_counted(embedded: Detail) -> None:
    offer(embedded, "now", fee=999, minute=0)
    offer(embedded, "daily", fee=33, minute=0, fee_period="day")
    line = embedded.line(tariff_plan="now", fee_discount_percent=50, fee_discount_until=date(2026, 7, 16))
    found = ask(embedded, line)
    fees = {plan.code: [month.fee.minor for month in plan.months] for plan in found.plans}
    assert fees["now"] == [999, 999, 999, 500, 500, 500]
    # Half of 33 is 17 a day: fifteen such days in July.
    assert fees["daily"] == [33 * 31, 33 * 30, 33 * 31, 17 * 15 + 33 * 16, 17 * 30, 17 * 31]


def test_without_prices_there_is_no_advice(embedded: Detail) -> None:
    line = embedded.line(tariff_plan="now")
    assert (ask(embedded, line).missing, ask(embedded, line).stay) == ("prices", True)
    offer(embedded, "other", fee=1, minute=0)
    assert ask(embedded, line).plans == ()


def test_prices_are_those_in_force_now_and_new_ones_are_seen_at_once(embedded: Detail) -> None:
    offer(embedded, "now", fee=0, minute=10_000)
    line = embedded.line(tariff_plan="now")
    calls(embedded, line, 100)
    assert ask(embedded, line).plans[0].usage.minor == 100
    with embedded.db.transaction() as session:
        turn = embedded.now - timedelta(days=1)
        for price in session.query(Price).where(Price.kind == Kind.CALL):
            new = price.model_dump() | {"id": new_id(), "valid_from": turn, "rate_units": 20_000}
            price.valid_until = turn
            session.add(Price(**new))
        session.add(PriceEdition(no=9, id=new_id(), at=turn))
    assert ask(embedded, line).plans[0].usage.minor == 200


uses = st.lists(
    st.tuples(
        st.integers(0, 200 * 86_400), st.sampled_from([Kind.CALL, Kind.DATA, Kind.SMS]), st.sampled_from(list(Direction)),
        st.integers(0, 9_000), st.integers(0, 90_000_000),
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=uses, minute=st.integers(0, 200_000), free=st.integers(0, 30_000))
def test_it_is_equal_to_the_engine_s_bill(embedded: Detail, made: list[Any], minute: int, free: int) -> None:
    code = f"plan{new_id()}"
    offer(embedded, code, fee=700, minute=minute, free=free)
    line = embedded.line(tariff_plan=code)
    begin = utc("2026-04-25 00:00")
    records = [
        Use(begin + timedelta(seconds=at), kind, way, Zone.ON_NET, seconds if kind == Kind.CALL else 0, octets if kind == Kind.DATA else 0)
        for at, kind, way, seconds, octets in sorted(made, key=lambda use: use[0])
    ]  # fmt: skip
    rows = [
        {"started_at": use.at, "kind": use.kind, "direction": use.direction, "zone": use.zone,
         "duration_seconds": use.duration_seconds, "bytes_in": use.octets // 2, "bytes_out": use.octets - use.octets // 2}
        for use in records
    ]  # fmt: skip
    embedded.records(line, rows)
    with embedded.db.snapshot() as session:
        price_list = prices.lists(session)[code]
    zone = embedded.profile.zone
    bill: dict[tuple[int, int], int] = {}
    for charge in engine.rate_all(records, replace(price_list), zone):
        place = charge.month, charge.use.kind
        bill[place] = bill.get(place, 0) + charge.units
    plan = ask(embedded, line).plan(code)
    assert plan is not None
    for month in plan.months:
        number = month.first.year * 12 + month.first.month - 1
        billed = sum(Rate(units, "BYN").rounded().minor for (where, _), units in bill.items() if where == number)
        assert (month.usage.minor, month.fee.minor) == (billed, 700)


def service(detail: Detail, code: str, *, fee: int, seconds: int = 0, money: int = 0, **columns: Any) -> None:
    """A service with a package of calls on the own network, or of money for anything at home."""
    plain = {"name": code.title(), "fee_minor": fee, "valid_from": SINCE}
    gives = [("seconds", seconds, 1 << Kind.CALL)] * bool(seconds) + [("minor", money, 0b11110)] * bool(money)
    own = {name: columns.pop(name) for name in ("zones", "days") if name in columns}
    with detail.db.transaction() as session:
        session.add(Service(id=new_id(), code=code, **(plain | columns)))
        session.add_all(
            ServicePackage(
                id=new_id(), service=code, code=unit, name=unit, unit=unit, amount=amount, kinds=kinds,
                direction=Direction.OUTGOING, valid_from=SINCE, **({"zones": 1 << Zone.ON_NET} | own),
            )
            for unit, amount, kinds in gives
        )  # fmt: skip
        session.add(PriceEdition(no=100 + session.query(PriceEdition).count(), id=new_id(), at=SINCE))


def connect(detail: Detail, line: Line, code: str) -> None:
    with detail.db.transaction() as session:
        at = detail.now - timedelta(days=1)
        session.add(LineService(id=new_id(), external_id=str(new_id()), line_id=line.id, service=code, connected_at=at))


def told(found: Advice) -> list[tuple[str, str, int, int, int]]:
    return [(p.code, p.package, p.fee.minor, p.usage.minor, p.switching.minor) for p in found.plans]


def test_every_package_open_to_the_line_is_worked_out_too(detail: Detail) -> None:
    offer(detail, "now", fee=500, minute=100_000)
    offer(detail, "other", fee=600, minute=90_000, switch_fee_minor=300)
    offer(detail, "far", fee=9_000, minute=90_000)
    service(detail, "talk", fee=300, seconds=6_000, connect_fee_minor=50)
    service(detail, "sum", fee=100, money=30)
    service(detail, "closed", fee=1, seconds=60_000, open_for_change=False)
    service(detail, "elsewhere", fee=1, seconds=60_000, plans=["far"])
    service(detail, "week", fee=0, seconds=60_000, days=7)
    line = detail.line(tariff_plan="now")
    calls(detail, line, 100, 100, 100, 100, 100, 100)
    found = ask(detail, line)
    # Six months; 100 minutes at 10 or 9 kopecks, which the package of talk covers, and the one of sum 30 kopecks of.
    assert told(found) == [
        ("now", "talk", 6 * 800, 0, 50),
        ("other", "talk", 6 * 900, 0, 350),
        ("now", "", 6 * 500, 6 * 1_000, 0),
        ("other", "", 6 * 600, 6 * 900, 300),
        ("now", "sum", 6 * 600, 6 * 970, 0),
        ("other", "sum", 6 * 700, 6 * 870, 300),
        ("far", "", 6 * 9_000, 6 * 900, 0),
    ]
    assert (found.best, found.best_package, found.stay) == ("now", "talk", False)
    best = found.plan("now", "talk")
    assert best is not None
    assert (best.is_present, best.saving.minor) == (False, 6 * 700)


def test_what_the_line_has_is_kept_where_the_plan_foresees_it(embedded: Detail) -> None:
    offer(embedded, "now", fee=0, minute=100_000)
    offer(embedded, "other", fee=0, minute=100_000)
    net = {"category": "mobile_internet", "plans": ["now"]}
    service(embedded, "small", fee=10, seconds=60, **net)
    service(embedded, "large", fee=20, seconds=120, **net)
    line = embedded.line(tariff_plan="now")
    connect(embedded, line, "small")
    calls(embedded, line, 3, 3, 3, 3, 3, 3)
    found = ask(embedded, line)
    # Of packages of mobile internet a line has one: the large one takes the small one's place.
    assert told(found) == [
        ("now", "", 6 * 10, 6 * 20, 0), ("now", "large", 6 * 20, 6 * 10, 0), ("other", "", 0, 6 * 30, 0),
    ]  # fmt: skip
    # All cost the same, and of equals the present one stays.
    assert (found.best, found.best_package, found.stay) == ("now", "", True)


def test_a_package_that_costs_what_it_saves_is_not_advised(embedded: Detail) -> None:
    offer(embedded, "now", fee=0, minute=100_000)
    service(embedded, "talk", fee=10, seconds=60)
    line = embedded.line(tariff_plan="now")
    calls(embedded, line, 5, 5, 5, 5, 5, 5)
    found = ask(embedded, line)
    assert (found.best_package, found.stay) == ("", True)
    with embedded.db.transaction() as session:
        session.query(Service).one().fee_minor = 9
    found = ask(embedded, line)
    assert (found.best_package, found.stay) == ("talk", False)
