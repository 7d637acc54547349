"""The session behind an event: alive or not at this very moment, asked of the database as seldom as that allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from selfcare_app.access import session as sessions
from selfcare_app.access.views import Signed
from selfcare_app.access.watch import Ends
from selfcare_app.kit.actor import SignInNeeded
from selfcare_app.ui.gate.activity import ACTIVITY
from selfcare_app.ui.gate.sockets import GATE
from selfcare_app.wiring import ask, do, wired

_AFTER = {"switched": "/", "right_taken": "/delegation/over"}
_BY_TIME = ("idle", "absolute")
_NEARLY = timedelta(seconds=1)
_REMEMBERED = 10_000
_ASKED_AGAIN = timedelta(minutes=1)


@dataclass(slots=True)
class _Known:
    """What the database said of a session, the rows it came from, and the database's version then."""

    version: int
    witness: list[Any]
    signed: Signed
    asked_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether time alone can have changed nothing of it."""
        return now < self.signed.idle_until and now - self.asked_at < _ASKED_AGAIN


_known: dict[UUID, _Known] = {}


async def living(session_id: UUID, now: datetime) -> Signed | None:
    """The session if it lives, also by uses that were not written down yet."""
    signed = await _of_id(session_id, now)
    if signed is None and (used := ACTIVITY.take(session_id, now)):
        await write(session_id, used)
        signed = await _of_id(session_id, now)
    return signed


async def write(session_id: UUID, used: datetime) -> None:
    """Writes a use down, unless the session is over."""
    try:
        await do(sessions.touch, GATE, session_id=session_id, now=used)
    except SignInNeeded:
        ACTIVITY.forget(session_id)


def until(session_id: UUID, ends: Signed | Ends, idle: timedelta) -> datetime:
    """The end of idleness, with uses that are not written yet; never past the session's whole time."""
    used = ACTIVITY.last(session_id)
    return min(max(ends.idle_until, used + idle) if used else ends.idle_until, ends.absolute_until)


async def parting(session_id: UUID, told_until: datetime | None, now: datetime) -> tuple[bool, str]:
    """Of a session that is gone: whether its time was over, and where its tab goes; empty: to sign in.

    A session that nobody has ended yet is over by its time where that is what the tab was told (`told_until`).
    """
    reason = await ask(sessions.ended_by, GATE, session_id=session_id)
    is_due = told_until is not None and told_until <= now + _NEARLY
    return reason in _BY_TIME or is_due, _AFTER.get(reason, "")


async def _of_id(session_id: UUID, now: datetime) -> Signed | None:
    # Both are read before the question: what is committed while it is being answered makes it asked again.
    version = wired().db.version()
    if version is None:
        return await ask(sessions.of_id, GATE, session_id=session_id, now=now)
    known = _known.get(session_id)
    if known is not None and not known.holds(now):
        known = None
    if known is not None and known.version == version:
        return known.signed
    witness = wired().db.glance(sessions.WITNESS, session_id)
    if known is not None and _is_same(known, witness):
        known.version = version
        return known.signed
    signed = await ask(sessions.of_id, GATE, session_id=session_id, now=now)
    if len(_known) >= _REMEMBERED:
        _known.clear()
    if signed is not None:
        _known[session_id] = _Known(version, witness, signed, now)
    else:
        _known.pop(session_id, None)
    return signed


def _is_same(known: _Known, witness: list[Any]) -> bool:
    # What a delegate may do hangs on more rows than these.
    return known.signed.actor.acting is None and known.witness == witness
