"""What must hold of money given away, instalments and gifts, asked of the database as it stands."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app.kit.invariant import Check, Rows

_ONE_TO_ONE = """
SELECT r.operation_id AS operation, r.{amount} AS said, SUM(t.amount_minor) AS moved
FROM {table} r LEFT JOIN transfer t ON t.operation_id = r.operation_id AND t.code = '{code}' AND t.reverses IS NULL
GROUP BY r.operation_id, r.{amount}
HAVING COUNT(t.id) <> 1 OR SUM(t.amount_minor) <> r.{amount}
UNION ALL
SELECT t.operation_id, NULL, t.amount_minor FROM transfer t
WHERE t.code = '{code}' AND t.reverses IS NULL
  AND NOT EXISTS (SELECT 1 FROM {table} r WHERE r.operation_id = t.operation_id)
"""
_RUNS = """
SELECT r.schedule_id AS schedule, r.due_on AS day FROM transfer_run r
LEFT JOIN money_transfer m ON m.id = r.transfer_id AND m.schedule_id = r.schedule_id
WHERE r.transfer_id IS NOT NULL AND m.id IS NULL
UNION ALL
SELECT m.schedule_id, NULL FROM money_transfer m
WHERE m.schedule_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM transfer_run r WHERE r.transfer_id = m.id)
"""
_OVERPAID = """
SELECT i.id AS instalment, i.rest_minor AS rest, SUM(p.amount_minor) AS paid FROM instalment i
JOIN instalment_payment p ON p.instalment_id = i.id AND p.paid_at > i.as_of
GROUP BY i.id, i.rest_minor HAVING SUM(p.amount_minor) > i.rest_minor
"""


def checks() -> tuple[Check, ...]:
    """That each act of this kind moved exactly what it says, once."""
    given = _ONE_TO_ONE.format(table="money_transfer", amount="amount_minor", code="transfer")
    paid = _ONE_TO_ONE.format(table="instalment_payment", amount="amount_minor", code="instalment")
    gifts = _ONE_TO_ONE.format(table="gift_exchange", amount="units", code="bonus_gift")
    return (
        Check("I5", "money given to another is a transfer, one to one, of the same amount", _asked(given)),
        Check("I5", "instalments paid here are transfers, one to one, of the same amount", _asked(paid)),
        Check("I5", "gifts are transfers of bonus units, one to one, of the same number", _asked(gifts)),
        Check("I5", "a regular transfer was sent on its day once, by its schedule", _asked(_RUNS)),
        Check("I8", "no more was paid of an instalment plan than was left of it", _asked(_OVERPAID)),
    )


def _asked(query: str) -> Callable[[Session, datetime], Rows]:
    def find(session: Session, now: datetime) -> Rows:
        return [dict(row) for row in session.connection().execute(text(query)).mappings()]

    return find
