"""What every State stands on: the session that the tab is in, the actor, messages, effects, and one net for errors."""

import re
import secrets
import time
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from selfcare_app.access import rights, subjects
from selfcare_app.access.views import Signed
from selfcare_app.i18n.message import Message, from_fault, message, wire
from selfcare_app.kit.actor import SignInNeeded, Subscriber, Visitor
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.log import logger
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ui.gate.policy import internal, public, quiet
from selfcare_app.ui.gate.sockets import OF_SESSION, SOCKETS
from selfcare_app.wiring import ask, wired

__all__ = ["AppState", "OpenState", "SignedState", "caught", "internal", "public", "quiet"]

SIGN_IN = "/sign-in"
NOTICEABLE = timedelta(seconds=1)
"""An end of idleness that moved by less is not told to the page."""
_PLAIN_PATH = re.compile(r"/[\w\-/]{1,200}")

log = logger("ui")

signed_now: ContextVar[Signed | None] = ContextVar("signed_now", default=None)
"""The live session of the event that is being handled; the gate sets it, nobody else."""


class AppState(rx.State):
    """What all States of a tab share. Names with `_` never leave the server."""

    notice: Message = {}
    effects: list[dict[str, Any]] = []
    idle: dict[str, Any] = {}
    leave: str = ""
    acting: dict[str, Any] = {}
    """On whose line the tab works, where that is not the line which signed in; empty otherwise."""

    menu: str = ""
    """Whose menu the frame shows: "client" for an organisation's administrator, "chosen" while he works on a line."""

    _owner: str = ""
    _conn: str = ""
    _before: str = ""
    _seen: float = 0.0

    @rx.event
    @public
    @quiet
    def effects_done(self, upto: int):
        """The page has shown the effects up to a number."""
        self.effects = [each for each in self.effects if each["seq"] > upto]

    @rx.event
    def stay(self):
        """The person at the screen wants to stay signed in; that the event came through the gate is all it takes."""

    @rx.event
    @internal
    def tell(self, told: dict[str, Any]):
        """Shows a message on the page, in place of what its handler would have shown."""
        self.notice = told

    @rx.event
    @internal
    def go_to_sign_in(self, expired: bool, to: str = ""):
        """Leaves the page for the sign-in page (or `to`) by a full load, so that nothing of it stays in the browser."""
        self._go_to_sign_in(expired=expired, to=to)

    @rx.event
    @internal
    def extended(self, until: dict[str, Any]):
        """Another tab of the same session was used."""
        self.idle = until

    def _go_to_sign_in(self, *, expired: bool, to: str = "") -> None:
        """Drops all that the tab's States hold; the tab stays tied to its socket, as nobody's."""
        # The first reason is the right one: what comes after it finds a visitor.
        path, conn = self.leave or to or self._sign_in_path(expired=expired), self._conn
        # A visitor's States hold nothing of a session, and an answer with all of them is long.
        if self._owner.startswith(OF_SESSION):
            self.reset()
        self.leave, self._conn, self._seen = path, conn, time.time()

    def _sign_in_path(self, *, expired: bool) -> str:
        """Where to sign in so that one comes back to the page the tab is on."""
        shown = str(self.router_data.get("asPath", "")).partition("?")[0].partition("#")[0]
        query = {"expired": "1"} if expired else {}
        if _PLAIN_PATH.fullmatch(shown) and "//" not in shown and shown != SIGN_IN:
            query["next"] = shown
        return f"{SIGN_IN}?{urlencode(query)}" if query else SIGN_IN

    def _effect(self, kind: str, **values: Any) -> None:
        """Queues something for the page to do once (toast, focus, announce)."""
        # Numbers go on growing after a reset, because a page that stays open remembers the last it has seen.
        seq = max(time.time_ns() // 1_000_000, (self.effects[-1]["seq"] + 1) if self.effects else 0)
        self.effects = [*self.effects, {"seq": seq, "kind": kind, **values}]

    def _toast(self, told: Message, tone: str = "good") -> None:
        self._effect("toast", message=told, tone=tone)

    def _focus(self, element_id: str) -> None:
        self._effect("focus", id=element_id)

    def _announce(self, told: Message) -> None:
        self._effect("announce", message=told)


class SignedState(AppState):
    """Base of States whose handlers are for a signed-in subscriber alone."""

    async def _actor(self) -> Subscriber:
        """The subscriber whose event this is, with the proofs that are fresh. Raises SignInNeeded."""
        signed = signed_now.get()
        if signed is None:
            raise SignInNeeded()
        return signed.actor


class OpenState(AppState):
    """Base of States of pages that need no session; each handler says `@public`."""

    def _visitor(self) -> Visitor:
        """Who is there, as far as the network knows."""
        socket = SOCKETS.get(self._conn)
        return Visitor(address=socket.address, language=socket.language) if socket else Visitor()

    async def _maybe_actor(self) -> Subscriber | None:
        """The subscriber, if the visitor of this page is one."""
        signed = signed_now.get()
        return signed.actor if signed else None


def caught(exception: Exception) -> EventSpec | None:
    """What to do when a handler raised: a refusal is told; a bug is logged once under a reference, and that is told."""
    if isinstance(exception, SignInNeeded):
        return AppState.go_to_sign_in(False)
    if isinstance(exception, Fault):
        return AppState.tell(from_fault(exception))
    reference = secrets.token_hex(4)
    log.error("bug", exc_info=exception, extra={"reference": reference})
    return AppState.tell(message("kit.error.bug", reference=reference))


def shown_acting(actor: Subscriber) -> dict[str, Any]:
    """What the frame says and offers while somebody works on another's line."""
    acting = actor.acting
    if acting is None:
        return {}
    return {
        "number": wire(Msisdn(acting.msisdn)) if acting.msisdn else {},
        "own": wire(Msisdn(acting.own_msisdn)) if acting.own_msisdn else {},
        "line": str(actor.line_id),
        "own_line": str(acting.line_id),
        "role": acting.role,
        "level": acting.level,
        "features": list(rights.features(acting)),
    }


async def shown_menu(actor: Subscriber, now: datetime) -> str:
    """Whose menu the frame shows (ADM-001): asked when a page is opened, because it hangs on a right."""
    menus = wired().profile.menu
    if actor.must_change_password:
        return ""
    if actor.acting is not None:
        return "chosen" if menus.chosen_line and actor.acting.role in subjects.KEEPERS else ""
    return "client" if menus.administrator and await ask(subjects.is_keeper, actor, now=now) else ""


def deadline(until: datetime, now: datetime, warn_seconds: int) -> dict[str, Any]:
    """What a page needs to warn in time by the server's clock: end of idleness, the present, how long before."""
    return {"until": _millis(until), "now": _millis(now), "warn": warn_seconds}


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
