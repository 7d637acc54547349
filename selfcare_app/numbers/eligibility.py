"""Whether a line may change its number now: its state, an order that waits, how often it has changed, the money."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.access import account_lock, halt
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.numbers import rules
from selfcare_app.operators import window
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.numbers import NumberChange
from selfcare_app.orders import order
from selfcare_app.subscribers.tables import Account, Line

KIND = "number_change"
"""The kind of the orders, drafts and proofs."""


class LineNotActive(Refused):
    """The line is paused or blocked; its number stays until it works again. ISSA-042."""

    code = "numbers.line_not_active"


class ChangedLately(Refused):
    """The number has been changed as often as it may be; possible again at `possible_at`."""

    code = "numbers.changed_lately"


class NotEnoughMoney(Refused):
    """The prepaid balance `balance` is less than `price`; `missing` is what is missing. ISSA-041."""

    code = "numbers.not_enough_money"


class ClosedNow(Refused):
    """The operator does not take such orders on these days; again on `reopens_on`."""

    code = "numbers.closed_now"


def obstacle(
    session: Session, actor: Subscriber, *, line: Line, rule: NumberChange, price: Money | None, now: datetime
) -> Refused | None:
    """Why the line can't order a number of this price now, or None; without a price money is not looked at."""
    stopped = halt.why_not(session, line_id=line.id) or account_lock.why_not(session, line_id=line.id)
    if stopped is not None:
        return stopped
    waiting = order.open_order(session, actor, kind=KIND)
    if waiting is not None:
        return order.OpenOrder(no=waiting.no)
    if line.state != "active":
        return LineNotActive()
    again = rules.possible_again(order.carried_out_at(session, line.id, kind=KIND), rule, now)
    if again is not None:
        return ChangedLately(possible_at=again)
    return _closed(session, now) or (shortage(session, line.account_id, price) if price is not None else None)


def shortage(session: Session, account_id: UUID, price: Money) -> NotEnoughMoney | None:
    """Whether a prepaid account has too little for the price; a postpaid one has its credit limit in the ledger."""
    settlement = session.exec(select(Account.settlement).where(Account.id == account_id)).one()
    if settlement != "prepaid":
        return None
    has = balance.of_account(session, account_id)
    return NotEnoughMoney(balance=has, price=price, missing=price - has) if has < price else None


def _closed(session: Session, now: datetime) -> ClosedNow | None:
    profile = operators.of(session)
    closed = profile.closed_windows.for_feature(Feature.NUMBER_CHANGE)
    today = now.astimezone(profile.zone).date()
    if closed is None or not window.is_closed(closed, today):
        return None
    return ClosedNow(reopens_on=window.reopens_on(closed, today))
