"""What must hold of questions: each is about a charge of its own line, and a correction has moved the money."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app.kit.invariant import Check, Rows

_STRANGE = """
SELECT q.id AS question, q.line_id AS line FROM charge_question q JOIN fee_charge f ON f.id = q.fee_id
WHERE f.line_id <> q.line_id
"""
_TWICE = """
SELECT line_id AS line, fee_id AS fee, started_at AS at, record_key AS record, COUNT(*) AS open
FROM charge_question WHERE state = 'open' GROUP BY line_id, fee_id, started_at, record_key HAVING COUNT(*) > 1
"""
_UNMOVED = """
SELECT q.id AS question, q.answered_at AS at FROM charge_question q
WHERE q.outcome = 'corrected' AND q.month_before_minor <> q.month_after_minor AND NOT EXISTS (
  SELECT 1 FROM operation o WHERE o.kind = 'usage_correction' AND o.created_at = q.answered_at
)
"""


def checks() -> tuple[Check, ...]:
    """I19, I20 and I21: the questions'."""
    return (
        Check("I19", "a question is about a charge of its own line", _asked(_STRANGE)),
        Check("I20", "of questions about one charge one is open", _asked(_TWICE)),
        Check("I21", "a corrected charge has its operation in the ledger", _asked(_UNMOVED)),
    )


def _asked(statement: str) -> Callable[[Session, datetime], Rows]:
    def find(session: Session, now: datetime) -> Rows:
        yield from map(dict, session.connection().execute(text(statement)).mappings())

    return find
