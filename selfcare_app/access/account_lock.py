"""The account lock: while it is on, neither SIM nor number of the line is changed; free of charge (T5)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from selfcare_app.access import alarm, code, event
from selfcare_app.access.guard_tables import LineGuard
from selfcare_app.access.halt import guard_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused

PURPOSE = "contact_change"
SUBSCRIBER, DESK = "subscriber", "desk"


class Locked(Refused):
    """The owner has locked SIM and number against changes."""

    code = "security.account_locked"


@dataclass(frozen=True, slots=True)
class Lock:
    """Since when the lock is on, None where it is off; `by` is subscriber or desk."""

    since: datetime | None
    by: str


def why_not(session: Session, *, line_id: UUID) -> Locked | None:
    """The refusal of a change of SIM or number; None where the lock is off."""
    row = session.get(LineGuard, line_id)
    return Locked() if row is not None and row.locked_at is not None else None


def state(session: Session, actor: Subscriber) -> Lock:
    """How the lock stands. Raises kit.OwnOnly."""
    actor.require_own()
    row = session.get(LineGuard, actor.line_id)
    return Lock(row.locked_at if row else None, row.locked_by if row else "")


def lock(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """Turns it on: that needs no proof and harms nobody. Raises kit.OwnOnly."""
    actor.require_own()
    row = guard_of(session, line_id=actor.line_id)
    if row.locked_at is None:
        row.locked_at, row.locked_by = now, SUBSCRIBER
        _told(session, actor, "account_locked", now)


def unlock(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """Turns it off, after fresh proof. Raises kit.OwnOnly, kit.ProofNeeded."""
    actor.require_own()
    actor.require_proof(PURPOSE, now)
    row = guard_of(session, line_id=actor.line_id)
    if row.locked_at is not None:
        row.locked_at, row.locked_by = None, ""
        code.use_up(session, actor, purpose=PURPOSE, now=now)
        _told(session, actor, "account_unlocked", now)


def lock_by_desk(session: Session, *, line_id: UUID, now: datetime) -> None:
    """It is on for a line whose access the desk has reset, until its subscriber turns it off."""
    row = guard_of(session, line_id=line_id)
    if row.locked_at is None:
        row.locked_at, row.locked_by = now, DESK


def _told(session: Session, actor: Subscriber, what: str, now: datetime) -> None:
    event.record(session, "access", what, line_id=actor.line_id, session_id=actor.session_id, now=now)
    record(session, actor, line_id=actor.line_id, action=what, now=now)
    alarm.tell(session, line_id=actor.line_id, kind=what, now=now)
