"""Who had agreed to what a line is charged by: the order that put it on its tariff plan."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.orders.tables import Order
from selfcare_app.usage.views_receipt import Consent

_TARIFF_CHANGE = "tariff_change"


def of_plan(session: Session, *, line_id: UUID, plan: str, at: datetime) -> Consent | None:
    """The order by which the line was on the plan at that moment; None where it came to it by its contract."""
    query = (
        select(Order)
        .where(Order.line_id == line_id, Order.kind == _TARIFF_CHANGE, Order.state == "done", Order.due_at <= at)
        .order_by(col(Order.due_at).desc(), col(Order.id).desc())
        .limit(1)
    )
    found = session.exec(query).first()
    if found is None or found.params.get("code") != plan:
        return None
    return Consent(found.id, found.no, found.accepted_at, found.channel, found.session_id)
