"""The last operations of a line: payments, what usage cost day by day, and what else the ledger moved."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber
from selfcare_app.ledger import opening, statement
from selfcare_app.ledger.views import Entry
from selfcare_app.payments import history
from selfcare_app.payments.tables import Payment
from selfcare_app.payments.views import Movement
from selfcare_app.usage import charges


def last(session: Session, actor: Subscriber, *, limit: int, now: datetime) -> tuple[Movement, ...]:
    """The newest first, each once: what came in and what went out. One kind of usage on one day is one movement."""
    zone = operators.of(session).zone

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    paid = [
        Movement(day(payment.paid_at), payment.paid_at, "payment", payment.channel, payment.amount)
        for payment in history.last(session, actor, limit=limit, now=now)
    ]
    moved = [
        Movement(day(entry.at), entry.at, "ledger", entry.code, entry.amount)
        for entry in _other_than_payments(session, actor, limit, now)
    ]
    used = [
        Movement(charge.day, None, "usage", charge.kind.name.lower(), -charge.charge, charge.count)
        for charge in charges.recent(session, actor, limit=limit, now=now)
    ]
    return tuple(sorted([*paid, *moved, *used], key=_newest_first)[:limit])


def _other_than_payments(session: Session, actor: Subscriber, limit: int, now: datetime) -> list[Entry]:
    # A payment that moved the balance is in both tables; here it is told by its own, which knows when it was paid.
    entries = statement.read(session, actor, limit=3 * limit, now=now).items
    operations = [entry.operation_id for entry in entries]
    payments = set(session.exec(select(Payment.operation_id).where(col(Payment.operation_id).in_(operations))).all())
    return [entry for entry in entries if entry.kind != opening.KIND and entry.operation_id not in payments][:limit]


def _newest_first(movement: Movement) -> tuple[int, float]:
    return -movement.day.toordinal(), -movement.at.timestamp() if movement.at else 0.0
