"""What must hold among lines and numbers: at any moment a number is one line's, and a line has one number."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app.kit.invariant import Check, Rows

_OVERLAP = """
SELECT a.id AS holding, b.id AS other FROM line_number a JOIN line_number b
ON b.{same} = a.{same} AND b.id > a.id
AND (a.valid_until IS NULL OR b.valid_from < a.valid_until) AND (b.valid_until IS NULL OR a.valid_from < b.valid_until)
"""
_NOT_THE_LINES = """
SELECT l.id AS line FROM line l LEFT JOIN line_number n ON n.line_id = l.id AND n.valid_until IS NULL
WHERE l.msisdn IS NOT NULL AND (n.msisdn IS NULL OR n.msisdn <> l.msisdn)
"""


def checks() -> tuple[Check, ...]:
    """I11."""
    return (Check("I11", "no two lines have one number at any moment", _numbers),)


def _numbers(session: Session, now: datetime) -> Rows:
    for query in (_OVERLAP.format(same="msisdn"), _OVERLAP.format(same="line_id"), _NOT_THE_LINES):
        yield from map(dict, session.connection().execute(text(query)).mappings())
