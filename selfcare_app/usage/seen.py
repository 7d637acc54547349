"""Writes down that the subscriber looked at or took away his call detail; delegates are written down elsewhere."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app.access import quota
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber

_ONCE_IN_SECONDS = 900


def viewed(session: Session, actor: Subscriber, *, period: str, now: datetime) -> None:
    """One entry for a period and a session in a quarter of an hour: going on to the next page is the same look."""
    subject = f"{actor.session_id}|{period}"
    once = {"scope": "journal.viewed_calls", "subject": subject, "limit": 1, "seconds": _ONCE_IN_SECONDS}
    if quota.take(session, **once, now=now) is not None:  # type: ignore[arg-type]
        record(session, actor, line_id=actor.line_id, action="viewed_calls", details={"period": period}, now=now)


def exported(session: Session, actor: Subscriber, *, period: str, now: datetime) -> None:
    """One entry for each file."""
    record(session, actor, line_id=actor.line_id, action="exported_calls", details={"period": period}, now=now)
