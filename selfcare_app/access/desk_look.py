"""A line is looked up at the desk for a reason, counted for the employee and written down for the subscriber (T16).

Every act goes through a look, so that there is none without a reason, and nothing of a line is shown before one.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import event, quota
from selfcare_app.access.desk_tables import StaffLook
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.subscribers.tables import Line

_DAY = 86_400
_LONGEST_APPLICATION = 40


class Reason(StrEnum):
    """Why a line is looked up; the subscriber reads it in his journal."""

    REQUEST = "request"
    APPLICATION = "application"
    FRAUD = "fraud"
    FAULT = "fault"


class NoReason(Refused):
    """It is done for one of the reasons there are."""

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


def count_look(session: Session, actor: Staff, *, now: datetime) -> None:
    """Counts a look, found or not. Commit before `look_up`. Raises LooksOver."""
    subject, limit = str(actor.staff_id), operators.of(session).desk.looks_per_day
    if quota.take(session, scope="desk.looks", subject=subject, limit=limit, seconds=_DAY, now=now) is None:
        event.record(session, "desk", "looks_over", address=actor.address, now=now, login=actor.login)
        raise LooksOver(until=quota.resets_at(session, scope="desk.looks", subject=subject, now=now))


def look_up(session: Session, actor: Staff, *, number: str, reason: str, now: datetime) -> UUID:
    """Finds a line by its number and writes it down for the subscriber; gives the look. Raises NoReason, NoLine."""
    if reason not in tuple(Reason):
        raise NoReason()
    profile = operators.of(session)
    try:
        msisdn = Msisdn.parse(number, profile.numbering)
    except NotANumber as wrong:
        raise NotANumber(example=profile.numbering.input_hint) from wrong
    line = session.exec(select(Line).where(Line.msisdn == msisdn, Line.state != "closed")).one_or_none()
    if line is None:
        raise NoLine()
    return look_at(session, actor, line=line, reason=Reason(reason), now=now)


def look_at(session: Session, actor: Staff, *, line: Line, reason: Reason, now: datetime) -> UUID:
    """Writes a look at a line down, for its subscriber too. Not a use case: the caller says how it was found."""
    until = now + timedelta(seconds=operators.of(session).desk.look_seconds)
    made = StaffLook(id=new_id(), session_id=actor.session_id, line_id=line.id, reason=reason, at=now, until=until)
    session.add(made)
    record(session, actor, line_id=line.id, action="found_by_staff", now=now, details={"reason": reason})
    session.flush()
    return made.id


def looked(session: Session, actor: Staff, *, look_id: UUID, now: datetime) -> tuple[StaffLook, Line]:
    """The employee's own fresh look and its line. Not a use case. Raises LookOver."""
    query = (
        select(StaffLook, Line)
        .join(Line, col(Line.id) == StaffLook.line_id)
        .where(StaffLook.id == look_id, StaffLook.session_id == actor.session_id, StaffLook.until > now)
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise LookOver()
    return found


def applied(session: Session, actor: Staff, *, look_id: UUID, application: str, act: str, now: datetime) -> Line:
    """The line of a look, for an act that needs the number of a written application, which is written down.

    Not a use case. Raises LookOver, NoApplication.
    """
    _, line = looked(session, actor, look_id=look_id, now=now)
    number = application.strip()
    if not 0 < len(number) <= _LONGEST_APPLICATION or not number.isprintable():
        raise NoApplication()
    event.record(session, "desk", act, line_id=line.id, now=now, login=actor.login, application=number)
    return line
