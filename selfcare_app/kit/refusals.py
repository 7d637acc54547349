"""Writes into the log who was refused what: a line a minute for each of them and each reason."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from selfcare_app.kit.actor import Actor, ProofNeeded, Subscriber, Visitor
from selfcare_app.kit.errors import Denied, Fault, NotFound
from selfcare_app.kit.log import Seldom, logger

_log = logger("access")
_seldom = Seldom(60)


@contextmanager
def noted(use_case: Callable[..., Any], actor: Actor) -> Iterator[None]:
    """Lets a refusal go on its way, and says who met it: to ask for what is another's is a warning (ASVS 16.3.2)."""
    try:
        yield
    except Fault as fault:
        who = _who(actor)
        held = _seldom((*who.values(), fault.code))
        if held is not None:
            asks_too_much = isinstance(fault, Denied | NotFound) and not isinstance(fault, ProofNeeded)
            level = logging.WARNING if asks_too_much else logging.INFO
            what = getattr(use_case, "__qualname__", "")
            _log.log(level, "refused", extra={"code": fault.code, "handler": what, "count": held + 1, **who})
        raise


def _who(actor: Actor) -> dict[str, str]:
    if isinstance(actor, Subscriber):
        return {"session": str(actor.session_id), "line": str(actor.signed_line_id)}
    if isinstance(actor, Visitor):
        return {"address": actor.address}
    return {"session": str(getattr(actor, "session_id", "") or actor.kind)}
