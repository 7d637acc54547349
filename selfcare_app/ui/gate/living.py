"""The session behind an event: alive or not at this very moment, asked of the database as seldom as that allows."""

from datetime import datetime
from uuid import UUID

from selfcare_app.access import session as sessions
from selfcare_app.access.views import Signed
from selfcare_app.kit.actor import SignInNeeded
from selfcare_app.ui.gate.activity import ACTIVITY
from selfcare_app.ui.gate.sockets import GATE
from selfcare_app.wiring import ask, do, wired

_AFTER = {"switched": "/", "right_taken": "/delegation/over"}
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


async def whither(session_id: UUID) -> str:
    """Where a tab goes whose session is over for another reason than its time; empty: to sign in."""
    return _AFTER.get(await ask(sessions.ended_by, GATE, session_id=session_id), "")


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
