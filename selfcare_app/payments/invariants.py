"""What must hold of vouchers, promised payments and returns, asked of the database as it stands."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.payments import hosted_invariants
from selfcare_app.payments.automatic import invariants as automatic_invariants

# A redeemed card without its one transfer of its value, and a transfer of a card without the card.
_VOUCHERS = """
SELECT v.redeemed_by AS operation, v.value_minor, SUM(t.amount_minor) AS moved, COUNT(t.id) AS transfers
FROM voucher v LEFT JOIN transfer t
  ON t.operation_id = v.redeemed_by AND t.code = 'voucher' AND t.reverses IS NULL
WHERE v.state = 'redeemed'
GROUP BY v.redeemed_by, v.value_minor
HAVING COUNT(t.id) <> 1 OR SUM(t.amount_minor) <> v.value_minor
UNION ALL
SELECT t.operation_id, NULL, t.amount_minor, 1 FROM transfer t
WHERE t.code = 'voucher' AND t.reverses IS NULL
  AND NOT EXISTS (SELECT 1 FROM voucher v WHERE v.redeemed_by = t.operation_id)
"""
_PROMISED = """
SELECT a.code AS account, a.debits - a.credits AS outstanding, COALESCE(p.active, 0) AS active
FROM ledger_account a LEFT JOIN (
  SELECT account_id, SUM(amount_minor) AS active FROM promised_payment WHERE state = 'active' GROUP BY account_id
) p ON {same}
WHERE a.kind = 'promised_receivable' AND a.debits - a.credits <> COALESCE(p.active, 0)
"""
_UNBOOKED = """
SELECT p.id AS promise, p.state FROM promised_payment p
LEFT JOIN transfer b ON b.operation_id = p.back_operation_id AND b.reverses = p.transfer_id
WHERE (p.state = 'active') = (b.id IS NOT NULL)
"""
_RETURNS = """
SELECT r.id AS application, SUM(t.amount_minor) AS given FROM refund_application r
LEFT JOIN transfer t ON t.operation_id = r.operation_id AND t.code = 'refund'
  AND t.credit_id IN (
    SELECT a.id FROM ledger_account a JOIN line l ON l.account_id = a.account_id WHERE l.id = r.line_id
  )
WHERE r.state = 'accepted'
GROUP BY r.id, r.amount_minor HAVING COALESCE(SUM(t.amount_minor), 0) <> r.amount_minor
"""


def checks() -> tuple[Check, ...]:
    """I9, I10 and that what was returned was given."""
    return (
        Check("I9", "redeemed vouchers are transfers, one to one, of the same value", _asked(_VOUCHERS)),
        Check("I10", "what an account has promised is what the ledger shows as outstanding", _outstanding),
        Check("I10", "a promise that has ended was taken back by the reverse of what was lent", _asked(_UNBOOKED)),
        Check("I8", "a returned payment was given to the right account in full", _asked(_RETURNS)),
        *hosted_invariants.checks(),
        *automatic_invariants.checks(),
    )


def _asked(query: str) -> Callable[[Session, datetime], Rows]:
    def find(session: Session, now: datetime) -> Rows:
        return [dict(row) for row in session.connection().execute(text(query)).mappings()]

    return find


def _outstanding(session: Session, now: datetime) -> Rows:
    # The ledger writes an account's id with dashes; SQLite keeps ids without.
    sqlite = session.get_bind().dialect.name == "sqlite"
    same = "p.account_id = REPLACE(a.code, '-', '')" if sqlite else "CAST(p.account_id AS text) = a.code"
    return _asked(_PROMISED.format(same=same))(session, now)
