"""What a handset proves soon after its SIM was replaced: nothing for a day, then half of it, then all again (T5).

A passkey that the line had before is not touched by it (NIST 800-63B 3.1.3.3).
"""

from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access.security_tables import Passkey
from selfcare_app.access.tables import Credential, WebSession
from selfcare_app.kit.errors import Refused
from selfcare_app.subscribers.tables import Line

FULL, HALF, NOTHING = Fraction(1), Fraction(1, 2), Fraction(0)
_BY_PASSWORD = ("password", "password+code")


class SimChanged(Refused):
    """The SIM was replaced lately: an SMS code alone proves too little until `until` (NIST 800-63B 3.1.3.3)."""

    code = "access.sim_changed"


def sim_changed(session: Session, line: Line, now: datetime) -> SimChanged | None:
    """The refusal of what an SMS code may not do soon after the SIM was replaced; None where it may."""
    until = _until(line, operators.of(session).code.refused_after_sim_change_seconds)
    return SimChanged(until=until) if until is not None and until > now else None


def code_too_weak(session: Session, line: Line, *, session_id: UUID, now: datetime) -> SimChanged | None:
    """The same for an act that moves something, by a code in a session.

    After the first day the code counts beside a password that is older than the SIM, until the second window is over.
    """
    refusal = sim_changed(session, line, now)
    if refusal is not None or limits_factor(session, line_id=line.id, session_id=session_id, now=now) == FULL:
        return refusal
    credential, entered = session.get(Credential, line.id), session.get_one(WebSession, session_id)
    is_older = credential is not None and line.sim_changed_at is not None and credential.set_at < line.sim_changed_at
    if is_older and entered.method in _BY_PASSWORD:
        return None
    return SimChanged(until=_until(line, operators.of(session).code.limited_after_sim_change_seconds))


def limits_factor(session: Session, *, line_id: UUID, session_id: UUID | None = None, now: datetime) -> Fraction:
    """What part of its limits a line has now: all, half after a SIM was replaced, none on the first day.

    A session that was entered by a passkey older than the SIM has them all. What it is asked for: amounts, counts.
    """
    line, rule = session.get_one(Line, line_id), operators.of(session).code
    ends = _until(line, rule.limited_after_sim_change_seconds)
    if ends is None or ends <= now or (session_id is not None and _by_older_passkey(session, line, session_id)):
        return FULL
    return NOTHING if sim_changed(session, line, now) else HALF


def halved(limit: int, factor: Fraction) -> int:
    """A count under a factor: half of it, and one at least; what is not to be done at all is refused elsewhere."""
    return limit if factor == FULL else max(1, limit // 2)


def is_newer(line: Line, made_at: datetime) -> bool:
    """Whether something was made after the line's SIM was replaced."""
    return line.sim_changed_at is not None and made_at > line.sim_changed_at


def _until(line: Line, seconds: int) -> datetime | None:
    return None if line.sim_changed_at is None else line.sim_changed_at + timedelta(seconds=seconds)


def _by_older_passkey(session: Session, line: Line, session_id: UUID) -> bool:
    entered = session.get(WebSession, session_id)
    if entered is None or entered.line_id != line.id or entered.method != "passkey":
        return False
    # Which of its passkeys was used is not kept: one that came after the SIM makes them all doubtful.
    query = select(Passkey.id).where(Passkey.line_id == line.id, col(Passkey.created_at) > line.sim_changed_at)
    return session.exec(query).first() is None
