""" "This was not me": one tap stops all that moves anything, until the owner or the desk says otherwise (T5, T11)."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app.access import alarm, device, event, passkey, passkey_recovery, stop_link
from selfcare_app.access import session as web_session
from selfcare_app.access.guard_tables import EmailChange, LineGuard
from selfcare_app.access.tables import Admission, Credential, ProofGiven, RecoveryLink, WebSession
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Actor, Staff, Subscriber, Visitor
from selfcare_app.kit.errors import Denied, NotFound, Refused
from selfcare_app.subscribers.tables import Line

PURPOSE = "release"
_CHOSEN_INSIDE = "web"

on_halt: list[Callable[..., None]] = []
"""What else is stopped (orders that wait): called with (session, line_id=, now=), the line locked."""


class Halted(Refused):
    """The owner said that it was not he: nothing moves before he or the desk says otherwise."""

    code = "security.halted"


class LinkOver(Denied):
    """The link of a notice was used, or its time is over."""

    code = "security.stop_link_over"


class AtDesk(Denied):
    """The password is younger than the stop: only the desk can tell the owner from somebody else now."""

    code = "security.release_at_desk"


class NothingStopped(NotFound):
    """Nothing is stopped for the line."""

    code = "security.nothing_stopped"


def why_not(session: Session, *, line_id: UUID) -> Halted | None:
    """The refusal of what moves anything for the line; None where nothing is stopped."""
    return Halted() if halted_at(session, line_id=line_id) is not None else None


passkey.why_no_more_of[:] = [why_not]


def halted_at(session: Session, *, line_id: UUID) -> datetime | None:
    """When it was stopped; None where it is not."""
    return session.exec(select(LineGuard.halted_at).where(LineGuard.line_id == line_id)).one_or_none()


def state(session: Session, actor: Subscriber) -> datetime | None:
    """The same for the owner's page. Raises kit.OwnOnly."""
    actor.require_own()
    return halted_at(session, line_id=actor.line_id)


def stop(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """The owner stops it in the cabinet, and stays in; everybody else is put out. Raises kit.OwnOnly."""
    actor.require_own()
    _stop(session, actor, actor.line_id, keep=actor.session_id, now=now)


def stop_by_link(session: Session, actor: Visitor, *, value: str, now: datetime) -> None:
    """Whoever was told stops it by the notice's link; once. Raises LinkOver."""
    line_id = stop_link.use(session, value=value, now=now)
    if line_id is None:
        raise LinkOver()
    _stop(session, actor, line_id, keep=None, now=now)


def release(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """The owner lets things move again, by the password (the caller has seen it) and a code to his handset.

    Raises kit.OwnOnly, NothingStopped, AtDesk, kit.ProofNeeded.
    """
    actor.require_own()
    since = halted_at(session, line_id=actor.line_id)
    if since is None:
        raise NothingStopped()
    credential = session.get_one(Credential, actor.line_id)
    if credential.set_at > since and credential.set_by != _CHOSEN_INSIDE:
        raise AtDesk()
    actor.require_proof(PURPOSE, now)
    _release(session, actor, actor.line_id, now)


def release_at_desk(session: Session, actor: Staff, *, line_id: UUID, application: str, now: datetime) -> None:
    """An employee who has seen the subscriber's document lets things move again. Raises NothingStopped."""
    if halted_at(session, line_id=line_id) is None:
        raise NothingStopped()
    _release(session, actor, line_id, now, application=application)


def guard_of(session: Session, *, line_id: UUID) -> LineGuard:
    """The line's row, locked until the transaction ends; made where there is none."""
    session.get_one(Line, line_id, with_for_update=True)
    row = session.get(LineGuard, line_id, populate_existing=True)
    if row is None:
        row = LineGuard(line_id=line_id)
        session.add(row)
        session.flush()
    return row


def _stop(session: Session, actor: Actor, line_id: UUID, *, keep: UUID | None, now: datetime) -> None:
    row = guard_of(session, line_id=line_id)
    for call in on_halt:
        call(session, line_id=line_id, now=now)
    row.halted_at = row.halted_at or now
    passkey_recovery.spend(session, line_id=line_id, now=now)
    _end_ways_in(session, line_id, now)
    web_session.end_others(session, line_id=line_id, keep=keep, reason="not_me", now=now)
    device.forget_all(session, line_id=line_id)
    event.record(session, "access", "halted", line_id=line_id, address=getattr(actor, "address", ""), now=now)
    record(session, actor, line_id=line_id, action="halted", now=now)
    alarm.tell(session, line_id=line_id, kind="halted", now=now)


def _end_ways_in(session: Session, line_id: UUID, now: datetime) -> None:
    """What somebody else may have begun or proven leads nowhere any more."""
    mine = select(WebSession.id).where(WebSession.line_id == line_id)
    session.execute(
        update(ProofGiven)
        .where(col(ProofGiven.session_id).in_(mine), col(ProofGiven.expires_at) > now)
        .values(expires_at=now)
    )
    for table, over in ((Admission, "ended_at"), (RecoveryLink, "used_at")):
        open_ = getattr(table, over).is_(None)
        session.execute(update(table).where(col(table.line_id) == line_id, open_).values({over: now}))
    pending = session.get(EmailChange, line_id)
    if pending is not None:
        session.delete(pending)


def _release(session: Session, actor: Actor, line_id: UUID, now: datetime, **details: str) -> None:
    guard_of(session, line_id=line_id).halted_at = None
    event.record(session, "access", "released", line_id=line_id, now=now)
    record(session, actor, line_id=line_id, action="released", details=details or None, now=now)
    alarm.tell(session, line_id=line_id, kind="released", now=now)
