"""Usage day by day and by kind, and the largest amount that may still come."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app.usage import by_day
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.selection import NoSuchPeriod
from selfcare_app.usage.views_monthly import StillToCome, UseByDay
from tests.usage.conftest import Detail, utc

DAYS = st.dictionaries(st.integers(0, 60).map(lambda n: date(2026, 1, 1) + timedelta(days=n)), st.integers(1, 10**9))


@pytest.mark.requirement("ISSA-053", "AS-041")
def test_days_kinds_and_the_whole_agree(detail: Detail) -> None:
    line = detail.line()
    at = utc("2026-10-15 20:59")
    out, back = Direction.OUTGOING, Direction.INCOMING
    for moment, kind, way, columns in (
        (at, Kind.CALL, out, {"duration_seconds": 60, "charge_units": 120_000}),
        (at, Kind.CALL, back, {"duration_seconds": 600}),
        (at + timedelta(minutes=1), Kind.CALL, out, {"duration_seconds": 30, "charge_units": 60_000}),
        (at, Kind.SMS, out, {"charge_units": 50_000}),
        (at, Kind.SMS, back, {}),
        (at, Kind.DATA, out, {"bytes_in": 5, "bytes_out": 6, "charge_units": 4_000}),
    ):
        detail.record(line, moment, kind=kind, direction=way, **columns)
    detail.record(detail.line(), at, charge_units=10**7)
    found: UseByDay = detail.ask(by_day.read, detail.actor(line, proven=False), month="2026-10")
    days = dict(found.days)
    assert list(days) == [date(2026, 10, 15), date(2026, 10, 16)], "the second call began on the 16th in Minsk"
    first, second = days.values()
    assert (first.seconds, first.messages, first.octets) == (60, 1, 11)
    assert (second.seconds, second.messages, second.octets) == (30, 0, 0)
    assert first.charge is not None
    assert found.total.charge is not None
    assert (first.charge.minor, found.total.charge.minor) == (17, 23)
    assert found.total.seconds == 90
    assert [(kind, count, charge.minor) for kind, count, charge in found.kinds] == [
        (Kind.CALL, 3, 18),
        (Kind.SMS, 2, 5),
        (Kind.DATA, 1, 0),
    ]
    assert found.newest == at + timedelta(minutes=1)


def test_a_month_that_is_not_shown_is_not_found(embedded: Detail) -> None:
    actor = embedded.actor(embedded.line())
    assert len(embedded.ask(by_day.read, actor).months) == 7
    for month in ("2026-04", "2026-12", "x" * 500):
        with pytest.raises(NoSuchPeriod):
            embedded.ask(by_day.read, actor, month=month)


def test_a_new_line_has_used_nothing(embedded: Detail) -> None:
    actor = embedded.actor(embedded.line())
    found: UseByDay = embedded.ask(by_day.read, actor)
    assert (found.days, found.kinds, found.newest) == ((), (), None)
    coming: StillToCome = embedded.ask(by_day.still_to_come, actor)
    assert coming.total.minor == 0


@given(spent=DAYS, length=st.integers(1, 8))
def test_the_dearest_run_is_the_dearest_of_all(spent: dict[date, int], length: int) -> None:
    every = (date(2025, 12, 20) + timedelta(days=n) for n in range(90))
    runs = [sum(spent.get(first + timedelta(days=n), 0) for n in range(length)) for first in every]
    assert by_day.dearest(spent, length) == max(runs)


@pytest.mark.requirement("AS-041")
def test_what_may_come_is_the_dearest_run_at_home_and_abroad(detail: Detail) -> None:
    line = detail.line()
    noon = utc("2026-09-10 09:00")
    for days, units, zone in (
        (0, 1_000_000, Zone.ON_NET),
        (1, 2_000_000, Zone.FIXED),
        (2, 1_500_000, Zone.ON_NET),
        (0, 300_000, Zone.ROAMING),
        (3, 400_000, Zone.ROAMING),
        (4, 500_000, Zone.ROAMING),
        (40, 1_100_000, Zone.ROAMING),
        (-200, 90_000_000, Zone.ON_NET),
    ):
        detail.record(line, noon + timedelta(days=days), charge_units=units, zone=zone)
    coming: StillToCome = detail.ask(by_day.still_to_come, detail.actor(line, proven=False))
    late = detail.profile.late_usage
    assert (coming.home_days, coming.roaming_days) == (late.home_days, late.roaming_days) == (1, 3)
    assert (coming.home.minor, coming.roaming.minor, coming.total.minor) == (350, 110, 460)
