"""Pure decisions about wrong payments: the conditions of a return, and the day by which it is reviewed."""

from datetime import date, timedelta
from enum import StrEnum

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.money import Refund as Rule

_SATURDAY = 5
_DAY = timedelta(days=1)


class Refusal(StrEnum):
    """Why an application is refused; the subscriber reads it in the SMS."""

    NOT_FOUND = "not_found"
    SPENT = "spent"
    RECEIPT = "receipt"


class TooMuch(Refused):
    """A payment of more than `most` is returned elsewhere. ISSA-065, ISSA-069."""

    code = "refund.too_much"


class TooOld(Refused):
    """A payment that is older than `days` days is returned elsewhere. ISSA-066, ISSA-069."""

    code = "refund.too_old"


class InFuture(Refused):
    """Nobody has paid on a day that is still to come."""

    code = "refund.in_future"


class TooDifferent(Refused):
    """The numbers differ in more than `most` digits: that was no slip of the finger. ISSA-067, ISSA-069."""

    code = "refund.too_different"


class SameNumber(Refused):
    """The payment went to the right number."""

    code = "refund.same_number"


class Nothing(Refused):
    """A payment is of more than nothing."""

    code = "refund.nothing"


def check_amount(amount: Money, rule: Rule) -> None:
    """Raises Nothing, TooMuch."""
    if amount.minor <= 0:
        raise Nothing()
    if amount.minor > rule.max_minor:
        raise TooMuch(most=Money(rule.max_minor, amount.currency, amount.scale))


def check_age(paid_on: date, today: date, rule: Rule) -> None:
    """Raises InFuture, TooOld."""
    if paid_on > today:
        raise InFuture()
    if (today - paid_on).days > rule.max_age_days:
        raise TooOld(days=rule.max_age_days)


def check_numbers(right: str, wrong: str, rule: Rule) -> None:
    """Raises SameNumber, TooDifferent."""
    differing = differing_digits(right, wrong)
    if differing == 0:
        raise SameNumber()
    if differing > rule.max_differing_digits:
        raise TooDifferent(most=rule.max_differing_digits)


def differing_digits(one: str, other: str) -> int:
    """In how many places two numbers differ; numbers of different lengths in all of the longer one."""
    if len(one) != len(other):
        return max(len(one), len(other))
    return sum(left != right for left, right in zip(one, other, strict=True))


def review_by(applied_on: date, working_days: int) -> date:
    """The last day of the review: so many working days after the day of the application. ISSA-070."""
    day = applied_on
    for _ in range(working_days):
        day += _DAY
        while day.weekday() >= _SATURDAY:
            day += _DAY
    return day
