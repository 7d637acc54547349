"""The archive of what a subscriber has done: orders, and money given to others where the operator keeps that there.

It stands here because this is the lowest area that may see orders and transfers together.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.kit.page import Page
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import order
from selfcare_app.orders.views import OrderView
from selfcare_app.payments.transfer_send import KIND
from selfcare_app.payments.transfer_tables import MoneyTransfer


@dataclass(frozen=True, slots=True)
class Given:
    """Money that went from the line's account to another's number, at once or by schedule."""

    id: UUID
    at: datetime
    number: Msisdn
    amount: Money
    by_schedule: bool


Entry = OrderView | Given


def list_own(session: Session, actor: Subscriber, *, cursor: str = "") -> Page[Entry]:
    """The line's entries, the newest first, a page at a time; a delegate sees orders alone. ISSA-045, IH-049."""
    orders = order.list_own(session, actor, cursor=cursor)
    if not _keeps_transfers(session) or actor.acting:
        return Page(orders.items, orders.next)
    given = _given(session, actor, cursor)
    # Both have ids that grow with time, so that the first of both together are the next page.
    found: list[Entry] = sorted((*orders.items, *given), key=lambda each: each.id, reverse=True)
    shown = tuple(found[: order.PAGE_SIZE])
    more = len(found) > order.PAGE_SIZE or orders.next is not None
    return Page(shown, str(shown[-1].id) if more else None)


def _keeps_transfers(session: Session) -> bool:
    profile = operators.of(session)
    return profile.has(Feature.TRANSFER) and KIND in profile.operations.kinds


def _given(session: Session, actor: Subscriber, cursor: str) -> list[Given]:
    query = select(MoneyTransfer).where(MoneyTransfer.line_id == actor.line_id)
    if cursor:
        query = query.where(col(MoneyTransfer.id) < UUID(cursor))
    rows = session.exec(query.order_by(col(MoneyTransfer.id).desc()).limit(order.PAGE_SIZE + 1)).all()
    scale = operators.of(session).currency_scale
    return [
        Given(
            row.id,
            row.sent_at,
            Msisdn(row.recipient),
            Money(row.amount_minor, row.currency, scale),
            row.schedule_id is not None,
        )
        for row in rows
    ]
