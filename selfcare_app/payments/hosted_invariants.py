"""What must hold of payments on acquirers' pages, asked of the database as it stands."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.payments import hosted_rules
from selfcare_app.payments.hosted_tables import HostedPayment

_LATE = timedelta(hours=2)
"""How much later than it should a worker may come, before it is said that nobody comes at all."""

_CREDITED = """
SELECT h.id AS payment, h.amount_minor, SUM(t.amount_minor) AS moved, COUNT(t.id) AS transfers
FROM hosted_payment h LEFT JOIN transfer t ON t.operation_id = h.operation_id
  AND t.credit_id IN (SELECT a.id FROM ledger_account a WHERE a.account_id = h.account_id)
WHERE h.state = 'paid'
GROUP BY h.id, h.amount_minor
HAVING COUNT(t.id) <> 1 OR SUM(t.amount_minor) <> h.amount_minor
"""


def checks() -> tuple[Check, ...]:
    """I7, and that what an acquirer has taken was credited whole, once."""
    return (
        Check("I7", "a payment that was paid is one transfer of its amount to its account", _credited),
        Check("I7", "a payment on an acquirer's page has its end in time", _forgotten),
    )


def _credited(session: Session, now: datetime) -> Rows:
    return [dict(row) for row in session.connection().execute(text(_CREDITED)).mappings()]


def _forgotten(session: Session, now: datetime) -> Rows:
    latest = now - hosted_rules.UNREACHABLE - _LATE
    query = select(HostedPayment.id, HostedPayment.state).where(
        col(HostedPayment.state).in_(("new", "pending")), HostedPayment.created_at < latest
    )
    return [{"payment": str(payment), "state": state} for payment, state in session.exec(query).all()]
