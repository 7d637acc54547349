"""A hand-made client of the event socket, which sends what no page would."""

import json
import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from selfcare_app.kit.ids import new_id
from tests.served import Served

ROOT = "reflex___state____state"
APP = f"{ROOT}.selfcare_app___ui___session____app_state"
HYDRATE = f"{ROOT}.hydrate_and_load"
DONE = f"{APP}.effects_done"
PATIENCE = 30.0


class Refused(Exception):
    """The server did not admit the socket, or closed it; `code` is the close code or 0."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass
class Heard:
    """What came back: changed vars by State, and events for the page."""

    delta: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def add(self, update: dict[str, Any]) -> None:
        for state, changed in (update.get("delta") or {}).items():
            self.delta.setdefault(state, {}).update(changed)
        self.events += update.get("events") or []

    @property
    def leave(self) -> str:
        """Where the page is sent."""
        return str(self.delta.get(APP, {}).get("leave_rx_state_", ""))

    @property
    def text(self) -> str:
        return json.dumps([self.delta, self.events], ensure_ascii=False)

    def states(self) -> set[str]:
        """States that changed, but for what the gate itself says."""
        return {state for state in self.delta if state not in (APP, ROOT)}


class Raw:
    """One socket. `token` names the tab; `address` is what the proxy says the client's address is."""

    def __init__(
        self,
        served: Served,
        *,
        session: str = "",
        token: str = "",
        origin: str | None = "",
        address: str = "",
        cookies: str = "",
        path: str = "/home",
    ) -> None:
        self.served, self.path = served, path
        self.token = token or str(new_id())
        self.frames: list[str] = []
        self.answers = True
        self._arrived: queue.Queue[str | Refused] = queue.Queue()
        headers = {"X-Forwarded-For": address or f"10.{new_id().int % 250}.{new_id().int % 251}.{new_id().int % 249}"}
        if said := cookies or (served.cookie_header(session) if session else ""):
            headers["Cookie"] = said
        url = f"ws://127.0.0.1:{served.port}/_event/?EIO=4&transport=websocket&token={self.token}"
        try:
            self.socket: ClientConnection = connect(
                url,
                origin=served.url if origin == "" else origin,  # type: ignore[arg-type]
                additional_headers=headers,
                compression=None,
                proxy=None,
                max_size=None,
                open_timeout=PATIENCE,
            )
            assert str(self.socket.recv(PATIENCE)).startswith("0{")
        except (InvalidHandshake, ConnectionClosed) as wrong:
            raise Refused(getattr(getattr(wrong, "rcvd", None), "code", 0)) from wrong
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_wrong: object) -> None:
        self.close()

    def close(self) -> None:
        """Leaves."""
        self.socket.close()

    # --- frames

    def _listen(self) -> None:
        """Answers the server's pings as a browser does, while `answers`, and keeps everything else."""
        try:
            while True:
                frame = str(self.socket.recv())
                if frame != "2":
                    self.frames.append(frame)
                    self._arrived.put(frame)
                elif self.answers:
                    self.socket.send("3")
        except ConnectionClosed as wrong:
            self._arrived.put(Refused(wrong.rcvd.code if wrong.rcvd else 0))

    def send_text(self, text: str) -> None:
        """Sends a frame as it is. Raises Refused when the socket is closed."""
        try:
            self.socket.send(text)
        except ConnectionClosed as wrong:
            raise Refused(wrong.rcvd.code if wrong.rcvd else 0) from wrong

    def frame(self, timeout: float = PATIENCE) -> str:
        """The next frame. Raises Refused when the socket is closed, TimeoutError when nothing comes."""
        try:
            arrived = self._arrived.get(timeout=timeout)
        except queue.Empty as nothing:
            raise TimeoutError from nothing
        if isinstance(arrived, Refused):
            self._arrived.put(arrived)
            raise arrived
        return arrived

    # --- Socket.IO and Reflex

    def join(self, *, path: str = "", first: dict[str, Any] | None = None) -> Heard:
        """Connects as a page that loads, and waits until all that its loading chained is done."""
        event = first or self.event(HYDRATE, {}, path or self.path)
        self.send_text(f"40/_event,{json.dumps({'event': event, 'state_schema': None})}")
        heard = Heard()
        while not (frame := self.frame()).startswith("40/_event,"):
            if frame.startswith("44/_event"):
                raise Refused(44)
            self._hear(frame, heard)
        while not heard.delta.get(ROOT, {}).get("is_hydrated_rx_state_") and not heard.leave:
            self._hear(self.frame(), heard)
        return self.settle(heard)

    def event(self, name: str, payload: Any = None, path: str = "") -> dict[str, Any]:
        """An event as a page forms it."""
        shown = path or self.path
        return {
            "name": name,
            "payload": payload or {},
            "router_data": {"pathname": shown, "asPath": shown, "query": {}},
        }

    def emit(self, name: str, payload: Any = None, *, path: str = "") -> None:
        """Sends an event without waiting."""
        self.send_text(f"42/_event,{json.dumps(['event', self.event(name, payload, path)])}")

    def call(self, name: str, payload: Any = None, *, path: str = "") -> Heard:
        """Sends an event and waits until it is done with."""
        self.emit(name, payload, path=path)
        return self.settle()

    def settle(self, heard: Heard | None = None) -> Heard:
        """Waits until all events sent so far are done with: a tab's events go one after another, ours comes last.

        Twice, because what a handler chains is queued behind the first.
        """
        heard = heard or Heard()
        for _ in range(2):
            self.emit(DONE, {"upto": 0})
            update = None
            while "effects_rx_state_" not in ((update or {}).get("delta") or {}).get(APP, {}):
                update = self._hear(self.frame(), heard)
        return heard

    def until(self, what: str, timeout: float = PATIENCE) -> Heard:
        """Listens until a frame has the text in it."""
        heard = Heard()
        end = time.monotonic() + timeout
        while True:
            frame = self.frame(max(0.01, end - time.monotonic()))
            self._hear(frame, heard)
            if what in frame:
                return heard

    def _hear(self, frame: str, heard: Heard) -> dict[str, Any] | None:
        if not frame.startswith('42/_event,["event",'):
            return None
        update: dict[str, Any] = json.loads(frame.removeprefix("42/_event,"))[1]
        heard.add(update)
        return update

    def closed(self, timeout: float = PATIENCE) -> int:
        """Listens until the server closes the socket; gives the code."""
        try:
            while True:
                self.frame(timeout)
        except Refused as refused:
            return refused.code


def is_admitted(served: Served, **options: Any) -> bool:
    """Whether a socket gets as far as Engine.IO's greeting."""
    try:
        with Raw(served, **options):
            return True
    except Refused:
        return False


def quiet(frames: Iterable[str], *canaries: str) -> bool:
    """Whether none of the canaries is in what was heard."""
    return not [c for c in canaries for f in frames if c in f]
