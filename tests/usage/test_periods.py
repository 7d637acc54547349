"""Which periods are offered, and where they begin and end by the operator's clock."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app.operators.schema.bills import DaysOfMonth
from selfcare_app.usage import detailing, rules
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.selection import Closed, NoSuchKind, NoSuchPeriod
from selfcare_app.usage.views import Choice
from tests.usage.conftest import Detail, utc

SEVEN = ["2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05"]
DAY = timedelta(days=1)


def shown(detail: Detail, line: object, period: str, now: datetime | None = None) -> list[datetime]:
    actor = detail.actor(line)  # type: ignore[arg-type]
    found = detail.ask(detailing.page, actor, choice=Choice(period), now=now)
    return [record.at for record in found.items]


@pytest.mark.requirement("ISSA-076", "ADM-027")
def test_six_months_and_the_current_one_are_offered_and_not_one_more(detail: Detail) -> None:
    line = detail.line()
    offer = detail.ask(detailing.offer, detail.actor(line, proven=False))
    assert [month.code for month in offer.months] == SEVEN
    assert [month.current for month in offer.months] == [True] + [False] * 6
    assert offer.directions == (Direction.OUTGOING, Direction.INCOMING)
    assert {Kind.CALL, Kind.SMS} <= set(offer.kinds)
    actor = detail.actor(line)
    for code in SEVEN:
        detail.ask(detailing.page, actor, choice=Choice(code))
    for code in ("2026-04", "2026-12", "2025-11", "", "2026-13", "2026-11-01..2026-11-02", "'; drop"):
        with pytest.raises(NoSuchPeriod):
            detail.ask(detailing.page, actor, choice=Choice(code))


@pytest.mark.requirement("ISSA-073", "ADM-027")
def test_the_current_period_ends_yesterday_by_the_operators_clock(detail: Detail) -> None:
    line = detail.line()
    # 18 November begins in Minsk three hours before it begins in Greenwich.
    last, first_of_today = utc("2026-11-17 20:59:59"), utc("2026-11-17 21:00")
    detail.record(line, last)
    detail.record(line, first_of_today)
    assert shown(detail, line, "2026-11") == [last]
    assert shown(detail, line, "2026-11", now=detail.now + DAY) == [first_of_today, last]


def test_a_month_is_the_operators_month(detail: Detail) -> None:
    line = detail.line()
    before, first = utc("2026-09-30 20:59:59.999999"), utc("2026-09-30 21:00")
    last, after = utc("2026-10-31 20:59:59.999999"), utc("2026-10-31 21:00")
    for at in (before, first, last, after):
        detail.record(line, at)
    assert shown(detail, line, "2026-10") == [last, first]
    assert shown(detail, line, "2026-09") == [before]
    assert shown(detail, line, "2026-11") == [after]


def test_no_month_before_the_line_was(embedded: Detail) -> None:
    line = embedded.line(activated_on=date(2026, 9, 30))
    offer = embedded.ask(detailing.offer, embedded.actor(line))
    assert [month.code for month in offer.months] == SEVEN[:3]
    born_today = embedded.line(activated_on=date(2026, 11, 18))
    offer = embedded.ask(detailing.offer, embedded.actor(born_today))
    assert [month.code for month in offer.months] == SEVEN[:1]


def test_on_the_first_of_a_month_the_current_period_is_empty_and_says_so(detail: Detail) -> None:
    line = detail.line()
    now = utc("2026-12-01 06:00")
    detail.record(line, utc("2026-12-01 05:00"))
    offer = detail.ask(detailing.offer, detail.actor(line), now=now)
    assert offer.months[0].code == "2026-12"
    assert offer.months[0].is_empty
    assert not offer.months[1].is_empty
    assert shown(detail, line, "2026-12", now=now) == []
    totals = detail.ask(detailing.totals, detail.actor(line), choice=Choice("2026-12"), now=now)
    assert totals.all.count == 0


def test_the_first_hours_after_midnight_in_minsk_are_already_the_new_day(embedded: Detail) -> None:
    offer = embedded.ask(detailing.offer, embedded.actor(embedded.line()), now=utc("2026-11-30 21:30"))
    assert offer.months[0].code == "2026-12"


@pytest.mark.parametrize("operator", ["assa"])
def test_a_day_on_which_clocks_change_is_one_day(detail: Detail) -> None:
    # In Kyiv 25 October 2026 has 25 hours: from 21:00 the day before to 22:00 of the same day in Greenwich.
    line = detail.line()
    inside = [utc("2026-10-24 21:00"), utc("2026-10-25 00:30"), utc("2026-10-25 01:30"), utc("2026-10-25 21:59:59")]
    around = [utc("2026-10-24 20:59:59"), utc("2026-10-25 22:00")]
    for at in inside + around:
        detail.record(line, at)
    actor = detail.actor(line)
    totals = detail.ask(detailing.totals, actor, choice=Choice("2026-10"))
    assert [(day, part.count) for day, part in totals.by_day] == [
        (date(2026, 10, 26), 1),
        (date(2026, 10, 25), 4),
        (date(2026, 10, 24), 1),
    ]
    days = detail.ask(detailing.page, actor, choice=Choice("2026-10-25..2026-10-25"))
    assert [record.at for record in days.items] == inside[::-1]


@pytest.mark.security("asvs_2_2_3")
@pytest.mark.parametrize("operator", ["assa"])
def test_days_may_be_chosen_where_the_operator_lets(embedded: Detail) -> None:
    line = embedded.line()
    actor = embedded.actor(line)
    offer = embedded.ask(detailing.offer, actor)
    assert offer.any_days
    for good in (f"{offer.earliest}..{offer.until - DAY}", "2026-10-05..2026-10-05"):
        embedded.ask(detailing.page, actor, choice=Choice(good))
    bad = (
        f"{offer.earliest - DAY}..2026-10-01",
        f"2026-10-01..{offer.until}",
        "2026-10-05..2026-10-04",
        "2026-02-30..2026-03-01",
    )
    for code in bad:
        with pytest.raises(NoSuchPeriod):
            embedded.ask(detailing.page, actor, choice=Choice(code))


def test_kinds_and_directions_that_the_operator_does_not_show_are_refused(embedded: Detail) -> None:
    actor = embedded.actor(embedded.line())
    shown_kinds = embedded.profile.call_detail.model_copy(update={"kinds": embedded.profile.call_detail.kinds[:2]})
    embedded.db.info["profile"] = embedded.profile.model_copy(update={"call_detail": shown_kinds})
    with pytest.raises(NoSuchKind):
        embedded.ask(detailing.page, actor, choice=Choice("2026-10", kinds=(Kind.DATA,)))


def test_call_detail_rests_only_where_the_profile_lists_it(embedded: Detail) -> None:
    actor = embedded.actor(embedded.line())
    second = utc("2026-12-02 09:00")
    embedded.ask(detailing.page, actor, choice=Choice("2026-11"), now=second)
    bills = embedded.profile.closed_windows.bills
    assert isinstance(bills, DaysOfMonth)
    listed = bills.model_copy(update={"features": (*bills.features, "call_detail")})
    closed = embedded.profile.closed_windows.model_copy(update={"bills": listed})
    embedded.db.info["profile"] = embedded.profile.model_copy(update={"closed_windows": closed})
    with pytest.raises(Closed) as refusal:
        embedded.ask(detailing.page, actor, choice=Choice("2026-11"), now=second)
    assert refusal.value.params == {"reopens": date(2026, 12, 4)}
    embedded.ask(detailing.page, actor, choice=Choice("2026-11"), now=second + 2 * DAY)


ZONES = st.sampled_from(
    ["Europe/Minsk", "Europe/Kyiv", "America/Asuncion", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe"]
)


@given(zone=ZONES, first=st.dates(date(2010, 1, 1), date(2029, 1, 1)), length=st.integers(1, 220), data=st.data())
def test_stretches_give_every_moment_its_local_day(zone: str, first: date, length: int, data: st.DataObject) -> None:
    place = ZoneInfo(zone)
    stretches = rules.stretches(first, first + timedelta(days=length), place)
    assert all(one.until == other.since for one, other in pairwise(stretches))
    assert stretches[0].since.astimezone(place).date() == first
    assert (stretches[-1].until - timedelta(seconds=1)).astimezone(place).date() == first + timedelta(days=length - 1)
    assert stretches[-1].until.astimezone(place).date() == first + timedelta(days=length)
    one = data.draw(st.sampled_from(stretches))
    at = one.since + timedelta(seconds=data.draw(st.integers(0, int((one.until - one.since).total_seconds()) - 1)))
    assert one.first_day + timedelta(days=(at - one.midnight) // DAY) == at.astimezone(place).date()
