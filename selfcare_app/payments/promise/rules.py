"""Pure decisions about promised payments: how much, until when, and which place is free."""

from collections.abc import Collection
from datetime import datetime, timedelta

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.money import PromisedPayment as Rule


class TooMuch(Refused):
    """More than `most` can't be promised. ISSA-061, IH-026."""

    code = "promise.too_much"


class TooLittle(Refused):
    """Less than `least` is not worth a promise."""

    code = "promise.too_little"


def check(amount: Money, rule: Rule) -> None:
    """Raises TooMuch, TooLittle."""
    if amount.minor > rule.max_minor:
        raise TooMuch(most=Money(rule.max_minor, amount.currency, amount.scale))
    if amount.minor < rule.min_minor:
        raise TooLittle(least=Money(rule.min_minor, amount.currency, amount.scale))


def due_at(made_at: datetime, rule: Rule) -> datetime:
    """When what was promised is taken back: so many whole days later. ISSA-062, IH-026."""
    return made_at + timedelta(days=rule.valid_days)


def free_slot(taken: Collection[int], rule: Rule) -> int | None:
    """A place for one more that is active at once; None where there is none."""
    return next((slot for slot in range(rule.active_at_once) if slot not in taken), None)
