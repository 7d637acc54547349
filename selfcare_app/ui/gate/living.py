"""The session behind an event: alive or not at this very moment, asked of the database as seldom as that allows."""

from datetime import datetime, timedelta
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
_known: dict[UUID, tuple[int, Signed]] = {}
"""Of a session: what the database said of it, and the database's version then."""


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
    # Read before the question: what is committed while it is being answered makes it asked again.
    version = wired().db.version()
    if version is not None and (known := _known.get(session_id)) and known[0] == version and known[1].idle_until > now:
        return known[1]
    signed = await ask(sessions.of_id, GATE, session_id=session_id, now=now)
    if version is not None and signed is not None:
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[session_id] = version, signed
    else:
        _known.pop(session_id, None)
    return signed
