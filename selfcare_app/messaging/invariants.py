"""What must hold of messages on their way out: one message for one cause."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app.kit.invariant import Check, Rows

_TWICE = """
SELECT o.id AS message FROM outbox o
WHERE EXISTS (SELECT 1 FROM outbox p WHERE p.dedup_key = o.dedup_key AND p.id <> o.id)
"""


def checks() -> tuple[Check, ...]:
    """The part of I6 that is the outbox's own."""
    return (Check("I6", "one message for one cause", _once),)


def _once(session: Session, now: datetime) -> Rows:
    yield from map(dict, session.connection().execute(text(_TWICE)).mappings())
