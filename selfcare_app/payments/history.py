"""Payments received for the account that pays for the actor's line."""

from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.payments.tables import Payment
from selfcare_app.payments.views import PaymentView
from selfcare_app.subscribers.tables import Line


def last(session: Session, actor: Subscriber, *, limit: int, now: datetime) -> tuple[PaymentView, ...]:
    """The last payments, newest first, however they came in."""
    query = (
        select(Payment)
        .join(Line, col(Line.account_id) == Payment.account_id)
        .where(Line.id == actor.line_id, Payment.paid_at <= now)
        .order_by(col(Payment.paid_at).desc(), col(Payment.id).desc())
        .limit(limit)
    )
    scale = operators.of(session).currency_scale
    return tuple(
        PaymentView(row.id, row.paid_at, Money(row.amount_minor, row.currency, scale), row.channel)
        for row in session.exec(query).all()
    )
