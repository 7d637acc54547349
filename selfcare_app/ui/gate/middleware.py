"""The gate: under the state's lock, before every handler, whose tab this is and whether its session lives."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from reflex.app import App
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext

from selfcare_app.access.views import Signed
from selfcare_app.kit import clock
from selfcare_app.kit.log import begin_operation, logger
from selfcare_app.operators.schema import Feature
from selfcare_app.ui.gate import policy, sections
from selfcare_app.ui.gate.activity import ACTIVITY
from selfcare_app.ui.gate.living import living, parting, until
from selfcare_app.ui.gate.sockets import OF_SESSION, SOCKETS, Socket, Tab, tab_now
from selfcare_app.ui.session import NOTICEABLE, AppState, deadline, shown_acting, shown_menu, signed_now
from selfcare_app.wiring import wired

_SEEN_SECONDS = 10
PASSWORD_PAGE = Feature.PASSWORD.path
_OURS_ALONE = (policy.Caller.PROGRAM, policy.Caller.NOBODY)

log = logger("gate")


class Gate(Middleware):
    """Deny by default: a handler runs for a live session, unless its policy lets anyone or the program call it.

    `open_pages` are the routes that visitors may be on; every other page sends them to sign in.
    """

    def __init__(self, open_pages: Collection[str]) -> None:
        self._open_pages = frozenset(open_pages)

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Lets the event pass (None) or answers in its place."""
        begin_operation()
        me: AppState = await state.get_state(AppState)
        context, rule = EventContext.get(), policy.policy_of(event.name)
        signed_now.set(None)
        conn = str(context.router_data.get("sid", ""))
        by_browser = context.parent_txid is None and bool(context.router_data)
        if by_browser:
            if not _bind(me, SOCKETS.get(conn), event.name):
                return StateUpdate()
            _freshen(me, event.name, rule)
        elif conn and conn not in (me._conn, me._before):
            # What another browser began before the tab's state was taken from it.
            return StateUpdate()
        tab_now.set(Tab(me._conn, me._owner))
        if rule.caller in _OURS_ALONE:
            return StateUpdate() if by_browser else None
        if not by_browser and event.name in policy.FRAMEWORK:
            return None
        return await self._decide(state, me, event.name, rule, by_browser=by_browser)

    async def _decide(
        self, state: BaseState, me: AppState, name: str, rule: policy.Policy, *, by_browser: bool
    ) -> StateUpdate | None:
        now, session_id, signed = clock.now(), owned_session(me), None
        if session_id is not None:
            signed = await living(session_id, now)
            if signed is None:
                socket = SOCKETS.get(me._conn)
                expired, to = await parting(session_id, socket.told_until if socket else None, now)
                return await _dismiss(state, me, expired, to)
            if me.acting != (acting := shown_acting(signed.actor)):
                me.acting = acting
            if name in policy.HYDRATING and me.menu != (menu := await shown_menu(signed.actor, now)):
                me.menu = menu
        signed_now.set(signed)
        if signed is None:
            allowed = rule.caller is policy.Caller.ANYONE and self._is_open(name)
            return None if allowed else await _dismiss(state, me, expired=False)
        if by_browser:
            if signed.actor.must_change_password and _is_elsewhere(name, rule):
                return await _lead(state, me, f"{PASSWORD_PAGE}?due=1")
            _note(me, signed, name, rule, now)
        elsewhere = await sections.judge(state, name, signed.actor, by_browser=by_browser, now=now)
        return await _lead(state, me, elsewhere) if elsewhere else None

    def _is_open(self, name: str) -> bool:
        """Whether a visitor may load the page that the tab is on; other events are not of a page."""
        if name not in policy.LOADING:
            return True
        return str(EventContext.get().router_data.get("pathname", "")) in self._open_pages


def _is_elsewhere(name: str, rule: policy.Policy) -> bool:
    """Whether the event is of another page than the one where the password is changed."""
    is_of_page = name in policy.LOADING or rule.caller is policy.Caller.SUBSCRIBER
    return is_of_page and str(EventContext.get().router_data.get("pathname", "")) != PASSWORD_PAGE


async def _lead(state: BaseState, me: AppState, path: str) -> StateUpdate:
    """Sends the tab to another page by a full load."""
    me.leave = path
    delta = await state._get_resolved_delta()
    state._clean()
    return StateUpdate(delta=delta)


def owned_session(me: AppState) -> UUID | None:
    """The session that the tab's state belongs to."""
    owner = me._owner
    if not owner.startswith(OF_SESSION):
        return None
    socket = SOCKETS.get(me._conn)
    return socket.session_id if socket and socket.owner == owner else UUID(owner.removeprefix(OF_SESSION))


def _freshen(me: AppState, name: str, rule: policy.Policy) -> None:
    """Notes that the tab is in use, and takes away what it has shown."""
    moment = time.time()
    if moment - me._seen > _SEEN_SECONDS:
        me._seen = moment
    if name in policy.HYDRATING and me.leave:
        me.leave = ""
    if rule.activity and me.notice:
        me.notice = {}


def _bind(me: AppState, socket: Socket | None, name: str) -> bool:
    """Ties the tab's state to the socket if it is this browser's; another's state is dropped, never handed over."""
    if socket is None:
        return False
    if me._conn == socket.sid:
        return True
    if socket.owner and me._owner == socket.owner:
        me._before, me._conn = me._conn, socket.sid
        return True
    # Only hydration has loaded every State of the tab, so only it can drop them all; a state never used holds nothing.
    if name in policy.HYDRATING or not me._seen:
        me.reset()
        me._owner, me._conn = socket.owner, socket.sid
        return True
    log.warning("tab of another", extra={"socket": socket.sid[:8]})
    return False


async def _dismiss(state: BaseState, me: AppState, expired: bool, to: str = "") -> StateUpdate:
    """Drops what the tab holds and sends it to sign in."""
    socket = SOCKETS.get(me._conn)
    if socket is not None:
        socket.forget_session()
    me._go_to_sign_in(expired=expired, to=to)
    delta = await state._get_resolved_delta()
    state._clean()
    return StateUpdate(delta=delta)


def _note(me: AppState, signed: Signed, name: str, rule: policy.Policy, now: datetime) -> None:
    """Takes note of what a person did, and tells the page until when the session lives."""
    rules = wired().profile.session
    # A page asks for its loading by itself only after a link was followed; connecting again goes by hydration.
    if rule.activity or name == policy.NAVIGATING:
        ACTIVITY.note(signed.session_id, now)
    tell_deadline(
        me, until(signed.session_id, signed, timedelta(seconds=rules.idle_seconds)), now, rules.warn_before_seconds
    )


def tell_deadline(me: AppState, end: datetime, now: datetime, warn_seconds: int) -> None:
    """Puts the end of idleness into the page's state if it moved by as much as a person could notice."""
    socket = SOCKETS.get(me._conn)
    if socket is None or (me.idle and socket.told_until and abs(end - socket.told_until) < NOTICEABLE):
        return
    socket.told_until = end
    me.idle = deadline(end, now, warn_seconds)
