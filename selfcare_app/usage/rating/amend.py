"""Corrects a month of usage at an employee's word: what he sees before, and the correction with its reason."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.access import staff
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.rating import correct
from selfcare_app.usage.rating.correct import Corrected
from selfcare_app.usage.selection import NoSuchLine

LONGEST_REASON = 500
ACTION = "charge_corrected"


class NoReason(Refused):
    """A correction says why, in at most `most` characters."""

    code = "usage.no_reason"


class NotYet(Refused):
    """The month has not begun."""

    code = "usage.not_begun"


def look(session: Session, actor: System, *, line: str, month: date, now: datetime) -> Corrected:
    """What a correction would come to; nothing is written. Raises NoSuchLine, NotYet."""
    return correct.preview(session, line_id=_line(session, line), month=_begun(session, month, now))


def amend(
    session: Session, actor: System, *, line: str, month: date, reason: str, employee: str, now: datetime
) -> Corrected:
    """Gives back what was taken for the line's usage of a month and charges it anew by the prices in the catalogue now.

    `line` is its number or the operator's own key of it. Who wished it and why stand in the journal; where nothing is
    priced otherwise, nothing is written. Raises NoReason, staff.NoEmployee, NoSuchLine, NotYet.
    """
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        raise NoReason(most=LONGEST_REASON)
    known = staff.found(session, actor, login=employee)
    if known.disabled_at is not None:
        raise staff.NoEmployee()
    line_id = _line(session, line)
    done = correct.correct(session, actor, line_id=line_id, month=_begun(session, month, now), now=now)
    if done.records:
        details = {
            "month": f"{month:%Y-%m}",
            "before": f"{done.before.text} {done.before.currency}",
            "after": f"{done.after.text} {done.after.currency}",
            "reason": why,
            "employee": known.login,
        }
        record(session, actor, line_id=line_id, action=ACTION, details=details, now=now)
    return done


def _line(session: Session, line: str) -> UUID:
    by_key = session.exec(select(Line.id).where(Line.external_id == line)).one_or_none()
    if by_key is not None:
        return by_key
    try:
        number = Msisdn.parse(line, operators.of(session).numbering)
    except NotANumber as wrong:
        raise NoSuchLine() from wrong
    by_number = session.exec(select(Line.id).where(Line.msisdn == number)).one_or_none()
    if by_number is None:
        raise NoSuchLine()
    return by_number


def _begun(session: Session, month: date, now: datetime) -> date:
    if month.replace(day=1) > now.astimezone(operators.of(session).zone).date():
        raise NotYet()
    return month
