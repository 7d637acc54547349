"""Once in half a second: writes down who was active, ends idle sessions, and sends tabs of dead sessions to sign in."""

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from reflex.app import App
from reflex.event import EventSpec
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex_base.event import Event

from selfcare_app.access import session as sessions
from selfcare_app.access import watch
from selfcare_app.kit import clock
from selfcare_app.kit.log import logger
from selfcare_app.ui.gate.activity import ACTIVITY
from selfcare_app.ui.gate.living import parting, until, write
from selfcare_app.ui.gate.sockets import GATE, OVER, SOCKETS, Socket
from selfcare_app.ui.session import NOTICEABLE, AppState, deadline
from selfcare_app.wiring import ask, do, wired

PERIOD_SECONDS = 0.5
_EARLY = timedelta(seconds=5)
VISITOR_STATE_SECONDS = 30
SUBSCRIBER_STATE_SECONDS = 300

log = logger("sweeper")


class Sweeper:
    """The sweeping of one web process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._version: int | None = None

    async def forever(self) -> None:
        """Sweeps until cancelled; one failed sweep is logged and the next is tried."""
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            try:
                await self.once(clock.now())
            except Exception:
                log.exception("sweep failed")

    async def once(self, now: datetime) -> None:
        """One sweep, as at `now`."""
        rules = wired().profile.session
        idle, warn = timedelta(seconds=rules.idle_seconds), timedelta(seconds=rules.warn_before_seconds)
        await write_down(now, idle)
        held = [socket for socket in SOCKETS if socket.session_id is not None]
        # Sessions without a socket are the worker's to end. A tab may have been told an end that is a little late.
        if OVER or any(socket.told_until is None or socket.told_until - NOTICEABLE <= now for socket in held):
            OVER.clear()
            for session_id in await do(sessions.end_idle, GATE, now=now):
                ACTIVITY.forget(session_id)
        if held and self._must_look(held, now + warn + _EARLY):
            await self._look_after(held, now, warn, idle)
        await _hang_up()
        _drop_old_states(self._app)

    def _must_look(self, held: list[Socket], soon: datetime) -> bool:
        """Whether a session may have ended or been used elsewhere since the last look."""
        version, before = wired().db.version(), self._version
        self._version = version
        return version is None or version != before or any(s.told_until is None or s.told_until <= soon for s in held)

    async def _look_after(self, held: list[Socket], now: datetime, warn: timedelta, idle: timedelta) -> None:
        living = await ask(watch.living, GATE, session_ids=_sessions_of(held), now=now)
        for socket in held:
            if socket.session_id is None or (ends := living.get(socket.session_id)) is None:
                await self._send_away(socket, now)
            elif _is_told_too_early(socket, used := until(socket.session_id, ends, idle), now, warn):
                socket.told_until = used
                await self._push(socket, AppState.extended(deadline(used, now, int(warn.total_seconds()))))

    async def _send_away(self, socket: Socket, now: datetime) -> None:
        expired, to = await parting(socket.session_id, socket.told_until, now) if socket.session_id else (False, "")
        socket.forget_session()
        await self._push(socket, AppState.go_to_sign_in(expired, to))

    async def _push(self, socket: Socket, what: EventSpec) -> None:
        token = self._app.event_namespace.sid_to_token.get(socket.sid)
        if token is None:
            return
        for event in Event.from_event_type(what):
            await self._app.event_processor.enqueue(token, event)


async def _hang_up() -> None:
    """Closes the sockets of ended sessions, which had their moment to leave."""
    for socket in SOCKETS:
        if socket.leaves_at is not None and socket.leaves_at <= time.monotonic() and socket.hang_up is not None:
            await socket.hang_up()


async def write_down(now: datetime, idle: timedelta) -> None:
    """Writes the uses that are due to be written."""
    for session_id, used in ACTIVITY.due(now, idle=idle):
        await write(session_id, used)


def _sessions_of(sockets: Iterable[Socket]) -> set[UUID]:
    return {socket.session_id for socket in sockets if socket.session_id is not None}


def _is_told_too_early(socket: Socket, end: datetime, now: datetime, warn: timedelta) -> bool:
    """Whether the tab is about to warn although another tab of the session was used."""
    told = socket.told_until
    return told is not None and end - told >= NOTICEABLE and told - now <= warn + _EARLY


def _drop_old_states(app: App) -> None:
    """Frees states of tabs that are gone; a tab that comes back later starts from its address and the database."""
    manager = app.state_manager
    if not isinstance(manager, StateManagerMemory):
        return
    connected, now = app.event_namespace.token_to_sid, time.time()
    for expires_at, token in tuple(manager._token_expires_at.values()):
        if token.ident in connected or not isinstance(token, BaseStateToken):
            continue
        idle = now - (expires_at - manager.token_expiration)
        lock = manager._states_locks.get(token.lock_key)
        if idle > _kept_seconds(manager, token) and not (lock and lock.locked()):
            manager._purge_token(token)


def _kept_seconds(manager: StateManagerMemory, token: BaseStateToken) -> int:
    root = manager.states.get(token.cache_key)
    mine = root.substates.get(AppState.get_name()) if root is not None else None
    return SUBSCRIBER_STATE_SECONDS if mine is not None and mine._owner else VISITOR_STATE_SECONDS
