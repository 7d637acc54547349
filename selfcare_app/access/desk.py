"""What an employee does at the desk: looks a line up for a reason, and acts on it under his own name (T16).

He never sees call detail, PIN, PUK or a password. A look is counted for the employee and written down for the
subscriber; every act goes through a look, so that there is none without a reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import alarm, closing, delegation, event, grants, quota, rights, temporary
from selfcare_app.access import session as web_session
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.desk_tables import StaffLook
from selfcare_app.access.tables import Credential, WebSession
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.subscribers.tables import Account, Client, Line

LOOKS_PER_DAY = 100
"""How many lines an employee may look up in 24 hours."""
LOOK_LASTS = timedelta(minutes=30)
_DAY = 86_400
_LONGEST_APPLICATION = 40


class Reason(StrEnum):
    """Why a line is looked up; the subscriber reads it in his journal."""

    REQUEST = "request"
    APPLICATION = "application"
    FRAUD = "fraud"
    FAULT = "fault"


class NoReason(Refused):
    """A line is looked up for one of the reasons there are."""

    code = "desk.no_reason"


class LooksOver(Refused):
    """The employee looked up as many lines as he may; again at `until`."""

    code = "desk.looks_over"


class NoLine(NotFound):
    """No line in service has that number."""

    code = "desk.no_line"


class LookOver(NotFound):
    """The line has to be looked up anew: that look is over, or another's."""

    code = "desk.look_over"


class NoApplication(Refused):
    """The number of the client's written application is needed (ISSA-026)."""

    code = "desk.no_application"


class NotAnOrganisation(Refused):
    """Only an organisation has administrators and supervisors (ISSA-027)."""

    code = "delegation.not_an_organisation"


class NoSuchRole(NotFound):
    """The operator has no such role, or it does not reach so far."""

    code = "desk.no_role"


@dataclass(frozen=True, slots=True)
class Right:
    """A right over the line's account or client that this line has (`is_held`), or that reaches this line."""

    grant_id: UUID
    msisdn: str
    role: str
    over: str
    expires_at: datetime
    is_held: bool


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
    sessions: int
    rights: tuple[Right, ...]
    roles: tuple[str, ...]
    until: datetime


def count_look(session: Session, actor: Staff, *, now: datetime) -> None:
    """Counts a look, found or not. Commit before `look_up`. Raises LooksOver."""
    subject, limit = str(actor.staff_id), LOOKS_PER_DAY
    if quota.take(session, scope="desk.looks", subject=subject, limit=limit, seconds=_DAY, now=now) is None:
        event.record(session, "desk", "looks_over", address=actor.address, now=now, login=actor.login)
        raise LooksOver(until=quota.resets_at(session, scope="desk.looks", subject=subject, now=now))


def look_up(session: Session, actor: Staff, *, number: str, reason: str, now: datetime) -> UUID:
    """Finds a line by its number and writes it down for the subscriber; gives the look. Raises NoReason, NoLine."""
    if reason not in tuple(Reason):
        raise NoReason()
    numbering = operators.of(session).numbering
    try:
        msisdn = Msisdn.parse(number, numbering)
    except NotANumber as wrong:
        raise NotANumber(example=numbering.input_hint) from wrong
    line = session.exec(select(Line).where(Line.msisdn == msisdn, Line.state != "closed")).one_or_none()
    if line is None:
        raise NoLine()
    made = StaffLook(
        id=new_id(), session_id=actor.session_id, line_id=line.id, reason=reason, at=now, until=now + LOOK_LASTS
    )
    session.add(made)
    record(session, actor, line_id=line.id, action="found_by_staff", now=now, details={"reason": reason})
    session.flush()
    return made.id


def show(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> LineAtDesk:
    """How the line that was looked up stands. Raises LookOver."""
    look, line = _looked(session, actor, look_id, now)
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
        sessions=len(session.exec(mine).all()),
        rights=_rights(session, line, account, now),
        roles=_roles(session, client),
        until=look.until,
    )


def close(session: Session, actor: Staff, *, look_id: UUID, application: str, now: datetime) -> None:
    """Closes the line's cabinet (ISSA-029). Raises LookOver, NoApplication, and what closing raises."""
    line = _applied(session, actor, look_id, application, "close", now)
    closing.close(session, actor, line_id=line.id, by="operator", now=now)


def open_(session: Session, actor: Staff, *, look_id: UUID, application: str, now: datetime) -> None:
    """Opens it again. Raises LookOver, NoApplication, and what closing raises."""
    line = _applied(session, actor, look_id, application, "open", now)
    closing.open_(session, actor, line_id=line.id, by="operator", now=now)


