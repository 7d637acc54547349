"""The worker's part: takes promised payments back, when they are due or when a payment has come before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.ledger.reverse import reverse
from selfcare_app.messaging import outbox
from selfcare_app.payments.promise.register import KIND
from selfcare_app.payments.promise.tables import PromisedPayment
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Line

PROMISED = "promised"
"""The channel of promises in the operator's own history of payments: they are no money that came."""


def due(session: Session, actor: System, *, limit: int, now: datetime) -> tuple[UUID, ...]:
    """Active promises whose time has come, and those whose account has been paid as much since; the oldest first."""
    query = (
        select(PromisedPayment.id)
        .where(PromisedPayment.state == "active", or_(col(PromisedPayment.due_at) <= now, _is_paid(now)))
        .order_by(col(PromisedPayment.due_at), col(PromisedPayment.id))
        .limit(limit)
    )
    return tuple(session.exec(query).all())


def take_back(session: Session, actor: System, *, promise_id: UUID, now: datetime) -> bool:
    """Ends one by the exact reverse of what was lent; False if it is not for us any more.

    The balance may go below its floor by it: the money is spent already (ISSA-062, IH-026).
    """
    query = select(PromisedPayment).where(PromisedPayment.id == promise_id, PromisedPayment.state == "active")
    row = session.exec(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return False
    is_paid = session.exec(select(PromisedPayment.id).where(PromisedPayment.id == row.id, _is_paid(now))).first()
    if is_paid is None and row.due_at > now:
        return False
    back = reverse(session, actor, transfer_id=row.transfer_id, key=f"{KIND}:{row.id}", now=now, may_overdraw=True)
    row.state, row.ended_at, row.back_operation_id = ("repaid" if is_paid else "taken_back"), now, back.operation_id
    session.flush()
    _tell(session, actor, row, now)
    return True


def _is_paid(now: datetime) -> ColumnElement[bool]:
    since = (
        select(func.coalesce(func.sum(Payment.amount_minor), 0))
        .where(
            Payment.account_id == PromisedPayment.account_id,
            col(Payment.paid_at) >= PromisedPayment.made_at,
            Payment.paid_at <= now,
            Payment.channel != PROMISED,
        )
        .correlate(PromisedPayment)
        .scalar_subquery()
    )
    return since >= col(PromisedPayment.amount_minor)


def _tell(session: Session, actor: System, row: PromisedPayment, now: datetime) -> None:
    amount = Money(row.amount_minor, row.currency, operators.of(session).currency_scale)
    details = {"amount": amount.text, "currency": amount.currency}
    record(session, actor, line_id=row.line_id, action=f"promise_{row.state}", details=details, now=now)
    line = session.get_one(Line, row.line_id)
    if line.msisdn is None:
        return
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or operators.of(session).default_language,
        key=f"promise.sms.{row.state}",
        args={"amount": amount, "balance": balance.of_account(session, row.account_id)},
        dedup_key=f"{KIND}:{row.id}:ended",
        now=now,
    )
