"""Keeps what an acquirer told apart for the desk, once for each of its transactions."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.payments.dispute.tables import PaymentDispute
from selfcare_app.payments.hosted_views import Facts
from selfcare_app.payments.tables import Payment

_LONGEST_CURRENCY = 8


def note(
    session: Session,
    *,
    line_id: UUID,
    account_id: UUID,
    way: str,
    acquirer: str,
    asked: Money,
    facts: Facts,
    now: datetime,
) -> bool:
    """Adds it to the desk's queue; False where it stands there, or was decided, already. Not a use case."""
    same = select(PaymentDispute.id).where(
        PaymentDispute.of_id == facts.payment_id, PaymentDispute.transaction_id == facts.transaction_id
    )
    if session.exec(same).first() is not None:
        return False
    session.add(
        PaymentDispute(
            id=new_id(),
            of_id=facts.payment_id,
            line_id=line_id,
            account_id=account_id,
            way=way,
            acquirer=acquirer,
            transaction_id=facts.transaction_id,
            asked_minor=asked.minor,
            currency=asked.currency,
            told_minor=facts.amount_minor,
            told_currency=facts.currency[:_LONGEST_CURRENCY],
            told_at=now,
        )
    )
    session.flush()
    return True


def is_credited(session: Session, acquirer: str, transaction_id: str) -> bool:
    """Whether the very money of a transaction stands on an account already."""
    same = select(Payment.id).where(Payment.external_id == f"{acquirer}:{transaction_id}")
    return session.exec(same).first() is not None
