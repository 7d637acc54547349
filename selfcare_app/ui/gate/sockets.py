"""Open sockets of this process: whose browser each one is, as the cookie of its own handshake said."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from selfcare_app.access import session as sessions
from selfcare_app.kit import cookie
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.wiring import ask, wired

GATE = System("gate")
OF_SESSION = "session:"
OF_ADMISSION = "admission:"
FAREWELL_SECONDS = 0.5
OVER: set[UUID] = set()
"""Sessions whose sockets were sent away since the last sweep: what they began may have to be annulled."""


@dataclass(slots=True)
class Socket:
    """One open socket. `owner` names the browser session that may have the tab's state; "" is like no other."""

    sid: str
    address: str
    language: str = ""
    owner: str = ""
    session_id: UUID | None = None
    hang_up: Callable[[], Awaitable[None]] | None = field(default=None, repr=False)
    """Closes the connection itself."""
    leaves_at: float | None = None
    told_until: datetime | None = None
    """The end of idleness that the tab was told last."""

    def forget_session(self) -> None:
        """Makes a visitor of a socket whose session is over; it has a moment to leave by itself."""
        if self.session_id is not None:
            self.leaves_at = time.monotonic() + FAREWELL_SECONDS
            OVER.add(self.session_id)
        self.owner, self.session_id = "", None


class Sockets:
    """The sockets by their Socket.IO id."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Socket] = {}

    def __iter__(self) -> Iterator[Socket]:
        return iter(tuple(self._by_sid.values()))

    def __contains__(self, sid: str) -> bool:
        return sid in self._by_sid

    def get(self, sid: str) -> Socket | None:
        """The socket if it is open."""
        return self._by_sid.get(sid)

    def add(self, socket: Socket) -> Socket:
        """Takes note of an admitted socket."""
        self._by_sid[socket.sid] = socket
        return socket

    def drop(self, sid: str) -> Socket | None:
        """Forgets a closed socket."""
        return self._by_sid.pop(sid, None)


SOCKETS = Sockets()


@dataclass(frozen=True, slots=True)
class Tab:
    """The browser that an event is of: its socket when the event began, and the owner of its state."""

    sid: str
    owner: str

    def is_at(self, sid: str) -> bool:
        """Whether a socket is that browser's."""
        if sid == self.sid:
            return True
        socket = SOCKETS.get(sid)
        return socket is not None and socket.owner != "" and socket.owner == self.owner


tab_now: ContextVar[Tab | None] = ContextVar("tab_now", default=None)
"""Whose event is going on; None outside of events."""


async def admit(sid: str, *, cookies: str, address: str, now: datetime) -> Socket:
    """Notes a new socket and whose browser it is: a signed-in session, a visitor on the way in, or nobody."""
    names = cookie.names(secure=wired().settings.secure)
    socket = Socket(sid, address, language=cookie.value_in(cookies, names.language)[:8])
    if value := cookie.value_in(cookies, names.session):
        signed = await ask(sessions.resume, Visitor(address), token=value, now=now)
        if signed is not None:
            socket.session_id, socket.owner = signed.session_id, f"{OF_SESSION}{signed.session_id}"
    if not socket.owner and (value := cookie.value_in(cookies, names.admission)):
        socket.owner = f"{OF_ADMISSION}{cookie.fingerprint(value)}"
    return SOCKETS.add(socket)
