"""Who may call an event handler: a subscriber in a session unless the handler says otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from reflex_base.registry import RegistrationContext

_MARK = "_selfcare_policy"
_ROOT = "reflex___state____state."

HYDRATING = frozenset(_ROOT + name for name in ("hydrate", "hydrate_and_load"))
NAVIGATING = f"{_ROOT}reflex___state____on_load_internal_state.on_load_internal"
LOADING = HYDRATING | {NAVIGATING}
STORED_VARS = f"{_ROOT}reflex___state____update_vars_internal_state.update_vars_internal"
BROWSER_FAULT = f"{_ROOT}reflex___state____frontend_event_exception_state.handle_frontend_exception"
FRAMEWORK = HYDRATING | {
    NAVIGATING,
    STORED_VARS,
    BROWSER_FAULT,
    f"{_ROOT}reflex___state____on_load_internal_state.set_is_hydrated",
}
"""Reflex's own events that a page needs; every other handler of Reflex's is closed."""

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Caller(StrEnum):
    """Who may call a handler."""

    SUBSCRIBER = "subscriber"
    ANYONE = "anyone"
    PROGRAM = "program"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Policy:
    """`activity`: whether a call by the browser shows that somebody is there, and so keeps the session alive."""

    caller: Caller = Caller.SUBSCRIBER
    activity: bool = True


def public(handler: Handler) -> Handler:
    """Lets anyone call the handler. Stands below `@rx.event`."""
    return _marked(handler, caller=Caller.ANYONE)


def quiet(handler: Handler) -> Handler:
    """The page calls it by itself, so it does not keep the session alive. Stands below `@rx.event`."""
    return _marked(handler, activity=False)


def internal(handler: Handler) -> Handler:
    """Only the program calls it (chained or pushed), never a browser. Stands below `@rx.event`."""
    return _marked(handler, caller=Caller.PROGRAM, activity=False)


def _marked(handler: Handler, **change: Any) -> Handler:
    setattr(handler, _MARK, replace(getattr(handler, _MARK, Policy()), **change))
    return handler


@lru_cache(maxsize=4096)
def policy_of(name: str) -> Policy:
    """The policy of a registered event name; NOBODY for unknown names and what Reflex adds by itself."""
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return Policy(Caller.NOBODY, activity=False)
    if name in FRAMEWORK:
        return Policy(Caller.ANYONE, activity=False)
    if name.endswith(".setvar") or registered.states[0].__module__.startswith("reflex"):
        return Policy(Caller.NOBODY, activity=False)
    policy: Policy = getattr(registered.handler.fn, _MARK, Policy())
    return policy


def ours() -> tuple[str, ...]:
    """Names of all handlers of the program's own States, sorted."""
    return tuple(sorted(n for n in RegistrationContext.get().event_handlers if n not in FRAMEWORK and _is_open(n)))


def _is_open(name: str) -> bool:
    return policy_of(name).caller is not Caller.NOBODY
