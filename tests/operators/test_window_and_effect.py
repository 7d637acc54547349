"""Closed windows and due moments on every day that there is."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from selfcare_app.operators.effect import due_at
from selfcare_app.operators.schema.bills import ClosedWindow, DaysOfMonth, LastDaysOfMonth
from selfcare_app.operators.schema.features import Feature
from selfcare_app.operators.schema.orders import Effect
from selfcare_app.operators.schema.vocabulary import EffectKind
from selfcare_app.operators.window import is_closed, reopens_on

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
ZONES = st.sampled_from([ZoneInfo("Europe/Minsk"), ZoneInfo("Europe/Kyiv")])
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
FEATURES = (Feature.BILL_REPEAT,)


def days_of_month(bounds: tuple[int, int]) -> DaysOfMonth:
    return DaysOfMonth(kind="days_of_month", features=FEATURES, first_day=min(bounds), last_day=max(bounds))


def last_days(days: int) -> LastDaysOfMonth:
    return LastDaysOfMonth(kind="last_days_of_month", features=FEATURES, days=days)


DAY = st.integers(1, 28)
DAYS_OF_MONTH = st.tuples(DAY, DAY).map(days_of_month)
LAST_DAYS = st.integers(1, 27).map(last_days)
WINDOWS: st.SearchStrategy[ClosedWindow] = st.one_of(DAYS_OF_MONTH, LAST_DAYS)


@given(DAYS_OF_MONTH, DAYS)
def test_days_of_month_hold_from_the_first_to_the_last(window: DaysOfMonth, day: date) -> None:
    assert is_closed(window, day) == (day.day in range(window.first_day, window.last_day + 1))


@given(LAST_DAYS, DAYS)
def test_last_days_hold_that_many_days_before_the_next_month(window: LastDaysOfMonth, day: date) -> None:
    length = calendar.monthrange(day.year, day.month)[1]
    closed = [number for number in range(1, length + 1) if is_closed(window, day.replace(day=number))]
    assert closed == list(range(length - window.days + 1, length + 1))


@given(WINDOWS, DAYS)
def test_it_opens_again_on_the_first_open_day(window: ClosedWindow, day: date) -> None:
    opens = reopens_on(window, day)
    assert opens >= day
    assert not is_closed(window, opens)
    assert all(is_closed(window, day + timedelta(days=gone)) for gone in range((opens - day).days))


@given(MOMENTS, ZONES)
def test_what_acts_at_once_is_due_at_once(moment: datetime, zone: ZoneInfo) -> None:
    at_once = Effect(kind=EffectKind.AT_ONCE)
    within = Effect(kind=EffectKind.WITHIN, at_most_seconds=86400)
    assert due_at(at_once, confirmed_at=moment, zone=zone) == due_at(within, confirmed_at=moment, zone=zone) == moment


@given(MOMENTS, ZONES)
def test_the_next_day_begins_at_local_midnight(moment: datetime, zone: ZoneInfo) -> None:
    due = due_at(Effect(kind=EffectKind.NEXT_DAY), confirmed_at=moment, zone=zone)
    assert due > moment
    assert due.tzinfo is UTC
    local = due.astimezone(zone)
    assert local.time() == time.min
    assert local.date() == moment.astimezone(zone).date() + timedelta(days=1)


@given(MOMENTS, ZONES)
def test_the_next_month_begins_on_its_first_day(moment: datetime, zone: ZoneInfo) -> None:
    due = due_at(Effect(kind=EffectKind.NEXT_MONTH), confirmed_at=moment, zone=zone)
    local, asked = due.astimezone(zone), moment.astimezone(zone)
    assert (local.day, local.time()) == (1, time.min)
    assert local.year * 12 + local.month == asked.year * 12 + asked.month + 1


@given(MOMENTS)
def test_the_next_day_in_minsk_is_within_24_hours(moment: datetime) -> None:
    due = due_at(Effect(kind=EffectKind.NEXT_DAY), confirmed_at=moment, zone=ZoneInfo("Europe/Minsk"))
    assert due - moment <= timedelta(hours=24)


def test_the_operators_midnight_counts_and_not_utc() -> None:
    late = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    due = due_at(Effect(kind=EffectKind.NEXT_MONTH), confirmed_at=late, zone=ZoneInfo("Europe/Minsk"))
    assert due == datetime(2026, 12, 31, 21, 0, tzinfo=UTC)
