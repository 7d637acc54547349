"""Puts the gate into an app: its namespace, its packets, its middleware, its sweeper."""

import re
from collections.abc import Collection

from reflex.app import App
from reflex.state import FrontendEventExceptionState
from reflex_base.registry import RegistrationContext

from selfcare_app.kit.log import Seldom, logger
from selfcare_app.ui.gate import policy, takeover, wire
from selfcare_app.ui.gate.middleware import Gate
from selfcare_app.ui.gate.namespace import GuardedNamespace
from selfcare_app.ui.gate.payload import checks_of
from selfcare_app.ui.gate.sweeper import Sweeper

_KIND = re.compile(r"[A-Z][A-Za-z]{2,40}(?:Error|Exception)")

log = logger("page")
_seldom = Seldom(60)


def install(app: App, *, open_pages: Collection[str]) -> None:
    """Closes every handler that its policy does not open. Call it when all States are known.

    `open_pages` are the routes that one may be on without a session.
    """
    namespace = GuardedNamespace(app.event_namespace.namespace, app)
    app._event_namespace = namespace
    app.sio.register_namespace(namespace)
    wire.narrow(app.sio, namespace.junk)
    takeover.install(app)
    app.add_middleware(Gate(open_pages))
    # Its remedy for some errors is code sent by the server, which our policy forbids the browser to run.
    FrontendEventExceptionState.auto_reload_on_errors = []

    async def sweep() -> None:
        await Sweeper(app).forever()

    def check_handlers() -> None:
        check()

    app.register_lifespan_task(sweep)
    app.register_lifespan_task(check_handlers)


def check() -> None:
    """Makes the payload check of every handler; one that can't be checked stops the start. Raises CannotCheck."""
    # Reflex imports it with the first mapping among arguments, for most of a second.
    import reflex.model  # noqa: F401

    for name in RegistrationContext.get().event_handlers:
        if policy.policy_of(name).caller is not policy.Caller.NOBODY:
            checks_of(name)


def page_fault(exception: Exception) -> None:
    """Notes the kind of an error in somebody's page; its text may hold anything and stays there."""
    kind = match.group() if (match := _KIND.search(str(exception)[:2_000])) else "unknown"
    held = _seldom(kind)
    if held is not None:
        log.warning("page error", extra={"reason": kind, "count": held + 1})
