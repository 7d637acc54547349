"""Pure decisions about instalments: how many are left, what the next one is, when it is due."""

import calendar
from datetime import date


def left(rest_minor: int, monthly_minor: int) -> int:
    """How many payments the rest takes; the last one may be smaller."""
    return -(-rest_minor // monthly_minor)


def due(rest_minor: int, monthly_minor: int, *, whole: bool) -> int:
    """What is paid now, in minor units: all that is left, or the next payment."""
    return rest_minor if whole else min(rest_minor, monthly_minor)


def next_on(first: date | None, paid: int) -> date | None:
    """The day of the next payment when so many of those from `first` on have been paid ahead."""
    if first is None:
        return None
    year, month = divmod(first.year * 12 + first.month - 1 + paid, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
