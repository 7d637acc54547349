"""Takes back what waits for a line that its owner has stopped: plan and services stay, nothing is charged."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from selfcare_app.orders import change, order
from selfcare_app.orders.rules import OrderState


def waiting(session: Session, *, line_id: UUID, now: datetime) -> None:
    """Ends the line's accepted changes; the caller holds the line's lock."""
    for todo in order.waiting(session, line_id, kinds=change.KINDS):
        order.finish(session, order_id=todo.id, state=OrderState.WITHDRAWN, now=now)
