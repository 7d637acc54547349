"""The outermost layer: what is refused before anything else sees it, and the headers that every answer carries."""

from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from selfcare_app.endpoints import headers
from selfcare_app.endpoints.peer import address_of, cookie_of, header_of
from selfcare_app.endpoints.sockets import Refused, SocketDoor, Traffic
from selfcare_app.kit.log import Seldom, logger, operation

BODY_BYTES = 65_536
_SAFE = ("GET", "HEAD")
_METHODS = (*_SAFE, "POST")
_SOCKET_PATHS = ("/_event", "/_event/")
FOREIGN_ORIGIN = 4403

log = logger("guard")


@dataclass(frozen=True, slots=True)
class Doors:
    """Which paths exist: `exact` and `under` are ours beside the bundle, `machines` are posted to by gateways."""

    exact: frozenset[str] = frozenset()
    under: tuple[str, ...] = ()
    machines: tuple[str, ...] = ("/inbound/",)

    def ours(self, path: str) -> bool:
        """Whether an endpoint of ours answers the path."""
        return path in self.exact or path.startswith(self.under)


@dataclass(slots=True)
class Guard:
    """ASGI middleware around the whole program. `bundle` is the directory of the built front end."""

    app: ASGIApp
    origin: str
    bundle: Path
    secure: bool
    session_cookie: str
    doors: Doors = field(default_factory=Doors)
    trusted_proxy_hops: int = 0
    sockets: SocketDoor = field(default_factory=SocketDoor)
    turned_away: Callable[[Scope, str], str] = lambda _scope, _address: ""
    """Of a post that has no chance: the page it is sent to at once; else ""."""
    _policy: bytes = field(init=False)
    _always: dict[bytes, bytes] = field(init=False)
    _pages: frozenset[str] = field(init=False)
    _seldom: Seldom = field(default_factory=lambda: Seldom(60))

    def __post_init__(self) -> None:
        self._policy = headers.content_policy(self.bundle, self.origin).encode()
        self._always = {n.encode(): v.encode() for n, v in headers.always(secure=self.secure).items()}
        self._pages = frozenset(_pages(self.bundle))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            with operation():
                await self._socket(scope, receive, send)
        else:
            with operation():
                await self._request(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = address_of(scope, self.trusted_proxy_hops)
        if scope["path"] not in _SOCKET_PATHS or header_of(scope, b"origin") != self.origin:
            self._note(address, "socket refused", reason="origin")
            await receive()
            await send({"type": "websocket.close", "code": FOREIGN_ORIGIN})
            return
        try:
            with self.sockets.admitted(address, cookie_of(scope, self.session_cookie)):
                traffic = Traffic(address, receive, send)
                scope = {**scope, "selfcare.address": address, "selfcare.hang_up": traffic.hang_up}
                await self.app(scope, traffic.receive, traffic.send)
        except Refused as refused:
            self._note(address, "socket refused", reason=refused.reason)
            await receive()
            await send({"type": "websocket.close", "code": refused.code})

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        dressed = self._dressed(scope, send)
        if status := self._refusal(scope):
            self._note(address_of(scope, self.trusted_proxy_hops), "request refused", status=status)
            await _answer(dressed.send, status)
            return
        address = address_of(scope, self.trusted_proxy_hops)
        if scope["method"] == "POST" and (page := self.turned_away(scope, address)):
            self._note(address, "request refused", status=303)
            await _answer(dressed.send, 303, location=page)
            return
        scope = {**scope, **self._in_place(scope["path"]), "selfcare.address": address}
        try:
            await self.app(scope, _bounded(receive), dressed.send)
        except _TooLong:
            await _answer(dressed.send, 413, begun=dressed.begun)
        except Exception:
            log.exception("request failed", extra={"method": scope["method"]})
            await _answer(dressed.send, 500, begun=dressed.begun)

    def _refusal(self, scope: Scope) -> int:
        """The status to refuse with, or 0."""
        path, method = scope["path"], scope["method"]
        if method not in _METHODS:
            return 405
        if not self._exists(path):
            return 404
        if method in _SAFE:
            return 0
        if not self.doors.ours(path):
            return 405
        if not self._may_post(path, header_of(scope, b"origin")):
            return 403
        declared = header_of(scope, b"content-length")
        return 413 if declared and (not declared.isdigit() or int(declared) > BODY_BYTES) else 0

    def _exists(self, path: str) -> bool:
        # Reflex answers /ping, /_health, /_upload and the like by itself; none of them is a door of ours.
        return self.doors.ours(path) or not (path.startswith("/_") or path == "/ping" or "\\" in path or "\0" in path)

    def _may_post(self, path: str, origin: str) -> bool:
        return origin == self.origin or (origin == "" and path.startswith(self.doors.machines))

    def _in_place(self, path: str) -> dict[str, Any]:
        # Static files answer a page's directory by a redirect with an absolute address and the wrong scheme.
        return {"path": f"{path}/", "raw_path": f"{path}/".encode()} if path in self._pages else {}

    def _note(self, address: str, what: str, **extra: object) -> None:
        held = self._seldom((address, what))
        if held is not None:
            log.warning(what, extra={"address": address, "count": held + 1, **extra})

    def _dressed(self, scope: Scope, send: Send) -> "_Dressed":
        return _Dressed(scope["path"], self.doors.ours(scope["path"]), send, self._always, self._policy)


@dataclass(slots=True)
class _Dressed:
    """Puts the headers on an answer as it starts."""

    path: str
    ours: bool
    out: Send
    always: dict[bytes, bytes]
    policy: bytes
    begun: bool = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            message["headers"] = self._headers(message)
        await self.out(message)

    def _headers(self, message: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
        given = [(n.lower(), _plain(n.lower(), v)) for n, v in message.get("headers", []) if not _dropped(n.lower())]
        names = {n for n, _ in given}
        kind = next((v for n, v in given if n == b"content-type"), b"").decode("latin-1")
        # A service worker lives under the policy of its own script's answer; a page's scripts under the page's.
        live = kind.startswith("text/html") or (
            kind.startswith("text/javascript") and not self.path.startswith("/assets/")
        )
        added = dict(self.always)
        # "Not modified" has no content type; a policy on it would take the place of the kept page's own.
        if message["status"] != 304:
            added[b"content-security-policy"] = self.policy if live else headers.PLAIN_POLICY.encode()
        added[b"cache-control"] = headers.caching(self.path, ours=self.ours, status=message["status"]).encode()
        # An endpoint that says more (no-store on a document, its own policy) is right; it can't say less than `always`.
        return [(n, v) for n, v in given if n not in self.always] + [
            (n, v) for n, v in added.items() if n in self.always or n not in names
        ]


def _dropped(name: bytes) -> bool:
    return name == b"server" or name.startswith(b"access-control-")


def _plain(name: bytes, value: bytes) -> bytes:
    """Without the `Origin` that the framework varies by: no answer of ours does."""
    return b", ".join(p for p in value.split(b", ") if p.lower() != b"origin") if name == b"vary" else value


class _TooLong(Exception):
    """The body went on past the limit."""


def _bounded(receive: Receive) -> Receive:
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > BODY_BYTES:
                raise _TooLong
        return message

    return bounded


async def _answer(send: Send, status: int, *, begun: bool = False, location: str = "") -> None:
    if begun:
        return
    headers = [(b"content-length", b"0"), *([(b"location", location.encode())] if location else [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _pages(bundle: Path) -> Iterable[str]:
    for page in bundle.rglob("index.html"):
        if page.parent != bundle:
            yield "/" + page.parent.relative_to(bundle).as_posix()
