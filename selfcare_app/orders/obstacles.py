"""What stands against a change of a line's plan, services or Пауза, each with what it depends on."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.operators import window
from selfcare_app.operators.schema import Feature
from selfcare_app.subscribers.tables import Account, Line


class NotOffered(NotFound):
    """The operator has no such thing, or not for this line."""

    code = "change.not_offered"


class LineNotActive(Refused):
    """The line is paused or blocked; its plan and services stay until it works again. ISSA-042."""

    code = "change.line_not_active"


class NotEnoughMoney(Refused):
    """The prepaid balance `balance` is less than `price`; `missing` is what is missing. ISSA-041."""

    code = "change.not_enough_money"


class ClosedNow(Refused):
    """The operator does not take such orders on these days; again on `reopens_on`."""

    code = "change.closed_now"


class ChangedLately(Refused):
    """The plan has been changed as often as it may be in a month; possible again on `possible_on`. AS-056."""

    code = "change.changed_lately"


class PlanNotOpen(Refused):
    """One can't go over to the plan (any more)."""

    code = "change.plan_not_open"


class SamePlan(Refused):
    """The line has this plan already."""

    code = "change.same_plan"


class NotOnThisPlan(Refused):
    """The tariff plan does not foresee the service. AS-052."""

    code = "change.not_on_this_plan"


class HasItAlready(Refused):
    """The service is connected already."""

    code = "change.has_it_already"


class HasItNot(Refused):
    """The service is not connected."""

    code = "change.has_it_not"


class NotPaused(Refused):
    """The line is not in Пауза by its subscriber's wish."""

    code = "change.not_paused"


class TermsChanged(Refused):
    """What would be confirmed is not what was reviewed: another price, day or thing."""

    code = "change.terms_changed"


def closed(session: Session, feature: Feature, now: datetime) -> ClosedNow | None:
    """Whether such orders are not taken on these days."""
    profile = operators.of(session)
    shut = profile.closed_windows.for_feature(feature)
    today = now.astimezone(profile.zone).date()
    if shut is None or not window.is_closed(shut, today):
        return None
    return ClosedNow(reopens_on=window.reopens_on(shut, today))


def shortage(session: Session, line: Line, price: Money) -> NotEnoughMoney | None:
    """Whether a prepaid account has too little for the price; a postpaid one has its credit limit in the ledger."""
    settlement = session.get_one(Account, line.account_id).settlement
    if settlement != "prepaid" or price.minor <= 0:
        return None
    has = balance.of_account(session, line.account_id)
    return NotEnoughMoney(balance=has, price=price, missing=price - has) if has < price else None
