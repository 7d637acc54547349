"""A temporary password that the operator issues: by SMS, good for one sign-in, to be changed at once (ISSA-018)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.access import account_lock, alarm, device, event, password
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Credential
from selfcare_app.db import keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging import outbox
from selfcare_app.subscribers.tables import Line


class NoSuchLine(NotFound):
    """No line in service with a number that an SMS could go to."""

    code = "access.no_line_for_sms"


class TemporaryOver(Refused):
    """The temporary password was used already, or its time is over."""

    code = "access.temporary_over"


@dataclass(frozen=True, slots=True)
class Made:
    """A temporary password and how long it is good."""

    password: str = field(repr=False)
    until: datetime


def issue(session: Session, actor: Staff, *, line_id: UUID, now: datetime) -> None:
    """Makes a temporary password the line's only one and sends it; sessions end, no device is known any more.

    It lives `password.temporary_valid_seconds`. Raises NoSuchLine.
    """
    line, profile = _line(session, line_id), operators.of(session)
    made = _make(session, line, now)
    outbox.enqueue(
        session,
        recipient=line.msisdn or "",
        language=line.language or profile.default_language,
        key="access.sms.temporary_password",
        args={"password": made.password, "service": profile.short_name, "until": made.until},
        dedup_key=f"temporary_password.{new_id()}",
        valid_seconds=profile.password.temporary_valid_seconds,
        now=now,
    )
    _tell(session, actor, line, now)


def issue_on_paper(session: Session, actor: Staff, *, line_id: UUID, application: str, now: datetime) -> Made:
    """The same, given to be printed instead of sent (AS-002). Raises NoSuchLine."""
    line = _line(session, line_id)
    made = _make(session, line, now)
    _tell(session, actor, line, now, application)
    return made


def _line(session: Session, line_id: UUID) -> Line:
    line = session.exec(select(Line).where(Line.id == line_id, Line.state == "active")).one_or_none()
    if line is None or line.msisdn is None:
        raise NoSuchLine()
    return line


def _make(session: Session, line: Line, now: datetime) -> Made:
    profile, keys = operators.of(session), keys_of(session)
    until = now + timedelta(seconds=profile.password.temporary_valid_seconds)
    made = Made(password.generated(profile), until)
    credential = session.get(Credential, line.id, with_for_update=True)
    if credential is None:
        credential = Credential(line_id=line.id, password_hash="", set_by="", set_at=now, registered_at=now)
        session.add(credential)
    credential.choose(password.digest_of_made(keys, made.password), by="staff", now=now)
    credential.temporary_until = until
    web_session.end_others(session, line_id=line.id, keep=None, reason="password", now=now)
    device.forget_all(session, line_id=line.id)
    account_lock.lock_by_desk(session, line_id=line.id, now=now)
    return made


def _tell(session: Session, actor: Staff, line: Line, now: datetime, application: str = "") -> None:
    event.record(session, "temporary_password", "issued", line_id=line.id, now=now)
    record(
        session,
        actor,
        line_id=line.id,
        action="temporary_password",
        details={"application": application} if application else None,
        now=now,
    )
    alarm.tell(session, line_id=line.id, kind="temporary_password", now=now)


def over(session: Session, *, line_id: UUID, now: datetime) -> TemporaryOver | None:
    """Why the line's password, if it is a temporary one, lets nobody in any more; None for every other."""
    credential = session.get_one(Credential, line_id, with_for_update=True, populate_existing=True)
    if credential.temporary_until is None:
        return None
    is_over = credential.temporary_used_at is not None or credential.temporary_until <= now
    return TemporaryOver() if is_over else None


def use(session: Session, *, line_id: UUID, now: datetime) -> None:
    """Takes note that the line's password let somebody in: a temporary one does it once."""
    credential = session.get_one(Credential, line_id)
    if credential.temporary_until is not None:
        credential.temporary_used_at = now