def unlock(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> None:
    """Ends the run of wrong passwords; nobody is let in by it. Raises LookOver."""
    _, line = _looked(session, actor, look_id, now)
    credential = session.get(Credential, line.id, with_for_update=True)
    if credential is not None:
        credential.failed, credential.next_try_at, credential.locked_at = 0, None, None
    event.record(session, "sign_in", "unlocked", line_id=line.id, now=now, method="desk", login=actor.login)
    record(session, actor, line_id=line.id, action="unlocked_by_staff", now=now)


def end_sessions(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> None:
    """Ends every session of the line (ASVS 7.4.5). Raises LookOver."""
    _, line = _looked(session, actor, look_id, now)
    web_session.end_others(session, line_id=line.id, keep=None, reason="desk", now=now)
    record(session, actor, line_id=line.id, action="sessions_ended", now=now)
    alarm.tell(session, line_id=line.id, kind="sessions_ended", now=now)


def issue_password(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> None:
    """Has a temporary password sent to the line; the employee does not see it (ISSA-018, ASVS 6.4.6).

    Raises LookOver, temporary.NoSuchLine.
    """
    _, line = _looked(session, actor, look_id, now)
    temporary.issue(session, actor, line_id=line.id, now=now)


def grant(
    session: Session, actor: Staff, *, look_id: UUID, role: str, over: str, application: str, now: datetime
) -> UUID:
    """Makes the line an administrator, supervisor or curator of its whole account or client, on a written application.

    ISSA-026, ISSA-027, AS-038, AS-039. Raises LookOver, NoApplication, NoSuchRole, NotAnOrganisation, Already.
    """
    line = _applied(session, actor, look_id, application, f"grant_{role}", now)
    account = session.get_one(Account, line.account_id)
    client = session.get_one(Client, account.client_id)
    over_id: UUID | None = {"account": account.id, "client": client.id}.get(over)
    if role in (rights.ADMINISTRATOR, rights.SUPERVISOR) and client.kind != "organisation":
        raise NotAnOrganisation()
    if over_id is None or role not in _roles(session, client):
        raise NoSuchRole()
    made = delegation.grant(
        session, actor, delegate=line, role=role, level=rights.MANAGE, over=over, over_id=over_id, now=now
    )
    details = {"role": role, "application": application.strip()}
    record(session, actor, line_id=line.id, action="delegate_granted", now=now, details=details)
    return made


def revoke(session: Session, actor: Staff, *, look_id: UUID, grant_id: UUID, application: str, now: datetime) -> None:
    """Ends a right that the line has or that reaches it; whoever works by it is out at once.

    Raises LookOver, NoApplication, delegation.NoGrant.
    """
    line = _applied(session, actor, look_id, application, "revoke", now)
    account = session.get_one(Account, line.account_id)
    reaching = col(DelegationGrant.over_id).in_((line.id, account.id, account.client_id))
    query = select(DelegationGrant).where(
        DelegationGrant.id == grant_id, reaching | (col(DelegationGrant.delegate_line_id) == line.id), *grants.live(now)
    )
    found = session.exec(query.with_for_update()).one_or_none()
    if found is None:
        raise delegation.NoGrant()
    delegation.end(session, actor, row=found, now=now)
    if found.over != "line":
        record(session, actor, line_id=line.id, action="delegate_revoked", now=now, details={"role": found.role})


def _looked(session: Session, actor: Staff, look_id: UUID, now: datetime) -> tuple[StaffLook, Line]:
    query = (
        select(StaffLook, Line)
        .join(Line, col(Line.id) == StaffLook.line_id)
        .where(StaffLook.id == look_id, StaffLook.session_id == actor.session_id, StaffLook.until > now)
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise LookOver()
    return found


def _applied(session: Session, actor: Staff, look_id: UUID, application: str, act: str, now: datetime) -> Line:
    _, line = _looked(session, actor, look_id, now)
    number = application.strip()
    if not 0 < len(number) <= _LONGEST_APPLICATION or not number.isprintable():
        raise NoApplication()
    event.record(session, "desk", act, line_id=line.id, now=now, login=actor.login, application=number)
    return line


def _roles(session: Session, client: Client) -> tuple[str, ...]:
    """The roles that the line may be given over its account or client."""
    rules = operators.of(session).delegation
    if rules is None:
        return ()
    closed_to_people = {rights.ADMINISTRATOR, rights.SUPERVISOR} | set(rules.legal_entity_roles)
    return tuple(role for role in rules.roles if client.kind == "organisation" or role not in closed_to_people)


def _rights(session: Session, line: Line, account: Account, now: datetime) -> tuple[Right, ...]:
    reaching = col(DelegationGrant.over_id).in_((line.id, account.id, account.client_id))
    query = (
        select(DelegationGrant, Line.msisdn)
        .join(Line, col(Line.id) == DelegationGrant.delegate_line_id)
        .where(reaching | (col(DelegationGrant.delegate_line_id) == line.id), *grants.live(now))
        .order_by(col(DelegationGrant.granted_at))
    )
    return tuple(
        Right(row.id, msisdn or "", row.role, row.over, row.expires_at, row.delegate_line_id == line.id)
        for row, msisdn in session.exec(query).all()
    )
