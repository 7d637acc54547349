"""What may be put on an account: the least and the most at once, and on another's so much a month (AS-063)."""

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money

SCOPE = "top_up.other"
"""The guarded counter of what a line has put on others' accounts this month, in minor units."""


class TooLittle(Refused):
    """Less than may be put on an account at once: `least` is Money."""

    code = "topup.too_little"


class TooMuch(Refused):
    """More than may be put on an account at once: `most` is Money."""

    code = "topup.too_much"


class OwnOnly(Refused):
    """Another's account can't be topped up here."""

    code = "topup.own_only"


class MonthSpent(Refused):
    """Others' accounts have got what they may this month; `most` is Money, `again` the day when it begins anew."""

    code = "topup.month_spent"


class Limits(Protocol):
    """What a profile says about topping up (`operators.schema.money.TopUp`)."""

    @property
    def min_minor(self) -> int: ...
    @property
    def max_minor(self) -> int: ...
    @property
    def other_lines(self) -> bool: ...
    @property
    def other_min_minor(self) -> int | None: ...
    @property
    def other_max_per_month_minor(self) -> int | None: ...


def least(limits: Limits, *, is_other: bool) -> int:
    """The least amount at once, in minor units."""
    return max(limits.min_minor, limits.other_min_minor or 0) if is_other else limits.min_minor


def most(limits: Limits, *, is_other: bool) -> int:
    """The most at once, in minor units."""
    month = limits.other_max_per_month_minor if is_other else None
    return limits.max_minor if month is None else min(limits.max_minor, month)


def refusal(limits: Limits, amount: Money, *, is_other: bool) -> Refused | None:
    """Why not this amount; None where it may be. What the month has seen already is counted elsewhere."""
    if is_other and not limits.other_lines:
        return OwnOnly()
    low, high = least(limits, is_other=is_other), most(limits, is_other=is_other)
    if amount.minor < low:
        return TooLittle(least=Money(low, amount.currency, amount.scale))
    if amount.minor > high:
        return TooMuch(most=Money(high, amount.currency, amount.scale))
    return None


def month_end(now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of the operator's next calendar month."""
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
