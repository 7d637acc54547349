"""What Home shows of usage: packages left and charges, none of which names a number."""

from datetime import date, timedelta

import pytest

from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.usage import allowance, charges
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.tables import Allowance
from selfcare_app.usage.views import DayCharge
from tests.usage.conftest import Detail, utc


def give(detail: Detail, line_id: object, code: str, **columns: object) -> None:
    plain = {
        "id": new_id(),
        "line_id": line_id,
        "code": code,
        "name": code,
        "kind": "seconds",
        "total": 600,
        "used": 60,
    }
    plain |= {"period_from": date(2026, 11, 1), "period_until": date(2026, 12, 1), "as_of": detail.now}
    with detail.db.transaction() as session:
        session.add(Allowance(**{**plain, **columns}))


def test_packages_in_force_today_and_of_this_line(detail: Detail) -> None:
    line, other = detail.line(), detail.line()
    give(detail, line.id, "minutes")
    give(detail, line.id, "gift", promo=True, used=700)
    give(detail, line.id, "october", period_from=date(2026, 10, 1), period_until=date(2026, 11, 1))
    give(detail, line.id, "ended_yesterday", period_until=date(2026, 11, 18))
    give(detail, line.id, "december", period_from=date(2026, 12, 1), period_until=date(2027, 1, 1))
    give(detail, other.id, "foreign")
    found = detail.ask(allowance.left, detail.actor(line, proven=False))
    assert [(package.code, package.left, package.last_day) for package in found] == [
        ("minutes", 540, date(2026, 11, 30)),
        ("gift", 0, date(2026, 11, 30)),
    ]


def test_charges_of_this_month_and_the_one_before(detail: Detail) -> None:
    line, other = detail.line(), detail.line()
    detail.record(line, utc("2026-11-18 09:00"), charge_units=15_000)
    detail.record(line, utc("2026-10-31 21:00"), charge_units=20_000)
    detail.record(line, utc("2026-10-31 20:59"), charge_units=1_000_000)
    detail.record(line, utc("2026-09-30 20:59"), charge_units=7_000_000)
    detail.record(other, utc("2026-11-10 09:00"), charge_units=9_000_000)
    current, before = detail.ask(charges.months, detail.actor(line, proven=False))
    assert (current.first, current.charge) == (date(2026, 11, 1), Money(4, "BYN"))
    assert (before.first, before.until, before.charge) == (date(2026, 10, 1), date(2026, 11, 1), Money(100, "BYN"))


@pytest.mark.requirement("ISSA-043")
def test_last_charges_are_sums_of_a_day_and_name_nobody(detail: Detail) -> None:
    line = detail.line()
    for minute in range(3):
        detail.record(line, utc("2026-11-17 09:00") + timedelta(minutes=minute), charge_units=100_000)
    detail.record(line, utc("2026-11-17 10:00"), kind=Kind.SMS, charge_units=50_000)
    detail.record(line, utc("2026-11-18 09:00"), charge_units=0)
    detail.record(line, utc("2026-11-12 09:00"), charge_units=10_000)
    found = detail.ask(charges.recent, detail.actor(line, proven=False), limit=2)
    assert found == (
        DayCharge(date(2026, 11, 17), Kind.CALL, 3, Money(30, "BYN")),
        DayCharge(date(2026, 11, 17), Kind.SMS, 1, Money(5, "BYN")),
    )
