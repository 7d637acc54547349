"""Pure decisions about giving money away: the limits, and the days of a schedule."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.money import Transfer
from selfcare_app.operators.schema.vocabulary import Recurrence

RUNS_AT = time(10)
"""The operator's hour at which schedules run: the messages that follow wake nobody."""

_TIMES_A_MONTH = {Recurrence.DAILY: 31, Recurrence.WEEKLY: 5, Recurrence.MONTHLY: 1}
"""How often a schedule may run in the longest month."""


class TooLittle(Refused):
    """Less than `least` is not sent at once."""

    code = "sharing.too_little"


class TooMuch(Refused):
    """More than `most` is not sent at once."""

    code = "sharing.too_much"


class TooMuchToday(Refused):
    """`left` may still be sent today, `limit` a day; more from `possible_on`."""

    code = "sharing.too_much_today"


class TooOften(Refused):
    """As many transfers as a day may have; again from `possible_on`."""

    code = "sharing.too_often"


class TooMuchThisMonth(Refused):
    """`left` may still be sent this month, `limit` a month; more from `possible_on`."""

    code = "sharing.too_much_this_month"


class NewRecipient(Refused):
    """The recipient is new: `left` may still be sent there before `possible_at`."""

    code = "sharing.new_recipient"


class TooMuchByMonth(Refused):
    """By this schedule, and those that are on, a month could cost more than `limit`."""

    code = "sharing.schedule_too_much"


class NoSuchDay(Refused):
    """The day is none of a week or a month."""

    code = "sharing.no_such_day"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a line has sent so far, in minor units; `first_at` is the first transfer to the recipient in question."""

    today_minor: int = 0
    today: int = 0
    month_minor: int = 0
    to_recipient_minor: int = 0
    first_at: datetime | None = None


def refusal(
    rule: Transfer, sent: Sent, money: Money, *, factor: Fraction = Fraction(1), now: datetime, zone: ZoneInfo
) -> Refused | None:
    """Why the limits forbid to send this now, or None. `factor` is the part of the limits that the line has."""

    def amount_of(minor: int) -> Money:
        return Money(max(0, minor), money.currency, money.scale)

    today = now.astimezone(zone).date()
    most, a_day = int(rule.max_minor * factor), int(rule.max_per_day_minor * factor)
    if money.minor < rule.min_minor:
        return TooLittle(least=amount_of(rule.min_minor))
    if money.minor > most:
        return TooMuch(most=amount_of(most))
    if sent.today >= max(1, int(rule.per_day * factor)):
        return TooOften(possible_on=today + timedelta(days=1))
    if sent.today_minor + money.minor > a_day:
        left = amount_of(a_day - sent.today_minor)
        return TooMuchToday(limit=amount_of(a_day), left=left, possible_on=today + timedelta(days=1))
    if rule.max_per_month_minor is not None:
        a_month = int(rule.max_per_month_minor * factor)
        if sent.month_minor + money.minor > a_month:
            left = amount_of(a_month - sent.month_minor)
            return TooMuchThisMonth(limit=amount_of(a_month), left=left, possible_on=_next_month(today))
    return _new_recipient(rule, sent, money, factor, now)


def _new_recipient(rule: Transfer, sent: Sent, money: Money, factor: Fraction, now: datetime) -> Refused | None:
    known_at = (sent.first_at or now) + timedelta(seconds=rule.new_recipient_seconds)
    limit = int(rule.new_recipient_max_minor * factor)
    if known_at <= now or sent.to_recipient_minor + money.minor <= limit:
        return None
    left = Money(max(0, limit - sent.to_recipient_minor), money.currency, money.scale)
    if sent.first_at is None:
        return TooMuch(most=left)
    return NewRecipient(left=left, possible_at=known_at)


def schedule_refusal(
    rule: Transfer, planned: Sequence[tuple[Recurrence, int]], recurrence: Recurrence, money: Money
) -> Refused | None:
    """Whether a month of this schedule, beside those planned already, could cost more than a month may."""
    if rule.max_per_month_minor is None:
        return None
    together = sum(by_month(each, minor) for each, minor in (*planned, (recurrence, money.minor)))
    if together <= rule.max_per_month_minor:
        return None
    return TooMuchByMonth(limit=Money(rule.max_per_month_minor, money.currency, money.scale))


def by_month(recurrence: Recurrence, minor: int) -> int:
    """The most that a schedule can send in one month."""
    return _TIMES_A_MONTH[recurrence] * minor


def day_of(recurrence: Recurrence, typed: str) -> int:
    """The day of a schedule as it is kept. Raises NoSuchDay."""
    if recurrence == Recurrence.DAILY:
        return 0
    last = 7 if recurrence == Recurrence.WEEKLY else 31
    plain = typed.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 2 and 1 <= int(plain) <= last):
        raise NoSuchDay()
    return int(plain)


def following(recurrence: Recurrence, day: int, after: date) -> date:
    """The schedule's first day later than `after`; a day that a month has not is its last one."""
    if recurrence == Recurrence.DAILY:
        return after + timedelta(days=1)
    if recurrence == Recurrence.WEEKLY:
        return after + timedelta(days=(day - after.isoweekday() - 1) % 7 + 1)
    here = _in_month(after, day)
    return here if here > after else _in_month(_next_month(after), day)


def due_at(day: date, zone: ZoneInfo) -> datetime:
    """When the run of a day is due, aware UTC."""
    return datetime.combine(day, RUNS_AT, zone).astimezone(UTC)


def day_began(now: datetime, zone: ZoneInfo) -> datetime:
    """When the operator's present day began."""
    return datetime.combine(now.astimezone(zone).date(), time.min, zone).astimezone(UTC)


def month_began(now: datetime, zone: ZoneInfo) -> datetime:
    """When the operator's present month began."""
    return datetime.combine(now.astimezone(zone).date().replace(day=1), time.min, zone).astimezone(UTC)


def _in_month(within: date, day: int) -> date:
    return within.replace(day=min(day, calendar.monthrange(within.year, within.month)[1]))


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
