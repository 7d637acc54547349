"""Takes back what waits for a line whose cabinet was closed in an emergency: nothing is charged, the number is free."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app.numbers import hold
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.orders import order
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.tables import Order


def waiting(session: Session, *, line_id: UUID, now: datetime) -> None:
    """Ends the line's accepted number changes; the caller holds the line's lock."""
    query = select(Order.id).where(Order.line_id == line_id, Order.kind == KIND, Order.state == OrderState.ACCEPTED)
    for order_id in session.exec(query).all():
        if order.finish(session, order_id=order_id, state=OrderState.WITHDRAWN, now=now):
            hold.free_of_order(session, order_id=order_id, now=now)
