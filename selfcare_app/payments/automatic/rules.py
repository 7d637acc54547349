"""Pure decisions about automatic top-up: what may be chosen, when it is tried again, what was asked often enough."""

from datetime import datetime, timedelta

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.money import AutomaticTopUp, TopUp
from selfcare_app.payments import hosted_rules, rules_top_up
from selfcare_app.payments.automatic.views import Limits, Sums

NEVER_HEARD_OF = 2
"""How often an acquirer has to say that it knows nothing of a charge, five minutes and an hour after it."""


class ThresholdTooLow(Refused):
    """Less than `least` is no threshold."""

    code = "automatic.threshold_too_low"


class ThresholdTooHigh(Refused):
    """More than `most` is no threshold."""

    code = "automatic.threshold_too_high"


class AmountBelowThreshold(Refused):
    """So little that the account would still be below: at least `least`."""

    code = "automatic.amount_below_threshold"


class MonthTooLittle(Refused):
    """A month allows less than one top-up: at least `least`."""

    code = "automatic.month_too_little"


class MonthTooMuch(Refused):
    """More than `most` a month is not taken."""

    code = "automatic.month_too_much"


def limits(rule: AutomaticTopUp, top_up: TopUp, like: Money) -> Limits:
    """What may be chosen, in the currency of `like`."""

    def money(minor: int) -> Money:
        return Money(minor, like.currency, like.scale)

    return Limits(
        threshold_least=money(rule.threshold_min_minor),
        threshold_most=money(rule.threshold_max_minor),
        amount_least=money(top_up.min_minor),
        amount_most=money(min(top_up.max_minor, rule.month_max_minor)),
        month_most=money(rule.month_max_minor),
    )


def faults(chosen: Sums, within: Limits) -> dict[str, Refused]:
    """What is wrong with what was chosen, by field."""
    found: dict[str, Refused] = {}
    if chosen.threshold < within.threshold_least:
        found["threshold"] = ThresholdTooLow(least=within.threshold_least)
    elif chosen.threshold > within.threshold_most:
        found["threshold"] = ThresholdTooHigh(most=within.threshold_most)
    if chosen.amount < within.amount_least:
        found["amount"] = rules_top_up.TooLittle(least=within.amount_least)
    elif chosen.amount > within.amount_most:
        found["amount"] = rules_top_up.TooMuch(most=within.amount_most)
    elif "threshold" not in found and chosen.amount < chosen.threshold:
        found["amount"] = AmountBelowThreshold(least=chosen.threshold)
    if chosen.month > within.month_most:
        found["month"] = MonthTooMuch(most=within.month_most)
    elif "amount" not in found and chosen.month < chosen.amount:
        found["month"] = MonthTooLittle(least=chosen.amount)
    return found


def again_at(rule: AutomaticTopUp, refusals: int, now: datetime) -> datetime | None:
    """When it is tried again after so many refusals in a row; None where it is turned off instead."""
    if refusals > len(rule.retry_after_seconds):
        return None
    return now + timedelta(seconds=rule.retry_after_seconds[refusals - 1])


def asked_at(sent_at: datetime, asked: int, now: datetime) -> datetime | None:
    """When the acquirer is asked after a charge that it was asked after so often; None where that was enough."""
    upcoming = hosted_rules.next_question(sent_at, asked)
    while upcoming is not None and upcoming <= now:
        asked += 1
        upcoming = hosted_rules.next_question(sent_at, asked)
    return upcoming
