"""What an employee does at the desk with a line that he has looked up, under his own name (T16).

He never sees call detail, PIN, PUK or a password.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import alarm, closing, desk_rights, event, halt, temporary
from selfcare_app.access import session as web_session
from selfcare_app.access.desk_look import NoReason, applied, looked
from selfcare_app.access.desk_rights import Right
from selfcare_app.access.tables import Credential, WebSession
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.subscribers.tables import Account, Client


class EndReason(StrEnum):
    """Why all sessions of a line are ended; the subscriber reads it in his journal."""

    ASKED = "asked"
    LOST = "lost"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class LineAtDesk:
    """How a line stands: no more of it is shown at the desk."""

    look_id: UUID
    msisdn: Msisdn
    name: str
    owner: str
    is_organisation: bool
    state: str
    access: str
    registered_at: datetime | None
    is_locked: bool
    stopped_at: datetime | None
    sessions: int
    rights: tuple[Right, ...]
    roles: tuple[str, ...]
    until: datetime


def show(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> LineAtDesk:
    """How the line that was looked up stands. Raises LookOver."""
    look, line = looked(session, actor, look_id=look_id, now=now)
    account = session.get_one(Account, line.account_id)
    client = session.get_one(Client, account.client_id)
    credential = session.get(Credential, line.id)
    profile = operators.of(session)
    mine = select(WebSession.id).where(
        WebSession.line_id == line.id, col(WebSession.ended_at).is_(None), WebSession.idle_until > now
    )
    return LineAtDesk(
        look_id=look.id,
        msisdn=Msisdn(line.msisdn or ""),
        name=line.user_name,
        owner=client.name,
        is_organisation=client.kind == "organisation",
        state=line.state,
        access=line.access,
        registered_at=credential.registered_at if credential else None,
        is_locked=credential is not None and credential.failed >= profile.lockout.attempts,
        stopped_at=halt.halted_at(session, line_id=line.id),
        sessions=len(session.exec(mine).all()),
        rights=desk_rights.of_line(session, line=line, account=account, now=now),
        roles=desk_rights.roles(session, client=client),
        until=look.until,
    )


def close(session: Session, actor: Staff, *, look_id: UUID, application: str, now: datetime) -> None:
    """Closes the line's cabinet (ISSA-029). Raises LookOver, NoApplication, and what closing raises."""
    line = applied(session, actor, look_id=look_id, application=application, act="close", now=now)
    closing.close(session, actor, line_id=line.id, by="operator", now=now)


def open_(session: Session, actor: Staff, *, look_id: UUID, application: str, now: datetime) -> None:
    """Opens it again. Raises LookOver, NoApplication, and what closing raises."""
    line = applied(session, actor, look_id=look_id, application=application, act="open", now=now)
    closing.open_(session, actor, line_id=line.id, by="operator", now=now)


def unlock(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> None:
    """Ends the run of wrong passwords; nobody is let in by it. Raises LookOver."""
    _, line = looked(session, actor, look_id=look_id, now=now)
    credential = session.get(Credential, line.id, with_for_update=True)
    if credential is not None:
        credential.failed, credential.next_try_at, credential.locked_at = 0, None, None
    event.record(session, "sign_in", "unlocked", line_id=line.id, now=now, method="desk", login=actor.login)
    record(session, actor, line_id=line.id, action="unlocked_by_staff", now=now)


def end_sessions(session: Session, actor: Staff, *, look_id: UUID, why: str, now: datetime) -> None:
    """Ends every session of the line, for a reason (ASVS 7.4.5). Raises LookOver, NoReason."""
    _, line = looked(session, actor, look_id=look_id, now=now)
    if why not in tuple(EndReason):
        raise NoReason()
    web_session.end_others(session, line_id=line.id, keep=None, reason="desk", now=now)
    event.record(session, "desk", "ended_sessions", line_id=line.id, now=now, login=actor.login, why=why)
    record(session, actor, line_id=line.id, action="sessions_ended", now=now, details={"reason": why})
    alarm.tell(session, line_id=line.id, kind="sessions_ended", now=now)


def issue_password(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> None:
    """Has a temporary password sent to the line; the employee does not see it (ISSA-018, ASVS 6.4.6).

    Raises LookOver, temporary.NoSuchLine.
    """
    _, line = looked(session, actor, look_id=look_id, now=now)
    temporary.issue(session, actor, line_id=line.id, now=now)
