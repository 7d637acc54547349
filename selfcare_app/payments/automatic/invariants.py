"""What must hold of automatic top-ups, asked of the database as it stands."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.payments import hosted_rules
from selfcare_app.payments.automatic.tables import AutomaticCharge

_LATE = timedelta(hours=2)
"""How much later than it should a worker may come, before it is said that nobody comes at all."""

_CREDITED = """
SELECT c.id AS charge, c.amount_minor, SUM(t.amount_minor) AS moved, COUNT(t.id) AS transfers
FROM automatic_charge c LEFT JOIN transfer t ON t.operation_id = c.operation_id
  AND t.credit_id IN (SELECT a.id FROM ledger_account a WHERE a.account_id = c.account_id)
WHERE c.state = 'paid'
GROUP BY c.id, c.amount_minor
HAVING COUNT(t.id) <> 1 OR SUM(t.amount_minor) <> c.amount_minor
"""
_TWICE = """
SELECT c.account_id, c.fall, COUNT(*) AS paid FROM automatic_charge c WHERE c.state = 'paid' AND NOT EXISTS (
  SELECT 1 FROM automatic_charge v WHERE v.account_id = c.account_id AND v.fall = c.fall AND v.attempt < c.attempt
    AND v.state = 'paid' AND v.finished_at > c.sent_at)
GROUP BY c.account_id, c.fall
HAVING COUNT(*) > 1
"""
"""A charge that nobody knew of any more may be told of after the next was sent: that money is credited too."""


def checks() -> tuple[Check, ...]:
    """I7 for charges of kept cards."""
    return (
        Check("I7", "a charge of a kept card that was paid is one transfer of its amount to its account", _credited),
        Check("I7", "a falling below is charged for once", _twice),
        Check("I7", "a charge of a kept card has its end in time", _forgotten),
    )


def _credited(session: Session, now: datetime) -> Rows:
    return [dict(row) for row in session.connection().execute(text(_CREDITED)).mappings()]


def _twice(session: Session, now: datetime) -> Rows:
    return [dict(row) for row in session.connection().execute(text(_TWICE)).mappings()]


def _forgotten(session: Session, now: datetime) -> Rows:
    latest = now - hosted_rules.UNREACHABLE - _LATE
    query = select(AutomaticCharge.id).where(AutomaticCharge.state == "sent", col(AutomaticCharge.sent_at) < latest)
    return [{"charge": str(charge)} for charge in session.exec(query).all()]
