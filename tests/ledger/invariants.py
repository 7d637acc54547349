"""I1 to I3 of the ledger, asked of the database as it stands."""

from sqlmodel import Session, text

_UNBALANCED = """
SELECT currency, SUM(debits), SUM(credits) FROM ledger_account GROUP BY currency HAVING SUM(debits) <> SUM(credits)
"""

_SUMS_DIFFER = """
SELECT a.kind, a.code, a.debits, a.credits,
  (SELECT COALESCE(SUM(amount_minor), 0) FROM transfer WHERE debit_id = a.id) AS debited,
  (SELECT COALESCE(SUM(amount_minor), 0) FROM transfer WHERE credit_id = a.id) AS credited
FROM ledger_account a
"""

_BELOW_FLOOR = "SELECT kind, code FROM ledger_account WHERE floor_minor IS NOT NULL AND credits - debits < floor_minor"

_WITHOUT_TRANSFER = "SELECT id FROM operation o WHERE NOT EXISTS (SELECT 1 FROM transfer t WHERE t.operation_id = o.id)"


def broken(session: Session) -> list[str]:
    """What is wrong with the ledger; nothing when it is sound."""
    connection = session.connection()
    sums = connection.execute(text(_SUMS_DIFFER)).all()
    return [
        *(f"I1 {row}" for row in connection.execute(text(_UNBALANCED)).all()),
        *(f"I2 {row}" for row in sums if (row.debits, row.credits) != (row.debited, row.credited)),
        *(f"I3 {row}" for row in connection.execute(text(_BELOW_FLOOR)).all()),
        *(f"I5 {row}" for row in connection.execute(text(_WITHOUT_TRANSFER)).all()),
    ]
