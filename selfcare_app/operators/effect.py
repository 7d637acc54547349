"""When an order that was confirmed now is due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from selfcare_app.operators.schema.orders import Effect
from selfcare_app.operators.schema.vocabulary import EffectKind

_LONGEST_MONTH = timedelta(days=31)


def due_at(effect: Effect, *, confirmed_at: datetime, zone: ZoneInfo) -> datetime:
    """The moment (aware UTC) from which the worker carries out an order confirmed at `confirmed_at` (aware).

    `at_once` and `within` are due when the time to think it over has passed; the rest when the operator's next day or
    month begins (AS-055).
    """
    if effect.kind in (EffectKind.AT_ONCE, EffectKind.WITHIN):
        return confirmed_at.astimezone(UTC) + timedelta(seconds=effect.at_least_seconds or 0)
    today = confirmed_at.astimezone(zone).date()
    first = _next_month(today) if effect.kind == EffectKind.NEXT_MONTH else today + timedelta(days=1)
    return datetime.combine(first, time.min, zone).astimezone(UTC)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + _LONGEST_MONTH).replace(day=1)
