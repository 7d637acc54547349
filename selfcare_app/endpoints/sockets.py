"""How many sockets there may be, how much may come over one, and how fast."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import Message, Receive, Send

from selfcare_app.kit.cookie import fingerprint
from selfcare_app.kit.log import logger

FRAME_BYTES = 65_536
EVENTS_PER_SECOND = 10
BURST = 30
PER_SESSION = 5
PER_ADDRESS = 20

OVER = 4401
TOO_MANY = 4429
TOO_FAST = 4408
TOO_BIG = 1009
NOT_TEXT = 1003

log = logger("guard")


class Refused(Exception):
    """The socket is not admitted; `code` closes it."""

    def __init__(self, reason: str, code: int) -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


@dataclass(slots=True)
class SocketDoor:
    """Counts open sockets by address and by session cookie."""

    per_session: int = PER_SESSION
    per_address: int = PER_ADDRESS
    _addresses: Counter[str] = field(default_factory=Counter)
    _sessions: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def admitted(self, address: str, cookie: str) -> Iterator[None]:
        """Counts one socket while it is open. Raises Refused when there are too many."""
        session = fingerprint(cookie) if cookie else ""
        if self._addresses[address] >= self.per_address:
            raise Refused("sockets of the address", TOO_MANY)
        if session and self._sessions[session] >= self.per_session:
            raise Refused("sockets of the session", TOO_MANY)
        self._addresses[address] += 1
        if session:
            self._sessions[session] += 1
        try:
            yield
        finally:
            _less(self._addresses, address)
            _less(self._sessions, session)


def _less(counter: Counter[str], key: str) -> None:
    if key in counter:
        counter[key] -= 1
        if counter[key] <= 0:
            del counter[key]


@dataclass(slots=True)
class Traffic:
    """One socket's frames: text only, bounded in size, a burst and then so many a second."""

    address: str
    _receive: Receive
    _send: Send
    _tokens: float = BURST
    _at: float = field(default_factory=time.monotonic)
    _closed: bool = False

    async def receive(self) -> Message:
        """Passes on what may come in; the first frame that may not closes the socket."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            self._closed = message["type"] == "websocket.disconnect"
            return message
        code = self._verdict(message)
        if not code:
            return message
        log.warning("socket closed", extra={"address": self.address, "code": code})
        await self.hang_up(code)
        return {"type": "websocket.disconnect", "code": code}

    async def send(self, message: Message) -> None:
        """Passes on what the program says while there is somebody to hear it."""
        if not self._closed:
            self._closed = message["type"] == "websocket.close"
            await self._send(message)

    async def hang_up(self, code: int = OVER) -> None:
        """Closes the socket whatever its other end thinks of it."""
        if not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": code})

    def _verdict(self, message: Message) -> int:
        text = message.get("text")
        if text is None:
            return NOT_TEXT
        # A character takes at most four bytes, so that most frames need no second copy to be measured.
        if len(text) > FRAME_BYTES or (len(text) * 4 > FRAME_BYTES and len(text.encode()) > FRAME_BYTES):
            return TOO_BIG
        return 0 if self._take() else TOO_FAST

    def _take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._at) * EVENTS_PER_SECOND)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
