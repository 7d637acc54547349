"""Pure decisions about fees: which days of a period are charged, at what percentage, and what that comes to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FULL = 100
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days of the operator's time zone: [since, until); None is without end."""

    since: date | None
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether the day is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Percents:
    """What of a fee is charged on a day: in full, or in Пауза `paused` per cent of it."""

    paused: int
    first_day_in_full: bool = True

    def on(self, day: date, pauses: Iterable[Days]) -> int:
        """The percentage on that day; `pauses` begin on the day of activation and end before the day of resuming.

        On the day of activation the fee is charged as without Пауза (ISSA-097), from the next one the share of it
        (ISSA-098, ISSA-100); on the day of resuming it is charged in full.
        """
        for pause in pauses:
            begun = pause.since is None or (pause.since < day if self.first_day_in_full else pause.since <= day)
            if begun and (pause.until is None or day < pause.until):
                return self.paused
        return FULL


def month_of(day: date) -> tuple[date, date]:
    """The calendar month of a day: its first day and the first of the next."""
    first = day.replace(day=1)
    return first, (first + 32 * _DAY).replace(day=1)


def days_of(since: date, until: date) -> Iterator[date]:
    """The days of [since, until)."""
    for offset in range((until - since).days):
        yield since + offset * _DAY


def day_percents(since: date, until: date, had: Iterable[Days], pauses: Iterable[Days], percents: Percents) -> int:
    """The sum, over the days of [since, until) on which the thing was had, of the percentage that holds on each."""
    had, pauses = tuple(had), tuple(pauses)
    if not pauses:
        return FULL * sum(_overlap(since, until, days) for days in had)
    return sum(percents.on(day, pauses) for day in days_of(since, until) if any(days.covers(day) for days in had))


def _overlap(since: date, until: date, days: Days) -> int:
    begin = since if days.since is None else max(since, days.since)
    end = until if days.until is None else min(until, days.until)
    return max(0, (end - begin).days)


def discount_on(percent: int, until: date | None, day: date) -> int:
    """The discount in per cent that holds for a period which begins on that day. ISSA-099."""
    return percent if percent and (until is None or day < until) else 0


def amount(fee_minor: int, discount_percent: int, percents: int, days: int) -> int:
    """The part of a fee in minor units, rounded once, halves away from zero.

    `percents` is what `day_percents` gives and `days` are the days of the whole period: a whole month without Пауза
    is the fee, less the discount.
    """
    whole = fee_minor * (100 - discount_percent) * percents
    unit = 10_000 * days
    return (whole + unit // 2) // unit


def vat_in(amount_minor: int, vat_percent: int) -> int:
    """The value added tax that an amount contains, rounded to the minor unit, halves away from zero."""
    sign = -1 if amount_minor < 0 else 1
    unit = 100 + vat_percent
    return sign * ((abs(amount_minor) * vat_percent + unit // 2) // unit)
