"""Usage of a month day by day and by kind, and the largest amount that records not yet here may still come to."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session, func, select

from selfcare_app import operators
from selfcare_app.db import micros
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money, Rate
from selfcare_app.operators import Profile
from selfcare_app.usage import detailing, monthly, rules, selection, statements
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.detailing import Added
from selfcare_app.usage.selection import LineKept, Selection
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.usage.views import Period
from selfcare_app.usage.views_monthly import DayUse, StillToCome, UseByDay

_DAY = timedelta(days=1)
_MESSAGES = (Kind.SMS, Kind.MMS)
_COUNT, _SECONDS, _OCTETS, _UNITS = range(4)
_Part = tuple[tuple[date, Kind], Added]


def read(session: Session, actor: Subscriber, *, month: str = "", now: datetime) -> UseByDay:
    """A month by its code, the current one for "". Sums name nobody, so that no proof is asked for (ISSA-053, AS-041).

    Raises selection.NoSuchLine, selection.NoSuchPeriod.
    """
    profile, line = operators.of(session), selection.line_of(session, actor)
    offered = _months(profile, line, now)
    period = monthly.period_of(offered, month)
    everything = detailing.added(session, _selection(session, line, period, tuple(Direction)))
    sent = detailing.added(session, _selection(session, line, period, (Direction.OUTGOING,)))
    return UseByDay(
        period=period,
        months=offered,
        days=_days(profile, everything, sent),
        kinds=_kinds(profile, everything),
        total=_sum(profile, everything.items(), sent.items()),
        newest=session.exec(select(func.max(UsageRecord.started_at)).where(UsageRecord.line_no == line.no)).one(),
    )


def still_to_come(session: Session, actor: Subscriber, *, now: datetime) -> StillToCome:
    """What records that are late may still come to, told by the dearest days of the months that are shown.

    Records of the own network are late by up to the profile's `late_usage.home_days`, those of partners abroad by
    `roaming_days`; so many days touch one calendar day more. Raises selection.NoSuchLine.
    """
    profile, line = operators.of(session), selection.line_of(session, actor)
    late, offered = profile.late_usage, _months(profile, line, now)
    home, roaming = _spent_by_day(session, line, Period("", offered[-1].first, offered[0].until))
    dearest_home = _money(profile, dearest(home, late.home_days + 1))
    dearest_roaming = _money(profile, dearest(roaming, late.roaming_days + 1))
    return StillToCome(dearest_home, late.home_days, dearest_roaming, late.roaming_days, dearest_home + dearest_roaming)


def dearest(spent: Mapping[date, int], days: int) -> int:
    """The largest sum of any `days` days in a row; nothing where nothing was spent."""
    # A dearest run may be taken to begin on a day with charges: to begin before one only loses days at its end.
    return max((sum(spent.get(first + n * _DAY, 0) for n in range(days)) for first in spent), default=0)


def _months(profile: Profile, line: LineKept, now: datetime) -> tuple[Period, ...]:
    return rules.months(
        months_back=profile.call_detail.months_back,
        shows_today=True,
        activated_on=line.activated_on,
        today=now.astimezone(profile.zone).date(),
    )


def _selection(session: Session, line: LineKept, period: Period, ways: tuple[Direction, ...]) -> Selection:
    values = {"line_no": line.no, **statements.chosen(ways, tuple(Kind))}
    return Selection(period=period, zone=operators.of(session).zone, values=values, by_number=False)


def _spent_by_day(session: Session, line: LineKept, period: Period) -> tuple[dict[date, int], dict[date, int]]:
    """Units of charge by local day, of the own network and of roaming."""
    statement = statements.spent(session)
    found: tuple[dict[date, int], dict[date, int]] = ({}, {})
    for stretch in rules.stretches(period.first, period.until, operators.of(session).zone):
        span = {"since": stretch.since, "until": stretch.until, "midnight": micros(stretch.midnight)}
        for place, roaming, units in statement.run(session, {"line_no": line.no, **span}):
            day = stretch.first_day + place * _DAY
            found[bool(roaming)][day] = found[bool(roaming)].get(day, 0) + units
    return found


def _days(
    profile: Profile, everything: dict[tuple[date, Kind], Added], sent: dict[tuple[date, Kind], Added]
) -> tuple[tuple[date, DayUse], ...]:
    days = sorted({day for day, _ in everything})
    return tuple(
        (
            day,
            _sum(
                profile,
                [part for part in everything.items() if part[0][0] == day],
                [part for part in sent.items() if part[0][0] == day],
            ),
        )
        for day in days
    )


def _sum(profile: Profile, everything: Iterable[_Part], sent: Iterable[_Part]) -> DayUse:
    every, outgoing = list(everything), list(sent)
    return DayUse(
        seconds=sum(part[_SECONDS] for (_, kind), part in outgoing if kind is Kind.CALL),
        messages=sum(part[_COUNT] for (_, kind), part in outgoing if kind in _MESSAGES),
        octets=sum(part[_OCTETS] for (_, kind), part in every if kind is Kind.DATA),
        charge=_money(profile, sum(part[_UNITS] for _, part in every)),
    )


def _kinds(profile: Profile, everything: dict[tuple[date, Kind], Added]) -> tuple[tuple[Kind, int, Money], ...]:
    found: dict[Kind, list[int]] = {}
    for (_, kind), part in everything.items():
        sums = found.setdefault(kind, [0, 0])
        sums[0] += part[_COUNT]
        sums[1] += part[_UNITS]
    return tuple((kind, found[kind][0], _money(profile, found[kind][1])) for kind in sorted(found))


def _money(profile: Profile, units: int) -> Money:
    return Rate(units, profile.currency, profile.currency_scale).rounded()
