"""What must hold of rated usage: its sums are what the ledger took for each line and month."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app.kit.invariant import Check, Rows

# The key of an operation of usage begins with the line's compact number and the month.
_PARTS = {
    "sqlite": (
        "CAST(substr({0}, 1, instr({0}, '.') - 1) AS INTEGER)",
        "CAST(substr({0}, instr({0}, '.') + 1) AS INTEGER)",
    ),
    "postgresql": ("CAST(split_part({0}, '.', 1) AS bigint)", "CAST(split_part({0}, '.', 2) AS integer)"),
}
_DIFFER = """
SELECT COALESCE(s.line_no, t.line_no) AS line_no, COALESCE(s.month, t.month) AS month, s.posted, t.taken
FROM (SELECT line_no, month, SUM(posted_minor) AS posted FROM usage_sum GROUP BY line_no, month) AS s
FULL JOIN (
  SELECT line_no, month, SUM(minor) AS taken FROM (
    SELECT {line} AS line_no, {month} AS month,
      CASE WHEN d.kind = 'subscriber' THEN x.amount_minor ELSE -x.amount_minor END AS minor
    FROM transfer x JOIN operation o ON o.id = x.operation_id AND o.kind IN ('usage', 'usage_correction')
    JOIN ledger_account d ON d.id = x.debit_id
  ) AS each GROUP BY line_no, month
) AS t ON t.line_no = s.line_no AND t.month = s.month
WHERE COALESCE(s.posted, 0) <> COALESCE(t.taken, 0)
"""


def checks() -> tuple[Check, ...]:
    """The part of I16 that is rated usage's."""
    return (Check("I16", "usage that is shown as charged is what the ledger took", _usage),)


def _usage(session: Session, now: datetime) -> Rows:
    line, month = (part.format("o.idempotency_key") for part in _PARTS[session.get_bind().dialect.name])
    yield from map(dict, session.connection().execute(text(_DIFFER.format(line=line, month=month))).mappings())
