"""The printed emergency code: whoever types it closes the cabinet of its line at once, from any browser."""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.access import alarm, device, event, quota
from selfcare_app.access import session as web_session
from selfcare_app.access.enumeration import network_of
from selfcare_app.access.security_tables import EmergencyCode
from selfcare_app.db import keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber, Visitor
from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.subscribers.tables import Line

BITS = 128
BLOCK = 4
TOLD_PER_HOUR = 5
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 28
_ALIKE = str.maketrans(
    {
        "O": "0",
        "I": "1",
        "L": "1",
        "А": "A",
        "В": "B",
        "С": "C",
        "Е": "E",
        "Н": "H",
        "К": "K",
        "М": "M",
        "О": "0",
        "Р": "P",
        "Т": "T",
        "Х": "X",
    }
)
"""What a hand writes for another sign: there is no O, I or L in a code, and Cyrillic letters look the same."""
_HOUR = 3600
_KEY = "emergency"


on_block: list[Callable[..., None]] = []
"""What else is stopped with the cabinet (orders that wait): called with (session, line_id=, now=), the line locked."""


class Wrong(Refused):
    """No line has this code, or it was used or replaced."""

    code = "security.emergency_wrong"


class Unsaid(Refused):
    """Too many codes were tried from here: a right one has closed its cabinet, and nothing more is said."""

    code = "security.emergency_unsaid"


def make(session: Session, actor: Subscriber, *, now: datetime) -> str:
    """A new code, known to nobody but who asked; an older one closes nothing any more. The caller has seen proof.

    Raises kit.OwnOnly.
    """
    actor.require_own()
    plain = "".join(_SIGNS[secrets.randbelow(len(_SIGNS))] for _ in range(_LENGTH))
    mac = keys_of(session).mac(_KEY, plain)
    # The line's row is the turnstile: two codes made at once are one after the other.
    session.get_one(Line, actor.line_id, with_for_update=True)
    row = session.get(EmergencyCode, actor.line_id)
    if row is None:
        session.add(EmergencyCode(line_id=actor.line_id, mac=mac, made_at=now))
    else:
        row.mac, row.made_at, row.used_at = mac, now, None
    record(session, actor, line_id=actor.line_id, action="emergency_code_made", now=now)
    return "-".join(plain[at : at + BLOCK] for at in range(0, _LENGTH, BLOCK))


def made_at(session: Session, actor: Subscriber) -> datetime | None:
    """When the code that works now was made. Raises kit.OwnOnly."""
    actor.require_own()
    query = select(EmergencyCode.made_at).where(
        EmergencyCode.line_id == actor.line_id, col(EmergencyCode.used_at).is_(None)
    )
    return session.exec(query).one_or_none()


def block(session: Session, actor: Visitor, *, typed: str, now: datetime) -> Fault | None:
    """Closes the cabinet whose code was typed, ends its sessions, forgets its devices and tells the owner; once.

    The refusal is not raised: the try must stay counted. A right code works however many wrong ones were tried: they
    cannot be guessed, and an owner must never be locked out of the lock.
    """
    scope, subject = "emergency", network_of(session, actor.address)
    told = quota.take(session, scope=scope, subject=subject, limit=TOLD_PER_HOUR, seconds=_HOUR, now=now) is not None
    macs = keys_of(session).macs(_KEY, plain_of(typed))
    query = select(EmergencyCode).where(col(EmergencyCode.mac).in_(macs), col(EmergencyCode.used_at).is_(None))
    row = session.exec(query.with_for_update()).one_or_none()
    if row is not None:
        row.used_at = now
        _close(session, actor, row.line_id, now)
    else:
        event.record(session, "emergency", "wrong", address=actor.address, now=now)
    if not told:
        return Unsaid()
    return None if row is not None else Wrong()


def plain_of(typed: str) -> str:
    """The signs of a code as a person types or pastes it."""
    return "".join(sign for sign in typed.upper().translate(_ALIKE) if sign in _SIGNS)


def _close(session: Session, actor: Visitor, line_id: UUID, now: datetime) -> None:
    line = session.get_one(Line, line_id, with_for_update=True)
    session.flush()
    for call in on_block:
        call(session, line_id=line_id, now=now)
    if line.access == "open":
        line.access = "closed_by_subscriber"
    web_session.end_others(session, line_id=line.id, keep=None, reason="closed", now=now)
    device.forget_all(session, line_id=line.id)
    event.record(session, "access", "closed", line_id=line.id, address=actor.address, by="emergency_code", now=now)
    record(session, actor, line_id=line.id, action="blocked_by_code", now=now)
    alarm.tell(session, line_id=line.id, kind="blocked_by_code", now=now)
