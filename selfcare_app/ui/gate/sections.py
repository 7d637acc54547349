"""Sections that their subscriber keeps shut: no handler of theirs runs before РУНА is given, and leaving shuts them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from reflex.state import BaseState
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext

from selfcare_app.access import runa_sections
from selfcare_app.kit.actor import Subscriber
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import shell
from selfcare_app.ui.gate import policy
from selfcare_app.ui.gate.sockets import GATE
from selfcare_app.ui.served import operator
from selfcare_app.wiring import ask, do

SHUT = f"{Feature.RUNA.path}/section"


async def judge(state: BaseState, name: str, actor: Subscriber, *, by_browser: bool, now: datetime) -> str:
    """Where the tab is to go instead of the event; empty where the event may pass (AS-033, AS-034).

    Where a handler belongs is known by its State, never by the page that the browser says it is on.
    """
    if not _sections():
        return ""
    if name in policy.LOADING:
        if by_browser:
            await _shut_others(state, actor, now)
        return ""
    section = _section_of(name)
    if not section or not await ask(runa_sections.is_blocked, GATE, visitor=actor, section=section, now=now):
        return ""
    await _forget(state, section)
    return f"{SHUT}?{urlencode({'section': section, 'back': shell.BUILT[section]})}"


async def _shut_others(state: BaseState, actor: Subscriber, now: datetime) -> None:
    """A page was opened: sections that it is not of are left, and the tab forgets what it knew of shut ones."""
    guarded = await ask(runa_sections.guarded, GATE, line_id=actor.line_id)
    if not guarded:
        return
    here = _section_at(str(EventContext.get().router_data.get("pathname", "")))
    left = {each for each in guarded if each != here and actor.has_proof(runa_sections.purpose_of(each), now)}
    if left:
        await do(runa_sections.leave, GATE, session_id=actor.session_id, sections=left, now=now)
    for section in guarded:
        if section in left or not actor.has_proof(runa_sections.purpose_of(section), now):
            await _forget(state, section)


async def _forget(state: BaseState, section: str) -> None:
    for kind in _states().get(section, ()):
        (await state.get_state(kind)).reset()


@cache
def _sections() -> Mapping[str, str]:
    """Module of a page or of its State -> the section that it is of."""
    rule = operator().runa
    found: dict[str, str] = {}
    for section in rule.sections if rule else ():
        for screen in shell.SCREENS:
            if section in shell.BUILT and _is_of(screen.route, section):
                found |= dict.fromkeys((screen.content.__module__, _module(screen.on_load)), str(section))
    return found


@cache
def _states() -> Mapping[str, tuple[type[BaseState], ...]]:
    """Section -> the States of its pages."""
    found: dict[str, dict[type[BaseState], None]] = {}
    for registered in RegistrationContext.get().event_handlers.values():
        kind = registered.states[0]
        if section := _sections().get(kind.__module__):
            found.setdefault(section, {})[kind] = None
    return {section: tuple(kinds) for section, kinds in found.items()}


@cache
def _section_of(name: str) -> str:
    registered = RegistrationContext.get().event_handlers.get(name)
    return _sections().get(registered.states[0].__module__, "") if registered else ""


def _section_at(path: str) -> str:
    return next((section for section in _states() if _is_of(path, section)), "")


def _is_of(path: str, section: str) -> bool:
    root = shell.BUILT[section]
    return path == root or path.startswith(f"{root}/")


def _module(on_load: Any) -> str:
    return getattr(getattr(on_load, "fn", None), "__module__", "")
