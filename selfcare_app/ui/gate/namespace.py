"""The door of the event socket: a known browser tab, a known event, arguments as the handler wants them."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from reflex.app import App, EventNamespace
from reflex.state import State, StateUpdate
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.registry import RegistrationContext

from selfcare_app.kit import clock
from selfcare_app.kit.log import Seldom, logger
from selfcare_app.ui.gate import policy
from selfcare_app.ui.gate.payload import fits
from selfcare_app.ui.gate.sockets import SOCKETS, admit, tab_now

_TAB = re.compile(r"[0-9A-Za-z-]{1,64}")
_PATH = re.compile(r"/[\w\-./~%]{0,200}")
_LONGEST = 2_000
_PARTS = {"name", "payload", "router_data", "event_actions"}
_ROUTER_PARTS = {"pathname", "asPath", "query", "hash"}
_HEADERS_KEPT = {"origin", "host"}
"""What a tab's state holds of the handshake, on whatever it is kept: no cookie, nothing of the person."""


log = logger("gate")


class GuardedNamespace(EventNamespace):
    """Reflex's namespace, behind the checks that need no state."""

    def __init__(self, namespace: str, app: App) -> None:
        super().__init__(namespace, app)
        self._seldom = Seldom(60)

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> bool | None:
        """Admits a socket, notes whose it is, and passes on the tab's first event."""
        token = parse_qs(environ.get("QUERY_STRING", "")).get("token", [""])[0]
        first = _first(auth)
        # Without a first event Reflex writes the socket into the tab's state by itself, whoever's state that is.
        if first is None or not _TAB.fullmatch(token):
            return False
        scope = environ["asgi.scope"]
        cookies = ";".join(v.decode("latin-1") for n, v in scope["headers"] if n == b"cookie")
        socket = await admit(sid, cookies=cookies, address=scope.get("selfcare.address", ""), now=clock.now())
        socket.hang_up = scope.get("selfcare.hang_up")
        try:
            await super().on_connect(sid, environ, first)
        except BaseException:
            SOCKETS.drop(sid)
            raise
        return None

    def _build_static_router_data(self, sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        built = super()._build_static_router_data(sid, environ)
        return built | {"headers": {n: v for n, v in built["headers"].items() if n in _HEADERS_KEPT}}

    def on_disconnect(self, sid: str) -> asyncio.Task[Any] | None:
        """Forgets the socket."""
        SOCKETS.drop(sid)
        self._seldom.forget(sid)
        return super().on_disconnect(sid)

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        """Sends what an event changed to the tab, unless the tab has become another browser's meanwhile (S-27)."""
        record = self._token_manager.token_to_socket.get(token)
        if (of := tab_now.get()) is None or record is None or of.is_at(record.sid):
            await super().emit_update(update, token)

    async def on_event(self, sid: str, data: Any) -> None:
        """Queues an event that may be queued; anything else is dropped with a line a minute."""
        if reason := self._wrong(sid, data):
            self.junk(sid, reason)
            return
        await super().on_event(sid, data)

    async def on_client_error(self, sid: str, data: Any = None) -> None:
        """Counts a page's own complaint; what it says stays with it."""
        self.junk(sid, "client_error")

    def junk(self, sid: str, reason: str) -> None:
        """Notes a dropped thing."""
        held = self._seldom(sid)
        if held is not None:
            log.warning("dropped", extra={"socket": sid[:8], "reason": reason, "count": held + 1})

    def _wrong(self, sid: str, data: Any) -> str:
        if sid not in SOCKETS:
            return "no socket"
        if not isinstance(data, dict) or not data.keys() <= _PARTS:
            return "shape"
        name = data.get("name")
        if not isinstance(name, str) or name not in RegistrationContext.get().event_handlers:
            return "unknown event"
        if policy.policy_of(name).caller in (policy.Caller.NOBODY, policy.Caller.PROGRAM):
            return "closed event"
        if not _route_is_plain(data.get("router_data")):
            return "route"
        payload = data.get("payload") or {}
        return "" if (_framework(name, payload) if name in policy.FRAMEWORK else fits(name, payload)) else "payload"


def _first(auth: Any) -> dict[str, Any] | None:
    """What a page of ours says as it connects: the event that loads it, and which version of the States it knows."""
    if not isinstance(auth, dict):
        return None
    event, schema = auth.get("event"), auth.get("state_schema")
    if not isinstance(event, dict) or event.get("name") not in policy.HYDRATING:
        return None
    return {"event": event, "state_schema": schema if isinstance(schema, str) else None}


def _route_is_plain(route: Any) -> bool:
    """Whether the page that the browser says it is on is at least shaped like one; nothing is ever decided by it."""
    if not isinstance(route, Mapping) or not route.keys() <= _ROUTER_PARTS:
        return False
    path, shown, query = route.get("pathname"), route.get("asPath"), route.get("query", {})
    return (
        isinstance(path, str)
        and _PATH.fullmatch(path) is not None
        and isinstance(shown, str)
        and len(shown) <= _LONGEST
        and isinstance(query, dict)
        and all(isinstance(v, str) and len(v) <= _LONGEST for v in query.values())
    )


def _framework(name: str, payload: Any) -> bool:
    """Whether Reflex's own event carries what Reflex's own page sends."""
    if not isinstance(payload, dict):
        return False
    stored = payload.get("vars")
    if not fits(name, {**payload, "vars": {}} if stored else payload):
        return False
    return stored is None or (isinstance(stored, dict) and all(_is_stored(k, v) for k, v in stored.items()))


def _is_stored(full_name: str, value: Any) -> bool:
    """Whether a var is one that browsers keep, with a value such as browsers keep."""
    state_name, _, name = full_name.rpartition(".")
    try:
        state = State.get_class_substate(state_name)
    except ValueError:
        return False
    return (
        state._is_client_storage(name.removesuffix(FIELD_MARKER)) and isinstance(value, str) and len(value) <= _LONGEST
    )
